"""manifest.json: what has been done in an out folder, and from what. It is what makes a build resumable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from asn2fpga.errors import InputError
from asn2fpga.figures.every import AllFigures, StageFigures, all_figures
from asn2fpga.files import check_links, is_below, resolves_below
from asn2fpga.jsonfile import read_json
from asn2fpga.stages.folder import digest_file, write_json
from asn2fpga.typed import typed

FORMAT = "asn2fpga.manifest/"
SCHEMA = f"{FORMAT}3"
NAME = "manifest.json"


@dataclass(frozen=True)
class Entry:
    """One finished stage. `key`: digest of everything its result depends on; `needs`: stage -> digest of the
    products it read; `products`: path -> SHA-256 of the files it wrote; `warnings`: BuildWarnings, plain.
    """

    key: str
    needs: dict[str, str]
    status: Literal["passed", "failed", "skipped"]
    seconds: float
    summary: str
    reason: str
    figures: StageFigures
    products: dict[str, str]
    warnings: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Manifest:
    """The request as plain values, and the finished stages in order."""

    request: dict[str, Any]
    stages: dict[str, Entry] = field(default_factory=dict)

    def with_entry(self, name: str, entry: Entry) -> Manifest:
        """The manifest with a new result of stage `name`, without the results made from older products."""
        old = {other: value for other, value in self.stages.items() if other != name}
        return Manifest(self.request, {**old, name: entry})._current()

    def figures(self) -> AllFigures:
        """The figures of each stage."""
        return all_figures({name: entry.figures for name, entry in self.stages.items()})

    def digests(self, names: Iterable[str]) -> dict[str, str]:
        """Digest of the products of each of these stages."""
        return {name: _digest(self.stages[name].products) for name in names}

    def _current(self) -> Manifest:
        kept = {name: entry for name, entry in self.stages.items() if self._is_current(entry)}
        manifest = Manifest(self.request, kept)
        return manifest if len(kept) == len(self.stages) else manifest._current()

    def _is_current(self, entry: Entry) -> bool:
        return all(name in self.stages for name in entry.needs) and self.digests(entry.needs) == entry.needs


def write_manifest(root: Path, manifest: Manifest) -> None:
    """Write manifest.json, whole or not at all.

    What has no type that could be checked on reading, the request and the figures, goes with its digest.
    """
    stages = {
        name: {**vars(entry), "figures_digest": _plain_digest(entry.figures)}
        for name, entry in manifest.stages.items()
    }
    plain = {"schema": SCHEMA, "request": manifest.request, "request_digest": _plain_digest(manifest.request)}
    write_json(root / NAME, {**plain, "stages": stages})


def is_ours(root: Path) -> bool:
    """Whether the folder was made by asn2fpga, of whatever version: it holds a manifest."""
    return _schema(root).startswith(FORMAT)


def is_outdated(root: Path) -> bool:
    """Whether another version of asn2fpga made the folder: nothing in its manifest can be used."""
    return is_ours(root) and _schema(root) != SCHEMA


def built_model(root: Path) -> tuple[str, str, str] | None:
    """Name and sha256 of the model whose build lies in the folder, and what was asked for, whichever version
    made it; else None.
    """
    try:
        manifest = read_json(root / NAME) if is_ours(root) else {}
        figures = manifest["stages"]["load"]["figures"]
        return str(figures["name"]), str(figures["sha256"]), str(manifest["request"]["model"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _schema(root: Path) -> str:
    """What the manifest says it is; empty if there is none."""
    try:
        return str(read_json(root / NAME)["schema"]) if (root / NAME).is_file() else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def read_manifest(root: Path) -> Manifest:
    """The manifest of a build that has finished a stage; InputError if `root` holds none, or a changed one.

    Refused are wrong types, products outside of the folder, other figures, and links that lead out of it.
    """
    if not is_ours(root):
        raise InputError(
            f"{root}: the folder must be one made by `asn2fpga build`, not {_what(root)}; "
            "give the folder that was its --out."
        )
    if is_outdated(root):
        raise InputError(
            f"{root}: the build was made by another version of asn2fpga; run `asn2fpga build` again."
        )
    manifest = read_any_manifest(root)
    if not manifest.stages:
        raise InputError(f"{root}: the build has no finished stage yet; run `asn2fpga build` again.")
    check_links(root, str(root))
    return manifest


def read_any_manifest(root: Path) -> Manifest:
    """The manifest of a folder of ours, also of a build that has only begun."""
    try:
        plain = read_json(root / NAME)
        stages = {
            name: _entry(value) for name, value in typed(dict[str, dict[str, Any]], plain["stages"]).items()
        }
        request: dict[str, Any] = typed(dict[str, Any], plain["request"])
        _check_digest(request, plain["request_digest"])
    except (OSError, KeyError, ValueError, RecursionError) as error:
        raise InputError(
            f"{root / NAME}: the manifest is not as asn2fpga wrote it; delete {root} and build again."
        ) from error
    return Manifest(request, stages)


def _entry(plain: dict[str, Any]) -> Entry:
    """One stage of the file; ValueError unless every field has its type and every product its place."""
    fields = dict(plain)
    digest = fields.pop("figures_digest", None)
    entry: Entry = typed(Entry, fields, "stage")
    _check_digest(entry.figures, digest)
    for path in entry.products:
        if not is_below(path):
            raise ValueError(f"product {path} lies outside")
    return entry


def _check_digest(plain: Mapping[str, object], digest: object) -> None:
    if _plain_digest(plain) != digest:
        raise ValueError("values differ from what was written")


def _plain_digest(plain: Mapping[str, object]) -> str:
    as_read = json.loads(json.dumps(plain))  # keys are strings then, and tuples lists
    return hashlib.sha256(json.dumps(as_read, sort_keys=True).encode()).hexdigest()


def check_passed(root: Path, manifest: Manifest, names: Iterable[str]) -> None:
    """InputError unless these stages have passed."""
    for name in names:
        if name not in manifest.stages or manifest.stages[name].status != "passed":
            raise InputError(f"{root}: the build ended before stage {name}; run `asn2fpga build` again.")


def check_unchanged(root: Path, manifest: Manifest, names: Iterable[str]) -> None:
    """InputError unless the products of these stages lie there as they were made."""
    for name in names:
        if not products_unchanged(root, manifest.stages[name]):
            raise InputError(
                f"{root}: the files of stage {name} are missing, or were changed since they were made; "
                "run `asn2fpga build` again."
            )


def products_unchanged(root: Path, entry: Entry) -> bool:
    """Whether every file the stage wrote is still there, in the folder, with the same content."""
    return all(_has_digest(root, path, digest) for path, digest in entry.products.items())


def _has_digest(root: Path, path: str, digest: str) -> bool:
    try:
        return resolves_below(root, path) and (root / path).is_file() and digest_file(root / path) == digest
    except OSError:
        return False


def _digest(products: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(products, sort_keys=True).encode()).hexdigest()


def _what(root: Path) -> str:
    try:
        if not root.exists():
            return "missing"
        return "another folder" if root.is_dir() else "a file"
    except OSError as error:  # a name of 300 characters, a folder that may not be read
        return f"what the system refuses ({error.strerror})"
