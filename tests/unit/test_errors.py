"""Messages stay readable whatever they quote."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from asn2fpga.errors import (
    LONGEST_MESSAGE,
    InputError,
    Interrupted,
    StoppedError,
    interrupt_code,
    shortened,
    shown,
)


def test_a_message_of_usual_length_stays_as_it_is() -> None:
    assert str(InputError("x" * LONGEST_MESSAGE)) == "x" * LONGEST_MESSAGE


def test_a_message_of_300_kb_loses_its_middle() -> None:
    text = str(InputError(f"model: layer {'a' * 300_000} must be shorter; rename it."))
    assert len(text) <= LONGEST_MESSAGE
    assert text.startswith("model: layer aaa") and text.endswith("aaa must be shorter; rename it.")


@pytest.mark.parametrize("length", [4001, 4002, 5000, 123_456])
def test_what_is_left_out_is_counted(length: int) -> None:
    text = shortened("x" * length)
    assert text.count("x") + int(text.split("(")[1].split()[0]) == length


def nested() -> list[Any]:
    """Small in memory; written out, it would fill it."""
    value: list[Any] = []
    for _ in range(60):
        value = [value, value]
    return value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("ab", "'ab'"),
        (1.5, "1.5"),
        ([1, 2], "[1, 2]"),
        ("a\nb", "'a\\nb'"),
        ("x" * 300_000, "'" + "x" * 36 + "..."),
        (16**5000, "this int"),
        (nested(), "[[[[[[[...], [...]], [[...], [...]]],..."),
    ],
    ids=["text", "number", "list", "lines", "long", "digits", "nested"],
)
def test_a_foreign_value_is_shown_in_40_characters(value: object, text: str) -> None:
    assert shown(value) == text and len(text) <= 40


def test_exit_status_after_a_signal() -> None:
    assert interrupt_code(KeyboardInterrupt()) == 130
    assert interrupt_code(Interrupted(signal.SIGTERM)) == 143
    assert StoppedError("x", 143).exit_code == 143 and StoppedError("x").exit_code == 1
