"""Integrator: a read-out of membranes that never fire."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from asn2fpga.errors import InputError
from asn2fpga.nn import Integrator
from asn2fpga.nn.integrator import Output

X = torch.tensor([[[1.0, -2.0]], [[2.0, 0.0]], [[-4.0, 1.0]]])
"""(3, 1, 2); with beta 0.5 the membranes are 1, 2.5, -2.75 and -2, -1, 0.5."""

EXPECTED: dict[Output, object] = {
    "last": [[-2.75, 0.5]],
    "max": [[2.5, 0.5]],
    "mean": [[0.25, -2.5 / 3]],
    "sum": [[0.75, -2.5]],
    "all": [[[1.0, -2.0]], [[2.5, -1.0]], [[-2.75, 0.5]]],
}


@pytest.mark.parametrize("output", EXPECTED)
def test_outputs(output: Output) -> None:
    assert Integrator(0.5, output, 3)(X.double()).tolist() == EXPECTED[output]


def test_the_last_membrane_is_the_default() -> None:
    assert torch.equal(Integrator(0.5, time_steps=3)(X), Integrator(0.5, "last", time_steps=3)(X))


def test_without_leak_the_last_membrane_is_the_sum_and_with_all_leak_the_last_input() -> None:
    assert torch.equal(Integrator(1, time_steps=3)(X), X.sum(0))
    assert torch.equal(Integrator(0, time_steps=3)(X), X[-1])


def test_one_time_step_has_no_time_axis() -> None:
    assert all(torch.equal(Integrator(0.5, output)(X), X) for output in EXPECTED)


def test_gradients_leak() -> None:
    x = X.clone().requires_grad_()
    Integrator(0.5, time_steps=3)(x)[0, 0].backward()
    assert x.grad is not None and x.grad[:, 0, 0].tolist() == [0.25, 0.5, 1.0]


def test_printed_form_and_nothing_to_save() -> None:
    module = Integrator(0.9, output="max", time_steps=4)
    assert str(module) == "Integrator(beta=0.9, output='max', time_steps=4)"
    assert dict(module.state_dict()) == {}


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: Integrator(-1), "Integrator: beta must be a number in 0..1, not -1."),
    (
        lambda: Integrator(torch.tensor(0.5)),  # type: ignore[arg-type]
        "Integrator: beta must be a number in 0..1, not tensor(0.5000).",
    ),
    (
        lambda: Integrator(0.5, "first"),  # type: ignore[arg-type]
        "Integrator: output must be one of 'last', 'max', 'mean', 'sum', 'all', not 'first'.",
    ),
    (
        lambda: Integrator(0.5, time_steps=1025),
        "Integrator: time_steps (T) must be an integer in 1..1024, not 1025.",
    ),
    (
        lambda: Integrator(0.5, time_steps=2)(X),
        "Integrator: the input must have time as its first axis, 2 steps long, not shape (3, 1, 2); "
        "repeat a static input with RepeatTime(2).",
    ),
]


@pytest.mark.parametrize(("make", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_parameters_and_inputs_are_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value) == message
