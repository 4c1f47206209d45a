"""Every picture of a report, in the order in which a reader wants them, finished as SVG."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from asn2fpga.report.content import Report
from asn2fpga.report.pictures import accuracy, activity, arousal, exits, hardware, speed, widths
from asn2fpga.report.pictures.kind import Drawn, Picture, Rows, Values

PICTURES: tuple[Picture, ...] = (
    speed.RASTER,
    speed.TIMELINE,
    speed.CYCLES,
    accuracy.CONFUSION,
    accuracy.BITS,
    exits.EXITS,
    arousal.AROUSAL,
    hardware.RESOURCE,
    hardware.ENERGY,
    speed.LATENCY,
    speed.LOAD,
    activity.EVENTS,
    activity.COUNTS,
    activity.RATES,
    hardware.WEIGHTS,
    widths.WIDTHS,
    hardware.DATAFLOW,
)
KEPT = "state/pictures/{stage}.npz"


@dataclass(frozen=True)
class Finished:
    """A picture in a page. svg: an element whose colours are the page's; heads, rows: the table behind it."""

    name: str
    title: str
    note: str
    svg: str
    heads: tuple[str, ...]
    rows: Rows


def drawn_of(root: Path, manifest: Mapping[str, Any], report: Report) -> Drawn:
    """What can be drawn of the build in `root`; files that are not as their stage left them are left out."""
    stages = manifest["stages"]
    modules = stages.get("synth", {}).get("figures", {}).get("modules", {})
    kept = {name: _arrays(root, name, stages.get(name, {})) for name in ("quantise", "golden", "cosim")}
    return Drawn(report, kept["quantise"], kept["golden"], kept["cosim"], modules)


def _arrays(root: Path, stage: str, entry: Mapping[str, Any]) -> dict[str, Values]:
    path = KEPT.format(stage=stage)
    digest = entry.get("products", {}).get(path)
    try:
        data = (root / path).read_bytes()
    except OSError:
        return {}
    if hashlib.sha256(data).hexdigest() != digest:
        return {}
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def finished_pictures(drawn: Drawn) -> tuple[Finished, ...]:
    """Every picture of which there is something to draw. matplotlib is imported if there is one."""
    ready = [picture for picture in PICTURES if picture.ready(drawn)]
    return tuple(_finished(picture, drawn) for picture in ready)


def _finished(picture: Picture, drawn: Drawn) -> Finished:
    from asn2fpga.report.pictures.style import new_axes, styled, to_svg

    with styled(picture.name):
        figure, axes = new_axes(picture.height(drawn))
        picture.draw(axes, drawn)
        svg = to_svg(figure, picture.name, escape(picture.title, quote=True))
    heads, rows = picture.table(drawn)
    return Finished(picture.name, picture.title, picture.note(drawn), svg, heads, rows)
