"""Configs of the kernels in hw/hls/maps as C++ text, and numpy's idea of what the kernels do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def struct(name: str, fields: Mapping[str, int | bool], types: Mapping[str, str], base: str = "") -> str:
    """A C++ config: constants and types."""
    lines = [f"struct {name}{f' : {base}' if base else ''} {{"]
    for field, value in fields.items():
        kind, text = ("bool", str(value).lower()) if isinstance(value, bool) else ("int", str(value))
        lines.append(f"  static const {kind} {field} = {text};")
    lines += [f"  typedef {text} {field};" for field, text in types.items()]
    return "\n".join([*lines, "};"])


def integer(bits: int, signed: bool) -> str:
    """The C++ type of an integer."""
    return f"ap_{'int' if signed else 'uint'}<{bits}>"


def packed(values: Sequence[int] | Ints, bits: int) -> int:
    """Lanes side by side, lane 0 in the low bits."""
    return sum((int(value) & ((1 << bits) - 1)) << (bits * lane) for lane, value in enumerate(values))


def unpacked(word: int, bits: int, lanes: int, signed: bool) -> list[int]:
    """The lanes of a word."""
    values = [word >> (bits * lane) & ((1 << bits) - 1) for lane in range(lanes)]
    return [value - (signed and value >> (bits - 1) << bits) for value in values]


def rom(name: str, rows: Sequence[Sequence[int]], bits: int) -> str:
    """A ROM of rows of one word of `bits` bits or several, and the struct that reads it."""
    slices = -(-bits // 64)
    tables = [
        [word >> (64 * part) & (2**64 - 1) for word in column]
        for column in zip(*rows, strict=True)
        for part in range(slices)
    ]
    text = ",\n".join("{" + ", ".join(f"{word:#x}ull" for word in table) + "}" for table in tables)
    return (
        f"static const unsigned long long {name}_words[{len(tables)}][{len(rows)}] = {{\n{text}}};\n"
        f"struct {name} {{\n  static HLS_INLINE unsigned long long word(int slice, int row) {{\n"
        f"    HLS_SEPARATE_SLICES({name}_words)\n    return {name}_words[slice][row];\n  }}\n}};"
    )


@dataclass(frozen=True)
class Map:
    """A feature map as it travels (config M)."""

    height: int
    width: int
    channels: int
    lanes: int
    bits: int
    time_steps: int = 1
    signed: bool = False

    @property
    def groups(self) -> int:
        """Words of a pixel and time step."""
        return -(-self.channels // self.lanes)

    @property
    def word_bits(self) -> int:
        """Width of a word."""
        return self.lanes * self.bits

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(time, height, width, channel) of the counts of an inference."""
        return self.time_steps, self.height, self.width, self.channels

    def text(self, name: str) -> str:
        """The config."""
        fields = {
            "height": self.height,
            "width": self.width,
            "lanes": self.lanes,
            "groups": self.groups,
            "time_steps": self.time_steps,
        }
        types = {
            "count_t": integer(self.bits, self.signed),
            "word_t": f"ap_uint<{self.word_bits}>",
            "stream_t": f"hls::stream<ap_uint<{self.word_bits}> >",
        }
        return struct(name, fields, types)

    def words(self, counts: Ints) -> list[int]:
        """The raster stream of counts of `shape`."""
        padded = np.zeros((*self.shape[:3], self.groups * self.lanes), np.int64)
        padded[..., : self.channels] = counts
        order = padded.reshape(*self.shape[:3], self.groups, self.lanes).transpose(1, 2, 3, 0, 4)
        return [packed(lanes, self.bits) for lanes in order.reshape(-1, self.lanes)]

    def random(self, random: np.random.Generator, density: float) -> Ints:
        """Counts of `shape`, of which so many are not zero."""
        low, high = (-(2 ** (self.bits - 1)), 2 ** (self.bits - 1)) if self.signed else (0, 2**self.bits)
        counts = random.integers(low, high, self.shape)
        return np.where(random.random(self.shape) < density, counts, 0)


@dataclass(frozen=True)
class Window:
    """The windows of a convolution (config W). padding: top, left, bottom, right."""

    input: Map
    kernel: tuple[int, int]
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)
    out_groups: int = 1
    conv_groups: int = 1
    scan_lanes: int = 0  # 0: all lanes

    @property
    def out(self) -> tuple[int, int]:
        """Height and width of the output."""
        sizes = (self.input.height, self.input.width)
        spans = [
            sizes[axis]
            + self.padding[axis]
            + self.padding[axis + 2]
            - self.dilation[axis] * (self.kernel[axis] - 1)
            - 1
            for axis in (0, 1)
        ]
        return spans[0] // self.stride[0] + 1, spans[1] // self.stride[1] + 1

    @property
    def channels(self) -> int:
        """Channels that an output group reads, those without a lane included."""
        return self.input.groups * self.input.lanes // self.conv_groups

    @property
    def rows(self) -> int:
        """Rows of weights for an output group."""
        return self.kernel[0] * self.kernel[1] * self.channels

    def text(self, name: str, input_name: str) -> str:
        """The config."""
        fields = {}
        for axis, side in enumerate(("height", "width")):
            fields |= {
                f"kernel_{side}": self.kernel[axis],
                f"stride_{side}": self.stride[axis],
                f"dilation_{side}": self.dilation[axis],
                f"out_{side}": self.out[axis],
            }
        fields |= {
            "pad_top": self.padding[0],
            "pad_left": self.padding[1],
            "out_groups": self.out_groups,
            "conv_groups": self.conv_groups,
            "scan_lanes": self.scan_lanes or self.input.lanes,
        }
        return struct(name, fields, {"input": input_name})

    def patches(self, counts: Ints) -> Ints:
        """(time, y, x, kernel row, kernel column, channel) of counts (time, y, x, channel)."""
        top, left, bottom, right = self.padding
        padded = np.pad(counts, ((0, 0), (top, bottom), (left, right), (0, 0)))
        height, width = self.out
        result = np.zeros((len(counts), height, width, *self.kernel, counts.shape[-1]), np.int64)
        for ky in range(self.kernel[0]):
            for kx in range(self.kernel[1]):
                y, x = ky * self.dilation[0], kx * self.dilation[1]
                result[:, :, :, ky, kx] = padded[
                    :,
                    y : y + (height - 1) * self.stride[0] + 1 : self.stride[0],
                    x : x + (width - 1) * self.stride[1] + 1 : self.stride[1],
                ]
        return result

    def convolve(self, counts: Ints, weights: Ints) -> Ints:
        """Sums (time, y, x, channel) for weights (out channel, channel of its group, ky, kx)."""
        patches = self.patches(counts)
        inputs, outputs = counts.shape[-1] // self.conv_groups, len(weights) // self.conv_groups
        return np.concatenate(
            [
                np.einsum(
                    "tyxabc,ocab->tyxo",
                    patches[..., group * inputs : (group + 1) * inputs],
                    weights[group * outputs : (group + 1) * outputs],
                )
                for group in range(self.conv_groups)
            ],
            axis=-1,
        )

    def weight_rows(self, weights: Ints, lanes: int, bits: int) -> list[list[int]]:
        """Rows of the ROM: of each output group tap by tap, of each tap channel by channel."""
        outputs = np.zeros((self.out_groups * lanes, self.channels, *self.kernel), np.int64)
        outputs[: len(weights), : weights.shape[1]] = weights
        grouped = outputs.reshape(self.out_groups, lanes, self.channels, *self.kernel)
        return [[packed(row, bits)] for row in grouped.transpose(0, 3, 4, 2, 1).reshape(-1, lanes)]
