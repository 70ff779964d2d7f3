# Two commands are all a newcomer needs: `make demo` and `make test`.
# Everything is built with the release profile, so that the heavy dependencies are built once for both.

CARGO    ?= cargo
TARGET   ?= $(or $(CARGO_TARGET_DIR),target)
CITY     ?= demo-city
SEED     ?= 2022
QINGYUAN := $(TARGET)/release/qingyuan

.PHONY: help build demo serve test test-long lint bench clean-demo

help: ## say what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

build: ## build the qingyuan binary (20 minutes or more the first time, on 2 cores)
	@echo "Building qingyuan; the first time takes 20 minutes or more on 2 cores, later seconds."
	$(CARGO) build --release --locked --package cli

demo: build ## found the demo city in ./demo-city, print its figures, write its work report
	@if [ -e "$(CITY)/city.toml" ]; then \
	  echo "$(CITY) stands already; make clean-demo removes it."; \
	else \
	  $(QINGYUAN) demo "$(CITY)" --seed $(SEED); \
	fi
	$(QINGYUAN) figures --home "$(CITY)" --period 2022
	$(QINGYUAN) report work-report --home "$(CITY)" --format docx,html,md
	@$(QINGYUAN) next --home "$(CITY)"

serve: build ## open the demo city in a browser at http://127.0.0.1:8080
	@[ -e "$(CITY)/city.toml" ] || $(QINGYUAN) demo "$(CITY)" --seed $(SEED)
	@[ -e "$(CITY)/accounts.db" ] || $(QINGYUAN) account first --home "$(CITY)" --name admin
	$(QINGYUAN) serve --home "$(CITY)"

test: ## run all tests (about 15 minutes after make demo, on 2 cores)
	@echo "Building and running all tests; about 15 minutes after make demo on 2 cores; without it the dependencies are built first, some 20 minutes."
	$(CARGO) test --release --locked --workspace --no-fail-fast

test-long: ## the same with the long forms: 200 kills, the whole demo city
	QINGYUAN_LONG=1 $(MAKE) test

lint: ## formatting, lints, dependency arrows, licences
	$(CARGO) fmt --all --check
	$(CARGO) xtask check
	$(CARGO) clippy --release --locked --workspace --all-targets -- -D warnings

bench: build ## measure against peers on this machine; prints ratios
	bench/run.sh "$(QINGYUAN)"

clean-demo: ## remove the demo city
	rm -rf "$(CITY)"
