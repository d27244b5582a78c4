# Everything that is done with this project, one target each; `make help` lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help build run test test-fast check simulate hostile hostile-costs soak sanitize fuzz fuzz-smoke fuzz-coverage
.PHONY: bench bench-full bench-programs smtp-load test-smtp-load stage man install uninstall deb
.PHONY: test-packaging test-downstream test-page test-console pictures examples
.PHONY: format lint docs clean

# What `make format` and `make lint` look at: our own Swift, never what is built or fetched.
SWIFT_SOURCES = $(wildcard Package.swift Sources Tests Examples Fuzz/Package.swift Fuzz/Sources \
	Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Tests)
# A mail, as curl's options, that a newcomer can send.
MAIL = --mail-from me@example.org --mail-rcpt you@example.org -T README.md
# With what the program needs beside the libraries; whoever depends on a library needs none of it.
PROGRAM = --traits Program
# Seconds for each target of `make fuzz-smoke`.
SECONDS_EACH ?= 20
# How long `make soak` lasts.
MINUTES ?= 10
# How the nested package is built: in .build-nested, so that the libraries are built once for all of them.
NESTED = --package-path Benchmarks --scratch-path .build-nested --disable-build-manifest-caching
# What is installed, all of it made by `make stage`; PREFIX and DESTDIR say where to.
STAGE = .build-static/stage
PREFIX ?= /usr/local
INIT ?= $(if $(wildcard /etc/redhat-release),redhat,debian-ubuntu)
# The date in what is made: that of the last commit, so that the same source makes the same files.
SOURCE_DATE_EPOCH := $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>&- || date +%s))
export DESTDIR PREFIX INIT SOURCE_DATE_EPOCH

help: ## Say what can be made.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | \
		while IFS=$$'\t' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

build: ## Build the program in release: .build/release/blackhole.
	@scripts/setup.sh build
	swift build -c release $(PROGRAM) --product blackhole

# In clear without STARTTLS, for clients that know host and port alone.
run: build ## Build and serve on 127.0.0.1:2525, for TLS on 2465, the page on 8025; more with ARGS='--workers 1'.
	@.build/release/blackhole certificate --out .build/blackhole.pem > .build/blackhole.crt
	@echo
	@echo "plaintext:  curl smtp://127.0.0.1:2525 $(MAIL)"
	@echo "TLS:        curl --cacert .build/blackhole.crt smtps://localhost:2465 $(MAIL)"
	@echo "the page:   http://127.0.0.1:8025/"
	@echo "your tests: let your client trust .build/blackhole.crt as a certificate authority"
	@echo
	@exec .build/release/blackhole run --host 127.0.0.1 --port 2525 --ssl_port 2465 \
		--ssl_cert .build/blackhole.pem --starttls False --http 127.0.0.1:8025 $(ARGS)

# Without @testable the tests run the very program that `make build` builds, and nothing twice.
test: ## Install what the tests need and run all of them; choose with ARGS='--filter AppTests'.
	@scripts/setup.sh build test senders
	swift test -c release $(PROGRAM) --disable-testable-imports $(ARGS)

# Of layers and machines, in memory: no other program, and nobody waits.
test-fast: ## Run the tests that take seconds; choose with ARGS='--filter SMTPTests'.
	@scripts/setup.sh build
	swift test -c release $(PROGRAM) --disable-testable-imports $(or $(ARGS),\
		--filter '^(PipelineTests|SMTPTests|TLSTests|SinkTests|SMTPTestingTests|FuzzTests)\.')

check: ## Run all that CI runs, about forty minutes.
	.ci/run

test-downstream: ## Test the package as other packages use it, and the README's example.
	@scripts/setup.sh build test
	Tests/Downstream/run.sh

# Each takes ARGS='http://127.0.0.1:8025 127.0.0.1:2525' for a server that runs.
test-page: build ## Drive the console's page in Chromium through every view and action.
	@scripts/setup.sh console
	Tests/ConsoleTests/Page/page.py $(ARGS)

test-console: test-page ## Try the console: its page, foreign pages, Prometheus, schemathesis, Mailpit's client.
	@python=$$(scripts/python-tools.sh) && for check in origins mailpit_api openapi scraping; do \
		$$python Tests/ConsoleTests/Checks/$$check.py $(ARGS) || exit 1; done

pictures: build ## Take the console's pictures anew, after ten minutes of mail: docs/pictures.
	@scripts/setup.sh console
	scripts/screenshots.py $(ARGS)

examples: ## Build all examples and try each with a real client.
	@scripts/setup.sh build test
	Examples/Trials/run.py $(ARGS)

