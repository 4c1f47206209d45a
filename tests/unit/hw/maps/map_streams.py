"""Random designs of the kernels beside the windows: pool, map_events, load_map and add_maps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from map_configs import Ints, Map, Window, integer, packed, rom, struct
from map_designs import Design, Fifo, Port, Process

from benchmarks.hls.suite import Words

INFERENCES = 2
Made = tuple[Design, Words]


def _map(random: np.random.Generator, **fixed: int | bool) -> Map:
    fields = {
        "height": random.integers(1, 9),
        "width": random.integers(1, 9),
        "channels": random.integers(1, 8),
        "lanes": random.integers(1, 5),
        "bits": random.integers(1, 5),
        "time_steps": random.choice([1, 1, 2, 3]),
        "signed": random.integers(3) == 0,
    }
    return Map(**({name: int(value) for name, value in fields.items()} | fixed))  # type: ignore[arg-type]


def _inputs(random: np.random.Generator, source: Map) -> list[Ints]:
    return [source.random(random, float(random.choice([0.1, 0.5, 1.0]))) for _ in range(INFERENCES)]


def _design(
    name: str,
    configs: list[str],
    kernel: str,
    inputs: dict[str, tuple[Map, list[Ints]]],
    output: Port,
    expected: list[int],
) -> Made:
    """A design of one process whose outputs come last."""
    ports = tuple(
        Port(port, f"hls::stream<ap_uint<{source.word_bits}> >", source.word_bits)
        for port, (source, _) in inputs.items()
    )
    words = {
        port: [word for each in counts for word in source.words(each)]
        for port, (source, counts) in inputs.items()
    }
    process = Process("run", kernel, (*inputs, output.name))
    design = Design(name, "\n".join(configs), ports, (output,), (), (process,), words, INFERENCES)
    return design, {output.name: expected}


def pool(name: str, seed: int) -> Made:
    """Pooling of any geometry and operation."""
    random = np.random.default_rng(seed)
    while True:
        source = _map(random)
        kernel = (int(random.integers(1, 4)), int(random.integers(1, 4)))
        if random.integers(5) == 0:
            kernel = (source.height, source.width)  # the whole map
        stride = (int(random.integers(1, 4)), int(random.integers(1, 4)))
        padding = tuple(int(random.integers(0, max(side // 2, 0) + 1)) for side in (*kernel, *kernel))
        window = Window(source, kernel, stride, padding=padding)  # type: ignore[arg-type]
        if min(window.out) >= 1:
            break
    fields = {
        f"{kind}_{side}": value[axis]
        for axis, side in enumerate(("height", "width"))
        for kind, value in (("kernel", kernel), ("stride", stride))
    }
    fields |= {"pad_top": padding[0], "pad_left": padding[1]}
    inside = window.patches(np.ones((1, source.height, source.width, source.channels), np.int64)) == 1
    return _pooled(name, random, source, "pool", fields, window.patches, inside)


def shared_pool(name: str, seed: int) -> Made:
    """Pooling of windows that share the map out, of as many as there may be."""
    random = np.random.default_rng(seed)
    source = _map(random)
    size = (source.height, source.width)
    out = tuple(int(random.integers(1, side + 1)) for side in size)
    rows_, columns_ = (_shares(have, some) for have, some in zip(size, out, strict=True))
    mask = rows_[:, None, :, None] & columns_[None, :, None, :]

    def patches(counts: Ints) -> Ints:
        return counts[:, None, None] * mask[None, ..., None]

    inside = np.broadcast_to(mask[None, ..., None], (1, *mask.shape, source.channels))
    return _pooled(name, random, source, "shared_pool", {}, patches, inside)


def _shares(size: int, windows: int) -> np.ndarray:
    """(windows, size) which columns each window holds: those that it shares any part of."""
    window, column = np.arange(windows)[:, None], np.arange(size)[None, :]
    return (column * windows < (window + 1) * size) & ((column + 1) * windows > window * size)


def _pooled(
    name: str,
    random: np.random.Generator,
    source: Map,
    kernel: str,
    fields: dict[str, int],
    patches: Callable[[Ints], Ints],
    inside: np.ndarray,
) -> Made:
    """A design of `kernel` with any operation. patches: (steps, rows, columns, window rows, window columns,
    channels) of counts, 0 where `inside`, of one time step, is not.
    """
    rows_, columns_ = inside.shape[1:3]
    operation = str(random.choice(["MAX", "MIN", "SUM", "MIXED"]))
    wider = (inside.shape[3] * inside.shape[4]).bit_length() if operation == "SUM" else 0
    output = replace(source, height=rows_, width=columns_, bits=source.bits + wider)
    minima = (
        random.integers(0, 2, source.channels) == 1
        if operation == "MIXED"
        else [operation == "MIN"] * source.channels
    )

    def pooled(counts: Ints) -> Ints:
        found = patches(counts)
        if operation == "SUM":
            return found.sum(axis=(3, 4))
        largest = np.where(inside, found, -999).max(axis=(3, 4))
        smallest = np.where(inside, found, 999).min(axis=(3, 4))
        return np.where(minima, smallest, largest)

    counts = _inputs(random, source)
    mask = np.zeros(source.groups * source.lanes, np.int64)
    mask[: source.channels] = minima
    rows = [[packed(group, 1)] for group in mask.reshape(source.groups, source.lanes)]
    config = _pool_config(name, output, operation, fields | {"out_height": rows_, "out_width": columns_})
    configs = [source.text(f"{name}_map"), rom(f"{name}_minima", rows, source.lanes), config]
    expected = [word for each in counts for word in output.words(pooled(each))]
    return _design(
        name,
        configs,
        f"{kernel}<{name}_pool>",
        {"words": (source, counts)},
        Port("pooled", f"hls::stream<ap_uint<{output.word_bits}> >", output.word_bits),
        expected,
    )


def _pool_config(name: str, output: Map, operation: str, fields: dict[str, int]) -> str:
    config = struct(
        f"{name}_pool",
        fields,
        {
            "input": f"{name}_map",
            "count_t": integer(output.bits, output.signed),
            "word_t": f"ap_uint<{output.word_bits}>",
            "stream_t": f"hls::stream<ap_uint<{output.word_bits}> >",
            "minima": f"{name}_minima" if operation == "MIXED" else "NoRom",
        },
    )
    return config[:-2] + f"  static const Pool operation = POOL_{operation};\n}};"


def map_events(name: str, seed: int) -> Made:
    """A map as the events of a dense layer."""
    random = np.random.default_rng(seed)
    source = _map(random)
    pixels = source.height * source.width
    address_bits = max((pixels * source.channels - 1).bit_length(), 1)
    counts = _inputs(random, source)
    expected = []
    for each in counts:
        for step in each.reshape(source.time_steps, -1):
            expected += [
                int(address) << source.bits | packed([step[address]], source.bits)
                for address in np.flatnonzero(step)
            ]
            expected.append(1 << (address_bits + source.bits))
    event = f"{'Signed' if source.signed else ''}Event<{address_bits}, {source.bits}>"
    config = struct(
        f"{name}_events", {"channels": source.channels}, {"input": f"{name}_map", "output_event": event}
    )
    bits = 1 + address_bits + source.bits
    design, words = _design(
        name,
        [source.text(f"{name}_map"), config],
        f"map_events<{name}_events>",
        {"words": (source, counts)},
        Port("events", f"hls::stream<ap_uint<{bits}> >", bits),
        expected,
    )
    if source.time_steps > 1:
        fifo = Fifo("sorted", f"{name}_map::stream_t", 2)
        sort = Process("sort", f"sort_steps<{name}_events>", ("words", "sorted"))
        run = Process("run", f"map_events<{name}_events>", ("sorted", "events"))
        design = replace(design, fifos=(fifo,), processes=(sort, run))
    return design, words


def load_map(name: str, seed: int) -> Made:
    """A map from an AXI4-Stream."""
    random = np.random.default_rng(seed)
    packed_bits = int(random.choice([1, 2, 4, 8]))
    output = _map(random, bits=int(random.integers(1, packed_bits + 1)), signed=False)
    sent = replace(output, bits=packed_bits)
    counts = _inputs(random, sent)
    words = []
    for each in counts:
        order = []
        for y in range(output.height):
            for x in range(output.width):
                for group in range(output.groups):
                    first = group * output.lanes
                    for step in range(output.time_steps):
                        order += list(each[step, y, x, first : first + output.lanes])
        per_word = 32 // packed_bits
        words += [
            packed(order[first : first + per_word], packed_bits) for first in range(0, len(order), per_word)
        ]
    low = [each & ((1 << output.bits) - 1) for each in counts]
    config = struct(
        f"{name}_load",
        {"channels": output.channels, "axis_bits": 32, "packed_bits": packed_bits},
        {"output": f"{name}_map"},
    )
    port = Port("words", f"{name}_map::stream_t", output.word_bits)
    design = Design(
        name,
        "\n".join([output.text(f"{name}_map"), config]),
        (Port("axis", "AxisStream<32>", 32),),
        (port,),
        (),
        (Process("run", f"load_map<{name}_load>", ("axis", "words")),),
        {"axis": words},
        INFERENCES,
    )
    return design, {"words": [word for each in low for word in output.words(each)]}


def add_maps(name: str, seed: int) -> Made:
    """The sum of two maps."""
    random = np.random.default_rng(seed)
    first = _map(random)
    second = replace(first, bits=int(random.integers(1, 5)))
    output = replace(first, bits=max(first.bits, second.bits) + 1)
    inputs = {"first": (first, _inputs(random, first)), "second": (second, _inputs(random, second))}
    stream = f"hls::stream<ap_uint<{output.word_bits}> >"
    config = struct(
        f"{name}_sum",
        {},
        {
            "first": f"{name}_a",
            "second": f"{name}_b",
            "count_t": integer(output.bits, output.signed),
            "word_t": f"ap_uint<{output.word_bits}>",
            "stream_t": stream,
        },
    )
    sums = [a + b for a, b in zip(inputs["first"][1], inputs["second"][1], strict=True)]
    return _design(
        name,
        [first.text(f"{name}_a"), second.text(f"{name}_b"), config],
        f"add_maps<{name}_sum>",
        inputs,
        Port("sums", stream, output.word_bits),
        [word for each in sums for word in output.words(each)],
    )


KERNELS: dict[str, Callable[[str, int], Made]] = {
    "pool": pool,
    "shared_pool": shared_pool,
    "map_events": map_events,
    "load_map": load_map,
    "add_maps": add_maps,
}
