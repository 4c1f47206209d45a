"""Shell completion: `asn2fpga --print-completion SHELL`, made by shtab when it is asked for."""

from __future__ import annotations

from argparse import Action, ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any, NoReturn

from asn2fpga.endings import flush
from asn2fpga.errors import InputError, did_you_mean
from asn2fpga.options import Parser

SHELLS = ("bash", "zsh", "tcsh")
ALL_BOARDS = "all"


class PrintCompletion(Action):
    """Prints the script and ends the program."""

    def __call__(
        self,
        parser: ArgumentParser,
        namespace: Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> NoReturn:
        """Print it. InputError for a shell that there is none for."""
        assert isinstance(parser, Parser)
        shell = str(values)
        if shell not in SHELLS:
            raise InputError(
                f"--print-completion: the shell must be one of {', '.join(SHELLS)}, not '{shell}'"
                f"{did_you_mean(shell, SHELLS)}"
            )
        print(completion(parser, shell))
        flush()
        raise SystemExit(0)


def completion(parser: Parser, shell: str) -> str:
    """The script: commands, options, their choices, names of boards, and files where a path is meant."""
    import shtab

    _teach(parser, shtab.FILE)
    script: str = shtab.complete(parser, shell=shell)
    return script


def _teach(parser: Parser, files: Any) -> None:
    """Say of each option what it takes, of its own and of all commands."""
    from asn2fpga.board.spec import known_boards

    for action in parser.options():
        if isinstance(action.choices, dict):
            for command in action.choices.values():
                _teach(command, files)
        elif action.dest == "board":
            action.choices = [*known_boards(), ALL_BOARDS]
        elif getattr(action.type, "__name__", "") == "_path":
            action.complete = files  # type: ignore[attr-defined]
