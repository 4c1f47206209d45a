"""Files made from the register map: the committed page, the package and the constants."""

from __future__ import annotations

import json
from pathlib import Path

from golden_text import Golden

from asn2fpga.board.register_files import registers_json, registers_page, verilog_package
from asn2fpga.board.registers import register_map

ROOT = Path(__file__).parents[2]


def test_the_committed_page_is_what_the_generator_makes(golden: Golden) -> None:
    golden(ROOT / "docs" / "spec" / "registers.md", registers_page(register_map()))


def test_verilog_package(golden: Golden) -> None:
    golden(Path(__file__).parent / "registers" / "asn2fpga_registers.sv", verilog_package(register_map()))


def test_constants_for_drivers(golden: Golden) -> None:
    text = registers_json(register_map())
    golden(Path(__file__).parent / "registers" / "registers.json", text)
    plain = json.loads(text)
    assert plain["registers"]["ID"]["value"].to_bytes(4, "big") == b"ASN2"
    assert plain["registers"]["CONTROL"]["fields"]["soft_reset"] == 0
    assert plain["layers"]["registers"]["EVENTS_OUT"]["offset"] == 4
