"""BNAndPadLayer: a BatchNorm whose output is padded with what it makes of 0, as RepConv blocks have it.

The class is copied from project to project (Diverse Branch Block, Spike-driven Transformer V2 and V3), so it
is known by its name and by its attributes `bn` and `pad_pixels`, and by what it computes on the example.
"""

from __future__ import annotations

import dataclasses
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from asn2fpga.kinds.operators.pad import Pad
from asn2fpga.kinds.trained import RealNode
from asn2fpga.loader.builder import GraphBuilder, Lowering, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.map_checks import map_shape
from asn2fpga.loader.tensors import next_value
from asn2fpga.loader.torch_modules import MODULES

NAME = "BNAndPadLayer"
TOLERANCE = 1e-4  # of what float32 makes of 0 in two ways


def padded_norm_lowering(module: nn.Module) -> Lowering | None:
    """How the module is lowered, if it is one."""
    norm = getattr(module, "bn", None)
    is_one = type(module).__name__ == NAME and isinstance(norm, nn.BatchNorm2d)
    return _lower if is_one and isinstance(getattr(module, "pad_pixels", None), int) else None


def _lower(builder: GraphBuilder, call: Call) -> Value:
    """A BatchNorm and constants around it."""
    assert call.module is not None
    norm = call.module.get_submodule("bn")
    map_shape(call, 2)
    inner = dataclasses.replace(
        call, module=norm, label="BatchNorm2d", place=f"{call.place}.bn", compute=lambda: norm(call.x)
    )
    value = MODULES[nn.BatchNorm2d](builder, inner)
    added = [big - small for big, small in zip(call.result.shape[2:], call.x.shape[2:], strict=True)]
    if not any(added):
        return value
    padding = (added[0] // 2, added[1] // 2, added[0] - added[0] // 2, added[1] - added[1] // 2)
    if not _is_padded(call.result, norm(call.x), norm(torch.zeros_like(call.x)), padding):
        raise call.refuse(
            f"{NAME} must pad its BatchNorm by what that makes of 0, on all sides alike, not compute "
            "something else; give a class that does so another name."
        )
    (layer,) = (node for node in builder.layers if node.name == value.layer)
    affine = cast(RealNode, layer).affine
    assert affine is not None, "a BatchNorm is a gain and a shift"
    pad = builder.add(Pad, call.place, (value.layer,), padding=padding, values=affine[1])
    return next_value(pad, call)


def _is_padded(found: Tensor, inner: Tensor, zeros: Tensor, padding: tuple[int, ...]) -> bool:
    """Whether `found` is `inner`, and around it what `zeros` holds, channel by channel."""
    above, left, below, right = padding
    if min(padding) < 0:
        return False
    around = [left, right, above, below]
    missing = functional.pad(torch.ones_like(inner), around) == 0
    expected = functional.pad(inner, around) + missing * zeros[:, :, :1, :1]
    return torch.allclose(found, expected, rtol=TOLERANCE, atol=TOLERANCE)
