"""The accelerator simulated with cocotb: scores, registers and counters against golden, and a recovery."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from asn2fpga.board.registers import register_map
from asn2fpga.board.wrapper import REGISTERS_JSON, AcceleratorContext
from asn2fpga.errors import CheckError, ToolError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array
from asn2fpga.graph.words import Answer
from asn2fpga.kinds.nodes import answer_of, integer_nodes
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.passes.demand import demands
from asn2fpga.passes.time_limits import TimeLimits, rest_cycles, time_limits
from asn2fpga.rtl import RtlDesign
from asn2fpga.toolchain import process
from asn2fpga.toolchain.plan import write_file
from asn2fpga.verify import simulators
from asn2fpga.verify.cocotb_run import BenchModule, run_testbench
from asn2fpga.verify.vectors import Messages, input_messages

TESTBENCH = "asn2fpga.verify.accelerator_bench"
MIN_VECTORS = 8


@dataclass(frozen=True)
class AcceleratorResult:
    """What agreed: inferences, and INFERENCE_CYCLES of the first one, alone in the accelerator."""

    vectors: int
    inference_cycles: int
    seconds: float


def check_accelerator(
    design: RtlDesign,
    context: AcceleratorContext,
    graph: Graph,
    x: Array,
    expected: Trace,
    work: Path,
    logs: Path,
    jobs: int = 2,
) -> AcceleratorResult:
    """Run x (at least MIN_VECTORS) through it: isolated, streamed and as one batch, with AXI4-Lite
    traffic all the time; then a malformed message, a soft reset, and the first vector again.

    Raises CheckError naming the first register or score that is not what golden and `context` say.
    """
    program = simulators.build_accelerator(design, work, logs, jobs)
    messages = input_messages(source_of(graph), x)
    malformed, errors = malformed_message(context, messages)
    limits = time_limits(graph, "events" if context.monitor_bits else "ports")
    out = work / "accelerator-run"
    seen, seconds = _simulate(
        program, design, messages, malformed, answer_of(graph), limits, rest_cycles(graph), out, logs
    )
    check_answered(seen, graph, len(x), limits)
    _check_scores(graph, expected, seen["scores"])
    _check_cycles(seen["cycles"], seen["seen"])
    after = _registers(context) | _counters(graph, expected, context)
    _check_registers("after all inferences", after, seen["registers"])
    _equal("registers", "ERRORS after a malformed message", errors, seen["malformed_errors"])
    first = _registers(context) | _counters(graph, expected.head(1), context)
    _check_registers("after a soft reset and one inference", first, seen["final"])
    return AcceleratorResult(len(x), int(seen["cycles"][0][0]), seconds)


def malformed_message(context: AcceleratorContext, messages: Messages) -> tuple[list[int], int]:
    """Words that must be refused, and the bits of ERRORS they must set."""
    errors = register_map()["ERRORS"]
    if context.input_kind == 1:
        return [0x7FFF_FFFF, *messages[0].tolist()], errors.field("bad_event").mask
    if context.input_words > 1:
        return messages[0].tolist()[: -context.input_bits // 32], errors.field("short_message").mask
    return [0] * (2 * context.input_bits // 32), errors.field("missing_last").mask | errors.field(
        "long_message"
    ).mask


def _simulate(
    program: Path,
    design: RtlDesign,
    messages: Messages,
    malformed: Sequence[int],
    answer: Answer,
    limits: TimeLimits,
    rest: int,
    out: Path,
    logs: Path,
) -> tuple[Mapping[str, Any], float]:
    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    np.savez(out / "messages.npz", words=messages.words, offsets=messages.offsets)
    result, log = out / "result.json", logs / "accelerator.log"
    result.unlink(missing_ok=True)
    plan = {
        "registers": str(design.directory.resolve() / REGISTERS_JSON),
        "messages": str(out / "messages.npz"),
        "rows": answer.rows,
        "values": answer.values,
        "malformed": list(malformed),
        "seed": 1,
        "quiet_cycles": limits.quiet_cycles,
        "rest_cycles": rest,
        "answer_cycles": limits.answer_cycles,
        "result": str(result),
    }
    write_file(out / "testbench.json", json.dumps(plan, indent=1))
    arguments = [f"+testbench={out / 'testbench.json'}"]
    seconds = run_testbench(
        BenchModule(TESTBENCH, design.top), program, design.directory, arguments, out, log
    )
    if not result.exists():
        lines = "".join(f"\n    {line}" for line in process.log_lines(log))
        raise ToolError(
            f"accelerator: the testbench stopped before it wrote its result.{lines}\n    log: {log}"
        )
    return json.loads(result.read_text()), seconds


def check_answered(seen: Mapping[str, Any], graph: Graph, vectors: int, limits: TimeLimits) -> None:
    """Raise CheckError if the testbench gave up, with how far the accelerator came."""
    if not seen["given_up"]:
        return
    if seen["given_up"] == "bus":
        raise CheckError("accelerator: its registers stopped answering.")
    registers = seen["registers"]
    quiet = f"nothing moved for {limits.quiet_cycles:,} cycles"
    late = f"events move, but an inference took more than {limits.answer_cycles:,} cycles"
    rows = zip(graph.layers, registers["layers"], strict=True)
    events = ", ".join(f"{layer.name} {row['EVENTS_IN']} and {row['EVENTS_OUT']}" for layer, row in rows)
    raise CheckError(
        f"accelerator: {registers['INFERENCES_LOW']} of {vectors} inferences were answered; "
        f"{quiet if seen['given_up'] == 'quiet' else late}; core: {_state(registers['STATUS'])}; "
        f"events in and out: {events}."
    )


def _state(status: int) -> str:
    """The fields of STATUS that are set, in words."""
    fields = register_map()["STATUS"].fields
    return ", ".join(field.name.replace("_", " ") for field in fields if status & field.mask) or "idle"


def _check_scores(graph: Graph, expected: Trace, seen: Sequence[Sequence[int]]) -> None:
    wanted = np.asarray(expected.answers).tolist()
    for vector, (want, got) in enumerate(zip([*wanted, wanted[0]], seen, strict=True)):
        place = f"{graph.readout.name}, vector {vector}" if vector < len(wanted) else "after a soft reset"
        _equal(place, "scores", want, got)


def _check_cycles(pairs: Sequence[Sequence[int]], seen: Sequence[int]) -> None:
    """INFERENCE_CYCLES as the testbench counted; INFERENCES never falls."""
    for register, counted in pairs:
        _equal("registers", "INFERENCE_CYCLES", counted, register)
    _equal("registers", "INFERENCES_LOW over time", sorted(seen), list(seen))


def _registers(context: AcceleratorContext) -> dict[str, Any]:
    """The registers that do not depend on what was computed."""
    registers = register_map()
    digest = bytes.fromhex(context.model_sha256)
    return {
        "ID": registers["ID"].value,
        "VERSION": registers["VERSION"].value,
        "MODEL_HASH": [int.from_bytes(digest[i : i + 4], "big") for i in range(0, len(digest), 4)],
        "INPUT_KIND": context.input_kind,
        "INPUT_SIZE": context.input_size,
        "INPUT_WORDS": context.input_words,
        "INPUT_WORD_BITS": context.input_bits,
        "OUTPUT_WORD_BITS": context.output_bits,
        "CLASSES": context.classes,
        "SCORE_ROWS": context.score_rows,
        "TIME_STEPS": context.time_steps,
        "LAYERS": len(context.layers),
        "CLOCK_KHZ": context.clock_khz,
        "CAPABILITIES": _capabilities(context),
        "CONTROL": 0,
        "STATUS": 0,
        "ERRORS": 0,
        "BATCH": 1,
    }


def _capabilities(context: AcceleratorContext) -> int:
    register = register_map()["CAPABILITIES"]
    offers = {"layer_counters": bool(context.monitor_bits), "early_exit": context.early_exit}
    return sum(register.field(name).mask for name, there in offers.items() if there)


def _counters(graph: Graph, expected: Trace, context: AcceleratorContext) -> dict[str, Any]:
    """Inferences and, if they are counted, words of events in and out of the layers in all of them."""
    vectors = len(expected.scores)
    used = 0 if expected.steps_used is None else int(expected.steps_used.sum())
    counters: dict[str, Any] = {
        "INFERENCES_LOW": vectors,
        "INFERENCES_HIGH": 0,
        "TIME_STEPS_USED": used,
    }
    if not context.monitor_bits:
        return counters
    sent = {
        name: vectors * graph.edges[name].words_per_inference
        if graph.edges[name].lanes
        else int(found.bursts.sum())
        for name, found in demands(graph, expected.counts).items()
    }
    layers: list[dict[str, int]] = []
    for layer in integer_nodes(graph):
        arriving = [
            name for i, name in enumerate(layer.inputs) if layer.reads(i) == "events" and not layer.keeps(i)
        ]
        row = {"EVENTS_IN": sum(sent[name] for name in arriving)} if layer.inputs else {}
        layers.append(row | {"EVENTS_OUT": sent.get(layer.name, vectors * context.output_words)})
    return counters | {"layers": layers}


def _check_registers(when: str, expected: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    for name, want in expected.items():
        if name != "layers":
            _equal(f"registers, {when}", name, want, seen[name])
    for layer, row in enumerate(expected.get("layers", [])):
        for name, want in row.items():
            _equal(f"registers, {when}", f"{name} of layer {layer}", want, seen["layers"][layer][name])


def _equal(place: str, what: str, want: object, got: object) -> None:
    if want != got:
        raise CheckError(f"accelerator, {place}: {what} must be {want}, not {got}.")
