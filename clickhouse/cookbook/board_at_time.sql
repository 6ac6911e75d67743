-- What did a board look like at a time? Rank 0 in the table marks a board that was empty then.
WITH
    (
        SELECT max(as_of)
        FROM board_history
        WHERE formula = {formula:String} AND window = {window:String} AND scope = {scope:String}
            AND as_of <= {at:DateTime64(3, 'UTC')}
    ) AS shown
SELECT rank, token, score, raw_views, visitors
FROM board_ranks
WHERE formula = {formula:String} AND window = {window:String} AND scope = {scope:String} AND as_of = shown
ORDER BY epoch DESC, seq DESC, rank
LIMIT 1 BY rank
