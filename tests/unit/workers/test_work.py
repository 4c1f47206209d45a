"""A job on a worker: nothing for another version, and errors as values."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from worker_tasks import BREAK, DOUBLE, OUT_OF_TIME, REFUSE

from asn2fpga import __version__
from asn2fpga.toolchain.cache import VARIABLE
from asn2fpga.workers.version import version_text
from asn2fpga.workers.work import Job, cache_problem, work


def test_a_job_gives_its_value() -> None:
    assert work(Job("a", DOUBLE, {"number": 21}).to_plain()) == {"value": 42}


def test_errors_are_values() -> None:
    found = work(Job("a", REFUSE, {}).to_plain())
    assert found == {"reason": "fc1: the network must fit, not this.", "kind": "DoesNotFitError"}
    assert work(Job("a", BREAK, {}).to_plain()) == {"reason": "ZeroDivisionError: by nothing", "kind": "bug"}


def test_an_executor_that_ends_a_job_in_its_middle_is_no_fault_of_the_job() -> None:
    with pytest.raises(RuntimeError, match=r"^Job not requeued because: timed-out and not checkpointable\.$"):
        work(Job("a", OUT_OF_TIME, {}).to_plain())


def test_another_version_does_nothing() -> None:
    plain = Job("a", DOUBLE, {"number": 1}).to_plain() | {"version": "0.0.9 (source 0123)"}
    found = work(plain)
    assert found["refused"] == (
        f"must have asn2fpga 0.0.9 (source 0123), as this side has, not {version_text()}"
    )
    assert str(os.getpid()) in found["worker"] and "value" not in found


def test_the_version_is_number_and_source() -> None:
    assert re.fullmatch(rf"{re.escape(__version__)} \(source [0-9a-f]{{12}}\)", version_text())


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert cache_problem(tmp_path) == "" and list(tmp_path.iterdir()) == [tmp_path / "file"]
    plain = Job("a", DOUBLE, {"number": 1}).to_plain() | {"cache": str(tmp_path / "file")}
    assert work(plain)["refused"] == (
        f"must be able to write to {tmp_path / 'file'}, the folder that all workers share, not 'File exists'"
    )


def test_a_worker_takes_the_folder_of_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "elsewhere")
    work(Job("a", DOUBLE, {"number": 1}).to_plain() | {"cache": str(tmp_path)})
    assert os.environ[VARIABLE] == str(tmp_path)
