"""Random populations of map layers, with all they may have: as designs, and by numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from map_configs import Ints, Map, Window, packed, rom, struct
from map_designs import Design, Fifo, Port, Process

from benchmarks.hls.suite import Words

Kind = Literal["convolution", "depthwise", "pixels"]
Neurons = Literal["thresholds", "membrane", "none"]
INFERENCES, WEIGHT_BITS, LEVELS = 2, 3, 2
BASE, FRAC_BITS, LEAK_MULTIPLIER, LEAK_SHIFT = -1, 2, 5, 3  # of membranes


@dataclass(frozen=True)
class Population:
    """What a population has. kinds: of its projections, of which the first `frames` read frames."""

    output: Map
    kinds: tuple[Kind, ...]
    frames: int = 0
    neurons: Neurons = "thresholds"
    has_border: bool = False
    is_carried: bool = False
    sends_currents: bool = False
    fire_interval: int = 1
    dsp_lanes: int = 0

    @property
    def all_frames(self) -> bool:
        """Whether sums are made once for all time steps."""
        return self.output.time_steps > 1 and self.frames == len(self.kinds)

    def design(self, name: str, seed: int) -> tuple[Design, Words]:
        """With random constants and inputs: the design, and what its outputs must carry."""
        return _Builder(name, self, np.random.default_rng(seed)).build()


class _Builder:
    def __init__(self, name: str, population: Population, random: np.random.Generator) -> None:
        self.name, self.population, self.random = name, population, random
        self.output = population.output
        self.configs: list[str] = []
        self.inputs: list[Port] = []
        self.fifos: list[Fifo] = []
        self.processes: list[Process] = []
        self.words: dict[str, list[int]] = {}
        self.read: list[str] = []  # streams that gather reads, one for each projection
        self.projections: list[str] = []
        self.fields: dict[str, int | bool] = {}
        self.types: dict[str, str] = {}
        self.sums = [np.zeros(self.output.shape, np.int64) for _ in range(INFERENCES)]

    def build(self) -> tuple[Design, Words]:
        population, output = self.population, self.output
        for number, kind in enumerate(population.kinds):
            self._projection(
                f"{self.name}_{number}", kind, 1 if number < population.frames else output.time_steps
            )
        if population.has_border:
            self._border()
        if population.is_carried:
            self._carried()
        bits = int(max(abs(each).max() for each in self.sums)).bit_length() + 4
        self.fields |= {
            "lanes": output.lanes,
            "groups": output.groups,
            "time_steps": output.time_steps,
            "out_height": output.height,
            "out_width": output.width,
            "fire_interval": population.fire_interval,
            "dsp_lanes": population.dsp_lanes,
        }
        if population.has_border:
            padded = [self._lanes(row, bits) for row in self.border_rows]
            self.configs.append(rom(f"{self.name}_borders", padded, bits * output.lanes))
            self.types["borders"] = f"{self.name}_borders"
        counts = self._neurons(bits)
        self.types |= {
            "acc_t": f"ap_int<{bits}>",
            "acc_word_t": f"ap_uint<{bits * output.lanes}>",
            "counts_word_t": f"ap_uint<{output.word_bits}>",
        }
        self.configs.append(struct(f"{self.name}_population", self.fields, self.types, "PlainMap"))
        return self._design(bits, counts)

    def _lanes(self, lanes: Ints, bits: int) -> list[int]:
        return [packed(lanes, bits)]

    def _input(self, name: str, source: Map) -> list[Ints]:
        counts = [
            source.random(self.random, float(self.random.choice([0.1, 0.5]))) for _ in range(INFERENCES)
        ]
        self.inputs.append(Port(name, f"hls::stream<ap_uint<{source.word_bits}> >", source.word_bits))
        self.words[name] = [word for each in counts for word in source.words(each)]
        self.configs.append(source.text(f"{self.name}_{name}_map"))
        return counts

    def _add(self, added: list[Ints], shift: int) -> None:
        self.sums = [total + (more << shift) for total, more in zip(self.sums, added, strict=True)]

    def _projection(self, name: str, kind: Kind, steps: int) -> None:
        number, output, random = len(self.projections), self.output, self.random
        shift = int(random.integers(0, 3))
        fields = {"is_frame": steps != output.time_steps, "shift": shift, "products_in_dsp": False}
        types = {"weight_t": f"ap_int<{WEIGHT_BITS}>", "weights": f"{name}_weights"}
        if kind == "pixels":
            source = Map(output.height, output.width, output.channels, output.lanes, 2, steps)
            counts = self._input(f"in{number}", source)
            weights = random.integers(-3, 4, output.channels)
            self._add([each * weights for each in counts], shift)
            rows, what = self._group_rows(weights[:, None]), "PixelByPixel"
            types["input"] = f"{self.name}_in{number}_map"
            self.read.append(f"in{number}")
        else:
            window = self._window(kind, steps)
            counts = self._input(f"in{number}", window.input)
            self.configs.append(window.text(f"{name}_window", f"{self.name}_in{number}_map"))
            inputs = 1 if kind == "depthwise" else window.input.channels
            weights = random.integers(-3, 4, (output.channels, inputs, *window.kernel))
            if kind == "depthwise":
                sums = [np.einsum("tyxabc,cab->tyxc", window.patches(each), weights[:, 0]) for each in counts]
                rows, what = self._group_rows(weights.reshape(output.channels, -1)), "Depthwise"
                types["token_t"] = f"TokenOf<{name}_window>"
            else:
                sums = [window.convolve(each, weights) for each in counts]
                rows, what = window.weight_rows(weights, output.lanes, WEIGHT_BITS), "Gathered"
                types["event_t"] = f"Expanded<TokenOf<{name}_window>>"
            self._add(sums, shift)
            self._window_processes(number, name, kind)
        self.configs.append(rom(f"{name}_weights", rows, output.lanes * WEIGHT_BITS))
        self.configs.append(struct(f"{name}_projection", fields, types))
        self.projections.append(f"{what}<{self.name}_population, {name}_projection>")

    def _group_rows(self, weights: Ints) -> list[list[int]]:
        """Rows of a ROM, group by group, of each group place by place; weights (channel, place)."""
        filled = np.zeros((self.output.groups * self.output.lanes, weights.shape[1]), np.int64)
        filled[: len(weights)] = weights
        grouped = filled.reshape(self.output.groups, self.output.lanes, -1).transpose(0, 2, 1)
        return [[packed(lanes, WEIGHT_BITS)] for lanes in grouped.reshape(-1, self.output.lanes)]

    def _window(self, kind: Kind, steps: int) -> Window:
        """A window with this population's output shape."""
        random, output = self.random, self.output
        while True:
            kernel, stride, dilation = (
                tuple(int(v) for v in random.integers(1, top, 2)) for top in (4, 3, 3)
            )
            padding = tuple(int(v) for v in random.integers(0, 2, 4))
            sides = [
                (size - 1) * stride[axis]
                + dilation[axis] * (kernel[axis] - 1)
                + 1
                - padding[axis]
                - padding[axis + 2]
                for axis, size in enumerate((output.height, output.width))
            ]
            if min(sides) < 1 or padding[1] > dilation[1] * (kernel[1] - 1) + stride[1]:
                continue
            channels, lanes = int(random.integers(1, 6)), int(random.integers(1, 4))
            if kind == "depthwise":
                channels, lanes = output.channels, output.lanes
            source = Map(sides[0], sides[1], channels, lanes, 2, steps, bool(random.integers(3) == 0))
            groups = output.groups if kind == "depthwise" else 1
            return Window(source, kernel, stride, dilation, padding, output.groups, groups)  # type: ignore[arg-type]

    def _window_processes(self, number: int, name: str, kind: Kind) -> None:
        tokens, events = f"tokens{number}", f"events{number}"
        self.fifos.append(Fifo(tokens, f"TokenOf<{name}_window>::stream_t"))
        self.processes.append(Process(f"window{number}", f"window<{name}_window>", (f"in{number}", tokens)))
        if kind == "convolution":
            self.fifos.append(Fifo(events, f"Expanded<TokenOf<{name}_window>>::stream_t"))
            self.processes.append(
                Process(f"expand{number}", f"expand<TokenOf<{name}_window>>", (tokens, events))
            )
        self.read.append(events if kind == "convolution" else tokens)

    def _border(self) -> None:
        output, random = self.output, self.random
        edges = {}
        for axis, (first, last) in zip(
            (output.height, output.width), (("top", "bottom"), ("left", "right")), strict=True
        ):
            edges[first] = int(random.integers(0, min(2, axis - 1) + 1))
            edges[last] = int(random.integers(0, min(2, axis - 1 - edges[first]) + 1))
        classes = [edges["top"] + 1 + edges["bottom"], edges["left"] + 1 + edges["right"]]
        values = random.integers(-9, 10, (*classes, output.groups * output.lanes))
        values[..., output.channels :] = 0
        rows = np.minimum(np.arange(output.height), edges["top"])
        rows += np.maximum(0, np.arange(output.height) - (output.height - 1 - edges["bottom"]))
        columns = np.minimum(np.arange(output.width), edges["left"])
        columns += np.maximum(0, np.arange(output.width) - (output.width - 1 - edges["right"]))
        self._add([values[rows][:, columns, : output.channels]] * INFERENCES, 0)
        self.fields |= {"has_border": True, **{f"border_{side}": value for side, value in edges.items()}}
        self.border_rows = values.reshape(-1, output.lanes)

    def _carried(self) -> None:
        steps = 1 if self.population.all_frames else self.output.time_steps
        source = Map(
            self.output.height, self.output.width, self.output.channels, self.output.lanes, 5, steps, True
        )
        shift = int(self.random.integers(0, 2))
        self._add(self._input("carried", source), shift)
        self.fields["carried_shift"] = shift
        self.types["carried_t"] = "ap_int<5>"

    def _neurons(self, bits: int) -> list[Ints]:
        """What the neurons send, with their configs."""
        population, output, random = self.population, self.output, self.random
        kind = {"thresholds": "WithoutState", "membrane": "InRegisters", "none": "NoNeurons"}[
            population.neurons
        ]
        self.types |= {"neurons": f"{kind}<{self.name}_population>", "neuron": f"{self.name}_neuron"}
        remembers = population.neurons == "membrane"
        frac = FRAC_BITS if remembers else 0
        width = bits + frac + 4
        thresholds = np.sort(random.integers(-4, 20, (output.channels, LEVELS)), axis=1) << frac
        fields: dict[str, int | bool] = {"levels": LEVELS}
        types = {
            "threshold_t": f"ap_int<{width}>",
            "count_t": f"ap_uint<{output.bits}>",
            "thresholds": self._thresholds(thresholds, width),
        }
        biases, steps = random.integers(-9, 10, output.channels), random.integers(1, 40, output.channels)
        if remembers:
            more_fields, more_types = self._membrane(frac, width, biases, steps)
            fields, types = fields | more_fields, types | more_types
        text = struct(f"{self.name}_neuron", fields, types, "PlainMembrane" if remembers else "")
        self.configs.append(
            text[:-2] + "  static HLS_INLINE count_t level_value(int level) { return level; }\n};"
        )
        if remembers:
            return [_membranes(each, thresholds, biases, steps) for each in self.sums]
        return [(each[..., None] >= thresholds).sum(axis=-1) for each in self.sums]

    def _thresholds(self, thresholds: Ints, width: int) -> str:
        """The name of their ROM, which is made; lanes without a channel never fire."""
        output = self.output
        filled = np.zeros((output.groups * output.lanes, LEVELS), np.int64)
        filled[: output.channels] = thresholds
        filled[output.channels :] = 2 ** (width - 2) - 1
        rows = [
            [packed(group[:, level], width) for level in range(LEVELS)]
            for group in filled.reshape(output.groups, output.lanes, LEVELS)
        ]
        self.configs.append(rom(f"{self.name}_thresholds", rows, width * output.lanes))
        return f"{self.name}_thresholds"

    def _membrane(
        self, frac: int, width: int, biases: Ints, resets: Ints
    ) -> tuple[dict[str, int | bool], dict[str, str]]:
        """Fields and types of its config; the ROMs of its constants are made."""
        output = self.output
        types = {
            "potential_t": f"ap_int<{width}>",
            "state_t": f"ap_int<{width}>",
            "bias_t": "ap_int<8>",
            "reset_t": "ap_int<8>",
        }
        for constants, values in (("biases", biases), ("resets", resets)):
            lanes = np.zeros(output.groups * output.lanes, np.int64)
            lanes[: output.channels] = values
            table = [[packed(group, 8)] for group in lanes.reshape(-1, output.lanes)]
            self.configs.append(rom(f"{self.name}_{constants}", table, 8 * output.lanes))
            types[constants] = f"{self.name}_{constants}"
        fields: dict[str, int | bool] = {
            "state_frac_bits": frac,
            "base": BASE,
            "spike_bits": 4,
            "leak_multiplier": LEAK_MULTIPLIER,
            "leak_shift": LEAK_SHIFT,
        }
        return fields, types

    def _design(self, bits: int, counts: list[Ints]) -> tuple[Design, Words]:
        population, output = self.population, self.output
        sums = Map(
            output.height,
            output.width,
            output.channels,
            output.lanes,
            bits,
            1 if population.all_frames else output.time_steps,
            True,
        )
        outputs, expected, streams, kinds = [], {}, [], []
        for name, wanted, travels, values in (
            ("counts", population.neurons != "none", output, counts),
            ("currents", population.sends_currents, sums, [each[: sums.time_steps] for each in self.sums]),
        ):
            kind = f"hls::stream<ap_uint<{travels.word_bits}> >"
            kinds.append(kind if wanted else "Nothing")
            streams.append(name if wanted else "nothing")
            if wanted:
                outputs.append(Port(name, kind, travels.word_bits))
                expected[name] = [word for each in values for word in travels.words(each)]
        carried = f"{self.name}_carried_map::stream_t" if population.is_carried else "NoCurrent"
        streams += ["carried" if population.is_carried else "none", *self.read]
        template = ", ".join([f"{self.name}_population", *kinds, carried, *self.projections])
        used = tuple(stream for stream in streams if stream not in ("nothing", "none"))
        locals_ = ("Nothing nothing; " if "nothing" in streams else "") + (
            "NoCurrent none; " if "none" in streams else ""
        )
        gather = Process("gather", f"gather_with_currents<{template} >", used, ", ".join(streams), locals_)

        design = Design(
            self.name,
            "\n".join([f"struct {self.name}_population;", *self.configs]),
            tuple(self.inputs),
            tuple(outputs),
            tuple(self.fifos),
            (*self.processes, gather),
            self.words,
            INFERENCES,
        )
        return design, expected


