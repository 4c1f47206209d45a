"""A Spikformer of SpikingJelly's own model package, from a checkpoint to RTL without a mismatch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_framework_networks import run

HERE = Path(__file__).parent / "zoo_networks.py"


@pytest.mark.slow
def test_a_spikformer_of_the_model_package_is_built_to_rtl(tmp_path: Path) -> None:
    pytest.importorskip("spikingjelly.activation_based.model.spikformer")
    run(str(HERE), str(tmp_path), folder=tmp_path)
    model = [
        f"{HERE}:spikformer",
        "--weights",
        "spikformer.pth",
        "--input-scale",
        "1/16",
        "--read-out",
        "mean",
    ]
    options = ["--data", "test.npz", "--board", "pynq-z2", "--vectors", "8", "--cocotb-vectors", "1"]
    run("-m", "asn2fpga", "build", *model, *options, "--out", "b", "--until", "cosim", folder=tmp_path)
    report = json.loads((tmp_path / "b" / "report.json").read_text())
    for stage in ("csim", "cosim"):
        found = report["stages"][stage]
        assert found["status"] == "passed" and " 0 mismatches" in found["summary"]
    assert report["accuracy"]["integer"] > 0.75
