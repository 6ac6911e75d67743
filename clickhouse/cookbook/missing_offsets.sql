-- Which partitions have holes between their first and last offset? A hole is a record that could not be decoded, or a loss.
SELECT
    _topic AS topic,
    _partition AS partition,
    max(_offset) - min(_offset) + 1 - uniqExact(_offset) AS missing
FROM token_views
GROUP BY topic, partition
HAVING missing > 0
ORDER BY missing DESC, topic, partition
