"""Block RAMs of a memory: as many as Yosys takes."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from asn2fpga.device.block_ram import Placement, placement
from asn2fpga.synthesis import recipe, yosys

MEMORIES = [
    (168, 68, True, 1),
    (854, 106, False, 1),
    (1123, 138, True, 2),
    (2236, 97, False, 1),
    (3136, 128, True, 1),
    (3254, 58, True, 2),
    (5013, 6, True, 1),
    (12345, 5, True, 1),
]
MODULE = """(* keep_hierarchy *) module m{number} (input clk, input [15:0] a, b, c, input write,
  output reg [{top}:0] first, second, input [{top}:0] data);
  (* rom_style = "block", ram_style = "block" *) reg [{top}:0] words [0:{last}];
  always @(posedge clk) first <= words[a];
  {rest}
endmodule
"""


@pytest.mark.parametrize(
    ("depth", "width_bits", "rom", "found"),
    [
        (512, 36, True, Placement(1, 1)),
        (513, 36, True, Placement(2, 1)),
        (3136, 128, True, Placement(25, 7)),
        (2236, 97, False, Placement(14, 5)),
        (69863, 11, True, Placement(43, 35)),
    ],
)
def test_the_form_of_the_least_price_is_taken(
    depth: int, width_bits: int, rom: bool, found: Placement
) -> None:
    assert placement(depth, width_bits, rom) == found


def test_a_second_port_takes_no_form_that_needs_both() -> None:
    assert placement(512, 36, True, reads=2) == Placement(2, 1)


def test_yosys_takes_as_many(tmp_path: Path) -> None:
    texts, ports = [], []
    for number, memory in enumerate(MEMORIES):
        texts.append(_module(number, *memory, tmp_path / f"m{number}.mem"))
        wires = (f"output [{memory[1] - 1}:0] {name}{number}" for name in ("first", "second"))
        ports.append(", ".join([*wires, f"input [{memory[1] - 1}:0] data{number}"]))
        texts.append(f"`define USE{number} {_instance(number)}")
    uses = " ".join(f"`USE{number}" for number in range(len(MEMORIES)))
    head = f"module top (input clk, input [15:0] a, b, c, input write, {', '.join(ports)});"
    (tmp_path / "top.sv").write_text("\n".join([*texts, head, uses, "endmodule", ""]))
    library = tmp_path / "luts.txt"
    library.write_text(recipe.LUT_ROMS)
    passes = [*recipe.CELLS, yosys.read_verilog([tmp_path / "top.sv"])]
    passes += [*recipe.mapping("xc7", "top", library), "tee -q -o cells.json stat -json"]
    yosys.run_passes(passes, tmp_path / "count.ys", tmp_path, tmp_path / "yosys.log", 300)
    modules = json.loads((tmp_path / "cells.json").read_text())["modules"]
    assert [_halves(modules[f"\\m{number}"]) for number in range(len(MEMORIES))] == [
        placement(*memory).halves for memory in MEMORIES
    ]


def _instance(number: int) -> str:
    shared = ", ".join(f".{name}({name})" for name in ("clk", "a", "b", "c", "write"))
    own = ", ".join(f".{name}({name}{number})" for name in ("first", "second", "data"))
    return f"m{number} u{number} ({shared}, {own});"


def _module(number: int, depth: int, width_bits: int, rom: bool, reads: int, words: Path) -> str:
    rest = ["always @(posedge clk) if (write) words[c] <= data;"]
    if rom:
        bits = random.Random(number)
        words.write_text("".join(f"{bits.getrandbits(width_bits):x}\n" for _ in range(depth)))
        rest = [f'initial $readmemh("{words.name}", words);']
    if reads == 2:
        rest.append("always @(posedge clk) second <= words[b];")
    return MODULE.format(number=number, top=width_bits - 1, last=depth - 1, rest="\n  ".join(rest))


def _halves(module: Any) -> int:
    cells = module["num_cells_by_type"]
    return int(cells.get("RAMB18E1", 0) + 2 * cells.get("RAMB36E1", 0))
