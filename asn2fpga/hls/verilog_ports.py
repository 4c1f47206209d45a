"""The ports of a Verilog module, read from its text: as our generated modules and HLS tools write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from asn2fpga.errors import InputError

_COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/|\(\*.*?\*\)", re.DOTALL)
_ANSI = re.compile(
    r"(?P<direction>input|output)\s+(?:wire\b|logic\b|reg\b)?\s*(?:signed\b)?\s*"
    r"(?:\[\s*(?P<high>[^\]:]+)\s*:\s*(?P<low>[^\]]+)\])?\s*(?P<name>\w+)"
)


@dataclass(frozen=True)
class Port:
    """One port: its direction, and its width (1 also for scalars)."""

    direction: str
    name: str
    width_bits: int


def module_ports(text: str, module: str) -> tuple[Port, ...]:
    """Ports of `module` in the order of its header; widths must be numbers or differences of them.

    InputError if the module is not in the text or a width is not a number.
    """
    plain = _COMMENTS.sub(" ", text)
    header = re.search(rf"\bmodule\s+{module}\b\s*(?:#\s*\(.*?\)\s*)?\((.*?)\)\s*;", plain, re.DOTALL)
    if header is None:
        raise InputError(f"Verilog: there is no module {module}.")
    body = header[1]
    if not _ANSI.search(body):  # names only; directions follow in the body
        rest = plain[header.end() :]
        body = rest[: rest.index("endmodule")]
        names = {name.strip() for name in header[1].split(",")}
        return tuple(port for port in _ports(body, module) if port.name in names)
    return tuple(_ports(body, module))


def _ports(text: str, module: str) -> list[Port]:
    return [
        Port(match["direction"], match["name"], _width(match["high"], match["low"], module))
        for match in _ANSI.finditer(text)
    ]


def _width(high: str | None, low: str | None, module: str) -> int:
    if high is None or low is None:
        return 1
    return _number(high, module) - _number(low, module) + 1


def _number(text: str, module: str) -> int:
    """Value of `31`, `32 - 1` or `(32 - 1)`."""
    terms = re.fullmatch(r"\(?\s*(\d+)\s*(?:-\s*(\d+)\s*)?\)?", text.strip())
    if terms is None:
        raise InputError(f"Verilog: width of a port of {module} must be a number, not '{text.strip()}'.")
    return int(terms[1]) - int(terms[2] or 0)
