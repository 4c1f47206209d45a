"""What `asn2fpga explore` says at its end."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from asn2fpga.cli.explore import next_command, tried
from asn2fpga.config import Config
from asn2fpga.exploration.design_figures import DesignFigures
from asn2fpga.exploration.designs import Design

FIGURES = DesignFigures(
    **{field.name: 1.0 for field in fields(DesignFigures) if field.name not in ("path_ns", "problem")}
)


def design(trial: int, predicted: DesignFigures | None = FIGURES, reason: str = "") -> Design:
    return Design(trial, Config(), predicted, reason=reason)


@pytest.mark.parametrize(
    ("designs", "text"),
    [
        ([design(0)], "1 design tried, 0 failed"),
        ([design(0), design(1, None, "it does not fit")], "2 designs tried, 1 failed"),
        ([design(0, reason="verilator failed"), design(1)], "2 designs tried, 0 failed, and 1 build"),
    ],
)
def test_designs_are_counted(designs: list[Design], text: str) -> None:
    assert tried(designs) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (None, "Next: asn2fpga build 'my net.pt' --board zcu104 --config out/best.toml"),
        (
            Path("x.npz"),
            "Next: asn2fpga build 'my net.pt' --board zcu104 --data x.npz --config out/best.toml",
        ),
    ],
)
def test_the_next_command_can_be_copied(data: Path | None, text: str) -> None:
    found: Any = SimpleNamespace(best=Path("out/best.toml"))
    assert next_command(found, Namespace(model=Path("my net.pt"), board="zcu104", data=data)) == text
