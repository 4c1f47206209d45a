"""From nets of a netlist to lines of the source, which the emitted Verilog names above what it assigns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from asn2fpga.synthesis.timing.netlist import NetName

_COMMENT = re.compile(r"^\s*// (\S+:\d+)$")
_REGION = re.compile(r"^\s*// (\w+) \((\S+:\d+)\)$")
_ASSIGNED = re.compile(r"^\s*(?:assign )?(\w+)(?:\[[^\]]*\])? *(?:<=|=) ")
_STAGE = re.compile(r"_s\d+$")  # a value kept for a later stage


@dataclass
class _Lines:
    """Source lines by what is assigned, and of whole regions by the beginning of their signals' names."""

    assigned: dict[str, str] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)


def named_line(names: Sequence[NetName]) -> tuple[str, str]:
    """Of a net's names, the one that a line is known of, and the line; else the last name, and ''."""
    for name in reversed(names):
        line = line_of(name.name, name.source)
        if line:
            return name.name, line
    return (names[-1].name if names else "-"), ""


def line_of(net: str, source: str) -> str:
    """FILE:LINE of the source that a net (`instance.name[bit]`) was made for; '' if the Verilog names none.

    source: where the net is declared, as Yosys says it (FILE:LINE.COLUMN-LINE.COLUMN).
    """
    lines = _lines_of(Path(source.partition("|")[0].rpartition(":")[0]))
    name = re.sub(r"\[\d+\]$", "", net.rpartition(".")[2])
    for each in (name, _STAGE.sub("", name)):
        if each in lines.assigned:
            return lines.assigned[each]
    return next((line for region, line in lines.regions.items() if name.startswith(f"{region}_")), "")


@cache
def _lines_of(verilog: Path) -> _Lines:
    """The source line above the first assignment of every name, and above every region."""
    found = _Lines()
    if not verilog.is_file():
        return found
    line = ""
    for text in verilog.read_text().splitlines():
        region, comment, assigned = (pattern.match(text) for pattern in (_REGION, _COMMENT, _ASSIGNED))
        if region:
            found.regions[region[1]] = region[2]
        line = comment[1] if comment else line if assigned else ""
        if assigned and line:
            found.assigned.setdefault(assigned[1], line)
    return found
