"""What is asked of a build, from named options: those of the command line and of `asn2fpga.build`."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import Any

from asn2fpga.api.importing import NAMES, import_options, source_file
from asn2fpga.board.flow import FLOWS, Flow
from asn2fpga.board.spec import BoardSpec, find_board
from asn2fpga.config import CHECKS, Config, EngineName, parse_forms, parse_per_layer, read_config
from asn2fpga.errors import InputError, did_you_mean, shown
from asn2fpga.files import check_regular
from asn2fpga.importing import is_code
from asn2fpga.stages.base import Request

PER_LAYER = ("weight_bits", "lanes", "pixels")
OTHERS = ("config", "jobs", "bitstream", "vivado", "activity", "resume", "unsafe_pickle")
OPTIONS = tuple(sorted({*CHECKS, *NAMES, *OTHERS}))
"""Every option of a request, as it is called in Python."""


def make_request(
    model: Path,
    board: str | BoardSpec,
    data: Path | None,
    options: Mapping[str, Any],
    written: Container[Path] = (),
) -> Request:
    """The request; options that are None or missing are not given. InputError names the one that is wrong.

    Values are those of Python, or the texts of the command line (`fc1=4,fc2=8`). written: files that are
    not there yet, because the build writes them.
    """
    jobs = (os.cpu_count() or 1) if options.get("jobs") is None else options["jobs"]
    check_jobs(jobs)
    spec = find_board(board) if isinstance(board, str) else board
    config = config_of(options)
    check_engine(config.engine)
    vivado = _path(options.get("vivado"))
    check_vivado(vivado)
    bitstream = flow_of(options.get("bitstream"), spec)
    there = None if data in written else data
    check_readable("MODEL", None if model in written else source_file(model))
    check_readable("--data", there)
    check_readable("--weights", _path(options.get("weights")))
    check_data(there)
    return Request(
        model=model,
        board=spec.at(config.clock_mhz),
        config=config,
        data=data,
        importing=import_options(options, data),
        jobs=jobs,
        vivado=vivado,
        activity=bool(options.get("activity")),
        resume=bool(options.get("resume")),
        bitstream=bitstream,
    )


def check_names(
    function: str, given: Iterable[str], known: Iterable[str] = OPTIONS, command: str = "build"
) -> None:
    """InputError for an option that there is not, with the one that was perhaps meant."""
    for name in given:
        if name not in known:
            raise InputError(
                f"{function}: there is no option '{name}'{did_you_mean(name, known)} The options are those "
                f"of `asn2fpga {command} --help`, with underscores."
            )


def config_of(options: Mapping[str, Any]) -> Config:
    """Defaults, the file `config`, and the options that are keys of it."""
    values: dict[str, Any] = {key: options.get(key) for key in CHECKS}
    for key in PER_LAYER:
        if isinstance(values[key], str):
            values[key] = parse_per_layer(f"--{key.replace('_', '-')}", values[key])
    if isinstance(values["form"], str):
        values["form"] = parse_forms("--form", values["form"])
    return read_config(_path(options.get("config")), values)


def out_name(model: Path) -> str:
    """What the out folder of a model is called: as the file, or as what code builds."""
    return str(model).rpartition(":")[2] if is_code(model) else model.stem


def _path(value: str | Path | None) -> Path | None:
    return None if value is None else Path(value)


def check_jobs(jobs: object) -> None:
    """InputError unless there is at least one."""
    if isinstance(jobs, bool) or not isinstance(jobs, int):
        raise InputError(f"--jobs: the value must be an integer, not {shown(jobs)}.")
    if jobs < 1:
        raise InputError(f"--jobs: the value must be at least 1, not {jobs}.")


def check_engine(name: EngineName) -> None:
    """InputError if the engine is a vendor's tool that is not installed: before anything else is done."""
    if name == "llvm":
        return
    from asn2fpga.stages.hls import find_engine

    find_engine(name)


def check_vivado(path: Path | None) -> None:
    """InputError if --vivado names a program that is not there: before anything else is done."""
    from asn2fpga.board.vivado_run import find_vivado

    if path is not None:
        find_vivado(path)


def flow_of(name: object, board: BoardSpec) -> Flow:
    """The tools that make the bitstream, Vivado if none is named; InputError if they cannot for the board."""
    from asn2fpga.board.openxc7 import check_openxc7_board

    if name is None:
        return "vivado"
    flow = next((flow for flow in FLOWS if flow == name), None)
    if flow is None:
        raise InputError(f"--bitstream: the value must be one of {', '.join(FLOWS)}, not {shown(name)}.")
    if flow == "openxc7":
        check_openxc7_board(board)
    return flow


def check_data(path: Path | None) -> None:
    """InputError unless --data is an archive with an array x: before anything else is done."""
    if path is not None:
        from asn2fpga.loader.data_file import check_holds_x

        check_holds_x(path)


def check_files(model: Path, data: Path | None, weights: Path | None) -> None:
    """InputError if one of them is not a file that can be read."""
    for option, path in (("MODEL", source_file(model)), ("--data", data), ("--weights", weights)):
        check_readable(option, path)


def check_readable(option: str, path: Path | None) -> None:
    """InputError if `path` is not a file that can be read."""
    if path is None:
        return
    check_regular(path, f"{option} {path}")
    try:
        with path.open("rb"):
            return
    except OSError as error:
        raise InputError(f"{option} {path}: the file must be readable, not '{error.strerror}'.") from error
