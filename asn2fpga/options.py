"""Command lines: a parser whose errors are ours."""

from __future__ import annotations

import re
from argparse import Action, ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from asn2fpga.errors import InputError, did_you_mean

CHOICE = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)")


class UsageError(InputError):
    """The command line itself is wrong."""


class Parser(ArgumentParser):
    """An ArgumentParser whose errors are ours: one message, exit status 2, and what was perhaps meant."""

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Namespace | None = None
    ) -> Namespace:
        """The options; UsageError for words that no command takes."""
        found, rest = self.parse_known_args(args, namespace)
        if rest:
            near, chosen = "", self._chosen(found)
            for word in rest:
                near = near or _meant(word, chosen)
            message = f"unrecognized arguments: {' '.join(rest)}"
            (chosen if near else self)._fail(message, near)
        return found

    def error(self, message: str) -> NoReturn:
        """Raise UsageError instead of leaving the program."""
        choice = CHOICE.search(message)
        known = [] if choice is None else [word.strip(" '") for word in choice[2].split(",")]
        self._fail(message, "" if choice is None else _near(choice[1], known))

    def _fail(self, message: str, near: str) -> NoReturn:
        """near: a hint that ends a sentence, or nothing."""
        see = f"{near} See" if near else "; see"
        raise UsageError(f"{self.prog}: {message}{see} `{self.prog} --help`.")

    def _chosen(self, found: Namespace) -> Parser:
        """The parser of the command that was given, or this one."""
        for action in self._actions:
            choices: Any = action.choices
            command = getattr(found, action.dest, None)
            if action.nargs == "A..." and isinstance(choices, dict) and command in choices:
                parser: Parser = choices[command]
                return parser
        return self

    def options(self) -> Iterable[Action]:
        """What can be given, options and arguments."""
        return tuple(self._actions)


def _near(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` or nothing."""
    hint = did_you_mean(word, known)
    return "" if hint == "." else hint


def _meant(word: str, parser: Parser) -> str:
    """What a word that no command takes was perhaps meant to be."""
    if not word.startswith("--"):
        return ""
    known = [name for action in parser.options() for name in action.option_strings if name.startswith("--")]
    return _near(word.partition("=")[0], known)
