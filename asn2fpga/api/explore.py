"""`asn2fpga.explore`: designs of a network that no other one is better than, found by trying."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn2fpga.api.inputs import OF_MODULES, Model, Samples, take_inputs
from asn2fpga.api.request import OPTIONS, check_names, make_request
from asn2fpga.api.workers import Workers
from asn2fpga.config import CHECKS
from asn2fpga.exploration.asked import RTL_BUILDS, SAMPLES, Asked
from asn2fpga.exploration.designs import Design
from asn2fpga.exploration.explore import Watcher
from asn2fpga.exploration.explore import explore as run
from asn2fpga.exploration.objectives import parse_limits, parse_objectives
from asn2fpga.exploration.results import BEST, PLOT, Results
from asn2fpga.stages.base import Request
from asn2fpga.tomlfile import read_toml
from asn2fpga.toolchain.plan import write_file
from asn2fpga.workers.extras import needed

NOT_HERE = ("jobs", "resume", "activity", "bitstream", "vivado")


class Silent:
    """A watcher that shows nothing."""

    def began(self, what: str, done: int, total: int) -> None:
        """Nothing."""

    def ended(self, design: Design) -> None:
        """Nothing."""


@dataclass(frozen=True, eq=False)
class Exploration:
    """What lies in the folder `path` afterwards. results: front, best and all designs with their figures."""

    path: Path
    results: Results

    @property
    def best(self) -> Path:
        """The configuration nearest to the best of every objective, for --config."""
        return self.path / BEST

    @property
    def points(self) -> tuple[Path, ...]:
        """A configuration for each point of the front, in the order of the table."""
        return tuple(self.path / name for name in self.to_plain()["points"])

    @property
    def plot(self) -> Path:
        """The page with all designs."""
        return self.path / PLOT

    def to_plain(self) -> dict[str, Any]:
        """results.json."""
        return self.results.to_plain()

    def __str__(self) -> str:
        table = self.results.rows()
        widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
        lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in table]
        return "\n".join(line.rstrip() for line in lines)


def explore(
    model: Model,
    board: str = "pynq-z2",
    data: Samples | None = None,
    out: str | Path = "explore",
    objectives: str | Iterable[str] = ("latency", "lut", "accuracy"),
    trials: int = 50,
    *,
    limits: str | Mapping[str, float] | None = None,
    executor: Executor | None = None,
    jobs: int | None = None,
    dask: str | None = None,
    slurm: str | None = None,
    rtl_builds: int = RTL_BUILDS,
    samples: int = SAMPLES,
    watcher: Watcher | None = None,
    **options: Any,
) -> Exploration:
    """Try `trials` designs by prediction, build those that no other one is better than, write it all down.

    model, data: as `asn2fpga.build` takes them. out: the folder; the same call continues what lies there.
    objectives: latency, interval, lut, ff, bram36, dsp, energy, accuracy, agreement. limits: what designs
    must keep to, {"lut": 0.5} (shares of the board, us, uJ; of accuracy and agreement the least).
    executor: any of concurrent.futures whose workers see the same folders; or jobs: processes here; dask: the
    address of a scheduler; slurm: "KEY=VALUE,...". rtl_builds: designs that are built, at most, 0: none.
    samples: of data, that accuracy and activity are taken of.
    options: those of `asn2fpga explore`, with underscores: what is given is not explored.
    Raises an Asn2FpgaError, in one sentence, as the command line prints it.
    """
    known = (*(name for name in OPTIONS if name not in NOT_HERE), "model", *OF_MODULES)
    check_names("explore", options, known, "explore")
    needed("optuna", "asn2fpga explore")
    open_pool = Workers(jobs, dask, slurm, executor).opener()
    options["factory"] = options.pop("model", options.get("factory"))
    asked_objectives, asked_limits = parse_objectives(objectives), parse_limits(limits)
    folder = Path(out)
    request, files = _request(model, board, data, folder, options)
    asked = Asked(
        request=request,
        given=given_keys(options),
        objectives=asked_objectives,
        limits=asked_limits,
        trials=trials,
        rtl_builds=rtl_builds,
        samples=samples,
    )
    asked.check()
    for path, content in files.items():
        write_file(path, content)
    return Exploration(folder, run(asked, folder, open_pool, watcher or Silent()))


def _request(
    model: Model, board: str, data: Samples | None, folder: Path, options: dict[str, Any]
) -> tuple[Request, dict[Path, bytes]]:
    """What is asked, and the files of a module and of arrays: beside the folder, which holds nothing yet."""
    beside = folder.with_name(f"{folder.name}-inputs")
    inputs = take_inputs(model, data, beside, options)
    files = {beside / path: content for path, content in inputs.files.items()}
    return make_request(inputs.model, board, inputs.data, options, files), files


def given_keys(options: Mapping[str, Any]) -> frozenset[str]:
    """Keys of the configuration that were said, as options or in the file --config."""
    path = options.get("config")
    in_file = () if path is None else read_toml(Path(path)).values
    return frozenset([*(key for key in CHECKS if options.get(key) is not None), *in_file])
