"""C++ of networks of convolutions, made up to measure the engine: what it is to compile when they come.

A layer is three processes: `window` keeps rows of counts and finds those around an output pixel, `expand`
sends each of them as an event, `gather` adds the weights of an event to the sums of all its lanes at once and
compares them with four thresholds at the end of a pixel. A layer with more output channels than lanes goes
through each window several times. Weights and thresholds are drawn at random.

    python benchmarks/convolutions.py

prints seconds, CPU seconds and memory of the engine from C++ to Verilog, anew and from its cache. Measured on
2026-11-29: 11.5 CPU seconds for the LeNet-like and 20.8 for the VGG-like network, of which trip counts and
parsing took 9 and 18 more before; 1.1 and 2.0 from the cache; 222 and 272 MB. (The machine had other work to
do, so seconds say little.)
"""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from asn2fpga.engine.compile import compile_project  # noqa: E402  (found through the line above)
from asn2fpga.rtl import HlsProject  # noqa: E402
from asn2fpga.toolchain.cache import VARIABLE  # noqa: E402

WEIGHT_BITS, COUNT_BITS, TAPS, SLICE_BITS = 4, 3, 9, 64
SIDE = 16  # of every layer's picture, in pixels
PART, CLOCK_NS, MOST_SECONDS = "xc7z020clg400-1", 10.0, 60
KERNELS = Path(__file__).with_name("convolutions.h")


@dataclass(frozen=True)
class Convolution:
    """3 x 3, stride 1, padding 1; the lanes divide the output channels."""

    inputs: int
    outputs: int
    lanes: int

    @property
    def groups(self) -> int:
        """How often a window is gone through."""
        return self.outputs // self.lanes

    @property
    def rows(self) -> int:
        """Words of the weight ROM, each with the weights of all lanes."""
        return self.groups * TAPS * _power_of_two(self.inputs)

    @property
    def slices(self) -> int:
        """Integers that a word of the weight ROM is put together from."""
        return -(-self.lanes * WEIGHT_BITS // SLICE_BITS)

    @property
    def weight_bits(self) -> int:
        """Bits of all its weights."""
        return self.outputs * TAPS * self.inputs * WEIGHT_BITS


def _chain(channels: tuple[int, ...], lanes: tuple[int, ...]) -> tuple[Convolution, ...]:
    pairs = zip(channels, channels[1:], lanes, strict=False)
    return tuple(Convolution(inputs, outputs, adders) for inputs, outputs, adders in pairs)


NETWORKS = {
    "LeNet-like": _chain((4, 16, 32, 32, 64, 64, 64, 64, 64), (16, 32, 32, 64, 64, 64, 64, 64)),
    "VGG-like": _chain((32, 64, 64, 128, 128, 192, 96, 192, 192), (64, 64, 64, 64, 96, 96, 96, 96)),
}


def adders(network: tuple[Convolution, ...]) -> int:
    """Additions of all layers in one cycle."""
    return sum(layer.lanes for layer in network)


def weight_bits(network: tuple[Convolution, ...]) -> int:
    """Bits of all weights."""
    return sum(layer.weight_bits for layer in network)


def write(network: tuple[Convolution, ...], folder: Path) -> tuple[Path, str]:
    """The C++ of a network in `folder`, and the name of its top function."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / KERNELS.name).write_text(KERNELS.read_text())
    source = folder / "network.cpp"
    source.write_text("\n".join(_lines(network)) + "\n")
    return source, "top"


def _lines(network: tuple[Convolution, ...]) -> Iterator[str]:
    yield f'#include "{KERNELS.name}"'
    for number, layer in enumerate(network):
        yield from _layer(number, layer)
    last = len(network) - 1
    yield f"void top(hls::stream<Layer0::word_t>& in, hls::stream<Layer{last}::out_t>& out) {{"
    yield "  HLS_DATAFLOW"
    for number in range(len(network)):
        if number < last:
            yield f"  HLS_STREAM(hls::stream<Layer{number}::out_t>, counts{number}, 4)"
        yield f"  HLS_STREAM(hls::stream<Layer{number}::token_t>, tokens{number}, 4)"
        yield f"  HLS_STREAM(hls::stream<Layer{number}::event_t>, events{number}, 16)"
    for number in range(len(network)):
        source = f"counts{number - 1}" if number else "in"
        target = f"counts{number}" if number < last else "out"
        yield f"  window{number}({source}, tokens{number});"
        yield f"  expand{number}(tokens{number}, events{number});"
        yield f"  gather{number}(events{number}, {target});"
    yield "}"


def _layer(number: int, layer: Convolution) -> Iterator[str]:
    """Its config struct with weights and thresholds, and its processes."""
    rng = random.Random(number)
    yield f"struct Layer{number} : Shape<{SIDE}, {layer.inputs}, {layer.outputs}, {layer.lanes}> {{"
    yield f"  static const unsigned long long weights[{layer.slices}][{layer.rows}];"
    yield f"  static const int thresholds[{layer.lanes}];"
    yield "};"
    yield f"const unsigned long long Layer{number}::weights[{layer.slices}][{layer.rows}] = {{"
    for _ in range(layer.slices):
        yield "  {" + ", ".join(f"{rng.getrandbits(SLICE_BITS)}ull" for _ in range(layer.rows)) + "},"
    yield "};"
    limits = ", ".join(str(rng.randint(10, 60)) for _ in range(layer.lanes))
    yield f"const int Layer{number}::thresholds[{layer.lanes}] = {{{limits}}};"
    ends = {
        "window": ("hls::stream<L::word_t>& in", "hls::stream<L::token_t>& out"),
        "expand": ("hls::stream<L::token_t>& in", "hls::stream<L::event_t>& out"),
        "gather": ("hls::stream<L::event_t>& in", "hls::stream<L::out_t>& out"),
    }
    for kernel, (first, second) in ends.items():
        parameters = f"{first}, {second}".replace("L::", f"Layer{number}::")
        yield f"HLS_PROCESS void {kernel}{number}({parameters}) {{ {kernel}<Layer{number}>(in, out); }}"


def _power_of_two(number: int) -> int:
    return 1 << (number - 1).bit_length()


# ---- measuring -----------------------------------------------------------------------------------------


def measure(name: str) -> tuple[list[tuple[float, float]], float]:
    """Seconds and CPU seconds anew and from the cache; the largest memory of one of its programs in MB."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ[VARIABLE] = f"{folder}/cache"
        source, top = write(NETWORKS[name], Path(folder) / "hls")
        for turn in ("anew", "cached"):
            start, cpu = time.perf_counter(), _cpu_seconds()
            project = HlsProject(source.parent, source, (), top, PART, CLOCK_NS)
            compile_project(project, Path(folder) / turn)
            seconds.append((time.perf_counter() - start, _cpu_seconds() - cpu))
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return seconds, max(resource.getrusage(who).ru_maxrss for who in both) / 1024


def _cpu_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def main() -> None:
    """Print the table; every network has a process of its own."""
    print(
        f"{'network':12}{'adders':>7}{'Mbit':>6}{'s':>7}{'CPU s':>7}{'at most':>9}{'cached s':>10}{'MB':>6}"
    )
    for name, network in NETWORKS.items():
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            ((seconds, cpu), (cached, _)), memory = pool.apply(measure, (name,))
        mbit = weight_bits(network) / 1e6
        print(
            f"{name:12}{adders(network):7}{mbit:6.1f}{seconds:7.1f}{cpu:7.1f}{MOST_SECONDS:9}"
            f"{cached:10.1f}{memory:6.0f}"
        )


if __name__ == "__main__":
    main()
