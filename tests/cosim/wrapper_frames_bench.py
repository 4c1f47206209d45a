"""cocotb tests of the wrapper around frames_core: frames of 3 words, 2 scores."""

from __future__ import annotations

import random
from typing import Any

import cocotb
from cocotb.triggers import ReadOnly, RisingEdge
from wrapper_bench import scores, start

FRAME = [0x11223344, 0x55667788, 0x00000099]
OTHER = [1, 2, 3]
WRONG_LAST, TWICE = 0xBAD00001, 0xBAD00002


@cocotb.test()
async def a_short_message(dut: Any) -> None:
    bench = await start(dut)
    await bench.refused(FRAME[:2], "short_message")
    await bench.check_usable(FRAME)


@cocotb.test()
async def a_message_of_one_word(dut: Any) -> None:
    bench = await start(dut)
    await bench.refused(FRAME[:1], "short_message")
    await bench.check_usable(FRAME)


@cocotb.test()
async def a_long_message(dut: Any) -> None:
    bench = await start(dut)
    await bench.refused([*FRAME, 7, 8], "missing_last", "long_message")
    await bench.check_usable(OTHER)


@cocotb.test()
async def a_message_without_last(dut: Any) -> None:
    """The inference is complete, so its scores come; the next word shows that the message was too long."""
    bench = await start(dut)
    await bench.send(FRAME, last=False)
    assert await bench.answers(2) == scores(FRAME)
    assert await bench.errors() == ["missing_last"]
    assert await bench.status() == ["draining"]
    await bench.send([1])
    assert await bench.errors() == ["missing_last", "long_message"]
    await bench.recover()
    await bench.check_usable(OTHER)


@cocotb.test()
async def an_error_in_a_batch(dut: Any) -> None:
    """What came before the error is answered, without TLAST: the message is not complete."""
    bench = await start(dut)
    await bench.write("BATCH", 3)
    await bench.send([*FRAME, *OTHER])
    assert await bench.errors() == ["short_message"]
    assert [(word, last) for _, word, last in bench.received] == [
        (word, 0) for word in (*scores(FRAME), *scores(OTHER))
    ]
    await bench.recover()
    await bench.send([*OTHER, *OTHER, *FRAME])
    assert await bench.answers(6) == [*scores(OTHER), *scores(OTHER), *scores(FRAME)]
    assert await bench.read("INFERENCES_LOW") == 3


@cocotb.test()
async def errors_are_cleared_one_by_one(dut: Any) -> None:
    bench = await start(dut)
    await bench.send([*FRAME, 7])
    await bench.write("ERRORS", bench.mask("ERRORS", "missing_last"))
    assert await bench.errors() == ["long_message"]
    await bench.write("ERRORS", bench.mask("ERRORS", "short_message"))
    assert await bench.errors() == ["long_message"]
    await bench.write("CONTROL", bench.mask("CONTROL", "clear"))
    assert await bench.errors() == []
    assert await bench.status() == ["draining"], "clearing the flags does not end draining"


@cocotb.test()
async def a_batch_takes_effect_with_the_next_message(dut: Any) -> None:
    bench = await start(dut)
    await bench.write("BATCH", 2)
    await bench.send(FRAME, last=False)
    await bench.write("BATCH", 1)
    assert await bench.status() == ["in_message"]
    await bench.send(OTHER)
    await bench.send(OTHER)
    assert await bench.answers(4) == [*scores(FRAME), *scores(OTHER)]
    assert await bench.answers(2) == scores(OTHER)
    await bench.write("BATCH", 0)
    assert await bench.read("BATCH") == 1


@cocotb.test()
async def stop_swallows_everything(dut: Any) -> None:
    bench = await start(dut)
    await bench.send(FRAME[:2], last=False)
    await bench.write("CONTROL", bench.mask("CONTROL", "stop"))
    assert await bench.read("CONTROL") == bench.mask("CONTROL", "stop")
    await bench.send([*FRAME, *FRAME, 5])
    assert await bench.status() == ["in_reset"]
    assert await bench.errors() == [] and bench.received == []
    await bench.write("CONTROL", 0)
    await bench.wait(24)
    assert await bench.status() == []
    await bench.check_usable(OTHER)


@cocotb.test()
async def reset_in_the_middle_of_input(dut: Any) -> None:
    bench = await start(dut)
    await bench.send(FRAME[:2], last=False)
    assert await bench.status() == ["busy", "in_message"]
    await bench.write("CONTROL", bench.mask("CONTROL", "soft_reset"))
    await bench.check_usable(OTHER)


