"""Tries to read HDF5 files in a process of its own: `python -m asn2fpga.toolchain.hdf5_worker`.

HDF5's library never comes back from some damaged files, or ends the process, hence the process. Each line of
standard input is the most bytes that a dataset may have, and a path; the answer is TRIED, whatever the file
is: what is wrong with it says who reads it next.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py

from asn2fpga.toolchain.parent import end_with_parent

TRIED = "tried"
MAX_ENTRIES = 50_000
MAX_DEPTH = 64


@dataclass
class Trial:
    """most_bytes: of a dataset that is read; entries: how many links were followed, which may form loops."""

    most_bytes: int
    entries: int = 0

    def visit(self, group: h5py.Group, depth: int = 0) -> None:
        """Read all that lies in the file itself."""
        for name in group:
            self.entries += 1
            if self.entries > MAX_ENTRIES or depth > MAX_DEPTH:
                return
            if isinstance(group.get(name, getlink=True), h5py.HardLink):
                item = group[name]
                if isinstance(item, h5py.Group):
                    self.visit(item, depth + 1)
                elif isinstance(item, h5py.Dataset):
                    self.take(item)

    def take(self, dataset: h5py.Dataset) -> Any:
        """What a dataset holds, if it is in the file and not too large."""
        if dataset.is_virtual or dataset.external or dataset.shape is None:
            return None
        if int(dataset.size or 0) * max(1, dataset.dtype.itemsize) > self.most_bytes:
            return None
        return dataset[()]


def try_to_read(path: str, most_bytes: int) -> None:
    """Read a file whose errors are nobody's business here."""
    try:
        with Path(path).open("rb") as stream, h5py.File(stream, "r") as file:
            Trial(most_bytes).visit(file)
    except Exception:  # damaged or hostile bytes: HDF5 raises almost anything
        return


def main(lines: Iterable[str]) -> None:
    """Answer every line."""
    for line in lines:
        most_bytes, _, path = line.rstrip("\n").partition(" ")
        if path:
            try_to_read(path, int(most_bytes))
        print(TRIED, flush=True)


if __name__ == "__main__":
    end_with_parent()
    main(sys.stdin)
