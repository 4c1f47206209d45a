"""What is not installed is named with the extra that brings it."""

from __future__ import annotations

import re

import pytest

from asn2fpga.errors import InputError
from asn2fpga.workers.extras import needed


def test_a_missing_package() -> None:
    message = (
        "--dask: asn2fpga_no_such must be installed, not missing (No module named 'asn2fpga_no_such'); "
        "pip install 'asn2fpga[explore]'."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        needed("asn2fpga_no_such.part", "--dask")
    assert needed("json", "x").__name__ == "json"
