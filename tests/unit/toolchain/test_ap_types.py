"""Where Xilinx's open headers are found."""

from __future__ import annotations

import re

import pytest

from asn2fpga.errors import ToolError
from asn2fpga.toolchain.ap_types import ap_types_dir


def test_headers_are_found() -> None:
    assert (ap_types_dir() / "hls_stream.h").is_file()


@pytest.mark.parametrize("package", ["no_such_package", "numpy"])
def test_missing_headers_are_refused(package: str) -> None:
    message = (
        f"{package}: the package has no templates/vivado/ap_types/ap_int.h; "
        "install it with: pip install hls4ml==1.3.0"
    )
    with pytest.raises(ToolError, match=f"^{re.escape(message)}$"):
        ap_types_dir(package)
