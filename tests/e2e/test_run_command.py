"""`asn2fpga run --host`: through a real sshd to a board that is a model in Python."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from board_tools import FAKE
from e2e_tools import CLASSES, PIXELS, Run
from local_sshd import Server, free_port, local_sshd
from needs import need

from asn2fpga.api.deploy import keep
from asn2fpga.board.selftest_run import SelfTest
from asn2fpga.cli import main
from asn2fpga.golden.simulate import simulate
from asn2fpga.report.measurements import NUMBERS
from asn2fpga.resources import PACKAGE_DIR
from asn2fpga.stages.board_run import board_figures
from asn2fpga.stages.folder import load_graph

Connect = Callable[..., Server]
PYTHON = ["--python", sys.executable]
LOCAL = "127.0.0.1"


@pytest.fixture(scope="module")
def built(model_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with a package, and beside it the package unpacked for the fake board to read."""
    out = tmp_path_factory.mktemp("built") / "tiny"
    arguments = ["build", model_file, "--board", "zcu104", "--out", out, "--until", "golden"]
    assert main([str(argument) for argument in arguments]) == 0
    assert main(["package", str(out)]) == 0
    zipfile.ZipFile(out / "deploy" / "tiny-zcu104.zip").extractall(out.parent / "package")
    return out


@pytest.fixture
def build(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "tiny"))


@pytest.fixture
def connect(built: Path, tmp_path: Path) -> Iterator[Connect]:
    """`connect("wrong score", BOARD="ZCU104")`: an sshd whose sessions see a board with these faults."""
    with ExitStack() as servers:

        def call(*faults: str, **environment: str) -> Server:
            plain = {"graph": str(built / "state" / "integer"), "package": str(built.parent / "package")}
            (tmp_path / "board.json").write_text(json.dumps({**plain, "faults": faults}))
            everywhere = {
                "PYTHONPATH": os.pathsep.join([str(FAKE), str(PACKAGE_DIR.parent)]),
                "FAKE_BOARD": str(tmp_path / "board.json"),
                "FAKE_BOARD_SIMULATED": "a model in Python",
                "PYTHONDONTWRITEBYTECODE": "1",
            }
            return servers.enter_context(local_sshd(tmp_path / "sshd", {**everywhere, **environment}))

        yield call


def nothing_is_left(build: Path) -> bool:
    """Whether the folder that was made on the board has gone again."""
    made = re.search(r"/tmp/asn2fpga-run-\w+", (build / "logs" / "board-connect.log").read_text())
    return made is None or not Path(made[0]).exists()


def board_run_of(build: Path) -> Any:
    return json.loads((build / "report.json").read_text())["board_run"]


def test_vectors(build: Path, connect: Connect, run: Run) -> None:
    done = run("run", build, *connect().options, *PYTHON)
    assert (done.status, done.stderr) == (0, "") and nothing_is_left(build)
    assert done.stdout.splitlines()[-4:] == [
        "SIMULATED BOARD: a model in Python. Cycles are counted in it; wall-clock times would mean nothing.",
        "vectors     200, all scores equal to the golden model",
        "core        123 cycles (123 to 123) = 0.61 us per inference (registers, one inference at a time)",
        f"Report: {build}/report.html",
    ]
    found = board_run_of(build)
    assert (found["host"], found["board"], found["simulated"]) == (LOCAL, "zcu104", "a model in Python")
    assert (found["vectors"], found["mismatches"], found["core_us"]) == (200, 0, 0.615)
    report = json.loads((build / "report.json").read_text())
    assert report["sources"]["board_run"] == (
        "selftest.py of the package on simulated board (a model in Python), not on hardware; "
        "scores compared with golden, exactly."
    )
    assert "simulated board (a model in Python)" in (build / "report.html").read_text()
    assert "simulated board: accelerator latency" in run("report", build).stdout


def test_data(build: Path, connect: Connect, run: Run) -> None:
    random = np.random.default_rng(4)
    x = random.integers(0, 256, (30, PIXELS), dtype=np.uint8)
    scores = simulate(load_graph(build / "state" / "integer"), x).scores
    y = (scores.argmax(axis=1) + (np.arange(30) < 6)) % CLASSES
    data = build.parent / "with space's.npz"
    np.savez(data, x=x, y=y)
    done = run("run", build, *connect().options, *PYTHON, "--vectors", 5, "--data", data)
    assert done.status == 0, done.stderr
    assert "data        30 inferences, accuracy 80.00 %" in done.stdout
    assert board_run_of(build)["data"] == {"samples": 30, "accuracy": 0.8, "mismatches": 0}
    assert board_run_of(build)["vectors"] == 5
    with np.load(build / "deploy" / "results" / "scores.npz") as archive:
        assert np.array_equal(archive["scores"], scores)


