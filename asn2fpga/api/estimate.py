"""`asn2fpga.estimate`: what a network would be on one board or on all, without any RTL."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from asn2fpga.api.estimated import Estimate
from asn2fpga.api.inputs import OF_MODULES, Model, Samples, take_inputs
from asn2fpga.api.request import OPTIONS, check_names, make_request
from asn2fpga.board.spec import BoardSpec, find_board, known_boards
from asn2fpga.errors import DoesNotFitError, InputError
from asn2fpga.golden.simulate import accuracy
from asn2fpga.loader.data_file import Data
from asn2fpga.passes.fold_lanes import Folding
from asn2fpga.reference import float_model
from asn2fpga.stages.base import Request
from asn2fpga.stages.board_estimate import BoardEstimate, estimate_on, fold_for, make_and_run
from asn2fpga.stages.load import ReadModel, read_request
from asn2fpga.stages.quantise import refuse_weights
from asn2fpga.toolchain.plan import write_file

ALL = "all"
SAMPLES = 500
"""Samples that accuracy and activity are taken of, unless said otherwise."""


def estimate(
    model: Model,
    board: str | Sequence[str] = "pynq-z2",
    data: Samples | None = None,
    *,
    samples: int = SAMPLES,
    **options: Any,
) -> Estimate:
    """Accuracy of the integer network, and its predicted cycles, resources and energy; nothing is written.

    model, data: as `asn2fpga.build` takes them. board: a board, several, or "all" that come with asn2fpga.
    samples: as many of data (of the calibration samples without data) are used, spread over the classes.
    options: those of `asn2fpga estimate`, with underscores; of a module also those of `asn2fpga.save`.
    What does not fit is told for each board with what to change; only bad input raises an InputError.
    """
    check_names("estimate", options, (*OPTIONS, "model", *OF_MODULES), "estimate")
    if isinstance(samples, bool) or not isinstance(samples, int) or samples < 1:
        raise InputError(f"--samples: the value must be an integer of at least 1, not {samples}.")
    began = time.perf_counter()
    boards = [find_board(name) for name in names_of(board)]
    options["factory"] = options.pop("model", options.get("factory"))
    read = _read(model, boards[0], data, options)
    found = _Estimator(*read, samples)
    rows = tuple(found.on(spec) for spec in boards)
    return found.result(rows, time.perf_counter() - began)


def names_of(board: str | Sequence[str]) -> tuple[str, ...]:
    """Names of the boards that are meant."""
    if isinstance(board, str):
        return known_boards() if board == ALL else (board,)
    if not board:
        raise InputError("--board: one board at least must be given, not none.")
    return tuple(board)


def _read(
    model: Model, board: BoardSpec, data: Samples | None, options: dict[str, Any]
) -> tuple[Request, ReadModel]:
    """The request, and the model and samples; modules and arrays go through files, as those of a build do."""
    with tempfile.TemporaryDirectory(prefix="asn2fpga-estimate-") as folder:
        inputs = take_inputs(model, data, Path(folder), options)
        for path, content in inputs.files.items():
            write_file(Path(folder) / path, content)
        request = make_request(inputs.model, board, inputs.data, options)
        return request, read_request(request)


class _Estimator:
    """One network: made integer and run once, then folded for each board."""

    def __init__(self, request: Request, read: ReadModel, samples: int) -> None:
        self.config, self.read = request.config, read
        y = read.samples.y
        self.used = Data(read.samples.x[:samples], None if y is None else y[:samples])
        calibration = read.loaded.calibration
        self.made = make_and_run(self.config, read.graph, calibration, self.used, read.loaded.labels)
        self.foldings: dict[object, Folding] = {}

    def on(self, board: BoardSpec) -> BoardEstimate:
        """What the network would be there; what does not fit is told, with what to change."""
        spec = board.at(self.config.clock_mhz)
        try:
            refuse_weights(self.config, spec, self.read.graph)
            folding = self._folding(spec)
        except DoesNotFitError as error:
            return BoardEstimate.without(spec, str(error))
        return estimate_on(self.config, spec, self.made, folding)

    def _folding(self, board: BoardSpec) -> Folding:
        """Boards that differ in nothing that lanes are chosen for share one."""
        key = (board.resources, board.vivado.dma_width_bits, board.clock_mhz)
        if key not in self.foldings:
            self.foldings[key] = fold_for(self.config, board, self.made)
        return self.foldings[key]

    def result(self, boards: tuple[BoardEstimate, ...], seconds: float) -> Estimate:
        """Everything that was found out."""
        real, y = float_model.scores_of(self.read.graph, self.used.x), self.used.y
        return Estimate(
            model=self.read.graph.name,
            parameters=self.read.loaded.parameters,
            samples=len(self.used.x),
            data=self.read.data,
            accuracy_float=None if y is None else accuracy(real, y),
            accuracy_integer=None if y is None else accuracy(self.made.scores, y),
            agreement=float(np.mean(real.argmax(axis=1) == self.made.scores.argmax(axis=1))),
            accumulates_per_inference=self.made.totals["accumulates_per_inference"],
            events_per_inference=self.made.totals["events_per_inference"],
            boards=boards,
            warnings=tuple(warning.sentence for warning in self.read.warnings),
            seconds=seconds,
        )
