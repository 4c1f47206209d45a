"""Every exception the project raises on purpose. All of them carry one sentence for the user.

Form of a message: *where: subject must be X, not Y; hint.* Where there is no Y, it says what happened
in plain words: *where: no such program on PATH; hint.*
"""

from __future__ import annotations

import reprlib
import signal

TYPE_CHECKING = False  # as in asn2fpga/__init__.py
if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_MESSAGE = 4000
_TAIL = 800
_LONGEST_VALUE = 40


def shortened(text: str) -> str:
    """`text`, without its middle if it is longer than LONGEST_MESSAGE: foreign names can be of any length."""
    if len(text) <= LONGEST_MESSAGE:
        return text
    head, tail = text[: LONGEST_MESSAGE - _TAIL - 60], text[-_TAIL:]
    return f"{head} ... ({len(text) - len(head) - len(tail)} characters left out) ... {tail}"


def shown(value: object) -> str:
    """`repr` of a foreign value, at most 40 characters; some have none (numbers of 10,000 digits)."""
    brief = reprlib.Repr()
    brief.maxstring = brief.maxother = brief.maxlong = 2 * _LONGEST_VALUE
    try:
        text = " ".join(brief.repr(value).split())
    except (ValueError, RecursionError):
        return f"this {type(value).__name__}"
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'xyz'?` if one of the known words is near, else a full stop."""
    import difflib

    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else "."


class Asn2FpgaError(Exception):
    """Base of all errors the user is meant to read; `exit_code` is what the command line returns."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(shortened(message))


class InputError(Asn2FpgaError):
    """The user's input (file, option, array, configuration) is not what it must be."""


class UnsupportedError(InputError):
    """The input is valid, but asks for something asn2fpga does not build; the message names what it does."""


class RuleError(Asn2FpgaError):
    """A graph breaks a rule of the IR; the message shows the graph with the rule under the layer."""


class ToolError(Asn2FpgaError):
    """An external program is missing or failed; the message holds its real log line and the log's path."""

    exit_code = 1


class EndedError(ToolError):
    """A program was ended by a signal from outside: nothing is wrong with its input, and it can run again."""


class CheckError(Asn2FpgaError):
    """A check of the result failed: a mismatch, a network that does not fit, a lint error in the RTL."""

    exit_code = 1


class MismatchError(CheckError):
    """Two models of the same network disagree; the message names layer, vector, time step and neuron."""


class WorkerError(InputError):
    """A worker cannot do any work, whatever it is; the message goes on after `the worker NAME`."""


class DoesNotFitError(CheckError):
    """The network needs more than the board has; the message names the layer and what to change."""


class InternalError(Asn2FpgaError):
    """A mistake of asn2fpga itself, noticed before it became hardware; the message says where."""

    exit_code = 1


class StoppedError(Asn2FpgaError):
    """A command was stopped from outside (a signal, a full disk); the message says what is kept.

    exit_code: 128 and the signal's number after a signal, else 1.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class HlsError(Asn2FpgaError):
    """The embedded HLS engine met C++ it does not take; the message holds FILE:LINE and what to write."""


class Interrupted(KeyboardInterrupt):
    """A signal asks the program to end; `number` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def interrupt_code(error: BaseException) -> int:
    """Exit status after a signal, as shells give it: 130 for Ctrl-C, 143 for SIGTERM."""
    return 128 + (error.number if isinstance(error, Interrupted) else signal.SIGINT)
