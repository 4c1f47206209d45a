"""Every step of a forward that has a place in hardware, in tables; anything else is refused with a hint."""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch import fx, nn
from torch.nn import functional
from torch.nn.utils.parametrize import type_before_parametrizations

from asn2fpga.errors import UnsupportedError
from asn2fpga.loader import encoders
from asn2fpga.loader.branches import lower_add, lower_concat, lower_recurrent
from asn2fpga.loader.builder import Lowering
from asn2fpga.loader.call import Call
from asn2fpga.loader.combined.combination import Combination, lower_combination
from asn2fpga.loader.foreign.layers import is_unknown_layer, layer_lowering, torch_like
from asn2fpga.loader.foreign.lower import lower_sequence
from asn2fpga.loader.foreign.readouts import readout_lowering
from asn2fpga.loader.foreign.table import foreign_neuron, way_out
from asn2fpga.loader.padded_norm import padded_norm_lowering
from asn2fpga.loader.plugin_modules import plugin_lowering
from asn2fpga.loader.probed.lower import lower_stand_in
from asn2fpga.loader.probed.stand_in import StandIn
from asn2fpga.loader.repeat import lower_repeat, lower_squeeze, lower_time_first
from asn2fpga.loader.reshape import lower_reshape
from asn2fpga.loader.torch_functions import FUNCTIONS, METHODS
from asn2fpga.loader.torch_modules import FOREIGN_MODULES, MODULES
from asn2fpga.nn.recurrent import Recurrent

ACTIVATIONS = frozenset(
    "relu relu_ relu6 leakyrelu leaky_relu prelu elu selu celu gelu silu mish tanh hardtanh softplus "
    "softsign hardswish hardsigmoid".split()
)
OPERATIONS = (
    "x * c, x / c, x + c, x - c with a constant c (one number, or one per channel), x + y and "
    "torch.cat([x, y], -1) of branches, flatten, view, reshape, x.unsqueeze(0).repeat(T, 1, ...), mean, sum"
)
SOFTMAX_ATTENTION = (
    "it is softmax attention, which divides by a sum of exponentials; use a spiking attention, "
    "q @ k.transpose(-2, -1) @ v of what neurons send, with a neuron after it, and train with that"
)
LARGER = "make maps larger by nn.Upsample (nearest, a whole factor) or nn.ConvTranspose2d"
EACH_STEP = "each of its time steps has weights of its own; use one BatchNorm for all, and train with that"
OF_EACH_INPUT = (
    "it weighs time steps, channels or pixels by numbers that depend on the input; leave it out, or use a "
    "spiking attention (SpikingSelfAttention, QKAttention), and train with that"
)
ENCODER = f"random {encoders.INSTEAD}"
IN_PLACE = "it changes a tensor in place: write x = x {0} y, not x {0}= y"
INSTEAD = {  # by the beginning of a name in small letters
    **{
        name: "axes stay where they are, but that time is brought to the front: x.transpose(0, 1) of (batch, "
        "time, ...); of a forward that takes (batch, ..., time) say --time-axis last"
        for name in ("permute", "transpose", "movedim", "moveaxis", "swapaxes", "swapdims")
    },
    **{
        f"{name}_": IN_PLACE.format(sign)
        for name, sign in (("add", "+"), ("sub", "-"), ("mul", "*"), ("div", "/"))
    },
    "any": "of spikes 0 and 1 the largest says whether one fired: torch.amax(x, dim)",
    "synapsefilter": "it gives a real number for each synapse, which its spikes change; use CUBALIFNode, "
    "whose synaptic current decays, and train with that",
    "elementwiserecurrentcontainer": "write the loop in forward, with the neuron in single-step mode, "
    "y = neuron(x[t] + y), or use LinearRecurrentContainer",
    "temporaleffectivebatchnorm": EACH_STEP,
    "batchnormthroughtime": EACH_STEP,
    "temporalwiseattention": OF_EACH_INPUT,
    "multidimensionalattention": OF_EACH_INPUT,
    "neunorm": "it adds up all channels over time; use BatchNorm, and train with that",
    "tlast": "time must be the first axis: MultiStepContainer or SeqToANNContainer of (time, batch, ...)",
    "temporalbinsum": "add up the events of these time steps in the data instead",
    "spikecounttobinary": "neurons must send at each time step what they count: IFNode, LIFNode or ILIFNode",
    "dropconnectlinear": "it drops weights at random; use Linear, and train with that",
    "bernoulli": ENCODER,
    "poisson": ENCODER,
    "rand": ENCODER,
    "normal": ENCODER,
    "convtranspose3d": "make time or depth channels, and use ConvTranspose2d",
    "conv_transpose": "use the module nn.ConvTranspose1d or nn.ConvTranspose2d",
    "conv3d": "make time or depth channels, and use Conv2d",
    "lppool": "use MaxPool or AvgPool, and train with that",
    "lp_pool": "use MaxPool or AvgPool, and train with that",
    "fractional": "use MaxPool or AvgPool, and train with that",
    "maxunpool": LARGER,
    "maxpool3d": "pool time or depth by itself, and use MaxPool2d",
    "avgpool3d": "pool time or depth by itself, and use AvgPool2d",
    "zeropad": "use the padding of the convolution or pool after it",
    "constantpad": "use the padding of the convolution or pool after it, which is of zeros",
    "reflectionpad": "use the padding of the convolution after it, which is of zeros, and train with that",
    "replicationpad": "use the padding of the convolution after it, which is of zeros, and train with that",
    "circularpad": "use the padding of the convolution after it, which is of zeros, and train with that",
    "pad": "use the padding of the convolution or pool after it",
    "groupnorm": "it needs the statistics of each input; use BatchNorm, and train with that",
    "instancenorm": "it needs the statistics of each input; use BatchNorm, and train with that",
    "scaled_dot_product": SOFTMAX_ATTENTION,
    "multihead": SOFTMAX_ATTENTION,
    "layernorm": "it needs the statistics of each input; use BatchNorm, and train with that",
    "rmsnorm": "it needs the statistics of each input; use BatchNorm, and train with that",
    "rms_norm": "it needs the statistics of each input; use BatchNorm, and train with that",
    "pixelshuffle": LARGER,
    "pixel_shuffle": LARGER,
    "upsampl": LARGER,
    "interpolate": LARGER,
}
TIME_SECOND = (
    lower_time_first,
    lower_stand_in,
    lower_reshape,
    lower_repeat,
    lower_concat,
    lower_combination,
    *(FUNCTIONS[taken] for taken in (operator.mul, operator.truediv, operator.add, operator.sub)),
    *(FUNCTIONS[taken] for taken in (torch.mean, torch.sum, torch.amax, operator.getitem)),
    FUNCTIONS[functional.dropout],
    *(METHODS[taken] for taken in ("contiguous",)),
    *(MODULES[taken] for taken in (nn.Linear, nn.Identity, nn.Dropout)),
)
"""What may read (batch, time, ..)."""
GROUPED = (FUNCTIONS[torch.mean], FUNCTIONS[torch.sum], lower_squeeze, MODULES[nn.AvgPool1d])
"""What may read features in groups."""
BEFORE_LINEAR = (lower_reshape, MODULES[nn.Linear], MODULES[nn.Identity], FUNCTIONS[functional.dropout])
"""What may read a mean with more pixels than its layer sends, until a Linear layer does."""
JOINING = (lower_add, lower_concat)
"""What may read several tensors of the model."""


