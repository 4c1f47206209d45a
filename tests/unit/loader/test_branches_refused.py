"""Branches that cannot be built: each refused with its place in the model and what to do."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from loader_models import Forward, dense, refusal
from torch import Tensor, nn

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.loader.save import read_module
from asn2fpga.nn import ASN, Integrator, Recurrent, RepeatTime, TimeMean

T = 3
MEET = "branches meet in a sum (x + y) or side by side (torch.cat([x, y], -1))."


def two(run: Any, size: int = 16, time_steps: int = 1) -> nn.Module:
    """`run` of (parts, x): Linear layers a and b, neurons n, and a network behind them."""
    parts: dict[str, nn.Module] = {
        "a": nn.Linear(16, 16),
        "b": nn.Linear(16, size),
        "n": ASN(4, time_steps=time_steps),
        "net": dense(ASN(4, time_steps=time_steps)),
    }
    if time_steps > 1:
        parts |= {"repeat": RepeatTime(time_steps), "leaky": Integrator(0.5, time_steps=time_steps)}
    return Forward(run, **parts)


def timed(run: Any) -> nn.Module:
    return two(run, time_steps=T)


def behind(parts: nn.ModuleDict, current: Tensor) -> Tensor:
    """Scores of a current."""
    scores: Tensor = parts["net"](parts["n"](current))
    return scores


def with_neuron_of_one_step() -> nn.Module:
    """A parameter that somebody changed later."""
    recurrent = Recurrent(ASN(4, time_steps=2), nn.Linear(16, 16))
    recurrent.neuron = ASN(4)
    return nn.Sequential(nn.Linear(16, 16), recurrent, nn.Linear(16, 3))


class Strange(ASN):
    """May compute anything."""


def recurrent(neuron: ASN) -> nn.Module:
    return nn.Sequential(nn.Linear(16, 16), Recurrent(neuron, nn.Linear(16, 16)), nn.Linear(16, 3))


FORM: dict[str, tuple[nn.Module, str]] = {
    "shapes of torch's own": (
        two(lambda p, x: behind(p, p["a"](x) + p["b"](x)), size=8),
        "model: branches of an add must have equal shapes, not (16,) (parts.a) and (8,) (parts.b); "
        "a Linear layer brings one to the size of the other.",
    ),
    "broadcast features": (
        two(lambda p, x: behind(p, p["a"](x) + p["b"](x)), size=1),
        "model: branches of an add must have equal shapes, not (16,) (parts.a) and (1,) (parts.b); "
        "a Linear layer brings one to the size of the other.",
    ),
    "alpha": (
        two(lambda p, x: behind(p, torch.add(p["a"](x), p["b"](x), alpha=2))),
        "model: add must have alpha=1, not 2; multiply the branch before.",
    ),
    "out": (
        two(lambda p, x: behind(p, torch.add(p["a"](x), p["b"](x), out=torch.empty(0)))),
        "model: add must add two branches, not take out beside them.",
    ),
    "difference": (
        two(lambda p, x: behind(p, p["a"](x) - p["b"](x))),
        f"model: sub must read one layer, not 2; {MEET}",
    ),
    "product": (
        two(lambda p, x: behind(p, p["a"](x) * p["b"](x))),
        "model: mul must multiply maps of what neurons send, one of them a mask of the same tokens (or one "
        "for all) whose features serve equally many of the other's, not (3, 16) and (3, 16).",
    ),
    "half an attention": (
        two(lambda p, x: behind(p, p["a"](x) @ p["b"](x).transpose(0, 1))),
        "parts.n: between the two matrix products of an attention there may be a constant factor, and over "
        "time a causal mask, not ASN; put it after the second product.",
    ),
    "stack": (
        two(lambda p, x: behind(p, torch.stack([p["a"](x), p["b"](x)]))),
        f"model: stack must read one layer, not 2; {MEET}",
    ),
    "square": (
        two(lambda p, x: behind(p, x * x)),
        "model: mul must multiply maps of what neurons send, one of them a mask of the same tokens (or one "
        "for all) whose features serve equally many of the other's, not (3, 16) and (3, 16).",
    ),
    "concatenation of samples": (
        two(lambda p, x: p["net"](torch.cat([p["n"](p["a"](x)), x]))),
        "model: cat must be over the features (dim=-1), not over dim=0.",
    ),
    "concatenation of a constant": (
        two(lambda p, x: p["net"](torch.cat([x, torch.zeros(3, 16)], 1))),
        "model: cat must read layers alone, not a constant beside them.",
    ),
    "repetition beside a constant": (
        two(lambda p, x: p["net"](torch.stack([x, torch.zeros(3, 16)])).mean(0)),
        "model: stack must read layers alone, not a constant beside them.",
    ),
    "concatenation of currents": (
        Forward(
            lambda p, x: p["out"](p["n"](torch.cat([p["a"](x), p["b"](x)], -1))),
            a=nn.Linear(16, 8),
            b=nn.Linear(16, 8),
            n=ASN(4),
            out=nn.Linear(16, 3),
        ),
        "model: branches of a concatenation must be neurons or the input, not currents (parts.a); "
        "put a neuron after each Linear, or concatenate before the Linear.",
    ),
    "sum of neurons and a current": (
        two(lambda p, x: p["net"](p["n"](p["a"](x)) + p["b"](x))),
        "model: the sum of neurons and a Linear layer must be read by a neuron, not by parts.net.0; "
        "put a neuron after the add.",
    ),
    "sum of currents": (
        two(lambda p, x: p["net"](p["a"](x) + p["b"](x))),
        "parts.net.0: Linear must read neurons or the input, not model (Add); "
        "put a neuron between them or merge the two.",
    ),
    "merged beside time": (
        timed(lambda p, x: behind(p, p["a"](p["repeat"](x)) + p["b"](p["repeat"](x).flatten(0, 1)))),
        "model: branches of add must have the same time axis, not (time, batch, ...) of T = 3 (parts.a) and "
        "(time*batch, ...) (parts.b); bring the time axis back first, x.unflatten(0, (T, -1)).",
    ),
    "mean beside a sum": (
        timed(lambda p, x: p["net"](p["repeat"](x)).mean(0) + p["net"](p["repeat"](x)).sum(0)),
        "model: branches of add must have the same time axis, not a mean over time (parts.net.2) and "
        "a sum over time (parts.net.2); bring them together before time is averaged or summed.",
    ),
    "mean beside what is static": (
        timed(lambda p, x: p["a"](p["n"](p["a"](p["repeat"](x)))).mean(0) + p["b"](x)),
        "model: branches of add must have the same time axis, not a mean over time (parts.a) and "
        "(batch, ...) (parts.b); bring them together before time is averaged or summed.",
    ),
    "one step beside several": (
        timed(lambda p, x: behind(p, p["a"](p["repeat"](x)) + p["b"](x[None]))),
        "model: branches of add must have the same time axis, not (time, batch, ...) of T = 3 (parts.a) and "
        "(time, batch, ...) of T = 1 (parts.b); repeat what is static over all time steps first, "
        "x.unsqueeze(0).repeat(T, 1, ...).",
    ),
    "static beside time in a concatenation": (
        timed(lambda p, x: p["net"](torch.cat([p["n"](p["a"](p["repeat"](x))), x], -1)).mean(0)),
        "model: branches of cat must have the same time axis, not (time, batch, ...) of T = 3 (parts.n) and "
        "(batch, ...) (pixels); repeat what is static over all time steps first, "
        "x.unsqueeze(0).repeat(T, 1, ...).",
    ),
    "neurons of one step beside others": (
        Forward(
            lambda p, x: p["out"](p["n"](p["repeat"](p["a"](x)) + p["one"](p["b"](x)))).mean(0),
            a=nn.Linear(16, 8),
            b=nn.Linear(16, 8),
            one=ASN(4),
            n=ASN(4, time_steps=T),
            repeat=RepeatTime(T),
            out=nn.Linear(8, 3),
        ),
        "parts.one: ASN must see the T = 3 time steps of the network, not 1; "
        "repeat its input over time first, x.unsqueeze(0).repeat(3, 1, ...).",
    ),
    "a sum over other time steps": (
        timed(
            lambda p, x: p["a"](x).expand(4, 3, 16).sum(0) + p["b"](spikes(p, p["repeat"](x))).sum(0),
        ),
        "model: sum must see the T = 3 time steps of the network, not 4; repeat its input over time first, "
        "x.unsqueeze(0).repeat(3, 1, ...).",
    ),
    "membranes of scores in a branch": (
        timed(lambda p, x: p["a"](x) + p["leaky"](p["b"](spikes(p, p["repeat"](x))))),
        "model: Integrator must be the last step of the model, not stand before add; it gives the scores.",
    ),
    "repetition of what neurons sent": (
        timed(lambda p, x: p["net"](p["n"](p["a"](p["repeat"](x))).mean(0).expand(T, 3, 16))),
        "model: expand must stand once in a model, not behind a time axis.",
    ),
    "a neuron of another kind": (
        nn.Sequential(RepeatTime(2), recurrent(Strange(4, time_steps=2)), TimeMean()),
        "layer_1_1_neuron: module test_branches_refused.Strange is not supported in Recurrent; "
        "use a neuron of asn2fpga.nn.",
    ),
}


def spikes(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    sent: Tensor = parts["n"](parts["a"](x))
    return sent


@pytest.mark.parametrize("case", FORM)
def test_unsupported_branches_are_refused(case: str) -> None:
    module, message = FORM[case]
    with pytest.raises(UnsupportedError) as caught:
        read_module(module, "net", torch.zeros(1, 16))
    assert str(caught.value) == message


def in_place(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    u = parts["a"](x)
    u += parts["b"](parts["n"](parts["a"](parts["repeat"](x))))
    return behind(parts, u).mean(0)


INVALID: dict[str, tuple[nn.Module, str]] = {
    "recurrent without time": (
        with_neuron_of_one_step(),
        "layer_1: a recurrent layer must see several time steps, not T = 1; present the input over time.",
    ),
    "recurrent on a static input": (
        Forward(
            lambda p, x: p["loop"](x),
            loop=recurrent(ASN(4, time_steps=2)),
            repeat=RepeatTime(2),
        ),
        "parts.loop.1.neuron: ASN must have time_steps (T) = 1 as its input has, not 2; "
        "put RepeatTime(2) before it.",
    ),
    "in place with more time steps": (
        timed(in_place),
        "model: forward fails on an input of shape (3, 16): RuntimeError: "
        "output with shape [3, 16] doesn't match the broadcast shape [3, 3, 16]",
    ),
}


@pytest.mark.parametrize("case", INVALID)
def test_invalid_branches_are_refused(case: str) -> None:
    module, message = INVALID[case]
    assert refusal(lambda: read_module(module, "net", torch.zeros(1, 16))) == message


def test_integers_are_not_added() -> None:
    module = two(lambda p, x: p["net"]((x + x).float()))
    with pytest.raises(InputError) as caught:
        read_module(module, "net", torch.zeros(1, 16, dtype=torch.uint8))
    assert str(caught.value) == (
        "model: add must add floating-point numbers, not uint8; cast them (x.float())."
    )


def test_several_axes_are_not_put_side_by_side() -> None:
    module = two(lambda p, x: p["net"](torch.cat([x, x * 2], -1).flatten(1)))
    assert refusal(lambda: read_module(module, "net", torch.zeros(1, 4, 2))) == (
        "model: cat must be over the channels (dim=-2), not over dim=-1."
    )
