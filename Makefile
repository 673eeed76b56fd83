# `make compile` and `make test` are for every day, `make check` for every save.  `make help` lists the rest.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
# Tests start Python some hundred times, and without bytecode each start compiles every module anew: 1.4 seconds more.
unexport PYTHONDONTWRITEBYTECODE

# The first Python that the lock files serve; `make PYTHON=python3.13 …` chooses another.
is_supported = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
    if $$python -c '$(is_supported)' 2>/dev/null; then echo $$python; break; fi; done)

VENV ?= .venv
CHECKOV_VENV ?= .venv-checkov
AZURE_CLI_VENV ?= .venv-azure-cli
SERVER_VENV ?= .venv-server
BUNDLES_VENV ?= .venv-bundles
LOWEST_VENV ?= .venv-lowest
LOCK_VENV := .venv-lock
# Workers of pytest: as many as there are processors, hyperthreads included.
JOBS ?= logical
# A file's tests share what they compile; files with slow tests are started first, as tests/conftest.py has them.
WORKERS := -n $(JOBS) --dist loadfile --no-loadscope-reorder

PIP_INSTALL := -m pip --disable-pip-version-check --quiet install
MLINFRA := $(VENV)/bin/mlinfra
SPECS := $(wildcard specs/*/ml-platform.yaml)

.PHONY: help compile check docs pictures quiet test test-python scripts judges test-versions matrix azure mutate hunt update schema azureml-schema databricks-schema bench lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

compile: $(VENV)/run.stamp  ## compile every platform under specs/ into generated/
	@for spec in $(SPECS); do $(MLINFRA) compile -f "$$spec" || exit; done

# Tests that stay in the process and try no random input: 80 seconds of a processor, so less than a minute of two.
CHECKED := $(addprefix tests/,bad_input/test_cases.py core diagnostics examples kinds languages/azureml/test_checks.py overrides rules test_editor_schema.py test_rows.py) $(wildcard tests/test_[acd]*.py)
check: $(VENV)/test.stamp  ## lint, types and the fast tests: for every save
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/pytest -q $(WORKERS) -m "not slow and not bicep and not hypothesis" $(CHECKED)

# What can differ from one Python to another: syntax, start-up, and the libraries that are installed for it.
test-python: $(VENV)/test.stamp  ## compile every module, start each command, and run the tests of `make check`, on one Python
	$(VENV)/bin/python -W error -m compileall -q -f compiler/mlinfra
	$(VENV)/bin/pytest $(WORKERS) -m "not slow and not bicep and not hypothesis and not judges" $(CHECKED) tests/cli tests/acceptance tests/test_packaging.py

# Where checkov and the environments lie that tests start beside their own.
BESIDE = MLINFRA_CHECKOV="$(abspath $(CHECKOV_VENV))/bin/checkov" MLINFRA_SERVER="$(abspath $(SERVER_VENV))/bin/python" \
    MLINFRA_BUNDLES="$(abspath $(BUNDLES_VENV))/bin/python"
test: $(VENV)/test.stamp $(CHECKOV_VENV)/stamp $(SERVER_VENV)/stamp $(BUNDLES_VENV)/stamp  ## lint, type-check and run the tests
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(BESIDE) $(VENV)/bin/pytest $(WORKERS) -m "not scripts and not matrix and not judges"

# Bash does the same with the same bytes, whatever runs the compiler, and takes a third of the minutes of all tests.
scripts: $(VENV)/test.stamp  ## run the generated scripts against a fake az and a fake databricks
	$(VENV)/bin/pytest $(WORKERS) -m "scripts and not judges" tests/scripts tests/loop

# Minutes of outside programs, which say the same of the same bytes whatever runs the compiler, and of laws that are tried
# at each place of whole platforms.
judges: $(VENV)/test.stamp $(CHECKOV_VENV)/stamp $(SERVER_VENV)/stamp $(BUNDLES_VENV)/stamp  ## let every judge look at whole platforms, at what a short hunt finds, and at what the SDK sends
	$(BESIDE) $(VENV)/bin/pytest $(WORKERS) -m judges $(shell grep -rl --include="*.py" mark.judges tests)

# What one worker finds out about a script, the others know, too.
UPDATE ?=
LOOP_SEED ?= 1
LOOP_TRIALS ?=
LOOP_PART ?= 1/1
matrix: $(VENV)/test.stamp  ## train and release in every way that may go wrong; LOOP_SEED=N stops elsewhere, LOOP_TRIALS=all everywhere, LOOP_PART=1/8 at an eighth; UPDATE=--update writes docs/loop-matrix.md
	@echo "LOOP_SEED=$(LOOP_SEED) LOOP_TRIALS=$(LOOP_TRIALS) LOOP_PART=$(LOOP_PART)"
	MLINFRA_LOOP_SEED=$(LOOP_SEED) MLINFRA_LOOP_TRIALS=$(LOOP_TRIALS) MLINFRA_LOOP_PART=$(LOOP_PART) $(VENV)/bin/pytest -n $(JOBS) --dist worksteal -m "matrix or slow" --durations 10 $(UPDATE) tests/loop

# The lock files hold the two ends of what pyproject.toml allows: lowest.txt and, in $(VENV), run.txt.
ALSO ?=
test-versions: $(VENV)/run.stamp $(LOWEST_VENV)/stamp  ## the oldest and the newest libraries that are allowed give the same output and messages; ALSO="PYTHON…" compares other environments with them
	$(VENV)/bin/python -m tests.versions $(VENV)/bin/python $(LOWEST_VENV)/bin/python $(ALSO)

# The walk of one platform is one test; where scripts are stopped on it, the seed says.
AZURE_SEED ?= 1
AZURE_KILLS ?= 5
AZURE_PART ?= 1/1
# After so many minutes it has failed: .ci/run says how many.
AZURE_MINUTES ?=
azure: $(VENV)/test.stamp $(AZURE_CLI_VENV)/stamp  ## run the scripts of the examples under the real az against an emulated Azure; AZURE_SEED=N stops them elsewhere
	@echo "AZURE_SEED=$(AZURE_SEED) AZURE_KILLS=$(AZURE_KILLS) AZURE_PART=$(AZURE_PART)"
	MLINFRA_AZ="$(abspath $(AZURE_CLI_VENV))/bin/az" MLINFRA_REQUIRE_AZ=1 MLINFRA_REQUIRE_BICEP=1 \
	    MLINFRA_AZURE_SEED=$(AZURE_SEED) MLINFRA_AZURE_KILLS=$(AZURE_KILLS) MLINFRA_AZURE_PART=$(AZURE_PART) \
	    $(if $(AZURE_MINUTES),timeout --foreground $(AZURE_MINUTES)m )$(VENV)/bin/pytest -n $(JOBS) --dist loadgroup -m azure --durations 10 tests/emulator

docs: $(VENV)/test.stamp $(AZURE_CLI_VENV)/stamp  ## write docs/first-week.md, whose outputs are those of real runs, in some minutes
	MLINFRA_AZ="$(abspath $(AZURE_CLI_VENV))/bin/az" $(VENV)/bin/python -m tests.emulator.first_week docs/first-week.md

pictures: $(VENV)/test.stamp  ## take the pictures of docs/pictures, with the Chromium of this machine
	$(VENV)/bin/python tools/report_picture.py
	$(VENV)/bin/python -m tools.comment_picture

quiet: $(VENV)/test.stamp  ## count the lines of the output that each labelled edit changes, in docs/quiet.md
	$(VENV)/bin/python -m tests.differ.lines docs/quiet.md

CHANGES ?= 300
SEED ?= 1
FROM ?= 0
mutate: $(VENV)/test.stamp  ## change the compiler in CHANGES=300 places, one at a time, and see whether a test notices; FROM=100 goes on there
	$(VENV)/bin/python -m tests.mutation --changes $(CHANGES) --seed $(SEED) --from $(FROM)

# One case is played again with the line that the hunt prints beside what it found.
HUNT_SECONDS ?= 3600
HUNT_WORKERS ?= 2
HUNT_SEED ?=
HUNT_BODIES ?= 20000
# Seconds in which bodies of wrong types are drawn, after each key had each shape.
HUNT_TYPES ?= 600
# Of each section of Databricks.
HUNT_DATABRICKS ?= 100
# "all" is at each request of each script, or at those of a part: HUNT_PART=1/8. A number is of each script, over all platforms.
HUNT_KILLS ?= all
HUNT_PART ?= 1/1
# Of each cell of the matrix: some hours, where it is all of them.
HUNT_TRIALS ?= all
hunt: $(VENV)/test.stamp $(BUNDLES_VENV)/stamp  ## compile mutants of the examples and judge what comes out, HUNT_SECONDS=3600 long; HUNT_SEED=N repeats
	$(VENV)/bin/python -m tests.hunt --seconds $(HUNT_SECONDS) --workers $(HUNT_WORKERS) $(if $(HUNT_SEED),--seed $(HUNT_SEED))
	$(VENV)/bin/python -m tests.hunt.wrong_types --seconds $(HUNT_TYPES) $(if $(HUNT_SEED),--seed $(HUNT_SEED))
	$(VENV)/bin/python -m tests.hunt.long_lists
	$(VENV)/bin/python -m tests.hunt.floods --part $(HUNT_PART)
	$(VENV)/bin/python -m tests.hunt.bodies --bodies $(HUNT_BODIES) --part $(HUNT_PART) $(if $(HUNT_SEED),--seed $(HUNT_SEED))
	MLINFRA_BUNDLES="$(abspath $(BUNDLES_VENV))/bin/python" MLINFRA_DATABRICKS_BODIES=$(HUNT_DATABRICKS) \
	    MLINFRA_HUNT_SEED=$(or $(HUNT_SEED),$(shell date +%s)) $(VENV)/bin/pytest -q tests/languages/databricks/test_verdicts.py
	MLINFRA_HUNT_ROUNDS=1000 $(VENV)/bin/pytest -q tests/output/test_together.py
	MLINFRA_DERIVED=all MLINFRA_DERIVED_PART=$(HUNT_PART) $(VENV)/bin/pytest -q tests/derived
	$(MAKE) matrix LOOP_SEED=$(or $(HUNT_SEED),1) LOOP_TRIALS=$(HUNT_TRIALS) LOOP_PART=$(HUNT_PART)
	$(MAKE) azure AZURE_SEED=$(or $(HUNT_SEED),$(shell date +%s)) AZURE_KILLS=$(HUNT_KILLS) AZURE_PART=$(HUNT_PART)

update: compile $(VENV)/test.stamp $(CHECKOV_VENV)/stamp  ## rewrite what the tests expect from what the compiler does; review the difference
	$(BESIDE) $(VENV)/bin/pytest $(WORKERS) -m "not matrix" --update

schema: $(VENV)/run.stamp  ## write schemas/ml-platform.schema.json for editors
	@mkdir -p schemas
	$(MLINFRA) schema > schemas/ml-platform.schema.json.new
	mv schemas/ml-platform.schema.json.new schemas/ml-platform.schema.json

azureml-schema: $(VENV)/test.stamp  ## derive the Azure ML schema from the locked azure-ai-ml
	$(VENV)/bin/python -m tools.azureml_schema.derive

databricks-schema: $(VENV)/test.stamp  ## derive the Databricks schema from the locked databricks-sdk
	$(VENV)/bin/python -m tools.databricks_schema.derive

AGAINST ?=
bench: $(VENV)/test.stamp  ## measure the compiler against bicep, and its growth up to 10,000 entries; AGAINST=DIR: against another checkout
	$(VENV)/bin/python -m tests.bench.bench $(if $(AGAINST),--against $(AGAINST))

lock: $(LOCK_VENV)/stamp  ## choose the locked versions anew (UPGRADE=--upgrade for the newest)
	@$(call lock,requirements/test.txt,pyproject.toml --extra test --group build)
	@$(call lock,requirements/run.txt,pyproject.toml --group build --constraint requirements/test.txt)
	@$(call lock,requirements/lowest.txt,pyproject.toml --resolution lowest-direct)
	@$(call lock,requirements/checkov.txt,--group checkov)
	@$(call lock,requirements/azure-cli.txt,--group azure-cli)
	@$(call lock,requirements/server.txt,--group server)
	@$(call lock,requirements/bundles.txt,--group bundles)
	@$(foreach file,$(wildcard specs/*/requirements-*.in),$(call lock,$(file:.in=.txt),$(file));)

