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


def spike_events(random: Random, calls: int) -> Words:
    """A step of events {end, address of 64, count} a call: none, then more and more, then the end."""
    words = []
    for call in range(calls):
        addresses = random.sample(range(64), min(64, 3 * call))
        words += [address << 3 | random.randint(1, 7) for address in addresses]
        words.append(1 << 9)
    return {"events": words}


def skewed_bytes(random: Random, calls: int) -> Words:
    """512 bytes a call; many follow their equal directly or after one other, as a histogram fears."""
    words: list[int] = []
    while len(words) < 512 * calls:
        first, second = random.getrandbits(8), random.getrandbits(8)
        words += random.choice([[first], [first] * 4, [first, second] * 3, [0] * 5, [255, 255]])
    return {"bytes": words[: 512 * calls]}


def short_samples(random: Random, calls: int) -> Words:
    """64 signed 12-bit samples a call, the extremes among them."""
    extremes = [0x800, 0x7FF]
    return {"samples": [random.choice([*extremes, random.getrandbits(12)]) for _ in range(64 * calls)]}


def vector_words(random: Random, calls: int) -> Words:
    """Vectors of 32 signed bytes, eight to a word; the first one all -128."""
    words = [random.getrandbits(64) for _ in range(4 * calls)]
    return {"elements": [int("80" * 8, 16)] * 4 + words[4:]}


def images(random: Random, calls: int) -> Words:
    """Images of 32 x 32 bytes: noise, and steps from black to white."""
    pixels = []
    for call in range(calls):
        edge = random.randint(1, 31)
        for place in range(1024):
            step = 255 * (place % 32 >= edge)
            pixels.append(random.getrandbits(8) if call % 2 else step)
    return {"pixels": pixels}


def packed_values(name: str, random: Random, calls: int) -> Words:
    """32 words of eight 16-bit values a call on stream `name`; few different values, or any."""
    words = []
    for _ in range(32 * calls):
        bits = random.choice([2, 16])
        words.append(packed([random.getrandbits(bits) for _ in range(8)], 16))
    return {name: words}


def messages(random: Random, calls: int) -> Words:
    """A message of 1 to 100 bytes {last, value} a call; the first is "123456789"."""
    words = []
    for call in range(calls):
        text = b"123456789" if call == 0 else random.randbytes(random.randint(1, 100))
        words += [*text[:-1], text[-1] | 0x100]
    return {"bytes": words}
