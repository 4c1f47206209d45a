"""Files made from the register map: the committed page, the package and the constants."""

from __future__ import annotations

import json
from pathlib import Path

from golden_text import Golden

from asn2fpga.board.register_files import (
    DMA_PACKAGE,
    dma_registers_page,
    registers_json,
    registers_page,
    verilog_package,
)
from asn2fpga.board.registers import HEADER, MEMORY_MAP, dma_registers, register_map
from tools import registers as rdl

ROOT = Path(__file__).parents[2]


def test_what_lies_beside_the_description_is_made_of_it(golden: Golden) -> None:
    """The map that builds read, the C header, the memory map of IP-XACT."""
    files = rdl.made_files()
    assert {path.name for path in files} == {"registers.json", "dma_registers.json", HEADER, MEMORY_MAP}
    for path, text in files.items():
        golden(path, text)


def test_the_committed_page_is_what_the_generator_makes(golden: Golden) -> None:
    golden(ROOT / "docs" / "spec" / "registers.md", registers_page(register_map()))


def test_the_page_of_the_dma_too(golden: Golden) -> None:
    golden(ROOT / "docs" / "spec" / "dma-registers.md", dma_registers_page(dma_registers()))


def test_verilog_package_of_the_dma(golden: Golden) -> None:
    path = Path(__file__).parent / "registers" / f"{DMA_PACKAGE}.sv"
    golden(path, verilog_package(dma_registers(), DMA_PACKAGE))


def test_verilog_package(golden: Golden) -> None:
    golden(Path(__file__).parent / "registers" / "asn2fpga_registers.sv", verilog_package(register_map()))


def test_constants_for_drivers(golden: Golden) -> None:
    text = registers_json(register_map())
    golden(Path(__file__).parent / "registers" / "registers.json", text)
    plain = json.loads(text)
    assert plain["registers"]["ID"]["value"].to_bytes(4, "big") == b"ASN2"
    assert plain["registers"]["CONTROL"]["fields"]["soft_reset"] == 0
    assert plain["layers"]["registers"]["EVENTS_OUT"]["offset"] == 4
