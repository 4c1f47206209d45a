"""Files on which HDF5's library hangs or crashes: another process finds out, and a sentence comes of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest
from nir_graphs import affine, chain, lif, written

from asn2fpga.errors import InputError
from asn2fpga.importing import ImportOptions
from asn2fpga.loader import load_model
from asn2fpga.loader.nir import trial
from asn2fpga.toolchain import hdf5_worker

OPTIONS = ImportOptions(time_steps=4)
# What stands in for a worker whose library does that: it is ready, and never answers about a file.
READY = "while not input().split(' ')[1]:\n    print('tried', flush=True)\n"
HANGS = f"import time\n{READY}time.sleep(600)\n"
CRASHES = f"import os\n{READY}os.abort()\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good file."""
    return written(tmp_path, chain((4,), fc=affine("one"), n=lif()))


@pytest.fixture
def anew() -> Iterator[None]:
    """Workers of the test alone."""
    trial._worker.cache_clear()
    yield
    trial._worker(os.getpid()).close()
    trial._worker.cache_clear()


@pytest.mark.parametrize("code", [HANGS, CRASHES], ids=["hangs", "crashes"])
def test_a_file_that_hdf5_does_not_come_back_from(
    path: Path, tmp_path: Path, code: str, monkeypatch: pytest.MonkeyPatch, anew: None
) -> None:
    (tmp_path / "stand_in.py").write_text(code)
    with monkeypatch.context() as patch:
        patch.syspath_prepend(tmp_path)
        patch.setattr(trial, "WORKER", "stand_in")
        trial._worker(os.getpid())
        patch.setattr(trial, "TIMEOUT_SECONDS", 0.5)
        with pytest.raises(InputError) as caught:
            load_model(path, OPTIONS)
    assert str(caught.value) == (
        f"{path}: the file must be a NIR graph, not damaged: HDF5 crashes on it, or does not come back in "
        "0.5 s; write it with nir.write."
    )
    assert load_model(path, OPTIONS).parameters > 0, "the next file has a worker of its own"


def test_a_worker_that_was_ended_is_no_fault_of_the_file(path: Path, anew: None) -> None:
    """As all programs are where a build is interrupted."""
    trial._worker(os.getpid()).end()
    assert load_model(path, OPTIONS).parameters > 0


def test_one_process_tries_all_files(path: Path, anew: None) -> None:
    load_model(path, OPTIONS)
    first = trial._worker(os.getpid()).pid
    load_model(path, OPTIONS)
    assert trial._worker(os.getpid()).pid == first != os.getpid()


def test_all_that_lies_in_the_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, seen = tmp_path / "f.h5", []
    with h5py.File(path, "w") as file:
        file["a/b/small"], file["large"], file["soft"] = 1.0, np.zeros(100), h5py.SoftLink("/a/b/small")
        file["elsewhere"], file["a/loop"] = h5py.ExternalLink("other.h5", "/x"), file["a"]
    take = hdf5_worker.Trial.take

    def noted(self: hdf5_worker.Trial, dataset: h5py.Dataset) -> object:
        found = take(self, dataset)
        if found is not None:
            seen.append(str(dataset.name).rpartition("/")[2])
        return found

    monkeypatch.setattr(hdf5_worker.Trial, "take", noted)
    hdf5_worker.try_to_read(str(path), 64)
    assert set(seen) == {"small"}
    assert len(seen) == hdf5_worker.MAX_DEPTH - 1, "the group that holds it is two deep at first"
    hdf5_worker.try_to_read(str(path), 800)
    assert set(seen) == {"small", "large"}


def test_the_worker_answers_every_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "no.h5").write_bytes(b"nothing")
    hdf5_worker.main(["0 \n", f"9 {tmp_path / 'no.h5'}\n", f"9 {tmp_path / 'missing'}\n"])
    assert capsys.readouterr().out == "tried\ntried\ntried\n"
