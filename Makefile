# Needs GNU make and Python 3.11 or newer, nothing else. Everything that is installed goes into $(VENV).

PORT ?= 8000
JOBS ?= 2
POSTS ?= 10000
DURATION ?= 600
BENCH ?=
RUNS ?= 50
VENV ?= .venv
PYTHONS ?= python3.13 python3.12 python3.11 python3 python

BIN := $(VENV)/bin
READY := $(VENV)/.ready
CHECKED := bench scripts
JUDGES := tests/judges/node_modules/.ready
RIVALS := $(VENV)/rivals/.ready

.DEFAULT_GOAL := help
.PHONY: help pages serve test judges check format bench bench-attribution bench-http bench-abuse bench-soak bench-delta bench-change bench-newswire bench-build bench-floor redbot aliases jekyll readers clock crash hooks docs manual terminal
.PHONY: build-same build-edits build-kill build-hosts

help:  ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 26
	@echo "  Variables: PORT=$(PORT) (serve), JOBS=$(JOBS) (test), POSTS=$(POSTS) (bench), DURATION=$(DURATION) (bench-newswire), RUNS=$(RUNS) (crash), BENCH=--sizes\ 1000 (bench-build)"

serve: $(READY)  ## Serve the sample site in content/ on 127.0.0.1
	@FEEDS_SITE__URL=http://127.0.0.1:$(PORT) $(BIN)/feeds serve . --port $(PORT)

test: $(READY)  ## Run every test
	$(BIN)/python -m pytest -n $(JOBS) $(TESTS)

judges: $(JUDGES)  ## Install the readers in tests/judges, which need node; without them their tests are skipped

check: $(READY)  ## Look at style, types, the floors and the manual, without running anything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy $(CHECKED)
	$(BIN)/lint-imports
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

format: $(READY)  ## Format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)  ## Measure start, memory and index beside a plain feedgen script
	$(BIN)/python bench/start.py --posts $(POSTS)

bench-attribution: $(READY)  ## Measure how well the origin of posts is found
	$(BIN)/python bench/attribution.py

bench-http: $(READY)  ## Measure polls beside a bare ASGI callable, nginx and StaticFiles; needs wrk and nginx
	$(BIN)/python bench/serving.py

bench-soak: $(READY)  ## Poll a million times while 50 posts a second change, and see that nothing breaks
	$(BIN)/python bench/soak.py

bench-delta: $(READY)  ## Measure what a delta (RFC 3229) saves
	$(BIN)/python bench/delta.py

redbot: $(READY)  ## Show what REDbot says of six feeds, and of what is no feed
	$(BIN)/python scripts/show_redbot.py

aliases: $(READY)  ## Show what twenty old addresses are answered
	$(BIN)/python scripts/show_aliases.py

jekyll: $(READY)  ## Show what jekyll-feed and Feedwright make of the same sites, behaviour by behaviour
	$(BIN)/python scripts/show_jekyll.py

pages: $(READY)  ## Show what browsers get: pictures of the pages, and what the list of feeds costs
	$(BIN)/python scripts/show_pages.py

build-same: $(READY)  ## Show that 200 built feeds are what the server sends, in each coding
	$(BIN)/python scripts/show_build.py same

build-edits: $(READY)  ## Show which files ten edits of one post write, and that no other is touched
	$(BIN)/python scripts/show_build.py edits

build-kill: $(READY)  ## Kill 50 builds at random, and see one whole version each time
	$(BIN)/python scripts/show_build.py kill

build-hosts: $(READY)  ## Show what REDbot says of built files on nginx and on a plain host
	$(BIN)/python scripts/show_static.py

clock: $(READY)  ## Show posts that appear and leave at their second
	$(BIN)/python scripts/show_clock.py

crash: $(READY)  ## Change a folder at random, kill its publisher at each step, and count the runs and steps
	$(BIN)/python scripts/show_crash.py $(RUNS)

hooks: $(READY)  ## Show what webhooks and triggers get, right and wrong ones, and a thousand at once
	$(BIN)/python scripts/show_hooks.py

terminal: $(READY)  ## Show what a person sees in a terminal: init, new, check, serve, change
	$(BIN)/python scripts/show_terminal.py

readers: $(READY)  ## Show what newsboat, rss2email, reader and Liferea hold after polling a site
	$(BIN)/python scripts/show_readers.py

bench-abuse: $(READY)  ## Abuse a server in eight ways, and measure what another reader notices
	$(BIN)/python bench/abuse.py

bench-floor: $(READY)  ## Show what the libraries alone need for a cold ingest, beside the least program and ours
	$(BIN)/python bench/floor.py --posts $(POSTS)

bench-change: $(READY)  ## Measure what one change costs at three sizes, beside Hugo and a feedgen script
	$(BIN)/python bench/change.py

bench-build: $(READY) $(RIVALS)  ## Measure `feeds build` beside hugo, jekyll-feed, pelican and two scripts
	$(BIN)/python bench/building.py $(BENCH)

bench-newswire: $(READY)  ## Rewrite 8,000 posts every 30 seconds while 20 readers poll, and see that nothing is lost
	$(BIN)/python bench/newswire.py --seconds $(DURATION)

manual: $(READY)  ## Build the manual from docs/ into build/manual
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

docs: $(READY)  ## Write from the code what docs/ says of diagnostics, settings, commands and metrics, and the man page
	$(BIN)/python scripts/document.py
	$(BIN)/python scripts/commands.py
	$(BIN)/python -m feeds.settings > docs/settings.md

$(JUDGES): tests/judges/package.json
	npm install --prefix tests/judges --silent
	@touch $@

# Beside ours, not in it: nothing of it is needed by Feedwright. Where it cannot be had, the bench goes on without it.
$(RIVALS): bench/rivals/requirements.txt $(READY)
	@$(BIN)/python -m venv $(VENV)/rivals
	@if $(VENV)/rivals/bin/python -m pip install -qq --disable-pip-version-check -r $<; then touch $@; \
	  else echo "Pelican could not be installed, and is left out" >&2; fi

# The stamp is newer than pyproject.toml once all is installed, so the second run is instant.
$(READY): pyproject.toml
	@found=; if ! $(BIN)/python -c 'import pip' 2>/dev/null; then \
	  for python in $(PYTHONS); do \
	    if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "Feedwright needs Python 3.11 or newer with its venv module; none of these is: $(PYTHONS). Install one, or name it: make PYTHONS=/path/to/python" >&2; \
	    exit 1; \
	  fi; \
	  echo "Making $(VENV) with $$($$found --version)"; \
	  $$found -m venv --clear $(VENV); \
	fi
	@echo "Installing Feedwright and its tools into $(VENV)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[test,dev]'
	@touch $@
