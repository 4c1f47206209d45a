from __future__ import annotations

import re
from pathlib import Path

import pytest

from asn2fpga.board.registers import Register, read_registers, register_map, registers_file
from asn2fpga.errors import InputError

GOOD = """\
range_bytes = 64
[[registers]]
name = "ID"
offset = 0
access = "constant"
value = 7
text = "who"
[[registers]]
name = "HASH"
offset = 4
count = 2
access = "constant"
text = "what"
[[registers]]
name = "CONTROL"
offset = 12
access = "read_write"
reset = 1
text = "do"
fields = [{ name = "go", bit = 0, text = "start" }, { name = "halt", bit = 31, text = "end" }]
[layers]
offset = 16
stride = 8
[[layers.registers]]
name = "IN"
offset = 4
access = "read_only"
text = "in"
"""


def read(path: Path, text: str) -> object:
    path.write_text(text)
    return read_registers(path)


def test_the_map_of_this_version() -> None:
    registers = register_map()
    assert registers_file().is_file()
    assert registers["ID"].value == 0x41534E32
    assert registers["MODEL_HASH"].count == 8
    assert registers["BATCH"].reset == 1
    assert registers["ERRORS"].field("bad_event").mask == 8
    assert registers.layers.of(2)["EVENTS_OUT"] == 0x124
    assert registers.max_layers == 240


def test_a_map_is_read(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(GOOD)
    registers = read_registers(path)
    assert registers["HASH"] == Register("HASH", 4, "constant", "what", count=2)
    assert registers["HASH"].end == 12
    assert registers["CONTROL"].field("halt").bit == 31
    assert registers.layers.of(1) == {"IN": 28}
    assert registers.max_layers == 6


BAD = [
    (
        ('name = "ID"', 'name = "id"'),
        " (id): 'name' must be capital letters, digits and _, not 'id'.",
    ),
    (("offset = 4\ncount", "offset = 6\ncount"), " (HASH): 'offset' must be a multiple of 4, not 0x6."),
    (
        ("offset = 12", "offset = 8"),
        ": CONTROL at 0x8 must begin at or after the end of HASH at 0xc, not overlap it or stand before it.",
    ),
    (
        ("offset = 16", "offset = 8"),
        ": layers at 0x8 must begin at or after the end of CONTROL at 0x10, "
        "not overlap it or stand before it.",
    ),
    (
        ("range_bytes = 64", "range_bytes = 16"),
        ": layers must end within 0x10 bytes, not at 0x18.",
    ),
    (("stride = 8", "stride = 4"), " [layers]: IN must end within 0x4 bytes, not at 0x8."),
    (("count = 2", "count = 0"), " (HASH): 'count' must be at least 1, not 0."),
    (("value = 7", "value = 0x100000000"), " (ID): value must have at most 32 bits, not be 0x100000000."),
    (("bit = 31", "bit = 32"), " (CONTROL): bit of 'halt' must be below 32, not 32."),
    (
        ("bit = 31", "bit = 0"),
        " (CONTROL): 'halt' must have a bit of its own, not bit 0 of 'go'.",
    ),
    (
        ('"halt"', '"Halt"'),
        " (CONTROL): a field's name must be small letters, digits and _, not 'Halt'.",
    ),
    (('name = "HASH"', 'name = "ID"'), ": ID must be the name of one register, not of 2."),
    (
        ('access = "read_write"', 'access = "rw"'),
        " registers[3] (CONTROL): 'access' must be one of constant, read_only, read_write, "
        "write_one_to_clear, not 'rw'.",
    ),
    (
        ('text = "who"', 'note = "who"'),
        " registers[1]: key must be one of name, offset, count, access, value, reset, text, fields, "
        "not 'note'.",
    ),
    (
        ("fields = [{", "fields = [3, {"),
        " registers[3] (CONTROL): 'fields' must be tables [[fields]], not [3, ",
    ),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=[" -> ".join(change) for change, _ in BAD])
def test_a_bad_map_is_refused(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    assert change[0] in GOOD
    path = tmp_path / "map.toml"
    with pytest.raises(InputError, match=f"^{re.escape(f'{path}{message}')}"):
        read(path, GOOD.replace(*change))