clean:  ## remove the environments and what the tools keep
	rm -rf .venv* .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist

# $(call lock,FILE,SOURCES) writes FILE.  uv does not read pip's settings: it is told the index that pip uses.
UPGRADE ?=
define lock
index=$$($(LOCK_VENV)/bin/pip config get global.index-url 2>/dev/null || echo "$${PIP_INDEX_URL:-}"); \
UV_DEFAULT_INDEX="$$index" $(LOCK_VENV)/bin/uv pip compile $(2) --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --custom-compile-command "make lock" $(UPGRADE) --output-file $(1)
endef

# The stamps say what an environment holds: a second `make compile` installs nothing.
$(VENV)/run.stamp: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(VENV)/bin/python $(PIP_INSTALL) --require-hashes -r requirements/run.txt
	$(VENV)/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: requirements/test.txt $(VENV)/run.stamp
	$(VENV)/bin/python $(PIP_INSTALL) --require-hashes -r requirements/test.txt
	@touch $@

$(LOWEST_VENV)/stamp: requirements/lowest.txt | $(LOWEST_VENV)/bin/python
	$(LOWEST_VENV)/bin/python $(PIP_INSTALL) --require-hashes -r requirements/lowest.txt
	@touch $@

$(CHECKOV_VENV)/stamp: requirements/checkov.txt | $(CHECKOV_VENV)/bin/python
	$(CHECKOV_VENV)/bin/python $(PIP_INSTALL) --require-hashes -r requirements/checkov.txt
	@touch $@

