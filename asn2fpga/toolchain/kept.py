"""What was made before, by the content of what it was made from: in the folder that all builds share."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.files import replacing
from asn2fpga.toolchain.cache import shared_folder

MOST_BYTES = 1 << 29  # of all that is kept in a folder; what was used longest ago goes first


@dataclass(frozen=True)
class Kept:
    """Results of one tool, in a folder of that name; `version` changes with the tool itself."""

    name: str
    version: str

    @property
    def folder(self) -> Path:
        """Where they are."""
        return shared_folder() / self.name

    def key(self, *parts: str) -> str:
        """The same for equal texts, as long as the tool is the same."""
        text = "\n".join(f"{len(part)} {part}" for part in (self.version, *parts))
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()

    def get(self, key: str) -> bytes | None:
        """What was kept by this key; None if nothing was, or by another user."""
        path = self.folder / key
        with contextlib.suppress(OSError):
            if path.stat().st_uid == os.getuid():
                os.utime(path)
                return path.read_bytes()
        return None

    def put(self, key: str, content: bytes) -> None:
        """Keep something; a folder that cannot be written to keeps nothing."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with replacing(self.folder / key) as stream:
                stream.write(content)

    def make_room(self, most_bytes: int = MOST_BYTES) -> None:
        """Remove what was used longest ago until the rest is small enough."""
        with contextlib.suppress(OSError):
            files = [(path, path.stat()) for path in self.folder.iterdir() if path.is_file()]
            excess = sum(found.st_size for _, found in files) - most_bytes
            for path, found in sorted(files, key=lambda file: file[1].st_mtime):
                if excess <= 0:
                    return
                path.unlink(missing_ok=True)
                excess -= found.st_size


def digest_of(files: Iterable[Path], *texts: str) -> str:
    """Of the content of files, and of texts."""
    digest = hashlib.sha256("\n".join(texts).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
