"""cocotb tests of the wrapper around events_core: 5 inputs, counts of 2 bits, 2 time steps, 2 scores."""

from __future__ import annotations

import random
from typing import Any

import cocotb
from wrapper_bench import scores, start

END = 0x8000_0000


def event(address: int, count: int) -> int:
    """Three address bits, two count bits."""
    return address << 2 | count


GOOD = [event(0, 3), event(4, 1), END, event(2, 2), END]


@cocotb.test()
async def good_messages(dut: Any) -> None:
    """Without events, with all of them, and several inferences in one message."""
    bench = await start(dut)
    everything = [event(address, 3) for address in range(5)]
    for words in (GOOD, [END, END], [*everything, END, *everything, END]):
        await bench.check_usable(words)
    await bench.write("BATCH", 3)
    await bench.send([*GOOD, END, END, *GOOD])
    assert await bench.answers(6) == [*scores(GOOD), *scores([END, END]), *scores(GOOD)]
    assert await bench.errors() == [] and await bench.status() == []


@cocotb.test()
async def addresses_outside_the_input(dut: Any) -> None:
    bench = await start(dut)
    for address in (5, 6, 7):
        await bench.refused([event(0, 1), event(address, 1), END, END], "bad_event")
    await bench.check_usable(GOOD)


@cocotb.test()
async def counts_of_zero(dut: Any) -> None:
    bench = await start(dut)
    await bench.refused([event(3, 0), END, END], "bad_event")
    await bench.check_usable(GOOD)


@cocotb.test()
async def bits_that_must_be_zero(dut: Any) -> None:
    bench = await start(dut)
    for bit in (5, 17, 30):
        await bench.refused([event(1, 1) | 1 << bit, END, END], "bad_event")
        await bench.refused([END | 1 << bit, END], "bad_event")
    await bench.refused([END | event(1, 1), END], "bad_event")
    await bench.check_usable(GOOD)


@cocotb.test()
async def addresses_that_do_not_rise(dut: Any) -> None:
    """Equal and falling ones; in the next time step they start anew."""
    bench = await start(dut)
    await bench.refused([event(2, 1), event(2, 1), END, END], "event_order")
    await bench.refused([END, event(3, 1), event(1, 1), END], "event_order")
    await bench.check_usable([event(3, 1), END, event(1, 1), END])


@cocotb.test()
async def too_few_ends(dut: Any) -> None:
    bench = await start(dut)
    await bench.refused([END], "short_message")
    await bench.refused([END, event(1, 1)], "short_message")
    await bench.check_usable(GOOD)


@cocotb.test()
async def too_many_words(dut: Any) -> None:
    bench = await start(dut)
    await bench.refused([*GOOD, event(1, 1)], "missing_last", "long_message")
    await bench.refused([*GOOD, END], "missing_last", "long_message")
    await bench.refused(GOOD, "missing_last", last=False)
    await bench.check_usable(GOOD)


@cocotb.test()
async def the_core_sees_no_bad_word(dut: Any) -> None:
    """What comes behind the error is thrown away, too: nothing is answered."""
    bench = await start(dut)
    await bench.send([event(1, 1), event(7, 3), *GOOD[1:]])
    await bench.send(GOOD)
    await bench.wait(40)
    assert bench.received == []
    assert await bench.status() == ["busy", "draining"]
    await bench.recover()
    await bench.send([END, END | 1 << 17])  # if it were passed on, it would end the inference
    await bench.wait(40)
    assert bench.received == []
    await bench.recover()
    await bench.check_usable(GOOD)


@cocotb.test()
async def garbage(dut: Any) -> None:
    """Random words never block the input, never answer anything that was not a whole inference."""
    bench = await start(dut)
    dice = random.Random(3)
    for _ in range(60):
        words = [
            dice.choice([dice.getrandbits(32), dice.getrandbits(5), END]) for _ in range(dice.randint(1, 9))
        ]
        await bench.send(words)
        await bench.wait(10)
        if await bench.errors():
            await bench.recover()
        bench.received.clear()
    await bench.check_usable(GOOD)
