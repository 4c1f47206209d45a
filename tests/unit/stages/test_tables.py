"""How near the tables of a network are to their functions: stage quantise says it."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from asn2fpga.board.spec import find_board
from asn2fpga.config import Config
from asn2fpga.flow import STAGES
from asn2fpga.loader.save import save_silently
from asn2fpga.nn import Lookup
from asn2fpga.report.metrics import build_report
from asn2fpga.runner import run_build, vars_of
from asn2fpga.stages.base import Request


def test_the_error_of_each_table_is_said(tmp_path: Path) -> None:
    torch.manual_seed(1)
    layers = (nn.Linear(6, 4), Lookup("tanh"), nn.Linear(4, 3), Lookup("exp", limit=2.0), nn.Linear(3, 2))
    save_silently(nn.Sequential(*layers).eval(), tmp_path / "m.pt", torch.zeros(1, 6), input_scale=1 / 255)
    asked = Request(tmp_path / "m.pt", find_board("pynq-z2"), Config(), None)
    built = run_build(asked, tmp_path / "out", STAGES, until="quantise")
    tables = [
        {"layer": "layer_0", "function": "tanh", "error": Lookup("tanh").error},
        {"layer": "layer_2", "function": "exp", "error": Lookup("exp", limit=2.0).error},
    ]
    assert built.figures()["quantise"]["decisions"]["tables"] == tables
    assert build_report(vars_of(built))["quantise"]["tables"] == tables
    assert built.stages["quantise"].summary.endswith(
        "; tanh of layer_0 is within 0.011; exp of layer_2 is within 5.4"
    )
