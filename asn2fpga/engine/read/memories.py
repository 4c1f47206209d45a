"""Which memories a process's arrays become, and which word of which memory each access touches.

An array is split where every access is known to stay in one part: elements of the outermost dimension (the
slices of a wide ROM) and fields of structs become memories of their own. LLVM moves constants freely between
what was the outer and what was the inner index, so only the interval in which an address lies tells the part,
or the promise of HLS_SEPARATE_SLICES.
"""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.engine.clang.demangle import variable_name
from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.syntax import (
    ArrayType,
    Function,
    Global,
    Instruction,
    IntType,
    LlvmType,
    Local,
    Module,
    Number,
    OffsetExpression,
    Operand,
    PointerType,
    StructType,
    Typed,
    field_offset,
    size_of,
)
from asn2fpga.engine.ir.names import Names
from asn2fpga.engine.ir.process import Memory
from asn2fpga.engine.read.banks import (
    Banks,
    Request,
    banks_of,
    check_request,
    is_complete,
)
from asn2fpga.engine.read.calls import check_call, pointers_in_memory
from asn2fpga.engine.read.fields import Field, has_fields, split
from asn2fpga.engine.read.intervals import Interval, Intervals
from asn2fpga.engine.read.layout import Address, Array, Choice, Place, layout_of, leaves, outer_bytes
from asn2fpga.errors import HlsError


