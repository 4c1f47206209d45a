"""Layer names: module paths of the model to identifiers that C++, SystemVerilog and VHDL all take."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from asn2fpga.loader.keywords import HARDWARE_ENDINGS, HARDWARE_INFIXES, RESERVED, RESERVED_ENDINGS

MAX_LENGTH = 48
LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d"})


def to_identifier(text: str, taken: Container[str] = (), fallback: str = "layer") -> str:
    """A C identifier made of `text`; not reserved, at most MAX_LENGTH characters long.

    It is not in `taken`, which holds lower-case names because VHDL ignores case.

    `net.0` -> `net_0`; `0` -> `layer_0`; `signal` -> `signal_layer`; a name that is taken gets `_2`, `_3` ...
    """
    return _unique(_safe(text, fallback), taken)


def layer_name(text: str, taken: Container[str] = ()) -> str:
    """The identifier of a new layer: no two parts of the hardware get one name, whatever is beside it.

    `a_from_b` -> `a_of_b`; `skip_fork` -> `skip_fork_layer`.
    """
    name = _safe(text, "layer")
    for infix, instead in HARDWARE_INFIXES.items():
        name = name.replace(infix, instead)
    if name.lower().endswith(HARDWARE_ENDINGS):
        name = _with_ending(name, "_layer")
    return _unique(name, taken)


def _unique(base: str, taken: Container[str]) -> str:
    name, number = base, 1
    while name.lower() in taken:
        number += 1
        name = _with_ending(base, f"_{number}")
    return name


def _safe(text: str, fallback: str) -> str:
    ascii_text = unicodedata.normalize("NFKD", text.translate(LETTERS)).encode("ascii", "ignore").decode()
    name = re.sub(r"[^0-9a-zA-Z]+", "_", ascii_text).strip("_")
    if name and name[0].isdigit():
        name = f"{fallback}_{name}"
    name = _with_ending(name, "")
    if not name:
        return fallback
    if name.lower() in RESERVED or name.lower().endswith(RESERVED_ENDINGS):
        name = _with_ending(name, f"_{fallback}")
    return name


def _with_ending(name: str, ending: str) -> str:
    """`name` and `ending`, of at most MAX_LENGTH characters: `name` is cut where it must be."""
    return name[: MAX_LENGTH - len(ending)].rstrip("_") + ending
