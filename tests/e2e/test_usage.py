"""Wrong command lines: one line on standard error, exit status 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from e2e_tools import Run

import asn2fpga


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("make",), "error: asn2fpga: argument COMMAND: invalid choice: 'make' "),
        (("build",), "error: asn2fpga build: the following arguments are required: MODEL, --board; "),
        (("boards", "x"), "error: --board x: the board must be one of aup-zu3, kv260, pynq-z1, "),
        (
            ("train-example", "digits"),
            "error: asn2fpga train-example: the following arguments are required: --out",
        ),
        (
            ("train-example", "cats", "--out", "c.pt"),
            "error: train-example: the data set must be digits, mnist",
        ),
        (
            ("train-example", "mnist", "--out", "m.pt"),
            "error: train-example: mnist must be given a file, not none; --data",
        ),
        (
            ("train-example", "digits", "--out", "m.pt", "--hidden", "a"),
            "error: --hidden: the value must be sizes like 256,64, not 'a'.\n",
        ),
    ],
)
def test_usage(run: Run, arguments: tuple[str, ...], message: str) -> None:
    outcome = run(*arguments)
    assert outcome.status == 2 and outcome.stdout == ""
    assert outcome.stderr.startswith(message)
    assert outcome.stderr.count("\n") == 1


def test_debug_shows_the_traceback(run: Run, tmp_path: Path) -> None:
    with pytest.raises(asn2fpga.errors.InputError):
        run("report", tmp_path, "--debug")
    with pytest.raises(asn2fpga.errors.InputError):
        run("--debug", "report", tmp_path)
