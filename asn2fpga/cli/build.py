"""`asn2fpga build`: run the stages, then show the report."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from rich.console import Console

from asn2fpga.board.spec import find_board
from asn2fpga.config import CHECKS, parse_per_layer, read_config
from asn2fpga.errors import InputError
from asn2fpga.stages.base import Request

PER_LAYER = ("weight_bits", "lanes")


def run(options: Namespace) -> int:
    """Build; 0 when every stage passed or was skipped for a reason that is told."""
    request = make_request(options)
    out = options.out or Path("build") / options.model.stem

    from asn2fpga.cli.terminal import Terminal
    from asn2fpga.flow import STAGES
    from asn2fpga.report.terminal import show_report
    from asn2fpga.report.write import write_report
    from asn2fpga.runner import run_build, vars_of

    terminal = Terminal(Console(stderr=True))
    try:
        manifest = run_build(request, out, STAGES, options.until, terminal)
    finally:
        terminal.stop()
    show_report(write_report(out, vars_of(manifest)), Console())
    print(f"Report: {out / 'report.html'}")
    return 0


def make_request(options: Namespace) -> Request:
    """The request of a command line; InputError naming the option that is wrong."""
    if options.jobs < 1:
        raise InputError(f"--jobs: the value must be at least 1, not {options.jobs}.")
    board = find_board(options.board)
    config = read_config(options.config, config_options(options))
    for option, path in (("MODEL", options.model), ("--data", options.data)):
        check_readable(option, path)
    return Request(
        model=options.model,
        board=board,
        config=config,
        data=options.data,
        factory=options.factory,
        unsafe_pickle=options.unsafe_pickle,
        jobs=options.jobs,
    )


def config_options(options: Namespace) -> dict[str, Any]:
    """The options that are keys of the configuration; None where not given."""
    values: dict[str, Any] = {key: getattr(options, key) for key in CHECKS}
    for key in PER_LAYER:
        if values[key] is not None:
            values[key] = parse_per_layer(f"--{key.replace('_', '-')}", values[key])
    return values


def check_readable(option: str, path: Path | None) -> None:
    """InputError if `path` is not a file that can be read."""
    if path is None:
        return
    try:
        with path.open("rb"):
            return
    except OSError as error:
        raise InputError(f"{option} {path}: the file must be readable, not '{error.strerror}'.") from error