def test_a_wrong_score_on_the_board(build: Path, connect: Connect, run: Run) -> None:
    done = run("run", build, *connect("wrong score").options, *PYTHON, "--vectors", 3)
    assert done.status == 1 and "vectors     3 of 3 WRONG" in done.stdout
    assert done.stderr.startswith(
        f"error: {LOCAL}: the scores must equal the golden model, not differ for 3 of 3 vectors "
        "(vector 0, class 0: expected "
    )
    assert board_run_of(build)["mismatches"] == 3


def test_a_wrong_score_in_data(build: Path, connect: Connect, run: Run) -> None:
    """The board knows no golden scores of --data; this side does."""
    np.savez(build.parent / "d.npz", x=np.full((4, PIXELS), 9, np.uint8))
    server = connect("wrong score after 6")
    done = run("run", build, *server.options, *PYTHON, "--vectors", 3, "--data", build.parent / "d.npz")
    assert (done.status, done.stderr) == (
        1,
        f"error: {LOCAL}: the scores must equal the golden model, not differ for 3 of 4 inferences of "
        "--data.\n",
    )


def test_it_goes_when_the_package_changes(build: Path, connect: Connect, run: Run) -> None:
    assert run("run", build, *connect().options, *PYTHON).status == 0
    run("package", build)
    assert board_run_of(build)["vectors"] == 200  # the same package, made again
    (build / "vivado").mkdir()
    for suffix in ("bit", "hwh"):
        (build / "vivado" / f"tiny.{suffix}").touch()
    run("package", build)
    assert board_run_of(build) is None


def test_energy_that_was_measured_comes_into_the_report(build: Path) -> None:
    """What `run --power` does with the figures of a board that has sensors."""
    numbers = dict.fromkeys(NUMBERS, 2.5)
    entries = [
        {"source": source, "scope": "pl", "method": "m.", **numbers} for source in ("simulated", "measured")
    ]
    figures = {"board": "zcu104", "vectors": 3, "mismatches": 0, "energy": entries}
    result = SelfTest(figures, "", None, 1.0)
    keep(build, board_figures("pynq", result, load_graph(build / "state" / "integer"), None), result)
    report = json.loads((build / "report.json").read_text())
    assert report["board_run"]["host"] == "pynq"
    assert (report["energy"]["source"], report["energy"]["uj_per_inference"]) == ("measured", 2.5)
    assert len(list((build / "measurements").iterdir())) == 1


# ---- what may go wrong -----------------------------------------------------------------------------------


def failed(run: Run, build: Path, server: Server, *options: object) -> str:
    """The message without `error: 127.0.0.1: `; exit status 1, and the report as it was."""
    before = (build / "report.json").read_bytes()
    done = run("run", build, *server.options, *PYTHON, *options)
    assert done.status == 1 and (build / "report.json").read_bytes() == before
    assert done.stderr.startswith(f"error: {LOCAL}: ") and done.stderr.count("\n") <= 8
    assert nothing_is_left(build)
    return done.stderr.removeprefix(f"error: {LOCAL}: ")


def test_host_unreachable(build: Path, tmp_path: Path, connect: Connect, run: Run) -> None:
    server = Server(free_port(), connect().folder)
    assert failed(run, build, server) == (
        "cannot be reached over ssh (ssh: connect to host 127.0.0.1 port "
        f"{server.port}: Connection refused); check that it is on, in the network, and that its ssh server "
        "runs.\n"
    )


def test_host_unknown(build: Path, run: Run) -> None:
    need("ssh")
    done = run("run", build, "--host", "xilinx@no-such-board.invalid")
    assert done.status == 1
    assert done.stderr.startswith(
        "error: no-such-board.invalid: cannot be reached over ssh (ssh: Could not "
        "resolve hostname no-such-board.invalid: "
    )
    assert done.stderr.endswith("; check the name.\n")


def test_key_refused(build: Path, connect: Connect, run: Run) -> None:
    server = connect()
    (server.folder / "authorized_keys").write_text((server.folder / "other_key.pub").read_text())
    assert failed(run, build, server).endswith(
        "Permission denied (publickey)); put your key there first (ssh-copy-id), or name one with "
        "--identity.\n"
    )
    identity = ["--identity", server.folder / "other_key"]
    assert run("run", build, *server.options, *PYTHON, *identity, "--vectors", 2).status == 0


