"""Clock cycles: what is predicted before there is hardware, beside what its RTL needs in simulation.

Lanes are chosen by the prediction (passes/predict_cycles.py), and so is the limit of every simulation.
`docs/spec/numerics.md` keeps the table. The networks have random weights, as in benchmarks/resources.py.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests"), str(PROJECT / "benchmarks")]

from cosim import synthesise  # noqa: E402  (found through the line above)
from resources import CASES, Case  # noqa: E402
from strategies import small_integer_graph  # noqa: E402

from asn2fpga.golden.simulate import simulate  # noqa: E402
from asn2fpga.passes.demand import demands  # noqa: E402
from asn2fpga.passes.lanes import with_lanes  # noqa: E402
from asn2fpga.passes.predict_cycles import predict_busy, predict_latency  # noqa: E402
from asn2fpga.stages.samples import random_samples  # noqa: E402
from asn2fpga.verify.cosim import run_fast  # noqa: E402

VECTORS = 60
MORE = (
    Case((64, 32, 10), (32, 10)),
    Case((64, 32, 10), (32, 10), "T = 8", {"time_steps": 8, "alpha": -1.0}),
    Case((64, 32, 10), (32, 10), "events, T = 8", {"time_steps": 8, "encoding": "events"}),
    Case((128, 96, 64, 10), (4, 16, 1)),
)


def main() -> None:
    """Print the table: cycles of a mean inference, the largest error of a single one."""
    print("| network | lanes | latency | predicted | worst error | interval | predicted |")
    print("|---|---|--:|--:|--:|--:|--:|")
    for case in (*CASES, *MORE):
        print(measure(case), flush=True)


def measure(case: Case) -> str:
    """One line of the table."""
    names = [f"fc{index}" for index in range(1, len(case.sizes))]
    graph = with_lanes(
        small_integer_graph(9, case.sizes, **case.fields),  # type: ignore[arg-type]
        dict(zip(names, case.lanes, strict=True)),
    )
    x = random_samples(graph.layers[0], VECTORS, 1, 2)  # type: ignore[arg-type]
    trace = simulate(graph, x)
    counted = demands(graph, trace.counts)
    predicted = predict_latency(graph, counted)
    busy = max(float(cycles.mean()) for cycles in predict_busy(graph, counted).values())
    with tempfile.TemporaryDirectory() as name:
        result = run_fast(synthesise(graph, Path(name)), graph, x, trace, Path(name) / "sim")
    worst = float(np.abs(predicted / result.latencies - 1).max())
    network = "-".join(map(str, case.sizes)) + (f", {case.remark}" if case.remark else "")
    return (
        f"| {network} | {', '.join(map(str, case.lanes))} | {result.latencies.mean():.1f} | "
        f"{predicted.mean():.1f} | {worst:.1%} | {result.interval_cycles:.1f} | {busy:.1f} |"
    )


if __name__ == "__main__":
    main()
