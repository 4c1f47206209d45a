"""Networks of snnTorch and SpikingJelly on Fashion-MNIST, all the way to RTL without a mismatch."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from needs import missing

from asn2fpga.train.installed import FASHION

HERE = Path(__file__).parent / "framework_networks.py"
CASES = {
    "small_tutorial_6": ("snntorch", ["--time-steps", "8"]),
    "small_plif": ("spikingjelly", []),
    "plif": ("spikingjelly", []),
}
LEAST_ACCURACY = 0.5  # after two or three passes over a tenth of the images; guessing gives 0.1
MOST_LOST = 0.05


def run(*arguments: str, folder: Path) -> str:
    found = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=3600,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-2000:]
    return found.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_network_is_built_to_rtl(name: str, tmp_path: Path) -> None:
    framework, options = CASES[name]
    pytest.importorskip(framework)
    if not FASHION.is_dir():
        missing("Fashion-MNIST is missing: apt-get install dataset-fashion-mnist")
    run(str(HERE), name, str(tmp_path), folder=tmp_path)
    model = [f"{HERE}:{name}", "--weights", f"{name}.pt", "--data", "test.npz", "--input-scale", "1/255"]
    shown = run("-m", "asn2fpga", "compare", *model, *options, "--samples", "300", folder=tmp_path)
    theirs, ours = map(float, re.findall(r"([\d.]+) % by the", shown))
    assert theirs > 100 * LEAST_ACCURACY and abs(theirs - ours) < 100 * MOST_LOST
    build = ["--board", "pynq-z2", "--optimise", "area", "--vectors", "5", "--cocotb-vectors", "1"]
    run(
        "-m", "asn2fpga", "build", *model, *options, *build, "--until", "synth", "--out", "b", folder=tmp_path
    )
    report = json.loads((tmp_path / "b" / "report.json").read_text())
    for stage in ("csim", "cosim"):
        found = report["stages"][stage]
        assert found["status"] == "passed" and " 0 mismatches" in found["summary"]
    assert report["stages"]["synth"]["status"] == "passed"