def test_host_key_unknown(build: Path, connect: Connect, run: Run) -> None:
    server = connect()
    (server.folder / "known_hosts").write_text("")
    assert failed(run, build, server) == (
        "cannot be reached over ssh (Host key verification failed); connect once by hand "
        "with ssh and accept its key.\n"
    )


def test_no_pynq(build: Path, connect: Connect, run: Run) -> None:
    server = connect(PYTHONPATH=str(PACKAGE_DIR.parent))
    assert failed(run, build, server) == (
        "pynq: this Python does not have it (No module named 'pynq'); on a PYNQ image run with root "
        "rights: sudo /usr/local/share/pynq-venv/bin/python3\n"
    )


def test_no_python(build: Path, connect: Connect, run: Run) -> None:
    message = failed(run, build, connect(), "--python", "/no/such python")
    assert message.startswith(
        "the self test did not begin (status 127); is there a Python with pynq (--python, --sudo)?\n"
    )
    assert "/no/such python: No such file or directory" in message


def test_another_board(build: Path, connect: Connect, run: Run) -> None:
    assert failed(run, build, connect(FAKE_BOARD_SIMULATED="", BOARD="Pynq-Z2")) == (
        "board: it must be a zcu104, not a Pynq-Z2; build for this board, or unset BOARD if its name is "
        "wrong.\n"
    )


def test_no_bitstream_for_a_real_board(build: Path, connect: Connect, run: Run) -> None:
    assert ": the package has no tiny.bit; it was made without a bitstream: " in (
        failed(run, build, connect(FAKE_BOARD_SIMULATED="", BOARD="ZCU104"))
    )


def test_device_does_not_answer(build: Path, connect: Connect, run: Run) -> None:
    assert failed(run, build, connect("dropped last"), "--vectors", 2).startswith(
        "accelerator: no scores came for a message (an error was flagged); 0 of 2 "
        "inferences done; errors: missing last; core: draining; "
    )


def test_connection_lost(build: Path, connect: Connect, tmp_path: Path, run: Run) -> None:
    python = tmp_path / "python that cuts the line"
    python.write_text(
        f'#!/bin/bash\nif [[ $1 == -m ]]; then exec {sys.executable} "$@"; fi\npid=$$\n'
        "while [[ $(< /proc/$pid/comm) != sshd ]]; do\n"
        "  pid=$(awk '/^PPid/ {print $2}' /proc/$pid/status)\n"
        "done\n"
        "kill -9 $pid\n"
    )
    python.chmod(0o755)
    message = failed(run, build, connect(), "--python", python)
    assert message.startswith("the connection broke before the self test ended (")
    assert message.endswith("; run the same command again.\n")


def test_takes_too_long(build: Path, connect: Connect, tmp_path: Path, run: Run) -> None:
    python = tmp_path / "slow"
    python.write_text(f'#!/bin/bash\nif [[ $1 == -m ]]; then exec {sys.executable} "$@"; fi\nexec sleep 5\n')
    python.chmod(0o755)
    done = run("run", build, *connect().options, "--python", python, "--timeout", 0.5)
    assert done.status == 1
    assert done.stderr.startswith("error: ssh: run must end within 0.5 s, not later; it was stopped.")


WRONG = [
    (
        ["--host", "-oProxyCommand=touch x"],
        "--host: the value must be a plain name or address, not '-oProxyCommand=touch x'.",
    ),
    (["--host", "a", "--user", "b;c"], "--user: the value must be a plain name or address, not 'b;c'."),
    (["--host", "a", "--port", "0"], "--port: the value must be 1..65535, not 0."),
    (["--host", "a", "--identity", "/no/key"], "--identity /no/key: no such file."),
    (
        ["--host", "a", "--simulated"],
        "--host, --simulated: one of them must be given, not both or none.",
    ),
    ([], "--host, --simulated: one of them must be given, not both or none."),
    (
        ["--host", "a", "--data", "/no/data"],
        "/no/data: the data file must exist; there is no such file.",
    ),
]


@pytest.mark.parametrize(("options", "message"), WRONG)
def test_wrong_options(build: Path, run: Run, options: list[str], message: str) -> None:
    done = run("run", build, *options)
    assert (done.status, done.stderr) == (2, f"error: {message}\n")


def test_no_package(build: Path, run: Run) -> None:
    (build / "deploy" / "tiny-zcu104.zip").write_bytes(b"other")
    done = run("run", build, "--host", "a")
    assert (done.status, done.stderr) == (
        2,
        f"error: {build}: the package must be there as it was made, not changed since; "
        f"run `asn2fpga package {build}`.\n",
    )
