"""The operations that multi-step neurons of SpikingJelly 2 export.

As in spikingjelly/_ops/{if_,lif,plif}/reference.py. Each gives spikes (time, ..); the membranes
that it gives besides are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

Charge = Callable[[Tensor, Any], Any]


def _fired(x: Tensor, v: Any, threshold: float, reset: float | None, charge: Charge) -> tuple[Tensor]:
    """Charge, fire at v >= threshold, reset, step by step."""
    sent = []
    for now in x:
        h = charge(now, v)
        spike = (h >= threshold).to(x.dtype)
        sent.append(spike)
        v = h - spike * threshold if reset is None else (1 - spike) * h + spike * reset
    return (torch.stack(sent),)


def _if(x: Tensor, v: Any, threshold: float, reset: float | None, *_: Any) -> tuple[Tensor]:
    return _fired(x, v, threshold, reset, lambda now, v: v + now)


def _lif(
    x: Tensor, v: Any, tau: float, decay_input: bool, threshold: float, reset: float | None, *_: Any
) -> tuple[Tensor]:
    rest = reset or 0.0

    def charge(now: Tensor, v: Any) -> Any:
        return v + (now - (v - rest)) / tau if decay_input else v - (v - rest) / tau + now

    return _fired(x, v, threshold, reset, charge)


def _plif(
    x: Tensor, v: Any, w: Tensor, decay_input: bool, threshold: float, reset: float | None, *_: Any
) -> tuple[Tensor]:
    decay, rest = w.float().sigmoid(), reset or 0.0

    def charge(now: Tensor, v: Any) -> Any:
        return v + (now - (v - rest)) * decay if decay_input else v - (v - rest) * decay + now

    return _fired(x, v, threshold, reset, charge)


NEURONS: Mapping[str, Callable[..., tuple[Tensor]]] = {
    "sj_if.forward.default": _if,
    "sj_lif.forward.default": _lif,
    "sj_plif.forward.default": _plif,
}
