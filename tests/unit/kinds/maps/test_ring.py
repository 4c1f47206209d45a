"""The ring of a window is as large as the kernels make it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from asn2fpga.kinds.maps.ring import ring_words
from asn2fpga.kinds.maps.window import Window
from asn2fpga.resources import hardware_dir
from asn2fpga.toolchain.compiler import bundled_clang

TIMEOUT_SECONDS = 300.0
CASE = """
struct M{number} {{
  static const int height = {height}, width = {width}, lanes = 1, groups = {words}, time_steps = 1;
}};
struct W{number} {{
  typedef M{number} input;
  static const int kernel_height = {kernel[0]}, kernel_width = {kernel[1]};
  static const int stride_height = {stride[0]}, stride_width = {stride[1]};
  static const int dilation_height = {dilation[0]}, dilation_width = {dilation[1]};
  static const int pad_top = {padding[0]}, pad_left = {padding[1]};
  static const int out_height = {rows}, out_width = {columns};
  static const int out_groups = 1, conv_groups = 1, scan_lanes = 1;
}};
static_assert(asn::Geometry<W{number}>::ring_words == {ring}, "of window {number}");
"""


def _any_window(random: np.random.Generator) -> tuple[Window, tuple[int, int, int]]:
    while True:
        kernel, stride, dilation = (
            tuple(map(int, random.integers(1, most, 2, endpoint=True))) for most in (5, 3, 2)
        )
        window = Window(kernel, stride, tuple(map(int, random.integers(0, 3, 4))), dilation)
        image = (int(random.integers(1, 5)), *map(int, random.integers(1, 40, 2)))
        if min(window.outputs(image)) > 0 and window.padding[1] <= window.extent[1] - 1 + stride[1]:
            return window, image


def _text(random: np.random.Generator, number: int) -> str:
    """A window, or that of one unit of several, and the words that its ring is said to have."""
    window, image = _any_window(random)
    rows, width = window.outputs(image)
    units = int(random.integers(1, min(4, width), endpoint=True))
    unit = int(random.integers(units))
    window, columns = window.of_columns(unit, units), len(range(unit, width, units))
    return CASE.format(
        number=number,
        height=image[1],
        width=image[2],
        words=image[0],
        kernel=window.kernel,
        stride=window.stride,
        dilation=window.dilation,
        padding=window.padding,
        rows=rows,
        columns=columns,
        ring=ring_words(window, image, columns, image[0]),
    )


def test_it_has_the_words_of_the_kernel(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    source = tmp_path / "rings.cpp"
    cases = "".join(_text(random, number) for number in range(200))
    source.write_text(f'#include "engine.h"\n#include "maps/geometry.h"\n{cases}\nint main() {{}}\n')
    folders = [hardware_dir() / folder for folder in ("sim/csim/native", "hls", "hls/llvm")]
    options = [
        "-std=c++20",
        "-DASN_NATIVE_SIMULATION",
        *(f"-I{folder}" for folder in folders),
    ]
    log = tmp_path / "compiler.log"
    bundled_clang().run(
        [*options, source, "-o", tmp_path / "rings"], cwd=tmp_path, log=log, timeout_seconds=TIMEOUT_SECONDS
    )
