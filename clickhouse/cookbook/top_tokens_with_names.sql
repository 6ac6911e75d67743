-- The most viewed tokens of a period with their names; tokens without metadata show their address.
SELECT v.token AS token, if(t.symbol = '', substring(v.token, position(v.token, ':') + 1), t.symbol) AS shown_as, sum(v.views) AS period_views
FROM views_per_hour AS v
LEFT JOIN tokens AS t ON t.token = v.token
WHERE v.hour >= {from:DateTime('UTC')} AND v.hour < {to:DateTime('UTC')}
GROUP BY token, shown_as
ORDER BY period_views DESC, token
LIMIT {limit:UInt32}
