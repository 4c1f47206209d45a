"""An element-wise function as hardware looks it up: a table of integers, exactly."""

from __future__ import annotations

from typing import get_args

import torch
from torch import Tensor

from asn2fpga.kinds.neurons.table import Function, Table
from asn2fpga.nn.check import check_choice, check_integer, check_number
from asn2fpga.nn.neuron import SpikingNeuron, State

LARGEST_INPUT = 80.0
"""Where gradients end at the latest: exp of it is finite in float32."""


class Lookup(SpikingNeuron):
    """y = table of a function at x: sigmoid, tanh or exp, where hardware has a memory for it.

        k = floor(x / step + 1/2), within -2^(A-1)..2^(A-1) - 1         step = limit / 2^(A-1)
        y = round(2^frac_bits * f(k * step)) / 2^frac_bits              within +-255 / 2^frac_bits

    A = address_bits. Backward it is f, with gradient 0 beyond +-limit or +-80. `error` says how far y is
    from f(x). Nothing is kept between time steps. Shapes and errors: see `SpikingNeuron`.
    """

    def __init__(
        self,
        function: Function = "sigmoid",
        *,
        address_bits: int = 10,
        limit: float = 8.0,
        frac_bits: int = 7,
        time_steps: int = 1,
    ) -> None:
        super().__init__(time_steps)
        where = self._label
        check_choice(where, "function", function, get_args(Function))
        self.table = Table(
            function,
            check_integer(where, "address_bits (A)", address_bits, 8, 12),
            check_number(where, "limit", limit, 2.0**-8, 2.0**8),
            check_integer(where, "frac_bits", frac_bits, 0, 8),
        )

    @property
    def error(self) -> float:
        """The largest difference from the function itself, of inputs within +-limit."""
        return self.table.error

    def start(self, x: Tensor) -> State:
        return ()

    def step(self, state: State, x: Tensor) -> tuple[State, Tensor]:
        return state, looked_up(self.table, x)

    def extra_repr(self) -> str:
        """Parameters as `print(module)` shows them."""
        table = self.table
        return (
            f"{table.function!r}, address_bits={table.address_bits}, limit={table.limit:g}, "
            f"frac_bits={table.frac_bits}, time_steps={self.time_steps}"
        )


def looked_up(table: Table, x: Tensor) -> Tensor:
    """The table's output, exactly in any dtype, with the gradient of its function within +-limit."""
    limit = min(table.limit, LARGEST_INPUT)
    inside = x.clamp(-limit, limit)
    smooth: Tensor = getattr(torch, table.function)(inside)
    half = 1 << (table.address_bits - 1)
    index = (x.detach() / table.step + 0.5).floor().clamp(-half, half - 1).long() + half
    values = torch.from_numpy(table.values).to(x.device, x.dtype) / (1 << table.frac_bits)
    return values[index] + (smooth - smooth.detach())
