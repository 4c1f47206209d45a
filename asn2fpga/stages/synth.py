"""Stage synth: Yosys counts the resources of the RTL; more than the board has fails the build."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asn2fpga.board.spec import Available
from asn2fpga.device.resources import Resources
from asn2fpga.figures.amounts import RESOURCES, Amounts
from asn2fpga.figures.synth import NetlistTimingFigures, SynthFigures
from asn2fpga.report.numbers import plain
from asn2fpga.stages.base import Build, Request, Result, Stage
from asn2fpga.stages.hls import read_design
from asn2fpga.synthesis.area import NETLIST, synthesise
from asn2fpga.synthesis.timing.cells import TIMED_FAMILIES
from asn2fpga.synthesis.timing.check import check_timing


def _options(request: Request) -> Mapping[str, Any]:
    return {"family": request.board.family, "available": dataclasses.asdict(request.board.resources)}


def _run(build: Build) -> Result:
    board, folder = build.request.board, build.folder
    design, work = read_design(folder), folder.sim / "synth"
    has_timing = board.family in TIMED_FAMILIES
    result = synthesise(design, board.family, work, folder.logs / "synth-yosys.log", netlist=has_timing)
    used = _whole_amounts(result.resources)
    figures: SynthFigures = {
        "source": result.source,
        **used,
        "timing": _timing(work / NETLIST, design.top) if has_timing else None,
        "modules": {name: _amounts(part) for name, part in result.modules.items()},
    }
    summary = f"{plain(used['lut'])} LUT, {plain(used['ff'])} FF, {used['bram36']} BRAM36, {used['dsp']} DSP"
    missing = shortages(used, _amounts(board.resources))
    if not missing:
        return Result(summary, figures)
    reason = (
        f"{board.name}: the synthesised network must fit the board, not need {'; '.join(missing)}; {ADVICE}."
    )
    return Result(summary, figures, status="failed", reason=reason)


def _timing(netlist: Path, top: str) -> NetlistTimingFigures:
    timing = check_timing(netlist, top, count=1)
    return {"critical_path_ns": timing.critical_path_ns, "lines": timing.lines}


ADVICE = "use fewer lanes (--lanes), fewer weight bits (--weight-bits) or a larger board"


def shortages(used: Amounts, available: Amounts) -> list[str]:
    """What is used beyond what the board has, as text."""
    return [
        f"{plain(used[key])} of {plain(available[key])} {key.upper()}"
        for key in RESOURCES
        if used[key] > available[key]
    ]


def _amounts(found: Resources | Available) -> Amounts:
    return {
        "lut": found.lut,
        "ff": found.ff,
        "bram36": found.bram36,
        "dsp": found.dsp,
        "uram": found.uram,
    }


def _whole_amounts(found: Resources) -> Amounts:
    return {
        "lut": _whole(found.lut),
        "ff": _whole(found.ff),
        "bram36": _whole(found.bram36),
        "dsp": _whole(found.dsp),
        "uram": _whole(found.uram),
    }


def _whole(value: float) -> float:
    """Whole numbers as integers; block RAMs may be halves."""
    return int(value) if float(value).is_integer() else value


STAGE = Stage("synth", "counting resources with Yosys", ("hls",), _options, _run)
