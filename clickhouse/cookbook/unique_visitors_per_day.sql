-- How many different visitors did all tokens have together each day? (Not the sum of the tokens' visitors.)
SELECT day, uniqMerge(viewers) AS visitors
FROM token_views_by_day
WHERE day >= {from:DateTime('UTC')} AND day < {to:DateTime('UTC')}
GROUP BY day
ORDER BY day
