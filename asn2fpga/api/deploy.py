"""The package of a build: made again, and run on a board over ssh or on a simulated one."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

from asn2fpga.board.remote import RemoteBoard, run_remote
from asn2fpga.board.selftest_run import Job, SelfTest
from asn2fpga.board.simulated import run_simulated
from asn2fpga.errors import CheckError, InputError
from asn2fpga.figures.board_run import BoardRunFigures
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.loader.data_file import load_data
from asn2fpga.report.measurements import keep_measurements
from asn2fpga.report.write import write_report
from asn2fpga.runner import Observer, Runner, Silent, vars_of
from asn2fpga.stages.board_run import board_figures, mismatches, with_board_run
from asn2fpga.stages.folder import Folder, load_graph
from asn2fpga.stages.manifest import (
    Manifest,
    check_passed,
    check_unchanged,
    products_unchanged,
    read_manifest,
    write_manifest,
)
from asn2fpga.stages.package import STAGE
from asn2fpga.stages.request import from_plain
from asn2fpga.stages.workspace import claim

SIMULATED = "simulated board"
NEEDED = ("load", "quantise", "golden")
Say = Callable[[str], None]


_OF_SSH = ("user", "port", "identity", "ssh_config", "python", "sudo")


@dataclasses.dataclass(frozen=True)
class Target:
    """Where to run a package: a board reached over ssh ([USER@]HOST), or a simulated one.

    vectors: the first N test vectors only. power: measure energy with the board's sensors. timeout: of the
    whole, in seconds. The others are those of ssh; python: the interpreter there.
    """

    host: str | None = None
    simulated: bool = False
    vectors: int | None = None
    power: bool = False
    timeout: float = 3600.0
    user: str | None = None
    port: int = 22
    identity: Path | None = None
    ssh_config: Path | None = None
    python: str = "python3"
    sudo: bool = False

    def check(self) -> None:
        """InputError naming the option that is wrong."""
        if bool(self.host) == self.simulated:
            raise InputError("--host, --simulated: one of them must be given, not both or none.")
        if self.simulated and self.power:
            raise InputError(
                "--power: the board must be a real one, not a simulated one; there is nothing to measure."
            )
        if self.simulated:
            self._check_simulated()
        if self.vectors is not None and self.vectors < 1:
            raise InputError(f"--vectors: the value must be at least 1, not {self.vectors}.")
        if not 0 < self.timeout < math.inf:
            raise InputError(f"--timeout: the time must be above 0 s, not {self.timeout:g}.")

    def _check_simulated(self) -> None:
        """A simulated board is reached without ssh."""
        for field in dataclasses.fields(self):
            if field.name in _OF_SSH and getattr(self, field.name) != field.default:
                flag = f"--{field.name.replace('_', '-')}"
                raise InputError(
                    f"{flag}: the board must be one with --host, not a simulated one; leave it out."
                )

    @property
    def name(self) -> str:
        """As reports call it."""
        return SIMULATED if self.host is None else self.host.rpartition("@")[2]

    @property
    def remote(self) -> RemoteBoard:
        """The board over ssh; `USER@HOST` and `user` are the same."""
        user, _, host = (self.host or "").rpartition("@")
        return RemoteBoard(
            host=host,
            user=self.user or user or None,
            port=self.port,
            identity=self.identity,
            ssh_config=self.ssh_config,
            python=self.python,
            sudo=self.sudo,
        )


@dataclasses.dataclass(frozen=True)
class Deployed:
    """What the self test printed, and its figures."""

    text: str
    figures: BoardRunFigures


def deploy(root: Path, target: Target, data: Path | None, say: Say) -> Deployed:
    """Run the self test of the package there and keep what it found. InputError if there is no package."""
    target.check()
    manifest = read_manifest(root)
    package = find_package(root, manifest)
    state = Folder(root).state
    x = read_data(data, load_graph(state / "real"))
    job = Job(package, data, _arguments(target), root.resolve(), target.timeout)
    result = _self_test(root, target, job, say)
    figures = board_figures(target.name, result, load_graph(state / "integer"), x)
    keep(root, figures, result)
    return Deployed(result.text, figures)


def check_scores(target: Target, figures: BoardRunFigures) -> None:
    """CheckError if a score is another one than golden's."""
    problem = mismatches(figures)
    if problem:
        raise CheckError(f"{target.name}: the scores must equal the golden model, not {problem}.")


def _arguments(target: Target) -> tuple[str, ...]:
    vectors = () if target.vectors is None else ("--vectors", str(target.vectors))
    return (*vectors, *(["--power"] if target.power else []))


def _self_test(root: Path, target: Target, job: Job, say: Say) -> SelfTest:
    if not target.simulated:
        return run_remote(target.remote, job, say)
    return run_simulated(read_manifest(root).request["board"]["vivado"]["zynq"], job, say)


def find_package(root: Path, manifest: Manifest) -> Path:
    """The package of a build; InputError if there is none, or not the one that was made."""
    entry = manifest.stages.get("package")
    if entry is None or not entry.products or not products_unchanged(root, entry):
        what = "changed since" if entry and entry.products else "missing"
        raise InputError(
            f"{root}: the package must be there as it was made, not {what}; run `asn2fpga package {root}`."
        )
    return root / next(iter(entry.products))


def read_data(path: Path | None, graph: Graph) -> Array | None:
    """x of a data file, checked as `asn2fpga build --data` does; `graph`: the real-valued one."""
    if path is None:
        return None
    layer = input_of(graph)
    return load_data(path, layer, graph.classes).x


def keep(root: Path, figures: BoardRunFigures, result: SelfTest) -> None:
    """Put the run into the manifest, its energy into DIR/measurements, and both into the reports."""
    with claim(root) as folder:
        manifest = with_board_run(read_manifest(root), figures, result.seconds)
        write_manifest(folder.root, manifest)
        plain = vars_of(manifest)
        measured = [entry for entry in result.figures.get("energy") or () if entry["source"] == "measured"]
        if measured:
            keep_measurements(root, plain, "rails", measured)
        write_report(root, plain)


def remake_package(root: Path, observer: Observer | None = None) -> Manifest:
    """Run stage package whatever was done before; the manifest with its result.

    InputError unless the network is quantised and its golden model has run.
    """
    read_manifest(root)
    with claim(root) as folder:
        old = read_manifest(root)
        check_passed(root, old, NEEDED)
        check_unchanged(root, old, NEEDED)
        kept = {name: entry for name, entry in old.stages.items() if name != STAGE.name}
        stage = dataclasses.replace(STAGE, needs=tuple(name for name in STAGE.needs if name in kept))
        runner = Runner(from_plain(old.request, 1), folder, Manifest(old.request, kept), observer or Silent())
        runner.run(stage)
        write_report(root, vars_of(runner.manifest))
    return runner.manifest
