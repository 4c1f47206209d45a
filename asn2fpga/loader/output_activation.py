"""Softmax, LogSoftmax and Sigmoid at the end: left out, since they do not change the order of the classes."""

from __future__ import annotations

import dataclasses
from typing import Any

from asn2fpga.loader.builder import GraphBuilder, Lowering, Value
from asn2fpga.loader.call import Call

OVER_TIME = ("mean", "sum", "max", "amax")
"""Functions that may read the membranes of all time steps."""


def lower_softmax(builder: GraphBuilder, call: Call) -> Value:
    """Softmax and its logarithm over the classes."""
    last = call.x.dim() - 1
    axis = _axis(call)
    if axis not in (None, -1, last):
        raise call.refuse(f"{call.label} must be over the classes (dim=-1), not over dim={axis}.")
    return lower_sigmoid(builder, call)


def lower_sigmoid(builder: GraphBuilder, call: Call) -> Value:
    """Any function that grows with each score."""
    if call.value.time_steps not in (None, 1):
        raise call.refuse(
            f"{call.label} must stand after time is averaged or summed, not before it: only then the order "
            f"of the "
            "classes stays; move it to the end or leave it out."
        )
    builder.notes.append(f"{call.label} at the end is left out; the order of the classes is the same")
    return dataclasses.replace(call.value, final=call.label)


def _axis(call: Call) -> Any:
    if call.module is not None:
        return getattr(call.module, "dim", None)
    return call.keywords.get("dim", call.arguments[0] if call.arguments else None)


STAND_IN = "StandInMembranes"
FILTER = (
    "; what filters spikes before a layer may filter its currents behind it: "
    "i = 0.9 * i + fc(x), v = 0.8 * v + i"
)


def refuse_after_a_readout(call: Call, lowering: Lowering) -> None:
    """UnsupportedError if something other than an activation reads membranes that give the scores.

    Those of all time steps may be brought together over time, once.
    """
    allowed = (lower_softmax, lower_sigmoid)
    is_sequence = call.value.reduced is None and call.value.time_steps is not None
    if is_sequence and call.label in OVER_TIME:
        return
    if call.value.readout is not None and lowering not in allowed:
        raise call.refuse(
            f"{call.value.readout} must be the last step of the model, not stand before {call.label}; "
            f"it gives the scores{FILTER if STAND_IN in call.value.readout else ''}."
        )


def refuse_after_the_end(call: Call) -> None:
    """UnsupportedError if the call reads what should have been the end."""
    final = call.value.final
    if final is not None:
        raise call.refuse(
            f"{final} must be the very last step (there it does not change the order of the classes), not "
            f"stand before {call.label}; replace it by a neuron (such as ASN or LIF) and train with that."
        )
