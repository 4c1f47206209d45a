"""Energy of one inference, measured: idle, then inferences in a loop, then idle again.

    from driver import Accelerator
    from power import measure, open_rails
    with Accelerator(".") as accelerator:
        print(measure(lambda: len(accelerator.scores(x)), open_rails(manifest)[0]))

A board without rails is measured by an external meter: `record_run` makes the load, with markers that are
found again in the meter's CSV (power_meter.py). Stand-alone: Python 3.8, numpy. Equations:
docs/spec/energy.md.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or __package__:
    from asn2fpga.runtime.power_sensors import Ina, SyntheticSource, open_ina, open_rails
    from asn2fpga.runtime.power_trace import Instrument, PowerError, Trace, energy, make_trace
else:
    from power_sensors import Ina, SyntheticSource, open_ina, open_rails
    from power_trace import Instrument, PowerError, Trace, energy, make_trace

__all__ = [
    "Clock",
    "Ina",
    "Instrument",
    "PowerError",
    "SimulatedClock",
    "SyntheticSource",
    "measure",
    "measure_all",
    "open_ina",
    "open_rails",
    "record_run",
]

RUN_SCHEMA = "asn2fpga.energy-run/1"
# Barker's code of length 13: shifted against itself it hardly agrees. The second marker is its mirror image.
MARKER = (1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1)


class Clock:
    """Time that only goes forward, and waiting; tests replace it."""

    def now(self) -> float:
        """Seconds since some moment."""
        return time.perf_counter()

    def sleep(self, seconds: float) -> None:
        """Do nothing for so long."""
        time.sleep(max(0.0, seconds))

    def repeat(self, interval: float, call: Callable[[], None]) -> Callable[[], None]:
        """Call something every `interval` seconds in a thread; returns what ends it."""
        done = threading.Event()

        def loop() -> None:
            while not done.wait(interval):
                call()

        def end() -> None:
            done.set()
            thread.join(timeout=10.0)

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        return end


class SimulatedClock(Clock):
    """Time for simulated boards and tests: it passes in `sleep` only; what repeats is called then."""

    def __init__(self) -> None:
        self.time = 0.0
        self.calls: list[list[Any]] = []
        """Of each that repeats: when it is due, how often, and what to call."""

    def now(self) -> float:
        """Seconds slept so far."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Let so much time pass."""
        end = self.time + max(0.0, seconds)
        while self.calls and min(due for due, _, _ in self.calls) <= end:
            entry = min(self.calls, key=lambda entry: float(entry[0]))
            self.time = entry[0]
            entry[0] += entry[1]
            entry[2]()
        self.time = end

    def repeat(self, interval: float, call: Callable[[], None]) -> Callable[[], None]:
        """Call something every `interval` seconds; returns what ends it."""
        entry = [self.time + interval, interval, call]
        self.calls.append(entry)
        return lambda: self.calls.remove(entry)


def measure(
    run_once: Callable[[], Any], source: Any, seconds: float = 10.0, **choices: Any
) -> dict[str, Any]:
    """Energy per inference from one sensor; see measure_all."""
    return measure_all(run_once, [source], seconds, **choices)[0]


def measure_all(
    run_once: Callable[[], Any],
    sources: list[Any],
    seconds: float = 10.0,
    idle_seconds: float = 5.0,
    warm_up: float = 1.0,
    interval: float = 0.02,
    clock: Clock | None = None,
) -> list[dict[str, Any]]:
    """Energy per inference from each of several sensors, read in turn every `interval` seconds.

    `run_once()` runs some inferences and returns how many (None: one). Loaded for `seconds`, idle for
    `idle_seconds` before and after; the first `warm_up` seconds of each are not used. A result has the keys
    source, scope, uj_per_inference, uj_per_inference_minus_idle, uncertainty_uj and
    uncertainty_minus_idle_uj (95 %), inferences, seconds, method and the parts of the uncertainty.
    """
    clock = clock or Clock()
    start = clock.now()
    with Sampler(sources, interval, clock, start) as sampler:
        loop = Loop(run_once, clock, start, [one for one in sources if isinstance(one, SyntheticSource)])
        run = _perform(loop, seconds, idle_seconds, warm_up, 0.0)
    return [energy(sampler.trace(index), run, source.instrument) for index, source in enumerate(sources)]


