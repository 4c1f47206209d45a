"""docs/import-nir.md: its example runs, and it names every primitive and option."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from asn2fpga.importing import DISCRETISATIONS, READ_OUTS, ImportOptions
from asn2fpga.loader import load_model
from asn2fpga.loader.nir.lower import LOWERINGS

PAGE = Path(__file__).parents[4] / "docs" / "import-nir.md"


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    model = load_model(Path("net.nir"), ImportOptions(data=Path("data.npz")))
    assert [layer.name for layer in model.graph.layers] == ["events", "linear", "lif", "output"]
    assert np.load("data.npz")["x"].shape[1] == 100


def test_everything_is_named() -> None:
    text = PAGE.read_text()
    for name in (*LOWERINGS, *DISCRETISATIONS, *READ_OUTS):
        assert re.search(rf"\b{name}\b", text), name
