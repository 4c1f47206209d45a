"""SystemVerilog of one process."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from asn2fpga.engine.ir.names import Names
from asn2fpga.engine.ir.operations import WITHOUT_VALUE
from asn2fpga.engine.ir.process import Process, Region
from asn2fpga.engine.passes.name_memories import memory_signals, port_signals
from asn2fpga.engine.schedule.problem import Schedule
from asn2fpga.engine.verilog.accesses import Accesses
from asn2fpga.engine.verilog.control import Control, go, parenthesise, valid
from asn2fpga.engine.verilog.eager import Eager
from asn2fpga.engine.verilog.enables import replaced, update
from asn2fpga.engine.verilog.expressions import expression
from asn2fpga.engine.verilog.signals import Signals, declare


def emit_process(process: Process, schedules: dict[str, Schedule]) -> str:
    """The module of a process: ap_clk, ap_rst_n and NAME_valid, NAME_ready, NAME_data for every stream."""
    return "\n".join(_ProcessEmitter(process, schedules).lines()) + "\n"


class _ProcessEmitter:
    def __init__(self, process: Process, schedules: dict[str, Schedule]) -> None:
        self.process = process
        self.schedules = schedules
        self.signals = Signals(process, schedules, Names(self._reserved()))
        eager = Eager(process, schedules, self.signals.names)
        self.control = Control(process, schedules, self.signals, eager)
        self.accesses = Accesses(process, self.control, self.signals)
        self.unneeded = replaced(process, schedules, self._written())

    def _written(self) -> dict[int, int]:
        """Of each loop's phi, the stage in which it takes its next value."""
        regions = self.process.regions
        return {phi: self.signals.update_stage(region, phi) for region in regions for phi in region.back}

    def _reserved(self) -> set[str]:
        names = port_signals(self.process).union(*map(memory_signals, self.process.memories))
        for region in self.process.regions:
            stages = range(self.schedules[region.name].length)
            names |= {f"{region.name}_{end}" for end in ("enter", "exit")}
            names |= {signal(region.name, stage) for signal in (valid, go) for stage in stages}
        return names

    def lines(self) -> Iterator[str]:
        """All lines; the body comes first in time, because it finds out which registers are needed."""
        body = [line for region in self.process.regions for line in self._region(region)]
        memories = [line for memory in self.process.memories for line in self.accesses.memory_logic(memory)]
        streams = list(self.accesses.stream_assignments())
        entries = list(self.control.entries())
        clocked = [*self._control_block(), *self._data_block(), *self.accesses.keeper_updates()]
        clocked += self.accesses.eager_words()
        yield from self._header()
        yield "  // Values keep their C++ width; synthesis drops the bits that nobody reads."
        yield "  // verilator lint_off UNUSEDSIGNAL"
        yield from self.control.declarations()
        yield from self.accesses.memory_declarations()
        yield from self._value_declarations()
        yield from self.accesses.keeper_declarations()
        yield from self.accesses.eager_declarations()
        yield from body
        yield from ("", "  // Memories", *memories) if memories else ()
        yield from ("", "  // Streams", *streams, "", "  // Control", *entries, *clocked, "", "endmodule")

    def _header(self) -> Iterator[str]:
        yield f"// {self.process.name}: {self.process.location}"
        for region in self.process.regions:
            schedule = self.schedules[region.name]
            if region.is_loop:
                yield (
                    f"//   {region.name} ({region.location}): initiation interval {schedule.interval}, "
                    f"{schedule.length} stages"
                )
        yield f"module {self.process.name} ("
        ports = ["  input  logic ap_clk", "  input  logic ap_rst_n"]
        for port in self.process.ports:
            forth, back = ("input ", "output") if port.direction == "in" else ("output", "input ")
            width = f"[{port.width - 1}:0] " if port.width > 1 else ""
            if not port.is_value:
                ports.append(f"  {forth} logic {port.name}_valid")
                ports.append(f"  {back} logic {port.name}_ready")
            ports.append(f"  {forth} logic {width}{port.name}_data")
        yield ",\n".join(ports)
        yield ");"

    def _value_declarations(self) -> Iterator[str]:
        ops = self.process.ops
        for value, name in self.signals.stem.items():
            if value not in self.unneeded:
                yield declare("logic", ops[value].width, name)
        for value, names in self.signals.inside.items():
            yield from (declare("logic", ops[value].width, name) for name in names)
        for (value, _), name in self.signals.pipes.items():
            yield declare("logic", ops[value].width, name)
        for value, name in self.signals.captured.items():
            yield declare("logic", ops[value].width, name)

    def _region(self, region: Region) -> Iterator[str]:
        yield ""
        yield f"  // {region.name} ({region.location})"
        place = ""
        for number in region.ops:
            op = self.process.ops[number]
            if op.kind in WITHOUT_VALUE or self.signals.is_inline(number) or number in self.unneeded:
                continue
            if op.location and op.location != place:
                place = op.location
                yield f"  // {place}"
            name = self.signals.inside.get(number, [self.signals.stem[number]])[0]
            yield f"  assign {name} = {self._value(region, number)};"
        yield from self.control.assignments(region)

    def _value(self, region: Region, number: int) -> str:
        op = self.process.ops[number]
        if op.kind == "read":
            return self.accesses.read_value(op)
        if op.kind == "available":
            return self.accesses.available(op)
        if op.kind == "load":
            return self.accesses.load_value(op)
        stage = self.schedules[region.name].stage[number]
        args = [parenthesise_argument(self.signals.at(region.name, arg, stage)) for arg in op.args]
        return expression(op, args, [self.process.ops[arg].width for arg in op.args])

    def _control_block(self) -> Iterator[str]:
        yield "  always_ff @(posedge ap_clk) begin"
        yield "    if (!ap_rst_n) begin"
        yield from self.control.reset()
        yield from self.accesses.register_resets()
        yield from self.accesses.eager_resets()
        updates = [*self.control.updates(), *self.accesses.register_updates(), *self.accesses.eager_updates()]
        yield from ("    end else begin", *updates) if updates else ()
        yield "    end"
        yield "  end"

    def _data_block(self) -> Iterator[str]:
        """Phis, pipeline registers and captured values, grouped by what lets them change."""
        groups: dict[str, list[str]] = {}
        for statement, conditions in self._entry_updates().items():
            groups.setdefault(" || ".join(conditions), []).append(statement)
        for region in self.process.regions:
            self._phi_updates(region, groups)
        self._inner_registers(groups)
        self._copies(groups)
        if not groups:
            return
        yield "  always_ff @(posedge ap_clk) begin"
        for condition, statements in groups.items():
            yield f"    if {parenthesise_condition(condition)} begin"
            yield from (f"      {statement}" for statement in statements)
            yield "    end"
        yield "  end"

    def _inner_registers(self, groups: dict[str, list[str]]) -> None:
        """Registers that belong into the DSP slices of products."""
        for value, names in self.signals.inside.items():
            home = self.signals._home[value]
            chain = [*names, self.signals.stem[value]]
            for stage, (source, name) in enumerate(pairwise(chain), self.schedules[home].stage[value]):
                groups.setdefault(go(home, stage), []).append(f"{name} <= {source};")

    def _copies(self, groups: dict[str, list[str]]) -> None:
        """Pipeline registers and captured values; filling one may need another, hence the two work lists."""
        pipes, captured = self.signals.pipes, self.signals.captured
        pipes_done = captured_done = 0
        while pipes_done < len(pipes) or captured_done < len(captured):
            for (value, stage), name in list(pipes.items())[pipes_done:]:
                home = self.signals._home[value]
                source = self.signals.at(home, value, stage - 1)
                groups.setdefault(go(home, stage - 1), []).append(f"{name} <= {source};")
                pipes_done += 1
            for value, name in list(captured.items())[captured_done:]:
                home = self.signals._home[value]
                stage = self.schedules[home].available[value]
                source = self.signals._direct(home, value, stage)
                groups.setdefault(go(home, stage), []).append(f"{name} <= {source};")
                captured_done += 1

    def _entry_updates(self) -> dict[str, list[str]]:
        """What phis get when their region is entered, and all ways in that give them that."""
        updates: dict[str, list[str]] = {}
        for region in self.process.regions:
            for number, exit_ in enumerate(region.exits):
                for phi, value in exit_.moves.items():
                    statement = f"{self.signals.stem[phi]} <= {self.signals.leaving(region.name, value)};"
                    updates.setdefault(statement, []).append(self.control.leaving(region, number))
        return updates

    def _phi_updates(self, region: Region, groups: dict[str, list[str]]) -> None:
        """Values of a loop's phis in its next iteration."""
        for phi in region.back:
            stage = self.signals.update_stage(region, phi)
            change = update(self.process, self.schedules[region.name], region, phi, stage)
            condition = self.control.going_round(region, stage)
            for value, wanted in change.conditions:
                text = parenthesise(self.signals.at(region.name, value, stage))
                condition += f" && {'' if wanted else '!'}{text}"
            source = self.signals.at(region.name, change.value, stage)
            if source != self.signals.stem[phi]:
                groups.setdefault(condition, []).append(f"{self.signals.stem[phi]} <= {source};")


def parenthesise_argument(text: str) -> str:
    """Parentheses where an argument is an expression with an operator."""
    return f"({text})" if " " in text and not text.startswith(("{", "$")) else text


def parenthesise_condition(text: str) -> str:
    """A condition in exactly one pair of parentheses."""
    return text if text.startswith("(") and text.endswith(")") and text.count("(") == 1 else f"({text})"
