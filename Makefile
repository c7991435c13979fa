# Works on a fresh machine with Python 3.11 or newer: `make chat` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 7860
QUESTIONS ?= tests/questions/international-education.questions.yaml
INSTALLED := $(VENV)/installed
DOCS_INSTALLED := $(VENV)/installed-docs
WORKFLOWS_INSTALLED := $(VENV)/installed-workflows
# What checks the page's scripts and styles; only where Node is.
NODE_INSTALLED := node_modules/installed
HAS_NODE := $(and $(shell command -v node),$(shell command -v npm))

.DEFAULT_GOAL := help
.PHONY: help chat test test-long coverage check check-page workflows index docs constraints messages screenshots tour clean

help: ## Show the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

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

# In several processes, each of which takes tests from another one that has more of them left.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

test: $(INSTALLED) $(DOCS_INSTALLED) ## Run the tests: of each promise at least one, in five to ten minutes on two cores
	$(PYTEST) -m 'not long'

test-long: $(INSTALLED) $(DOCS_INSTALLED) ## Run the tests that make test leaves out: every moment, fault, size, model and command
	$(PYTEST) -m long

# Without the tests of the page, which are for its scripts, and those that take the disk away.
coverage: $(INSTALLED) $(DOCS_INSTALLED) ## Run the tests without a browser, and measure which lines of Python they run
	rm -f .coverage*
	$(BIN)/coverage run -m pytest -m 'not browser and not unmeasured' --numprocesses auto --maxprocesses 4 --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

check: $(INSTALLED) ## Lint and check types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory check-page

# Apart from the other tools, because they are large and no other check needs them.
$(WORKFLOWS_INSTALLED): pyproject.toml constraints.txt $(INSTALLED)
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[workflows]'
	touch $(WORKFLOWS_INSTALLED)

workflows: $(WORKFLOWS_INSTALLED) ## Check workflows, issue forms, and the files for containers and systemd
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-actions .github/actions/*/action.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml contrib/several-servers/compose.yaml
	$(BIN)/zizmor --offline --quiet .github
	$(BIN)/hadolint Dockerfile

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

messages: $(INSTALLED) ## Bring the catalogues of the page's languages up to date with the code
	$(BIN)/python -m tests.support.messages

screenshots: index ## Take the screenshots of the documentation (needs Chromium)
	$(BIN)/python docs/screenshots.py

tour: $(INSTALLED) ## Take the moving picture of README and the pictures of the tutorial (needs Chromium)
	$(BIN)/python docs/tour.py

constraints: ## Write constraints.txt from the installed versions
	{ head -2 constraints.txt; $(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu//'; } > constraints.new
	mv constraints.new constraints.txt

clean: ## Remove the environment, the index and all caches; keep index-state
	rm -rf $(VENV) node_modules index build dist .coverage* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
