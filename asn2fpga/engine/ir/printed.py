"""The printed form of a process, one operation a line; used by tests and by the engine's log."""

from __future__ import annotations

from asn2fpga.engine.ir.operations import OPERATIONS, Number
from asn2fpga.engine.ir.process import NOTHING, Exit, Op, Process


def format_process(process: Process) -> str:
    """Printed form, one operation a line; used by tests and by the engine's log."""
    lines = [f"process {process.name}"]
    for port in process.ports:
        lines.append(f"  stream {port.name} {port.direction} u{port.width} last={port.last_bits}")
    for memory in process.memories:
        kind = "ram" if memory.writable else "rom"
        lines.append(f"  {kind} {memory.name} {memory.depth} x u{memory.width}")
    for region in process.regions:
        kind = "loop" if region.is_loop else "block"
        flattened = " flattened" if region.flattened else ""
        lines.append(f"  {kind} {region.name} interval={region.interval}{flattened}")
        lines += [
            f"    %{phi}: u{process.ops[phi].width} = phi  ; {process.ops[phi].name}" for phi in region.phis
        ]
        lines += ["    " + format_op(process.ops[op]) for op in region.ops]
        for phi, value in region.back.items():
            lines.append(f"    back %{phi} <- %{value}")
        lines += ["    " + format_exit(exit_) for exit_ in region.exits]
    return "\n".join(lines) + "\n"


def format_exit(exit_: Exit) -> str:
    """One exit as text."""
    condition = "otherwise" if exit_.condition == NOTHING else f"if %{exit_.condition}"
    moves = ", ".join(f"%{phi} <- %{value}" for phi, value in exit_.moves.items())
    return f"exit {condition} to {exit_.target} {moves}".rstrip()


def format_op(op: Op) -> str:
    """One operation as text."""
    args = " ".join(f"%{arg}" for arg in op.args)
    row = OPERATIONS.get(op.kind)  # the verifier shows operations that there are not
    always = row is not None and row.number not in (Number.NOTHING, Number.PORT)
    extra = f" {op.value}" if op.value or always else ""
    target = f" @{op.target}" if op.target else ""
    predicate = f" if %{op.predicate}" if op.predicate != NOTHING else ""
    return f"%{op.id}: u{op.width} = {op.kind}{extra}{target} {args}{predicate}".replace("  ", " ").rstrip()
