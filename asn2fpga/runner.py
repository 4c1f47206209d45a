"""Runs the stages of a build, not those that are unchanged, and keeps what is done whatever happens."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import shutil
import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from asn2fpga.errors import (
    Asn2FpgaError,
    CheckError,
    InputError,
    StoppedError,
    interrupt_code,
)
from asn2fpga.files import remove_below
from asn2fpga.importing import is_code
from asn2fpga.report.write import write_report
from asn2fpga.schedule import Failure, run_stages
from asn2fpga.stages.base import Build, Request, Result, Stage
from asn2fpga.stages.folder import Folder, digest_file
from asn2fpga.stages.keys import stage_key
from asn2fpga.stages.load import digest_if_file
from asn2fpga.stages.manifest import (
    Entry,
    Manifest,
    built_model,
    is_ours,
    products_unchanged,
    read_any_manifest,
    write_manifest,
)
from asn2fpga.stages.request import to_plain
from asn2fpga.stages.workspace import claim
from asn2fpga.toolchain import process
from asn2fpga.toolchain.plan import write_file

FULL_BYTES = 8 << 20  # programs remove what they wrote when they fail


class Observer(Protocol):
    """Who watches a build: the terminal, or nobody. Stages that run together call it from several threads."""

    def started(self, stage: Stage) -> None:
        """A stage begins to run."""

    def say(self, stage: Stage, text: str) -> None:
        """What a running stage is at."""

    def finished(self, stage: Stage, entry: Entry, unchanged: bool) -> None:
        """A stage is done, or was not run because it is unchanged."""


class Silent:
    """An observer that shows nothing."""

    def started(self, stage: Stage) -> None:
        """Nothing."""

    def say(self, stage: Stage, text: str) -> None:
        """Nothing."""

    def finished(self, stage: Stage, entry: Entry, unchanged: bool) -> None:
        """Nothing."""


def run_build(
    request: Request,
    out: Path,
    stages: Sequence[Stage],
    until: str | None = None,
    observer: Observer | None = None,
    *,
    overwrite: bool = False,
    inputs: Mapping[str, bytes] | None = None,
) -> Manifest:
    """Run `stages` (up to and with `until`) in `out`, `request.jobs` at a time; the manifest of what is done.

    inputs: files that the request names and that are not there yet, by their paths in `out`; they are
    written first.
    A failed stage is recorded, reports are written, and its error is raised. Ctrl-C and a full disk raise
    StoppedError; the stages finished before are kept. If nothing is finished, the folder is left as it was.
    The build of another model is refused, and left alone, unless `overwrite`.
    """
    names = [stage.name for stage in stages]
    if until is not None and until not in names:
        raise InputError(f"--until {until}: the stage must be one of {', '.join(names)}, not '{until}'.")
    chosen = stages[: names.index(until) + 1] if until else stages
    files = inputs or {}
    if not overwrite:
        check_same_model(request.model, out, files)
    with claim(out) as folder:
        for path, content in files.items():
            write_file(out / path, content)
        manifest = read_any_manifest(out) if is_ours(out) else Manifest({})
        runner = Runner(request, folder, Manifest(to_plain(request), manifest.stages), observer or Silent())
        failure = run_stages(chosen, runner.run, request.jobs, runner.stop)
        if failure:
            raise_failure(failure, runner, names)
        write_report(out, vars_of(runner.manifest))
    return runner.manifest


def check_same_model(model: Path, out: Path, inputs: Mapping[str, bytes]) -> None:
    """InputError if the folder holds a build of another model file, or of this one with other content.

    `inputs`: files that are still to be written, by their paths in `out`.

    Of code, my_model.py:Net, the content is not known before it ran: there the same must have been asked for.
    """
    built = built_model(out)
    if built is None:
        return
    name, sha256, asked = built
    is_same = asked == str(model) if is_code(model) else _digest_of(model, out, inputs) in ("", sha256)
    if is_same:
        return
    raise InputError(
        f"--out {out}: the folder must hold a build of {model}, not one of another model "
        f"({name}, sha256 {sha256[:12]}); give another --out, or --overwrite."
    )


def _digest_of(model: Path, out: Path, inputs: Mapping[str, bytes]) -> str:
    content = next((data for path, data in inputs.items() if out / path == model), None)
    return digest_if_file(model) if content is None else hashlib.sha256(content).hexdigest()


def vars_of(manifest: Manifest) -> dict[str, Any]:
    """The manifest as the plain values the report is made from."""
    return {"request": manifest.request, "stages": {name: vars(e) for name, e in manifest.stages.items()}}


class Runner:
    """Runs single stages of one build, from any thread, and keeps the manifest."""

    def __init__(self, request: Request, folder: Folder, manifest: Manifest, observer: Observer) -> None:
        self.request = request
        self.folder = folder
        self.manifest = manifest
        self.observer = observer
        self.stopped = False
        self._lock = threading.Lock()

    def stop(self) -> None:
        """End the programs that stages wait for; what then fails is not recorded."""
        self.stopped = True
        process.stop_all()

    def run(self, stage: Stage) -> None:
        """Run the stage, or keep what it did before; the error of a failed one is recorded and raised.

        A skipped stage is run again: what it lacked may be there now.
        """
        manifest = self.manifest
        key = stage_key(stage, self.request, manifest)
        old = manifest.stages.get(stage.name)
        if old and old.key == key and old.status == "passed" and products_unchanged(self.folder.root, old):
            self._tell(stage, old, unchanged=True)
            return
        self.observer.started(stage)
        began = time.perf_counter()
        result, error = self._result(stage, manifest)
        entry = Entry(
            key=key,
            needs=manifest.digests(stage.needs),
            status=result.status,
            seconds=round(time.perf_counter() - began, 3),
            summary=self.folder.hide(result.summary),
            reason=self.folder.hide(result.reason),
            figures=self.folder.hide(result.figures),
            products={self.folder.relative(path): digest_file(path) for path in result.products},
            warnings=self.folder.hide([dataclasses.asdict(warning) for warning in result.warnings]),
        )
        self._record(stage, entry, old)
        if error:
            error.args = (self.folder.show(str(error)),)
            raise error

    def _result(self, stage: Stage, manifest: Manifest) -> tuple[Result, Asn2FpgaError | None]:
        """What the stage did, and the error to raise after recording it.

        Raised at once: errors of the first stage, of a full disk, and of a stage that was stopped.
        """
        say = partial(self._say, stage)
        try:
            result = stage.run(Build(self.request, self.folder, manifest.figures(), say))
        except Asn2FpgaError as error:
            if not stage.needs or is_full_disk(error, self.folder.root) or self.stopped:
                raise
            return Result("", status="failed", reason=str(error)), error
        return result, CheckError(result.reason) if result.status == "failed" else None

    def _say(self, stage: Stage, text: str) -> None:
        """Show what the stage is at; one that should end does so here, between two steps of its work."""
        if self.stopped:
            raise StoppedError("stopped")
        self.observer.say(stage, text)

    def _record(self, stage: Stage, entry: Entry, old: Entry | None) -> None:
        with self._lock:
            self.manifest = self.manifest.with_entry(stage.name, entry)
            write_manifest(self.folder.root, self.manifest)
        for path in old.products if old else {}:
            if path not in entry.products:  # written before, and not any more
                remove_below(self.folder.root, path)
        self._tell(stage, entry, unchanged=False)

    def _tell(self, stage: Stage, entry: Entry, *, unchanged: bool) -> None:
        show = self.folder.show
        shown = dataclasses.replace(entry, summary=show(entry.summary), reason=show(entry.reason))
        self.observer.finished(stage, shown, unchanged)


def raise_failure(failure: Failure, runner: Runner, names: Sequence[str]) -> None:
    """Write the report of what is done; raise the error, or one sentence about what stopped the build.

    names: all stages, in the order of the flow.
    """
    error, root = failure.error, runner.folder.root
    if isinstance(error, KeyboardInterrupt):
        text = stopped_sentence(failure, runner, names, "interrupted", "run")
        raise StoppedError(text, interrupt_code(error)) from None
    if is_full_disk(error, root):
        text = stopped_sentence(failure, runner, names, "the disk is full", "free some space and run")
        raise StoppedError(text) from error
    if isinstance(error, OSError):
        raise InputError(
            f"{root}: stage {failure.stages[0]} must be able to use its files, not meet "
            f"'{error.strerror or error}' ({error.filename})."
        ) from error
    if any(entry.status == "failed" for entry in runner.manifest.stages.values()):
        write_report(root, vars_of(runner.manifest))
    raise error


def stopped_sentence(failure: Failure, runner: Runner, names: Sequence[str], why: str, what: str) -> str:
    """`DIR: interrupted in stage cosim; load, ... are kept; run the same command again to resume.`"""
    hit = failure.stages
    where = f"stage {hit[0]}" if len(hit) == 1 else f"stages {', '.join(hit)}"
    passed = {name for name, entry in runner.manifest.stages.items() if entry.status == "passed"}
    done = [name for name in names if name in passed and name not in hit]
    kept = f"{', '.join(done)} {'is' if len(done) == 1 else 'are'} kept" if done else "nothing is kept"
    return f"{runner.folder.root}: {why} in {where}; {kept}; {what} the same command again to resume."


def is_full_disk(error: BaseException | None, root: Path) -> bool:
    """Whether `error`, or what caused it, is the system's 'no space left' or 'quota exceeded'.

    What failed while next to nothing is free on the disk of `root` counts too, unless it says what is wrong
    with the input or the result: programs seldom say that their output was cut off, or is missing.
    """
    if not isinstance(error, InputError | CheckError) and shutil.disk_usage(root).free < FULL_BYTES:
        return True
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        error = error.__cause__
    return False