class MemoryPlan:
    """Resolves pointers of one function and lays its arrays out as memories."""

    def __init__(self, module: Module, function: Function, names: Names, locations: Locations) -> None:
        self._module = module
        self.places: dict[str, Place] = {}
        self._arrays: dict[str, Array] = {}
        self._partitioned: set[str] = set()
        self._asked: list[tuple[str, Address, Request]] = []  # place, array and request of ARRAY_PARTITION
        self._requests: dict[str, list[Request]] = {}
        self._fields: dict[str, dict[Field, str]] = {}  # struct -> arrays of its fields
        self._moved: dict[tuple[Address, int], Address] = {}  # into a field, by width
        self._blocks: dict[Address, dict[str, None]] = {}  # where an address is used
        self._in_luts: set[str] = set()  # arrays of which HLS_ROM_LUT is said
        self._in_ultra: dict[str, str] = {}  # arrays of which HLS_RAM_ULTRA is said, and where
        self._sliced: set[str] = set()  # arrays of which HLS_SEPARATE_SLICES is said
        self._two: dict[str, tuple[Typed, int, int]] = {}  # what is one of two constants
        self._parameters = set(function.parameters)
        self.stream_arrays: set[str] = set()  # parameters that are arrays of streams
        self._intervals = Intervals(function)
        for block in function.blocks:
            for instruction in block.instructions:
                self._place = locations.of(instruction.debug) or locations.function(function.debug)
                try:
                    self._visit(instruction, block.name)
                except HlsError as error:
                    raise HlsError(f"{self._place}: {error}") from None
        for base in self._sliced & self._arrays.keys():
            self._arrays[base].promise_slices()
        for base in [base for base, array in self._arrays.items() if has_fields(array.type)]:
            self._split(base)
        for place, address, request in self._asked:
            self._request(place, address, request)
        self._layouts = {name: layout_of(array) for name, array in self._arrays.items() if array.accesses}
        self._names = {
            (name, key): names.unique(self._stem(name, key, keys))
            for name, keys in self._keys().items()
            for key in keys
        }
        self._banks = {
            name: banks
            for (base, _), name in self._names.items()
            if (banks := self._banks_of(base)) is not None
        }
        self._bank_names = {
            name: tuple(names.unique(f"{name}_{bank}") for bank in range(banks.count))
            for name, banks in self._banks.items()
        }

    def address(self, operand: Operand) -> Address:
        """What a pointer operand that is not chosen at run time points at."""
        place = self.place(operand)
        if isinstance(place, Choice):
            raise HlsError("a directive must name an array, not one chosen at run time; name both")
        return place

    def place(self, operand: Operand) -> Place:
        """What a pointer operand points at."""
        if isinstance(operand, Global):
            return Address(operand.name, 0)
        if isinstance(operand, OffsetExpression):
            inner = self.address(operand.base)
            return Address(inner.base, inner.offset + operand.offset, inner.terms)
        if isinstance(operand, Local):
            if operand.name in self.places:
                return self.places[operand.name]
            if operand.name in self._parameters:
                return Address(operand.name, 0)
        raise HlsError(
            "a pointer must be the name of an array or stream with indices; select elements, not arrays"
        )

    def is_stream(self, operand: Operand) -> bool:
        """Whether a pointer is a parameter of the function."""
        return any(self.is_parameter(address) for address in leaves(self.place(operand)))

    def is_parameter(self, address: Address) -> bool:
        """Whether an address is that of a parameter of the function."""
        return address.base in self._parameters

    def access(self, address: Address, width: int) -> tuple[str, int, tuple[tuple[int, Typed], ...]]:
        """Memory name, constant word index and (words, value) terms of an access."""
        address = self._moved.get((address, width), address)
        layout = self._layouts[address.base]
        key, index = layout.word(address)
        terms = tuple((scale // layout.stride, value) for scale, value in address.terms)
        return self._names[address.base, key], index, terms

    def banks(self, name: str) -> tuple[Banks, tuple[str, ...]] | None:
        """The banks of a memory and their names; None if it is in one piece."""
        return (self._banks[name], self._bank_names[name]) if name in self._banks else None

    def within(self, address: Address, value: Typed) -> Interval:
        """Where a value lies wherever the address is used."""
        spans = [self._intervals.of(value, block) for block in self._blocks[address]]
        found = spans[0]
        for span in spans[1:]:
            found = found.join(span)
        return found

    def address_bits(self, name: str) -> int:
        """Bits of a word index of one memory."""
        base = next(array for (array, _), known in self._names.items() if known == name)
        return max(1, (self._layouts[base].depth - 1).bit_length())

    def memory_names(self, operand: Operand) -> tuple[str, ...]:
        """All memories an array was split into (for directives about the whole array)."""
        bases = self._bases(self.address(operand))
        names = [name for (array, _), name in self._names.items() if array in bases]
        return tuple(bank for name in names for bank in self._bank_names.get(name, (name,)))

    def partition(self, operand: Operand) -> None:
        """Make registers of all words of an array."""
        self._partitioned.update(self._bases(self.address(operand)))

    def keep_in_luts(self, operand: Operand) -> None:
        """Make look-up tables of an array that is never written."""
        self._in_luts.update(self._bases(self.address(operand)))

    def keep_in_ultra(self, operand: Operand, place: str) -> None:
        """Make UltraRAM of an array, which must be written and may have no first values."""
        self._in_ultra.update(dict.fromkeys(self._bases(self.address(operand)), place))

    def memories(self) -> tuple[Memory, ...]:
        """The memories, in the order of their first access."""
        found: list[Memory] = []
        for (base, key), name in self._names.items():
            memory, banks = self._memory(base, key, name), self._banks.get(name)
            parts = [memory.contents] if banks is None else banks.contents(memory.contents)
            found += [
                replace(memory, name=bank, depth=len(part), contents=part)
                for bank, part in zip(self._bank_names.get(name, (name,)), parts, strict=True)
            ]
        return tuple(found)

    def _banks_of(self, base: str) -> Banks | None:
        layout, requests = self._layouts[base], self._requests.get(base, ())
        if base in self._partitioned or not requests:
            return None
        return banks_of(requests, layout.array.dimensions, layout.part, layout.stride)

    def _memory(self, base: str, key: tuple[int, int], name: str) -> Memory:
        layout = self._layouts[base]
        array = layout.array
        start, size = key[0] * layout.part + key[1], size_of(IntType(layout.width))
        mask = (1 << layout.width) - 1
        contents = tuple(
            int.from_bytes(array.initial[position : position + size], "little") & mask
            for position in range(start, start + layout.part - key[1], layout.stride)
        )
        written = any(write for _, _, write in array.accesses)
        if base in self._in_ultra:
            _check_ultra(self._in_ultra[base], array.name, contents, written)
        return Memory(
            name,
            len(contents),
            layout.width,
            contents,
            written,
            array.name,
            static=array.variable in self._module.globals,
            partitioned=base in self._partitioned,
            in_luts=base in self._in_luts,
            in_ultra=base in self._in_ultra,
            base=array.variable,
        )

    def _keys(self) -> dict[str, list[tuple[int, int]]]:
        keys: dict[str, list[tuple[int, int]]] = {}
        for name, layout in self._layouts.items():
            for address, _, _ in layout.array.accesses:
                key = layout.word(address)[0]
                if key not in keys.setdefault(name, []):
                    keys[name].append(key)
            keys[name].sort()
        return keys

    def _stem(self, name: str, key: tuple[int, int], keys: list[tuple[int, int]]) -> str:
        stem = self._arrays[name].name
        return stem if len(keys) == 1 else f"{stem}_{keys.index(key)}"

    def _visit(self, instruction: Instruction, block: str) -> None:
        if instruction.opcode == "call":
            check_call(self._module, instruction)
        if instruction.opcode == "getelementptr" and instruction.result is not None:
            self.places[instruction.result] = self._element(
                instruction, self.place(instruction.operands[0].operand)
            )
        elif (
            instruction.opcode == "select"
            and isinstance(instruction.type, PointerType)
            and instruction.result
        ):
            condition, yes, no = instruction.operands
            self.places[instruction.result] = Choice(
                condition, self.place(yes.operand), self.place(no.operand)
            )
        elif instruction.opcode == "select" and instruction.result is not None:
            condition, one, other = instruction.operands
            if isinstance(one.operand, Number) and isinstance(other.operand, Number):
                self._two[instruction.result] = (condition, one.operand.value, other.operand.value)
        elif instruction.opcode == "call" and instruction.callee == "asn_separate_slices":
            self._sliced.add(self.address(instruction.operands[0].operand).base)
        elif instruction.opcode == "call" and instruction.callee == "asn_array_partition":
            self._ask(instruction)
        elif instruction.opcode == "alloca" and instruction.result is not None:
            self.places[instruction.result] = Address(instruction.result, 0)
            self._declare(instruction.result, instruction.element or IntType(8), None)
        elif instruction.opcode in ("load", "store"):
            self._record(instruction, block)

    def _ask(self, instruction: Instruction) -> None:
        """ARRAY_PARTITION."""
        address = self.address(instruction.operands[0].operand)
        numbers = [operand.operand for operand in instruction.operands[1:]]
        values = [number.value for number in numbers if isinstance(number, Number)]
        if len(values) != len(numbers):
            raise HlsError("ARRAY_PARTITION: factor and dim must be constants")
        if address.base not in self._arrays:
            self._declare_global(address.base)
        self._asked.append((self._place, address, Request(*values)))

    def _request(self, place: str, address: Address, request: Request) -> None:
        for base in self._bases(address):
            dimensions = self._arrays[base].dimensions
            check_request(place, self._arrays[base].name, request, dimensions)
            known = self._requests.setdefault(base, [])
            known.append(request)
            if is_complete(known, dimensions):
                self._partitioned.add(base)

    def _split(self, base: str) -> None:
        """Arrays of the fields of a struct, if each access is known to be of one."""
        array = self._arrays[base]
        parts = split(array, lambda address: lambda value: self.within(address, value))
        if parts is None:
            return
        del self._arrays[base]
        self._fields[base] = {field: base + field.name for field in parts}
        for field, part in parts.items():
            self._arrays[base + field.name] = part
            self._moved.update(part.moved)
            for (old, _), new in part.moved.items():
                self._blocks.setdefault(new, {}).update(self._blocks[old])
                for block in self._blocks[old]:
                    span = self._span(new, block)
                    part.spans[new] = span.join(part.spans.get(new, span))

    def _bases(self, address: Address) -> tuple[str, ...]:
        """The arrays at an address that a directive names: of a whole struct, those of all its fields."""
        fields = self._fields.get(address.base)
        if fields is None:
            return (address.base,)
        named = tuple(base for field, base in fields.items() if field.start == address.offset)
        return named if address.offset else tuple(fields.values())

    def _element(self, instruction: Instruction, base: Place) -> Place:
        if isinstance(base, Choice):
            yes, no = (self._element(instruction, place) for place in (base.yes, base.no))
            return Choice(base.condition, yes, no)
        offset, terms = base.offset, list(base.terms)
        type_: LlvmType = ArrayType(0, instruction.element or IntType(8))
        for index in instruction.operands[1:]:
            if isinstance(type_, StructType):
                number = index.operand.value if isinstance(index.operand, Number) else 0
                offset, type_ = offset + field_offset(type_, number), type_.fields[number]
                continue
            element = type_.element if isinstance(type_, ArrayType) else type_
            if isinstance(index.operand, Number):
                offset += index.operand.value * size_of(element)
            else:
                constant, term = self._term(size_of(element), index)
                offset += constant
                terms.append(term)
            type_ = element
        return Address(base.base, offset, tuple(terms))

    def _term(self, scale: int, index: Typed) -> tuple[int, tuple[int, Typed]]:
        """Constant and varying part of an index; one of two constants varies with their condition."""
        if isinstance(index.operand, Local) and index.operand.name in self._two:
            condition, yes, no = self._two[index.operand.name]
            return no * scale, ((yes - no) * scale, condition)
        return 0, (scale, index)

    def _record(self, instruction: Instruction, block: str) -> None:
        for address in leaves(self.place(instruction.operands[-1].operand)):
            self._record_access(instruction, address, block)

    def _record_access(self, instruction: Instruction, address: Address, block: str) -> None:
        if address.base in self._parameters:
            if address.offset or address.terms:
                self.stream_arrays.add(address.base)
            self._blocks.setdefault(address, {})[block] = None
            return
        if address.base not in self._arrays:
            self._declare_global(address.base)
        type_ = instruction.type if instruction.opcode == "load" else instruction.operands[0].type
        if isinstance(type_, PointerType):
            raise HlsError(pointers_in_memory(address.base, str(instruction.operands[0].operand)))
        if not isinstance(type_, IntType):
            raise HlsError(f"{variable_name(address.base)}: array elements must be integers")
        array, span = self._arrays[address.base], self._span(address, block)
        self._blocks.setdefault(address, {})[block] = None
        array.accesses.append((address, type_, instruction.opcode == "store"))
        array.places.append(self._place)
        array.spans[address] = span.join(array.spans.get(address, span))

    def _span(self, address: Address, block: str) -> Interval:
        """First and last byte at which an access may begin."""
        span = Interval(address.offset, address.offset)
        for scale, value in address.terms:
            span += self._intervals.of(value, block).times(scale)
        return span

    def _declare_global(self, base: str) -> None:
        variable = self._module.globals.get(base)
        if base in self._module.pointers or base in self._module.functions:
            raise HlsError(pointers_in_memory(base, self._module.pointers.get(base, "")))
        if variable is None:
            raise HlsError(f"the array {variable_name(base)} must be defined in this file, with constants")
        self._declare(base, variable.type, variable.initial)

    def _declare(self, base: str, type_: LlvmType, initial: bytes | None) -> None:
        size = size_of(type_)
        self._arrays[base] = Array(
            variable_name(base),
            size,
            outer_bytes(type_),
            initial or bytes(size),
            type_,
            base,
        )


def _check_ultra(place: str, name: str, contents: tuple[int, ...], written: bool) -> None:
    """UltraRAM begins empty: HlsError for what holds values before anything is written."""
    if not written or any(contents):
        what = "is never written" if not written else "has first values"
        raise HlsError(
            f"{place}: {name} {what}, and UltraRAM begins empty; leave it to block RAM, or write every word "
            "before it is read"
        )
