"""Timing of a design's mapped netlist, beside what the engine's schedule says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.synthesis.timing.lines import named_line
from asn2fpga.synthesis.timing.netlist import read_netlist
from asn2fpga.synthesis.timing.paths import Path as TimingPath
from asn2fpga.synthesis.timing.paths import Step, worst_paths

PATHS = 5


@dataclass(frozen=True)
class Timing:
    """The longest paths of a netlist, the longest first."""

    paths: tuple[TimingPath, ...]

    @property
    def critical_path_ns(self) -> float:
        """The longest of all; 0 for a netlist without paths."""
        return round(self.paths[0].total_ns, 2) if self.paths else 0.0

    @property
    def lines(self) -> list[str]:
        """Source lines that the longest path was made for, in its order, each once."""
        steps = self.paths[0].steps if self.paths else ()
        return [line for line in dict.fromkeys(named_line(step.names)[1] for step in steps) if line]


def check_timing(netlist: Path, top: str, count: int = PATHS) -> Timing:
    """Walk a netlist that `synthesis.area` wrote. Raises ToolError for cells without figures."""
    return Timing(tuple(worst_paths(read_netlist(json.loads(netlist.read_text()), top), count)))


def format_timing(timing: Timing, estimate_ns: float | None = None) -> str:
    """The paths as text: a line a net, with what drives it and the source line; the estimate beside it."""
    return "\n".join(_lines(timing, estimate_ns))


def _lines(timing: Timing, estimate_ns: float | None) -> Iterator[str]:
    path_ns = timing.critical_path_ns
    yield f"longest path of the netlist {path_ns} ns (7 series, grade -1; not placed and routed)"
    if estimate_ns:
        off = path_ns / estimate_ns - 1
        yield f"the schedule's estimate {estimate_ns} ns; the netlist is {off:+.0%} off it"
    for number, path in enumerate(timing.paths, start=1):
        yield f"\npath {number}: {path.total_ns:.2f} ns to {path.end}"
        yield from _steps(path.steps)
        yield f"  {path.setup_ns:6.2f}         setup"


def _steps(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        name, line = named_line(step.names)
        times = f"  {step.cell_ns:6.2f} {step.net_ns:+6.2f}"
        yield f"{times}  {step.cell} {name} (to {step.fan_out}) {line}".rstrip()
