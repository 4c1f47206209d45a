"""Figures and report hold the keys that their types say: the types are the schema of the files."""

from __future__ import annotations

import typing
from typing import Literal, NotRequired, TypedDict

import numpy as np
import pytest
import torch
from e2e_tools import CLASSES, PIXELS, tiny_module
from typed_values import differences

import asn2fpga
from asn2fpga.board.spec import find_board
from asn2fpga.config import Config
from asn2fpga.figures.every import AllFigures, StageFigures
from asn2fpga.flow import STAGES
from asn2fpga.report.content import Report
from asn2fpga.report.metrics import STAGE_NAMES, build_report
from asn2fpga.runner import run_build, vars_of
from asn2fpga.stages.base import Request
from asn2fpga.stages.board_run import NAME
from asn2fpga.stages.manifest import Manifest


@pytest.fixture(scope="module", params=["data", "random"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """A build up to the C++ project: of calibrated weights and labelled samples, or with nothing of these."""
    folder = tmp_path_factory.mktemp("figures")
    x = np.random.default_rng(1).integers(0, 256, (40, PIXELS), dtype=np.uint8)
    np.savez(folder / "d.npz", x=x, y=np.arange(len(x)) % CLASSES)
    with_data = request.param == "data"
    example, calibration = torch.zeros(1, PIXELS), x[:20] if with_data else None
    asn2fpga.save(tiny_module(), folder / "m.pt", example, calibration, input_scale=1 / 255)
    data = folder / "d.npz" if with_data else None
    asked = Request(folder / "m.pt", find_board("pynq-z2"), Config(), data)
    return run_build(asked, folder / "out", STAGES, until="codegen")


def test_stages_write_what_their_types_say(built: Manifest) -> None:
    figures = built.figures()
    assert list(figures) == ["load", "quantise", "golden", "codegen"]
    assert differences(AllFigures, figures, "figures") == []


def test_a_report_is_what_its_type_says(built: Manifest) -> None:
    report = build_report(vars_of(built))
    assert differences(Report, report, "report") == []
    assert list(report) == list(typing.get_type_hints(Report))


def test_every_stage_has_a_type() -> None:
    hints = typing.get_type_hints(AllFigures)
    assert tuple(hints) == (*STAGE_NAMES, NAME)
    assert set(hints.values()) < set(typing.get_args(StageFigures))


class Inner(TypedDict):
    """An example."""

    count: int
    share: NotRequired[float | None]


class Outer(TypedDict):
    """One that holds others."""

    kind: Literal["a", "b"]
    rows: list[Inner]
    by_name: dict[str, Inner]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"kind": "c"}, ["value.kind is 'c'"]),
        ({"other": 1}, ["value has other"]),
        ({"rows": [{}]}, ["value.rows[0] lacks count"]),
        ({"rows": [{"count": 1, "share": 1}]}, []),
        ({"rows": [{"count": True}]}, ["value.rows[0].count is True"]),
        ({"by_name": {"x": {"count": 0.5}}}, ["value.by_name['x'].count is 0.5"]),
        ({"by_name": []}, ["value.by_name is []"]),
    ],
)
def test_differences_are_noticed(change: dict[str, object], found: list[str]) -> None:
    value = {"kind": "a", "rows": [{"count": 1}], "by_name": {"x": {"count": 2, "share": None}}}
    assert differences(Outer, value | change) == found
