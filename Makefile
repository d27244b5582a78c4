# Everything that is done with this project, one target each; `make help` lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help build run test fuzz fuzz-smoke bench bench-tls format lint clean

# What `make format` and `make lint` look at: our own Swift, never what is built or fetched.
SWIFT_SOURCES = $(wildcard Package.swift Sources Tests Examples Fuzz/Package.swift Fuzz/Sources)
# Seconds for each target of `make fuzz-smoke`.
SECONDS_EACH ?= 20

help: ## Say what can be made.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | \
		while IFS=$$'\t' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

build: ## Build the program in release: .build/release/blackhole.
	@scripts/setup.sh build
	swift build -c release --product blackhole

run: build ## Build and serve on 127.0.0.1:2525, and for TLS on 2465; more options with ARGS='--workers 1'.
	exec .build/release/blackhole run --host 127.0.0.1 --port 2525 --ssl_port 2465 $(ARGS)

# Without @testable the tests run the very program that `make build` builds, and nothing twice.
test: ## Install what the tests need and run all of them; choose with ARGS='--filter AppTests'.
	@scripts/setup.sh build test
	swift test -c release --disable-testable-imports $(ARGS)

fuzz: ## Fuzz one layer: make fuzz TARGET=FuzzSession ARGS='-max_total_time=60'.
	@test -n "$(TARGET)" || { echo "Name a target: make fuzz TARGET=FuzzSession" >&2; exit 64; }
	Fuzz/run.sh $(TARGET) $(ARGS)

fuzz-smoke: ## Fuzz every layer for a little while, SECONDS_EACH=20.
	Fuzz/smoke.sh $(SECONDS_EACH)

bench: build ## Compare the CPU time of a message with Postfix's smtp-sink; takes three minutes.
	@scripts/setup.sh test
	Benchmarks/compare.py $(ARGS)

bench-tls: build ## Compare what TLS costs with bare OpenSSL; shares of it with ARGS=--callgrind.
	@scripts/setup.sh test
	Benchmarks/tls.py $(ARGS)

format: ## Format our Swift in place.
	swift format --in-place --recursive --parallel $(SWIFT_SOURCES)

lint: ## Check the format of our Swift.
	swift format lint --strict --recursive --parallel $(SWIFT_SOURCES)

clean: ## Remove everything that was built.
	rm -rf .build .build-*
