# Every target can be repeated at any time and does no work twice. The work itself is in k8s/, app/dev and test/;
# this file only names it, and makes sure that the packages of package-lock.json are there first.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help api-fuzz deploy dev status url logs switchover test check e2e chaos bench lint synth chart images down clean

# Node 24 comes with the packages, so that a machine with an older one (or another one) runs the same.
export PATH := $(CURDIR)/node_modules/.bin:$(CURDIR)/.cache/bin:$(PATH)
PROFILE ?= kind
export PROFILE

PACKAGES := node_modules/.package-lock.json

help: ## what can be made (this list)
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z0-9-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST); echo

$(PACKAGES): package-lock.json
	@command -v npm >/dev/null || { echo 'npm is missing: install Node.js 20 or newer with npm' >&2; exit 1; }
	@echo 'installing packages (npm ci)'
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

##@ Run the shop
deploy: $(PACKAGES) ## cluster, images, chart; ends with the URL (KUBE_CONTEXT=… PROFILE=kind|eks)
	@node k8s/deploy/deploy.ts

dev: $(PACKAGES) ## the shop on this machine without a cluster, restarted on change
	@node app/dev/main.ts

##@ Look at it
status: $(PACKAGES) ## who is primary and master, what is ready, in which zone
	@node k8s/deploy/status.ts

url: $(PACKAGES) ## where the shop answers
	@node k8s/deploy/url.ts

logs: $(PACKAGES) ## follow the logs of every tier
	@node k8s/deploy/logs.ts

switchover: $(PACKAGES) ## another Postgres primary, without a failed request (TO=pg-1)
	@node k8s/deploy/switchover.ts

##@ Change it
test: $(PACKAGES) ## everything: check, the long integration tests, e2e on the kind cluster
	@node test/run.ts

check: $(PACKAGES) ## types, lint, unit, manifests, integration: no cluster, two minutes
	@node test/run.ts --quick

e2e: $(PACKAGES) ## only the tests on the kind cluster
	@node test/run.ts --only e2e

chaos: $(PACKAGES) ## faults on the kind cluster, each with its outage (SUITE=postgres|redis SCENARIO=… RUNS=5)
	@node test/chaos/main.ts

api-fuzz: $(PACKAGES) ## schemathesis against the JSON API on this machine (installs it from PyPI into .cache)
	@mocha test/api/schemathesis.test.ts

bench: $(PACKAGES) ## requests/s of each page on one pod, beside bare Koa and an Express baseline
	@node test/load/bench/bench.ts

lint: $(PACKAGES) ## types, eslint, prettier, shellcheck, audit of the dependencies
	@node test/run.ts --only types,lint

synth: $(PACKAGES) ## write the manifests of PROFILE to dist/
	@node k8s/main.ts

chart: $(PACKAGES) ## write charts/myclothes from the same constructs
	@node k8s/helm/generate.ts

images: $(PACKAGES) ## build the four images
	@node k8s/images/build.ts

##@ Take it away
down: ## delete the cluster; nothing keeps running
	@bash k8s/kind/down.sh

clean: ## down, and remove the images and caches it made
	@bash k8s/kind/clean.sh
