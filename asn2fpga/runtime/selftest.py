"""Self test of an accelerator: exact scores, latency, throughput, on request your data and energy.

    sudo bash -lc 'python3 selftest.py'              in the folder of the unpacked package

Exit status: 0 all as it must be, 1 a wrong score or a device that does not work, 2 wrong options, files or
environment. Stand-alone: driver.py, power.py, numpy, pynq; Python 3.8 or newer.

Tested against a simulation of the RTL, not on a real board.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING or __package__:
    from asn2fpga.runtime.driver import (
        Accelerator,
        DriverError,
        InputError,
        PackageError,
        import_pynq,
        read_manifest,
    )
    from asn2fpga.runtime.power import (
        Clock,
        PowerError,
        SimulatedClock,
        SyntheticSource,
        measure_all,
        open_rails,
        record_run,
    )
else:
    from driver import Accelerator, DriverError, InputError, PackageError, import_pynq, read_manifest
    from power import (
        Clock,
        PowerError,
        SimulatedClock,
        SyntheticSource,
        measure_all,
        open_rails,
        record_run,
    )

SCHEMA = "asn2fpga.selftest/1"


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit status. Results and errors go into --json too."""
    options = _parser().parse_args(arguments)
    try:
        result = test(options)
    except DriverError as error:
        print(f"error: {error}", file=sys.stderr)
        _write_json(
            options.json, {"schema": SCHEMA, "error": {"kind": type(error).__name__, "message": str(error)}}
        )
        return 2 if isinstance(error, (InputError, PackageError)) else 1
    _write_json(options.json, result)
    return 1 if result["mismatches"] else 0


def test(options: argparse.Namespace) -> dict[str, Any]:
    """Everything the options ask for, printed line by line; the figures as JSON values."""
    folder = options.folder
    manifest = read_manifest(folder)
    x, expected = _vectors(folder / "vectors.npz", options.vectors)
    data = _read_data(options.data) if options.data else None
    with Accelerator(folder, timeout_seconds=options.timeout) as accelerator:
        _title(manifest, accelerator.simulated)
        result: dict[str, Any] = {
            "schema": SCHEMA,
            "error": None,
            **_identity(manifest, accelerator.simulated),
        }
        result.update(_compare(accelerator, x, expected))
        if not result["mismatches"]:
            result.update(_measure(accelerator, x, options))
            result["data"] = _run_data(accelerator, data, options.scores) if data else None
            result.update(_energy(accelerator, manifest, x, options) if options.power else {})
            if options.meter_run:
                _meter_run(accelerator, manifest, x, options)
        result["counters"] = accelerator.counters()
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Check and measure the accelerator of this package.")
    add = parser.add_argument
    add(
        "--folder",
        type=Path,
        default=Path(sys.path[0]),
        help="the unpacked package (default: that of this file)",
    )
    add("--vectors", type=int, metavar="N", help="use the first N test vectors only")
    add("--calls", type=int, default=200, metavar="N", help="calls timed one by one (default: 200)")
    add("--seconds", type=float, default=1.0, help="time for the throughput, at least (default: 1)")
    add("--data", type=Path, metavar="FILE.npz", help="run x (N, ...) of this file; with y (N,): accuracy")
    add("--scores", type=Path, metavar="OUT.npz", help="write the scores of --data")
    add("--power", action="store_true", help="measure energy with the board's power sensors, if it has any")
    add("--meter-run", type=Path, metavar="OUT", help="make the load for an external meter that records now")
    add("--power-seconds", type=float, default=10.0, help="load for so long (default: 10)")
    add(
        "--timeout",
        type=float,
        default=10.0,
        help="seconds of standstill that are an error (default: 10)",
    )
    add("--json", type=Path, metavar="OUT", help="write the figures, or the error, to this file")
    return parser


def _vectors(path: Path, count: int | None) -> tuple[Any, Any]:
    if count is not None and count < 1:
        raise InputError(f"--vectors: the value must be at least 1, not {count}.")
    arrays = _load(path, "x", "scores")
    scores = np.column_stack([arrays["scores"], arrays["steps"]]) if "steps" in arrays else arrays["scores"]
    return arrays["x"][:count], scores[:count]


