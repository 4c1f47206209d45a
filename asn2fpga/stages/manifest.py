"""manifest.json: what has been done in an out folder, and from what. It is what makes a build resumable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asn2fpga.errors import InputError
from asn2fpga.stages.folder import digest_file, write_json

SCHEMA = "asn2fpga.manifest/1"
NAME = "manifest.json"


@dataclass(frozen=True)
class Entry:
    """One finished stage. `key`: digest of everything its result depends on; `needs`: stage -> digest of the
    products it read; `products`: path -> SHA-256 of the files it wrote; `warnings`: BuildWarnings, plain.
    """

    key: str
    needs: dict[str, str]
    status: str
    seconds: float
    summary: str
    reason: str
    figures: dict[str, Any]
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
    """Write manifest.json, whole or not at all."""
    stages = {name: vars(entry) for name, entry in manifest.stages.items()}
    write_json(root / NAME, {"schema": SCHEMA, "request": manifest.request, "stages": stages})


def is_ours(root: Path) -> bool:
    """Whether the folder was made by asn2fpga: it holds a manifest of our schema."""
    try:
        return bool(json.loads((root / NAME).read_text())["schema"] == SCHEMA)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def read_manifest(root: Path) -> Manifest:
    """The manifest of a build folder; InputError if `root` is not one."""
    if not is_ours(root):
        raise InputError(
            f"{root}: the folder must be one made by `asn2fpga build`, not {_what(root)}; "
            "give the folder that was its --out."
        )
    plain = json.loads((root / NAME).read_text())
    try:
        return Manifest(plain["request"], {name: Entry(**entry) for name, entry in plain["stages"].items()})
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{root / NAME}: the manifest must be as asn2fpga wrote it, not changed; "
            f"delete {root} and build again."
        ) from error


def products_unchanged(root: Path, entry: Entry) -> bool:
    """Whether every file the stage wrote is still there with the same content."""
    return all(_has_digest(root / path, digest) for path, digest in entry.products.items())


def _has_digest(path: Path, digest: str) -> bool:
    try:
        return digest_file(path) == digest
    except OSError:
        return False


def _digest(products: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(products, sort_keys=True).encode()).hexdigest()


def _what(root: Path) -> str:
    if not root.exists():
        return "missing"
    return "another folder" if root.is_dir() else "a file"
