"""The Markdown files of this repository: their links, anchors, code blocks and command lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fresh_machine import ROOT

FENCE = re.compile(r"^ {0,3}(```+|~~~+)(.*)$")
LINK = re.compile(r"(?<!\\)!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)")
CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
IGNORED = ("tests", "templates", "build", "dist")
"""Folders whose Markdown is expected output, a template, or made."""


@dataclass(frozen=True)
class Block:
    """Lines that are code. language: of a fence, '' of an indented block. line: number of the first."""

    language: str
    text: str
    line: int


def pages() -> list[Path]:
    """Every page that people read, relative to the root."""
    found = [path.relative_to(ROOT) for path in ROOT.rglob("*.md")]
    return sorted(
        path for path in found if path.parts[0] not in IGNORED and not path.parts[0].startswith(".")
    )


def blocks(text: str) -> Iterator[Block]:
    """Fenced and indented blocks, in order."""
    lines, number = text.splitlines(), 0
    while number < len(lines):
        fence, first = FENCE.match(lines[number]), number + 1
        if fence:
            end = next((at for at in range(first, len(lines)) if lines[at].strip() == fence[1]), len(lines))
            yield Block(fence[2].strip().split(" ")[0], "\n".join(lines[first:end]), first + 1)
            number = end + 1
        elif lines[number].startswith("    ") and (number == 0 or not lines[number - 1].strip()):
            end = number
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
                end += 1
            yield Block("", "\n".join(line[4:] for line in lines[number:end]), number + 1)
            number = end
        else:
            number += 1


def prose(text: str) -> str:
    """The text without its code blocks; as many lines."""
    kept = text.splitlines()
    for block in blocks(text):
        for number in range(block.line - 1, block.line - 1 + len(block.text.splitlines())):
            kept[number] = ""
    return "\n".join(line for line in kept if not FENCE.match(line))


def links(text: str) -> list[str]:
    """Targets of links and pictures outside of code."""
    return LINK.findall(CODE.sub("", prose(text)))


def code_spans(text: str) -> list[str]:
    """Code within running text, on one line each."""
    return [" ".join(match[2].split()) for match in CODE.finditer(prose(text))]


def anchors(text: str) -> set[str]:
    """What links to headings may name, as Git hosts make it of them."""
    found: set[str] = set()
    for line in prose(text).splitlines():
        heading = re.match(r"#{1,6} +(.*?)#*$", line)
        if heading:
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1].strip()).lower()
            name = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
            number = sum(1 for one in found if one == name or re.fullmatch(re.escape(name) + r"-\d+", one))
            found.add(name if not number else f"{name}-{number}")
    return found
