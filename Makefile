# One command for all: `make check`. Everything runs in the current Python environment.

PYTHON ?= python
JOBS ?= 2
PROGRAMS ?= 200
SEED ?= 1
REFERENCE ?= xilinx
SOURCES := asn2fpga tests benchmarks hw

.PHONY: check format format-check lint types test slow bench bench-hls golden fuzz fuzz-coverage fuzz-headers mutate wheel clean

check: format-check lint types test  ## what .ci/run runs

format:  ## write every file in the house format
	$(PYTHON) -m ruff format $(SOURCES)
	$(PYTHON) -m ruff check --fix-only --quiet $(SOURCES)

format-check:
	$(PYTHON) -m ruff format --check --quiet $(SOURCES)

lint:
	$(PYTHON) -m ruff check --quiet $(SOURCES)

types:
	$(PYTHON) -m mypy

test:  ## all tests but the slow ones
	$(PYTHON) -m pytest -n $(JOBS) -m "not slow"

slow:  ## the tests that take minutes
	$(PYTHON) -m pytest -n $(JOBS) -m slow

golden:  ## write the expected files of tests/golden anew; review the difference like code
	$(PYTHON) -m pytest tests/golden --update-golden

bench:  ## measure; prints tables, changes nothing
	for file in benchmarks/*.py; do $(PYTHON) $$file || exit 1; done

bench-hls:  ## the kernels of the embedded HLS engine: cycles, area, yardsticks
	$(PYTHON) -m benchmarks.hls

fuzz:  ## random programs, native against RTL: make fuzz PROGRAMS=1000 SEED=1 REFERENCE=shim
	PYTHONPATH=tests $(PYTHON) -m fuzz --programs $(PROGRAMS) --seed $(SEED) --reference $(REFERENCE)

fuzz-coverage:  ## which constructs the programs of make fuzz use: how many programs each
	PYTHONPATH=tests $(PYTHON) -m fuzz.coverage --programs $(PROGRAMS) --seed $(SEED)

fuzz-headers:  ## random expressions, the engine's ap_int.h against Xilinx's
	PYTHONPATH=tests $(PYTHON) -m fuzz.shim --blocks $(PROGRAMS) --seed $(SEED)

mutate:  ## break the engine on purpose, a rule at a time; the tests must notice each
	PYTHONPATH=tests $(PYTHON) -m fuzz.mutations --table docs/spec/mutations.md

wheel:
	$(PYTHON) -m build --wheel --outdir dist

clean:
	rm -rf dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
