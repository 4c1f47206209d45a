"""Runs of Yosys that map a design to cells: units side by side on all cores, and only what has changed."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from asn2fpga.errors import ToolError
from asn2fpga.rtl import RtlDesign
from asn2fpga.synthesis import recipe, yosys
from asn2fpga.synthesis.units import Mapped, Unit, split, unpacked
from asn2fpga.toolchain.cores import core_count
from asn2fpga.toolchain.kept import Kept, digest_of
from asn2fpga.toolchain.plan import write_file

TIMEOUT_SECONDS = 1800.0


@dataclass(frozen=True)
class Runs:
    """Of one design for one family; `log` is that of the unit with the top, the others' lie beside it."""

    design: RtlDesign
    family: str
    work: Path
    log: Path

    def map(self, netlist: Path | None) -> list[Mapped]:
        """The cells of all units; with `netlist`, those of the whole design flattened, as JSON."""
        write_file(self._library, recipe.LUT_ROMS)
        with ThreadPoolExecutor(core_count()) as pool:
            mapped = list(pool.map(self._known_or_new, split(self.design)))
        mapped_before().make_room()
        if netlist:
            self._join(mapped, netlist)
        return mapped

    @property
    def _library(self) -> Path:
        return self.work / "lut_roms.txt"

    def _known_or_new(self, unit: Unit) -> Mapped:
        store, folder = mapped_before(), self.design.directory
        key = store.key(self.family, unit.top, unit.content)
        known = unpacked(store.get(key), folder)
        if known is not None:
            return known
        mapped = self._map(unit)
        store.put(key, mapped.packed(folder))
        return mapped

    def _map(self, unit: Unit) -> Mapped:
        stat, rtlil = self.work / f"{unit.top}.json", self.work / f"{unit.top}.il"
        stat.unlink(missing_ok=True)
        log = self._log("" if unit.top == self.design.top else unit.top)
        passes = [
            *([yosys.read_verilog(unit.outside, "-lib")] if unit.outside else ()),
            yosys.read_verilog(unit.files),
            *recipe.mapping(self.family, unit.top, self._library),
            f"tee -q -o {yosys.quote(stat.resolve())} stat -json",
            "select *",
            f"write_rtlil -selected {yosys.quote(rtlil.resolve())}",
        ]
        self._run(passes, unit.top, log)
        if not stat.exists():
            raise ToolError(f"yosys: no statistics were written; log: {log}")
        modules = json.loads(stat.read_text())["modules"]
        cells = {name.lstrip("\\"): module["num_cells_by_type"] for name, module in modules.items()}
        return Mapped(cells, rtlil.read_text())

    def _join(self, mapped: Sequence[Mapped], netlist: Path) -> None:
        """Flatten what was mapped, and write it without the models of the cells themselves."""
        files = [self.work / f"unit{number}.il" for number in range(len(mapped))]
        for path, unit in zip(files, mapped, strict=True):
            path.write_text(unit.rtlil)
        passes = [
            *recipe.CELLS,
            *(f"read_rtlil {yosys.quote(path.resolve())}" for path in files),
            "setattr -mod -unset top *",  # each unit has one
            f"setattr -mod -set top 1 {self.design.top}",
            "flatten",
            f"select {self.design.top}",
            f"write_json -selected {yosys.quote(netlist.resolve())}",
        ]
        self._run(passes, "netlist", self._log("netlist"))

    def _run(self, passes: Sequence[str], name: str, log: Path) -> None:
        yosys.run_passes(passes, self.work / f"{name}.ys", self.design.directory, log, TIMEOUT_SECONDS)

    def _log(self, name: str) -> Path:
        return self.log.with_name(f"{self.log.stem}-{name}{self.log.suffix}") if name else self.log


@cache
def mapped_before() -> Kept:
    """Units by content; the version is that of Yosys and of the passes it runs."""
    families = ("FAMILY", *recipe.LATER_SLICES)
    passes = [one for family in families for one in recipe.mapping(family, "TOP", Path("/LIBRARY"))]
    return Kept("yosys", digest_of((), importlib.metadata.version("pyosys"), recipe.LUT_ROMS, *passes))
