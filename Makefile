# Everything a person or a CI machine does here; only Python 3.11 or newer, git and make have to be there before.
.DEFAULT_GOAL := help
.PHONY: run test coverage bench screenshots check lint pages format lock packages environment clean help

PYTHON ?= python3
HALL ?= township
BIN := .venv/bin

# Browsers and servers of two workers share two cores, and now and then one waits too long for the other. What failed is
# run once more, alone and said loudly; what fails alone has failed. It ends at the tenth that fails again.
AGAIN = { echo "=== FAILED beside others; once more, alone: ==="; \
	$(BIN)/python -m pytest --last-failed --last-failed-no-failures none --maxfail 10; }

run: environment pages  ## Start a whole hall with simulated devices; HALL=village or HALL=busy for another one
	$(BIN)/queue-server demo --config config/examples/$(HALL).toml

test: packages environment pages  ## Install what tests need, where that is allowed, and run all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile || $(AGAIN)

coverage: environment  ## How much of the drivers their tests run; less than 95 % is a mistake
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest tests/drivers -q
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

screenshots: environment pages  ## Take the pictures of the README anew
	$(BIN)/python tests/support/screenshots.py

bench: environment  ## Measure tickets, calls and walls on this machine
	$(BIN)/python tests/bench/run.py

check: environment pages lint  ## Lint, types of Python and pages, import directions
	$(BIN)/mypy
	$(BIN)/lint-imports
	PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent check

lint: environment  ## Style only
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: environment  ## Put code into the common form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

pages: environment  ## Build the pages whose sources changed
	$(BIN)/python hatch_build.py

lock: environment  ## Choose new versions of the Python packages
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --group dev -o requirements.lock pyproject.toml

packages:
	@.ci/debian-packages

environment: .venv/.project

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { echo "Python cannot make an environment here; on Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

# With uv where it is installed, else with pip: both check the hashes of the lock.
.venv/.locked: requirements.lock | .venv/.made
	@echo "Installing Python packages ..."
	@{ command -v uv >/dev/null && uv pip install --quiet --python $(BIN)/python --require-hashes -r $<; } \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# The locked hatchling builds the project in place: nothing is fetched, no page is built.
.venv/.project: pyproject.toml .venv/.locked
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

clean:  ## Remove everything that was made here, the environment too; data of a demo stays in .run
	rm -rf .venv node_modules build dist */web/static drivers/simulated/panel/web/static
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -prune -exec rm -rf {} +

help:  ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16
