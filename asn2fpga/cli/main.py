"""Entry point: parse, run one command, turn errors into one message on standard error."""

from __future__ import annotations

import importlib
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from types import FrameType

from asn2fpga.cli.parser import UsageError, make_parser
from asn2fpga.errors import Asn2FpgaError, StoppedError

COMMANDS = {
    "build": "asn2fpga.cli.build",
    "verify": "asn2fpga.cli.verify",
    "report": "asn2fpga.cli.report",
    "package": "asn2fpga.cli.package",
    "energy": "asn2fpga.cli.energy",
    "run": "asn2fpga.cli.run",
    "boards": "asn2fpga.cli.boards",
    "doctor": "asn2fpga.cli.doctor",
    "train-example": "asn2fpga.cli.train_example",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status. `--debug` lets errors through with their traceback."""
    try:
        options = make_parser().parse_args(arguments)
    except UsageError as error:
        return _fail(error)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return _run(options)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone (`| head`): nothing left to say to it
        return 1


def _run(options: Namespace) -> int:
    command: Callable[[Namespace], int] = importlib.import_module(COMMANDS[options.command]).run
    if options.debug:
        return command(options)
    try:
        return command(options)
    except Asn2FpgaError as error:
        return _fail(error)
    except KeyboardInterrupt:
        return _fail(StoppedError(f"{options.command}: interrupted."))
    except BrokenPipeError:
        raise
    except Exception as error:
        text = " ".join(str(error).split()) or "no message"
        what = f"{type(error).__name__}: {text}"
        return _fail(StoppedError(f"internal error: {what}; this is a bug: run with --debug and report it."))


def _fail(error: Asn2FpgaError) -> int:
    print(f"error: {error}", file=sys.stderr)
    return error.exit_code


def _terminate(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends a command as Ctrl-C does: what is finished is kept."""
    raise KeyboardInterrupt
