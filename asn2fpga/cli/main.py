"""Entry point: parse, run one command, turn errors into one message on standard error.

Imports next to nothing by itself: from `Signals` on, an interrupt ends the program with one sentence.
"""

from __future__ import annotations

import importlib
import sys

from asn2fpga.cli.signals import Signals
from asn2fpga.endings import fail, flush, sentence
from asn2fpga.errors import Asn2FpgaError, Interrupted, StoppedError, interrupt_code

TYPE_CHECKING = False  # as in asn2fpga/__init__.py
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

COMMANDS = {
    "build": "asn2fpga.cli.build",
    "estimate": "asn2fpga.cli.estimate",
    "explore": "asn2fpga.cli.explore",
    "verify": "asn2fpga.cli.verify",
    "report": "asn2fpga.cli.report",
    "package": "asn2fpga.cli.package",
    "energy": "asn2fpga.cli.energy",
    "run": "asn2fpga.cli.run",
    "boards": "asn2fpga.cli.boards",
    "export-nir": "asn2fpga.cli.export_nir",
    "doctor": "asn2fpga.cli.doctor",
    "train-example": "asn2fpga.cli.train_example",
    "generate": "asn2fpga.cli.generate",
    "compare": "asn2fpga.cli.compare",
    "compare-builds": "asn2fpga.cli.compare_builds",
    "conformance": "asn2fpga.cli.conformance",
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
            return fail(error)
        except BrokenPipeError:
            sys.stderr.close()  # the reader of our output has gone (`| head`): nothing left to say to it
            return 1
        except BaseException as error:
            if "--debug" in given:
                raise
            return fail(_sentence(error, given, signals))


def _run(given: list[str]) -> int:
    from asn2fpga.cli.parser import make_parser

    parser = make_parser()
    try:
        options = parser.parse_args(given)
    except SystemExit:  # --help, --version
        flush()
        raise
    if options.command is None:
        print(parser.format_help(), end="")
        status = 0
    else:
        command: Callable[[Any], int] = importlib.import_module(COMMANDS[options.command]).run
        status = command(options)
    flush()
    return status


def _sentence(error: BaseException, given: list[str], signals: Signals) -> Asn2FpgaError:
    """What happened, for what is no error of ours: a signal, the system's refusal, or a bug."""
    command = next((word for word in given if not word.startswith("-")), "asn2fpga")
    if signals.number is not None or isinstance(error, KeyboardInterrupt):
        code = interrupt_code(error if signals.number is None else Interrupted(signals.number))
        return StoppedError(f"{command}: interrupted; run the same command again to resume.", code)
    return sentence(error, command)