def find_lowering(call: Call) -> Lowering:
    """What lowers `call`. Raises UnsupportedError for what has no place in hardware, or reads too much."""
    if call.module is not None:
        found = module_lowering(call.module)
    else:
        table: dict[Any, Lowering] = METHODS if call.node.op == "call_method" else FUNCTIONS
        found = table.get(call.node.target)
    if found is lower_time_first and not call.value.batch_first:
        found = None
    if call.value.batch_first and not call.value.merged and found not in TIME_SECOND:
        raise call.refuse(
            f"{call.label} must not read (batch, time, ...); bring time to the front first: "
            "x.transpose(0, 1)."
        )
    if call.value.spread is not None and _of_torch(call, found) not in BEFORE_LINEAR:
        raise call.value.spread.refusal
    if call.value.grouped is not None and found not in GROUPED:
        if call.x.shape[1] == 1:
            raise call.refuse(
                f"{call.label} must not read (batch, 1, features), which AvgPool1d alone does; a time axis "
                "stands in front, x.unsqueeze(0)."
            )
        raise call.refuse(
            f"{call.label} must not read features in groups of {call.value.grouped}, of which only means and "
            "sums are built: x.view(-1, classes, size).mean(-1)."
        )
    if not call.reads_one and found not in JOINING and not (found is None and _instead(call)):
        raise call.refuse(
            f"{call.label} must read one layer, not {len(call.operands)}; "
            "branches meet in a sum (x + y) or side by side (torch.cat([x, y], -1))."
        )
    if found is None:
        raise UnsupportedError(f"{call.where}: {_name(call)} is not supported; {_hint(call)}")
    return found


def _of_torch(call: Call, found: Lowering | None) -> Lowering | None:
    """That of torch's layer for a layer of SpikingJelly."""
    like = None if call.module is None else torch_like(call.module)
    return found if like is None else MODULES.get(like)


def module_lowering(module: nn.Module) -> Lowering | None:
    """By class, or by the name of a class that need not be installed. Subclasses may compute anything.

    Weights that are computed (torch.nn.utils.parametrize) are what they are at the time.
    """
    kind = type_before_parametrizations(module)
    if kind is Recurrent:
        return lower_recurrent
    name = f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(module, StandIn):
        return lower_stand_in
    if isinstance(module, Combination):
        return lower_combination
    if foreign_neuron(module) is not None:
        return lower_sequence
    readout = readout_lowering(module)
    if readout is not None:
        return readout
    known = MODULES.get(kind) or FOREIGN_MODULES.get(name) or layer_lowering(module) or plugin_lowering(name)
    return known or padded_norm_lowering(module)


def is_known_module(module: nn.Module) -> bool:
    """Whether the module is a step of its own, or a neuron that is refused by name."""
    return module_lowering(module) is not None or way_out(module) is not None or is_unknown_layer(module)


def is_known(target: fx.node.Target) -> bool:
    """Whether a function or method is a step that is taken."""
    return target in FUNCTIONS or target in METHODS


def _name(call: Call) -> str:
    if call.module is None or call.label.lower() in ACTIVATIONS:
        return call.label
    kind = type(call.module)
    return f"module {kind.__module__}.{kind.__qualname__}"


def _hint(call: Call) -> str:
    other = None if call.module is None else way_out(call.module)
    if other is not None:
        return f"{other}."
    if call.label.lower() in ACTIVATIONS:
        return f"replace it by a neuron (such as ASN or LIF) and train with that; {supported()}"
    instead = _instead(call)
    return f"{instead}; {supported()}" if instead else supported()


def _instead(call: Call) -> str:
    """What to use in place of something known by name."""
    return next((hint for name, hint in INSTEAD.items() if call.label.lower().startswith(name)), "")


def supported() -> str:
    """The list of what is taken, as the end of a message."""
    modules = ", ".join(sorted({kind.__name__ for kind in MODULES} | {"Normalize", "Recurrent"}))
    return f"supported modules: {modules}; supported operations: {OPERATIONS}."
