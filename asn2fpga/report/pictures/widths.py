"""How many bits accumulators and membranes used, beside those that they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asn2fpga.report.numbers import plain
from asn2fpga.report.pictures.kind import Drawn, Picture, Rows
from asn2fpga.report.pictures.style import MAIN, REFERENCE, bars, height_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _held(drawn: Drawn) -> list[tuple[str, str, list[int]]]:
    """Layer, what it holds, and bits used, bits provided, lowest and highest value."""
    if "held" not in drawn.golden:
        return []
    pairs = zip(drawn.golden["held"].tolist(), drawn.golden["held_bits"].tolist(), strict=True)
    return [(str(name), str(what), [int(number) for number in numbers]) for (name, what), numbers in pairs]


def _draw(axes: Axes, drawn: Drawn) -> None:
    from matplotlib.ticker import MaxNLocator

    rows = _held(drawn)
    labels = [name if what == "sums" else f"{name}, {what}" for name, what, _ in rows]
    used: list[float | None] = [float(numbers[0]) for _, _, numbers in rows]
    provided: list[float | None] = [float(numbers[1]) for _, _, numbers in rows]
    bars(axes, labels, [("used", used, MAIN), ("provided", provided, REFERENCE)])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("bits")


def _table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    heads = ("layer", "holds", "bits used", "bits provided", "lowest", "highest")
    return heads, tuple((name, what, *map(plain, numbers)) for name, what, numbers in _held(drawn))


WIDTHS = Picture(
    "widths",
    "State widths, used and provided",
    "golden",
    lambda drawn: bool(_held(drawn)),
    _draw,
    _table,
    lambda drawn: (
        "Used: what the extremes of the first samples need, in the golden model. Provided: what holds every "
        "sum that can occur, so that nothing overflows."
    ),
    lambda drawn: height_of(len(_held(drawn)), each=0.32),
)
