"""Random convolutions with stateless neurons, as designs with what they must send."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from map_configs import Ints, Map, Window, integer, packed, rom, struct
from map_designs import Design, Fifo, Port, Process

from benchmarks.hls.suite import Words


@dataclass(frozen=True, eq=False)
class Numbers:
    """Of a convolution, and what it computes: counts that come, and those that are fired, by inference."""

    weights: Ints
    acc_bits: int
    thresholds: Ints
    counts: list[Ints]
    fired: list[Ints]


@dataclass(frozen=True)
class Convolution:
    """A convolution with graded, stateless neurons behind it."""

    window: Window
    channels: int  # of the output
    lanes: int
    levels: int = 2
    weight_bits: int = 4
    density: float = 0.3
    inferences: int = 2
    dsp_lanes: int = 0

    @property
    def output(self) -> Map:
        """The map of counts that it sends."""
        height, width = self.window.out
        bits = self.levels.bit_length()
        return Map(height, width, self.channels, self.lanes, bits, self.window.input.time_steps)

    def design(self, name: str, seed: int, depth: int = 2) -> tuple[Design, Words]:
        """The design, and the words that its output must carry."""
        numbers, source, output = self._numbers(np.random.default_rng(seed)), self.window.input, self.output
        token, event = f"TokenOf<{name}_window_t>::stream_t", f"Expanded<TokenOf<{name}_window_t>>::stream_t"
        design = Design(
            name,
            "\n".join(self._configs(name, numbers)),
            (Port("pixels", f"{name}_map::stream_t", source.word_bits),),
            (Port("fired", f"hls::stream<ap_uint<{output.word_bits}> >", output.word_bits),),
            (Fifo("tokens", token, depth), Fifo("events", event, depth)),
            (
                Process("window", f"window<{name}_window_t>", ("pixels", "tokens")),
                Process("expand", f"expand<TokenOf<{name}_window_t>>", ("tokens", "events")),
                Process(
                    "gather",
                    f"gather<{name}_population, Gathered<{name}_population, {name}_synapses> >",
                    ("fired", "events"),
                ),
            ),
            {"pixels": [word for each in numbers.counts for word in source.words(each)]},
            self.inferences,
        )
        return design, {"fired": [word for each in numbers.fired for word in output.words(each)]}

    def _numbers(self, random: np.random.Generator) -> Numbers:
        window, source = self.window, self.window.input
        limit = 2 ** (self.weight_bits - 1) - 1
        shape = (self.channels, source.channels // window.conv_groups, *window.kernel)
        weights = random.integers(-limit, limit + 1, shape)
        worst = int(abs(weights).reshape(self.channels, -1).sum(axis=1).max()) * 2**source.bits
        spread = max(worst // 16, 1)
        thresholds = np.sort(random.integers(-spread, 2 * spread + 1, (self.channels, self.levels)), axis=1)
        counts = [source.random(random, self.density) for _ in range(self.inferences)]
        sums = [window.convolve(each, weights) for each in counts]
        fired = [
            sum((each >= thresholds[:, level]).astype(np.int64) for level in range(self.levels))
            for each in sums
        ]
        return Numbers(weights, worst.bit_length() + 1, thresholds, counts, fired)

    def _configs(self, name: str, numbers: Numbers) -> list[str]:
        window, acc_bits = self.window, numbers.acc_bits
        width = max(acc_bits, int(abs(numbers.thresholds).max()).bit_length() + 1)
        filled = np.full((window.out_groups * self.lanes, self.levels), 2 ** (width - 1) - 1)
        filled[: self.channels] = numbers.thresholds
        rows = [
            [packed(group[:, level], width) for level in range(self.levels)]
            for group in filled.reshape(window.out_groups, self.lanes, self.levels)
        ]
        weight_rows = window.weight_rows(numbers.weights, self.lanes, self.weight_bits)
        return [
            window.input.text(f"{name}_map"),
            window.text(f"{name}_window_t", f"{name}_map"),
            rom(f"{name}_weights", weight_rows, self.lanes * self.weight_bits),
            rom(f"{name}_thresholds", rows, self.lanes * width),
            self._neuron(f"{name}_neuron", name, width),
            self._population(name, acc_bits),
            self._synapses(name),
        ]

    def _population(self, name: str, acc_bits: int) -> str:
        output = self.output
        fields = {
            "lanes": self.lanes,
            "groups": self.window.out_groups,
            "time_steps": output.time_steps,
            "out_height": output.height,
            "out_width": output.width,
            "dsp_lanes": self.dsp_lanes,
        }
        types = {
            "acc_t": f"ap_int<{acc_bits}>",
            "acc_word_t": f"ap_uint<{acc_bits * self.lanes}>",
            "counts_word_t": f"ap_uint<{output.word_bits}>",
            "neuron": f"{name}_neuron",
            "neurons": f"WithoutState<{name}_population>",
        }
        return struct(f"{name}_population", fields, types, "PlainMap")

    def _synapses(self, name: str) -> str:
        types = {
            "event_t": f"Expanded<TokenOf<{name}_window_t>>",
            "weight_t": f"ap_int<{self.weight_bits}>",
            "weights": f"{name}_weights",
        }
        return struct(f"{name}_synapses", {"is_frame": False, "shift": 0, "products_in_dsp": False}, types)

    def _neuron(self, neuron: str, name: str, width: int) -> str:
        types = {
            "threshold_t": f"ap_int<{width}>",
            "count_t": integer(self.output.bits, False),
            "thresholds": f"{name}_thresholds",
        }
        text = struct(neuron, {"levels": self.levels}, types)
        return text[:-2] + "  static HLS_INLINE count_t level_value(int level) { return level; }\n};"


def random_convolution(seed: int) -> Convolution:
    """Any geometry."""
    random = np.random.default_rng(seed)

    def pick(*choices: int) -> int:
        return int(random.choice(choices))

    while True:
        conv_groups = pick(1, 1, 1, 2, 3)
        lanes = pick(1, 2, 3, 4)
        channels = conv_groups * lanes * pick(1, 2) if conv_groups > 1 else pick(1, 2, 3, 5, 8)
        source = Map(
            pick(1, 4, 5, 7, 9),
            pick(1, 3, 6, 8, 11),
            channels,
            lanes,
            pick(1, 2, 3),
            pick(1, 1, 2, 3),
            bool(random.integers(4) == 0),
        )
        inner, out_lanes = pick(1, 2), pick(1, 2, 3)
        window = Window(
            source,
            (pick(1, 2, 3, 3, 5), pick(1, 2, 3, 3, 5)),
            (pick(1, 1, 2, 3), pick(1, 1, 2, 4)),
            (pick(1, 1, 2), pick(1, 1, 2)),
            tuple(pick(0, 1, 1, 2) for _ in range(4)),  # type: ignore[arg-type]
            inner * conv_groups,
            conv_groups,
            lanes // 2 if lanes % 2 == 0 and random.integers(2) else 0,
        )
        reach = window.dilation[1] * (window.kernel[1] - 1)
        if min(window.out) < 1 or window.padding[1] > reach + window.stride[1]:
            continue
        outputs = window.out_groups * out_lanes - (int(random.integers(out_lanes)) if conv_groups == 1 else 0)
        return Convolution(
            window,
            outputs,
            out_lanes,
            pick(1, 2, 3),
            pick(2, 3, 4, 8),
            float(random.choice([0.02, 0.2, 0.6])),
            dsp_lanes=pick(0, out_lanes // 2 * 2),
        )
