"""Strict reading of TOML files: every key is known, every value has its type, and the message says where."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn2fpga.errors import InputError, shown
from asn2fpga.files import check_regular

LARGEST = 10**12


@dataclass(frozen=True)
class Section:
    """One table of a TOML file; `where` is `FILE` or `FILE [table]`, the start of every message about it.

    `name`: the table's, empty for the whole file.
    """

    where: str
    values: Mapping[str, Any]
    name: str = ""

    def only(self, *known: str) -> None:
        """InputError if the table has a key that is not in `known`."""
        for key in self.values:
            if key not in known:
                raise InputError(f"{self.where}: key must be one of {', '.join(known)}, not '{key}'.")

    def section(self, key: str) -> Section:
        """The sub-table `key`, empty if absent."""
        values = self.values.get(key, {})
        if not isinstance(values, dict):
            raise InputError(f"{self.where}: '{key}' must be a table [{key}], not {_describe(values)}.")
        return Section(f"{self.where} [{key}]", values, key)

    def sections(self, key: str) -> tuple[Section, ...]:
        """The array of tables `key`, empty if absent; `where` counts them from 1."""
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            name = f"{self.name}.{key}" if self.name else key
            raise InputError(f"{self.where}: '{key}' must be tables [[{name}]], not {_describe(values)}.")
        return tuple(
            Section(f"{self.where} {key}[{number}]", value) for number, value in enumerate(values, start=1)
        )

    def text(self, key: str) -> str:
        """A required string."""
        return str(self._typed(key, (str,), "a string"))

    def choice(self, key: str, known: Sequence[str]) -> str:
        """A required string that is one of `known`."""
        value = self.text(key)
        if value not in known:
            raise InputError(f"{self.where}: '{key}' must be one of {', '.join(known)}, not '{value}'.")
        return value

    def matching(self, key: str, pattern: str, meaning: str) -> str:
        """A required string that matches the regular expression `pattern`, which means `meaning`."""
        value = self.text(key)
        if not re.fullmatch(pattern, value):
            raise InputError(f"{self.where}: '{key}' must be {meaning}, not '{value}'.")
        return value

    def number(self, key: str) -> float:
        """A required number above 0."""
        value = self._typed(key, (int, float), "a number")
        if value <= 0:
            raise InputError(f"{self.where}: '{key}' must be above 0, not {shown(value)}.")
        self._check_size(key, value)
        return float(value)

    def count(self, key: str) -> int:
        """A required integer of at least 0."""
        value = int(self._typed(key, (int,), "an integer"))
        if value < 0:
            raise InputError(f"{self.where}: '{key}' must be at least 0, not {shown(value)}.")
        self._check_size(key, value)
        return value

    def _check_size(self, key: str, value: float) -> None:
        if not value <= LARGEST:  # NaN too
            raise InputError(f"{self.where}: '{key}' must be at most {LARGEST:g}, not {shown(value)}.")

    def _typed(self, key: str, kinds: tuple[type, ...], meaning: str) -> Any:
        if key not in self.values:
            raise InputError(f"{self.where}: '{key}' must be given ({meaning}), not left out.")
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise InputError(f"{self.where}: '{key}' must be {meaning}, not {_describe(value)}.")
        return value


def read_toml(path: Path) -> Section:
    """The whole file as one section; InputError if it cannot be read or is not TOML."""
    check_regular(path, str(path))
    try:
        with path.open("rb") as stream:
            return Section(str(path), tomllib.load(stream))
    except OSError as error:
        raise InputError(f"{path}: the file must be readable, not '{error.strerror}'.") from error
    except RecursionError as error:
        raise InputError(f"{path}: this is not valid TOML: it is nested too deeply.") from error
    except ValueError as error:  # syntax, characters, or a number of more digits than Python reads
        raise InputError(f"{path}: this is not valid TOML: {error}.") from error


def _describe(value: object) -> str:
    return f"{shown(value)} ({type(value).__name__})"
