# Works on a fresh machine with Python 3.11 or newer: `make chat` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 7860
QUESTIONS ?= tests/questions/international-education.questions.yaml
INSTALLED := $(VENV)/installed
DOCS_INSTALLED := $(VENV)/installed-docs
# What checks the page's scripts and styles; only where Node is.
NODE_INSTALLED := node_modules/installed
HAS_NODE := $(and $(shell command -v node),$(shell command -v npm))

.DEFAULT_GOAL := help
.PHONY: help chat test check check-page index docs constraints screenshots tour clean

help: ## Show the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

# A stamp file: reinstall only when the requirements change.
$(INSTALLED): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,multilingual]'
	touch $(INSTALLED)

$(DOCS_INSTALLED): $(INSTALLED)
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	touch $(DOCS_INSTALLED)

index: $(INSTALLED) ## Update the index of corpus/
	$(BIN)/citewell index --corpus corpus --index index

chat: index ## Start the web chat on http://127.0.0.1:7860
	$(BIN)/python app.py --host $(HOST) --port $(PORT) --questions $(QUESTIONS)

test: $(INSTALLED) $(DOCS_INSTALLED) ## Run the whole test suite
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

check: $(INSTALLED) ## Lint and check types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory check-page

ifneq ($(HAS_NODE),)
$(NODE_INSTALLED): package.json package-lock.json
	npm ci --no-audit --no-fund
	touch $(NODE_INSTALLED)

check-page: $(NODE_INSTALLED)
	npm run --silent check
else
check-page:
	@echo "LEFT OUT: the checks of the page's scripts and styles, because there is no Node (node and npm) here."
endif

docs: $(DOCS_INSTALLED) ## Build the documentation as a site, in build/site
	$(BIN)/python docs/reference.py
	$(BIN)/python docs/website.py

screenshots: index ## Take the screenshots of the documentation (needs Chromium)
	$(BIN)/python docs/screenshots.py

tour: $(INSTALLED) ## Take the moving picture of README and the pictures of the tutorial (needs Chromium)
	$(BIN)/python docs/tour.py

constraints: ## Write constraints.txt from the installed versions
	{ head -2 constraints.txt; $(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu//'; } > constraints.new
	mv constraints.new constraints.txt

clean: ## Remove the environment, the index and all caches; keep index-state
	rm -rf $(VENV) node_modules index build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
