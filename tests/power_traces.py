"""Synthetic power of a board whose energy is known: drift, noise, lost samples, steps, irregular sampling."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from asn2fpga.runtime.power import SimulatedClock, record_run
from asn2fpga.runtime.power_trace import Trace, make_trace

Values = np.ndarray[Any, np.dtype[np.float64]]

INFERENCES = 50_000


@dataclass(frozen=True)
class Case:
    """What is wrong with a trace. Powers in watts, times in seconds."""

    name: str
    noise: float = 0.002
    step: float = 0.0
    drift: float = 0.0  # W/s of the idle power
    warming: float = 0.0  # W that the idle power still rises while the board warms up, in about 12 s
    interval: float = 0.02
    jitter: float = 0.0  # of the interval, relative
    drops: float = 0.0  # share of lost samples
    hole: float = 0.0  # seconds without samples in the middle of the load
    repeats: int = 1  # the sensor shows each value so many times
    load: float = 0.3
    idle: float = 2.5

    def __str__(self) -> str:
        return self.name


CASES = (
    Case("clean"),
    Case("noise", noise=0.05),
    Case("drift", drift=0.002),
    Case("warming", warming=0.03),
    Case("steps", step=0.0156, noise=0.0005),
    Case("dithered steps", step=0.0156, noise=0.015),
    Case("half dithered steps", step=0.0156, noise=0.006),
    Case("irregular", jitter=0.8, noise=0.01),
    Case("drops", drops=0.3, noise=0.01),
    Case("hole", hole=0.8, noise=0.01),
    Case("slow sensor", repeats=5, noise=0.02),
    Case("all", noise=0.01, step=0.0156, drift=0.001, jitter=0.5, drops=0.1, hole=0.3, repeats=2),
)

RUN: dict[str, Any] = {
    "idle_before": (1.0, 6.0),
    "load": (8.0, 18.0),
    "idle_after": (20.0, 25.0),
    "inferences": INFERENCES,
    "seconds": 10.0,
}
LOAD_ON, LOAD_OFF, END = 7.0, 18.0, 26.0


def true_power(case: Case, times: Values, levels: tuple[float, float]) -> Values:
    """Watts at each time. `levels`: idle and extra power of the load."""
    idle = levels[0] + case.drift * times + case.warming * (1 - np.exp(-times / 12.0))
    return idle + np.where((times >= LOAD_ON) & (times < LOAD_OFF), levels[1], 0.0)


def draw(case: Case, seed: int) -> tuple[Trace, float, float]:
    """A trace, the true uJ of an inference, and the true uJ above idle. Levels differ from seed to seed."""
    random = np.random.default_rng(seed)
    levels = case.idle + random.uniform(0, 0.1), case.load + random.uniform(0, 0.1)
    times = _times(case, random)
    watts = true_power(case, times, levels) + random.normal(0, case.noise, len(times))
    watts = np.repeat(watts[:: case.repeats], case.repeats)[: len(times)]
    if case.step:
        watts = case.step * np.round(watts / case.step)
    middle = (RUN["load"][0] + RUN["load"][1]) / 2
    dense = np.linspace(*RUN["load"], 20_001)[:-1]
    mean = float(true_power(case, dense, levels).mean())
    scale = 1e6 * RUN["seconds"] / INFERENCES
    hole = abs(times - middle) < case.hole / 2
    return make_trace(times[~hole], watts[~hole]), scale * mean, scale * levels[1]


def _times(case: Case, random: np.random.Generator) -> Values:
    steps = case.interval * (1 + case.jitter * random.uniform(-1, 1, round(END / case.interval)))
    times: Values = np.cumsum(steps) + random.uniform(0, case.interval)
    return times[random.uniform(size=len(times)) >= case.drops]


IDLE_W, LOAD_W = 2.5, 0.2


def make_run(seed: int, **choices: Any) -> tuple[dict[str, Any], Values]:
    """A run, and the moments (in pairs, on its own clock) between which the board worked."""
    clock, random = SimulatedClock(), np.random.default_rng(seed)
    work: list[float] = []

    def run_once() -> int:
        begin = clock.time
        clock.sleep(random.uniform(0.01, 0.03))
        work.extend((begin, clock.time))
        return 64

    return record_run(run_once, clock=clock, **choices), np.array(work)


def record(
    run_work: Values,
    seed: int,
    interval: float = 0.01,
    noise: float = 0.01,
    skew: float = 0.0,
    drops: float = 0.0,
) -> tuple[Trace, float]:
    """What a meter with another clock sees; and its time at the run's 0."""
    random = np.random.default_rng(seed)
    offset = random.uniform(3, 6)
    seconds = offset + (run_work[-1] + 5) * (1 + skew)
    times = np.cumsum(interval * random.uniform(0.9, 1.1, round(seconds / interval)))
    working = np.searchsorted(run_work, (times - offset) / (1 + skew)) % 2 == 1
    watts = IDLE_W + LOAD_W * working + random.normal(0, noise, len(times))
    kept = random.uniform(size=len(times)) >= drops
    return make_trace(times[kept], watts[kept]), offset


def write_csv(path: Path, trace: Trace) -> None:
    """A trace as a meter writes it."""
    np.savetxt(path, np.transpose(trace), fmt="%.9g", delimiter=",", header="time_s,power_w", comments="")
