-- What analysts query: plain columns, nothing to merge.
CREATE VIEW views_per_minute AS
SELECT r.token AS token, r.chain AS chain, r.minute AS minute, sum(r.views) AS views, uniqMerge(r.viewers) AS visitors
FROM token_views_by_minute AS r
GROUP BY r.token, r.chain, r.minute;

CREATE VIEW views_per_hour AS
SELECT r.token AS token, r.chain AS chain, r.hour AS hour, sum(r.views) AS views, uniqMerge(r.viewers) AS visitors
FROM token_views_by_hour AS r
GROUP BY r.token, r.chain, r.hour;

CREATE VIEW views_per_day AS
SELECT r.token AS token, r.chain AS chain, r.day AS day, sum(r.views) AS views, uniqMerge(r.viewers) AS visitors
FROM token_views_by_day AS r
GROUP BY r.token, r.chain, r.day;

CREATE VIEW tokens AS
SELECT token, chain, name, symbol, categories, created_at, logo_uri, updated_at
FROM token_metadata FINAL
WHERE is_deleted = 0;

CREATE VIEW board_ranks AS
SELECT formula, window, scope, as_of, epoch, seq, rank, token, score_micro / 1e6 AS score, observed, expected, raw_views, visitors, networks, state, flags
FROM board_history
WHERE rank > 0;
