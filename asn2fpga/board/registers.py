"""The accelerator's registers as data: hw/rtl/registers.toml becomes one RegisterMap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from asn2fpga.errors import InputError
from asn2fpga.resources import hardware_dir
from asn2fpga.tomlfile import Section, read_toml

WORD_BYTES = 4
WORD_BITS = 32
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
class RegisterMap:
    """All registers, in the order of their offsets."""

    range_bytes: int
    registers: tuple[Register, ...]
    layers: LayerBlock

    def __getitem__(self, name: str) -> Register:
        """The register of that name; KeyError if there is none."""
        return {register.name: register for register in self.registers}[name]

    @property
    def max_layers(self) -> int:
        """Layers whose blocks lie within the range."""
        return (self.range_bytes - self.layers.offset) // self.layers.stride


def registers_file() -> Path:
    """The description that comes with asn2fpga."""
    return hardware_dir() / "rtl" / "registers.toml"


def register_map() -> RegisterMap:
    """The register map of this version."""
    return read_registers(registers_file())


def read_registers(path: Path) -> RegisterMap:
    """Read a register map; InputError names file, register and what is missing, misplaced or overlapping."""
    top = read_toml(path)
    top.only("range_bytes", "registers", "layers")
    registers = tuple(_register(section) for section in top.sections("registers"))
    block = top.section("layers")
    block.only("offset", "stride", "registers")
    layers = LayerBlock(
        block.count("offset"),
        block.count("stride"),
        tuple(_register(section) for section in block.sections("registers")),
    )
    found = RegisterMap(top.count("range_bytes"), registers, layers)
    _check(str(path), found)
    return found


def _register(section: Section) -> Register:
    section.only("name", "offset", "count", "access", "value", "reset", "text", "fields")
    name = section.text("name")
    section = Section(f"{section.where} ({name})", section.values)
    return Register(
        name=name,
        offset=section.count("offset"),
        access=_access(section),
        text=section.text("text"),
        count=section.count("count") if "count" in section.values else 1,
        value=section.count("value") if "value" in section.values else None,
        reset=section.count("reset") if "reset" in section.values else 0,
        fields=tuple(_field(field) for field in section.sections("fields")),
    )


def _access(section: Section) -> Access:
    return cast(Access, section.choice("access", get_args(Access)))


def _field(section: Section) -> BitField:
    section.only("name", "bit", "text")
    return BitField(section.text("name"), section.count("bit"), section.text("text"))


def _check(where: str, found: RegisterMap) -> None:
    for register in (*found.registers, *found.layers.registers):
        _check_register(f"{where} ({register.name})", register)
    blocks = Register("layers", found.layers.offset, "read_only", "", _words(found), None)
    _check_places(where, (*found.registers, blocks), found.range_bytes)
    _check_places(f"{where} [layers]", found.layers.registers, found.layers.stride)


def _words(found: RegisterMap) -> int:
    """Words of the blocks of all layers that fit; of one layer if not even one does."""
    return max(1, found.max_layers) * found.layers.stride // WORD_BYTES


def _check_register(where: str, register: Register) -> None:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", register.name):
        raise InputError(f"{where}: 'name' must be capital letters, digits and _, not '{register.name}'.")
    if register.offset % WORD_BYTES:
        raise InputError(f"{where}: 'offset' must be a multiple of {WORD_BYTES}, not {register.offset:#x}.")
    if register.count < 1:
        raise InputError(f"{where}: 'count' must be at least 1, not {register.count}.")
    for value in (register.reset, register.value or 0):
        if value >> WORD_BITS:
            raise InputError(f"{where}: value must have at most {WORD_BITS} bits, not be {value:#x}.")
    _check_fields(where, register)


def _check_fields(where: str, register: Register) -> None:
    seen: dict[int, str] = {}
    for field in register.fields:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", field.name):
            raise InputError(
                f"{where}: a field's name must be small letters, digits and _, not '{field.name}'."
            )
        if field.bit >= WORD_BITS:
            raise InputError(f"{where}: bit of '{field.name}' must be below {WORD_BITS}, not {field.bit}.")
        if field.bit in seen:
            raise InputError(
                f"{where}: '{field.name}' must have a bit of its own, not bit {field.bit} "
                f"of '{seen[field.bit]}'."
            )
        seen[field.bit] = field.name


def _check_places(where: str, registers: tuple[Register, ...], range_bytes: int) -> None:
    """Names are unique, nothing overlaps, all lies within the range and in ascending order."""
    for before, register in _pairs(registers):
        if before and register.offset < before.end:
            raise InputError(
                f"{where}: {register.name} at {register.offset:#x} must begin at or after the end of "
                f"{before.name} at {before.end:#x}, not overlap it or stand before it."
            )
        if register.end > range_bytes:
            raise InputError(
                f"{where}: {register.name} must end within {range_bytes:#x} bytes, not at {register.end:#x}."
            )
    names = [register.name for register in registers]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{where}: {name} must be the name of one register, not of {names.count(name)}.")


def _pairs(registers: tuple[Register, ...]) -> Iterator[tuple[Register | None, Register]]:
    return zip((None, *registers), registers, strict=False)
