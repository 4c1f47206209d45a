"""The parts of the stand-alone bench, which simulators of the user compile."""

from __future__ import annotations

import re

from asn2fpga.resources import hardware_dir


def test_integer_parameters_are_compared_instead_of_negated() -> None:
    """Verilator 5.006, Debian's, takes `!PARAMETER` of a 32-bit parameter for an error."""
    sources = sorted((hardware_dir() / "sim").rglob("*.sv"))
    assert sources
    assert [path.name for path in sources if re.search(r"![A-Z]", path.read_text())] == []
