-- Where did one token stand on a board over time?
SELECT as_of, rank, score
FROM board_ranks
WHERE formula = {formula:String} AND window = {window:String} AND scope = {scope:String} AND token = {token:String}
    AND as_of >= {from:DateTime64(3, 'UTC')} AND as_of < {to:DateTime64(3, 'UTC')}
ORDER BY as_of
