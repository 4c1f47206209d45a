"""The registers of the accelerator and of our DMA as data, described once in SystemRDL: hw/rtl/registers.rdl.

Builds read what tools/registers.py made of it, so that only developers need a compiler of SystemRDL.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from asn2fpga.jsonfile import read_json
from asn2fpga.resources import hardware_dir
from asn2fpga.typed import typed

WORD_BYTES = 4
WORD_BITS = 32
HEADER = "asn2fpga_registers.h"
MEMORY_MAP = "registers_memory_map.xml"
Access = Literal["constant", "read_only", "read_write", "write_one_to_clear"]


@dataclass(frozen=True)
class BitField:
    """One bit of a register."""

    name: str
    bit: int
    text: str

    @property
    def mask(self) -> int:
        """The register's value with only this bit set."""
        return 1 << self.bit


@dataclass(frozen=True)
class Register:
    """`count` words of 32 bits from byte `offset` on. `value`: of constants that no model changes.

    `reset`: what a read_write register holds after reset.
    """

    name: str
    offset: int
    access: Access
    text: str
    count: int = 1
    value: int | None = None
    reset: int = 0
    fields: tuple[BitField, ...] = ()

    @property
    def end(self) -> int:
        """Byte offset of what follows the register."""
        return self.offset + self.count * WORD_BYTES

    def field(self, name: str) -> BitField:
        """The bit of that name; KeyError if there is none."""
        return {field.name: field for field in self.fields}[name]


@dataclass(frozen=True)
class LayerBlock:
    """Registers that each layer has; those of layer i lie `offset + i * stride` bytes up."""

    offset: int
    stride: int
    registers: tuple[Register, ...]

    def of(self, layer: int) -> dict[str, int]:
        """Byte offset of each register of a layer, by name."""
        return {
            register.name: self.offset + layer * self.stride + register.offset for register in self.registers
        }


@dataclass(frozen=True)
class RegisterBank:
    """Registers of one slave, in the order of their offsets."""

    range_bytes: int
    registers: tuple[Register, ...]

    def __getitem__(self, name: str) -> Register:
        """The register of that name; KeyError if there is none."""
        return {register.name: register for register in self.registers}[name]


@dataclass(frozen=True)
class RegisterMap(RegisterBank):
    """All registers of the accelerator."""

    layers: LayerBlock

    @property
    def max_layers(self) -> int:
        """Layers whose blocks lie within the range."""
        return (self.range_bytes - self.layers.offset) // self.layers.stride


def registers_file() -> Path:
    """The description that builds read, made of registers.rdl beside it."""
    return hardware_dir() / "rtl" / "registers.json"


def register_map() -> RegisterMap:
    """The register map of this version."""
    found: RegisterMap = typed(RegisterMap, read_json(registers_file()))
    return found


def dma_registers_file() -> Path:
    """The same of the DMA's registers."""
    return hardware_dir() / "rtl" / "dma_registers.json"


def dma_registers() -> RegisterBank:
    """The registers of our DMA."""
    found: RegisterBank = typed(RegisterBank, read_json(dma_registers_file()))
    return found


def header_text() -> str:
    """The C header of the registers, by PeakRDL."""
    return (hardware_dir() / "rtl" / HEADER).read_text()


def memory_map_text() -> str:
    """The element memoryMaps of an IP-XACT component, by PeakRDL."""
    return (hardware_dir() / "rtl" / MEMORY_MAP).read_text()