$(AZURE_CLI_VENV)/stamp: requirements/azure-cli.txt | $(AZURE_CLI_VENV)/bin/python
	$(AZURE_CLI_VENV)/bin/python $(PIP_INSTALL) --require-hashes -r requirements/azure-cli.txt
	@touch $@

$(SERVER_VENV)/stamp: requirements/server.txt | $(SERVER_VENV)/bin/python
	$(SERVER_VENV)/bin/python $(PIP_INSTALL) --require-hashes -r requirements/server.txt
	@touch $@

$(BUNDLES_VENV)/stamp: requirements/bundles.txt | $(BUNDLES_VENV)/bin/python
	$(BUNDLES_VENV)/bin/python $(PIP_INSTALL) --require-hashes -r requirements/bundles.txt
	@touch $@

$(LOCK_VENV)/stamp: | $(LOCK_VENV)/bin/python
	$(LOCK_VENV)/bin/python $(PIP_INSTALL) uv
	@touch $@

%/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
	  echo "mlinfra needs Python 3.11, 3.12 or 3.13, and none is on the PATH; install one (Debian, Ubuntu: apt install python3 python3-venv) or name it: make PYTHON=/path/to/python3.13" >&2; exit 1; \
	elif ! "$(PYTHON)" -c '$(is_supported)'; then \
	  echo "$(PYTHON) is not Python 3.11, 3.12 or 3.13, which the lock files serve; name another: make PYTHON=python3.13" >&2; exit 1; \
	elif ! "$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null; then \
	  version=$$("$(PYTHON)" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	  echo "$(PYTHON) has no venv module; on Debian and Ubuntu it is a package of its own: apt install python$$version-venv" >&2; exit 1; \
	fi
	"$(PYTHON)" -m venv $*
