"""What a model file says besides the network: trained accuracy, warnings, notes, facts of its input."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from asn2fpga.errors import InputError
from asn2fpga.loader.input_facts import UNKNOWN, InputFacts
from asn2fpga.warning import BuildWarning

MAX_ITEMS = 100
MAX_TEXT = 500


@dataclass(frozen=True)
class About:
    """trained_accuracy: of the module itself on the calibration samples, 0..1; None if it was not measured.

    warnings: what looks wrong in the module. notes: what was left out without harm, a sentence each.
    """

    facts: InputFacts = UNKNOWN
    warnings: tuple[BuildWarning, ...] = ()
    notes: tuple[str, ...] = ()
    trained_accuracy: float | None = None


NOTHING = About()


def to_plain(about: About) -> dict[str, Any]:
    """As plain values."""
    return {
        "trained_accuracy": about.trained_accuracy,
        "warnings": [dataclasses.asdict(warning) for warning in about.warnings],
        "notes": list(about.notes),
        **dataclasses.asdict(about.facts),
    }


def from_plain(plain: object, where: str) -> About:
    """Inverse of to_plain on untrusted data: InputError starting with `where` for anything else."""
    keys = set(to_plain(NOTHING))
    if not isinstance(plain, dict) or set(plain) != keys:
        raise InputError(f"{where}: about must be a dict of {', '.join(sorted(keys))}.")
    accuracy, example_max = plain["trained_accuracy"], plain["example_max"]
    if accuracy is not None and not (_is_number(accuracy) and 0 <= accuracy <= 1):
        raise InputError(f"{where}: trained_accuracy must be a number in 0..1.")
    if example_max is not None and not (_is_number(example_max) and example_max > 0):
        raise InputError(f"{where}: example_max must be a number above 0.")
    if not isinstance(plain["scale_stated"], bool):
        raise InputError(f"{where}: scale_stated must be a bool.")
    warnings = tuple(_warning(item, where) for item in _items(plain["warnings"], where, "warnings"))
    notes = tuple(_text(item, where) for item in _items(plain["notes"], where, "notes"))
    return About(InputFacts(plain["scale_stated"], example_max), warnings, notes, accuracy)


def _is_number(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)


def _items(value: object, where: str, name: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        raise InputError(f"{where}: {name} must be a list of at most {MAX_ITEMS} items.")
    return value


def _warning(value: object, where: str) -> BuildWarning:
    names = [field.name for field in dataclasses.fields(BuildWarning)]
    if not isinstance(value, dict) or sorted(map(str, value)) != sorted(names):
        raise InputError(f"{where}: a warning must be a dict of {', '.join(names)}.")
    return BuildWarning(**{name: _text(value[name], where) for name in names})


def _text(value: object, where: str) -> str:
    """One printable line."""
    if not isinstance(value, str) or len(value) > MAX_TEXT or not value.isprintable():
        raise InputError(f"{where}: texts must be printable lines of at most {MAX_TEXT} characters.")
    return value
