"""A package on the simulated board: the RTL of the same build, on this machine."""

from __future__ import annotations

import contextlib
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from asn2fpga.board.selftest_run import RESULT, SCORES, Job, SelfTest, read_result
from asn2fpga.board.zynq7 import with_stand_ins, write_zynq7_design
from asn2fpga.errors import InputError
from asn2fpga.hls.design_file import load_design
from asn2fpga.jsonfile import read_json
from asn2fpga.toolchain import process
from asn2fpga.verify.simulated_board import board_of, simulated_board
from asn2fpga.verify.simulators import build_accelerator

WHERE = "simulated board"


def run_simulated(family: str, job: Job, say: Callable[[str], None]) -> SelfTest:
    """Run selftest.py of the job's package against the RTL in `job.folder`, with the files of the package.

    `family`: zynq7000 or zynquplus. InputError if the build has no RTL, CheckError or ToolError if the self
    test cannot do its work.
    """
    if not (job.folder / "rtl" / "accelerator.json").is_file():
        raise InputError(f"{job.folder}: the build ended before stage hls; build again.")
    work = job.folder / "sim" / "board"
    shutil.rmtree(work / "package", ignore_errors=True)
    with zipfile.ZipFile(job.package) as archive:
        archive.extractall(work / "package")
    job.clear_results()
    say("preparing the simulated board")
    with _board(job.folder, work, family) as environment:
        say("running the self test against the simulated RTL")
        data = ["--data", str(job.data.resolve()), "--scores", str(job.results / SCORES)] if job.data else []
        done = process.run(
            [sys.executable, "selftest.py", *job.options, *data, "--json", job.results / RESULT],
            cwd=work / "package",
            log=job.logs / "board-selftest.log",
            timeout_seconds=job.timeout_seconds,
            environment=environment,
            accept=tuple(range(256)),
        )
    return read_result(WHERE, job.results, done)


@contextlib.contextmanager
def _board(folder: Path, work: Path, family: str) -> Iterator[dict[str, str]]:
    """A board with the design of the package in WORK/package: with our own DMA, or a model of AMD's."""
    if "own_dma" not in read_json(work / "package" / "manifest.json"):
        with simulated_board(folder, work, family=family) as environment:
            yield environment
        return
    accelerator = load_design(folder.resolve() / "rtl" / "accelerator.json")
    design = with_stand_ins(
        write_zynq7_design(accelerator, "The simulated board's.", work.resolve() / "zynq7")
    )
    program = build_accelerator(design, folder.resolve() / "sim", work / "logs")
    with board_of(design, program, work, family=family) as environment:
        yield environment
