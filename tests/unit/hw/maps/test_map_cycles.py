"""The time between two inferences of a convolution is that of its events: within 5 % of the bound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from map_configs import Map, Window
from map_convolutions import Convolution
from map_designs import Design, cycles_of, run_rtl, synthesise

from benchmarks.hls.suite import Words

ANY = (1, 1, 1, 1)
CASES = {
    "channels": Convolution(Window(Map(14, 14, 16, 16, 3), (3, 3), padding=ANY), 8, 8, 4, 4, 0.1, 3, 4),
    "groups": Convolution(
        Window(Map(15, 15, 16, 8, 2), (3, 3), (2, 2), padding=ANY, out_groups=2), 8, 4, 2, 4, 0.1, 3
    ),
    "many_words": Convolution(Window(Map(12, 12, 12, 1, 1), (3, 3), padding=ANY), 4, 4, 2, 4, 0.9, 3),
    "one_channel": Convolution(Window(Map(28, 28, 1, 1, 3), (3, 3), padding=ANY), 4, 4, 4, 4, 0.05, 3),
}


def _bounds(case: Convolution, design: Design) -> list[int]:
    """Of each inference: a cycle for each count of each window and group, one for a window without any."""
    source = case.window.input
    words = np.array(design.words["pixels"], dtype=object).reshape(case.inferences, *source.shape[1:3], -1)
    lanes = [(words >> (source.bits * lane)) & ((1 << source.bits) - 1) for lane in range(source.lanes)]
    counts = np.stack(lanes, axis=-1).astype(np.int64).reshape(case.inferences, *source.shape[1:3], -1)
    found = np.count_nonzero(case.window.patches(counts), axis=(3, 4, 5))
    return [int(each) for each in case.window.out_groups * np.maximum(found, 1).sum(axis=(1, 2))]


def test_intervals_are_near_the_bound(tmp_path: Path) -> None:
    made: dict[str, tuple[Design, Words]] = {name: case.design(name, 3, 4) for name, case in CASES.items()}
    designs = [design for design, _ in made.values()]
    rtl = {design.name: synthesise(design, tmp_path / design.name) for design in designs}
    expected = {name: words for name, (_, words) in made.items()}
    runs = run_rtl(designs, rtl, expected, tmp_path / "simulation")
    for stalls in (False, True):
        assert [run.outputs for run in runs[stalls]] == [expected[design.name] for design in designs]
    intervals = {
        (name, loop.process): loop.initiation_interval for name in rtl for loop in rtl[name].report.loops
    }
    assert [loop for loop, interval in intervals.items() if interval != 1] == []
    for number, (name, case) in enumerate(CASES.items()):
        cycles = cycles_of(number, "fired", tmp_path / "simulation")
        words = len(cycles) // case.inferences
        bounds = _bounds(case, designs[number])
        for inference in (1, 2):
            interval = cycles[words * (inference + 1) - 1] - cycles[words * inference - 1]
            assert bounds[inference] <= interval + 1 <= 1.05 * bounds[inference] + 1, name
