#!/usr/bin/env bash
# Publishes views of one token, asks for the board, and listens to it for a moment.
set -euo pipefail
publish=${PRODUCER_URL:-http://127.0.0.1:3000}
gateway=${GATEWAY_URL:-http://127.0.0.1:3002}
token=${TOKEN:-eth:0x6982508145454ce325ddbe47a25d4ec3d2311933}
key=(); [ -z "${TRENDING_API_KEY:-}" ] || key=(-H "authorization: Bearer $TRENDING_API_KEY")

echo 'One view:'
curl -sS --fail-with-body "${key[@]}" -X POST "$publish/api/v1/tokens/${token#*:}/view?chain=${token%%:*}"; echo

echo 'Two views in one request; --retry repeats it on 503, and the Idempotency-Key keeps each view counted once:'
view="{\"chain\":\"${token%%:*}\",\"address\":\"${token#*:}\"}"
printf '%s\n%s\n' "$view" "$view" | curl -sS --fail-with-body --retry 5 "${key[@]}" \
  -H 'content-type: application/x-ndjson' -H "idempotency-key: example-$$-$(date +%s)" \
  --data-binary @- "$publish/api/v1/views"; echo

echo 'The board now:'
curl -sS --fail-with-body "$gateway/api/v1/tokens/trending?window=5m&formula=views&limit=3"; echo

echo 'Followed for two seconds:'
curl -sSN --max-time 2 "$gateway/api/v1/trending/stream?window=5m&formula=views&limit=10" || [ $? -eq 28 ]
