"""Every `asn2fpga ...` in the pages is taken by the parser; every command is in docs/commands.md."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache

import pytest
from docs_tools import blocks, code_spans, pages
from fresh_machine import ROOT

from asn2fpga.cli.main import COMMANDS
from asn2fpga.cli.parser import make_parser
from asn2fpga.errors import InputError
from asn2fpga.options import Parser

NUMBERS = re.compile(r"\b(?:[NKTBDPXCR]|SEED|BITS|SHARE)\b")
"""Placeholders where the parser wants a number."""


def lines_of(text: str) -> Iterator[str]:
    """Command lines in blocks of code: without prompts, comments, pipes; continued ones joined."""
    for block in blocks(text):
        if block.language in ("", "console", "sh", "bash", "text", "shell"):
            for line in block.text.replace("\\\n", " ").splitlines():
                yield from commands_in(line.strip().removeprefix("$ "))


def commands_in(line: str) -> Iterator[str]:
    """The calls of asn2fpga in a line of shell."""
    for part in re.split(r"&&|\|(?!\w)|;", line):
        if re.match(r"asn2fpga [a-z-]+( |$)", part.strip()):
            yield part.strip()


def words_of(command: str) -> list[str]:
    return shlex.split(command, comments=True)[1:]


def complaint(words: list[str]) -> str:
    """What the parser says of the words, or nothing."""
    try:
        make_parser().parse_args(words)
    except InputError as error:
        return str(error)
    except SystemExit:  # --help, --version
        return ""
    return ""


def test_command_lines_are_taken_by_the_parser() -> None:
    lines = [(page, line) for page in pages() for line in lines_of((ROOT / page).read_text())]
    found = {
        (str(page), line): complaint([NUMBERS.sub("3", word) for word in words_of(line)])
        for page, line in lines
    }
    assert {where: text for where, text in found.items() if text} == {}


def test_commands_in_running_text_have_the_options_that_are_named() -> None:
    spans = [(page, span) for page in pages() for span in code_spans((ROOT / page).read_text())]
    commands = [(page, span) for page, span in spans if re.match(r"asn2fpga [a-z-]", span)]
    assert {(str(page), span): text for page, span in commands if (text := unknown(span))} == {}


def unknown(span: str) -> str:
    """The command or option of a span that there is not."""
    parsers = subparsers()
    command, *words = span.split()[1:]
    if command.startswith("-"):
        known, words = set(make_parser()._option_string_actions), [command, *words]
    elif command not in parsers:
        return command
    else:
        known = set(parsers[command]._option_string_actions)
    options = [re.split(r"[=\]]", word.lstrip("["))[0] for word in words if word.lstrip("[").startswith("-")]
    return " ".join(option for option in options if option not in known)


@cache
def subparsers() -> dict[str, Parser]:
    """The parser of each command."""
    (action,) = [one for one in make_parser()._actions if isinstance(one.choices, dict)]
    return dict(action.choices)  # type: ignore[arg-type]


def test_every_command_is_in_the_table() -> None:
    text = (ROOT / "docs" / "commands.md").read_text()
    assert [name for name in COMMANDS if f"| `asn2fpga {name}" not in text] == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("asn2fpga doctor  # a comment", ["doctor"]),
        ("asn2fpga report DIR && ls", ["report", "DIR"]),
        ("asn2fpga conformance --out docs/conformance.md", ["conformance", "--out", "docs/conformance.md"]),
    ],
)
def test_lines_are_read_as_a_shell_does(line: str, words: list[str]) -> None:
    assert [words_of(one) for one in commands_in(line)] == [words]


def test_a_wrong_line_is_noticed() -> None:
    assert "did you mean '--board'?" in complaint(["build", "a.pt", "--borad", "x"])
    assert unknown("asn2fpga build MODEL --boards NAME") == "--boards"
    assert unknown("asn2fpga biuld") == "biuld"
