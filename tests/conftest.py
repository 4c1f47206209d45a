"""What every test obeys: ERROR logs fail it, seeds are fixed and printed; golden files can be renewed."""

from __future__ import annotations

import logging
import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import find_libpython
import numpy as np
import pytest
from golden_text import Golden
from needs import missing

from asn2fpga.stages import cosim
from asn2fpga.verify import cocotb_run

SEED = 20_260_412


# Verilator's run-time library is compiled once for all tests, not once for each build.
os.environ.setdefault("ASN2FPGA_CACHE", str(Path(tempfile.gettempdir()) / f"asn2fpga-tests-{os.getuid()}"))


# The engine verifies what each of its steps makes, in all programs that tests start too.
os.environ["ASN2FPGA_VERIFY_EACH"] = "1"


# No test starts a Vivado that is installed here.
os.environ["ASN2FPGA_VIVADO"] = "none"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the expected files of tests/golden anew"
    )


def pytest_report_header() -> str:
    return f"seed of random and numpy.random: {SEED}"


@pytest.fixture(autouse=True, scope="session")
def skip_cocotb_without_its_library() -> None:
    """A test that comes to cocotb is skipped where Python has no shared library."""
    if find_libpython.find_libpython() is None:
        cocotb_run.shared_python = lambda: missing(cocotb_run.get_library())
        cosim.shared_python = cocotb_run.shared_python  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def fixed_seed() -> None:
    """The same random numbers in every test, whatever ran before it."""
    random.seed(SEED)
    np.random.seed(SEED)


@pytest.fixture(autouse=True)
def no_error_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A test fails if anything was logged at ERROR or above."""
    yield
    records = [record for phase in ("setup", "call") for record in caplog.get_records(phase)]
    errors = [record.getMessage() for record in records if record.levelno >= logging.ERROR]
    assert not errors, f"logged at ERROR: {errors}"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden(path, text)`: the text equals the file; with --update-golden the file is written instead."""
    update = request.config.getoption("--update-golden")

    def check(path: Path, text: str) -> None:
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        assert path.is_file(), f"{path} is missing; run pytest --update-golden"
        assert text == path.read_text()

    return check
