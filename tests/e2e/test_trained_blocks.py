"""Blocks of public spiking transformers, trained on digits, all the way to RTL without a mismatch."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "public_blocks.py"
TESTS = HERE.parent.parent
NAMES = ("meta_former_v3", "meta_former_v3_linear", "qsd", "max_former", "meta_former_v2", "max_former_lif")
LEAST = 0.9  # of the accuracy after 40 passes over the images, which takes a minute; guessing gives 0.1
MOST_LOST = 0.03


def run(*arguments: str, folder: Path) -> str:
    paths = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH"))))
    found = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=7200,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-2000:]
    return found.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_block_is_built_to_rtl(name: str, tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    if name in ("meta_former_v2", "max_former_lif"):
        pytest.importorskip("spikingjelly")
    run(str(HERE), name, str(tmp_path), folder=tmp_path)
    model = [f"{HERE}:{name}", "--weights", f"{name}.pt", "--data", "test.npz", "--input-scale", "1/16"]
    build = ["--board", "zcu104", "--lanes", "4", "--pixels", "1", "--until", "cosim"]
    build += ["--vectors", "3", "--cocotb-vectors", "1"]
    run("-m", "asn2fpga", "build", *model, *build, "--out", "b", folder=tmp_path)
    report = json.loads((tmp_path / "b" / "report.json").read_text())
    theirs, ours = map(
        float, re.findall(r"([\d.]+) % (?:float|integer)", report["stages"]["golden"]["summary"])
    )
    assert theirs > 100 * LEAST and theirs - ours < 100 * MOST_LOST
    for stage in ("csim", "cosim"):
        found = report["stages"][stage]
        assert found["status"] == "passed" and " 0 mismatches" in found["summary"]
