"""The out folder: where each stage's files lie, and how intermediate results are kept between runs."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from asn2fpga.files import as_written
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.jsonfile import read_json
from asn2fpga.toolchain.plan import write_file

PLACE = "<out>"
"""The out folder in reports and in the manifest."""


@dataclass(frozen=True)
class Folder:
    """Paths of an out folder, which nothing here creates. `root` is as the user wrote it; others absolute."""

    root: Path

    @property
    def absolute(self) -> Path:
        """The out folder, for programs that run elsewhere."""
        return self.root.resolve()

    @property
    def state(self) -> Path:
        """Graphs and samples that later stages read."""
        return self.absolute / "state"

    @property
    def hls(self) -> Path:
        """The generated C++ project."""
        return self.absolute / "hls"

    @property
    def rtl(self) -> Path:
        """What the HLS engine made."""
        return self.absolute / "rtl"

    @property
    def sim(self) -> Path:
        """Work folders of the simulations."""
        return self.absolute / "sim"

    @property
    def logs(self) -> Path:
        """One log file for each program started."""
        return self.absolute / "logs"

    def hide(self, value: Any) -> Any:
        """JSON values with PLACE for the folder's path: a report says the same wherever it was made."""
        if isinstance(value, str):
            return re.sub(rf"(?<![\w./-]){re.escape(str(self.absolute))}(?![\w.-])", PLACE, value)
        if isinstance(value, dict):
            return {key: self.hide(item) for key, item in value.items()}
        return [self.hide(item) for item in value] if isinstance(value, list | tuple) else value

    def show(self, text: str) -> str:
        """The text with the folder as the user wrote it, for PLACE and for its path."""
        shown: str = self.hide(text).replace(PLACE, str(self.root))
        return shown

    def relative(self, path: Path) -> str:
        """`path` as the manifest names it: relative to the out folder, with forward slashes."""
        return path.resolve().relative_to(self.absolute).as_posix()


def write_json(path: Path, value: object) -> Path:
    """Write `value` as indented JSON, keys in their order; NaN and infinity are refused (ValueError)."""
    write_file(path, json.dumps(value, indent=2, allow_nan=False) + "\n")
    return path


def save_arrays(path: Path, arrays: Mapping[str, Array]) -> Path:
    """Write arrays as one .npz file; the same arrays give the same bytes."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    write_file(path, buffer.getvalue())
    return path


def load_arrays(path: Path) -> dict[str, Array]:
    """Inverse of save_arrays. InputError if the file was changed."""
    with as_written(path), path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def save_graph(path: Path, graph: Graph) -> tuple[Path, Path]:
    """Write a graph as `path`.json (structure) and `path`.npz (tensors); returns both paths."""
    from asn2fpga.graph import serial

    plain, tensors = serial.to_plain(graph)
    structure = write_json(path.with_suffix(".json"), plain)
    return structure, save_arrays(path.with_suffix(".npz"), tensors)


def load_graph(path: Path) -> Graph:
    """Inverse of save_graph. InputError if a file was changed."""
    from asn2fpga.graph import serial
    from asn2fpga.kinds.registry import all_kinds

    structure = path.with_suffix(".json")
    with as_written(structure):
        arrays = load_arrays(path.with_suffix(".npz"))
        return serial.from_plain(read_json(structure), arrays, all_kinds(), str(structure), earlier=True)


def digest_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
