"""The network and its samples in the exploration's folder, where every worker reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from asn2fpga.errors import WorkerError
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.loader.data_file import Data
from asn2fpga.reference import float_model
from asn2fpga.stages.folder import digest_file, load_arrays, load_graph, save_arrays, save_graph
from asn2fpga.stages.load import ReadModel, calibration_arrays

FOLDER = "state"
FILES = ("real.json", "real.npz", "samples.npz", "calibration.npz")


@dataclass(frozen=True, eq=False)
class SharedState:
    """As every trial needs it. graph: prepared, real-valued; classes (N,): those of the float network.

    labels: the classes of the calibration data, if they are known.
    """

    digest: str
    graph: Graph
    samples: Data
    classes: Array
    calibration: Array | None
    labels: IntArray | None = None


def save_state(root: Path, read: ReadModel, samples: int) -> SharedState:
    """Write the network and the first samples of its data; what lies there then."""
    folder = root / FOLDER
    x, y = read.samples.x[:samples], read.samples.y
    labels: Mapping[str, Array] = {} if y is None else {"y": y[:samples]}
    classes = float_model.scores_of(read.graph, x).argmax(axis=1)
    save_graph(folder / "real", read.graph)
    save_arrays(folder / "samples.npz", {"x": x, "classes": classes, **labels})
    save_arrays(folder / "calibration.npz", calibration_arrays(read.loaded))
    return load_state(root, digest_of_state(root))


def digest_of_state(root: Path) -> str:
    """Of the files as they lie there: of the network, its samples and its calibration data."""
    digests = [digest_file(root / FOLDER / name) for name in FILES]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


@lru_cache(maxsize=2)
def load_state(root: Path, digest: str) -> SharedState:
    """Inverse of save_state. WorkerError if this is not the state that is meant, or cannot be read."""
    check_state(root, digest)
    folder = root / FOLDER
    arrays = load_arrays(folder / "samples.npz")
    known = load_arrays(folder / "calibration.npz")
    samples = Data(arrays["x"], _integers(arrays.get("y")))
    graph = load_graph(folder / "real")
    return SharedState(digest, graph, samples, arrays["classes"], known.get("x"), _integers(known.get("y")))


def check_state(root: Path, digest: str) -> None:
    """WorkerError if what every worker must find in the folder of the exploration is not there."""
    try:
        found = digest_of_state(root)
    except OSError as error:
        raise WorkerError(
            f"must be able to read {root}, the folder of --out that all workers share, not "
            f"'{error.strerror or error}'"
        ) from error
    if found != digest:
        raise WorkerError(
            f"must find in {root / FOLDER} what this exploration has written there, not other files"
        )


def _integers(labels: Array | None) -> IntArray | None:
    return None if labels is None else as_integer(labels)
