"""A build in the terminal: one line a stage on standard error, moving lines of those that run."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, Task, TaskID, TextColumn
from rich.table import Column
from rich.text import Text

from asn2fpga.stages.base import Done, Stage
from asn2fpga.stages.manifest import Entry

MARKS = {"passed": "[green]done[/]   ", "skipped": "[yellow]skipped[/]", "failed": "[red]failed[/] "}


class Terminal:
    """Observer of a build; a terminal gets moving lines, a file or pipe gets plain lines.

    stages: names of those that will run, in order: each line says which of how many it is about.
    verbose: what a stage is at gets a line of its own, with the seconds since the build began.
    """

    def __init__(self, console: Console, stages: Sequence[str] = (), *, verbose: bool = False) -> None:
        self.console = console
        self.stages = tuple(stages)
        self.verbose = verbose
        self.began = time.monotonic()
        self._lock = threading.Lock()
        self._tasks: dict[str, TaskID] = {}
        self._progress: Progress | None = None

    def started(self, stage: Stage) -> None:
        """Show what is being done."""
        self.say(stage, stage.doing)

    def say(self, stage: Stage, text: str) -> None:
        """Show what the stage is at, on its moving line."""
        if self.verbose:
            line = f"[dim]{time.monotonic() - self.began:7.1f} s {stage.name:9} {escape(text)}[/]"
            self._print(line)
        if self.console.is_terminal:
            with self._lock:
                self._move(stage, text)

    def finished(self, stage: Stage, entry: Entry, unchanged: bool) -> None:
        """One line: number, mark, stage, time, what came out."""
        with self._lock:
            task = self._tasks.pop(stage.name, None)
            if task is not None and self._progress is not None:
                self._progress.remove_task(task)
        mark = "[dim]kept[/]   " if unchanged else MARKS[entry.status]
        text = entry.reason if entry.status == "skipped" else entry.summary
        note = " (unchanged, not run again)" if unchanged else ""
        self._print(
            f"{self._number(stage)}{mark} {stage.name:9} {entry.seconds:6.1f} s  {escape(text)}[dim]{note}[/]"
        )

    def stop(self) -> None:
        """Take the moving lines away."""
        with self._lock:
            if self._progress is not None:
                self._progress.stop()
            self._progress = None
            self._tasks.clear()

    def _number(self, stage: Stage) -> str:
        if stage.name not in self.stages:
            return ""
        total = len(self.stages)
        return f"{self.stages.index(stage.name) + 1:{len(str(total))}}/{total} "

    def _move(self, stage: Stage, text: str) -> None:
        """A line for the stage, the first time; else what it says now."""
        if self._progress is None:
            self._progress = moving_lines(self.console)
            self._progress.start()
        task = self._tasks.get(stage.name)
        if task is None:
            name = f"{self._number(stage)}{stage.name}"
            task = self._tasks[stage.name] = self._progress.add_task(
                name, total=None, at="", began=0.0, first=0
            )
        if isinstance(text, Done):
            self._count(task, text)
        else:
            self._progress.update(task, at=text, total=None)

    def _count(self, task: TaskID, text: Done) -> None:
        """So many of so many: the time that is left is estimated from the first count on."""
        assert self._progress is not None
        row = self._progress.tasks[self._progress.task_ids.index(task)]
        if row.total != text.total or text.done < row.completed:
            self._progress.update(task, total=text.total, began=time.monotonic(), first=text.done)
        self._progress.update(task, at=str(text), completed=text.done)

    def _print(self, line: str) -> None:
        """A line; in a terminal one that is too long for it goes on below its text."""
        self.console.print(line, soft_wrap=not self.console.is_terminal, highlight=False)


def moving_lines(console: Console) -> Progress:
    """A line for each stage that runs, as long as the terminal is wide; what it is at gives way first."""
    at = Column(ratio=1, no_wrap=True, overflow="ellipsis")
    return Progress(
        SpinnerColumn("line"),
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[at]}", markup=False, table_column=at),
        TimesColumn(table_column=Column(no_wrap=True, justify="right")),
        console=console,
        expand=True,
        transient=True,
    )


class TimesColumn(TextColumn):
    """Seconds since the stage began, and what is left where that can be said."""

    def __init__(self, table_column: Column) -> None:
        super().__init__("", table_column=table_column)

    def render(self, task: Task) -> Text:
        """As `12 s, about 30 s left`."""
        left = seconds_left(task, time.monotonic())
        text = f"{task.elapsed or 0:.0f} s"
        return Text(text if left is None else f"{text}, about {duration(left)} left")


def seconds_left(task: Task, now: float) -> float | None:
    """From what was done since the first count; None while nothing was."""
    done: float = task.completed - task.fields["first"]
    if task.total is None or done <= 0 or task.completed >= task.total:
        return None
    began: float = task.fields["began"]
    left: float = (now - began) * (task.total - task.completed) / done
    return left


def duration(seconds: float) -> str:
    """`40 s`, `12 min`, `3.5 h`: as exact as an estimate is."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
