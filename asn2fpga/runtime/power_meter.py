"""Energy from the CSV of an external meter: its columns, and its clock against the board's by the markers.

Stand-alone (Python 3.8, numpy). The run that the meter recorded comes from power.record_run.
"""

from __future__ import annotations

import csv
import datetime
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING or __package__:
    from asn2fpga.runtime.power_trace import (
        MIN_SAMPLES,
        Array,
        Instrument,
        PowerError,
        Trace,
        energy,
        make_trace,
    )
else:
    from power_trace import MIN_SAMPLES, Instrument, PowerError, Trace, energy, make_trace

MIN_CORRELATION = 0.7
MAX_SKEW = 1e-3  # quartz clocks differ by less than 0.0002
PARTS = {"": 1.0, "m": 1e3, "u": 1e6, "µ": 1e6, "μ": 1e6, "n": 1e9}  # of a unit
COLUMNS = {  # quantity -> names a header may begin with, and its unit
    "time": (("time", "timestamp", "t"), "s"),
    "power": (("power", "p", "watts"), "w"),
    "voltage": (("voltage", "v", "u", "bus voltage"), "v"),
    "current": (("current", "i", "amps"), "a"),
}
EXPECTED = "time_s and power_w, or time_s, voltage_v and current_a"


class Alignment(NamedTuple):
    """Meter's time = offset + (1 + skew) x board's time; `error_s`: how far that may be off."""

    offset: float
    skew: float
    correlation: float
    error_s: float

    def to_meter(self, seconds: float) -> float:
        """A moment of the board on the meter's clock."""
        return self.offset + (1 + self.skew) * seconds


def energy_from_meter(
    run: dict[str, Any], path: Path, instrument: Instrument, volts: float | None = None
) -> dict[str, Any]:
    """Energy per inference of a run (power.record_run) that a meter recorded; keys as power.measure.

    `volts`: of the supply, for meters that record the current only. A run whose load was simulated is never
    called measured.
    """
    if run.get("simulated"):
        instrument = instrument._replace(synthetic=True)
    trace = read_csv(path, volts)
    found = align(trace, run["markers"], run["chip_seconds"])
    names = ("idle_before", "load", "idle_after")
    windows = {name: [found.to_meter(moment) for moment in run[name]] for name in names}
    result = energy(trace, {**run, **windows}, instrument, found.error_s)
    return {**result, "alignment": {**found._asdict(), "file": path.name}}


def read_csv(path: Path, volts: float | None = None) -> Trace:
    """The power in a CSV with a header; comma, semicolon (then with decimal commas) or tab between columns.

    Each column is named after what it is, with its unit: `time_s`, `Timestamp (ms)`, `Current [uA]`. Lines
    before the header are skipped, rows without numbers are left out.
    """
    lines = _lines(path)
    for number, line in enumerate(lines):
        separator = max(",;\t", key=line.count)
        columns = _columns(_cells(line, separator))
        if "time" in columns and ("power" in columns or "current" in columns):
            return _trace(path, lines[number + 1 :], separator, columns, volts)
    head = next((line for line in lines if line.strip()), "")
    raise PowerError(
        f"{path}: the header must have columns {EXPECTED}, each with its unit, not '{head[:80]}'; "
        "rename the columns in the file's first line."
    )


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PowerError(f"{path}: the file must be readable text, not '{error}'.") from error


def _cells(line: str, separator: str) -> list[str]:
    return next(csv.reader([line], delimiter=separator), [])


def _columns(cells: list[str]) -> dict[str, tuple[int, float]]:
    """Quantity -> place and divisor to SI units, of header cells whose name and unit are known."""
    found: dict[str, tuple[int, float]] = {}
    for place, cell in enumerate(cells):
        match = re.fullmatch(r"\s*(.*?)[\s_]*[\[(_ ]\s*([mµμun]?)([a-z]+)\s*[\])]?\s*", cell.lower())
        for quantity, (names, unit) in COLUMNS.items():
            if match and match[1].strip() in names and match[3] in (unit, unit + "ec"):
                found.setdefault(quantity, (place, PARTS[match[2]]))
    return found


def _trace(
    path: Path, lines: list[str], separator: str, columns: dict[str, tuple[int, float]], volts: float | None
) -> Trace:
    rows = [_cells(line, separator) for line in lines if line.strip()]
    data = {
        quantity: _numbers(rows, place, separator) / parts for quantity, (place, parts) in columns.items()
    }
    if "power" in data:
        watts = data["power"]
    elif "voltage" in data:
        watts = data["voltage"] * data["current"]
    elif volts is not None:
        watts = volts * data["current"]
    else:
        raise PowerError(
            f"{path}: the header must have columns {EXPECTED}, not a current without a voltage; "
            "give the voltage of the supply."
        )
    try:
        trace = make_trace(data["time"], watts)
    except PowerError as error:
        raise PowerError(f"{path}: {error}") from error
    if len(trace.times) < MIN_SAMPLES:
        raise PowerError(
            f"{path}: it must hold at least {MIN_SAMPLES} samples, not {len(trace.times)}; "
            "is it the recording of the run?"
        )
    return trace


