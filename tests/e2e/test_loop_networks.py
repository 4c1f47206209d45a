"""Loops over two layers, from a hand-written forward and from a NIR graph, to RTL without a mismatch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_framework_networks import run

HERE = Path(__file__).parent / "loop_networks.py"
MODELS = {
    "forward": [f"{HERE}:Net", "--weights", "net.pt"],
    "operations": [f"{HERE}:Operations", "--weights", "operations.pt"],
    "nir": ["net.nir"],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_layers_that_hear_each_other_are_built_to_rtl(name: str, tmp_path: Path) -> None:
    pytest.importorskip("snntorch")
    run(str(HERE), str(tmp_path), folder=tmp_path)
    options = ["--data", "events.npz", "--board", "pynq-z2", "--vectors", "20", "--cocotb-vectors", "1"]
    run("-m", "asn2fpga", "build", *MODELS[name], *options, "--out", "b", folder=tmp_path)
    report = json.loads((tmp_path / "b" / "report.json").read_text())
    for stage in ("csim", "cosim"):
        found = report["stages"][stage]
        assert found["status"] == "passed" and " 0 mismatches" in found["summary"]
    layers = {layer["name"]: layer["kind"] for layer in report["layers"]}
    assert list(layers.values()).count("LoopLine") == 1
