"""Softmax, LogSoftmax and Sigmoid: left out at the end with a note, refused elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from loader_models import Forward, dense, refusal
from torch import nn
from torch.nn import functional

import asn2fpga
from asn2fpga.graph.text import to_text
from asn2fpga.loader.save import read_module
from asn2fpga.nn import ASN, RepeatTime, TimeMean

torch.manual_seed(0)
NET = dense(ASN(4))
ENDS: dict[str, tuple[nn.Module, str]] = {
    "Softmax": (nn.Softmax(dim=1), "Softmax"),
    "LogSoftmax": (nn.LogSoftmax(dim=-1), "LogSoftmax"),
    "Sigmoid": (nn.Sigmoid(), "Sigmoid"),
    "torch.softmax": (Forward(lambda parts, x: torch.softmax(x, -1)), "softmax"),
    "functional.softmax": (Forward(lambda parts, x: functional.softmax(x, dim=1)), "softmax"),
    "functional.log_softmax": (Forward(lambda parts, x: functional.log_softmax(x, dim=-1)), "log_softmax"),
    "method": (Forward(lambda parts, x: x.softmax(1)), "softmax"),
    "log method": (Forward(lambda parts, x: x.log_softmax(dim=1)), "log_softmax"),
    "torch.sigmoid": (Forward(lambda parts, x: torch.sigmoid(x)), "sigmoid"),
    "sigmoid method": (Forward(lambda parts, x: x.sigmoid()), "sigmoid"),
}


@pytest.mark.parametrize("name", ENDS)
def test_it_is_left_out_with_a_note(name: str, tmp_path: Path) -> None:
    end, label = ENDS[name]
    summary = asn2fpga.save(nn.Sequential(*NET, end), tmp_path / "net.pt", torch.ones(1, 16))
    loaded = asn2fpga.load_model(tmp_path / "net.pt")
    note = f"{label} at the end is left out; the order of the classes is the same"
    assert summary.notes == loaded.notes == (note,)
    assert summary.warnings == loaded.warnings == ()
    assert f"  note: {note}." in str(summary).splitlines()
    assert to_text(loaded.graph) == to_text(read_module(NET, "net"))


LAST = "must be the very last step (there it does not change the order of the classes), not stand before"
NEURON = "replace it by a neuron (such as ASN or LIF) and train with that."
REFUSED: dict[str, tuple[nn.Module, str]] = {
    "in the middle": (dense(nn.Sigmoid()), f"layer_2: Sigmoid {LAST} Linear; {NEURON}"),
    "before another step": (
        nn.Sequential(dense(ASN(4)), nn.Softmax(dim=-1), Forward(lambda parts, x: x * 2)),
        f"layer_2: Softmax {LAST} mul; {NEURON}",
    ),
    "over the samples": (
        nn.Sequential(dense(ASN(4)), nn.Softmax(dim=0)),
        "layer_1: Softmax must be over the classes (dim=-1), not over dim=0.",
    ),
    "before the mean": (
        nn.Sequential(RepeatTime(2), dense(ASN(4, time_steps=2)), nn.Softmax(dim=-1), TimeMean()),
        "layer_2: Softmax must stand after time is averaged or summed, not before it: only then the order of "
        "the "
        "classes stays; move it to the end or leave it out.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_elsewhere(case: str) -> None:
    module, message = REFUSED[case]
    assert refusal(lambda: read_module(module, "net", torch.zeros(1, 16))) == message