def _membranes(sums: Ints, thresholds: Ints, biases: Ints, steps: Ints) -> Ints:
    """Counts of neurons with membranes for sums (time, y, x, channel)."""
    state, counts = np.zeros(sums.shape[1:], np.int64), []
    for each in sums:
        potential = state + (each << FRAC_BITS) + biases
        counts.append((potential[..., None] >= thresholds).sum(axis=-1))
        rest = potential - (counts[-1] + BASE) * steps
        state = (rest * LEAK_MULTIPLIER + (1 << LEAK_SHIFT >> 1)) >> LEAK_SHIFT
    return np.array(counts)


def random_population(seed: int) -> Population:
    """Anything that a population may have."""
    random = np.random.default_rng(seed)
    kinds: tuple[Kind, ...] = tuple(
        random.choice(["convolution", "convolution", "depthwise", "pixels"])
        for _ in range(random.integers(1, 4))
    )
    steps = int(random.choice([1, 2, 3]))
    lanes = int(random.integers(1, 4))
    channels = lanes * int(random.integers(1, 3)) - int(random.integers(0, lanes))
    output = Map(int(random.integers(1, 6)), int(random.integers(1, 7)), channels, lanes, 2, steps)
    neurons: Neurons = random.choice(
        ["thresholds", "membrane", "none"] if steps > 1 else ["thresholds", "none"]
    )
    frames = int(random.integers(0, len(kinds) + 1)) if steps > 1 else 0
    border, carried, sends = (bool(random.integers(3) == 0) for _ in range(3))
    interval = int(random.integers(2, 5)) if neurons == "membrane" else 1
    return Population(
        output,
        kinds,
        frames,
        neurons,
        border,
        carried,
        sends or neurons == "none",
        interval,
        int(random.integers(0, lanes // 2 + 1)) * 2,
    )
