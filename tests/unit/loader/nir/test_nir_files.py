"""Files that hold no NIR graph, or a broken or hostile one: one sentence each, and nothing is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import nir
import numpy as np
import pytest
from nir_graphs import affine, chain, lif, written

from asn2fpga.errors import InputError
from asn2fpga.importing import ImportOptions
from asn2fpga.loader import load_model


def file_refusal(path: Path) -> str:
    with pytest.raises(InputError) as error:
        load_model(path, ImportOptions(time_steps=100))
    return str(error.value).removeprefix(f"{path}: ")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good file."""
    return written(tmp_path, chain((4,), fc=affine("one"), n=lif()))


def changed(path: Path, **fields: Any) -> None:
    """Replace what lies at `a__b__c` in the group of nodes; None: delete it."""
    with h5py.File(path, "r+") as file:
        for name, value in fields.items():
            place = f"node/nodes/{name.replace('__', '/')}"
            if place in file:
                del file[place]
            if value is not None:
                file[place] = value


def test_no_hdf5(tmp_path: Path) -> None:
    path = tmp_path / "net.nir"
    path.write_bytes(b"anything")
    expected = (
        "the file must be a NIR graph, which is HDF5, not another kind of file; write it with nir.write."
    )
    assert file_refusal(path) == expected


def test_damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:500])
    assert file_refusal(path) == "the file must be a NIR graph, not damaged; write it with nir.write."


def test_every_byte_may_be_wrong(path: Path) -> None:
    """Nothing but a sentence comes of it."""
    data, random = path.read_bytes(), np.random.default_rng(0)
    for _ in range(40):
        broken = bytearray(data)
        for place in random.integers(0, len(data), 30):
            broken[place] = random.integers(256)
        path.write_bytes(broken)
        try:
            load_model(path, ImportOptions(time_steps=100))
        except InputError as error:
            assert str(error).startswith(f"{path}: ")


def test_other_hdf5(tmp_path: Path) -> None:
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        file["x"] = np.zeros(3)
    expected = (
        "the file must hold a NIR graph in its group 'node', not be other HDF5; write it with nir.write."
    )
    assert file_refusal(path) == expected


def test_a_single_node(tmp_path: Path) -> None:
    nir.write(tmp_path / "net.nir", lif())
    expected = "the file must hold a graph, not a single LIF; wrap it in nir.NIRGraph."
    assert file_refusal(tmp_path / "net.nir") == expected


def test_an_unknown_kind(path: Path) -> None:
    changed(path, n__type="Izhikevich")
    assert file_refusal(path) == (
        "node 'n': the kind must be one of Input, Output, Linear, Affine, Conv1d, Conv2d, SumPool2d, "
        "AvgPool2d, Flatten, Scale, Delay, Threshold, I, IF, LI, LIF, CubaLI, CubaLIF, not 'Izhikevich'; "
        "express it by these, or train with one of them."
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"n__tau": None}, "node 'n': LIF must have tau, r, v_leak, v_threshold; tau is missing."),
        (
            {"n__refractory": np.zeros(4)},
            "node 'n': LIF must have no field 'refractory': what it does is not known here; leave it out if "
            "it changes nothing.",
        ),
        ({"n__tau": "fast"}, "node 'n': tau must be numbers, not the text 'fast'."),
        ({"n__tau": np.zeros(4, complex)}, "node 'n': tau must be numbers, not 'complex128'."),
        ({"n__type": None}, "node 'n': it must have a type that is a text; write it with nir.write."),
        ({"input__shape": np.array([0])}, "node 'input': shape must be the sizes of 1..8 axes, not [0]."),
        ({"n": 3}, "node 'n': a node must be a group of fields, not a number."),
        (
            {"n__tau": h5py.SoftLink("/node/nodes/n/r")},
            "'tau' must lie in the file itself, not be a link to elsewhere; write it with nir.write.",
        ),
        (
            {"n__tau": h5py.ExternalLink("/etc/other.h5", "/x")},
            "'tau' must lie in the file itself, not be a link to elsewhere; write it with nir.write.",
        ),
        (
            {"n__tau__inner": np.zeros(4)},
            "node 'n': tau must be numbers or a text in the file itself; write it with nir.write.",
        ),
    ],
)
def test_fields(path: Path, fields: dict[str, Any], message: str) -> None:
    if "n__tau__inner" in fields:
        changed(path, n__tau=None)
    changed(path, **fields)
    assert file_refusal(path) == message


def test_what_unpacks_to_far_more_than_it_is(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file["node/nodes/n/tau"]
        file["node/nodes/n"].create_dataset("tau", (1 << 30,), "f8", compression="gzip")
    assert file_refusal(path) == (
        "node 'n': the file must unpack to at most 100 times its size; write it without compression: "
        "nir.write(path, graph, compression=None)."
    )


def test_graphs_within_graphs_without_end(path: Path) -> None:
    """Groups may hold themselves."""
    with h5py.File(path, "r+") as file:
        file["node/nodes/again"] = file["node"]
    assert file_refusal(path).endswith(
        ": a graph must have at most 1024 nodes, in at most 8 graphs within each other."
    )


def test_too_many_edges(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file["node/edges"]
        file["node"].create_dataset("edges", data=[["input", "fc"]] * 5000, dtype=h5py.string_dtype())
    assert file_refusal(path) == "the graph: a graph must have at most 4096 edges, not 5000."


def test_edges_that_are_none(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file["node/edges"]
        file["node/edges"] = np.zeros((3, 2))
    expected = "the graph: edges must be pairs of names, not of shape (3, 2); write it with nir.write."
    assert file_refusal(path) == expected


def test_names_that_are_no_line(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file.move("node/nodes/n", "node/nodes/n\nm")
    assert file_refusal(path) == "the graph: names must be printable, of at most 200 characters."
