"""Files made of hw/rtl/registers.rdl by systemrdl-compiler and PeakRDL, which only developers need.

Run by `make golden` through tests/golden/test_register_files.py.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from peakrdl_cheader.exporter import CHeaderExporter
from peakrdl_ipxact import IPXACTExporter, Standard
from systemrdl import AddrmapNode, RDLCompiler, RegfileNode, RegNode
from systemrdl.node import FieldNode, RootNode
from systemrdl.rdltypes import AccessType, OnWriteType

from asn2fpga.board.register_files import PACKAGE
from asn2fpga.board.registers import (
    HEADER,
    MEMORY_MAP,
    WORD_BITS,
    Access,
    BitField,
    LayerBlock,
    Register,
    RegisterBank,
    RegisterMap,
    dma_registers_file,
    registers_file,
)

ACCELERATOR = "asn2fpga_accelerator"
DMA = "asn2fpga_dma"
LAYER = "LAYER"
WHOLE = "value"
"""The field of a register that has no bits of its own."""


def made_files() -> dict[Path, str]:
    """What lies beside registers.rdl and is made of it."""
    source = registers_file().with_suffix(".rdl")
    root = elaborate(source, ACCELERATOR)
    return {
        registers_file(): _json(register_map_of(root)),
        dma_registers_file(): _json(bank_of(elaborate(source, DMA))),
        source.with_name(HEADER): header(root),
        source.with_name(MEMORY_MAP): memory_map(root),
    }


def _json(registers: RegisterBank) -> str:
    return json.dumps(dataclasses.asdict(registers), indent=2) + "\n"


def elaborate(path: Path, top: str | None = None) -> RootNode:
    """The compiled address map `top`, else the last one; RDLCompileError, told on stderr, if invalid."""
    compiler = RDLCompiler()
    compiler.compile_file(str(path))
    return compiler.elaborate(top_def_name=top)


def register_map_of(root: RootNode) -> RegisterMap:
    """The description as builds read it. ValueError for what the accelerator's RTL has no use for."""
    top, bank = root.top, bank_of(root)
    (block,) = (node for node in top.children() if isinstance(node, RegfileNode))
    if block.inst_name != LAYER or not block.is_array:
        raise ValueError(f"{block.inst_name}: the only block must be the array {LAYER}")
    layers = LayerBlock(
        block.raw_address_offset,
        block.array_stride,
        tuple(_register(node) for node in block.children() if isinstance(node, RegNode)),
    )
    return RegisterMap(bank.range_bytes, bank.registers, layers)


def bank_of(root: RootNode) -> RegisterBank:
    """The single registers of the description, without blocks."""
    top = root.top
    assert isinstance(top, AddrmapNode)
    return RegisterBank(
        top.size, tuple(_register(node) for node in top.children() if isinstance(node, RegNode))
    )


def _register(node: RegNode) -> Register:
    fields = list(node.fields())
    (access,) = {_access(field) for field in fields}
    whole = [field for field in fields if field.inst_name == WHOLE]
    reset = whole[0].get_property("reset") if whole else None
    count = node.array_dimensions[0] if node.is_array else 1
    return Register(
        name=node.inst_name,
        offset=node.raw_address_offset,
        access=access,
        text=_text(node),
        count=count,
        value=reset if access == "constant" else None,
        reset=int(reset or 0) if access == "read_write" else 0,
        fields=() if whole else tuple(_bit(field) for field in fields),
    )


def _bit(field: FieldNode) -> BitField:
    if field.width != 1:
        raise ValueError(f"{field.get_path()}: a field must be one bit, or be {WHOLE}[{WORD_BITS - 1}:0]")
    return BitField(field.inst_name, field.low, _text(field))


def _access(field: FieldNode) -> Access:
    software, hardware = field.get_property("sw"), field.get_property("hw")
    if field.get_property("onwrite") == OnWriteType.woclr:
        return "write_one_to_clear"
    if software == AccessType.rw:
        return "read_write"
    if software == AccessType.r:
        return "constant" if hardware == AccessType.na else "read_only"
    raise ValueError(f"{field.get_path()}: software access {software.name} is none that the accelerator has")


def _text(node: RegNode | FieldNode) -> str:
    text = node.get_property("desc")
    if not text:
        raise ValueError(f"{node.get_path()}: there must be a description")
    return str(text)


def header(root: RootNode) -> str:
    """C header: masks, positions and resets of all fields, and a struct of the whole map."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{PACKAGE}.h"
        CHeaderExporter().export(root, str(path))
        return path.read_text()


def memory_map(root: RootNode) -> str:
    """The element memoryMaps of IP-XACT (IEEE 1685-2014), indented as it stands in a component."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.xml"
        IPXACTExporter(standard=Standard.IEEE_1685_2014).export(root, str(path))
        return "\n".join(_part(path.read_text(), "ipxact:memoryMaps")) + "\n"


def _part(text: str, element: str) -> Iterator[str]:
    lines = text.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.strip() == f"<{element}>")
    end = next(number for number, line in enumerate(lines) if line.strip() == f"</{element}>")
    yield from lines[begin : end + 1]
