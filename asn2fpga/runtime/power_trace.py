"""Energy of inferences from samples of power: integration, idle, and a budget of the uncertainty.

Stand-alone (Python 3.8, numpy). Equations and assumptions: docs/spec/energy.md of asn2fpga.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Window = tuple[float, float]
else:
    Array = Window = Any  # for the annotations only

MIN_SAMPLES = 8
MIN_VALUES = 10
BLOCKS = 16
GAP_FACTOR = 5.0  # an interval this many times the median one is a gap: samples were lost
MAX_GAP_SHARE = 0.2
COVERAGE = 2.0  # all uncertainties are expanded by it: about 95 %
UNIFORM = 1.0 / math.sqrt(3.0)  # standard uncertainty of 'anywhere within +-1'

# Student's t, 97.5 %, by degrees of freedom from 1 (NIST/SEMATECH e-handbook, 1.3.6.7.2); 1.96 beyond.
STUDENT = (12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145)


class PowerError(Exception):
    """A measurement of power is not possible or not to be trusted; the message says what to do."""


class Trace(NamedTuple):
    """Samples of power. `times`: (sample,) seconds, rising; `watts`: (sample,)."""

    times: Array
    watts: Array


class Instrument(NamedTuple):
    """What made a trace, and what of it was measured. `synthetic`: made up, nothing was measured.

    `resolution_w`: one step (None: the smallest seen). `accuracy`: relative bound of the gain error, 0 if it
    is unknown (then it is not part of the uncertainty).
    """

    scope: str
    resolution_w: float | None = None
    accuracy: float = 0.0
    synthetic: bool = False


class Level(NamedTuple):
    """Mean power of a window around the time `middle`, and its standard uncertainties, all in watts.

    `slope`: of the straight line through the window, W/s; `gap_seconds`: within gaps, without samples.
    """

    watts: float
    slope: float
    sampling: float
    resolution: float
    gaps: float
    middle: float
    samples: int
    gap_seconds: float


def make_trace(times: Any, watts: Any) -> Trace:
    """A trace of two sequences, without samples that are no numbers. PowerError if time runs backwards."""
    trace = Trace(np.asarray(times, np.float64), np.asarray(watts, np.float64))
    good = np.isfinite(trace.times) & np.isfinite(trace.watts)
    trace = Trace(trace.times[good], trace.watts[good])
    steps = np.diff(trace.times)
    if steps.size and steps.min() <= 0:
        at = int(np.argmin(steps))
        raise PowerError(
            f"sample {at + 1}: time must rise, but goes from {trace.times[at]:.6f} s to "
            f"{trace.times[at + 1]:.6f} s; the clock of the instrument was set back: record again."
        )
    return trace


def smallest_step(watts: Array) -> float:
    """The smallest difference between two values that occur: the resolution, as far as it shows."""
    values = np.unique(watts)
    if len(values) < MIN_VALUES:
        raise PowerError(
            f"resolution: the trace must hold at least {MIN_VALUES} values to show its steps, "
            f"not {len(values)}; give the resolution of the instrument."
        )
    return float(np.diff(values).min())


def mean_power(trace: Trace, window: Window, step: float, name: str) -> Level:
    """Mean over a window. A sample stands for the time nearest to it: the trapezoid rule, flat at the ends.

    PowerError if the window holds too few samples or too large gaps.
    """
    inside = (trace.times >= window[0]) & (trace.times <= window[1])
    times, watts = trace.times[inside], trace.watts[inside]
    seconds = window[1] - window[0]
    if len(times) < MIN_SAMPLES:
        raise PowerError(
            f"{name}: its {seconds:.3g} s must hold at least {MIN_SAMPLES} samples of power, "
            f"not {len(times)}; measure for longer, or sample more often."
        )
    lost = _lost_seconds(times, window)
    if lost > MAX_GAP_SHARE * seconds:
        raise PowerError(
            f"{name}: samples must be missing for at most {MAX_GAP_SHARE:.0%} of the time, "
            f"not for {lost:.3g} of {seconds:.3g} s; the instrument stopped answering: measure again."
        )
    edges = np.concatenate(([window[0]], (times[1:] + times[:-1]) / 2, [window[1]]))
    weights = np.diff(edges) / seconds
    slope, sampling = _line(times, watts, weights)
    return Level(
        watts=float(weights @ watts),
        slope=slope,
        sampling=sampling,
        resolution=_resolution(watts, step),
        gaps=lost / seconds * float(watts.std()),
        middle=(window[0] + window[1]) / 2,
        samples=len(times),
        gap_seconds=lost,
    )


def _lost_seconds(times: Array, window: Window) -> float:
    """Seconds within gaps, the ends of the window included."""
    steps = np.diff(np.concatenate(([window[0]], times, [window[1]])))
    return float(steps[steps > GAP_FACTOR * np.median(np.diff(times))].sum())


def _line(times: Array, watts: Array, weights: Array) -> tuple[float, float]:
    """Slope, and standard uncertainty of the mean: from the scatter of block means about a straight line.

    Blocks, because neighbouring samples may hang together (the sensor averages, or repeats its last value);
    more if the blocks still do. Scaled so that twice of it is the 95 % interval of Student's t.
    """
    blocks = _blocks(watts)
    share = np.array([weights[block].sum() for block in blocks])
    mean = np.array([weights[block] @ watts[block] for block in blocks]) / share
    middle = np.array([weights[block] @ times[block] for block in blocks]) / share
    middle -= middle.mean()
    line = np.polyfit(middle, mean, 1, w=np.sqrt(share))
    residual = mean - np.polyval(line, middle)
    freedom = len(blocks) - 2
    variance = float((share**2) @ (residual**2)) * len(blocks) / freedom
    alike = float(residual[1:] @ residual[:-1]) / max(float(residual @ residual), 1e-300)
    variance *= 1 + 2 * max(0.0, alike)
    return float(line[0]), math.sqrt(variance) * _student(freedom) / COVERAGE


def _blocks(watts: Array) -> list[Any]:
    """Indices of the samples of each block; a value that a slow sensor repeats stays in one block."""
    news = np.flatnonzero(np.concatenate(([True], watts[1:] != watts[:-1])))
    if len(news) < 2 * BLOCKS:
        return np.array_split(np.arange(len(watts)), min(BLOCKS, len(watts)))
    first = [int(part[0]) for part in np.array_split(news, BLOCKS)[1:]]
    return np.split(np.arange(len(watts)), first)


def _student(freedom: int) -> float:
    return STUDENT[freedom - 1] if freedom <= len(STUDENT) else 1.96


def _resolution(watts: Array, step: float) -> float:
    """Standard uncertainty of the mean from steps of `step`: half a step, less if noise dithers the steps.

    Noise of standard deviation s leaves a bias of at most step/pi exp(-2 (pi s/step)^2) (Widrow and Kollar,
    Quantization Noise, ch. 5); it is trusted only if it is seen on at least three steps.
    """
    counts = np.unique(np.round(watts / step), return_counts=True)[1]
    bound = step / 2
    if np.count_nonzero(counts >= 0.05 * len(watts)) >= 3:
        scatter = min(float(watts.var()), float(np.mean(np.diff(watts) ** 2)) / 2)
        noise = max(0.0, scatter / step**2 - 1 / 12)
        bound = min(bound, step / math.pi * math.exp(-2 * math.pi**2 * noise))
    return bound * UNIFORM


def energy(
    trace: Trace, run: dict[str, Any], instrument: Instrument, alignment_s: float = 0.0
) -> dict[str, Any]:
    """Energy of one inference of a run, with its uncertainty (95 %) and the parts of it, in microjoules.

    `run`: idle_before, load, idle_after (pairs of seconds on the clock of the trace), inferences (done within
    load), seconds (of load, on the clock that counted them). `alignment_s`: bound of the error between the
    two clocks; the windows are shortened by it at each end.
    """
    step = instrument.resolution_w or smallest_step(trace.watts)
    names = ("idle_before", "load", "idle_after")
    before, load, after = (
        mean_power(trace, _shorten(run[name], alignment_s), step, name.replace("_", " ")) for name in names
    )
    idle = _interpolate(before, after, load.middle)
    scale = 1e6 * run["seconds"] / run["inferences"]  # W -> uJ per inference
    edges = UNIFORM * alignment_s / run["seconds"] * abs(load.watts - idle.watts)
    total = _parts(load, edges, instrument.accuracy * load.watts)
    above = _parts(load, edges, instrument.accuracy * (load.watts - idle.watts))
    for name in ("sampling", "resolution", "gaps"):
        above[name] = math.hypot(above[name], getattr(idle, name))
    above["idle_drift"] = UNIFORM * _drift(before, after, idle)
    result = {
        "source": "simulated" if instrument.synthetic else "measured",
        "scope": instrument.scope,
        "uj_per_inference": scale * load.watts,
        "uj_per_inference_minus_idle": scale * (load.watts - idle.watts),
        "uncertainty_uj": scale * _expand(total),
        "uncertainty_minus_idle_uj": scale * _expand(above),
        "inferences": run["inferences"],
        "seconds": run["seconds"],
        "load_w": load.watts,
        "idle_w": idle.watts,
        "samples": load.samples,
        "gap_seconds": before.gap_seconds + load.gap_seconds + after.gap_seconds,
        "resolution_w": step,
        "budget_uj": {name: scale * COVERAGE * part for name, part in total.items()},
        "budget_minus_idle_uj": {name: scale * COVERAGE * part for name, part in above.items()},
    }
    return {**result, "method": _method(result, instrument)}


def _method(result: dict[str, Any], instrument: Instrument) -> str:
    """How the figures were obtained, for readers of a report."""
    origin = "Made up by a synthetic source, nothing was measured" if instrument.synthetic else "Measured"
    gain = "included" if instrument.accuracy else "not included (unknown)"
    hidden = abs(result["uj_per_inference_minus_idle"]) < result["uncertainty_minus_idle_uj"]
    warning = " Load and idle differ by less than the uncertainty." if hidden else ""
    return (
        f"{origin}: {result['scope']}; mean of {result['samples']} samples in {result['seconds']:.3g} s of "
        f"{result['inferences']} inferences ({result['load_w']:.4g} W), idle before and after "
        f"({result['idle_w']:.4g} W); uncertainty 95 %, gain of the instrument {gain}.{warning}"
    )


def _shorten(window: Window, margin: float) -> Window:
    return window[0] + margin, max(window[0] + margin, window[1] - margin)


def _interpolate(before: Level, after: Level, middle: float) -> Level:
    """Idle power in the middle of the load, on a straight line between the two idle windows.

    The error of the steps is the same in both windows, scatter is not.
    """
    share = (middle - before.middle) / (after.middle - before.middle)
    return Level(
        watts=(1 - share) * before.watts + share * after.watts,
        slope=(after.watts - before.watts) / (after.middle - before.middle),
        sampling=math.hypot((1 - share) * before.sampling, share * after.sampling),
        resolution=max(before.resolution, after.resolution),
        gaps=math.hypot((1 - share) * before.gaps, share * after.gaps),
        middle=middle,
        samples=before.samples + after.samples,
        gap_seconds=before.gap_seconds + after.gap_seconds,
    )


def _drift(before: Level, after: Level, idle: Level) -> float:
    """Bound of how far the idle power under the load may be from the interpolated one, in watts.

    It stays between the two levels, so half their difference bounds the error; if it bends smoothly, to one
    side, it stays between that straight line and the continuations of the two windows, which may be closer.
    """
    continued = (level.watts + level.slope * (idle.middle - level.middle) for level in (before, after))
    bend = max(abs(watts - idle.watts) for watts in continued)
    return min(abs(after.watts - before.watts) / 2, bend)


def _parts(level: Level, edges: float, gain: float) -> dict[str, float]:
    """Standard uncertainties of a mean power, by where they come from, in watts."""
    return {
        "sampling": level.sampling,
        "resolution": level.resolution,
        "gaps": level.gaps,
        "alignment": edges,
        "gain": UNIFORM * abs(gain),
    }


def _expand(parts: dict[str, float]) -> float:
    return COVERAGE * math.sqrt(sum(part * part for part in parts.values()))
