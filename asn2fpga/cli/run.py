"""`asn2fpga run`: the package on a board over ssh, or on a simulated one; the report shows it."""

from __future__ import annotations

import math
from argparse import Namespace
from pathlib import Path

from rich.console import Console

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
from asn2fpga.runner import vars_of
from asn2fpga.stages.board_run import board_figures, mismatches, with_board_run
from asn2fpga.stages.folder import Folder, load_graph
from asn2fpga.stages.manifest import Manifest, products_unchanged, read_manifest, write_manifest
from asn2fpga.stages.workspace import claim

SIMULATED = "simulated board"


def run(options: Namespace) -> int:
    """Run the self test there, print what it printed, write the reports. A wrong score is an error."""
    if bool(options.host) == options.simulated:
        raise InputError("--host, --simulated: one of them must be given, not both or none.")
    if options.simulated and options.power:
        raise InputError(
            "--power: the board must be a real one, not a simulated one; there is nothing to measure."
        )
    if options.vectors is not None and options.vectors < 1:
        raise InputError(f"--vectors: the value must be at least 1, not {options.vectors}.")
    if not 0 < options.timeout < math.inf:
        raise InputError(f"--timeout: the time must be above 0 s, not {options.timeout:g}.")
    manifest = read_manifest(options.directory)
    package = find_package(options.directory, manifest)
    state = Folder(options.directory).state
    x = read_data(options.data, load_graph(state / "real"))
    where = SIMULATED if options.simulated else options.host.rpartition("@")[2]
    result = _self_test(options, package)
    print(result.text, end="")
    figures = board_figures(where, result, load_graph(state / "integer"), x)
    keep(options.directory, figures, result)
    print(f"Report: {options.directory / 'report.html'}")
    problem = mismatches(figures)
    if problem:
        raise CheckError(f"{where}: the scores must equal the golden model, not {problem}.")
    return 0


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


def _self_test(options: Namespace, package: Path) -> SelfTest:
    folder = Folder(options.directory)
    arguments = [*(["--vectors", str(options.vectors)] if options.vectors is not None else [])]
    arguments += ["--power"] if options.power else []
    job = Job(package, options.data, tuple(arguments), folder.absolute, options.timeout)
    with Console(stderr=True).status("running", spinner="line") as status:
        if not options.simulated:
            return run_remote(remote_board(options), job, status.update)
        zynq = read_manifest(options.directory).request["board"]["vivado"]["zynq"]
        return run_simulated(zynq, job, status.update)


def remote_board(options: Namespace) -> RemoteBoard:
    """The board that the options name; `USER@HOST` and `--user USER` are the same."""
    user, _, host = options.host.rpartition("@")
    return RemoteBoard(
        host=host,
        user=options.user or user or None,
        port=options.port,
        identity=options.identity,
        ssh_config=options.ssh_config,
        python=options.python,
        sudo=options.sudo,
    )


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
