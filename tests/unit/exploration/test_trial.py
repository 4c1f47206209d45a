"""Work of an exploration on a worker that does not see the folder of all: it refuses, no trial is spoilt."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hand_graphs import inputs_of, linear, net, scores, x

from asn2fpga.exploration.shared_state import FILES, FOLDER, digest_of_state
from asn2fpga.exploration.trial import MEASURE, PREDICT
from asn2fpga.stages.folder import save_arrays, save_graph
from asn2fpga.workers.work import Job, work

NET = net(x(), linear("fc1", "x"), scores("fc1"))


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder with the state of an exploration."""
    save_graph(tmp_path / FOLDER / "real", NET)
    for name in FILES[2:]:
        save_arrays(tmp_path / FOLDER / name, {"x": inputs_of(NET)})
    return tmp_path


@pytest.mark.parametrize("task", [PREDICT, MEASURE])
def test_a_worker_that_does_not_see_the_folder_refuses(task: str, shared: Path) -> None:
    digest = digest_of_state(shared)
    (shared / FOLDER / "samples.npz").unlink()
    given = {"folder": str(shared), "digest": digest, "out": str(shared / "builds" / "a"), "request": {}}
    found = work(Job("a", task, given).to_plain())
    assert found["refused"] == (
        f"must be able to read {shared}, the folder of --out that all workers share, not 'No such file or "
        "directory'"
    )
    shutil.copy(shared / FOLDER / "calibration.npz", shared / FOLDER / "samples.npz")
    given["digest"] = "0123"
    found = work(Job("a", task, given).to_plain())
    assert found["refused"] == (
        f"must find in {shared / FOLDER} what this exploration has written there, not other files"
    )
    assert "worker" in found and not (shared / "builds").exists()
