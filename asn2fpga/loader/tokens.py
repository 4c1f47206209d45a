"""Token ids as input: each is one event, with the id as its address, in its time step.

A module that begins with nn.Embedding takes ids (time, batch). For hardware, whose first layer is a Linear of
the embedding's columns, they are counts of a vocabulary's inputs: 1 for the id, 0 for all others. Files and
arrays may hold either, ids (samples, time) or counts (samples, time, vocabulary); here they become counts.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.graph.types import Array
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.description import InputDescription
from asn2fpga.loader.tensors import to_float64

CASTS = ("long", "int", "to", "type", "contiguous", "clone", "detach")


def takes_tokens(layer: Input) -> bool:
    """Whether ids say what the input is: binary events of one axis, over time."""
    return (
        layer.encoding == "events" and layer.max_count == 1 and len(layer.shape) == 1 and layer.time_steps > 1
    )


def counts_of(x: Array, layer: Input, where: str) -> Array:
    """Ids (samples, time) as uint8 counts (samples, time, vocabulary); anything else as it is.

    InputError for an id outside of the vocabulary. `where` starts the message.
    """
    is_ids = x.ndim == 2 and len(x) and x.shape[1] == layer.time_steps and np.issubdtype(x.dtype, np.integer)
    if not is_ids or not takes_tokens(layer):
        return x
    (vocabulary,) = layer.shape
    ids = x.astype(np.int64)
    wrong = np.argwhere((ids < 0) | (ids >= vocabulary))
    if len(wrong):
        sample, step = (int(number) for number in wrong[0])
        raise InputError(
            f"{where}: the token id of sample {sample}, time step {step} must be in 0..{vocabulary - 1}, "
            f"not {int(ids[sample, step])}; the network knows {vocabulary} tokens."
        )
    counts = np.zeros((*x.shape, vocabulary), np.uint8)
    np.put_along_axis(counts, ids[..., None], 1, axis=2)
    return counts


def describe_tokens(
    module: nn.Module, example: Tensor | None, time_steps: int, largest: int | None
) -> InputDescription:
    """Ids (time, batch) for a module that begins with nn.Embedding. largest: id; as many as rows if None."""
    if time_steps == 1:
        raise InputError(
            "save: tokens must come over time, one in each time step, so that the neurons have time_steps "
            "(T) > 1, not 1."
        )
    known = sorted({part.num_embeddings for part in module.modules() if isinstance(part, nn.Embedding)})
    if not known:
        raise InputError("save: the module must have an nn.Embedding, which takes the tokens; it has none.")
    if largest is None and len(known) > 1:
        raise InputError(
            "save: max_count must be given, the largest token id, as the module has nn.Embedding of "
            f"{', '.join(map(str, known))} rows."
        )
    if example is None or example.dim() != 2 or example.is_floating_point() or example.numel() == 0:
        given = "none" if example is None else f"{tuple(example.shape)} {example.dtype}".replace("torch.", "")
        raise InputError(f"save: example_input must be token ids (time, batch), integers, not {given}.")
    return InputDescription(example, "tokens", time_steps, 1.0, known[0] - 1 if largest is None else largest)


def lower_tokens(builder: GraphBuilder, call: Call) -> Value:
    """What reads ids: an embedding, or what leaves them as they are."""
    if type(call.module) is nn.Embedding and len(call.operands) == 1:
        return _embedding(builder, call)
    if type(call.module) is nn.Identity or (call.module is None and call.node.target in CASTS):
        return call.value
    raise call.refuse(
        f"token ids must be read by nn.Embedding, not by {call.label}; and they must stay (time, batch)."
    )


def lower_embedding(builder: GraphBuilder, call: Call) -> Value:
    """nn.Embedding on anything but ids."""
    raise call.refuse(
        "Embedding must read the module's input, token ids (time, batch); save it with encoding='tokens'."
    )


def _embedding(builder: GraphBuilder, call: Call) -> Value:
    """A row for each token: a Linear without bias on counts of which one is 1."""
    module = cast(nn.Embedding, call.module)
    (vocabulary,) = cast(Any, builder.layers[0]).shape
    if module.num_embeddings != vocabulary:
        raise call.refuse(
            f"Embedding must have a row for each of {vocabulary} tokens, not {module.num_embeddings}."
        )
    if module.max_norm is not None:
        raise call.refuse("Embedding must have max_norm=None; it changes rows while the network runs.")
    weight = to_float64(module.weight, call.where, "weight").T.copy()
    layer = builder.add(Linear, call.place, (call.value.layer,), weight=weight, bias=np.zeros(len(weight)))
    return Value(layer, call.value.time_steps)
