from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asn2fpga import __version__, errors
from asn2fpga.cli import main
from asn2fpga.cli import main as _main
from asn2fpga.cli.main import COMMANDS
from asn2fpga.cli.parser import make_parser

HEAVY = ("torch", "numpy", "llvmlite", "jinja2", "rich", "sklearn", "hls4ml", "cocotb")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from asn2fpga.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = done.stderr.split()
    assert "asn2fpga.cli.parser" in modules
    assert not set(HEAVY) & set(modules)
    for command in COMMANDS:
        assert command in done.stdout


def test_no_command_prints_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    captured = capsys.readouterr()
    assert captured.out == make_parser().format_help() and captured.err == ""
    assert captured.out.startswith("usage: asn2fpga ")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"asn2fpga {__version__}\n"


def test_every_command_has_a_parser_and_a_module() -> None:
    parser = make_parser()
    (commands,) = (action for action in parser._actions if action.dest == "command")
    assert sorted(commands.choices or ()) == sorted(COMMANDS)


def test_boards_lists_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["boards"]) == 0
    output = capsys.readouterr().out
    assert "pynq-z2" in output and "zcu104" in output and "53,200" in output


def test_boards_shows_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["boards", "zcu104"]) == 0
    output = capsys.readouterr().out
    assert "xczu7ev-ffvc1156-2-e" in output and "xilinx.com:zcu104:part0:1.1" in output
    assert "the whole board; INA226 on the 12 V input; step 12.5 mW" in output


def test_boards_shows_what_is_not_established(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["boards", "ultra96-v2"]) == 0
    assert "programmable logic alone; IRPS5401 (PMBus); step not established" in capsys.readouterr().out
    assert main(["boards", "kv260"]) == 0
    assert "hwmon ina260_u14; step 10 mW" in capsys.readouterr().out


def test_boards_without_a_rail_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["boards", "pynq-z2"]) == 0
    assert "none that the board can read itself" in capsys.readouterr().out


def broken(error: BaseException) -> Any:
    def run(options: object) -> int:
        raise error

    return run


CASES = [
    (errors.InputError("x: y must be z, not w."), 2, "error: x: y must be z, not w.\n"),
    (errors.MismatchError("layer fc1 differs"), 1, "error: layer fc1 differs\n"),
    (errors.ToolError("g++: missing"), 1, "error: g++: missing\n"),
    (KeyboardInterrupt(), 130, "error: boards: interrupted; run the same command again to resume.\n"),
    (
        MemoryError(),
        1,
        "error: boards: the memory of this machine is full; close other programs and run again.\n",
    ),
    (
        PermissionError(errno.EACCES, "Permission denied", "x/y"),
        2,
        "error: x/y: the system refuses it: Permission denied.\n",
    ),
    (
        OSError(errno.EIO, "Input/output error"),
        2,
        "error: boards: the system refuses it: Input/output error.\n",
    ),
    (
        ValueError("two\nlines"),
        1,
        "error: internal error: ValueError: two lines; this is a bug: run with --debug and report it.\n",
    ),
    (
        KeyError(),
        1,
        "error: internal error: KeyError: no message; this is a bug: run with --debug and report it.\n",
    ),
]


@pytest.mark.parametrize(
    ("error", "status", "message"), CASES, ids=[type(error).__name__ for error, *_ in CASES]
)
def test_errors_are_one_message(
    error: BaseException,
    status: int,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("asn2fpga.cli.boards.run", broken(error))
    assert _main(["boards"]) == status
    captured = capsys.readouterr()
    assert captured.err == message and captured.out.strip() == ""


def test_debug_lets_the_error_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asn2fpga.cli.boards.run", broken(ValueError("x")))
    with pytest.raises(ValueError, match="x"):
        main(["boards", "--debug"])


def test_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m asn2fpga boards"
    began = time.monotonic()
    done = subprocess.run(["sh", "-c", f"{command} | true"], capture_output=True, text=True, check=True)
    assert done.stderr == "" and time.monotonic() - began < 30


# Each ends a command at once, or after what it needs first.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "build": ("m.pt", "--board", "pynq-z2"),
    "estimate": ("m.pt",),
    "verify": ("out",),
    "explore": ("m.pt", "--board", "pynq-z2", "--out", "out"),
    "report": ("out",),
    "package": ("out",),
    "energy": ("out",),
    "run": ("out", "--simulated"),
    "boards": (),
    "export-nir": ("out",),
    "doctor": (),
    "train-example": ("digits", "--out", "m.pt"),
    "generate": ("out",),
    "compare": ("m.pt", "--data", "d.npz"),
    "compare-builds": ("a", "b"),
    "conformance": (),
}


def test_every_command_is_tried_below() -> None:
    assert sorted(ARGUMENTS) == sorted(COMMANDS)


@pytest.fixture
def heeded() -> Iterator[None]:
    """Ctrl-C interrupts, as in a terminal: a shell's background jobs start with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_signal_ends_every_command_with_one_sentence(
    command: str, number: signal.Signals, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(name: str) -> Any:
        signal.raise_signal(number)
        raise ImportError("cannot import: what an interrupted extension module says")

    before = signal.getsignal(number)
    monkeypatch.setattr("importlib.import_module", stopped)
    assert main([command, *ARGUMENTS[command]]) == 128 + number
    captured = capsys.readouterr()
    assert captured.err == f"error: {command}: interrupted; run the same command again to resume.\n"
    assert signal.getsignal(number) == before


def test_a_signal_that_other_code_swallows_still_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def swallowing(options: object) -> int:
        try:
            signal.raise_signal(signal.SIGTERM)
        except KeyboardInterrupt:
            raise ImportError("initialisation failed") from None
        return 0

    monkeypatch.setattr("asn2fpga.cli.boards.run", swallowing)
    assert main(["boards"]) == 143
    assert capsys.readouterr().err == "error: boards: interrupted; run the same command again to resume.\n"


def test_a_signal_that_the_caller_ignores_stays_ignored(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = "import os, signal, sys; from asn2fpga.cli import main, boards\n"
        code += "boards.run = lambda options: os.kill(os.getpid(), signal.SIGINT) or 0\n"
        code += "sys.exit(main(['boards']))"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    finally:
        signal.signal(signal.SIGINT, before)


FULL = Path("/dev/full")
needs_full_device = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")


@needs_full_device
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [[], ["boards"], ["boards", "pynq-z2"]], ids=" ".join)
def test_output_that_cannot_be_written(arguments: list[str], unbuffered: str) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "asn2fpga", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )
    assert done.returncode == 2
    assert done.stderr == "error: standard output: the system refuses it: No space left on device.\n"


@needs_full_device
def test_errors_that_cannot_be_written() -> None:
    with FULL.open("w") as full:
        done = subprocess.run([sys.executable, "-m", "asn2fpga", "bords"], stderr=full, check=False)
    assert done.returncode == 2


def test_output_that_is_closed() -> None:
    command = f"{sys.executable} -m asn2fpga boards pynq-z2 >&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("option", ["--out", "--data", "--config", "--vivado"])
def test_a_path_that_is_no_text(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "m.pt", "--board", "pynq-z2", option, "a\udcff"]) == 2
    assert capsys.readouterr().err == (
        f"error: asn2fpga build: argument {option}: the path must be UTF-8, not 'a\\udcff'; "
        "rename the file or folder; see `asn2fpga build --help`.\n"
    )
