-- Which tokens climbed most ranks between two times? A newcomer starts behind the last rank.
WITH
    last_boards AS
    (
        SELECT token, rank, as_of <= {from:DateTime64(3, 'UTC')} AS is_before
        FROM board_ranks
        WHERE formula = {formula:String} AND window = {window:String} AND scope = {scope:String}
            AND as_of IN
            (
                SELECT max(as_of)
                FROM board_history
                WHERE formula = {formula:String} AND window = {window:String} AND scope = {scope:String}
                    AND as_of <= {to:DateTime64(3, 'UTC')}
                GROUP BY as_of <= {from:DateTime64(3, 'UTC')}
            )
    ),
    (SELECT max(rank) + 1 FROM last_boards) AS behind
SELECT
    token,
    if(countIf(is_before) = 0, behind, minIf(rank, is_before)) AS rank_before,
    minIf(rank, NOT is_before) AS rank_after,
    toInt32(rank_before) - rank_after AS climbed
FROM last_boards
GROUP BY token
HAVING countIf(NOT is_before) > 0 AND climbed > 0
ORDER BY climbed DESC, token
LIMIT {limit:UInt32}
