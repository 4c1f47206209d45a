"""First values for variables that have none in C++ and are used all the same, on a way that is never taken.

`ap_uint<32> m; for (int i = 0; i < 4; i++) m.range(8 * i + 7, 8 * i) = x[i];` gives m every bit before it is
used, but neither the first part that is put in nor the way past the loop tell the engine. Such a variable
begins as 0; one that nothing sees before it has a value keeps a register without first value.
"""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.engine.ir.process import Op, Process, Region
from asn2fpga.engine.ir.scope import unfilled_uses


def give_first_values(process: Process) -> Process:
    """The process, whose effects and conditions see no register that nothing has filled."""
    while seen := {phi for _, value, _ in unfilled_uses(process) for phi in _registers(process, value)}:
        filled = _filled(process, seen)
        if filled == process:
            break
        process = filled
    return process


def _registers(process: Process, value: int) -> set[int]:
    """The phis that a value is made of."""
    found, reached, work = set[int](), {value}, [value]
    while work:
        op = process.ops[work.pop()]
        if op.kind == "phi":
            found.add(op.id)
            continue
        work += [arg for arg in op.args if arg not in reached]
        reached.update(op.args)
    return found


def _filled(process: Process, phis: set[int]) -> Process:
    ops = dict(process.ops)
    zeros: dict[int, int] = {}
    for width in sorted({ops[phi].width for phi in phis}):
        zeros[width] = len(ops)
        ops[len(ops)] = Op(len(ops), "constant", width)
    homes = {phi: region.name for region in process.regions for phi in region.phis}

    def entered(region: Region) -> Region:
        return replace(
            region,
            exits=tuple(
                replace(
                    exit_,
                    moves={
                        **{phi: zeros[ops[phi].width] for phi in phis if homes[phi] == exit_.target},
                        **exit_.moves,
                    },
                )
                for exit_ in region.exits
            ),
        )

    regions = [entered(region) for region in process.regions]
    return process if regions == list(process.regions) else process.with_regions(regions, ops)
