"""`asn2fpga train-example`: train a small network to try the build with."""

from __future__ import annotations

import dataclasses
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from asn2fpga.cli.output import print_json
from asn2fpga.errors import InputError
from asn2fpga.train.options import TrainOptions, check_options
from asn2fpga.train.train import TrainProgress, TrainResult, train_example


def run(options: Namespace) -> int:
    """Train and save; progress on standard error, the result on standard output."""
    chosen = check_options(make_options(options))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("training", total=None)

        def show(progress: TrainProgress) -> None:
            if not bar.console.is_terminal:
                _report_epoch(progress)
                return
            text = f"epoch {progress.epoch} of {progress.epochs}, loss {progress.loss:.3f}"
            bar.update(task, description=text, completed=progress.step, total=progress.steps)

        result = train_example(chosen, show)
    if options.json:
        print_json({**dataclasses.asdict(result), "path": str(result.path)})
    else:
        print(_summary(result, chosen.test_out))
    return 0


def _report_epoch(progress: TrainProgress) -> None:
    """A line for each epoch that ends, where a bar would not be seen."""
    if progress.step * progress.epochs == progress.epoch * progress.steps:
        text = f"epoch {progress.epoch} of {progress.epochs}, loss {progress.loss:.3f}"
        print(text, file=sys.stderr, flush=True)


def make_options(options: Namespace) -> TrainOptions:
    """TrainOptions of a command line: their own defaults where nothing was given."""
    names = {field.name for field in dataclasses.fields(TrainOptions)}
    given: dict[str, Any] = {
        key: value for key, value in vars(options).items() if key in names and value is not None
    }
    if "hidden" in given:
        given["hidden"] = parse_sizes(given["hidden"])
    return TrainOptions(**given)


def parse_sizes(text: str) -> tuple[int, ...]:
    """`256,64` as (256, 64); InputError for anything else."""
    try:
        return tuple(int(size) for size in text.split(","))
    except ValueError:
        raise InputError(f"--hidden: the value must be sizes like 256,64, not '{text}'.") from None


def _accuracies(result: TrainResult) -> str:
    if result.train_accuracy is None or result.test_accuracy is None:
        return "Nothing to train: "
    is_text = result.test_perplexity is not None
    perplexity = f"perplexity {result.test_perplexity:.3f}, " if is_text else ""
    return (
        f"Test accuracy {100 * result.test_accuracy:.2f} % on {result.test_samples} "
        f"{'next characters' if is_text else 'images'} "
        f"(training {100 * result.train_accuracy:.2f} % on {result.train_samples}), {perplexity}"
    )


def _summary(result: TrainResult, test_out: Path | None) -> str:
    alphas = ", ".join(f"{alpha:.3f}" for alpha in result.alphas)
    counts = ", ".join(f"{name} {100 * share:.1f} %" for name, share in result.densities.items())
    data = f" --data {test_out}" if test_out else ""
    return (
        f"{_accuracies(result)}{result.parameters:,} parameters{f', alpha {alphas}' if alphas else ''}, "
        f"{result.seconds:.0f} s.\n"
        f"Counts that are not zero: {counts}.\n"
        f"Saved {result.path}; next: asn2fpga build {result.path} --board pynq-z2{data}"
    )
