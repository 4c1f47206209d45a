"""ROMs whose words are all equal become constants; others stay."""

from __future__ import annotations

import pytest

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.fold.rules import fold
from asn2fpga.engine.ir.process import Exit, Memory, Op, Process, Region
from asn2fpga.engine.passes.constant_roms import constant_roms


def reading(contents: tuple[int, ...], *, writable: bool = False) -> Process:
    """One block that loads a word of 6 bits, at an address that is not known."""
    builder = Builder(fold)
    address, result = builder.phi(2), builder.phi(6)
    builder.start_region()
    load = builder.add(Op(0, "load", 6, (address,), target="rom"))
    region = Region("block", False, (address, result), (load,), (Exit(-1, "block", {result: load}),))
    memory = Memory("rom", 4, 6, contents, writable)
    return Process("work", (), (memory,), builder.ops, (region,))


def test_equal_words_are_a_constant() -> None:
    found = constant_roms(reading((21,) * 4))
    (region,) = found.regions
    (moved,) = region.exits[0].moves.values()
    assert found.memories == () and region.ops == ()
    assert (found.ops[moved].kind, found.ops[moved].value, found.ops[moved].width) == ("constant", 21, 6)


@pytest.mark.parametrize(
    ("contents", "writable"), [((21, 21, 21, 20), False), ((21,) * 4, True), ((), False)]
)
def test_others_stay(contents: tuple[int, ...], writable: bool) -> None:
    process = reading(contents, writable=writable)
    assert constant_roms(process) is process
