"""Random networks with branches, or of feature maps: golden against C++ against RTL, as many as asked.

python -m fuzz.graphs --graphs 300 --seed 1 --jobs 2
python -m fuzz.graphs --maps --graphs 300        torch modules of convolutions and pools, and torch as well
python -m fuzz.graphs --attention --graphs 200   attention and products of maps
python -m fuzz.graphs --attention --cpp          without RTL
"""

from __future__ import annotations

import argparse
import functools
import re
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from attention_graphs import AttentionCase, ProductCase
from graph_check import Case, case_of, check_cpp, check_estimates, check_rtl
from map_check import map_case_of
from random_attention import attention_case_of, attention_network_of
from random_graphs import spec_of
from random_maps import map_spec_of

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.nodes import integer_nodes
from asn2fpga.verify.cpp_library import TYPES

BOTH_TYPES_EVERY = 8  # networks of maps: Xilinx's integers take long to compile


@dataclass(frozen=True)
class Outcome:
    """problem: what went wrong, nothing if all is equal; refused: why a network is not built; kinds: what it
    is made of.
    """

    seed: int
    problem: str = ""
    refused: str = ""
    kinds: tuple[str, ...] = ()


def run(seed: int) -> Outcome:
    """A network with branches."""
    spec = spec_of(seed)
    facts = (f"T = {spec.time_steps}", spec.encoding, f"{spec.populations} populations")
    return _outcome(seed, lambda: case_of(spec), facts, every=1)


def run_map(seed: int) -> Outcome:
    """A network of feature maps."""
    spec = map_spec_of(seed)
    facts = (f"T = {spec.time_steps}", spec.encoding, f"{spec.populations} populations", f"{spec.axes} axes")
    return _outcome(seed, lambda: map_case_of(spec), facts, every=BOTH_TYPES_EVERY)


def run_attention(seed: int, rtl: bool = True) -> Outcome:
    """A network of attention or of a product of maps. rtl: whether to its RTL."""
    case = attention_case_of(seed)
    facts = (f"T = {case.time_steps}", f"{len(case.pixels)} axes", *_facts(case))
    return _outcome(seed, lambda: attention_network_of(seed), facts, every=BOTH_TYPES_EVERY, rtl=rtl)


def _facts(case: AttentionCase | ProductCase) -> tuple[str, ...]:
    if isinstance(case, AttentionCase):
        return (f"{case.order} first", f"{case.heads} heads")
    return (f"mask: {case.reduction} of a channel",)


def _outcome(
    seed: int, make: Callable[[], Case], facts: tuple[str, ...], every: int, rtl: bool = True
) -> Outcome:
    """What comes of a network; with both kinds of integers at every so many-th seed."""
    warnings.simplefilter("ignore")
    folder = Path(tempfile.mkdtemp(prefix="graph"))
    try:
        case = make()
        check_estimates(case)
        check_cpp(case, folder, TYPES if seed % every == 0 else ("engine",))
        if rtl:
            check_rtl(case, folder)
        kinds = tuple({*(node.kind for node in integer_nodes(case.graph)), *facts})
        return Outcome(seed, kinds=kinds)
    except UnsupportedError as error:
        return Outcome(seed, refused=str(error))
    except Exception as error:  # whatever it is, the next network is tried too
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}:{where.lineno}"
        return Outcome(seed, problem=f"{type(error).__name__} ({place}): {str(error)[:300]}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def anonymous(message: str) -> str:
    """A refusal without its place and numbers, so that equal ones can be counted."""
    return re.sub(r"\d+", "N", message.split(": ", 1)[-1])[:100]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graphs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--maps", action="store_true", help="networks of feature maps")
    parser.add_argument("--attention", action="store_true", help="attention and products of maps")
    parser.add_argument("--cpp", action="store_true", help="of attention, without RTL")
    options = parser.parse_args()
    started, failed, used, refused = time.monotonic(), 0, Counter[str](), Counter[str]()
    seeds = range(options.seed, options.seed + options.graphs)
    with ProcessPoolExecutor(options.jobs) as pool:
        found = pool.map(_chosen(options), seeds)
        for done, outcome in enumerate(found, start=1):
            used.update(outcome.kinds)
            failed += bool(outcome.problem)
            if outcome.refused:
                refused[anonymous(outcome.refused)] += 1
            if outcome.problem or done % 10 == 0:
                print(f"{done} of {len(seeds)}, seed {outcome.seed}: {_said(outcome)}", flush=True)
    print(
        f"{len(seeds)} networks, {refused.total()} refused, {failed} failed, "
        f"{time.monotonic() - started:.0f} s"
    )
    for kind, count in sorted(used.items()):
        print(f"  {count:4d}  {kind}")
    for reason, count in refused.most_common():
        print(f"  {count:4d}  refused: {reason}")
    return int(failed > 0)


def _chosen(options: argparse.Namespace) -> Callable[[int], Outcome]:
    if options.attention:
        return functools.partial(run_attention, rtl=not options.cpp)
    return run_map if options.maps else run


def _said(outcome: Outcome) -> str:
    return outcome.problem or ("refused" if outcome.refused else "equal")


if __name__ == "__main__":
    sys.exit(main())
