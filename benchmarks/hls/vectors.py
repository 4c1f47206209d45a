"""What goes into the kernels: seeded, with the corners that matter to each."""

from __future__ import annotations

from random import Random

Words = dict[str, list[int]]


def packed(lanes: list[int], width: int) -> int:
    """Lanes of equal width side by side, lane 0 in the low bits."""
    return sum(lane << (width * place) for place, lane in enumerate(lanes))


def spike_counts(random: Random, calls: int) -> Words:
    """Eight words of eight 3-bit counts a call: from silence to all lanes busy."""
    words = []
    for call in range(calls):
        density = call / max(1, calls - 1)
        for _ in range(8):
            lanes = [random.randint(1, 7) if random.random() < density else 0 for _ in range(8)]
            words.append(packed(lanes, 3))
    return {"counts": words}


def samples(random: Random, calls: int) -> Words:
    """64 signed 16-bit samples a call, the extremes among them."""
    extremes = [0x8000, 0x7FFF, 0, 0xFFFF]
    return {"samples": [random.choice([*extremes, random.getrandbits(16)]) for _ in range(64 * calls)]}


def messages_of_runs(random: Random, calls: int) -> Words:
    """A message of bytes {last, value} a call: short runs, one longer than 256, messages of a single byte."""
    words = []
    for call in range(calls):
        values: list[int] = []
        for _ in range(random.randint(1, 24)):
            values += [random.getrandbits(8)] * random.choice([1, 1, 2, 3, 9])
        values += [7] * 300 if call == 1 else []
        values = values[:1] if call == 2 else values
        words += [*values[:-1], values[-1] | 0x100]
    return {"symbols": words}
