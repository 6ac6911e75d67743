-- What did the ranking know of one token, minute by minute? Views, visitors, networks and effective visitors in the window.
SELECT minute, views, views_prev, visitors, networks, round(effective_visitors, 1) AS effective_visitors, held
FROM token_features
WHERE window = {window:String} AND token = {token:String} AND minute >= {from:DateTime} AND minute < {to:DateTime}
ORDER BY minute;
