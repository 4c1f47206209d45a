"""Large modules mapped on their own, and kept: what is a unit, and that a kept one gives the same design."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from asn2fpga.device.resources import Resources
from asn2fpga.rtl import HlsReport, RtlDesign
from asn2fpga.synthesis import units, yosys
from asn2fpga.synthesis.area import NETLIST, SynthResult, synthesise
from asn2fpga.synthesis.units import Mapped, split, unpacked

TOP = """module top (input logic clk, input logic [7:0] a, output logic [7:0] q);
  logic [7:0] between;
  counter u_counter (.clk(clk), .a(a), .q(between));
  delay #(.WIDTH(8)) u_delay (.clk(clk), .a(between), .q(q));
endmodule
"""
COUNTER = """// Says nothing of delay.
module counter (
  input  logic clk,
  input  logic [7:0] a,
  output logic [7:0] q
);
  logic [7:0] table_rom [0:3];
  initial $readmemh("counter.mem", table_rom);
  always_ff @(posedge clk) q <= (a + table_rom[a[1:0]]) ^ q;
endmodule
"""
SHARED = """module counter (
  input  logic clk,
  input  logic [7:0] a,
  output logic [7:0] q
);
  logic signed [19:0] read, sum;
  logic signed [36:0] product;
  always_ff @(posedge clk) begin
    read <= {read[11:0], a};
    sum <= read + 20'sd16720;
    product <= sum * $signed(17'h0e666);
    q <= product[36:29] ^ {8{sum > 20'sd8191}};
  end
endmodule
"""
DELAY = """module delay #(parameter int WIDTH = 1) (
  input logic clk, input logic [WIDTH-1:0] a, output logic [WIDTH-1:0] q
);
  always_ff @(posedge clk) q <= a;
endmodule
"""


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the scripts that Yosys is given; a cache of this test's own, and no module too small."""
    names: list[str] = []
    run = yosys.run_passes

    def noting(passes: list[str], script: Path, *others: object) -> float:
        names.append(script.stem)
        return run(passes, script, *others)  # type: ignore[arg-type]

    monkeypatch.setenv("ASN2FPGA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(units, "LARGE", 0)
    monkeypatch.setattr(yosys, "run_passes", noting)
    return names


def design(folder: Path, **changes: str) -> RtlDesign:
    folder.mkdir()
    texts = {"top": TOP, "counter": COUNTER, "delay": DELAY, **changes}
    for name, text in texts.items():
        (folder / f"{name}.sv").write_text(text)
    (folder / "counter.mem").write_text("01\n02\n04\nff\n")
    files = tuple(folder / f"{name}.sv" for name in texts)
    return RtlDesign(folder, "top", files, (folder / "counter.mem",), (), HlsReport("none"))


def mapped(rtl: RtlDesign, work: Path) -> tuple[SynthResult, dict[str, int]]:
    """Its resources, and the cells of the netlist by type."""
    result = synthesise(rtl, "xc7", work, work / "log", netlist=True)
    (module,) = json.loads((work / NETLIST).read_text())["modules"].values()
    kinds = [cell["type"] for cell in module["cells"].values() if cell["type"] != "$scopeinfo"]
    return result, {kind: kinds.count(kind) for kind in sorted(set(kinds))}


@pytest.mark.usefixtures("runs")
def test_a_module_without_parameters_or_modules_in_it_is_a_unit(tmp_path: Path) -> None:
    found = split(design(tmp_path / "rtl"))
    assert [(unit.top, [path.stem for path in unit.files]) for unit in found] == [
        ("top", ["top", "delay"]),
        ("counter", ["counter"]),
    ]
    assert [path.stem for path in found[0].outside] == ["counter"]


def test_small_modules_stay_with_the_top(tmp_path: Path) -> None:
    (unit,) = split(design(tmp_path / "rtl"))
    assert [path.stem for path in unit.files] == ["top", "counter", "delay"]
    assert unit.outside == ()


@pytest.mark.slow
def test_units_give_the_same_design_as_one_run(
    runs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rtl = design(tmp_path / "rtl")
    apart, netlist = mapped(rtl, tmp_path / "apart")
    assert sorted(runs[:2]) == ["counter", "top"] and runs[2:] == ["netlist"]
    monkeypatch.setattr(units, "LARGE", 1 << 20)
    together, same = mapped(rtl, tmp_path / "together")
    assert runs[3:] == ["top", "netlist"]
    assert apart.resources == together.resources
    assert apart.resources.ff == 16 and apart.resources.lut > 8
    assert apart.modules == together.modules
    assert netlist == same


def test_only_what_has_changed_is_mapped_again(runs: list[str], tmp_path: Path) -> None:
    first, netlist = mapped(design(tmp_path / "rtl"), tmp_path / "first")
    runs.clear()
    again, same = mapped(design(tmp_path / "elsewhere"), tmp_path / "again")
    assert runs == ["netlist"]
    assert (again.resources, again.modules, again.cells) == (first.resources, first.modules, first.cells)
    assert same == netlist
    runs.clear()
    changed = design(tmp_path / "changed", counter=COUNTER.replace("^ q", "- q"))
    assert mapped(changed, tmp_path / "third")[0].resources != first.resources
    assert runs == ["counter", "netlist"]


@pytest.mark.slow
def test_other_contents_of_a_memory_are_mapped_again(runs: list[str], tmp_path: Path) -> None:
    synthesise(design(tmp_path / "rtl"), "xc7", tmp_path / "first", tmp_path / "first" / "log")
    runs.clear()
    other = design(tmp_path / "other")
    (tmp_path / "other" / "counter.mem").write_text("00\n00\n00\n00\n")
    assert synthesise(other, "xc7", tmp_path / "second", tmp_path / "second" / "log").resources.ff == 16
    assert runs == ["counter"]


def test_what_is_kept_names_the_files_of_the_design_that_takes_it(tmp_path: Path) -> None:
    unit = Mapped({"top": {"LUT2": 3}}, f'attribute \\src "{tmp_path}/one/top.sv:3"')
    found = unpacked(unit.packed(tmp_path / "one"), tmp_path / "two")
    assert found == Mapped({"top": {"LUT2": 3}}, f'attribute \\src "{tmp_path}/two/top.sv:3"')


@pytest.mark.parametrize("damage", [lambda kept: kept[:-3], lambda kept: b"", lambda kept: b"\x00" * 40])
def test_what_is_damaged_is_not_used(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    assert unpacked(damage(Mapped({"top": {}}, "").packed(tmp_path)), tmp_path) is None
    assert unpacked(None, tmp_path) is None


def test_resources_of_a_design_without_units(tmp_path: Path) -> None:
    result = synthesise(design(tmp_path / "rtl"), "xc7", tmp_path / "work", tmp_path / "log")
    assert result.modules["counter"] == Resources(lut=result.modules["counter"].lut, ff=8)


def test_a_sum_that_is_multiplied_and_compared_is_counted(tmp_path: Path) -> None:
    """Yosys would move its register and its adder into the slice that multiplies, and compare nothing."""
    rtl = design(tmp_path / "rtl", counter=SHARED)
    found = synthesise(rtl, "xc7", tmp_path / "work", tmp_path / "log").modules["counter"]
    assert found.dsp == 1 and found.ff >= 20 + 20
