"""The register map that builds read, and the compiled description that it is made of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from systemrdl import RDLCompileError

from asn2fpga.board.register_files import registers_json, verilog_package
from asn2fpga.board.registers import Register, header_text, register_map
from tools import registers as rdl

GOOD = """\
addrmap small {
  default regwidth = 32; littleendian;
  reg { desc = "who"; default sw = r; default hw = na; field {} value[31:0] = 7; } ID @ 0;
  reg { desc = "what"; default sw = r; default hw = na; field {} value[31:0]; } HASH[2] @ 4;
  reg {
    desc = "do"; default sw = rw; default hw = r;
    field { desc = "start"; } go[0:0] = 0;
    field { desc = "end"; } halt[31:31] = 0;
  } CONTROL @ 12;
  regfile {
    reg { desc = "in"; default sw = r; default hw = w; field {} value[31:0]; } IN @ 4;
  } LAYER[6] @ 16 += 8;
};
"""


def read(folder: Path, text: str) -> object:
    path = folder / "map.rdl"
    path.write_text(text)
    return rdl.register_map_of(rdl.elaborate(path))


def test_the_map_of_this_version() -> None:
    registers = register_map()
    assert registers["ID"].value == 0x41534E32
    assert registers["MODEL_HASH"].count == 8
    assert registers["BATCH"].reset == 1
    assert registers["ERRORS"].field("bad_event").mask == 8
    assert registers.layers.of(2)["EVENTS_OUT"] == 0x124
    assert registers.max_layers == 240


def test_a_description_is_read(tmp_path: Path) -> None:
    registers = read(tmp_path, GOOD)
    assert isinstance(registers, type(register_map()))
    assert registers.range_bytes == 64
    assert registers["ID"] == Register("ID", 0, "constant", "who", value=7)
    assert registers["HASH"] == Register("HASH", 4, "constant", "what", count=2)
    assert [(field.name, field.bit, field.text) for field in registers["CONTROL"].fields] == [
        ("go", 0, "start"),
        ("halt", 31, "end"),
    ]
    assert registers["CONTROL"].access == "read_write"
    assert registers.layers.of(3) == {"IN": 44} and registers.max_layers == 6
    assert "localparam int HASH = 1;" in verilog_package(registers)
    assert '"stride": 8' in registers_json(registers)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("HASH[2] @ 4", "HASH[2] @ 2"),  # not on a word
        ("CONTROL @ 12", "CONTROL @ 8"),  # over another one
        ("halt[31:31]", "halt[0:0]"),  # two fields on a bit
        ("} ID @ 0;", "} HASH @ 0;"),  # a name twice
        ("halt[31:31]", "halt[32:32]"),  # outside of the word
        ("LAYER[6] @ 16 += 8", "LAYER[6] @ 16 += 4"),  # blocks over each other
    ],
)
def test_what_the_compiler_refuses(
    old: str, new: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert old in GOOD
    with pytest.raises(RDLCompileError):
        read(tmp_path, GOOD.replace(old, new))
    assert "error" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("LAYER[6]", "BLOCK[6]", "BLOCK: the only block must be the array LAYER"),
        ("go[0:0]", "go[1:0]", "small.CONTROL.go: a field must be one bit, or be value[31:0]"),
        ('desc = "who"; ', "", "small.ID: there must be a description"),
        (
            "default sw = rw; default hw = r;",
            "default sw = w; default hw = r;",
            "small.CONTROL.go: software access w is none that the accelerator has",
        ),
    ],
)
def test_what_the_accelerator_has_no_use_for(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in GOOD
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        read(tmp_path, GOOD.replace(old, new))


def test_the_c_header_says_what_the_drivers_constants_say() -> None:
    """PeakRDL and our generator made two files of one description: every bit and reset value is equal."""
    header = header_text()
    masks = dict(re.findall(r"#define ASN2FPGA_ACCELERATOR__(\w+)_bm (0x[0-9a-f]+)", header))
    resets = dict(re.findall(r"#define ASN2FPGA_ACCELERATOR__(\w+)_reset (0x[0-9a-f]+)", header))
    for register in register_map().registers:
        for field in register.fields:
            assert int(masks[f"{register.name}__{field.name.upper()}"], 16) == field.mask
        if not register.fields:
            whole = f"{register.name}__VALUE"
            assert int(masks[whole], 16) == 0xFFFFFFFF
            assert int(resets.get(whole, "0"), 16) == (register.value or register.reset)
    assert "LAYER[240];" in header and "sizeof(asn2fpga_accelerator_t) == 0x1000" in header
