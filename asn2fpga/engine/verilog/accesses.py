"""Memories and streams of a process: one port each, shared by all stages that use it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asn2fpga.engine.analysis.ports import port_of, shares_port
from asn2fpga.engine.ir.process import NOTHING, Memory, Op, Process, Region
from asn2fpga.engine.target.bind import DISTRIBUTED, REGISTER, ULTRA, is_synchronous, memory_style
from asn2fpga.engine.verilog.control import Control, go, parenthesise, valid
from asn2fpga.engine.verilog.signals import Signals, declare, literal

SUFFIXES = ("", "2")  # of the signals of a memory's read ports


@dataclass(frozen=True)
class Access:
    """One access with the region and stage it happens in."""

    region: Region
    stage: int
    op: Op


class Accesses:
    """Emits memories and stream handshakes."""

    def __init__(self, process: Process, control: Control, signals: Signals) -> None:
        self.process = process
        self.eager = control.eager
        self.control = control
        self.signals = signals
        self.all = [
            Access(region, control.schedules[region.name].stage[number], process.ops[number])
            for region in process.regions
            for number in region.ops
            if process.ops[number].target
        ]
        self.kept = {access.op.id: self._keeper(access) for access in self.all if self._must_keep(access)}

    def _must_keep(self, access: Access) -> bool:
        """Whether another stage of the loop may use this load's port while its value waits."""
        if access.op.kind != "load" or not access.region.is_loop:
            return False
        memory = self._memory(access.op)
        port = port_of(memory, access.op)
        stages = {
            other.stage
            for other in self.all
            if other.op.target == memory.name
            and other.region.name == access.region.name
            and port_of(memory, other.op) == port
        }
        return len(stages) > 1 and is_synchronous(memory)

    def _keeper(self, access: Access) -> tuple[str, str]:
        """Names of two registers: the value arrived in the last cycle; the value, from then on."""
        stem = self.signals.stem[access.op.id]
        return self.signals.names.unique(f"{stem}_new"), self.signals.names.unique(f"{stem}_kept")

    def _memory(self, op: Op) -> Memory:
        return next(memory for memory in self.process.memories if memory.name == op.target)

    def of(self, target: str, kind: str) -> list[Access]:
        """Accesses of one kind to one memory or stream."""
        return [access for access in self.all if access.op.target == target and access.op.kind == kind]

    def _enabled(self, access: Access, condition: str) -> str:
        if access.op.predicate == NOTHING:
            return condition
        predicate = self.signals.at(access.region.name, access.op.predicate, access.stage)
        return f"({condition} && {predicate})"

    def _fires(self, store: Access) -> str:
        """When a store happens."""
        return self._enabled(store, go(store.region.name, store.stage))

    def _argument(self, access: Access, position: int) -> str:
        return self.signals.at(access.region.name, access.op.args[position], access.stage)

    # ---- streams ---------------------------------------------------------------------------------------

    def stream_assignments(self) -> Iterator[str]:
        """Handshake signals of the ports the process drives."""
        for port in (port for port in self.process.ports if not port.is_value):
            kind = "read" if port.direction == "in" else "write"
            accesses = self.of(port.name, kind)
            signal = "ready" if kind == "read" else "valid"
            # A port without an access: simplification has found that none is ever reached.
            offers = " || ".join(self._offer(access) for access in accesses) or "1'b0"
            yield f"  assign {port.name}_{signal} = {offers};"
            if kind == "write":
                data = self._choose(accesses, 0) if accesses else literal(0, port.width)
                yield f"  assign {port.name}_data = {data};"

    def _offer(self, access: Access) -> str:
        terms = [valid(access.region.name, access.stage)]
        terms += self.control.ready_terms(access.region, access.stage, access.op)
        if access.op.predicate != NOTHING:
            terms.append(self.signals.at(access.region.name, access.op.predicate, access.stage))
        if access.op in self.eager:
            terms.append(f"!{self.eager.flags(access.op).done}")
        return f"({' && '.join(terms)})"

    def _choose(self, accesses: list[Access], position: int) -> str:
        """An argument of the active access, of a loop's oldest iteration; the last one is the default."""
        accesses = sorted(accesses, key=lambda access: -access.stage)  # regions are never active together
        texts = [(access, self._argument(access, position)) for access in accesses]
        result = texts[-1][1]
        for access, text in reversed(texts[:-1]):
            if text != result:
                active = self._enabled(access, valid(access.region.name, access.stage))
                result = f"{active} ? {text} : {parenthesise_choice(result)}"
        return result

    def read_value(self, op: Op) -> str:
        """Signal that shows what a read has found."""
        data = f"{op.target}_data"
        if op not in self.eager:
            return data
        flags = self.eager.flags(op)
        return f"{flags.done} ? {flags.word} : {data}"

    def available(self, op: Op) -> str:
        """Signal that shows whether an access would not wait."""
        (port,) = (port for port in self.process.ports if port.name == op.target)
        return f"{op.target}_{'valid' if port.direction == 'in' else 'ready'}"

    def eager_declarations(self) -> Iterator[str]:
        """Flags and words of eager accesses."""
        for access in self._eager():
            flags = self.eager.flags(access.op)
            yield declare("logic", 1, flags.done)
            if flags.word:
                yield declare("logic", access.op.width, flags.word)

    def eager_resets(self) -> Iterator[str]:
        """No access has happened yet."""
        yield from (f"      {self.eager.flags(access.op).done} <= 1'b0;" for access in self._eager())

    def eager_updates(self) -> Iterator[str]:
        """An eager access has happened until its stage moves on."""
        for access in self._eager():
            done = self.eager.flags(access.op).done
            yield f"      if ({go(access.region.name, access.stage)}) {done} <= 1'b0;"
            yield f"      else if ({self._happens(access)}) {done} <= 1'b1;"

    def eager_words(self) -> Iterator[str]:
        """Words that were read and wait."""
        for access in self._eager():
            word = self.eager.flags(access.op).word
            if word:
                condition = self._happens(access)
                yield f"  always_ff @(posedge ap_clk) if ({condition}) {word} <= {access.op.target}_data;"

    def _eager(self) -> list[Access]:
        return [access for access in self.all if access.op in self.eager]

    def _happens(self, access: Access) -> str:
        other = "valid" if access.op.kind == "read" else "ready"
        return f"{self._offer(access)} && {access.op.target}_{other}"

    # ---- memories --------------------------------------------------------------------------------------

    def memory_declarations(self) -> Iterator[str]:
        """Arrays, and the ports' signals."""
        for memory in self.process.memories:
            style = memory_style(memory)
            if style == REGISTER:
                yield declare("logic", memory.width, memory.name)
                continue
            array = f"{memory.name} [0:{memory.depth - 1}]"
            yield f"  (* {_attributes(memory)} *)"
            yield declare("logic", memory.width, array)
            for port in range(memory.read_ports):
                yield from self._read_port_declarations(
                    memory, SUFFIXES[port], shares_port(memory) and port == 1
                )
            if self._forwarding(memory):
                yield declare("logic", memory.width, f"{memory.name}_word")
                yield declare("logic", memory.width, f"{memory.name}_stored")
                yield declare("logic", 1, f"{memory.name}_bypass")
            if memory.writable:
                yield declare("logic", 1, f"{memory.name}_wen")
                yield declare("logic", address_bits(memory), f"{memory.name}_waddr")
                yield declare("logic", memory.width, f"{memory.name}_wdata")

    def _read_port_declarations(self, memory: Memory, suffix: str, shared: bool) -> Iterator[str]:
        if not shared:
            yield declare("logic", address_bits(memory), f"{memory.name}_raddr{suffix}")
        yield declare("logic", memory.width, f"{memory.name}_rdata{suffix}")
        if is_synchronous(memory):
            yield declare("logic", 1, f"{memory.name}_ren{suffix}")

    def memory_logic(self, memory: Memory) -> Iterator[str]:
        """Contents, ports and behaviour of one memory."""
        if memory_style(memory) == REGISTER:
            return
        yield from self._contents(memory)
        loads, stores = self.of(memory.name, "load"), self.of(memory.name, "store")
        name = memory.name
        for port, suffix in enumerate(SUFFIXES):
            users = [load for load in loads if load.op.value == port]
            if users and not (port and shares_port(memory)):
                yield f"  assign {name}_raddr{suffix} = {self._choose(users, 0)};"
                yield from self._read_port(memory, users, suffix)
        if stores:
            fires = [self._fires(store) for store in stores]
            yield f"  // {name}: a load in the cycle in which its word is stored gives the old word."
            yield f"  assign {name}_wen = ap_rst_n && ({' || '.join(fires)});"
            others = [load for load in loads if load.op.value == 1 and shares_port(memory)]
            yield f"  assign {name}_waddr = {self._choose([*stores, *others], 0)};"
            yield f"  assign {name}_wdata = {self._choose(stores, 1)};"
            yield from self._write_port(name, others)

    def _write_port(self, name: str, loads: list[Access]) -> Iterator[str]:
        """The port that writes; in a true dual port RAM, loads may use it too.

        Not always_ff: the array has an `initial` of its own, and nothing else may write what always_ff does.
        """
        if not loads:
            yield f"  always @(posedge ap_clk) if ({name}_wen) {name}[{name}_waddr] <= {name}_wdata;"
            return
        suffix = SUFFIXES[1]
        fires = " || ".join(dict.fromkeys(go(load.region.name, load.stage) for load in loads))
        yield f"  assign {name}_ren{suffix} = {fires};"
        yield "  always @(posedge ap_clk) begin"
        yield f"    if ({name}_wen || {name}_ren{suffix}) begin"
        yield f"      if ({name}_wen) {name}[{name}_waddr] <= {name}_wdata;"
        yield f"      {name}_rdata{suffix} <= {name}[{name}_waddr];"
        yield "    end"
        yield "  end"

    def _contents(self, memory: Memory) -> Iterator[str]:
        """First values. UltraRAM has none; in simulation it begins with ones, so that whoever reads a word
        that was not written before is found.
        """
        if memory_style(memory) == ULTRA:
            yield "`ifndef SYNTHESIS"
            yield f"  initial for (int i = 0; i < {memory.depth}; i++) {memory.name}[i] = '1;"
            yield "`endif"
        elif any(memory.contents):
            yield f'  initial $readmemh("{self.process.name}_{memory.name}.mem", {memory.name});'
        else:
            loop = f"for (int i = 0; i < {memory.depth}; i++) {memory.name}[i] = {literal(0, memory.width)};"
            yield f"  initial {loop}"

    def _read_port(self, memory: Memory, loads: list[Access], suffix: str) -> Iterator[str]:
        name = memory.name
        if is_synchronous(memory):
            fires = " || ".join(dict.fromkeys(go(load.region.name, load.stage) for load in loads))
            yield f"  assign {name}_ren{suffix} = {fires};"
            forwarding = self._forwarding(memory)
            word = f"{name}_word" if forwarding else f"{name}_rdata{suffix}"
            enable, address = f"{name}_ren{suffix}", f"{name}_raddr{suffix}"
            yield f"  always_ff @(posedge ap_clk) if ({enable}) {word} <= {name}[{address}];"
            if forwarding:
                yield from self._bypass(memory, forwarding)
        else:
            yield f"  assign {name}_rdata{suffix} = {name}[{name}_raddr{suffix}];"

    def _forwarding(self, memory: Memory) -> str:
        """When a load meets an older iteration's store, in a loop that asks for a bypass; empty if never."""
        stores = self.of(memory.name, "store")
        meetings = {}
        for load in self.of(memory.name, "load"):
            fires = [self._fires(store) for store in stores if self._is_older(store, load)]
            if fires:
                meetings[f"({go(load.region.name, load.stage)} && ({' || '.join(fires)}))"] = True
        return " || ".join(meetings)

    def _bypass(self, memory: Memory, meeting: str) -> Iterator[str]:
        """The port shows the word that an older iteration stores in the cycle of the load."""
        name = memory.name
        yield "  // A load sees what an older iteration of its loop stores in the same cycle."
        yield "  always_ff @(posedge ap_clk) begin"
        yield f"    if ({name}_ren) begin"
        yield f"      {name}_bypass <= {name}_waddr == {name}_raddr && ({meeting});"
        yield f"      {name}_stored <= {name}_wdata;"
        yield "    end"
        yield "  end"
        yield f"  assign {name}_rdata = {name}_bypass ? {name}_stored : {name}_word;"

    def _is_older(self, store: Access, load: Access) -> bool:
        """Whether a store in the cycle of a load is that of an older iteration, and the loop asks for it."""
        same = store.region.name == load.region.name and store.op.target in load.region.bypassed
        return same and store.stage > load.stage

    def load_value(self, op: Op) -> str:
        """Signal that shows what a load has read."""
        if memory_style(self._memory(op)) == REGISTER:
            return op.target
        if op.id not in self.kept:
            return _read_data(op)
        new, kept = self.kept[op.id]
        return f"{new} ? {_read_data(op)} : {kept}"

    def keeper_declarations(self) -> Iterator[str]:
        """Registers that keep loaded values."""
        for number, (new, kept) in self.kept.items():
            yield declare("logic", 1, new)
            yield declare("logic", self.process.ops[number].width, kept)

    def keeper_updates(self) -> Iterator[str]:
        """A loaded value is kept in the cycle after the load: another load may change the port's output."""
        if not self.kept:
            return
        yield "  always_ff @(posedge ap_clk) begin"
        for access in self.all:
            if access.op.id in self.kept:
                new, kept = self.kept[access.op.id]
                yield f"    {new} <= {go(access.region.name, access.stage)};"
                yield f"    if ({new}) {kept} <= {_read_data(access.op)};"
        yield "  end"

    def register_resets(self) -> Iterator[str]:
        """Static one-word memories, and those never written, start from their C++ initialiser.

        First values of others are stores.
        """
        for memory in self.process.memories:
            if (memory.static or not memory.writable) and memory_style(memory) == REGISTER:
                yield f"      {memory.name} <= {literal(memory.contents[0], memory.width)};"

    def register_updates(self) -> Iterator[str]:
        """Stores to one-word memories, in program order."""
        for memory in self.process.memories:
            if memory_style(memory) == REGISTER:
                for store in self.of(memory.name, "store"):
                    condition = self._enabled(store, go(store.region.name, store.stage))
                    yield f"      if ({condition}) {memory.name} <= {self._argument(store, 1)};"


def _attributes(memory: Memory) -> str:
    """What a memory is to be made of, for every tool.

    A ROM of look-up tables is `distributed` to Vivado; to Yosys that is a kind of RAM with a port to write,
    which most families lack for a ROM. `rom_block` is what Yosys looks at before, and Vivado does not know.
    """
    style = memory_style(memory)
    if memory.writable:
        return f'ram_style = "{style}"'
    return f'rom_block = "logic", rom_style = "{style}"' if style == DISTRIBUTED else f'rom_style = "{style}"'


def _read_data(load: Op) -> str:
    """What the port of a load shows."""
    return f"{load.target}_rdata{SUFFIXES[load.value]}"


def address_bits(memory: Memory) -> int:
    """Bits of a word address."""
    return max(1, (memory.depth - 1).bit_length())


def parenthesise_choice(text: str) -> str:
    """Parentheses around a nested choice."""
    return f"({text})" if "?" in text else parenthesise(text) if " " in text and "{" not in text else text
