"""`asn2fpga explore` and asn2fpga.explore: from a model to the designs that no other one is better than."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from e2e_tools import CLASSES, PIXELS, Run

import asn2fpga
from asn2fpga.errors import CheckError, InputError, StoppedError
from asn2fpga.exploration.study import FILE
from asn2fpga.resources import PACKAGE_DIR
from asn2fpga.toolchain.cache import VARIABLE

pytest.importorskip("optuna")
ROOT = PACKAGE_DIR.parent


@pytest.fixture
def data(tmp_path: Path) -> Path:
    random = np.random.default_rng(2)
    x = random.integers(0, 256, (30, PIXELS), dtype=np.uint8)
    np.savez(tmp_path / "d.npz", x=x, y=random.integers(0, CLASSES, 30))
    return tmp_path / "d.npz"


def test_one_machine(run: Run, model: Path, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ("explore", model, "--board", "pynq-z2", "--data", data, "--out", out, "--jobs", "1")
    question = (*command, "--rtl-builds", "0", "--objective", "latency,lut,accuracy", "--limit", "lut=0.5")
    outcome = run(*question, "--trials", "7")
    assert outcome.status == 0, outcome.stderr
    assert "trials: 7 of 7" in outcome.stderr and "7 designs tried" in outcome.stdout
    found = json.loads((out / "results.json").read_text())
    assert found["schema"] == "asn2fpga.exploration/1" and len(found["designs"]) == 7
    assert found["designs"][0]["default"] and found["points"][0] == "point-01.toml"
    assert sorted(path.name for path in out.glob("*.toml")) == sorted(["best.toml", *found["points"]])
    best = next(one for one in found["designs"] if one["best"])
    config = asn2fpga.estimate(model, data=data, config=out / "best.toml").board
    assert config.latency_cycles == best["predicted"]["latency_cycles"] and config.used is not None
    assert (
        config.used["lut"] == best["predicted"]["lut"] and config.clock_mhz == best["predicted"]["clock_mhz"]
    )
    page = (out / "explore.html").read_text()
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "") and '"kind": "best"' in page
    more = run(*question, "--trials", "9", "--json")
    again = json.loads(more.stdout)
    assert len(again["designs"]) == 9
    assert [one["predicted"] for one in again["designs"][:7]] == [
        one["predicted"] for one in found["designs"]
    ]


def test_any_executor_and_limits_that_nothing_meets(model: Path, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    message = (
        r"^--limit: no design of 4 keeps to lut=0\.0001 \(0\.01 % of the board\): the nearest, trial \d, has "
        r"\d\.\d\d % of the board, [\d,.]+ % too much; .+/results\.json has all of them\.$"
    )
    objectives, limits = ["lut", "accuracy"], {"lut": 0.0001}
    with ThreadPoolExecutor(2) as executor, pytest.raises(CheckError, match=message):
        asn2fpga.explore(model, "pynq-z2", data, out, objectives, 4, limits=limits, executor=executor)
    assert json.loads((out / "results.json").read_text())["front"] == []


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on(run: Run, model: Path, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ["explore", model, "--board", "pynq-z2", "--data", data, "--out", out, "--jobs", "1"]
    command += ["--rtl-builds", "0", "--trials", "200"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, "-m", "asn2fpga", *map(str, command)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        wait_for(lambda: finished_trials(out) >= 3)
        outcome = run(*command)
        expected = f"error: --out {out}: the folder must be free, not in use by another exploration; "
        assert outcome.status == 2 and outcome.stderr.startswith(expected)
        process.send_signal(signal.SIGKILL)
    done = finished_trials(out)
    command[-1] = str(done + 2)
    assert run(*command).status == 0
    designs = json.loads((out / "results.json").read_text())["designs"]
    assert [one["trial"] for one in designs] == list(range(len(designs))) and len(designs) >= done + 2


def finished_trials(out: Path) -> int:
    """Trials whose end is in the storage."""
    path = out / FILE
    return 0 if not path.exists() else path.read_text().count('"values":[')


def wait_for(condition: object, seconds: float = 240.0) -> None:
    began = time.monotonic()
    assert callable(condition)
    while not condition():
        assert time.monotonic() - began < seconds
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--trials", "0"), "--trials: the value must be an integer of at least 1, not 0."),
        (("--objective", "luts"), "--objective: the value must be one of latency, "),
        (("--limit", "lut=5"), "--limit: lut must be a share above 0 and at most 1, not '5'."),
        (("--jobs", "0"), "--jobs: the value must be at least 1, not 0."),
        (("--jobs", "1", "--slurm", "cpus=1"), "--jobs, --slurm: one of them must be given, not 2."),
        (("--slurm", "moon=1"), "--slurm: an entry must be KEY=VALUE of jobs, cluster, "),
    ],
)
def test_bad_options_leave_nothing(
    run: Run, model: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    outcome = run("explore", model, "--board", "pynq-z2", "--out", tmp_path / "out", *arguments)
    assert outcome.status == 2 and outcome.stderr.startswith(f"error: {message}")
    assert outcome.stderr.count("\n") == 1 and not (tmp_path / "out").exists()


def test_without_its_extra(run: Run, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    outcome = run("explore", model, "--board", "pynq-z2", "--out", tmp_path / "out")
    assert outcome.status == 2 and not (tmp_path / "out").exists()
    assert outcome.stderr.startswith("error: asn2fpga explore: optuna must be installed, not missing (")
    assert outcome.stderr.endswith("); pip install 'asn2fpga[explore]'.\n")


def test_accuracy_without_labels(run: Run, model: Path, tmp_path: Path) -> None:
    outcome = run("explore", model, "--board", "pynq-z2", "--out", tmp_path / "out", "--trials", "1")
    assert outcome.status == 2 and not (tmp_path / "out").exists()
    assert outcome.stderr == (
        "error: --objective: accuracy needs samples with labels, y (N,) in --data, and there are none; "
        "agreement, with the float network, needs none.\n"
    )


def test_a_cache_that_cannot_be_written(
    run: Run, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "cache"))
    outcome = run("explore", model, "--board", "pynq-z2", "--out", tmp_path / "out", "--objective", "lut")
    assert outcome.status == 2 and not (tmp_path / "out").exists()
    assert outcome.stderr == (
        f"error: {tmp_path}/file/cache: the folder that all workers share must be one that can be written "
        "to, not 'Not a directory'; set ASN2FPGA_CACHE to another one.\n"
    )


def test_another_model_in_the_folder(run: Run, model: Path, data: Path, tmp_path: Path) -> None:
    from e2e_tools import tiny_module

    out = tmp_path / "out"
    with ThreadPoolExecutor(1) as executor:
        asn2fpga.explore(model, "pynq-z2", data, out, "lut", 1, executor=executor, rtl_builds=0)
        state = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
        message = (
            f"--out {out}: an exploration is continued with the same question, and the model and its samples "
        )
        with pytest.raises(
            InputError, match=f"^{re.escape(message)}was another one there; give another --out"
        ):
            other = tiny_module(5)
            asn2fpga.explore(
                other, "pynq-z2", data, out, "lut", 1, executor=executor, rtl_builds=0, input_scale=1 / 255
            )
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == state


def test_bad_arguments_of_python(model: Path, tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"^executor: it must be one of concurrent\.futures, not int; of Dask's "
    ):
        asn2fpga.explore(model, out=tmp_path / "out", executor=3)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^explore: there is no option 'vivado'"):
        asn2fpga.explore(model, out=tmp_path / "out", vivado="x")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_the_front_is_built_and_measured(run: Run, model: Path, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = asn2fpga.explore(
        model, "pynq-z2", data, out, "latency,lut", 6, rtl_builds=2, jobs=1, vectors=40, cocotb_vectors=5
    )
    measured = [design for design in found.results.designs if design.measured is not None]
    assert len(measured) == 2 and any(design.is_default for design in measured)
    for design in measured:
        assert design.measured is not None and design.predicted is not None
        assert design.measured.path_ns is not None and design.measured.accuracy == design.predicted.accuracy
        ratio = design.measured.latency_cycles / design.predicted.latency_cycles
        assert 0.5 < ratio < 2.5
    assert "(" in str(found) and found.best.is_file() and found.plot.is_file()
    outcome = run(
        "build", model, "--board", "pynq-z2", "--data", data, "--config", found.best, "--out", tmp_path / "b",
        "--until", "quantise",
    )  # fmt: skip
    assert outcome.status == 0


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers on loopback, without anything that starts lost ones again."""
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    programs: list[subprocess.Popen[bytes]] = []

    def start(kind: str, *arguments: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--no-dashboard", *arguments]
        with (tmp_path / f"{kind}-{len(programs)}.log").open("wb") as log:
            programs.append(
                subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=log, stderr=subprocess.STDOUT)
            )

    try:
        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        wait_for(file.exists)
        for _ in range(2):
            start("worker", "--scheduler-file", str(file), "--no-nanny", "--nthreads", "1")
        yield json.loads(file.read_text())["address"], programs
    finally:
        for program in programs:
            program.kill()
            program.wait()


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_and_its_scheduler(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], model: Path, data: Path, tmp_path: Path
) -> None:
    address, programs = cluster
    out, ended = tmp_path / "out", []

    class Killing:
        """Ends a worker after the second trial, and the scheduler after the tenth."""

        def began(self, what: str, done: int, total: int) -> None:
            pass

        def ended(self, design: object) -> None:
            ended.append(design)
            if len(ended) == 2:
                programs[1].kill()
            if len(ended) == 10:
                programs[0].kill()
                programs[0].wait()

    with pytest.raises(StoppedError) as caught:
        asn2fpga.explore(
            model, "pynq-z2", data, out, "lut", 40, dask=address, rtl_builds=0, watcher=Killing()
        )
    assert str(caught.value) == (
        f"--dask {address}: the scheduler was lost; what is done is kept; run the same again to continue."
    )
    done = finished_trials(out)
    assert done >= 10 and all(not getattr(design, "reason", "") for design in ended)
    found = asn2fpga.explore(model, "pynq-z2", data, out, "lut", done + 1, jobs=1, rtl_builds=0)
    assert len(found.results.designs) >= done + 1


def test_a_scheduler_that_is_not_there(
    run: Run, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("asn2fpga.workers.dask.CONNECT_SECONDS", 1)
    outcome = run(
        "explore", model, "--board", "pynq-z2", "--out", tmp_path / "out", "--objective", "lut",
        "--dask", "tcp://127.0.0.1:9",
    )  # fmt: skip
    start = "error: --dask tcp://127.0.0.1:9: the scheduler must be one that can be reached, not '"
    assert outcome.status == 2 and outcome.stderr.startswith(start)
    assert outcome.stderr.count("\n") == 1


@pytest.mark.parametrize("address", ["nonsense", "tcp://host", "moon://host:8786", "tcp://host:port"])
def test_an_address_that_is_none(run: Run, model: Path, tmp_path: Path, address: str) -> None:
    pytest.importorskip("distributed")
    command = ("explore", model, "--board", "pynq-z2", "--out", tmp_path / "out", "--objective", "lut")
    outcome = run(*command, "--dask", address)
    gc.collect()  # a client that never was would complain of it when it is deleted
    assert outcome.status == 2
    assert outcome.stderr == (
        f"error: --dask {address}: the address must be that of a scheduler, as `dask scheduler` prints it "
        "(tcp://HOST:8786).\n"
    )
