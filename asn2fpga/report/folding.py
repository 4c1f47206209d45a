"""The lanes in words: what they were chosen for, what limits, what one more step would cost and bring."""

from __future__ import annotations

from typing import Literal

from asn2fpga.figures.folding import FoldingFigures, StepFigures
from asn2fpga.report.inputs import INPUTS

RESOURCES: tuple[Literal["lut", "ff", "bram36", "dsp"], ...] = ("lut", "ff", "bram36", "dsp")


def folding_text(folding: FoldingFigures | None) -> str:
    """Lanes, and words of the ports; empty before they were chosen."""
    if not folding:
        return ""
    head = (
        f"Lanes: chosen for {_aim(folding)} on {INPUTS[folding['data']]}; predicted latency "
        f"{folding['predicted_latency_cycles']:,.0f} cycles, interval "
        f"{folding['predicted_interval_cycles']:,.0f} cycles; {folding['limiting_layer']} limits"
    )
    step = folding["next_step"]
    more = " and can have no more lanes." if step is None else f"; {_step_text(step, folding)}."
    return f"{head}{more} {_words_text(folding)}"


def _aim(folding: FoldingFigures) -> str:
    """What was wanted, and of how much of the board."""
    fps = folding["target_fps"]
    aim = folding["optimise"] if fps is None else f"the smallest network of {fps:,.0f} inferences a second"
    return f"{aim} within {folding['budget']:.0%} of the board"


def _words_text(folding: FoldingFigures) -> str:
    """How pixels get in, events go on, and scores get out."""
    taken, sent = (folding[key] for key in ("input_word_bits", "output_word_bits"))
    names = folding["two_events_in_a_cycle"]
    bursts = f"; two events in a cycle from {', '.join(names)}" if names else ""
    return f"Words of {taken} bits in and {sent} bits out{bursts}."


def _not_taken(step: StepFigures, folding: FoldingFigures) -> str:
    """Why."""
    if step["refused"]:
        return step["refused"]
    if folding["target_fps"] is not None:
        return "the target needs no more"
    if folding["optimise"] in ("interval", "energy"):
        return "all layers together are chosen otherwise"
    return "other lanes were asked for"


def _step_text(step: StepFigures, folding: FoldingFigures) -> str:
    cost = ", ".join(f"{step[kind]:+,.0f} {kind.upper()}" for kind in RESOURCES if abs(step[kind]) >= 0.5)
    return (
        f"its next step, {_lanes(step)}, would change latency by {step['latency_cycles']:+,.0f} and "
        f"interval by {step['interval_cycles']:+,.0f} cycles for {cost or 'no more hardware'} "
        f"(not taken: {_not_taken(step, folding)})"
    )


def _lanes(step: StepFigures) -> str:
    return f"{step['lanes']} lanes" + (f" x {step['pixels']} pixels" if step["pixels"] > 1 else "")