def _read_data(path: Path) -> dict[str, Any]:
    arrays = _load(path, "x")
    if "y" in arrays and arrays["y"].shape != arrays["x"].shape[:1]:
        raise InputError(
            f"{path}: y must have one label for each of the {len(arrays['x'])} inputs, "
            f"not shape {arrays['y'].shape}."
        )
    return arrays


def _load(path: Path, *needed: str) -> dict[str, Any]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, AttributeError, TypeError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: this is not an .npz file ({error}).") from error
    for name in needed:
        if name not in arrays:
            raise InputError(
                f"{path}: it must hold '{name}', not only {', '.join(sorted(arrays)) or 'nothing'}."
            )
    return arrays


def _title(manifest: dict[str, Any], simulated: str) -> None:
    print(f"{manifest['name']} on {manifest['board']}, model {manifest['model_sha256'][:16]}")
    if simulated:
        print(f"SIMULATED BOARD: {simulated}. Cycles are counted in it; wall-clock times would mean nothing.")


def _identity(manifest: dict[str, Any], simulated: str) -> dict[str, Any]:
    keys = ("name", "board", "model_sha256", "clock_mhz", "asn2fpga_version")
    return {
        **{key: manifest[key] for key in keys},
        "simulated": simulated,
        "machine": {
            "node": platform.node(),
            "architecture": platform.machine(),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "pynq": str(getattr(import_pynq(), "__version__", "unknown")),
        },
    }


def _answers(accelerator: Accelerator, x: Any) -> Any:
    """Scores; where answers may come early, the time steps used are one column more."""
    if not accelerator.manifest["output"]["early_exit"]:
        return accelerator.scores(x)
    return np.column_stack(accelerator.scores_and_steps(x))


def _compare(accelerator: Accelerator, x: Any, expected: Any) -> dict[str, Any]:
    """All vectors in as few messages as possible, exactly; the first difference by name. Of an early exit the
    time steps used count as one class more.
    """
    scores = _answers(accelerator, x)
    wrong = np.flatnonzero((scores != expected).reshape(len(x), -1).any(axis=1))
    first = None
    if len(wrong):
        vector = int(wrong[0])
        at = tuple(int(axis[0]) for axis in np.nonzero(scores[vector] != expected[vector]))
        step = f"time step {at[0]}, " if len(at) > 1 else ""
        want, got = int(expected[vector][at]), int(scores[vector][at])
        first = f"vector {vector}, {step}class {at[-1]}: expected {want}, got {got}"
    print(
        f"vectors     {len(x)}, all scores equal to the golden model"
        if first is None
        else f"vectors     {len(wrong)} of {len(x)} WRONG; first: {first}"
    )
    return {"vectors": len(x), "mismatches": len(wrong), "first_difference": first}


def _measure(accelerator: Accelerator, x: Any, options: argparse.Namespace) -> dict[str, Any]:
    """Latency in the core, time of a call, throughput. Of a simulated board the first only."""
    calls = max(1, min(options.calls, len(x)) if accelerator.simulated else options.calls)
    cycles, seconds = _one_by_one(accelerator, x, calls)
    clock = accelerator.registers.read("CLOCK_KHZ") / 1000.0
    core = {
        "min": int(min(cycles)),
        "mean": float(np.mean(cycles)),
        "max": int(max(cycles)),
        "inferences": calls,
    }
    print(
        f"core        {core['mean']:,.0f} cycles ({core['min']:,} to {core['max']:,}) = "
        f"{core['mean'] / clock:,.2f} us per inference (registers, one inference at a time)"
    )
    figures = {
        "core_cycles": core,
        "core_us": core["mean"] / clock,
        "call_us": None,
        "throughput_per_second": None,
    }
    if accelerator.simulated:
        return figures
    call = dict(zip(("p50", "p95", "p99", "max"), np.percentile(1e6 * seconds, (50, 95, 99, 100)).tolist()))  # noqa: B905
    print(
        f"call        median {call['p50']:,.1f} us, 95 % {call['p95']:,.1f} us, 99 % {call['p99']:,.1f} us, "
        f"longest {call['max']:,.1f} us (scores() of one input, wall clock, {calls} calls)"
    )
    rate = _throughput(accelerator, x, options.seconds)
    print(f"throughput  {rate:,.0f} inferences/s (scores() of {len(x)} inputs, wall clock)")
    return {**figures, "call_us": {**call, "calls": calls}, "throughput_per_second": rate}