@cocotb.test()
async def reset_in_the_middle_of_output(dut: Any) -> None:
    """One score is taken, the other one and a second inference are lost; counters stay."""
    bench = await start(dut)
    await bench.send(FRAME)
    await bench.answers(2)
    bench.ready_when = lambda cycle: len(bench.received) < 1
    await bench.send(FRAME)
    await bench.send(OTHER)
    await bench.wait(10)
    assert await bench.status() == ["busy", "output_waiting"]
    await bench.write("CONTROL", bench.mask("CONTROL", "soft_reset"))
    await bench.wait(24)
    bench.received.clear()
    bench.ready_when = lambda cycle: True
    assert await bench.read("INFERENCES_LOW") == 1
    await bench.check_usable(OTHER)


@cocotb.test()
async def no_score_is_given_once_a_reset_is_answered(dut: Any) -> None:
    """The receiver becomes ready in the very cycle after the answer."""
    bench = await start(dut)
    bench.ready_when = lambda cycle: False
    await bench.send(FRAME)
    await bench.wait(10)
    answered: list[int] = []

    def from_the_answer_on(cycle: int) -> bool:
        answered.extend([cycle] * int(dut.s_axi_bvalid.value))
        return bool(answered)

    bench.ready_when = from_the_answer_on
    await bench.write("CONTROL", bench.mask("CONTROL", "soft_reset"))
    await bench.wait(24)
    assert answered and bench.received == []
    await bench.check_usable(OTHER)


@cocotb.test()
async def a_hard_reset_forgets_all(dut: Any) -> None:
    bench = await start(dut)
    await bench.write("BATCH", 5)
    await bench.send(FRAME[:2])
    dut.rst_n.value = 0
    await bench.wait(4)
    dut.rst_n.value = 1
    await bench.wait(24)
    assert await bench.read("BATCH") == 1 and await bench.errors() == [] and await bench.status() == []
    await bench.check_usable(FRAME)


@cocotb.test()
async def one_word_a_cycle(dut: Any) -> None:
    """Neither the checks nor the registers cost a cycle."""
    bench = await start(dut)
    frames = [[index, 2 * index, 3 * index] for index in range(30)]
    await bench.write("BATCH", len(frames))
    await bench.send([word for frame in frames for word in frame])
    found = await bench.answers(2 * len(frames))
    assert found == [score for frame in frames for score in scores(frame)]
    cycles = [cycle for cycle, _, _ in bench.sent]
    assert cycles == list(range(cycles[0], cycles[0] + 90))
    assert await bench.read("INPUT_STALL_CYCLES") == 0


@cocotb.test()
async def pauses_on_both_sides(dut: Any) -> None:
    """Scores are exact, and the stall counters say how often a word waited."""
    bench = await start(dut)
    dice = random.Random(1)
    bench.ready_when = lambda cycle: dice.random() < 0.1
    frames = [[dice.getrandbits(32) for _ in range(3)] for _ in range(120)]
    for frame in frames:
        await bench.send(frame)
        await bench.wait(dice.choice([1, 1, 2]))
    bench.ready_when = lambda cycle: True
    for frame in frames:
        assert await bench.answers(2) == scores(frame)
    assert bench.stalls[0] > 0 and bench.stalls[1] > 0
    assert await bench.read("INPUT_STALL_CYCLES") == bench.stalls[0]
    assert await bench.read("OUTPUT_STALL_CYCLES") == bench.stalls[1]


@cocotb.test()
async def inferences_that_overlap_have_each_their_own_cycles(dut: Any) -> None:
    """64 in flight at most; the 65th waits. Scores are let out one inference at a time."""
    bench = await start(dut)
    allowed = 0
    bench.ready_when = lambda cycle: len(bench.received) < allowed
    frames = [[index, index + 1, index + 2] for index in range(70)]
    await bench.write("BATCH", len(frames))
    cocotb.start_soon(bench.send([word for frame in frames for word in frame]))
    await bench.wait(400)
    assert len(bench.sent) == 3 * 64
    assert "input_waiting" in await bench.status()
    for index in range(len(frames)):
        allowed += 2
        while len(bench.received) < allowed:
            await RisingEdge(dut.clk)
        counted = bench.received[-1][0] - bench.sent[3 * index][0] + 1
        assert await bench.read("INFERENCE_CYCLES") == counted
    assert await bench.answers(140) == [score for frame in frames for score in scores(frame)]


