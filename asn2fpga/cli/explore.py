"""`asn2fpga explore`: try designs, build the best ones, show which no other one is better than."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from asn2fpga.api.explore import NOT_HERE, Exploration, explore
from asn2fpga.api.request import OPTIONS
from asn2fpga.cli.output import print_json
from asn2fpga.exploration.designs import Design
from asn2fpga.kinds.hardware import counted


def run(options: Namespace) -> int:
    """0 when there is at least one design that keeps to all limits."""
    given = {
        name: getattr(options, name) for name in OPTIONS if hasattr(options, name) and name not in NOT_HERE
    }
    columns = (
        *(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()),
        *(TimeElapsedColumn(), TimeRemainingColumn(), TextColumn("{task.fields[last]}")),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        found = explore(
            options.model,
            options.board,
            options.data,
            options.out,
            options.objective,
            options.trials,
            limits=options.limit,
            jobs=options.jobs,
            dask=options.dask,
            slurm=options.slurm,
            rtl_builds=options.rtl_builds,
            samples=options.samples,
            watcher=ShownProgress(bar, quiet=options.quiet),
            **given,
        )
    if options.json:
        print_json(found.to_plain())
    else:
        show(found, options, Console())
    return 0


class ShownProgress:
    """A bar in a terminal; elsewhere a line for each build, and for every tenth trial."""

    def __init__(self, bar: Progress, *, quiet: bool) -> None:
        self.bar, self.quiet = bar, quiet
        self.task = bar.add_task("reading the model", total=None, last="", visible=not quiet)
        self.what, self.done, self.total = "", 0, 0

    def began(self, what: str, done: int, total: int) -> None:
        """Trials or builds begin."""
        self.what, self.done, self.total = what, done, total
        self.bar.reset(
            self.task, description=what, completed=done, total=total, last="", visible=not self.quiet
        )

    def ended(self, design: Design) -> None:
        """One more."""
        self.done += 1
        last = f"trial {design.trial}" + (f": {design.reason.splitlines()[0]}" if design.reason else "")
        self.bar.update(self.task, completed=self.done, last=escape(last[:40]))
        often = self.what == "builds" or self.done % 10 == 0 or self.done == self.total or design.reason
        if often and not self.quiet and not self.bar.console.is_terminal:
            self.bar.console.print(
                f"{self.what}: {self.done} of {self.total}, {last}", markup=False, soft_wrap=True
            )


def show(found: Exploration, options: Namespace, console: Console) -> None:
    """The front as a table, where the files are, and the command that builds the best design."""
    heads, *rows = found.results.rows()
    table = Table(box=None, padding=(0, 1, 0, 0))
    for head in heads:
        table.add_column(head, no_wrap=head != heads[-1])
    for row in rows:
        table.add_row(*map(escape, row), style="bold" if row[0].endswith("best") else "")
    console.print(table)
    console.print("[dim]measured on RTL (predicted); ~: predicted alone[/]", highlight=False)
    for line in (f"{tried(found.results.designs)}; plot: {found.plot}", next_command(found, options)):
        console.print(escape(line), soft_wrap=True, highlight=False)


def tried(designs: Sequence[Design]) -> str:
    """How many designs there are, and how many have no figures or no build in spite of a try."""
    failed = sum(design.predicted is None for design in designs)
    builds = sum(design.predicted is not None and bool(design.reason) for design in designs)
    text = f"{counted(len(designs), 'design')} tried, {failed} failed"
    return f"{text}, and {counted(builds, 'build')}" if builds else text


def next_command(found: Exploration, options: Namespace) -> str:
    """What builds the best design of the same model for the same board with the same data."""
    words = ["asn2fpga", "build", str(options.model), "--board", str(options.board)]
    words += ["--data", str(options.data)] if options.data else []
    return f"Next: {shlex.join([*words, '--config', str(found.best)])}"
