"""What happened on a board, kept in the manifest until the package changes. It is no stage of a build."""

from __future__ import annotations

import hashlib

import numpy as np

from asn2fpga.board.selftest_run import SelfTest
from asn2fpga.figures.board_run import BoardRunFigures, UserDataFigures
from asn2fpga.golden.simulate import driver_scores_of
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.stages.manifest import Entry, Manifest

NAME = "board_run"


def board_figures(where: str, result: SelfTest, graph: Graph, x: Array | None) -> BoardRunFigures:
    """The figures for report.json; `x`: what --data held, whose scores are compared with golden here."""
    found = result.figures
    data: UserDataFigures | None = found.get("data")
    if data and x is not None and result.scores:
        with np.load(result.scores, allow_pickle=False) as archive:
            wrong = (archive["scores"] != driver_scores_of(graph, x)[0]).reshape(len(x), -1).any(axis=1)
        data = {**data, "mismatches": int(wrong.sum())}
    return {
        "host": where,
        "board": found["board"],
        "simulated": found.get("simulated"),
        "machine": found.get("machine"),
        "vectors": found.get("vectors"),
        "mismatches": found.get("mismatches"),
        "first_difference": found.get("first_difference"),
        "core_cycles": found.get("core_cycles"),
        "core_us": found.get("core_us"),
        "call_us": found.get("call_us"),
        "throughput_per_second": found.get("throughput_per_second"),
        "counters": found.get("counters"),
        "energy_note": found.get("energy_note"),
        "data": data,
    }


def mismatches(figures: BoardRunFigures) -> str:
    """What is wrong with the scores, as the end of a sentence; empty if nothing is."""
    if figures["mismatches"]:
        return (
            f"differ for {figures['mismatches']} of {figures['vectors']} vectors "
            f"({figures['first_difference']})"
        )
    data = figures["data"]
    wrong: int | None = data.get("mismatches") if data else None
    if data and wrong:
        return f"differ for {wrong} of {data['samples']} inferences of --data"
    return ""


def with_board_run(manifest: Manifest, figures: BoardRunFigures, seconds: float) -> Manifest:
    """The manifest with this run; it goes as soon as the package is another one."""
    needs = manifest.digests(("package",))
    problem = mismatches(figures)
    entry = Entry(
        key=hashlib.sha256(repr(sorted(needs.items())).encode()).hexdigest(),
        needs=needs,
        status="failed" if problem else "passed",
        seconds=seconds,
        summary=f"{figures['vectors']} vectors on {figures['host']}",
        reason=f"scores {problem}" if problem else "",
        figures=figures,
        products={},
    )
    return manifest.with_entry(NAME, entry)
