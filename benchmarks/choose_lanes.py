"""CPU seconds of making a network integer: its scales and thresholds, and its lanes, on a PYNQ-Z2.

Of the networks of `asn2fpga train-example` in their default sizes, after a few batches: what is chosen
depends on the training, how long that takes hardly does. `choose_lanes.py NAME ...` measures some of them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from asn2fpga.api.request import make_request
from asn2fpga.board.spec import find_board
from asn2fpga.passes import fold_lanes
from asn2fpga.passes.fold_lanes import Folding
from asn2fpga.passes.predictions import Predictions
from asn2fpga.stages.load import read_request
from asn2fpga.stages.quantise import FOLDING_SAMPLES, folded, quantised_of
from asn2fpga.train.options import TrainOptions, check_options
from asn2fpga.train.train import train_example

NETWORKS = ("lenet", "vgg", "spikingformer", "spike-driven", "qkformer", "language")
SAMPLES = 320
Result = TypeVar("Result")


def main(names: list[str]) -> None:
    """A row for each network."""
    print(
        f"{'network':14} {'scales, s':>10} {'lanes, s':>10} {'compared':>10} {'interval':>10} {'latency':>10}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in names or NETWORKS:
            measure(name, Path(folder) / "model.pt")


def measure(name: str, model: Path) -> None:
    """Train a little, then choose."""
    data = "text" if name == "language" else "digits"
    given = {"dataset": data, "network": name, "out": model, "train_samples": SAMPLES, "epochs": 1}
    train_example(check_options(TrainOptions(**given)), lambda progress: None)  # type: ignore[arg-type]
    board = find_board("pynq-z2")
    request = make_request(model, board, None, {})
    read = read_request(request)
    x, labels = read.loaded.calibration, read.loaded.labels
    assert x is not None
    scales, made = seconds(lambda: quantised_of(request.config, read.graph, x, x, labels))
    graph = made.quantised.graph
    asked = _counted()
    lanes, folding = seconds(lambda: folded(request.config, board, graph, x[:FOLDING_SAMPLES]))
    _show(name, scales, lanes, asked[-1].asked.count, folding)


def _counted() -> list[Predictions]:
    """The predictions that searches from now on make."""
    made: list[Predictions] = []

    class Counted(Predictions):
        def __init__(self, *given: object) -> None:
            super().__init__(*given)  # type: ignore[arg-type]
            made.append(self)

    fold_lanes.Predictions = Counted  # type: ignore[attr-defined, misc]
    return made


def _show(name: str, scales: float, lanes: float, asked: int, folding: Folding) -> None:
    speed = folding.speed
    print(
        f"{name:14} {scales:10.1f} {lanes:10.1f} {asked:10,} {speed.interval:10,.0f} {speed.latency:10,.0f}",
        flush=True,
    )


def seconds(run: Callable[[], Result]) -> tuple[float, Result]:
    """CPU time of a call, and what it gives."""
    began = time.process_time()
    found = run()
    return time.process_time() - began, found


if __name__ == "__main__":
    main(sys.argv[1:])
