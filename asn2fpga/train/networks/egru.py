"""The gated network of `train-example`: EGRU (arXiv 2206.06178) on the rows of an image."""

from __future__ import annotations

from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.nn import EGRU, Integrator
from asn2fpga.train.networks.counts import CountPoint
from asn2fpga.train.networks.example import ExampleNetwork
from asn2fpga.train.options import WHERE, TrainOptions

THRESHOLD, LEAK = 0.1, 0.75


class GatedNetwork(ExampleNetwork):
    """Rows -> EGRU of `hidden` units -> Linear -> a membrane that leaks -> scores after the last row.

    x: (time, batch, width) uint8 in 0..max_count, a row of the image at each time step.
    """

    def __init__(self, shape: tuple[int, ...], classes: int, max_count: int, options: TrainOptions) -> None:
        super().__init__()
        hidden = options.hidden or ()
        if len(hidden) != 1 or options.count_penalty or options.weight_bits:
            raise InputError(
                f"{WHERE}: the network egru has one layer of gated units, trained in float; give "
                "--hidden one number, and leave --count-penalty and --weight-bits out."
            )
        self.max_count = max_count
        self.gru = EGRU(shape[0], hidden[0], time_steps=options.steps, thr_mean=THRESHOLD)
        self.head = nn.Linear(hidden[0], classes)
        self.end = Integrator(LEAK, "last", options.steps)

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.end(self.head(self.gru(x.float() / self.max_count)))
        return scores

    def count_points(self) -> tuple[CountPoint, ...]:
        """The gated units."""
        return (CountPoint("gru", self.gru),)
