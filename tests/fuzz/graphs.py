"""Random networks with branches: golden against C++ against RTL, as many as asked.

python -m fuzz.graphs --graphs 300 --seed 1 --jobs 2
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from graph_check import case_of, check_cpp, check_estimates, check_rtl
from random_graphs import GraphSpec, spec_of

from asn2fpga.kinds.nodes import integer_nodes


def run(seed: int) -> tuple[int, str, tuple[str, ...]]:
    """Seed, what went wrong (nothing if all is equal), and the kinds that the network is made of."""
    spec = spec_of(seed)
    folder = Path(tempfile.mkdtemp(prefix="graph"))
    try:
        case = case_of(spec)
        kinds = kinds_of(spec, tuple(node.kind for node in integer_nodes(case.graph)))
        check_estimates(case)
        check_cpp(case, folder)
        check_rtl(case, folder)
        return seed, "", kinds
    except Exception as error:  # whatever it is, the next network is tried too
        return seed, f"{type(error).__name__}: {str(error)[:300]}", ()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def kinds_of(spec: GraphSpec, layers: tuple[str, ...]) -> tuple[str, ...]:
    """What a network uses, once each."""
    return tuple({*layers, f"T = {spec.time_steps}", spec.encoding, f"{spec.populations} populations"})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graphs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    started, failed, used = time.monotonic(), 0, Counter[str]()
    seeds = range(options.seed, options.seed + options.graphs)
    with ProcessPoolExecutor(options.jobs) as pool:
        for done, (seed, problem, kinds) in enumerate(pool.map(run, seeds), start=1):
            used.update(kinds)
            failed += bool(problem)
            if problem or done % 10 == 0:
                print(f"{done} of {len(seeds)}, seed {seed}: {problem or 'equal'}", flush=True)
    print(f"{len(seeds)} networks, {failed} failed, {time.monotonic() - started:.0f} s")
    for kind, count in sorted(used.items()):
        print(f"  {count:4d}  {kind}")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
