"""Warnings that travel with a module's text, as metadata of its own, until the report shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAME = "!asn.warnings"
_ENTRY = re.compile(rf"^{_NAME} = !{{(.*)}}$", re.MULTILINE)
_NUMBER = re.compile(r"^!(\d+) = ", re.MULTILINE)


def next_metadata(text: str) -> int:
    """A number above those of all metadata of a module."""
    return max((int(number) for number in _NUMBER.findall(text)), default=-1) + 1


def with_warnings(text: str, warnings: Iterable[str]) -> str:
    """The module's text with more warnings."""
    added = [warning for warning in dict.fromkeys(warnings)]
    if not added:
        return text
    first = next_metadata(text)
    references = [f"!{first + index}" for index in range(len(added))]
    lines = [f'{name} = !{{!"{_quoted(warning)}"}}' for name, warning in zip(references, added, strict=True)]
    known = _ENTRY.search(text)
    if known:
        references = [known[1], *references]
        text = text[: known.start()] + text[known.end() :]
    return "\n".join([text, f"{_NAME} = !{{{', '.join(references)}}}", *lines, ""])


def warnings_of(metadata: dict[str, str]) -> tuple[str, ...]:
    """The warnings of a parsed module."""
    references = re.findall(r"!\d+", metadata.get(_NAME, ""))
    texts = [metadata.get(reference, "").removeprefix('!{!"').removesuffix('"}') for reference in references]
    return tuple(_unquoted(text) for text in texts)


def _quoted(text: str) -> str:
    return "".join(
        letter
        if " " <= letter <= "~" and letter not in '"\\'
        else "".join(f"\\{byte:02X}" for byte in letter.encode())
        for letter in text
    )


def _unquoted(text: str) -> str:
    raw = re.sub(r"\\([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), text)
    return raw.encode("latin-1").decode()
