"""The examples of docs/import.md, run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from asn2fpga.golden.simulate import simulate
from asn2fpga.importing import ImportOptions
from asn2fpga.loader import load_model
from asn2fpga.quantise.apply import quantise

PAGE = Path(__file__).parent.parent.parent / "docs" / "import.md"
SHAPES = {"snntorch": (64,), "spikingjelly": (1, 8, 8), "torch": (64,)}
SNNTORCH, SPIKINGJELLY, EXPORT, PLAIN = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
EXAMPLES = dict(zip(SHAPES, (SNNTORCH, SPIKINGJELLY, PLAIN), strict=True))


@pytest.mark.parametrize("framework", SHAPES)
def test_the_example_is_built_from_its_code_and_a_checkpoint(framework: str, tmp_path: Path) -> None:
    pytest.importorskip(framework)
    source = tmp_path / f"{framework}_net.py"
    source.write_text(EXAMPLES[framework])
    scope: dict[str, type[torch.nn.Module]] = {}
    exec(EXAMPLES[framework], scope)  # the page itself
    (name,) = re.findall(r"^class (\w+)", EXAMPLES[framework], re.MULTILINE)
    torch.save({"net": scope[name]().state_dict(), "epoch": 3}, tmp_path / "checkpoint.pt")
    x = np.random.default_rng(1).integers(0, 256, (12, *SHAPES[framework])).astype(np.uint8)
    np.savez(tmp_path / "data.npz", x=x)
    options = ImportOptions(
        weights=tmp_path / "checkpoint.pt", input_scale=1 / 255, data=tmp_path / "data.npz"
    )
    loaded = load_model(f"{source}:{name}", options)
    assert loaded.parameters > 600 and loaded.origin is not None
    assert simulate(quantise(loaded.graph, x=x).graph, x).scores.shape == (12, 10)


@pytest.mark.filterwarnings("ignore")  # of torch.export, about its own code
def test_the_exported_program_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(EXPORT, {})  # the page itself
    x = np.random.default_rng(1).integers(0, 4, (12, 1, 8, 8)).astype(np.uint8)
    np.savez(tmp_path / "data.npz", x=x)
    loaded = load_model("net.pt2", ImportOptions(data=tmp_path / "data.npz"))
    assert loaded.parameters == 8 * 9 + 8 + 128 * 10 + 10 + 1
    assert len(np.unique(simulate(quantise(loaded.graph, x=x).graph, x).scores, axis=0)) == 12
