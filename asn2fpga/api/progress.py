"""A build in the terminal: one line a stage on standard error, a moving line while it runs."""

from __future__ import annotations

import time

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from asn2fpga.stages.base import Stage
from asn2fpga.stages.manifest import Entry

MARKS = {"passed": "[green]done[/]   ", "skipped": "[yellow]skipped[/]", "failed": "[red]failed[/] "}


class Terminal:
    """Observer of a build; a terminal gets a moving line, a file or pipe gets plain lines.

    verbose: what a stage is at gets a line of its own, with the seconds since the build began.
    """

    def __init__(self, console: Console, *, verbose: bool = False) -> None:
        self.console = console
        self.verbose = verbose
        self.began = time.monotonic()
        self.doing: dict[str, str] = {}
        self.status: Status | None = None

    def started(self, stage: Stage) -> None:
        """Show what is being done."""
        self.say(stage, stage.doing)

    def say(self, stage: Stage, text: str) -> None:
        """Show what the stage is at, on the moving line only."""
        self.doing[stage.name] = f"{stage.name}: {text}"
        if self.verbose:
            line = f"[dim]{time.monotonic() - self.began:7.1f} s {stage.name:9} {escape(text)}[/]"
            self.console.print(line, soft_wrap=True, highlight=False)
        self._show()

    def finished(self, stage: Stage, entry: Entry, unchanged: bool) -> None:
        """One line: mark, stage, time, what came out."""
        self.doing.pop(stage.name, None)
        self._show()
        mark = "[dim]kept[/]   " if unchanged else MARKS[entry.status]
        text = entry.reason if entry.status == "skipped" else entry.summary
        note = " (unchanged, not run again)" if unchanged else ""
        line = f"{mark} {stage.name:9} {entry.seconds:6.1f} s  {escape(text)}[dim]{note}[/]"
        self.console.print(line, soft_wrap=True, highlight=False)

    def stop(self) -> None:
        """Take the moving line away."""
        self.doing.clear()
        self._show()

    def _show(self) -> None:
        text = escape(" | ".join(tuple(self.doing.values())))
        if not self.console.is_terminal:
            return
        if not text:
            if self.status:
                self.status.stop()
            self.status = None
        elif self.status:
            self.status.update(text)
        else:
            self.status = self.console.status(text, spinner="line")
            self.status.start()
