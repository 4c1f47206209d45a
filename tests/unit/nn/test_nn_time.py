"""RepeatTime, TimeMean and TimeSum."""

from __future__ import annotations

import pytest
import torch

from asn2fpga.errors import InputError
from asn2fpga.nn import RepeatTime, TimeMean, TimeSum


def test_repeat_then_reduce() -> None:
    x = torch.tensor([[1.0, 2.0]])
    repeated = RepeatTime(3)(x)
    assert repeated.shape == (3, 1, 2)
    assert TimeMean()(repeated).tolist() == [[1.0, 2.0]]
    assert TimeSum()(repeated).tolist() == [[3.0, 6.0]]


def test_gradient_of_repeat_is_summed_over_time() -> None:
    x = torch.ones(2, 3, requires_grad=True)
    TimeSum()(RepeatTime(4)(x)).sum().backward()
    assert x.grad is not None and x.grad.tolist() == [[4.0] * 3] * 2


def test_printed_form() -> None:
    assert str(RepeatTime(4)) == "RepeatTime(time_steps=4)"


def test_no_steps_are_refused() -> None:
    with pytest.raises(
        InputError, match=r"^RepeatTime: time_steps \(T\) must be an integer in 1\.\.1024, not 0\.$"
    ):
        RepeatTime(0)