def _one_by_one(accelerator: Accelerator, x: Any, calls: int) -> tuple[Any, Any]:
    """Cycles in the core, and seconds of the call, of single inferences."""
    cycles, seconds = [], []
    for call in range(calls):
        at = call % len(x)
        began = time.perf_counter()
        accelerator.scores(x[at : at + 1])
        seconds.append(time.perf_counter() - began)
        cycles.append(accelerator.registers.read("INFERENCE_CYCLES"))
    return np.array(cycles), np.array(seconds)


def _throughput(accelerator: Accelerator, x: Any, least_seconds: float) -> float:
    inferences, began = 0, time.perf_counter()
    while True:
        inferences += len(accelerator.scores(x))
        passed = time.perf_counter() - began
        if passed >= least_seconds:
            return inferences / passed


def _run_data(accelerator: Accelerator, data: dict[str, Any], out: Path | None) -> dict[str, Any]:
    """Scores of the user's data, and the accuracy if there are labels."""
    scores = accelerator.scores(data["x"])
    if out:
        np.savez_compressed(str(out), scores=scores)
    last = scores if scores.ndim == 2 else scores[:, -1]
    accuracy = float(np.mean(last.argmax(axis=1) == data["y"])) if "y" in data and len(scores) else None
    shown = "no labels" if accuracy is None else f"accuracy {100 * accuracy:.2f} %"
    print(f"data        {len(scores)} inferences, {shown}")
    return {"samples": len(scores), "accuracy": accuracy}


def _energy(
    accelerator: Accelerator, manifest: dict[str, Any], x: Any, options: argparse.Namespace
) -> dict[str, Any]:
    """Measured energy, one entry a sensor; none, and why, if the board has no sensor."""
    run_once, clock = _work(accelerator, x)
    try:
        found = measure_all(run_once, open_rails(manifest), options.power_seconds, clock=clock)
    except PowerError as error:
        print(f"energy      not measured: {error}")
        return {"energy": [], "energy_note": str(error)}
    for entry in found:
        label = "" if entry["source"] == "measured" else "SYNTHETIC, NOT MEASURED: "
        print(
            f"energy      {label}{entry['uj_per_inference']:.4g} +- {entry['uncertainty_uj']:.2g} uJ an "
            f"inference, {entry['uj_per_inference_minus_idle']:.4g} +- "
            f"{entry['uncertainty_minus_idle_uj']:.2g} minus idle ({entry['scope']})"
        )
    return {"energy": found, "energy_note": ""}


def _meter_run(
    accelerator: Accelerator, manifest: dict[str, Any], x: Any, options: argparse.Namespace
) -> None:
    """The load that an external meter records, with its markers; what was when goes into the file."""
    run_once, clock = _work(accelerator, x)
    synthetic = SyntheticSource() if accelerator.simulated else None
    print("meter       the load begins; the meter must be recording", flush=True)
    try:
        run = record_run(run_once, options.power_seconds, clock=clock, synthetic=synthetic, manifest=manifest)
    except PowerError as error:
        print(f"meter       no run: {error}")
        return
    _write_json(options.meter_run, run)
    print(
        f"meter       {run['inferences']} inferences in {run['seconds']:.2f} s; the meter can stop: "
        f"asn2fpga energy DIR --meter FILE.csv --run {options.meter_run.name}"
    )


def _work(accelerator: Accelerator, x: Any) -> tuple[Callable[[], int], Clock]:
    """A batch of inferences, and the clock. Time of a simulated board is invented: 1/8 s per inference."""
    if not accelerator.simulated:
        return lambda: len(accelerator.scores(x)), Clock()
    clock = SimulatedClock()

    def run_once() -> int:
        clock.sleep(0.125)
        return len(accelerator.scores(x[:1]))

    return run_once, clock


def _write_json(path: Path | None, value: dict[str, Any]) -> None:
    if path:
        path.write_text(json.dumps(value, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
