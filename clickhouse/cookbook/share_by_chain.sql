-- How are views split over the chains?
SELECT chain, sum(views) AS chain_views, round(chain_views / sum(chain_views) OVER (), 4) AS share
FROM views_per_hour
WHERE hour >= {from:DateTime('UTC')} AND hour < {to:DateTime('UTC')}
GROUP BY chain
ORDER BY chain_views DESC, chain
