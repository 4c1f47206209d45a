"""Processes of this machine: they are kept, replaced when lost, and end with their work."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from worker_tasks import DIE_ONCE, DOUBLE, PRINT, WAIT

from asn2fpga.errors import InputError
from asn2fpga.workers.dispatch import dispatch
from asn2fpga.workers.local import LocalPool, LostError
from asn2fpga.workers.work import Job, Outcome


def test_a_lost_process_is_replaced_and_its_job_done_again(tmp_path: Path) -> None:
    pool = LocalPool(1, tmp_path / "logs")
    found: dict[str, Outcome] = {}
    jobs = [
        Job("prints", PRINT, {}),
        Job("dies", DIE_ONCE, {"mark": str(tmp_path / "mark"), "number": 7}),
        Job("doubles", DOUBLE, {"number": 4}),
    ]
    try:
        dispatch(pool, iter(jobs), lambda job, outcome: found.update({job.name: outcome}))
        assert {name: outcome.value for name, outcome in found.items()} == {
            "prints": 1,
            "dies": 7,
            "doubles": 8,
        }
        assert "what libraries print" in (tmp_path / "logs" / "worker-0.log").read_text()
        (talking,) = pool.executor._talking
    finally:
        pool.close()
    assert not Path(f"/proc/{talking.pid}").exists()


def test_closing_ends_what_works(tmp_path: Path) -> None:
    pool = LocalPool(1, tmp_path)
    future = pool.submit(Job("waits", WAIT, {}).to_plain())
    began = time.monotonic()
    while not pool.executor._talking and time.monotonic() - began < 60:
        time.sleep(0.05)
    pool.close()
    assert isinstance(future.exception(), LostError | None)


def test_a_process_that_cannot_be_started_is_a_lost_one(tmp_path: Path) -> None:
    (tmp_path / "logs").touch()
    pool = LocalPool(1, tmp_path / "logs")
    try:
        error = pool.submit(Job("doubles", DOUBLE, {"number": 4}).to_plain()).exception(timeout=60)
    finally:
        pool.close()
    assert isinstance(error, LostError) and str(error).startswith("FileExistsError: ")


def test_a_process_of_another_version_names_both(tmp_path: Path) -> None:
    class Older(LocalPool):
        def submit(self, plain: Mapping[str, Any]) -> Future[dict[str, Any]]:
            return super().submit({**plain, "version": "0.0.9 (source 0123456789ab)"})

    pool = Older(1, tmp_path)
    with pytest.raises(InputError) as caught:
        try:
            dispatch(pool, iter([Job("a", DOUBLE, {"number": 1})]), lambda job, outcome: None)
        finally:
            pool.close()
    text = str(caught.value)
    assert "must have asn2fpga 0.0.9 (source 0123456789ab), as this side has, not 0.1.0 (source " in text
    assert str(os.getpid()) not in text  # it is another process that refuses
