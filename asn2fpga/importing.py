"""What the user says of a model beside the file: how its code is called, its time, its input and output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self, get_args

ReadOut = Literal["sum", "mean", "last", "max"]
Discretisation = Literal["euler", "exact"]
TimeAxis = Literal["first", "last"]
InputEncoding = Literal["frames", "events"]

READ_OUTS: tuple[ReadOut, ...] = get_args(ReadOut)
DISCRETISATIONS: tuple[Discretisation, ...] = get_args(Discretisation)
TIME_AXES: tuple[TimeAxis, ...] = get_args(TimeAxis)
ENCODINGS: tuple[InputEncoding, ...] = get_args(InputEncoding)


@dataclass(frozen=True)
class ImportOptions:
    """Options of `asn2fpga build` about models that come from elsewhere; None, False or empty: not given.

    factory: package.module:function, the user's code that builds the module of a checkpoint. arguments: of
    the code that builds the module, (name, text) in the order of the command line. weights: a checkpoint for
    it. unsafe_pickle: load a pickled module. input_scale: the value that the module sees for the integer 1.
    encoding, max_count: as in `save`. time_steps: T, of a module that is called once per step, or of a NIR
    graph. time_axis: of what the module takes, "last" if that is (batch, ..., time). output: which of the
    tensors that forward returns, or of the Outputs of a NIR graph. read_out: what becomes of membranes that
    forward returns over time, and of what reaches the Output of a NIR graph. dt: the time step of a NIR graph
    in s; discretisation: how its equations are solved.
    data: samples, for their shape where the model says none.
    """

    factory: str | None = None
    arguments: tuple[tuple[str, str], ...] = ()
    weights: Path | None = None
    unsafe_pickle: bool = False
    input_scale: float | None = None
    encoding: InputEncoding | None = None
    max_count: int | None = None
    time_steps: int | None = None
    time_axis: TimeAxis | None = None
    output: int | None = None
    read_out: ReadOut | None = None
    dt: float | None = None
    discretisation: Discretisation | None = None
    data: Path | None = None

    def to_plain(self) -> dict[str, Any]:
        """As JSON values, without `data`, which a request holds itself."""
        plain = {name: value for name, value in vars(self).items() if name != "data"}
        return plain | {
            "weights": None if self.weights is None else str(self.weights),
            "arguments": [list(pair) for pair in self.arguments],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], data: Path | None) -> Self:
        """Inverse of to_plain; TypeError or KeyError for what it did not write."""
        weights = plain["weights"]
        values = dict(plain) | {
            "weights": None if weights is None else Path(weights),
            "arguments": tuple((str(name), str(value)) for name, value in plain["arguments"]),
        }
        return cls(**values, data=data)


NOTHING_SAID = ImportOptions()


def is_code(model: str | Path) -> bool:
    """Whether a MODEL names code, my_model.py:Net or package.module:Net, and no file has that name."""
    source, separator, function = str(model).rpartition(":")
    names = function.split(".")
    return bool(source and separator) and all(map(str.isidentifier, names)) and not Path(model).exists()
