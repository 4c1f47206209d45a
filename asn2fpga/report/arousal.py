"""Arousal as text: what it costs and what it brings."""

from __future__ import annotations

from asn2fpga.figures.golden import ArousalFigures, MarginFigures
from asn2fpga.report.numbers import percent, plain


def best_margin(found: ArousalFigures | None) -> MarginFigures | None:
    """The margin of the best accuracy, the smallest of these; None without arousal or labels."""
    margins = [] if found is None else [m for m in found["margins"] if m["accuracy"] is not None]
    return max(margins, key=lambda m: (m["accuracy"] or 0.0, -m["margin"]), default=None)


def arousal_text(found: ArousalFigures | None) -> str:
    """The end of a sentence on accuracy; empty without arousal or labels."""
    best = best_margin(found)
    if best is None:
        return ""
    return f"; {percent(best['accuracy'])} with arousal, {percent(best['repeated'])} repeated"


def arousal_rows(found: ArousalFigures | None) -> list[tuple[str, str, str]]:
    """Label, value and origin: every precision alone, and the best margin."""
    if found is None:
        return []
    samples = f"golden model, {plain(found['samples'])} samples"
    rows = [
        (
            f"precision {number}",
            f"{percent(level['accuracy'])}, {level['rate']:.4f} spikes per neuron and time step",
            samples,
        )
        for number, level in enumerate(found["precisions"])
    ]
    best = best_margin(found)
    if best is not None:
        value = (
            f"{percent(best['accuracy'])}, {percent(best['repeated'])} repeated, {best['rate']:.4f} spikes"
        )
        rows.append(
            ("arousal", value, f"{samples}; best score less than {best['margin']} above the second: again")
        )
    return rows
