"""Warnings about programs that ask whether a stream is available: what they do may depend on timing."""

from __future__ import annotations

import re

from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.notes import with_warnings
from asn2fpga.engine.clang.syntax import Module

_CALL = re.compile(r"^.* call .*@asn_stream_(waits|has_room)\(.*$", re.MULTILINE)
_METADATA = re.compile(r"^(!\d+) = (.*)$", re.MULTILINE)
_ASKED = {
    "waits": "whether a word waits (empty, read_nb)",
    "has_room": "whether there is room for a word (full, write_nb)",
}


def warn_of_timing(text: str) -> str:
    """The inlined module, with a warning for each line that asks."""
    calls = list(_CALL.finditer(text))
    if not calls:
        return text
    locations = Locations(Module(metadata=dict(_METADATA.findall(text))))
    return with_warnings(
        text,
        (
            f"{locations.of_line(call[0])}: {_ASKED[call[1]]} depends on timing: results may differ from "
            "those of C simulation, and with the clock cycle in which words come and go"
            for call in calls
        ),
    )
