"""Memories are what was decided for every tool: the same RTL for Xilinx's parts and for others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from asn2fpga.engine.compile import compile_project
from asn2fpga.rtl import HlsProject, RtlDesign
from asn2fpga.synthesis import yosys
from asn2fpga.synthesis.area import synthesise

CODE = """#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>
static const ap_uint<12> small[48] = {SMALL};
static const ap_uint<9> wide[600] = {WIDE};
static const ap_uint<7> deep[900] = {DEEP};
void top(hls::stream<ap_uint<10> >& in, hls::stream<ap_uint<16> >& out) {
  HLS_ROM_LUT(deep)
  static ap_uint<8> few[40];
  static ap_uint<16> many[700];
  for (int i = 0; i < 100; i++) {
    HLS_PIPELINE(1)
    HLS_BYPASS(few)
    HLS_BYPASS(many)
    const ap_uint<10> x = in.read();
    const ap_uint<10> place = x % 600;
    few[x & 31] = few[x & 31] + 1;
    many[place] = many[place] + small[x % 48] + wide[place] + deep[place];
    out.write(many[place] + few[x & 31]);
  }
}
"""

ULTRA = """#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>
void top(hls::stream<ap_uint<13> >& in, hls::stream<ap_uint<144> >& out) {
  static ap_uint<144> words[8192];
#pragma HLS BIND_STORAGE variable=words type=ram_s2p impl=uram
  static ap_uint<36> pairs[4096];
  HLS_RAM_ULTRA(pairs)
  for (int i = 0; i < 100; i++) {
    HLS_PIPELINE(1)
    const ap_uint<13> x = in.read();
    ap_uint<144> word = x;
    word |= word << 13;
    word |= word << 26;
    word |= word << 52;
    word |= word << 104;
    words[x] = word;
    pairs[ap_uint<12>(x)] = x;
  }
  for (int i = 0; i < 100; i++) {
    HLS_PIPELINE(1)
    const ap_uint<13> x = in.read();
    out.write(words[x] + pairs[ap_uint<12>(x)] + pairs[ap_uint<12>(x >> 1)]);
  }
}
"""


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> RtlDesign:
    work = tmp_path_factory.mktemp("memories")
    code = CODE
    for name, words, factor in (("SMALL", 48, 85), ("WIDE", 600, 211), ("DEEP", 900, 59)):
        code = code.replace(f"{{{name}}}", f"{{{', '.join(str(factor * i % 128) for i in range(words))}}}")
    (work / "work.cpp").write_text(code)
    return compile_project(
        HlsProject(work, work / "work.cpp", (), "top", "xc7z020clg400-1", 10.0), work / "rtl"
    )


def test_each_memory_says_what_it_becomes(design: RtlDesign) -> None:
    styles = {memory.name: (memory.kind, memory.style) for memory in design.report.memories}
    assert styles == {
        "top_body.small_": ("rom", "distributed"),
        "top_body.wide": ("rom", "block"),
        "top_body.deep": ("rom", "distributed"),
        "top_body.few": ("ram", "distributed"),
        "top_body.many": ("ram", "block"),
    }


def test_of_xilinx(design: RtlDesign, tmp_path: Path) -> None:
    cells = synthesise(design, "xc7", tmp_path, tmp_path / "log").cells
    assert cells["RAMB18E1"] == 2 and cells["$__ROM256X1_"] >= 3 * 7
    assert any(cell.startswith(("RAM32", "RAM64")) for cell in cells)


@pytest.mark.parametrize(
    "flow, block, few",
    [("synth_ecp5 -noabc9", "DP16KD", "TRELLIS_DPR16X4"), ("synth_xilinx", "RAMB18E1", "RAM")],
)
def test_of_plain_yosys(design: RtlDesign, tmp_path: Path, flow: str, block: str, few: str) -> None:
    """Without a word of ours about attributes: ROMs of look-up tables are logic."""
    stat = tmp_path / "stat.json"
    written = f"tee -q -o {yosys.quote(stat)} stat -json"
    passes = [yosys.read_verilog(design.verilog), f"{flow} -top top", written]
    yosys.run_passes(passes, tmp_path / "ys", design.directory, tmp_path / "log", 600.0)
    cells = json.loads(stat.read_text())["design"]["num_cells_by_type"]
    assert cells[block] == 2 and any(cell.startswith(few) for cell in cells if cell != block)
    assert not [cell for cell in cells if cell.startswith(("$mem", "$__"))]


def test_ultra_ram_of_ultrascale_plus(tmp_path: Path) -> None:
    """Two columns of two blocks; one that reads in turn what block RAM reads at once, as of an ECP5."""
    (tmp_path / "work.cpp").write_text(ULTRA)
    made = [
        compile_project(
            HlsProject(tmp_path, tmp_path / "work.cpp", (), "top", part, 10.0), tmp_path / part[:5]
        )
        for part in ("xczu7ev-ffvc1156-2-e", "LFE5U-85F-6BG381C")
    ]
    styles = [{memory.name: memory.style for memory in design.report.memories} for design in made]
    names = ("top_body.words", "top_body.pairs")
    assert styles == [dict.fromkeys(names, "ultra"), dict.fromkeys(names, "block")]
    ports = [[memory.ports for memory in design.report.memories] for design in made]
    assert ports == [["read, write"] * 2, ["read, write", "read, read or write"]]
    assert made[0].report.warnings == made[1].report.warnings == ()
    (words, pairs) = made[0].report.memories
    assert (words.capacity_bits, pairs.capacity_bits) == (4 * 4096 * 72, 4096 * 72)
    counted = synthesise(made[0], "xcup", tmp_path / "yosys", tmp_path / "log")
    assert (counted.resources.uram, counted.resources.bram36) == (5, 0)
