"""Break the engine on purpose, one rule at a time, and see that the tests notice: `make mutate`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.errors import ToolError
from asn2fpga.toolchain import process

ROOT = Path(__file__).resolve().parents[2]
ENGINE = Path("asn2fpga", "engine")
COPIED = ("asn2fpga", "hw", "templates", "boards", "tests", "pyproject.toml")
UNIT = "tests/unit/engine"
# What fails often and early comes first; the run stops at the first failure.
FIRST = (f"{UNIT}/ir", f"{UNIT}/passes/test_passes.py", f"{UNIT}/test_regressions.py")
TESTS = (*FIRST, UNIT, "tests/fuzz", f"--ignore={UNIT}/test_mutations.py")
TIMEOUT_SECONDS = 1800.0


@dataclass(frozen=True)
class Mutation:
    """One rule broken: in `file`, `old` becomes `new`."""

    rule: str
    file: str
    old: str
    new: str


MUTATIONS = (
    Mutation(
        "iterations keep their distance when one stalls",
        "verilog/control.py",
        "if region.is_loop and ahead < schedule.length:",
        "if False:",
    ),
    Mutation(
        "the older iteration goes first at a shared port",
        "verilog/control.py",
        'return [f"!{valid(region.name, other)}" for other in dict.fromkeys(stages)]',
        "return []",
    ),
    Mutation(
        "a word that was offered is not withdrawn for an older iteration's access",
        "verilog/control.py",
        "range(ahead, later[-1] + 1) if self._offers(region, stage) else later",
        "later",
    ),
    Mutation(
        "an eager access happens once",
        "verilog/accesses.py",
        'terms.append(f"!{self.eager.flags(access.op).done}")',
        "pass",
    ),
    Mutation(
        "an eager access does not wait for later ones",
        "verilog/control.py",
        "if skip is not None and skip in self.eager:",
        "if False:",
    ),
    Mutation(
        "a block leaves by the first exit whose condition holds",
        "verilog/control.py",
        "for earlier in region.exits[:number] if not region.is_loop else ():",
        "for earlier in ():",
    ),
    Mutation(
        "a load sees what earlier iterations stored",
        "schedule/constraints.py",
        "yield Gap(store.id, other.id, visible - apart * interval, reason)",
        "pass",
    ),
    Mutation(
        "a store waits for older loads",
        "schedule/constraints.py",
        "yield Gap(other.id, store.id, -apart * interval, reason)",
        "pass",
    ),
    Mutation(
        "writes keep the order of the program",
        "schedule/constraints.py",
        "apart = int(_is_apart(first, second) and not close)",
        "apart = 0",
    ),
    Mutation(
        "accesses of one iteration keep their order",
        "schedule/constraints.py",
        'apart = 0 if first.kind == "load" else 1',
        "apart = 0",
    ),
    Mutation(
        "the port's address is the oldest iteration's",
        "verilog/accesses.py",
        "key=lambda access: -access.stage",
        "key=lambda access: access.stage",
    ),
    Mutation(
        "loaded values survive other loads",
        "verilog/accesses.py",
        "if access.op.id in self.kept:",
        "if access.op.id in self.kept and access.stage > 99:",
    ),
    Mutation(
        "a store happens only under its predicate",
        "verilog/accesses.py",
        "return self._enabled(store, go(store.region.name, store.stage))",
        "return go(store.region.name, store.stage)",
    ),
    Mutation(
        "a value from the last iteration is there in time",
        "schedule/checking.py",
        "(placement.stage[phi] + self.interval - 1)",
        "(placement.stage[phi] + self.interval)",
    ),
    Mutation(
        "a block memory answers one cycle later",
        "schedule/placement.py",
        "available = stage + operator.latency",
        "available = stage",
    ),
    Mutation(
        "a loop's variables change only when it goes round",
        "verilog/signals.py",
        "return max(ready, schedule.exit_stage, schedule.stage[phi])",
        "return schedule.stage[phi]",
    ),
    Mutation(
        "a sum has one bit more",
        "ir/operations.py",
        "significant=lambda op, bits, w: max(bits) + 1",
        "significant=lambda op, bits, w: max(bits)",
    ),
    Mutation(
        "a factor keeps its sign extension",
        "passes/narrow.py",
        "(signed or op.width == width)",
        "(op.width >= 0)",
    ),
    Mutation(
        "a skipped block still moves its values",
        "passes/thread_exits.py",
        "phi: exit_.moves.get(value, value)",
        "phi: value",
    ),
    Mutation(
        "a loop may be entered by its own exits",
        "passes/look_ahead.py",
        "            if exit_.target == self.name\n",
        "            if exit_.target == self.name and source.name != self.name\n",
    ),
    Mutation(
        "an exit of a nest that leads back into it fills its variables",
        "passes/flatten.py",
        "exit_.moves.get(register, variable if own else register)",
        "variable if own else exit_.moves.get(register, register)",
    ),
    Mutation(
        "a counter stops at a number only if no step passes it",
        "analysis/counters.py",
        "return equal and largest == 1",
        "return largest == 1",
    ),
    Mutation(
        "what an impossible way would have computed is not looked for",
        "passes/thread_exits.py",
        "process.ops | _never_computed(process, reached)",
        "process.ops",
    ),
    Mutation("an arithmetic shift copies the sign", "ir/operations.py", ">>> {texts[1]}", ">> {texts[1]}"),
    Mutation(
        "a negated choice swaps its values",
        "ir/fold/logic.py",
        '"select", inner.args[0], no, yes',
        '"select", inner.args[0], yes, no',
    ),
    Mutation(
        "without a bypass, a word can be read the cycle after it is stored",
        "schedule/constraints.py",
        'visible = 0 if other.kind == "load" and name in self.bypassed else 1',
        'visible = 0 if other.kind == "load" else 1',
    ),
    Mutation(
        "a bypass forwards only the word that is read",
        "verilog/accesses.py",
        "{name}_waddr == {name}_raddr && ({meeting})",
        "({meeting})",
    ),
    Mutation(
        "a bypass forwards stores of older iterations only",
        "verilog/accesses.py",
        "return same and store.stage > load.stage",
        "return same",
    ),
    Mutation(
        "an index may cross the rows of an array",
        "read/layout.py",
        "array.size if whole else array.outer",
        "array.outer",
    ),
    Mutation(
        "the odd word of a pair is chosen by an odd address",
        "passes/partition.py",
        '"select", odd, b, a, width',
        '"select", odd, a, b, width',
    ),
    Mutation(
        "one access may stand for two only if they exclude each other",
        "analysis/exclusive.py",
        "        if NOTHING in (first, second):\n            return False",
        "        if NOTHING not in (first, second):\n            return True",
    ),
    Mutation(
        "equal tests of two regions hold together",
        "analysis/exclusive.py",
        "yield other, truth",
        "yield other, False",
    ),
    Mutation(
        "a quotient of constants is rounded towards zero",
        "ir/fold/divide.py",
        'return builder.make("add", floor, sign, like=op)',
        "return floor",
    ),
    Mutation(
        "the multiplier of a division is exact for every number",
        "ir/fold/divide.py",
        "if top * (factor * divisor - (1 << shift)) < 1 << shift:",
        "if top * (factor * divisor - (1 << shift)) <= 2 << shift:",
    ),
    Mutation(
        "the last word of a stride may end behind the array",
        "read/memories.py",
        "            len(contents),",
        "            layout.part // layout.stride,",
    ),
    Mutation(
        "a look-up table has so many inputs and no more",
        "schedule/packing.py",
        "            if len(packed.leaves) > inputs:",
        "            if len(packed.leaves) > inputs + 2:",
    ),
    Mutation(
        "an operation that delays itself fits no schedule, one that does not may",
        "schedule/checking.py",
        "return broken is not None",
        "return True",
    ),
    Mutation(
        "what a loop carries round is added last",
        "passes/balance.py",
        "last = _LAST if self._in_one_round(leaf, op.id) else 0",
        "last = 0",
    ),
    Mutation(
        "the top row of a signed product is subtracted",
        "passes/expand_products.py",
        "minus = small_signed and position == count - 1",
        "minus = False",
    ),
)


def main() -> int:
    """Try every mutation (or those whose rule contains --only); 1 if one is not noticed."""
    parser = argparse.ArgumentParser(prog="fuzz.mutations", description=main.__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--table", type=Path, help="file to write the table into, as Markdown")
    options = parser.parse_args()
    chosen = [mutation for mutation in MUTATIONS if options.only in mutation.rule]
    findings: dict[Mutation, str] = {}
    for mutation in chosen:
        with tempfile.TemporaryDirectory() as folder:
            finding = findings[mutation] = try_mutation(mutation, Path(folder))
        print(f"{'noticed' if finding else 'MISSED '}  {mutation.rule}  {finding}", flush=True)
    missed = sum(not finding for finding in findings.values())
    print(f"{len(chosen) - missed} of {len(chosen)} mutations noticed")
    if options.table:
        options.table.write_text(table(findings))
    return int(missed > 0)


def table(findings: Mapping[Mutation, str]) -> str:
    """Which test noticed each broken rule first."""
    lines = [
        "# Mutations of the embedded engine",
        "",
        "Written by `make mutate`: each rule was broken on purpose, and this is the first test that failed.",
        "",
        "| rule | file | noticed by |",
        "|---|---|---|",
    ]
    for mutation, finding in findings.items():
        test = finding.removeprefix("FAILED ").partition("[")[0].replace("tests/unit/engine/", "")
        lines.append(f"| {mutation.rule} | `{mutation.file}` | {f'`{test}`' if finding else 'nothing'} |")
    return "\n".join([*lines, ""])


def try_mutation(mutation: Mutation, folder: Path) -> str:
    """The test that fails in a copy of the project with the mutation; empty if none does."""
    for name in COPIED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, folder / name)
    broken = folder / ENGINE / mutation.file
    broken.write_text(mutated(mutation, broken.read_text()))
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", *TESTS]
    log = folder / "pytest.log"
    environment = {"PYTHONPATH": str(folder)}
    try:
        process.run(command, cwd=folder, log=log, timeout_seconds=TIMEOUT_SECONDS, environment=environment)
    except ToolError:
        failed = [line for line in log.read_text().splitlines() if line.startswith(("FAILED", "ERROR"))]
        return failed[0].split(" - ")[0] if failed else "the tests do not end"
    return ""


def mutated(mutation: Mutation, text: str) -> str:
    """The file with the rule broken; the place must be there once."""
    if text.count(mutation.old) != 1:
        raise ToolError(
            f"{mutation.file}: '{mutation.old}' must be there once, not {text.count(mutation.old)} times."
        )
    return text.replace(mutation.old, mutation.new)


if __name__ == "__main__":
    raise SystemExit(main())
