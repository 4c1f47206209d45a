"""Operators of a process by kind and width, and what each is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from asn2fpga.device.binding import product_dsps
from asn2fpga.engine.ir.process import Op, Process
from asn2fpga.rtl import OperatorReport

_NAMES = {
    "add": "adder", "sub": "subtractor", "mul": "multiplier", "udiv": "divider", "sdiv": "divider",
    "urem": "remainder", "srem": "remainder", "eq": "equality", "ult": "comparator", "ule": "comparator",
    "slt": "comparator", "sle": "comparator", "shl": "shifter", "lshr": "shifter", "ashr": "shifter",
    "select": "multiplexer",
}  # fmt: skip
_BY_FACTORS = ("multiplier", "divider", "remainder")


def operators(process: Process) -> Iterator[OperatorReport]:
    """Each kind and width once with its count; wiring and single gates are not listed."""
    counts: Counter[tuple[str, int, str, int]] = Counter()
    for region in process.regions:
        for number in region.ops:
            op = process.ops[number]
            if op.kind in _NAMES:
                counts[_described(process, op)] += 1
    order = list(dict.fromkeys(_NAMES.values()))
    for (kind, width, shape, dsp), count in sorted(
        counts.items(), key=lambda item: (order.index(item[0][0]), item[0][1:])
    ):
        made_of = "DSP" if dsp else "LUT"
        yield OperatorReport(process.name, kind, width, count, made_of, shape, dsp * count)


def _described(process: Process, op: Op) -> tuple[str, int, str, int]:
    """Kind, width, widths of its arguments if they count, DSP slices."""
    kind = _NAMES[op.kind]
    widths = [process.ops[arg].width for arg in op.args]
    if kind in _BY_FACTORS:
        dsp = product_dsps(*widths) if kind == "multiplier" else 0
        return kind, op.width, " x ".join(map(str, widths)), dsp
    compared = kind in ("equality", "comparator")
    return kind, max(widths) if compared else op.width, "", 0
