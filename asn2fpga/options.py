"""Command lines: a parser whose errors are ours."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import NoReturn

from asn2fpga.errors import InputError


class UsageError(InputError):
    """The command line itself is wrong."""


class Parser(ArgumentParser):
    """An ArgumentParser whose errors are ours: one message, exit status 2."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError instead of leaving the program."""
        raise UsageError(f"{self.prog}: {message}; see `{self.prog} --help`.")
