"""report.html: one self-contained page, no script, nothing loaded from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from asn2fpga import __version__
from asn2fpga.codegen.render import render
from asn2fpga.figures.hls import LoopFigures
from asn2fpga.report.columns import columns_of
from asn2fpga.report.complete import incomplete_text
from asn2fpga.report.content import LayerKey, Report, StagePart
from asn2fpga.report.numbers import plain
from asn2fpga.report.pictures.every import Finished
from asn2fpga.report.terminal import summary_rows, warning_texts
from asn2fpga.report.verdict import verdict_text

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Page:
    """What the template shows; all numbers are text already."""

    title: str
    version: str
    model_hash: str
    board: str
    warnings: tuple[str, ...]
    incomplete: str
    verdict: str
    summary: Rows
    pictures: tuple[Finished, ...]
    stages: Rows
    layer_heads: tuple[str, ...]
    layers: Rows
    loops: Rows
    choices: Rows
    sources: Rows


LAYER_COLUMNS: tuple[tuple[str, LayerKey], ...] = (
    ("layer", "name"),
    ("kind", "kind"),
    ("inputs", "inputs"),
    ("neurons", "neurons"),
    ("lanes", "lanes"),
    ("pixels", "parallel_pixels"),
    ("order", "map_order"),
    ("form", "form"),
    ("weight bits", "weight_bits"),
    ("accumulator bits", "acc_bits"),
    ("DSP slices", "product_slices"),
    ("lanes per slice", "lanes_per_slice"),
    ("events in", "events_in_per_inference"),
    ("events out", "events_out_per_inference"),
    ("accumulates", "accumulates_per_inference"),
    ("of dense", "dense_macs_per_inference"),
    ("cycles", "cycles_per_inference"),
    ("lower bound", "lower_bound_cycles"),
    ("slowest process", "slowest_process"),
    ("waits for input", "waits_for_input_cycles"),
    ("waits for room", "waits_for_room_cycles"),
    ("adds to the latency", "alone_cycles"),
)
LOOP_COLUMNS: tuple[Literal["process", "location", "initiation_interval", "depth", "limited_by"], ...] = (
    "process",
    "location",
    "initiation_interval",
    "depth",
    "limited_by",
)


def render_html(report: Report, pictures: tuple[Finished, ...] = ()) -> str:
    """The page of a report with its pictures."""
    model, board = report["model"], report["board"]
    columns = columns_of(LAYER_COLUMNS, report["layers"])
    return render(
        "report/report.html.j2",
        Page(
            title=f"{model['name'] or 'model'} on {board['name']}",
            version=__version__,
            model_hash=str(model["sha256"] or "unknown"),
            board=f"{board['name']}, {board['part']}, {board['clock_mhz']:g} MHz",
            warnings=warning_texts(report),
            incomplete=incomplete_text(report),
            verdict=verdict_text(report),
            summary=tuple(summary_rows(report)),
            pictures=pictures,
            stages=tuple(_stage_row(name, stage) for name, stage in report["stages"].items()),
            layer_heads=tuple(head for head, _ in columns),
            layers=tuple(tuple(plain(row[key]) for _, key in columns) for row in report["layers"]),
            loops=tuple(_loop_row(loop) for loop in report["hls"]["loops"] or ()),
            choices=tuple((key, _choice(value)) for key, value in report["config"].items()),
            sources=tuple(report["sources"].items()),
        ),
    )


def _stage_row(name: str, stage: StagePart) -> tuple[str, ...]:
    return name, stage["status"], f"{stage['seconds']:.1f} s", stage["reason"] or stage.get("summary", "")


def _loop_row(loop: LoopFigures) -> tuple[str, ...]:
    return tuple(plain(loop[key]) if loop[key] != "" else "" for key in LOOP_COLUMNS)


def _choice(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{layer} {item}" for layer, item in value.items())
    return "chosen automatically" if value is None else str(value)
