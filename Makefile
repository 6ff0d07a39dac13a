# Every target sets itself up: .venv/ is made from the lock, and made again when the lock or pyproject.toml changes.
# make PYTHON=/path/to/python3 chooses the Python; otherwise 3.11 if there is one, else any from 3.12 to 3.14.

BIN := .venv/bin
READY := .venv/.installed
STUDIES ?= fidelity detection kills personalisation offline-online staleness tune corruption features

# Telemetry of every dependency is off.
export MLFLOW_DISABLE_TELEMETRY := true
export DO_NOT_TRACK := true
# Without byte code imports take three times as long; a foreign Jupyter path shadows the kernel of .venv.
unexport PYTHONDONTWRITEBYTECODE PYTHONHOME JUPYTER_PATH JUPYTER_PREFER_ENV_PATH
# Tests run with every connection beyond this machine blocked, in kernels and grandchildren too.
OFFLINE = PYTHONPATH="$(CURDIR)/tests/offline$${PYTHONPATH:+:$$PYTHONPATH}"
PYTEST = $(OFFLINE) $(BIN)/python -m pytest -n 2 --dist loadfile
# Stored outputs were made on 3.11; above it the lock has another numpy, and notebooks are executed, not compared.
COMPARES = $(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'

.DEFAULT_GOAL := help
.PHONY: help run test check static notebooks lab study lock clean

help:
	@echo "make run     execute every notebook into workspace/runs/ and write an index.html with the loop's report"
	@echo "make lab     JupyterLab on your own copy of the notebooks"
	@echo "make test    everything that must hold: style, types, import laws, tests, notebooks (at most 15 minutes)"
	@echo "make check   the fast part of it (two to three minutes)"
	@echo "make study   the long statistics, as JSON in benchmarks/studies/ (STUDIES=\"$(STUDIES)\")"
	@echo "make lock    resolve again: requirements.lock, .ci/bootstrap.lock, environment.yml (needs the network)"
	@echo "make clean   remove .venv/ and caches; workspace/ holds your work and stays"

$(READY): requirements.lock .ci/bootstrap.lock pyproject.toml .ci/setup .ci/jupyter/overrides.json
	@PYTHON="$(PYTHON)" .ci/setup

run: $(READY)
	@$(BIN)/mlops-lab workbook run

lab: $(READY)
	@$(BIN)/mlops-lab workbook open

test: static
	$(PYTEST)
	$(MAKE) --no-print-directory notebooks

check: static
	$(PYTEST) -m "not slow"

static: $(READY)
	$(BIN)/ruff check . .ci
	$(BIN)/ruff format --check . .ci
	$(BIN)/mypy
	$(BIN)/lint-imports

notebooks: $(READY)
	@if $(COMPARES); then set -x; $(PYTEST) --nbval notebooks/; \
	else set -x; $(OFFLINE) $(BIN)/mlops-lab workbook run; fi

study: $(READY)
	@mkdir -p benchmarks/studies
	@for name in $(STUDIES); do echo "study $$name"; \
	$(BIN)/mlops-lab study $$name > benchmarks/studies/$$name.json.part && mv benchmarks/studies/$$name.json.part benchmarks/studies/$$name.json \
	|| { rm -f benchmarks/studies/$$name.json.part; exit 1; }; done

lock: $(READY)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --extra dev $(UPGRADE) pyproject.toml -o requirements.lock
	{ $(BIN)/uv --version | sed -E 's/^uv ([0-9.]+).*/uv==\1/'; echo setuptools; } | $(BIN)/uv pip compile --quiet --universal \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate - -o .ci/bootstrap.lock
	$(BIN)/python .ci/environment.py > environment.yml

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .schemathesis
	find . \( -path ./.git -o -path ./workspace \) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
