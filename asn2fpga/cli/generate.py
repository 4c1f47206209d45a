"""`asn2fpga generate`: text that the language model of a build writes, by golden, C++ and RTL alike."""

from __future__ import annotations

from argparse import Namespace
from typing import cast

import numpy as np
from rich.console import Console

from asn2fpga.api.request import check_jobs
from asn2fpga.api.verify import NEEDED, open_build
from asn2fpga.errors import InputError, MismatchError
from asn2fpga.golden.simulate import simulate
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.reference import float_model
from asn2fpga.stages.base import Build
from asn2fpga.stages.generate import Choice, Ids, ModelName, check_language, generate, score_scale, scores_by
from asn2fpga.stages.load import read_state
from asn2fpga.stages.manifest import check_passed, read_manifest
from asn2fpga.stages.quantise import integer_graph
from asn2fpga.train.text import ALPHABET, decode, encode, perplexity

MODELS: tuple[ModelName, ...] = ("golden", "cpp", "rtl")
MOST_CHARACTERS = 100_000


def run(options: Namespace) -> int:
    """Write the text of each model; a character that differs is the error. Then the perplexities."""
    check_jobs(options.jobs)
    models, count, temperature = _checked(options)
    manifest = read_manifest(options.directory)
    build = open_build(options.directory, manifest, options.jobs, lambda text: None)
    check_passed(options.directory, manifest, (*NEEDED, "hls") if "rtl" in models else NEEDED)
    graph = integer_graph(build)
    check_language(graph)
    if graph.classes != len(ALPHABET):
        raise InputError(
            f"{options.directory}: the tokens must be the {len(ALPHABET)} characters of train-example text, "
            f"not {graph.classes} tokens; use asn2fpga.stages.generate with a vocabulary of your own."
        )
    choice = Choice(score_scale(build.figures), temperature, options.seed)
    prompt = _prompt(options.prompt, source_of(graph).time_steps)
    console = Console(stderr=True)
    written: dict[str, Ids] = {}
    for model in models:
        with console.status(f"{model}: compiling", spinner="line") as status:
            scores = scores_by(build, model)
            found: list[int] = []

            def told(token: int, found: list[int] = found, model: str = model) -> None:
                found.append(token)
                status.update(f"{model}: {len(found)} of {count} characters")

            written[model] = generate(graph, scores, prompt, count, choice, told)
        print(f"{model}:\n{decode(prompt)}|{decode(written[model])}\n", flush=True)
        _compare(written, models[0], model)
    others = " = ".join(models)
    print(f"{others}: {count} characters, {'identical' if len(models) > 1 else 'by one model alone'}")
    _print_perplexities(build)
    return 0


def _checked(options: Namespace) -> tuple[tuple[ModelName, ...], int, float]:
    models = tuple(dict.fromkeys(options.models.split(",")))
    unknown = [model for model in models if model not in MODELS]
    if unknown:
        raise InputError(f"--models: the models must be of {', '.join(MODELS)}, not '{unknown[0]}'.")
    if not 1 <= options.characters <= MOST_CHARACTERS:
        raise InputError(
            f"--characters: the value must be in 1..{MOST_CHARACTERS}, not {options.characters}."
        )
    if not 0 <= options.temperature <= 100:
        raise InputError(f"--temperature: the value must be in 0..100, not {options.temperature:g}.")
    if options.seed < 0:
        raise InputError(f"--seed: the value must be at least 0, not {options.seed}.")
    return cast("tuple[ModelName, ...]", models), options.characters, options.temperature


def _prompt(text: str, steps: int) -> Ids:
    """The last characters of a text, with ends of line before them where it has too few."""
    ids = encode(text).astype(np.int64)
    if not ids.size:
        raise InputError("--prompt: the text must have a character that the model knows; it has none.")
    missing = np.full(max(0, steps - len(ids)), ALPHABET.index("\n"), np.int64)
    return np.concatenate([missing, ids])[-steps:]


def _compare(written: dict[str, Ids], first: str, model: str) -> None:
    wrong = np.flatnonzero(written[first] != written[model])
    if len(wrong):
        at = int(wrong[0])
        raise MismatchError(
            f"character {at}: {model} must write what {first} does, {ALPHABET[int(written[first][at])]!r}, "
            f"not {ALPHABET[int(written[model][at])]!r}."
        )


def _print_perplexities(build: Build) -> None:
    """On the samples of the build, if they have labels: the float network, the integer one."""
    real, samples, _ = read_state(build)
    if samples.y is None:
        return
    known = float_model.scores_of(real, samples.x)
    scores = simulate(integer_graph(build), samples.x).scores * score_scale(build.figures)
    print(
        f"perplexity of {len(samples.y)} characters that follow the samples of the build: "
        f"{perplexity(known, samples.y):.4f} in float, {perplexity(scores, samples.y):.4f} in integers"
    )
