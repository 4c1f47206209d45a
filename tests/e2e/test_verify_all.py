"""`asn2fpga verify --all` finds what differs from golden in the RTL, wherever a worker meets it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from e2e_tools import Run

CONTRACT = (
    r"error: layer \w+, vector (\d+), time step \d+, neuron \d+: expected -?\d+, got -?\d+; "
    r"rerun with: asn2fpga verify {build} --vector \1 --layer \w+"
)


@pytest.mark.slow
def test_wrong_rtl_is_found(run: Run, model: Path, tmp_path: Path) -> None:
    """All weights in the memories of the RTL become 0."""
    out = tmp_path / "out"
    quick = ("--vectors", "4", "--cocotb-vectors", "1", "--until", "hls")
    outcome = run("build", model, "--board", "pynq-z2", "--out", out, *quick)
    assert outcome.status == 0, outcome.stderr
    memories = sorted((out / "rtl").glob("*.mem"))
    assert memories
    for memory in memories:
        memory.write_text("\n".join("0" * len(line) for line in memory.read_text().splitlines()) + "\n")
    outcome = run("verify", out, "--all", "--jobs", "1")
    assert outcome.status == 1 and "mismatches" not in outcome.stdout
    last = outcome.stderr.splitlines()[-1]
    assert re.fullmatch(CONTRACT.format(build=re.escape(str(out))), last), outcome.stderr
