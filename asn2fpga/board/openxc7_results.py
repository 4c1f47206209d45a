"""What nextpnr-xilinx left in DIR/openxc7: its log, with the clock it reached and the cells it placed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.board.openxc7 import DIGEST, LOG, MADE_FROM
from asn2fpga.board.spec import BoardSpec
from asn2fpga.errors import CheckError
from asn2fpga.figures.bitstream import TimingFigures, UtilisationFigures

FREQUENCY = re.compile(
    r"Max frequency for clock\s+'(?P<clock>[^']*)': (?P<mhz>[0-9.]+) MHz "
    r"\((PASS|FAIL) at (?P<asked>[0-9.]+) MHz\)"
)
USED = re.compile(r"^Info:\s+(?P<cell>\w+):\s+(?P<used>\d+)/\s*\d+\s+\d+%", re.MULTILINE)


@dataclass(frozen=True)
class Frequency:
    """What the last analysis said of a clock."""

    clock: str
    mhz: float
    asked_mhz: float


@dataclass(frozen=True)
class OpenXc7Results:
    """Of one run, after routing. frequency: None if the log has none."""

    frequency: Frequency | None
    utilisation: UtilisationFigures

    @property
    def is_too_slow(self) -> bool:
        """Whether the clock was not reached."""
        return self.frequency is not None and self.frequency.mhz < self.frequency.asked_mhz

    def timing(self, board: BoardSpec) -> TimingFigures:
        """As figures; nextpnr analyses no hold times, and its critical path is in the log."""
        slack = None if self.frequency is None else board.clock_ns - 1000.0 / self.frequency.mhz
        return {
            "wns_ns": None if slack is None else round(slack, 3),
            "whs_ns": None,
            "period_ns": board.clock_ns,
            "worst_path": None,
            "layer": None,
        }


def read_results(folder: Path, digest: str) -> OpenXc7Results | None:
    """The results in `folder` of the plan with this digest, None if there are none."""
    made_from, log = folder / MADE_FROM, folder / LOG
    if not (made_from.is_file() and log.is_file()) or made_from.read_text().strip() != digest:
        return None
    text = log.read_text(errors="replace")
    found = list(FREQUENCY.finditer(text))
    slowest = _slowest(found)
    used = {match["cell"]: int(match["used"]) for match in USED.finditer(text)}
    return OpenXc7Results(slowest, _utilisation(used))


def is_of_plan(folder: Path) -> bool:
    """Whether the bitstream in `folder` was made from the plan that lies there, and reached its clock."""
    plan = folder / DIGEST
    results = read_results(folder, plan.read_text().strip()) if plan.is_file() else None
    return results is not None and not results.is_too_slow


def _slowest(found: list[re.Match[str]]) -> Frequency | None:
    """The slowest clock of the last analysis: there is one after placing, too."""
    last = {match["clock"]: match for match in found}
    frequencies = [
        Frequency(clock, float(match["mhz"]), float(match["asked"])) for clock, match in last.items()
    ]
    return min(frequencies, key=lambda one: one.mhz / one.asked_mhz, default=None)


def _utilisation(used: dict[str, int]) -> UtilisationFigures:
    def cells(name: str) -> int | None:
        return used.get(name) if used else None

    halves, wholes = cells("RAMB18E1"), cells("RAMB36E1")
    return {
        "lut": cells("SLICE_LUTX"),
        "ff": cells("SLICE_FFX"),
        "bram36": None if halves is None or wholes is None else wholes + halves / 2,
        "dsp": cells("DSP48E1"),
        "uram": None,
    }


def check_frequency(results: OpenXc7Results, board: BoardSpec) -> None:
    """CheckError if the clock was not reached, or another one was analysed."""
    found = results.frequency
    if found is None:
        raise CheckError(f"bitstream: {LOG} must say which clock the design reaches, and does not; see it.")
    if abs(found.asked_mhz - board.clock_mhz) > 0.01:
        raise CheckError(
            f"bitstream: nextpnr-xilinx must have been asked for {board.clock_mhz:g} MHz, not "
            f"{found.asked_mhz:g}; run the plan as it is."
        )
    if results.is_too_slow:
        raise CheckError(
            f"bitstream: the design must reach {board.clock_mhz:g} MHz, not {found.mhz:g} (nextpnr-xilinx); "
            f"its critical path is in openxc7/{LOG}; use a slower clock (--clock-mhz) or fewer lanes "
            "(--lanes)."
        )
