"""Two lanes in one DSP slice (hw/hls/pairs.h): native C++ equals stalled RTL; synthesis finds the slices."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fuzz import batch
from fuzz.regressions import read_program

from asn2fpga.device.binding import pair_fits_a_slice
from asn2fpga.engine.compile import compile_project
from asn2fpga.rtl import HlsProject
from asn2fpga.synthesis.area import synthesise

FOLDER = Path(__file__).parent / "lanes_per_slice"
PROGRAM = replace(read_program(FOLDER / "five_lanes.cpp"), head='#include "pairs.h"\n')


def test_sums_of_pairs_are_those_of_their_lanes(tmp_path: Path) -> None:
    (outcome,) = batch.run_batch([PROGRAM], tmp_path)
    assert not outcome.failed, f"{outcome.kind}: {outcome.detail}"


def test_slices_multiply_and_add_as_predicted(tmp_path: Path) -> None:
    """Three for five lanes; only what sends the sums as numbers is left for look-up tables."""
    source = tmp_path / "five_lanes.cpp"
    source.write_text(batch.source_text([PROGRAM]))
    project = HlsProject(tmp_path, source, (), PROGRAM.top, batch.PART, batch.CLOCK_NS)
    design = compile_project(project, tmp_path / "out")
    predicted = sum(operator.dsp for operator in design.report.operators)
    found = synthesise(design, "xc7", tmp_path / "work", tmp_path / "yosys.log")
    assert found.resources.dsp == predicted == 3
    registers = sum(count for cell, count in found.cells.items() if cell.startswith("FD"))
    assert registers < 90  # the sums are registers of the slices


def test_what_fits_a_slice() -> None:
    """48 bits of an accumulator, factors of 24 and 17 bits; a factor of one bit makes no product."""
    assert pair_fits_a_slice(20, 4, 17) and pair_fits_a_slice(16, 8, 8)
    assert not pair_fits_a_slice(20, 5, 8)
    assert not pair_fits_a_slice(20, 4, 18)
    assert not pair_fits_a_slice(20, 4, 1)
    assert not pair_fits_a_slice(25, 2, 2)
