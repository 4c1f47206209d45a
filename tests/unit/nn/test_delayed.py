"""DelayedLinear: the sum of weights and what arrived some time steps before, synapse by synapse."""

from __future__ import annotations

import pytest
import torch

from asn2fpga.errors import InputError
from asn2fpga.nn import DelayedLinear

T, BATCH = 7, 2


def layer(positions: list[list[float]], bias: bool = True) -> DelayedLinear:
    torch.manual_seed(1)
    made = DelayedLinear(3, 2, 4, bias).double()
    made.positions.data = torch.tensor(positions, dtype=torch.float64)
    return made


def by_hand(made: DelayedLinear, x: torch.Tensor, delays: torch.Tensor) -> torch.Tensor:
    total = torch.zeros(T, BATCH, 2, dtype=torch.float64)
    for step in range(T):
        for out in range(2):
            for source in range(3):
                early = step - int(delays[out, source])
                if early >= 0:
                    total[step, :, out] += made.weight[out, source] * x[early, :, source]
    return total if made.bias is None else total + made.bias


@pytest.mark.parametrize("bias", [True, False])
def test_delays_are_rounded_in_eval_mode(bias: bool) -> None:
    made = layer([[0.2, 3.6, 1.0], [2.4, -1.0, 9.0]], bias).eval()
    delays = torch.tensor([[0, 4, 1], [2, 0, 4]])
    assert torch.equal(made.delays, delays)
    x = torch.randn(T, BATCH, 3, dtype=torch.float64)
    torch.testing.assert_close(made(x), by_hand(made, x, delays))


def test_a_delay_between_two_steps_is_shared_while_it_trains() -> None:
    made = layer([[1.25, 0.0, 0.0], [0.0, 0.0, 0.0]], bias=False).train()
    x = torch.randn(T, BATCH, 3, dtype=torch.float64)
    low, high = made.delays.clone(), made.delays.clone()
    low[0, 0], high[0, 0] = 1, 2
    expected = 0.75 * by_hand(made, x, low) + 0.25 * by_hand(made, x, high)
    torch.testing.assert_close(made(x), expected)
    made(x).sum().backward()
    assert made.positions.grad is not None
    assert made.positions.grad[0, 0] != 0


def test_a_sequence_shorter_than_the_longest_delay() -> None:
    made = layer([[4.0, 4.0, 0.0], [4.0, 4.0, 4.0]], bias=False).eval()
    x = torch.ones(2, BATCH, 3, dtype=torch.float64)
    assert torch.equal(made(x)[..., 1], torch.zeros(2, BATCH, dtype=torch.float64))
    assert (made(x)[..., 0] == made.weight[0, 2]).all()


def test_what_does_not_fit_is_refused() -> None:
    made = layer([[0.0] * 3] * 2)
    for shape in ((BATCH, 3), (T, BATCH, 4)):
        with pytest.raises(InputError) as caught:
            made(torch.zeros(shape, dtype=torch.float64))
        assert str(caught.value) == f"DelayedLinear: the input must be (time, batch, 3), not {shape}."
    with pytest.raises(InputError) as caught:
        DelayedLinear(3, 2, 0)
    assert str(caught.value) == "DelayedLinear: max_delay must be an integer in 1..1023, not 0."
    assert repr(made) == "DelayedLinear(3, 2, max_delay=4)"
