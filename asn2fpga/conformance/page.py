"""The table as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from asn2fpga.conformance.cells import version_of
from asn2fpga.conformance.compare import RATES_AT, Outcome

HEAD = """\
# Conformance

Written by `asn2fpga conformance --out docs/conformance.md`: the neurons of each framework, run by its own
code in float64, against the golden model, through the whole import and quantisation.

*identical*: with 16 fraction bits of the membrane, over so many neuron-steps in which no leak has to be
rounded, all spikes are the same, ties included. *within the bound*: a leak like 0.9 is always rounded; then
the first difference of every neuron must lie within what rounding can move a membrane by. The last columns
say how many spikes in a million differ from the framework's with F fraction bits (`--state-frac-bits F`),
over 200 time steps.

NIR describes neurons and has no code that runs them: its rows are compared with forward Euler of its
equations, dt = 1e-4 s (`asn2fpga/conformance/nir_reference.py`). A node that does not fire is read by an IF.
"""


def page_of(outcomes: Iterable[Outcome]) -> str:
    """The whole page."""
    lines = [HEAD.rstrip()]
    framework = ""
    for outcome in outcomes:
        if outcome.cell.framework != framework:
            framework = outcome.cell.framework
            rates = " | ".join(f"F = {bits}" for bits in RATES_AT)
            lines += ["", f"## {framework} {version_of(framework)}", "", f"| neuron | result | {rates} |"]
            lines.append("| --- | --- |" + " ---: |" * len(RATES_AT))
        lines.append(_row(outcome))
    return "\n".join(lines) + "\n"


def _row(outcome: Outcome) -> str:
    name = f"`{outcome.cell.name}`"
    if outcome.is_absent:
        return f"| {name} | not in this version |" + " |" * len(RATES_AT)
    if outcome.trouble:
        return f"| {name} | **{outcome.trouble}** |" + " |" * len(RATES_AT)
    if outcome.refusal:
        return f"| {name} | refused: {outcome.refusal} |" + " |" * len(RATES_AT)
    what = f"identical, {outcome.compared:,} steps" if outcome.compared else "within the bound"
    return f"| {name} | {what} | " + " | ".join(f"{outcome.rates[bits]:.0f}" for bits in RATES_AT) + " |"
