"""`asn2fpga build`: run the stages, then show the report."""

from __future__ import annotations

import dataclasses
from argparse import Namespace
from pathlib import Path
from typing import Any

from rich.console import Console

from asn2fpga.board.spec import find_board
from asn2fpga.cli.importing import NAMES, import_options, source_file
from asn2fpga.config import CHECKS, EngineName, parse_forms, parse_per_layer, read_config
from asn2fpga.errors import InputError
from asn2fpga.files import check_regular
from asn2fpga.importing import is_code
from asn2fpga.stages.base import Request

PER_LAYER = ("weight_bits", "lanes", "pixels")


def run(options: Namespace) -> int:
    """Build; 0 when every stage passed or was skipped for a reason that is told."""
    request = resumed_request(options) if is_resumed(options) else make_request(options)
    out = options.out or Path("build") / out_name(request.model)

    from asn2fpga.cli.terminal import Terminal
    from asn2fpga.flow import STAGES
    from asn2fpga.report.terminal import show_report
    from asn2fpga.report.write import write_report
    from asn2fpga.runner import run_build, vars_of

    terminal = Terminal(Console(stderr=True))
    try:
        manifest = run_build(request, out, STAGES, options.until, terminal, overwrite=options.overwrite)
    finally:
        terminal.stop()
    show_report(write_report(out, vars_of(manifest)), Console())
    print(f"Report: {out / 'report.html'}")
    return 0


def out_name(model: Path) -> str:
    """What the out folder of a model is called: as the file, or as what code builds."""
    return str(model).rpartition(":")[2] if is_code(model) else model.stem


def is_resumed(options: Namespace) -> bool:
    """Whether the request is that of the build which is resumed."""
    return bool(options.resume) and options.model is None and options.board is None


def resumed_request(options: Namespace) -> Request:
    """The request that the folder --out was built with; InputError if there is none, or options change it."""
    from asn2fpga.stages.manifest import read_manifest
    from asn2fpga.stages.request import from_plain

    check_jobs(options.jobs)
    if options.out is None:
        raise InputError("--resume: --out must be given (the folder of the build), not left out.")
    changed = ["data", "config", *NAMES, *CHECKS]
    given = [name for name in changed if getattr(options, name) is not None]
    if given:
        name = {"factory": "model"}.get(given[0], given[0].replace("_", "-"))
        raise InputError(f"--resume: the build must stay as it is, not be changed by --{name}; leave it out.")
    request = from_plain(read_manifest(options.out).request, options.jobs)
    check_files(request.model, request.data, request.importing.weights)
    check_vivado(options.vivado)
    activity = request.activity or options.activity
    return dataclasses.replace(request, vivado=options.vivado, activity=activity, resume=True)


def check_jobs(jobs: int) -> None:
    """InputError unless there is at least one."""
    if jobs < 1:
        raise InputError(f"--jobs: the value must be at least 1, not {jobs}.")


def make_request(options: Namespace) -> Request:
    """The request of a command line; InputError naming the option that is wrong."""
    check_jobs(options.jobs)
    missing = [
        name for name, value in (("MODEL", options.model), ("--board", options.board)) if value is None
    ]
    if missing:
        raise InputError(
            f"asn2fpga build: the following arguments are required: {', '.join(missing)}; "
            "see `asn2fpga build --help`."
        )
    board = find_board(options.board)
    config = read_config(options.config, config_options(options))
    check_engine(config.engine)
    check_vivado(options.vivado)
    check_files(options.model, options.data, options.weights)
    check_data(options.data)
    return Request(
        model=options.model,
        board=board,
        config=config,
        data=options.data,
        importing=import_options(options),
        jobs=options.jobs,
        vivado=options.vivado,
        activity=options.activity,
        resume=options.resume,
    )


def config_options(options: Namespace) -> dict[str, Any]:
    """The options that are keys of the configuration; None where not given."""
    values: dict[str, Any] = {key: getattr(options, key) for key in CHECKS}
    for key in PER_LAYER:
        if values[key] is not None:
            values[key] = parse_per_layer(f"--{key.replace('_', '-')}", values[key])
    if values["form"] is not None:
        values["form"] = parse_forms("--form", values["form"])
    return values


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
