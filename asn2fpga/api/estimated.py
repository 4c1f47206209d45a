"""What `asn2fpga.estimate` found out: a network, and what it would be on each board."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asn2fpga.figures.amounts import RESOURCES, Resource
from asn2fpga.figures.load import Inputs
from asn2fpga.report.numbers import percent, plain
from asn2fpga.stages.board_estimate import BoardEstimate

ERRORS: Mapping[str, str] = {
    "accuracy": "exact: the integer network that is built, on these samples",
    "cycles": "predicted from events; of dense networks latencies are within 3 % and intervals within 5 % of "
    "the RTL (docs/spec/numerics.md); of a spiking transformer of 2 x 2 tokens the latency was 5 % too "
    "little, the interval 1 % too much (docs/spec/maps.md)",
    "resources": "of the core, estimated; LUT within 10 %, FF within 40 %, BRAM within 12 % of Yosys on the "
    "networks of docs/spec/verification.md; wrapper, DMA and routing come on top",
    "energy": "counted operations x stated constants + assumed idle power x predicted latency; not measured",
}
"""How far each kind of figure may be off."""


@dataclass(frozen=True)
class Estimate:
    """A network and the boards it was estimated for. Accuracies: shares 0..1, None without labels.

    agreement: samples of the same class as the float network. data: what the samples were.
    """

    model: str
    parameters: int
    samples: int
    data: Inputs
    accuracy_float: float | None
    accuracy_integer: float | None
    agreement: float
    accumulates_per_inference: float
    events_per_inference: float
    boards: tuple[BoardEstimate, ...]
    warnings: tuple[str, ...]
    seconds: float

    @property
    def board(self) -> BoardEstimate:
        """The first one, which is the only one if one was asked for."""
        return self.boards[0]

    def to_plain(self) -> dict[str, Any]:
        """As JSON values, with what follows from the fields, and how far figures may be off."""
        found = dataclasses.asdict(self)
        for row, board in zip(found["boards"], self.boards, strict=True):
            row |= {
                "fits": board.fits,
                "latency_us": board.latency_us,
                "inferences_per_second": board.inferences_per_second,
            }
        return {**found, "errors": dict(ERRORS)}

    def rows(self, *, brief: bool = False) -> list[tuple[str, ...]]:
        """A table, the heads first: what a reader wants of each board. brief: 80 columns, shares alone."""
        heads = ("board", "fits", *(key.upper() for key in RESOURCES), "cycles", "us", "interval")
        rate = "1/s" if brief else "inferences/s"
        return [(*heads, rate, "uJ"), *(_row(board, brief=brief) for board in self.boards)]

    def accuracy_text(self) -> str:
        """Accuracy, or where there are no labels how often both networks choose one class."""
        samples = f"{self.samples} samples ({self.data})"
        if self.accuracy_integer is None:
            return f"same class as float on {percent(self.agreement)} of {samples}, no labels"
        real, integer = percent(self.accuracy_float), percent(self.accuracy_integer)
        return f"accuracy {real} float, {integer} integer, {samples}"

    def __str__(self) -> str:
        table = self.rows()
        widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
        lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in table]
        problems = [f"{board.board}: {board.problem}" for board in self.boards if board.problem]
        head = f"{self.model}: {self.parameters:,} parameters; {self.accuracy_text()}"
        return "\n".join([head, *lines, *problems])


def _row(board: BoardEstimate, *, brief: bool) -> tuple[str, ...]:
    used = [_share(board, key) if brief else _used(board, key) for key in RESOURCES]
    energy, latency = board.energy_uj, board.latency_us
    rate = board.inferences_per_second
    return (
        board.board,
        "yes" if board.fits else "NO",
        *used,
        plain(board.latency_cycles),
        "-" if latency is None else f"{latency:.3g}",
        plain(board.interval_cycles),
        plain(None if rate is None else float(round(rate))),
        "-" if energy is None else f"{energy:.3g}",
    )


def _used(board: BoardEstimate, key: Resource) -> str:
    if board.used is None or not (board.used[key] or getattr(board.available, key)):
        return "-"
    share = board.share(key)
    return plain(board.used[key]) + ("" if share is None else f" ({100 * share:.0f} %)")


def _share(board: BoardEstimate, key: Resource) -> str:
    share = board.share(key)
    return "-" if share is None else f"{100 * share:.0f} %"