def _numbers(rows: list[list[str]], place: int, separator: str) -> Array:
    cells = (row[place] if place < len(row) else "" for row in rows)
    return np.array([_number(cell.strip(), separator) for cell in cells], np.float64)


def _number(cell: str, separator: str) -> float:
    """A number, or a date and time (ISO 8601) as seconds; not a number if it is neither."""
    try:
        return float(cell if separator == "," else cell.replace(",", "."))
    except ValueError:
        pass
    try:
        return datetime.datetime.fromisoformat(cell.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return float("nan")


def align(trace: Trace, markers: list[list[list[float]]], chip_seconds: float) -> Alignment:
    """Find both markers of a run in a trace. PowerError if they are not there, or the clock was not even.

    `markers`: the bursts of load of each. The mean power of each chip is correlated with what was sent.
    """
    first, last = (_chips(bursts, chip_seconds) for bursts in markers)
    both = Chips(*(np.concatenate(pair) for pair in zip(first, last)))  # noqa: B905 (Python 3.8)
    place, correlation = _search(trace, both, chip_seconds)
    if correlation < MIN_CORRELATION:
        raise _not_found(trace, first, last, chip_seconds, correlation)
    begin, end = (_refine(trace, chips, place, 0.75 * chip_seconds) for chips in (first, last))
    interval = float(np.median(np.diff(trace.times)))
    error_s = interval + 0.5 * chip_seconds * math.sqrt(max(0.0, 1 - correlation**2)) / correlation
    distance = float(last.starts[0] - first.starts[0])
    if abs(end - begin) > MAX_SKEW * distance + 2 * error_s:
        raise _jumped(end - begin, distance)
    skew = (end - begin) / distance
    return Alignment(begin - skew * float(first.starts[0]), skew, correlation, error_s)


class Chips(NamedTuple):
    """Pieces of a marker in time: (piece,) seconds, and 1.0 where there was load, else 0.0."""

    starts: Array
    ends: Array
    loaded: Array


def _chips(bursts: list[list[float]], chip_seconds: float) -> Chips:
    """The bursts, the pauses between them, and a pause of one chip before and after."""
    edges = [bursts[0][0] - chip_seconds, *(edge for burst in bursts for edge in burst)]
    edges.append(bursts[-1][1] + chip_seconds)
    starts, ends = np.array(edges[:-1]), np.array(edges[1:])
    loaded = np.arange(len(starts)) % 2.0
    kept = ends - starts > chip_seconds / 4
    return Chips(starts[kept], ends[kept], loaded[kept])


def _search(trace: Trace, chips: Chips, chip_seconds: float) -> tuple[float, float]:
    """The best offset over the whole trace, and its correlation; PowerError if the trace is too short."""
    low, high = float(trace.times[0] - chips.starts.min()), float(trace.times[-1] - chips.ends.max())
    if high < low:
        raise PowerError(
            f"meter: the recording must last for the whole run ({np.ptp([chips.starts, chips.ends]):.3g} s), "
            f"not {high - low:+.3g} s of that; start it before the run and stop it after."
        )
    offsets = np.append(np.arange(low, high, chip_seconds / 4), high)
    found = _correlations(trace, chips, offsets)
    return float(offsets[np.argmax(found)]), float(found.max())


def _refine(trace: Trace, chips: Chips, place: float, reach: float) -> float:
    """The best offset within `reach` of `place`."""
    for _ in range(3):
        offsets = np.linspace(place - reach, place + reach, 101)
        place = float(offsets[np.argmax(_correlations(trace, chips, offsets))])
        reach /= 25
    return place


def _correlations(trace: Trace, chips: Chips, offsets: Array) -> Array:
    """Correlation (-1..1) between chips and mean powers for each offset: (offset,)."""
    joules = np.concatenate(
        ([0.0], np.cumsum((trace.watts[1:] + trace.watts[:-1]) / 2 * np.diff(trace.times)))
    )
    ends = np.interp(offsets[:, None] + chips.ends, trace.times, joules)
    starts = np.interp(offsets[:, None] + chips.starts, trace.times, joules)
    seconds = chips.ends - chips.starts
    share = seconds / seconds.sum()
    means = (ends - starts) / seconds
    means -= (means @ share)[:, None]
    loaded = chips.loaded - chips.loaded @ share
    scale = np.sqrt((means**2 @ share) * (loaded**2 @ share))
    found: Array = (means * share) @ loaded / np.maximum(scale, 1e-12)
    return found


def _not_found(
    trace: Trace, first: Chips, last: Chips, chip_seconds: float, correlation: float
) -> PowerError:
    """What to tell: one marker at a time is found if the clock jumped between them."""
    (begin, one), (end, other) = (_search(trace, chips, chip_seconds) for chips in (first, last))
    if min(one, other) > 0.9:
        return _jumped(end - begin, float(last.starts[0] - first.starts[0]))
    return PowerError(
        f"meter: the marker of the run was not found (correlation must be at least {MIN_CORRELATION}, not "
        f"{correlation:.2f}); is it the recording of this run? Else use a larger chip_seconds."
    )


def _jumped(jump: float, distance: float) -> PowerError:
    return PowerError(
        f"meter: its clock jumped by {jump:+.3g} s in the {distance:.3g} s between the markers; record again."
    )
