"""Long runs: `PYTHONPATH=tests python -m fuzz --programs 1000 --seed 1 --work DIR`."""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

from asn2fpga.errors import ToolError
from fuzz.batch import Outcome, run_batch
from fuzz.generator import generate
from fuzz.program import render
from fuzz.shrink import shrink

BATCH = 25


def main() -> int:
    """Run programs of consecutive seeds; shrink and print every failure; 1 if there was one."""
    options = _parser().parse_args()
    work = Path(options.work or tempfile.mkdtemp(prefix="fuzz-"))
    tally: Counter[str] = Counter()
    started = time.monotonic()
    for first in range(options.seed, options.seed + options.programs, BATCH):
        last = min(first + BATCH, options.seed + options.programs)
        programs = [generate(seed, f"p{seed}") for seed in range(first, last)]
        folder = work / f"batch{first}"
        try:
            outcomes = run_batch(programs, folder, reference=options.reference)
        except ToolError as error:
            tally["tool error"] += 1
            print(f"batch of seed {first}: {error}", flush=True)
            continue
        tally.update(outcome.kind for outcome in outcomes)
        for outcome in outcomes:
            if outcome.failed:
                _report(outcome, work, options.shrink)
        shutil.rmtree(folder)
        seconds = time.monotonic() - started
        print(f"seeds {options.seed}..{last - 1}: {dict(tally)}, {seconds:.0f} s", flush=True)
    return int(any(kind != "ok" for kind in tally))


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
