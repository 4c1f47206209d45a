"""forward may ask for shapes and types; where it asks for numbers or fails, the line of the user's code is
told.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable

import pytest
import torch
from loader_models import Forward, dense
from torch import Tensor, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.text import to_text
from asn2fpga.loader.save import read_module
from asn2fpga.loader.supported import supported
from asn2fpga.nn import ASN

SAME = "hardware takes the same steps for every input; decide by shapes or constants instead."
Run = Callable[[nn.ModuleDict, Tensor], Tensor]


def lengths(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    assert len(x.shape) == 3 and x.dim() == x.ndim == 3 and len(x) == x.shape[0]
    batch, *rest = x.shape
    assert math.prod(rest) == 16, "wrong size"
    return parts["net"](x.view(batch, -1))


def sizes(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    if x.size(1) != 4 or x.size()[2] != 4 or x.numel() // x.shape[0] != 16:
        raise ValueError("wrong size")
    return parts["net"](x.reshape(x.size(0), x.shape[1] * x.shape[2]))


def types(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    weight = parts["net"][0].weight
    if x.dtype != weight.dtype or not x.is_floating_point() or not torch.is_floating_point(x):
        x = x.to(weight.dtype)
    assert x.device.type == "cpu" and torch.numel(x) == x.nelement()
    return parts["net"](x.to(x.device).flatten(1))


def four_axes_or_three(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    x = x.flatten(1) if len(x.shape) == 3 else x.flatten(1, 3)
    return parts["net"](x)


ASKING: dict[str, Run] = {run.__name__: run for run in (lengths, sizes, types, four_axes_or_three)}


@pytest.mark.parametrize("name", ASKING)
def test_forward_may_ask_for_shapes_and_types(name: str) -> None:
    torch.manual_seed(0)
    net = dense(ASN(4))
    graph = read_module(Forward(ASKING[name], net=net), "net", torch.zeros(1, 4, 4))
    plain = read_module(
        Forward(lambda parts, x: parts["net"](x.flatten(1)), net=net), "net", torch.zeros(1, 4, 4)
    )
    assert to_text(graph) == to_text(plain)


def branch(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts["net"](x if x.sum() > 0 else -x)


def number(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts["net"](x / x.max().item())


def number_as_int(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts["net"](x / int(x.max()))


def number_as_float(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts["net"](x / float(x.max()))


def index(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts["net"](x * [1, 2][x.argmax()])


def member(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts["net"](x if 3 in x else x * 2)


def values(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts["net"](x * len(x.tolist()))


def equal(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts["net"](x if torch.equal(x, x) else x * 2)


def line_of(run: Run, text: str) -> str:
    """` (file:line: code)` of the line of `run` that holds `text`."""
    lines, first = inspect.getsourcelines(run)
    offset = next(offset for offset, line in enumerate(lines) if text in line)
    return f" (test_symbolic_trace.py:{first + offset}: {lines[offset].strip()})"


@pytest.mark.parametrize("time_steps", [1, 4])
@pytest.mark.parametrize(
    "run", [branch, number, number_as_int, number_as_float, index, member, values, equal]
)
def test_forward_may_not_decide_by_numbers(run: Run, time_steps: int) -> None:
    module = nn.Sequential(Forward(run, net=dense(ASN(4, time_steps=time_steps))))
    with pytest.raises(UnsupportedError) as caught:
        read_module(module, "net", torch.zeros(1, 16))
    assert str(caught.value) == (
        f"layer_0 (Forward): forward must not decide by the numbers in a tensor{line_of(run, 'return')}; "
        f"hardware "
        "takes the same steps for every input; decide by shapes or constants instead."
    )


def failed_assertion(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    assert x.shape[-1] == 12, "12 pixels"
    return parts["net"](x)


def bare_error(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    raise ValueError


def own_error(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    raise KeyError("fc9")


FAILING: dict[Run, tuple[str, str]] = {
    failed_assertion: ("assert x", "AssertionError: 12 pixels"),
    bare_error: ("raise", "ValueError"),
    own_error: ("raise", "KeyError: 'fc9'"),
}


@pytest.mark.parametrize("run", FAILING)
def test_errors_of_forward_are_told_with_their_line(run: Run) -> None:
    text, reason = FAILING[run]
    with pytest.raises(UnsupportedError) as caught:
        read_module(Forward(run, net=dense(ASN(4))), "net", torch.zeros(1, 16))
    assert str(caught.value) == (
        f"model (Forward): forward fails on an input of shape (3, 16){line_of(run, text)}: {reason}"
    )


def formatted(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts[f"{x:.2f}"](x)


def outside_of_tensors(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts["net"]({"input": x})


@pytest.mark.parametrize("run", [formatted])
def test_no_word_of_torch_fx_reaches_the_user(run: Run) -> None:
    with pytest.raises(UnsupportedError) as caught:
        read_module(Forward(run, net=dense(ASN(4))), "net", torch.zeros(1, 16))
    text = str(caught.value)
    assert text.startswith(
        f"model (Forward): forward cannot be followed{line_of(run, 'return')}; write it with "
    )
    assert text.endswith(f"modules and tensor operations; {supported()}")


def as_array(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts["net"](torch.from_numpy(x.numpy()))


def turned(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts["net"](x.T)


def unknown(parts: nn.ModuleDict, x: Tensor) -> Tensor:
    return parts["net"](x.clamp(0, 1))


NAMED: dict[Run, str] = {
    as_array: f"model (Forward): forward must not decide by the numbers in a tensor{{}}; {SAME}",
    turned: f"model: T is not supported; {supported()}",
    outside_of_tensors: "parts.net.0: Linear must read a tensor, not a list or dict with one.",
    unknown: f"model: clamp is not supported; {supported()}",
}


@pytest.mark.parametrize("run", NAMED)
def test_other_operations_are_named(run: Run) -> None:
    with pytest.raises(UnsupportedError) as caught:
        read_module(Forward(run, net=dense(ASN(4))), "net", torch.zeros(1, 16))
    assert str(caught.value) == NAMED[run].format(line_of(run, "return"))


def test_a_forward_without_source_lines() -> None:
    names: dict[str, Run] = {}
    exec("def run(parts, x):\n    return parts['net'](x if x.sum() > 0 else -x)\n", names)
    with pytest.raises(UnsupportedError) as caught:
        read_module(Forward(names["run"], net=dense(ASN(4))), "net", torch.zeros(1, 16))
    assert "torch.fx" not in str(caught.value) and "decide by the numbers in a tensor" in str(caught.value)
