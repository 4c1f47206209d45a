"""Runs the stages of a build, not those that are unchanged, and keeps what is done whatever happens."""

from __future__ import annotations

import errno
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from asn2fpga.errors import Asn2FpgaError, CheckError, InputError, StoppedError
from asn2fpga.report.write import write_report
from asn2fpga.stages.base import Build, Request, Result, Stage
from asn2fpga.stages.folder import Folder, digest_file
from asn2fpga.stages.keys import stage_key
from asn2fpga.stages.manifest import (
    Entry,
    Manifest,
    is_ours,
    products_unchanged,
    read_manifest,
    write_manifest,
)
from asn2fpga.stages.request import to_plain
from asn2fpga.stages.workspace import claim


class Observer(Protocol):
    """Who watches a build: the terminal, or nobody."""

    def started(self, stage: Stage) -> None:
        """A stage begins to run."""

    def say(self, text: str) -> None:
        """What the running stage is at."""

    def finished(self, stage: Stage, entry: Entry, unchanged: bool) -> None:
        """A stage is done, or was not run because it is unchanged."""


class Silent:
    """An observer that shows nothing."""

    def started(self, stage: Stage) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """Nothing."""

    def finished(self, stage: Stage, entry: Entry, unchanged: bool) -> None:
        """Nothing."""


def run_build(
    request: Request,
    out: Path,
    stages: Sequence[Stage],
    until: str | None = None,
    observer: Observer | None = None,
) -> Manifest:
    """Run `stages` (up to and with `until`) in `out`; the manifest of what is done.

    A failed stage is recorded, reports are written, and its error is raised. Ctrl-C and a full disk raise
    StoppedError; the stages finished before are kept. If nothing is finished, the folder is left as it was.
    """
    names = [stage.name for stage in stages]
    if until is not None and until not in names:
        raise InputError(f"--until {until}: the stage must be one of {', '.join(names)}, not '{until}'.")
    chosen = stages[: names.index(until) + 1] if until else stages
    with claim(out) as folder:
        manifest = read_manifest(out) if is_ours(out) else Manifest({})
        manifest = Manifest(to_plain(request), manifest.stages)
        for stage in chosen:
            manifest = _guarded(stage, request, folder, manifest, observer or Silent())
        write_report(out, vars_of(manifest))
    return manifest


def vars_of(manifest: Manifest) -> dict[str, Any]:
    """The manifest as the plain values the report is made from."""
    return {"request": manifest.request, "stages": {name: vars(e) for name, e in manifest.stages.items()}}


def _guarded(
    stage: Stage, request: Request, folder: Folder, manifest: Manifest, observer: Observer
) -> Manifest:
    """One stage; what stops it from outside becomes one sentence."""
    try:
        return _stage(stage, request, folder, manifest, observer)
    except KeyboardInterrupt:
        raise StoppedError(_stopped(folder, stage, manifest, "interrupted", "run")) from None
    except (OSError, Asn2FpgaError) as error:
        if is_full_disk(error):
            text = _stopped(folder, stage, manifest, "the disk is full", "free some space and run")
            raise StoppedError(text) from error
        if isinstance(error, OSError):
            raise InputError(
                f"{folder.root}: stage {stage.name} must be able to use its files, not meet "
                f"'{error.strerror or error}' ({error.filename})."
            ) from error
        raise


def is_full_disk(error: BaseException | None) -> bool:
    """Whether `error`, or what caused it, is the operating system's 'no space left' or 'quota exceeded'."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        error = error.__cause__
    return False


def _stopped(folder: Folder, stage: Stage, manifest: Manifest, why: str, what: str) -> str:
    done = [
        name for name, entry in manifest.stages.items() if entry.status == "passed" and name != stage.name
    ]
    kept = f"{', '.join(done)} {'is' if len(done) == 1 else 'are'} kept" if done else "nothing is kept"
    return f"{folder.root}: {why} in stage {stage.name}; {kept}; {what} the same command again to resume."


def _stage(
    stage: Stage, request: Request, folder: Folder, manifest: Manifest, observer: Observer
) -> Manifest:
    key = stage_key(stage, request, manifest)
    old = manifest.stages.get(stage.name)
    if old and old.key == key and old.status != "failed" and products_unchanged(folder.root, old):
        observer.finished(stage, old, True)
        return manifest
    observer.started(stage)
    began = time.perf_counter()
    result, error = _result(stage, request, folder, manifest, observer)
    entry = Entry(
        key=key,
        needs=manifest.digests(stage.needs),
        status=result.status,
        seconds=round(time.perf_counter() - began, 3),
        summary=result.summary,
        reason=result.reason,
        figures=result.figures,
        products={folder.relative(path): digest_file(path) for path in result.products},
    )
    manifest = manifest.with_entry(stage.name, entry)
    write_manifest(folder.root, manifest)
    _remove_stale(folder, old, entry)
    observer.finished(stage, entry, False)
    if error:
        write_report(folder.root, vars_of(manifest))
        raise error
    return manifest


def _result(
    stage: Stage, request: Request, folder: Folder, manifest: Manifest, observer: Observer
) -> tuple[Result, Asn2FpgaError | None]:
    """What the stage did, and the error to raise after recording it.

    Bad input of the first stage and a full disk are raised at once: they leave the folder as it was.
    """
    figures = {name: entry.figures for name, entry in manifest.stages.items()}
    try:
        result = stage.run(Build(request, folder, figures, observer.say))
    except Asn2FpgaError as error:
        if not stage.needs or is_full_disk(error):
            raise
        return Result("", status="failed", reason=str(error)), error
    return result, CheckError(result.reason) if result.status == "failed" else None


def _remove_stale(folder: Folder, old: Entry | None, new: Entry) -> None:
    """Delete files that the stage wrote before and does not write any more."""
    for path in old.products if old else {}:
        if path not in new.products:
            (folder.root / path).unlink(missing_ok=True)