@cocotb.test()
async def inferences_of_64_bits_are_read_consistently(dut: Any) -> None:
    bench = await start(dut)
    dut.wrapper.u_counters.inferences.value = 0xFFFF_FFFF
    assert await bench.read("INFERENCES_LOW") == 0xFFFF_FFFF
    await bench.check_usable(FRAME)
    assert await bench.read("INFERENCES_HIGH") == 0, "the one that belongs to the low part read before"
    assert await bench.read("INFERENCES_LOW") == 0
    assert await bench.read("INFERENCES_HIGH") == 1


@cocotb.test()
async def a_core_that_frames_its_output_wrongly(dut: Any) -> None:
    """The DMA gets TLAST where it belongs all the same."""
    bench = await start(dut)
    await bench.send([WRONG_LAST, 0, 0])
    assert await bench.answers(2) == [WRONG_LAST, 3]
    assert await bench.errors() == ["output_framing"]
    await bench.recover()
    await bench.check_usable(FRAME)


@cocotb.test()
async def a_core_that_answers_twice(dut: Any) -> None:
    bench = await start(dut)
    await bench.send([TWICE, 0, 0])
    assert await bench.answers(2) == [TWICE, 3]
    assert await bench.answers(2) == [TWICE, 3]
    assert await bench.errors() == ["unexpected_output"]
    assert await bench.read("INFERENCES_LOW") == 1
    await bench.recover()
    await bench.check_usable(FRAME)


@cocotb.test()
async def accesses_that_mean_nothing(dut: Any) -> None:
    """Every one is answered with OKAY; nothing changes."""
    bench = await start(dut)
    for offset in (0x008, 0x00C, 0x05C, 0x094, 0x0FC, 0x130, 0xFFC):
        await bench.lite.write_dword(offset, 0xFFFF_FFFF)
        assert await bench.lite.read_dword(offset) == 0
    await bench.write("ID", 0)
    assert await bench.read("ID") == 0x41534E32
    await bench.write("BATCH", 7)
    await bench.lite.write(bench.offset("BATCH"), b"\x01")  # a byte, not a word
    assert await bench.read("BATCH") == 7
    assert await bench.status() == []


@cocotb.test()
async def address_and_data_come_in_any_order(dut: Any) -> None:
    """Pauses on all five channels of AXI4-Lite, reads and writes at the same time."""
    bench = await start(dut)
    dice = random.Random(2)
    channels = (
        *(bench.lite.write_if.aw_channel, bench.lite.write_if.w_channel, bench.lite.write_if.b_channel),
        *(bench.lite.read_if.ar_channel, bench.lite.read_if.r_channel),
    )
    for channel in channels:
        seed = dice.random()
        channel.set_pause_generator(pauses(random.Random(seed)))
    for value in range(1, 30):
        writing = cocotb.start_soon(bench.write("BATCH", value))
        assert await bench.read("ID") == 0x41534E32
        await writing
        assert await bench.read("BATCH") == value


@cocotb.test()
async def accesses_that_come_before_the_last_is_answered(dut: Any) -> None:
    bench = await start(dut)
    expected = {
        "ID": 0x41534E32,
        "CLASSES": 2,
        "INPUT_WORDS": 3,
        "INPUT_WORD_BITS": 32,
        "OUTPUT_WORD_BITS": 32,
        "LAYERS": 3,
        "CLOCK_KHZ": 100_000,
        "BATCH": 9,
    }
    for channel in (bench.lite.write_if.b_channel, bench.lite.read_if.r_channel):
        channel.set_pause_generator(pauses(random.Random(4)))
    writes = [cocotb.start_soon(bench.write("BATCH", value)) for value in (7, 8, 9)]
    for write in writes:
        await write
    reads = {name: cocotb.start_soon(bench.read(name)) for name in expected}
    assert {name: await read for name, read in reads.items()} == expected


def pauses(dice: random.Random) -> Any:
    while True:
        yield dice.random() < 0.6


@cocotb.test()
async def nothing_combinational_leads_through(dut: Any) -> None:
    """A change of an input in the middle of a cycle changes no handshake or data output in that cycle."""
    bench = await start(dut)
    bench.ready_when = lambda cycle: False
    await bench.send(FRAME)
    await bench.wait(10)
    before = outputs(dut)
    bench.watcher.cancel()
    await RisingEdge(dut.clk)
    for name, value in (("s_axis_tvalid", 1), ("s_axis_tdata", 5), ("s_axis_tlast", 1), ("m_axis_tready", 1)):
        getattr(dut, name).value = value
    await ReadOnly()
    assert outputs(dut) == before


def outputs(dut: Any) -> list[int]:
    names = ("s_axis_tready", "m_axis_tvalid", "m_axis_tdata", "m_axis_tlast")
    return [int(getattr(dut, name).value) for name in names]
