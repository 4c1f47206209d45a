"""Long runs: `PYTHONPATH=tests python -m fuzz --programs 1000 --seed 1 --work DIR`."""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from fuzz.batch import Outcome, run_divided
from fuzz.generator import generate
from fuzz.program import render
from fuzz.shrink import shrink
from fuzz.widths import SEEDS_OF_A_PALETTE


def main() -> int:
    """Run programs of consecutive seeds; shrink and print every failure; 1 if there was one."""
    options = _parser().parse_args()
    work = Path(options.work or tempfile.mkdtemp(prefix="fuzz-"))
    tally: Counter[str] = Counter()
    failures = 0
    first, end = options.seed, options.seed + options.programs
    while first < end:
        last = min(first - first % SEEDS_OF_A_PALETTE + SEEDS_OF_A_PALETTE, end)
        outcomes = _batch(range(first, last), work, options.reference)
        tally.update(outcome.kind for outcome in outcomes)
        for outcome in outcomes:
            if outcome.failed:
                failures += 1
                _report(outcome, work, options.shrink)
        done = last - options.seed
        print(f"seeds {options.seed}..{last - 1}: {dict(tally)}, {cpu_seconds() / done:.3f} CPU seconds each",
              flush=True)  # fmt: skip
        first = last
    return int(failures > 0)


def _batch(seeds: range, work: Path, reference: str) -> list[Outcome]:
    folder = work / f"batch{seeds.start}"
    outcomes = run_divided([generate(seed, f"p{seed}") for seed in seeds], folder, reference=reference)
    shutil.rmtree(folder)
    return outcomes


def cpu_seconds() -> float:
    """CPU time of this process and of the programs it has run."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _report(outcome: Outcome, work: Path, shrinking: bool) -> None:
    print(f"seed {outcome.program.seed}: {outcome.kind}: {outcome.detail}", flush=True)
    if shrinking:
        outcome = shrink(outcome, work / "shrink")
        print(f"smallest: {outcome.kind}: {outcome.detail}")
    (work / f"seed{outcome.program.seed}.cpp").write_text(render(outcome.program))
    print(render(outcome.program), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fuzz", description=main.__doc__)
    parser.add_argument("--programs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1, help="seed of the first program")
    parser.add_argument("--work", help="folder for scratch and for failing programs")
    parser.add_argument(
        "--reference", choices=("xilinx", "shim"), default="xilinx", help="headers that say what is right"
    )
    parser.add_argument("--shrink", action=argparse.BooleanOptionalAction, default=True)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
