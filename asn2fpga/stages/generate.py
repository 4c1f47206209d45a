"""Text that a language model of a build writes: golden, the generated C++ and the RTL, each on its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from asn2fpga.errors import InputError
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.stages.base import Build
from asn2fpga.stages.hls import read_design
from asn2fpga.stages.quantise import integer_graph
from asn2fpga.verify import cpp
from asn2fpga.verify.rtl_scores import RtlModel

ModelName = Literal["golden", "cpp", "rtl"]
Ids = npt.NDArray[np.int64]
Scores = Callable[[Array], Array]
"""Counts (B, T, tokens) to integer scores (B, tokens)."""


@dataclass(frozen=True)
class Choice:
    """How the next token is chosen. temperature: 0 takes the highest score; else tokens are drawn with the
    probabilities of softmax(scores * score_scale / temperature), with the numbers of `seed`.
    """

    score_scale: float
    temperature: float = 0.0
    seed: int = 0


def scores_by(build: Build, model: ModelName) -> Scores:
    """The scores of one of the three. Raises InputError if the build does not hold it."""
    graph, folder = integer_graph(build), build.folder
    if model == "golden":
        return lambda x: simulate(graph, x).scores
    if model == "cpp":
        compiled = cpp.build(graph, folder.hls, folder.sim / "csim", folder.logs / "csim-engine.log")
        return lambda x: compiled.simulate(x).scores
    rtl = RtlModel(read_design(folder), graph, folder.sim, folder.logs, build.request.jobs)
    return lambda x: rtl.simulate(x).scores


def check_language(graph: Graph) -> None:
    """InputError unless the network reads one token in each time step and gives a score for each token."""
    shape = source_of(graph).sample_shape
    if len(shape) != 2 or shape[1] != graph.classes or source_of(graph).max_count != 1:
        raise InputError(
            f"{graph.name}: to write text, a network must read tokens over time and give a score for each, "
            f"not inputs of shape {shape} and {graph.classes} scores; see docs/language-model.md."
        )


def generate(
    graph: Graph, scores: Scores, prompt: Ids, count: int, choice: Choice, told: Callable[[int], None]
) -> Ids:
    """`count` tokens after the prompt (T,), each from the T tokens before it. told: of each as it comes."""
    steps, tokens = source_of(graph).sample_shape
    random, written = np.random.default_rng(choice.seed), list(map(int, prompt))
    for _ in range(count):
        x = np.zeros((1, steps, tokens), np.uint8)
        x[0, np.arange(steps), written[-steps:]] = 1
        written.append(_next(scores(x)[0], choice, random))
        told(written[-1])
    return np.array(written[len(prompt) :], np.int64)


def _next(scores: Array, choice: Choice, random: Any) -> int:
    if choice.temperature == 0:
        return int(scores.argmax())
    logits = scores.astype(np.float64) * (choice.score_scale / choice.temperature)
    shares = np.exp(logits - logits.max()).cumsum()
    return min(int(np.searchsorted(shares, random.random() * shares[-1], side="right")), len(shares) - 1)


def score_scale(figures: Mapping[str, Any]) -> float:
    """What an integer score is worth."""
    return float(figures["quantise"]["decisions"]["score_scale"])
