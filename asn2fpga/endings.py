"""How a command ends that failed: one sentence on standard error, and an exit status.

Imports next to nothing by itself, like the entry points that use it.
"""

from __future__ import annotations

import contextlib
import sys

from asn2fpga.errors import Asn2FpgaError, InputError, StoppedError


def sentence(error: BaseException, command: str) -> Asn2FpgaError:
    """What happened, for what is no error of ours: the system's refusal, or a bug."""
    if isinstance(error, MemoryError):
        return StoppedError(
            f"{command}: the memory of this machine is full; close other programs and run again."
        )
    if isinstance(error, OSError):
        where = error.filename or ("standard output" if _is_output_refused() else command)
        return InputError(f"{where}: the system refuses it: {error.strerror or error}.")
    what = f"{type(error).__name__}: {' '.join(str(error).split()) or 'no message'}"
    return StoppedError(f"internal error: {what}; this is a bug: run with --debug and report it.")


def fail(error: Asn2FpgaError) -> int:
    """Print an error; its exit status."""
    try:
        print(f"error: {error}", file=sys.stderr, flush=True)
    except OSError:
        with contextlib.suppress(OSError):
            sys.stderr.close()
    return error.exit_code


def flush() -> None:
    """Have what was printed written now, where an error can still be told."""
    if sys.stdout is not None:  # None: closed by the caller
        sys.stdout.flush()


def _is_output_refused() -> bool:
    """Whether standard output takes no more; then it is closed, for Python would try again at the end."""
    try:
        print(flush=True)
    except OSError:
        with contextlib.suppress(OSError):
            sys.stdout.close()
        return True
    return False
