"""Modules wrapped for training are those inside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from loader_models import CALIBRATION, flat_network
from torch import nn

import asn2fpga
from asn2fpga.graph.text import to_text
from asn2fpga.loader.save import read_module
from asn2fpga.loader.wrappers import unwrapped

X = CALIBRATION.reshape(3, 8)


def compiled(module: nn.Module) -> nn.Module:
    try:
        return torch.compile(module)  # type: ignore[return-value]  # typed as a callable
    except RuntimeError as error:
        if "not supported on Python" not in str(error):
            raise
        pytest.skip(f"this torch is older than this Python: {error}")


WRAPPERS: dict[str, Callable[[nn.Module], nn.Module]] = {
    "DataParallel": nn.DataParallel,
    "compiled": compiled,
    "both": lambda module: nn.DataParallel(compiled(module)),
}


@pytest.mark.filterwarnings("ignore:.*script_method.*:DeprecationWarning")  # torch, of its own code
@pytest.mark.parametrize("name", WRAPPERS)
def test_a_wrapped_module_is_saved_as_itself(name: str, tmp_path: Path) -> None:
    module = flat_network()
    y = module(torch.from_numpy(X).float()).argmax(1)
    summary = asn2fpga.save(WRAPPERS[name](module), tmp_path / "net.pt", torch.ones(1, 8) * 9, X, labels=y)
    assert summary.trained_accuracy == 1.0
    assert to_text(asn2fpga.load_model(tmp_path / "net.pt").graph) == to_text(
        read_module(flat_network(), "net")
    )


def test_a_part_that_is_wrapped() -> None:
    module = flat_network()
    wrapped = nn.Sequential(nn.DataParallel(module[:2]), *module[2:])
    assert [layer.source for layer in read_module(wrapped, "net").layers[1:-1]] == ["0.0", "0.1", "1"]
    assert isinstance(wrapped[0], nn.DataParallel)


def test_distributed() -> None:
    class Fake(nn.parallel.DistributedDataParallel):
        def __init__(self, module: nn.Module) -> None:
            nn.Module.__init__(self)
            self.module = module

    module = flat_network()
    assert unwrapped(Fake(module)) is module
