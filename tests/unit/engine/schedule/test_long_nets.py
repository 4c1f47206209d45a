"""Nets to many loads in the delay model: what they are counted as, and what they cost."""

from __future__ import annotations

import pytest

from asn2fpga.engine.ir.process import Op, Process, Region
from asn2fpga.engine.schedule.fan_out import fan_outs, multiplier_fan_outs
from asn2fpga.engine.schedule.operators import find_operators
from asn2fpga.engine.target.delays import DelayModel, delay_model

XC7 = delay_model("xc7z020clg400-1", 10.0)
ECP5 = delay_model("LFE5U-85F-6BG381C", 10.0)


def region(*ops: Op) -> tuple[Process, Region]:
    """A process of one block; operations of kind `phi` are its variables."""
    phis = tuple(op.id for op in ops if op.kind == "phi")
    block = Region("block", False, phis, tuple(op.id for op in ops if op.kind != "phi"), ())
    return Process("work", (), (), {op.id: op for op in ops}, (block,)), block


CHOICE = (
    Op(0, "phi", 1),
    Op(1, "phi", 32),
    Op(2, "phi", 32),
    Op(3, "select", 32, (0, 1, 2)),
    Op(4, "not", 1, (0,)),
    Op(5, "and", 1, (4, 4)),
)


def test_what_chooses_leads_to_every_bit() -> None:
    """The condition to 32 bits and to both inputs of the gate behind the inverter."""
    assert fan_outs(*region(*CHOICE)) == {0: 34, 1: 1, 2: 1, 4: 2}


def test_slices_share_no_bits() -> None:
    """The busiest of them counts."""
    ops = [
        Op(0, "phi", 8),
        Op(1, "slice", 4, (0,)),
        Op(2, "slice", 4, (0,), value=4),
        Op(3, "add", 4, (1, 1)),
    ]
    assert fan_outs(*region(*ops))[0] == 2


@pytest.mark.parametrize("delays", [XC7, ECP5])
def test_a_wide_choice_takes_longer_than_a_narrow_one(delays: DelayModel) -> None:
    narrow = [Op(op.id, op.kind, min(op.width, 2), op.args) for op in CHOICE]
    wide, small = (find_operators(*region(*ops), delays)[3].delay_ns for ops in (CHOICE, narrow))
    assert wide - small == pytest.approx(delays.net(34))
    assert delays.net(34) > delays.net(4) == 0.0


def test_wiring_and_inverters_are_no_stops_of_a_net() -> None:
    assert find_operators(*region(*CHOICE), XC7)[4].delay_ns == 0.0


def test_a_net_to_many_multipliers_is_longer_still() -> None:
    """A factor of eight products, through wiring: three doublings."""
    products = [Op(number, "mul", 16, (2, 1)) for number in range(3, 11)]
    ops = (Op(0, "phi", 6), Op(1, "phi", 8), Op(2, "zext", 8, (0,)), *products)
    assert multiplier_fan_outs(*region(*ops)) == {0: 8, 1: 8, 2: 8}
    alone = find_operators(*region(*ops[:4]), ECP5)[3].delay_ns
    together = find_operators(*region(*ops), ECP5)[3].delay_ns
    assert together - alone == pytest.approx(3 * ECP5.figures.per_multipliers)


def test_handshakes_of_many_registers_take_longer() -> None:
    by_bits = [XC7.steering(bits).figures.handshake for bits in (8, 64, 4096)]
    assert by_bits == sorted(by_bits)
    assert by_bits[1] == XC7.figures.handshake
    assert by_bits[2] - by_bits[1] == pytest.approx(12 * XC7.figures.per_doubling)
