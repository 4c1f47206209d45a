# Everything runs in the virtual environment $(VENV), which the targets make and keep current themselves.
# `make demo` shows what this is, `make test` runs the tests, `make check` runs what CI runs.
# PYTHON=python takes an environment of your own instead, as it is.

VENV ?= .venv
JOBS ?= 2
PROGRAMS ?= 200
GRAPHS ?= 300
SEED ?= 1
REFERENCE ?= xilinx
SOURCES := asn2fpga tests benchmarks hw tools

ifdef PYTHON
SET_UP := true
SET_UP_PROGRAMS := true
else
PYTHON := $(abspath $(VENV))/bin/python
SET_UP := VENV='$(VENV)' sh tools/setup.sh --tests
SET_UP_PROGRAMS := VENV='$(VENV)' sh tools/test-programs.sh
# Tests start `asn2fpga` and `python` as a user does; sshd lies in a folder of its own.
export PATH := $(abspath $(VENV))/bin:$(PATH):/usr/sbin:/sbin
endif

# Tests start Python some hundred times; without compiled files each start reads all sources again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo docs changelog environment versions check test format format-check lint types slow golden bench bench-hls \
  fuzz fuzz-graphs fuzz-coverage fuzz-headers mutate wheel clean

demo:  ## the digits network to verified RTL, set-up included; ends with the report's path
	@VENV='$(VENV)' sh tools/demo.sh

test:  ## all tests but the slow ones, set-up included
	@echo "make test: 15 to 25 minutes on two cores, and up to 10 for set-up the first time."
	@started=$$(date +%s); $(SET_UP) && $(SET_UP_PROGRAMS) && \
	$(PYTHON) -m pytest -n $(JOBS) --dist worksteal -m "not slow"; status=$$?; \
	echo "make test took $$((($$(date +%s) - started) / 60)) min $$((($$(date +%s) - started) % 60)) s."; exit $$status

check: format-check lint types test  ## what .ci/run runs

environment:
	@$(SET_UP)

format: environment  ## write every file in the house format
	$(PYTHON) -m ruff format $(SOURCES)
	$(PYTHON) -m ruff check --fix-only --quiet $(SOURCES)

format-check: environment
	$(PYTHON) -m ruff format --check --quiet $(SOURCES)

lint: environment
	$(PYTHON) -m ruff check --quiet $(SOURCES)

types: environment
	$(PYTHON) -m mypy

slow: environment  ## the tests that take minutes
	$(PYTHON) -m pytest -n $(JOBS) --dist worksteal -m slow

golden: environment  ## write the expected files of tests/golden anew; review the difference like code
	$(PYTHON) -m pytest tests/golden --update-golden

bench: environment  ## measure; prints tables, changes nothing
	for file in benchmarks/*.py; do $(PYTHON) $$file || exit 1; done

bench-hls: environment  ## the kernels of the embedded HLS engine: cycles, area, yardsticks
	$(PYTHON) -m benchmarks.hls

fuzz: environment  ## random programs, native against RTL: make fuzz PROGRAMS=1000 SEED=1 REFERENCE=shim
	PYTHONPATH=tests $(PYTHON) -m fuzz --programs $(PROGRAMS) --seed $(SEED) --reference $(REFERENCE)

fuzz-graphs: environment  ## random networks, golden against C++ against RTL: make fuzz-graphs GRAPHS=300 SEED=1
	PYTHONPATH=tests $(PYTHON) -m fuzz.graphs --graphs $(GRAPHS) --seed $(SEED) --jobs $(JOBS)
	PYTHONPATH=tests $(PYTHON) -m fuzz.graphs --maps --graphs $(GRAPHS) --seed $(SEED) --jobs $(JOBS)
	PYTHONPATH=tests $(PYTHON) -m fuzz.graphs --attention --graphs $(GRAPHS) --seed $(SEED) --jobs $(JOBS)

fuzz-coverage: environment  ## which constructs the programs of make fuzz use: how many programs each
	PYTHONPATH=tests $(PYTHON) -m fuzz.coverage --programs $(PROGRAMS) --seed $(SEED)

fuzz-headers: environment  ## random expressions, the engine's ap_int.h and ap_fixed.h against Xilinx's
	PYTHONPATH=tests $(PYTHON) -m fuzz.shim --blocks $(PROGRAMS) --seed $(SEED)
	PYTHONPATH=tests $(PYTHON) -m fuzz.shim --fixed --blocks $(PROGRAMS) --seed $(SEED)

mutate: environment  ## break rules on purpose, one at a time; the tests must notice each
	PYTHONPATH=tests $(PYTHON) -m fuzz.mutations --table docs/spec/mutations.md

docs: environment  ## the documentation site in build/docs; notebooks that changed are executed, about a minute each
	$(PYTHON) -m tools.docs --out build/docs

changelog: environment  ## what the news fragments become in CHANGELOG.md; changes nothing
	$(PYTHON) -m towncrier build --draft --version next

versions:  ## the demo with every Python here, newest and oldest packages; VERSIONS="python3.13 --only oldest"
	@python3 tools/versions.py $(VERSIONS)

wheel: environment
	$(PYTHON) -m build --wheel --outdir dist

clean:
	rm -rf dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
