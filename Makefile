# Short names for the npm scripts, which do the work. Flags: make start FLAGS="--port-offset 100 --no-demo"
.DEFAULT_GOAL := help
.PHONY: help install start status stop doctor test unit check format bench up down logs clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

install: ## exactly the locked packages
	npm ci

start: ## the whole stack with demo traffic; Ctrl-C stops it
	npm start -- $(FLAGS)

status: ## URLs and processes of the running stack
	npm run -s status -- $(FLAGS)

stop: ## end the running stack from another terminal
	npm run -s status -- --stop $(FLAGS)

doctor: ## check this machine, with fixes
	npm run -s doctor

test: ## every test
	npm test

unit: ## unit tests only: no JVM, seconds
	npm run test:unit

check: ## format, lint, types, layers, dead code, unit tests
	npm run check

format: ## write the format
	npm run format

bench: ## speed measurements
	npm run bench

up: ## the stack in Docker, with demo traffic
	DEMO_URL=http://127.0.0.1:$${DEMO_PORT:-3003} docker compose --profile demo up --build --wait

down: ## end the Docker stack and remove its data
	docker compose --profile demo --profile tools down --volumes

logs: ## follow the logs of the local stack
	tail -n 20 -F .data/run/*/logs/*.log

clean: ## remove fetched software, run files, bundles
	rm -rf .cache .data coverage artifacts apps/*/dist packages/*/dist
