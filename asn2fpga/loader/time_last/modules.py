"""Modules that take (batch, ..., time), and what does the same to one time step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from asn2fpga.loader.probed.stand_in import StandIn, StandInSteps

UNCHANGED = (nn.BatchNorm1d, nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Identity)


def module_of_step(module: nn.Module) -> nn.Module | None:
    """For one step of (batch, ..., time); the module itself if it takes that as well; None
    if it is not known what would.
    """
    if isinstance(module, StandIn):
        if module.layout.kind == "stateless":
            return module
        return _steps_of(module) if module.layout.is_time_last else None
    make = MADE.get(type(module))
    if make is not None:
        return make(module)
    return module if isinstance(module, UNCHANGED) else None


def _steps_of(module: StandIn) -> StandInSteps:
    """Neurons that take one step after the other; of each call of theirs, since each starts at rest."""
    steps = module.layout.steps or 1

    def start() -> Callable[[Tensor], Tensor]:
        currents: list[Tensor] = []

        def sent(current: Tensor) -> Tensor:
            currents.append(current)
            missing = [torch.zeros_like(current)] * (steps - len(currents))
            found: Tensor = module(torch.stack([*currents, *missing], dim=-1))
            return found[..., len(currents) - 1]

        return sent

    return StandInSteps(start, module.semantics)


def _norm(module: Any) -> nn.Module:
    """BatchNorm3d of (batch, channels, height, width, time): one number per channel, whatever the axes."""
    found = nn.BatchNorm2d(module.num_features, module.eps, affine=module.affine)
    found.load_state_dict(module.state_dict())
    return found.eval()


def _pool(kind: Any) -> Callable[[Any], nn.Module | None]:
    def made(module: Any) -> nn.Module | None:
        sizes = [_three(value) for value in (module.kernel_size, module.stride, module.padding)]
        if [size[2] for size in sizes] != [1, 1, 0] or _three(getattr(module, "dilation", 1))[2] != 1:
            return None
        kernel, stride, padding = (size[:2] for size in sizes)
        options = {"ceil_mode": module.ceil_mode}
        if kind is nn.MaxPool2d:
            options["dilation"] = _three(module.dilation)[:2]
        else:
            options |= {name: getattr(module, name) for name in ("count_include_pad", "divisor_override")}
        found: nn.Module = kind(kernel, stride, padding, **options)
        return found

    return made


def _convolution(module: Any) -> nn.Module | None:
    """Conv3d whose kernel is one step long."""
    if (module.kernel_size[2], module.stride[2], module.padding[2]) != (1, 1, 0):
        return None
    found = nn.Conv2d(
        *(module.in_channels, module.out_channels, module.kernel_size[:2], module.stride[:2]),
        *(module.padding[:2], module.dilation[:2], module.groups, module.bias is not None),
        padding_mode=module.padding_mode,
    ).to(module.weight.dtype)
    found.weight.data = module.weight.detach()[..., 0].clone()
    if module.bias is not None:
        found.bias.data = module.bias.detach().clone()  # type: ignore[union-attr]
    return found.eval()


def _flatten(module: Any) -> nn.Module | None:
    """Between axes that are counted from the front, or before time."""
    end = module.end_dim if module.end_dim >= 0 else module.end_dim + 1
    return None if end == 0 else nn.Flatten(module.start_dim, end)


def _three(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple) else (value,) * 3


MADE: dict[type, Callable[[Any], nn.Module | None]] = {
    nn.BatchNorm3d: _norm,
    nn.AvgPool3d: _pool(nn.AvgPool2d),
    nn.MaxPool3d: _pool(nn.MaxPool2d),
    nn.Conv3d: _convolution,
    nn.Flatten: _flatten,
}
