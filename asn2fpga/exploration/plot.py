"""The designs as one self-contained page: any two figures against each other, and a table behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asn2fpga import __version__
from asn2fpga.codegen.render import render
from asn2fpga.exploration.designs import reason_of
from asn2fpga.exploration.objectives import OBJECTIVES
from asn2fpga.kinds.hardware import counted

if TYPE_CHECKING:
    from asn2fpga.exploration.designs import Design
    from asn2fpga.exploration.results import Results


@dataclass(frozen=True)
class Axis:
    """A figure that can be drawn; label: with its unit."""

    name: str
    label: str


@dataclass(frozen=True)
class Page:
    """What the template shows. points: one a design, as JSON values; rows: the table, its heads first."""

    title: str
    version: str
    facts: tuple[str, ...]
    axes: tuple[Axis, ...]
    x: str
    y: str
    points: Sequence[Mapping[str, Any]]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    failed: tuple[tuple[str, ...], ...]


def plot_page(results: Results) -> str:
    """The page, text of HTML."""
    asked = results.asked
    names = [one.name for one in asked.objectives]
    axes = tuple(
        Axis(name, one.head if one.unit or one.is_resource else f"{one.head} %")
        for name, one in OBJECTIVES.items()
    )
    heads, *rows = results.rows()
    page = Page(
        title=f"{results.model} on {asked.board.name}",
        version=__version__,
        facts=tuple(_facts(results)),
        axes=axes,
        x=names[0],
        y=names[1] if len(names) > 1 else next(name for name in OBJECTIVES if name != names[0]),
        points=[_point(design, results) for design in results.designs if results.judge.known(design)],
        heads=heads,
        rows=tuple(rows),
        failed=tuple(
            (str(one.trial), reason) for one in results.designs if (reason := reason_of(one, results.judge))
        ),
    )
    return render("report/exploration.html.j2", page)


def _facts(results: Results) -> list[str]:
    asked = results.asked
    built = sum(design.measured is not None for design in results.designs)
    limits = ", ".join(f"{one.objective.name} {one.shown(one.value)}" for one in asked.limits)
    names = ", ".join(one.name for one in asked.objectives)
    return [
        f"{counted(len(results.designs), 'design')} tried, {built} of them built and measured on their RTL; "
        f"{len(results.front)} that no other one is better than in {names}.",
        f"Limits: {limits or 'none'}.",
        "Figures of designs without RTL are predictions, corrected by what was measured at the same clock.",
    ]


def _point(design: Design, results: Results) -> dict[str, Any]:
    """Of each figure what is best known and what was predicted, shares in per cent."""
    from asn2fpga.exploration.results import choices_text

    judge = results.judge
    known, predicted = judge.known(design), design.predicted
    values = {}
    for name, one in OBJECTIVES.items():
        pair = [None if figures is None else one.value(figures) for figures in (known, predicted)]
        values[name] = [100 * value if one.maximise and value is not None else value for value in pair]
    return {
        "trial": design.trial,
        "kind": _kind(design, results),
        "measured": design.measured is not None,
        "values": values,
        "choices": choices_text(design.config, results.asked.request.config),
        "reason": reason_of(design, judge),
    }


def _kind(design: Design, results: Results) -> str:
    if results.best is not None and design.trial == results.best.trial:
        return "best"
    if any(design.trial == one.trial for one in results.front):
        return "front"
    if design.is_default:
        return "default"
    return "possible" if results.judge.is_possible(design) else "impossible"