def record_run(
    run_once: Callable[[], Any],
    seconds: float = 10.0,
    idle_seconds: float = 5.0,
    warm_up: float = 1.0,
    chip_seconds: float = 0.5,
    clock: Clock | None = None,
    synthetic: SyntheticSource | None = None,
    manifest: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The load for an external meter that records meanwhile: marker, idle, load, idle, marker.

    The marker is 13 times `chip_seconds` of load or idle; the meter should take at least ten samples in each.
    Returns what the import of the CSV needs (JSON values): when was what, on the clock of the board.
    `synthetic`: plays the meter where there is none; the run then is marked as simulated. `manifest`: of the
    package; it tells `asn2fpga energy` what was run.
    """
    clock = clock or Clock()
    loop = Loop(run_once, clock, clock.now(), [synthetic] if synthetic else [])
    run = _perform(loop, seconds, idle_seconds, warm_up, chip_seconds)
    what = {key: (manifest or {}).get(key) for key in ("model_sha256", "board", "clock_mhz")}
    return {"schema": RUN_SCHEMA, "simulated": synthetic is not None, **what, **run}


def _perform(loop: Loop, seconds: float, idle: float, warm_up: float, chip: float) -> dict[str, Any]:
    """Do it all; times in seconds since the beginning. Without markers if `chip` is 0."""
    run: dict[str, Any] = {"chip_seconds": chip, "markers": []}
    if chip:
        run["markers"].append(loop.marker(MARKER, chip))
    run["idle_before"] = loop.idle(warm_up, idle)
    loop.load(warm_up)
    inferences, window = loop.load(seconds)
    run["load"] = window
    run["idle_after"] = loop.idle(warm_up, idle)
    if chip:
        run["markers"].append(loop.marker(MARKER[::-1], chip))
    return {**run, "inferences": inferences, "seconds": window[1] - window[0]}


class Loop:
    """Makes load and idle, and notes when."""

    def __init__(
        self,
        run_once: Callable[[], Any],
        clock: Clock,
        start: float,
        told: list[SyntheticSource] | None = None,
    ) -> None:
        """`start`: the moment that is called 0; `told`: sources that learn when there is load."""
        self.told = told or []
        self.run_once = run_once
        self.clock = clock
        self.start = start

    def now(self) -> float:
        """Seconds since the beginning."""
        return self.clock.now() - self.start

    def idle(self, warm_up: float, seconds: float) -> list[float]:
        """Nothing for warm_up + seconds; the window of the latter."""
        self.clock.sleep(warm_up)
        begin = self.now()
        self.clock.sleep(seconds)
        return [begin, self.now()]

    def load(self, seconds: float) -> tuple[int, list[float]]:
        """Inferences for at least so long; how many, and the window of exactly these."""
        begin, count = self.now(), 0
        self._tell(True)
        while self.now() < begin + seconds:
            done = self.run_once()
            count += 1 if done is None else int(done)
        self._tell(False)
        if seconds and count < 1:
            raise PowerError(f"run_once: it must run at least one inference, not {count}.")
        return count, [begin, self.now()]

    def _tell(self, working: bool) -> None:
        for source in self.told:
            source.working = working

    def marker(self, code: tuple[int, ...], chip: float) -> list[list[float]]:
        """The bursts of load (pairs of seconds), with a pause before and after."""
        bursts: list[list[float]] = []
        self.clock.sleep(chip)
        begin = self.now()
        for place, loaded in enumerate((*code, 0), 1):
            end = begin + place * chip
            if loaded:
                bursts.append(self.load(end - self.now())[1])
            else:
                self.clock.sleep(end - self.now())
            if self.now() - end > chip / 4:
                raise PowerError(
                    f"run_once: it must take at most {chip / 4:.3g} s, a quarter of a chip of the marker, "
                    f"not {self.now() - end:.3g} s; use a smaller batch, or a larger chip_seconds."
                )
        return bursts


class Sampler:
    """Reads sensors every `interval` seconds, while the `with` block runs."""

    def __init__(self, sources: list[Any], interval: float, clock: Clock, start: float) -> None:
        """`start`: the moment that is called 0. Nothing is read before the `with`."""
        self.sources = sources
        self.start = start
        self.interval = interval
        self.clock = clock
        self.times: list[list[float]] = [[] for _ in sources]
        self.watts: list[list[float]] = [[] for _ in sources]
        self.error: PowerError | None = None

    def __enter__(self) -> Sampler:
        self.end = self.clock.repeat(self.interval, self._sample_all)
        return self

    def __exit__(self, *exception: object) -> None:
        self.end()

    def _sample_all(self) -> None:
        for index, source in enumerate(self.sources if self.error is None else []):
            self._sample(index, source)

    def _sample(self, index: int, source: Any) -> None:
        before = self.clock.now()
        try:
            watts = float(source.read())
        except Exception as error:
            self.error = PowerError(f"{source.instrument.scope}: reading it failed: {error}")
            return
        self.times[index].append((before + self.clock.now()) / 2 - self.start)
        self.watts[index].append(watts)

    def trace(self, index: int) -> Trace:
        """The samples of one source; PowerError if reading any of them failed."""
        if self.error is not None:
            raise self.error
        return make_trace(self.times[index], self.watts[index])
