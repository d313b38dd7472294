# The project's jobs. `make help` lists them; `make demo` and `make test` work on a fresh Debian 12 with Swift.

SWIFT ?= swift
# Everything that runs containers needs root.
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo --preserve-env=PATH,PORT,COMPOSE_DATA_ROOT,COMPOSE_RUN_ROOT)
RELEASE := .build/release/compose
# -s: the released binary carries no symbols, which are two thirds of its size.
RELEASE_FLAGS := -c release --static-swift-stdlib --product compose -Xlinker -s

.DEFAULT_GOAL := help
.PHONY: help setup build debug demo demo-down test unit kernel-test e2e fuzz examples golden check hooks fmt bench sweep cycles vm-test clean

help: ## list the jobs
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install the Debian packages that all jobs need
	scripts/setup

build: ## build the released binary, .build/release/compose
	scripts/setup build
	$(SWIFT) build $(RELEASE_FLAGS)

debug:
	scripts/setup build test
	$(SWIFT) build --build-tests

demo: build ## bring up WordPress and MySQL at http://localhost (PORT=8080 for another port)
	scripts/setup demo
	$(AS_ROOT) scripts/demo $(RELEASE)

demo-down: ## remove the demo with its data
	$(AS_ROOT) $(RELEASE) -f examples/wordpress/compose.yaml down -v

test: debug ## all tests: unit, kernel (root), end to end (root)
	scripts/test unit kernel e2e

unit: debug ## the unit tests: no root, no network
	scripts/test unit

kernel-test: debug ## the tests with real kernel objects (root)
	scripts/test kernel

e2e: debug ## the tests that drive the built binary (root)
	scripts/test e2e

fuzz: ## feed the parsers with made-up input, always the same (RUNS=100000 for each of them)
	scripts/setup build
	scripts/fuzz $(or $(RUNS),100000)

examples: build ## bring each of the examples up, use it, remove it (root)
	scripts/setup demo test
	$(AS_ROOT) scripts/try-examples $(RELEASE)

golden: debug ## write the golden texts of the unit tests anew, to look at with git diff
	UPDATE_GOLDEN=1 scripts/test unit

check: ## format, imports, sizes, forbidden calls, scripts, documents
	scripts/setup check
	scripts/check

hooks: ## run the checks before each commit in this clone
	git config core.hooksPath scripts/hooks

fmt: ## format the Swift sources in place
	$(SWIFT) format --in-place --parallel --recursive Sources Tests Package.swift

sweep: debug ## kill parts of the program in the middle of its commands, and see that nothing is lost (root; POINTS=300 SEED=1)
	scripts/setup sweep test
	$(AS_ROOT) scripts/sweep .build/debug/compose --points $(or $(POINTS),300) --seed $(or $(SEED),1)

cycles: build ## bring a project up and down a thousand times, and see that nothing grows (root; COUNT=1000)
	scripts/setup sweep test
	$(AS_ROOT) scripts/cycles $(RELEASE) --count $(or $(COUNT),1000)

vm-test: build debug ## run what matters on Debian 12 as it is installed, in qemu (root; CHECKS="first limits", BEHAVIOUR=DIR)
	scripts/setup vm demo test
	$(AS_ROOT) scripts/vm-test $(if $(BEHAVIOUR),--behaviour $(BEHAVIOUR)) $(CHECKS)

bench: build ## measure the built binary; beside docker compose where that is installed
	scripts/setup bench
	$(AS_ROOT) scripts/bench $(RELEASE)

clean: ## remove what was built
	$(SWIFT) package clean
