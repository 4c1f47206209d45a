"""What a picture is: drawn from a report and from what stages kept, with a table of what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from asn2fpga.figures.amounts import Amounts
from asn2fpga.report.content import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Rows = tuple[tuple[str, ...], ...]
Values = npt.NDArray[Any]
Arrays = Mapping[str, Values]


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is drawn: the report, and the arrays of the stages that kept some (stages/picture_data.py).

    modules: what Yosys counted, by module.
    """

    report: Report
    quantise: Arrays
    golden: Arrays
    cosim: Arrays
    modules: Mapping[str, Amounts]

    def layers(self, stage: Arrays) -> tuple[str, ...]:
        """Names of the layers that a stage kept something of."""
        return tuple(map(str, stage["layers"])) if "layers" in stage else ()


@dataclass(frozen=True)
class Picture:
    """One kind of picture. needs: the stage that must have passed. draw: onto the axes it is given.

    ready: whether there is anything to draw. note: how its numbers were obtained. table: heads and rows of
    what it shows, for those who cannot see it. height: of the figure, in inches at a width of 4.8.
    """

    name: str
    title: str
    needs: str
    ready: Callable[[Drawn], bool]
    draw: Callable[[Axes, Drawn], None]
    table: Callable[[Drawn], tuple[tuple[str, ...], Rows]]
    note: Callable[[Drawn], str]
    height: Callable[[Drawn], float]