# What is left out is the simulation's to choose: a fresh seed, say, which it prints.
simulate: ## Simulate clients and a faulty kernel: make simulate SEED=1 COUNT=100 STEPS=20000.
	@swift build -c release $(PROGRAM) --product BlackholeSimulate
	@.build/release/BlackholeSimulate $(foreach name,SEED COUNT STEPS CLIENTS CALL ERROR,\
		$(if $($(name)),$(name)=$($(name))))

hostile-costs: build ## Measure what peers make the server spend on TLS; ARGS=--markdown renews the docs.
	@scripts/setup.sh test
	Tests/reliability/costs.py $(ARGS)

hostile: build ## Let hostile peers at the program; ARGS=--markdown puts the figures into the docs.
	@scripts/setup.sh test
	Tests/reliability/hostile.py $(ARGS)

soak: build ## All loads and faults at once for MINUTES=10: memory has to stay as it is.
	@scripts/setup.sh test
	Tests/reliability/soak.py --minutes $(MINUTES)

sanitize: ## Run all tests under the sanitizers, or KIND=address or KIND=thread; takes a while.
	@scripts/setup.sh build test senders
	Tests/reliability/sanitize.sh $(KIND)

fuzz: ## Fuzz one layer: make fuzz TARGET=FuzzSession ARGS='-max_total_time=60'.
	@test -n "$(TARGET)" || { echo "Name a target: make fuzz TARGET=FuzzSession" >&2; exit 64; }
	Fuzz/run.sh $(TARGET) $(ARGS)

fuzz-smoke: ## Fuzz every layer for a little while, SECONDS_EACH=20.
	Fuzz/smoke.sh $(SECONDS_EACH)

fuzz-coverage: ## Say which lines the recorded inputs of the fuzz targets reach by themselves.
	Fuzz/coverage.sh

bench: bench-programs ## Say what a message costs beside others, and which bars are met; five minutes.
	Benchmarks/bench.py $(ARGS)

bench-full: bench-programs ## Measure everything, write docs/performance.md; half an hour, ARGS=--long more.
	Benchmarks/bench.py --full $(ARGS)

# The load, and those beside whom we measure that are of our own making.
bench-programs: build
	@scripts/setup.sh bench
	swift build -c release $(NESTED)

smtp-load: ## Build the load generator, and say where it is.
	@scripts/setup.sh build
	swift build -c release --product smtp-load $(NESTED)
	@echo "smtp-load is .build-nested/release/smtp-load; --help teaches, Benchmarks/SMTPLOAD.md explains."

test-smtp-load: ## Test the load generator.
	@scripts/setup.sh build test
	swift test -c release --disable-testable-imports $(NESTED) $(ARGS)

stage: $(STAGE)/complete ## Build what is installed: program, manual page, completions, example.

# All symbols are looked up at the start, so that their table can be read-only from then on (full RELRO);
# and no library is looked for beside the program, where others might put one.
HARDENED = -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now \
	--disable-local-rpath -Xswiftc -no-toolchain-stdlib-rpath

# Linked to Swift's runtime, so that libc and libssl are all it needs; apart from `make build`, whose
# files this would make old.
$(STAGE)/complete: Package.swift $(shell find Sources packaging -type f)
	@scripts/setup.sh build package
	swift build -c release $(PROGRAM) --static-swift-stdlib --product blackhole --scratch-path .build-static \
		$(HARDENED)
	install -D --strip .build-static/release/blackhole $(STAGE)/blackhole
	packaging/stage.sh $(STAGE)
	touch $@

man: stage ## Build the manual page and show it.
	man --local-file $(STAGE)/blackhole.8

install: stage ## Install under PREFIX=/usr/local; DESTDIR= is put before every path.
	packaging/install.sh install $(STAGE)

uninstall: ## Remove what `make install` installed; /etc/blackhole.conf only if it is unchanged.
	packaging/install.sh uninstall

deb: stage ## Build the Debian package: .build-deb/blackhole_VERSION_ARCH.deb.
	packaging/deb.sh $(STAGE) .build-deb

test-packaging: deb ## Install, use and remove what is packaged; as root, on a throw-away Debian.
	@scripts/setup.sh test install
	Tests/packaging/init.sh
	Tests/packaging/install.sh
	Tests/packaging/deb.sh

format: ## Format our Swift in place.
	swift format --in-place --recursive --parallel $(SWIFT_SOURCES)

docs: ## Build the documentation of the products, any warning an error: .build-docs/site.
	@scripts/setup.sh build docs
	@scripts/docs.sh $(ARGS)

lint: ## Check the format of our Swift, and which module imports which.
	scripts/imports.py
	swift format lint --strict --recursive --parallel $(SWIFT_SOURCES)

clean: ## Remove everything that was built.
	rm -rf .build .build-*
