"""Wrong command lines: one line on standard error, exit status 2."""

from __future__ import annotations

from pathlib import Path

import numpy as np
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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--all", "--vectors", "3"), "--vectors: with --all every sample is compared; leave --vectors out."),
        (("--all", "--vector", "3"), "--vector: with --all every sample is compared; leave --vector out."),
        (
            ("--all", "--waves"),
            "--waves: with --all every sample is compared; record one by --vector K --waves.",
        ),
        (("--dask", "tcp://x:1"), "--dask: it is for --all, which is not given; add --all."),
        (("--slurm", "cpus=1"), "--slurm: it is for --all, which is not given; add --all."),
    ],
)
def test_verify_all_or_some(run: Run, tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    outcome = run("verify", tmp_path, *options)
    assert outcome.status == 2 and outcome.stderr == f"error: {message}\n"


def test_debug_shows_the_traceback(run: Run, tmp_path: Path) -> None:
    with pytest.raises(asn2fpga.errors.InputError):
        run("report", tmp_path, "--debug")
    with pytest.raises(asn2fpga.errors.InputError):
        run("--debug", "report", tmp_path)


@pytest.mark.parametrize("names", [(), ("images",), ("y",)])
def test_data_without_samples_leaves_nothing(
    run: Run, model: Path, tmp_path: Path, names: tuple[str, ...]
) -> None:
    np.savez(tmp_path / "d.npz", **dict.fromkeys(names, np.zeros(4, int)))  # type: ignore[arg-type]
    out = tmp_path / "build" / "out"
    outcome = run("build", model, "--board", "pynq-z2", "--out", out, "--data", tmp_path / "d.npz")
    assert outcome.status == 2 and outcome.stdout == "" and not out.parent.exists()
    found = ", ".join(names) or "nothing"
    expected = f"error: {tmp_path / 'd.npz'}: the data file must hold an array 'x', not only {found}.\n"
    assert outcome.stderr == expected


@pytest.mark.parametrize("option", ["--weight-bits", "--lanes"])
def test_a_layer_given_twice_leaves_nothing(run: Run, model: Path, tmp_path: Path, option: str) -> None:
    out = tmp_path / "build" / "out"
    outcome = run("build", model, "--board", "pynq-z2", "--out", out, option, "a=4,b=8,a=4")
    assert outcome.status == 2 and not out.parent.exists()
    assert outcome.stderr == f"error: {option}: layer 'a' must be given once, not 2 times.\n"
