"""cocotb tests of the wrapper around a core that answers after the first of 4 time steps: what is left of
an input can be cut. 5 inputs, counts of 2 bits. The core's second score, in the place of the steps used, is
how many words of the inference before it has got.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cocotb
from cocotb.triggers import RisingEdge
from wrapper_bench import WATCHDOG_CYCLES, Bench, Taken, start

END = 0x8000_0000
STEP = [address << 2 | 1 for address in range(5)]
FIRST, REST = [*STEP, END], [*STEP, END] * 3
INPUT = [*FIRST, *REST]
OTHER = [STEP[2], END, *REST]


class Source:
    """Sends inputs, and keeps how many words of the last one the core must have got: with `cut` events go on
    until the cycle of its answer, ends always.
    """

    def __init__(self, bench: Bench, cut: bool) -> None:
        self.bench, self.cut, self.before = bench, cut, 0

    async def check(self, words: Sequence[int]) -> int:
        """One inference, whose answer says what came of the one before; result: words that reach the core."""
        sent = len(self.bench.sent)
        await self.bench.send(words)
        answer = await self.answer()
        assert [word for _, word, _ in answer] == [self.sum_of(words), self.before]
        assert await self.bench.errors() == []
        self.before = self.words_of(self.bench.sent[sent:], answer[1][0])
        return self.before

    async def answer(self) -> list[Taken]:
        """Two scores, with the cycles in which they were taken."""
        for _ in range(WATCHDOG_CYCLES):
            if len(self.bench.received) >= 2:
                break
            await RisingEdge(self.bench.dut.clk)
        found, self.bench.received[:2] = self.bench.received[:2], []
        return found

    def words_of(self, sent: Sequence[Taken], answered: int) -> int:
        return sum(word == END or not self.cut or cycle <= answered for cycle, word, _ in sent)

    @staticmethod
    def sum_of(words: Sequence[int]) -> int:
        """Of the first time step."""
        return sum(words[: words.index(END) + 1]) & 0xFFFF_FFFF


async def sending(dut: Any, cut: bool) -> tuple[Bench, Source]:
    bench = await start(dut)
    assert await bench.read("INPUT") == 0
    if cut:
        await bench.write("INPUT", 1)
        assert await bench.read("INPUT") == 1
    return bench, Source(bench, cut)


@cocotb.test()
async def nothing_is_cut_at_first(dut: Any) -> None:
    _, source = await sending(dut, cut=False)
    for words in (INPUT, OTHER, INPUT):
        assert await source.check(words) == len(words)


@cocotb.test()
async def the_rest_of_an_answered_input_is_cut(dut: Any) -> None:
    """From the cycle after the answer on; and every word is taken from the source at once."""
    bench, source = await sending(dut, cut=True)
    for words in (INPUT, OTHER, INPUT):
        assert await source.check(words) < len(words)
    for first in (0, len(INPUT) + len(OTHER)):
        cycles = [cycle for cycle, _, _ in bench.sent[first : first + len(INPUT)]]
        assert cycles[-1] - cycles[0] == len(INPUT) - 1


@cocotb.test()
async def the_next_input_of_a_message_is_whole_at_first(dut: Any) -> None:
    bench, source = await sending(dut, cut=True)
    inputs = [INPUT, OTHER, INPUT, OTHER]
    await bench.write("BATCH", len(inputs))
    await bench.send([word for words in inputs for word in words])
    before, place = 0, 0
    for words in inputs:
        answer = await source.answer()
        assert [word for _, word, _ in answer] == [source.sum_of(words), before]
        before = source.words_of(bench.sent[place : place + len(words)], answer[1][0])
        place += len(words)
    assert await bench.errors() == [] and await bench.status() == []


@cocotb.test()
async def an_answer_that_is_not_taken_cuts_nothing(dut: Any) -> None:
    bench, source = await sending(dut, cut=True)
    bench.ready_when = lambda cycle: False
    await bench.send(INPUT)
    await bench.wait(40)
    bench.ready_when = lambda cycle: True
    assert [word for _, word, _ in await source.answer()] == [source.sum_of(INPUT), 0]
    source.before = len(INPUT)
    assert await source.check(INPUT) < len(INPUT)
    assert await source.check(INPUT) < len(INPUT)


@cocotb.test()
async def an_answer_cuts_no_input_but_its_own(dut: Any) -> None:
    """One that is taken when the next input has begun."""
    bench, source = await sending(dut, cut=True)
    bench.ready_when = lambda cycle: False
    await bench.send(INPUT)
    await bench.send(INPUT[:3], last=False)
    bench.ready_when = lambda cycle: True
    assert [word for _, word, _ in await source.answer()] == [source.sum_of(INPUT), 0]
    await bench.wait(10)
    sent = len(bench.sent) - 3
    await bench.send(INPUT[3:])
    answer = await source.answer()
    assert [word for _, word, _ in answer] == [source.sum_of(INPUT), len(INPUT)]
    source.before = source.words_of(bench.sent[sent:], answer[1][0])
    await source.check(OTHER)


@cocotb.test()
async def what_is_cut_is_checked_all_the_same(dut: Any) -> None:
    bench, source = await sending(dut, cut=True)
    for rest, error in (
        ([*REST[:-1], 7 << 2 | 1, END], "bad_event"),
        ([*REST[:-1], STEP[0], END], "event_order"),
        (REST[:-1], "short_message"),
    ):
        await bench.send([*FIRST, *rest])
        assert await bench.errors() == [error]
        await bench.recover()
        source.before = 0
        await source.check(INPUT)
