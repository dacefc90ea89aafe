# Two commands on a fresh machine: `make demo` and `make test`. Both set up what they need.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Into an environment: by pip, or by the uv that UV names, as .ci/run does; pip where that one cannot.
BY_PIP  = $(1)/bin/python -m pip --disable-pip-version-check install --quiet --no-compile $(2)
INSTALL = $(if $(UV),$(UV) pip install --quiet --python $(1)/bin/python $(2) || )$(BY_PIP)

.PHONY: demo test coverage lint docs dist smoke lowest bench words lock clean

demo: .make/core  ## run the main job on Albania 2012 and say where the report is
	$(BIN)/exitline run examples/albania-2012/study.yaml

test: .make/dev  ## everything that must hold
	$(BIN)/python -m pytest -q -n 2 $(COUNTING)

coverage: COUNTING := -p tests.covering
coverage: test  ## the same, and lines that the tests of rules, decisions and curves reach in their rooms
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --sort=cover

lint: .make/dev  ## style, types, order of rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: .make/docs  ## the documentation as pages, in site/
	$(BIN)/mkdocs build --strict

dist: .make/core  ## the wheel, in dist/
	rm -rf dist
	$(BIN)/python -m pip --disable-pip-version-check wheel --quiet --no-deps --no-build-isolation -w dist .

smoke: dist  ## the wheel in an empty environment, away from the source: the demo runs from it
	rm -rf build/empty && mkdir -p build
	$(PYTHON) -m venv build/empty
	$(call INSTALL,build/empty,--require-hashes -r requirements/core.lock)
	$(call INSTALL,build/empty,--no-deps dist/exitline-*.whl)
	cp -r examples/albania-2012 build/empty/demo && rm -rf build/empty/demo/out
	cd build/empty && bin/exitline run demo/study.yaml && test -s demo/out/report.html
	cd build/empty && bin/exitline measures gini && bin/exitline standards

lowest: requirements/lowest.lock  ## figures and readers with the lowest versions that pyproject.toml allows
	rm -rf build/lowest && mkdir -p build
	$(PYTHON) -m venv build/lowest
	$(call INSTALL,build/lowest,--require-hashes -r requirements/lowest.lock)
	PYTHONPATH=src build/lowest/bin/python -m pytest -q -p no:cacheprovider -m "not spark and not browser" $(LOWEST)
LOWEST := tests/stats/estimate/test_estimate_parity_r.py tests/stats/estimate/test_estimate_lines.py \
	tests/stats/infer/test_infer_certain_and_lonely.py tests/stats/infer/test_infer_design_effect.py \
	tests/stats/infer/test_infer_contrasts.py tests/stats/data/test_data_readers.py tests/stats/data/test_data_values.py \
	tests/stats/data/test_data_study.py

bench: .make/bench  ## speed and memory, beside a bare scan and peers
	$(BIN)/python -m benchmarks

words: .make/dev  ## bring the catalogues up to what the code says
	$(BIN)/python -m exitline.words.collecting

lock: $(VENV)/pyvenv.cfg  ## pin current releases anew
	$(call INSTALL,$(VENV),uv)
	$(BIN)/uv pip compile pyproject.toml --group build $(COMPILE) -o requirements/core.lock
	$(BIN)/uv pip compile pyproject.toml --all-extras --group build --group dev $(COMPILE) \
	    -c requirements/core.lock -o requirements/dev.lock
	$(BIN)/uv pip compile --group docs $(COMPILE) -c requirements/dev.lock -o requirements/docs.lock
	$(BIN)/uv pip compile --group uv $(COMPILE) -o requirements/uv.lock
	$(BIN)/uv pip compile pyproject.toml --group lowest --extra sql --resolution lowest-direct $(COMPILE) \
	    -o requirements/lowest.lock
COMPILE := --upgrade --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --quiet

clean:  ## back to a fresh clone
	rm -rf $(VENV) .make site examples/*/out

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "exitline needs Python 3.11 or later; try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

.make/core: requirements/core.lock pyproject.toml | $(VENV)/pyvenv.cfg
	$(call INSTALL,$(VENV),--require-hashes -r requirements/core.lock)
	$(call INSTALL,$(VENV),--no-deps --no-build-isolation -e .)
	@mkdir -p .make && touch $@

.make/dev: requirements/dev.lock .make/core
	$(call INSTALL,$(VENV),--require-hashes -r requirements/dev.lock)
	@mkdir -p .make && touch $@

.make/docs: requirements/docs.lock .make/core
	$(call INSTALL,$(VENV),--require-hashes -r requirements/docs.lock)
	@mkdir -p .make && touch $@

.make/bench: .make/dev
	$(PYTHON) -m venv benchmarks/work/peers
	$(call INSTALL,benchmarks/work/peers,samplics svy saepy statsmodels pandas)
	-command -v python3.13 && python3.13 -m venv benchmarks/work/peers-svy && \
	    $(call BY_PIP,benchmarks/work/peers-svy,svy-sae pandas)
	@mkdir -p .make && touch $@
