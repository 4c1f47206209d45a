"""Rules of the engine and of the choice of hardware, each with the edit that breaks it (`make mutate`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

UNIT = "tests/unit/engine"
# What fails often and early comes first; the run stops at the first failure.
FIRST = (f"{UNIT}/ir", f"{UNIT}/passes/test_passes.py", f"{UNIT}/test_regressions.py")
ENGINE_TESTS = (UNIT, "tests/fuzz", f"--ignore={UNIT}/test_mutations.py")


@dataclass(frozen=True)
class Mutation:
    """One rule broken: in `file` of the package, `old` becomes `new`."""

    rule: str
    file: str
    old: str
    new: str

    @property
    def tests(self) -> tuple[str, ...]:
        """Tests that may notice: those of the file's folder first, then what fails often and early."""
        mirrored = f"tests/unit/{Path(self.file).parent}"
        if not self.file.startswith("engine/"):
            return (mirrored,)
        return tuple(dict.fromkeys((mirrored, *FIRST, *ENGINE_TESTS)))


MUTATIONS = (
    Mutation(
        "an array holds nothing where its life begins",
        "engine/clang/lifetimes.py",
        "in range(2, _MOST_ELEMENTS)",
        "in range(0)",
    ),
    Mutation(
        "the highest bit of a signed value counts down in a table of products",
        "engine/passes/expand_products.py",
        "code - (1 << bits) if signed and code >> (bits - 1) else code",
        "code",
    ),
    Mutation(
        "a ring of up to 512 words is a power of two",
        "kinds/maps/ring.py",
        "if held <= LARGEST_POWER else held",
        "",
    ),
    Mutation(
        "iterations keep their distance when one stalls",
        "engine/verilog/control.py",
        "if region.is_loop and ahead < schedule.length:",
        "if False:",
    ),
    Mutation(
        "the older iteration goes first at a shared port",
        "engine/verilog/control.py",
        'return [f"!{valid(region.name, other)}" for other in dict.fromkeys(stages)]',
        "return []",
    ),
    Mutation(
        "a word that was offered is not withdrawn for an older iteration's access",
        "engine/verilog/control.py",
        "range(ahead, later[-1] + 1) if self._offers(region, stage) else later",
        "later",
    ),
    Mutation(
        "an eager access happens once",
        "engine/verilog/accesses.py",
        'terms.append(f"!{self.eager.flags(access.op).done}")',
        "pass",
    ),
    Mutation(
        "an eager access does not wait for later ones",
        "engine/verilog/control.py",
        "if skip is not None and skip in self.eager:",
        "if False:",
    ),
    Mutation(
        "a block leaves by the first exit whose condition holds",
        "engine/verilog/control.py",
        "for earlier in region.exits[:number] if not region.is_loop else ():",
        "for earlier in ():",
    ),
    Mutation(
        "a load sees what earlier iterations stored",
        "engine/schedule/constraints.py",
        "yield Gap(store.id, other.id, visible - apart * interval, reason)",
        "pass",
    ),
    Mutation(
        "a store waits for older loads",
        "engine/schedule/constraints.py",
        "yield Gap(other.id, store.id, -apart * interval, reason)",
        "pass",
    ),
    Mutation(
        "writes keep the order of the program",
        "engine/schedule/constraints.py",
        "apart = int(self._is_apart(first, second) and (never or not close))",
        "apart = 0",
    ),
    Mutation(
        "accesses of one iteration keep their order",
        "engine/schedule/constraints.py",
        'apart = 0 if first.kind == "load" else 1',
        "apart = 0",
    ),
    Mutation(
        "the port's address is the oldest iteration's",
        "engine/verilog/accesses.py",
        "key=lambda access: -access.stage",
        "key=lambda access: access.stage",
    ),
    Mutation(
        "loaded values survive other loads",
        "engine/verilog/accesses.py",
        "if access.op.id in self.kept:",
        "if access.op.id in self.kept and access.stage > 99:",
    ),
    Mutation(
        "a store happens only under its predicate",
        "engine/verilog/accesses.py",
        "return self._enabled(store, go(store.region.name, store.stage))",
        "return go(store.region.name, store.stage)",
    ),
    Mutation(
        "a value from the last iteration is there in time",
        "engine/schedule/checking.py",
        "(placement.stage[phi] + self.interval - 1)",
        "(placement.stage[phi] + self.interval)",
    ),
    Mutation(
        "a block memory answers one cycle later",
        "engine/schedule/placement.py",
        "available = stage + operator.latency",
        "available = stage",
    ),
    Mutation(
        "a loop's variables change only when it goes round",
        "engine/verilog/signals.py",
        "return max(ready, schedule.exit_stage, schedule.stage[phi])",
        "return schedule.stage[phi]",
    ),
    Mutation(
        "a sum has one bit more",
        "engine/ir/operations.py",
        "significant=lambda op, bits, w: max(bits) + 1",
        "significant=lambda op, bits, w: max(bits)",
    ),
    Mutation(
        "a factor keeps its sign extension",
        "engine/passes/narrow.py",
        "(signed or op.width == width)",
        "(op.width >= 0)",
    ),
    Mutation(
        "a skipped block still moves its values",
        "engine/passes/thread_exits.py",
        "phi: exit_.moves.get(value, value)",
        "phi: value",
    ),
    Mutation(
        "a loop may be entered by its own exits",
        "engine/passes/look_ahead.py",
        "            if exit_.target == self.name\n",
        "            if exit_.target == self.name and source.name != self.name\n",
    ),
    Mutation(
        "an exit of a nest that leads back into it fills its variables",
        "engine/passes/flatten.py",
        "exit_.moves.get(register, variable if own else register)",
        "variable if own else exit_.moves.get(register, register)",
    ),
    Mutation(
        "a counter stops at a number only if no step passes it",
        "engine/analysis/counters.py",
        "return equal and largest == 1",
        "return largest == 1",
    ),
    Mutation(
        "what an impossible way would have computed is not looked for",
        "engine/passes/thread_exits.py",
        "process.ops | _never_computed(process, reached)",
        "process.ops",
    ),
    Mutation(
        "an arithmetic shift copies the sign", "engine/ir/operations.py", ">>> {texts[1]}", ">> {texts[1]}"
    ),
    Mutation(
        "a negated choice swaps its values",
        "engine/ir/fold/logic.py",
        '"select", inner.args[0], no, yes',
        '"select", inner.args[0], yes, no',
    ),
    Mutation(
        "without a bypass, a word can be read the cycle after it is stored",
        "engine/schedule/constraints.py",
        'visible = 0 if other.kind == "load" and name in self.bypassed else 1',
        'visible = 0 if other.kind == "load" else 1',
    ),
    Mutation(
        "a bypass forwards only the word that is read",
        "engine/verilog/accesses.py",
        "{name}_waddr == {name}_raddr && ({meeting})",
        "({meeting})",
    ),
    Mutation(
        "a bypass forwards stores of older iterations only",
        "engine/verilog/accesses.py",
        "return same and store.stage > load.stage",
        "return same",
    ),
    Mutation(
        "an index may cross the rows of an array",
        "engine/read/layout.py",
        "array.size if whole else array.outer",
        "array.outer",
    ),
    Mutation(
        "the odd word of a pair is chosen by an odd address",
        "engine/passes/partition.py",
        '"select", odd, b, a, width',
        '"select", odd, a, b, width',
    ),
    Mutation(
        "one access may stand for two only if they exclude each other",
        "engine/analysis/exclusive.py",
        "        if NOTHING in (first, second):\n            return False",
        "        if NOTHING not in (first, second):\n            return True",
    ),
    Mutation(
        "equal tests of two regions hold together",
        "engine/analysis/exclusive.py",
        "yield other, truth",
        "yield other, False",
    ),
    Mutation(
        "a quotient of constants is rounded towards zero",
        "engine/ir/fold/divide.py",
        'return builder.make("add", floor, sign, like=op)',
        "return floor",
    ),
    Mutation(
        "the multiplier of a division is exact for every number",
        "engine/ir/fold/divide.py",
        "if top * (factor * divisor - (1 << shift)) < 1 << shift:",
        "if top * (factor * divisor - (1 << shift)) <= 2 << shift:",
    ),
    Mutation(
        "the last word of a stride may end after the array",
        "engine/read/memories.py",
        "            len(contents),",
        "            layout.part // layout.stride,",
    ),
    Mutation(
        "a look-up table has so many inputs and no more",
        "engine/schedule/packing.py",
        "            if len(packed.leaves) > inputs:",
        "            if len(packed.leaves) > inputs + 2:",
    ),
    Mutation(
        "an operation that delays itself fits no schedule, one that does not may",
        "engine/schedule/checking.py",
        "return broken is not None",
        "return True",
    ),
    Mutation(
        "what a loop carries round is added last",
        "engine/passes/balance.py",
        "last = _LAST if self._in_one_recurrence(leaf, op.id) else 0",
        "last = 0",
    ),
    Mutation(
        "the top row of a signed product is subtracted",
        "engine/passes/expand_products.py",
        "minus = small_signed and position == count - 1",
        "minus = False",
    ),
    Mutation(
        "a write that later accesses share a stage with is eager",
        "engine/verilog/eager.py",
        'op.kind == "write" or any(',
        "any(",
    ),
    Mutation(
        "an eager access comes after the reads before it",
        "engine/verilog/eager.py",
        'if other.kind == "read"]',
        "if False]",
    ),
    Mutation(
        "a word that was read early waits in its register",
        "engine/verilog/accesses.py",
        'return f"{flags.done} ? {flags.word} : {data}"',
        "return data",
    ),
    Mutation(
        "UNROLL off keeps a loop",
        "engine/clang/pragmas.py",
        'factor = "0" if "off" in pragma.flags',
        'factor = "-1" if "off" in pragma.flags',
    ),
    Mutation(
        "DEPENDENCE false says that iterations never meet",
        "engine/clang/pragmas.py",
        "if exists else str(_NEVER)",
        'if exists else "1"',
    ),
    Mutation(
        "PIPELINE unrolls the loops within",
        "engine/clang/loop_directives.py",
        "metadata.say(function, loop, FULL, _PIPELINED)",
        "pass",
    ),
    Mutation(
        "of two pipelined loops the inner one counts",
        "engine/clang/loop_directives.py",
        "if within:",
        "if False:",
    ),
    Mutation(
        "a loop that says UNROLL and was not unrolled is refused",
        "engine/clang/loop_directives.py",
        "if _PIPELINED not in properties:",
        "if False:",
    ),
    Mutation(
        "the checker knows that a store is seen a cycle later",
        "engine/schedule/check.py",
        'visible = first.kind == "store" and not (second.kind == "load" and bypassed)',
        "visible = False",
    ),
    Mutation(
        "the checker lets a port serve one access at a time",
        "engine/schedule/check.py",
        "for op in ops}) > 1:",
        "for op in ops}) > 9:",
    ),
    Mutation(
        "the checker asks for predicates in time for the handshakes",
        "engine/schedule/check.py",
        "figures.handshake - (figures.lut if self._is_gate(value) else 0.0)",
        "0.0",
    ),
    Mutation(
        "the checker asks for variables in time for the next iteration",
        "engine/schedule/check.py",
        "schedule.stage[phi] + solution.turn - 1",
        "schedule.stage[phi] + solution.turn",
    ),
    Mutation(
        "the checker grants a loop half of the margin and no more",
        "engine/schedule/check.py",
        "max(schedule.margin, delays.hurried.margin)",
        "schedule.margin",
    ),
    Mutation(
        "the handshakes share the table of a gate only if it has room",
        "engine/schedule/packing.py",
        "return cone.ready <= ready and len(cone.leaves) + HANDSHAKE_INPUTS <= self.inputs",
        "return True",
    ),
    Mutation(
        "a stage leaves the margin free",
        "engine/target/delays.py",
        "return self.clock_ns * (1 - self.margin)",
        "return self.clock_ns",
    ),
    Mutation(
        "a loop in a hurry keeps half of the margin",
        "engine/target/delays.py",
        "margin=self.margin / 2",
        "margin=0.0",
    ),
    Mutation(
        "a loop keeps the whole margin if half of it gains nothing",
        "engine/schedule/scheduler.py",
        "if hurried.interval < schedule.interval:",
        "if hurried.interval <= schedule.interval:",
    ),
    Mutation(
        "products take no more slices than the budget has",
        "passes/place_products.py",
        "if changed <= max(budget.dsp, slices):",
        "if changed <= max(budget.dsp, slices) + 1:",
    ),
    Mutation(
        "slices go first where each saves most look-up tables",
        "passes/place_products.py",
        "sorted(found, key=lambda entry: entry[:3], reverse=True)",
        "sorted(found, key=lambda entry: entry[:3])",
    ),
    Mutation(
        "slices only where they save look-up tables",
        "passes/place_products.py",
        "if slices < 0 or (slices > 0 and saved > ROUNDING):",
        "if slices != 0:",
    ),
    Mutation(
        "firing in parts keeps a layer's interval near its bound",
        "passes/fold_firing.py",
        'return optimise != "area" and not _is_near_its_bound(graph, name, predictions), figure, lut',
        "return False, figure, lut",
    ),
    Mutation(
        "of equally fast parts that fire the smallest is taken",
        "passes/fold_firing.py",
        "predictions), figure, lut",
        "predictions), figure, -lut",
    ),
)
