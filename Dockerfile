# One file, one target per program: docker build --target producer-api .
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app
ENV NODE_ENV=production

FROM base AS manifests
COPY package.json package-lock.json ./
COPY schemas/package.json schemas/
COPY clickhouse/package.json clickhouse/
COPY bench/package.json bench/
COPY packages/runtime/package.json packages/runtime/
COPY packages/kafka/package.json packages/kafka/
COPY packages/client/package.json packages/client/
COPY apps/producer-api/package.json apps/producer-api/
COPY apps/stream-processor/package.json apps/stream-processor/
COPY apps/push-gateway/package.json apps/push-gateway/
COPY tools/local-stack/package.json tools/local-stack/
COPY tools/provision/package.json tools/provision/
COPY tools/demo-traffic/package.json tools/demo-traffic/
COPY tools/ingest-dataset/package.json tools/ingest-dataset/
COPY tools/checks/package.json tools/checks/
COPY tools/dlq/package.json tools/dlq/
COPY tools/faults/package.json tools/faults/

# Only what runs: no compilers, no test tools, and not the ClickHouse engine of the local stack.
FROM manifests AS modules
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
      --workspace=apps --workspace=tools/provision --workspace=tools/demo-traffic --workspace=clickhouse \
      --workspace=packages --workspace=schemas

FROM manifests AS page
RUN NODE_ENV=development npm ci --ignore-scripts --no-audit --no-fund
COPY schemas schemas
COPY packages packages
COPY apps/push-gateway apps/push-gateway
RUN node apps/push-gateway/build-page.ts

# The tree is copied as it is: Node strips the types itself, so there is nothing to build.
FROM base AS service
COPY --from=modules /app/node_modules node_modules
COPY package.json ./
COPY schemas schemas
COPY packages packages
COPY clickhouse clickhouse
COPY docs/errors.md docs/
USER node
ENV HOST=0.0.0.0
ENTRYPOINT ["node", "--max-http-header-size=8192"]

FROM service AS producer-api
COPY apps/producer-api apps/producer-api
EXPOSE 3000
CMD ["--max-semi-space-size=64", "apps/producer-api/src/main.ts"]

FROM service AS stream-processor
COPY apps/stream-processor apps/stream-processor
EXPOSE 3001
CMD ["--max-semi-space-size=64", "apps/stream-processor/src/main.ts"]

FROM service AS push-gateway
COPY apps/push-gateway apps/push-gateway
COPY --from=page /app/apps/push-gateway/dist apps/push-gateway/dist
EXPOSE 3002
CMD ["apps/push-gateway/src/main.ts"]

FROM service AS provision
COPY tools/provision tools/provision
CMD ["tools/provision/src/main.ts", "all"]

FROM service AS demo-traffic
COPY tools/demo-traffic tools/demo-traffic
EXPOSE 3003
CMD ["tools/demo-traffic/src/main.ts"]
