"""Wrappers of training (DataParallel, torch.compile) taken off a module."""

from __future__ import annotations

import copy

from torch import nn
from torch.nn.parallel import DataParallel, DistributedDataParallel


def eval_copy(module: nn.Module) -> nn.Module:
    """A copy in eval mode on the CPU, without wrappers around it or around its parts."""
    return _unwrap_parts(copy.deepcopy(unwrapped(module))).eval().cpu()


def unwrapped(module: nn.Module) -> nn.Module:
    """The user's own module inside DataParallel, DistributedDataParallel and what torch.compile returns."""
    while True:
        if isinstance(module, DataParallel | DistributedDataParallel):
            module = module.module
        elif "_orig_mod" in module._modules:
            module = module.get_submodule("_orig_mod")
        else:
            return module


def _unwrap_parts(module: nn.Module) -> nn.Module:
    for name, part in module.named_children():
        module._modules[name] = _unwrap_parts(unwrapped(part))
    return module
