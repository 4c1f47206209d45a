"""Entry point: parse, run one command, turn errors into one message on standard error.

Imports next to nothing by itself: from `Signals` on, an interrupt ends the program with one sentence.
"""

from __future__ import annotations

import contextlib
import importlib
import sys

from asn2fpga.cli.signals import Signals
from asn2fpga.errors import Asn2FpgaError, InputError, Interrupted, StoppedError, interrupt_code

TYPE_CHECKING = False  # as in asn2fpga/__init__.py
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

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
    given = sys.argv[1:] if arguments is None else list(arguments)
    with Signals() as signals:
        try:
            return _run(given)
        except SystemExit:
            raise
        except Asn2FpgaError as error:
            if "--debug" in given:
                raise
            return _fail(error)
        except BrokenPipeError:
            sys.stderr.close()  # the reader of our output has gone (`| head`): nothing left to say to it
            return 1
        except BaseException as error:
            if "--debug" in given:
                raise
            return _fail(_sentence(error, given, signals))


def _run(given: list[str]) -> int:
    from asn2fpga.cli.parser import make_parser

    parser = make_parser()
    try:
        options = parser.parse_args(given)
    except SystemExit:  # --help, --version
        _flush()
        raise
    if options.command is None:
        print(parser.format_help(), end="")
        status = 0
    else:
        command: Callable[[Any], int] = importlib.import_module(COMMANDS[options.command]).run
        status = command(options)
    _flush()
    return status


def _flush() -> None:
    """Have what was printed written now, where an error can still be told."""
    if sys.stdout is not None:  # None: closed by the caller
        sys.stdout.flush()


def _sentence(error: BaseException, given: list[str], signals: Signals) -> Asn2FpgaError:
    """What happened, for what is no error of ours: a signal, the system's refusal, or a bug."""
    command = next((word for word in given if not word.startswith("-")), "asn2fpga")
    if signals.number is not None or isinstance(error, KeyboardInterrupt):
        code = interrupt_code(error if signals.number is None else Interrupted(signals.number))
        return StoppedError(f"{command}: interrupted; run the same command again to resume.", code)
    if isinstance(error, MemoryError):
        return StoppedError(
            f"{command}: the memory of this machine is full; close other programs and run again."
        )
    if isinstance(error, OSError):
        where = error.filename or ("standard output" if _is_output_refused() else command)
        return InputError(f"{where}: the system refuses it: {error.strerror or error}.")
    what = f"{type(error).__name__}: {' '.join(str(error).split()) or 'no message'}"
    return StoppedError(f"internal error: {what}; this is a bug: run with --debug and report it.")


def _is_output_refused() -> bool:
    """Whether standard output takes no more; then it is closed, for Python would try again at the end."""
    try:
        print(flush=True)
    except OSError:
        with contextlib.suppress(OSError):
            sys.stdout.close()
        return True
    return False


def _fail(error: Asn2FpgaError) -> int:
    try:
        print(f"error: {error}", file=sys.stderr, flush=True)
    except OSError:
        with contextlib.suppress(OSError):
            sys.stderr.close()
    return error.exit_code
