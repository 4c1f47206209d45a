"""The whole main job on a tiny network with no vendor tool, and what may happen to a build afterwards."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from e2e_tools import CLASSES, PIXELS, Run
from typed_values import differences

from asn2fpga.cli import main
from asn2fpga.figures.every import AllFigures
from asn2fpga.report.content import Report
from asn2fpga.stages.manifest import read_manifest

SAMPLES = 30
OPTIONS = ("--vectors", "60", "--cocotb-vectors", "12", "--seed", "3")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Samples with labels."""
    random = np.random.default_rng(2)
    path = tmp_path_factory.mktemp("data") / "d.npz"
    x = random.integers(0, 256, (SAMPLES, PIXELS), dtype=np.uint8)
    np.savez(path, x=x, y=random.integers(0, CLASSES, SAMPLES))
    return path


@pytest.fixture(scope="module")
def built(model_file: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete build; not to be changed."""
    out = tmp_path_factory.mktemp("built") / "tiny"
    arguments = ["build", model_file, "--board", "pynq-z2", "--data", data, "--out", out, *OPTIONS]
    assert main([str(argument) for argument in arguments]) == 0
    return out


@dataclass(frozen=True)
class Elsewhere:
    """A build and what it printed on stderr."""

    out: Path
    stderr: str


@pytest.fixture
def build(built: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoiled."""
    return Path(shutil.copytree(built, tmp_path / "tiny"))


def report_of(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


def test_every_stage_passes_but_those_of_the_vendor(built: Path) -> None:
    statuses = {name: stage["status"] for name, stage in report_of(built)["stages"].items()}
    assert statuses == {
        "load": "passed",
        "quantise": "passed",
        "golden": "passed",
        "codegen": "passed",
        "csim": "passed",
        "hls": "passed",
        "cosim": "passed",
        "synth": "passed",
        "bitstream": "skipped",
        "package": "passed",
    }


def test_figures_and_report_are_what_their_types_say(built: Path) -> None:
    assert differences(AllFigures, read_manifest(built).figures(), "figures") == []
    assert differences(Report, report_of(built), "report") == []


def test_skipped_stages_say_why_and_how_to_go_on(built: Path) -> None:
    stages = report_of(built)["stages"]
    assert stages["bitstream"]["reason"] == (
        "Vivado is not here (sought on PATH, by ASN2FPGA_VIVADO and --vivado); the plan is complete: run "
        "bash <out>/vivado/run.sh where it is, put the results back, "
        "then: asn2fpga build --resume --out <out>"
    )
    assert stages["package"]["summary"] == (
        "deploy/tiny-pynq-z2.zip, WITHOUT a bitstream, so not yet for a board"
    )
    assert (built / "vivado" / "run.sh").is_file() and (built / "vivado" / "build.tcl").is_file()


def without_seconds(path: Path) -> str:
    """A file's text; of a report without what was measured in seconds."""
    text = path.read_bytes().decode("latin-1")
    if path.name == "report.json":
        text = re.sub(r'"seconds": [\d.]+', "", text)
    return re.sub(r"<td[^>]*>[\d.]+ s</td>", "", text) if path.name == "report.html" else text


def products_of(folder: Path) -> dict[str, str]:
    """Everything a user takes from a build, by path."""
    parts = ("hls", "rtl", "vivado", "deploy", "report.json", "report.html", "graph.txt")
    paths = [
        path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder).parts[0] in parts
    ]
    return {
        str(path.relative_to(folder)): without_seconds(path) for path in paths if "work" not in path.parts
    }


@pytest.fixture(scope="module")
def elsewhere(model_file: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    """The same build again, into a folder named relative to the one that it is started in."""
    folder = tmp_path_factory.mktemp("elsewhere")
    arguments = ["build", model_file, "--board", "pynq-z2", "--data", data, "--out", "o", *OPTIONS]
    with contextlib.chdir(folder), redirect_stderr(StringIO()) as errors:
        assert main([str(argument) for argument in arguments]) == 0
    return Elsewhere(folder / "o", errors.getvalue())


def test_a_build_made_elsewhere_is_the_same(built: Path, elsewhere: Elsewhere) -> None:
    assert "asn2fpga build --resume --out o\n" in elsewhere.stderr
    here, there = products_of(built), products_of(elsewhere.out)
    assert sorted(here) == sorted(there) and len(here) > 30
    assert [path for path in here if here[path] != there[path]] == []
    for path, text in there.items():
        assert str(elsewhere.out.parent) not in text and str(built) not in text, path


def test_same_input_gives_the_same_bytes(built: Path, elsewhere: Elsewhere) -> None:
    compared = 0
    for folder in ("hls", "rtl", "state"):
        for path in sorted((built / folder).rglob("*")):
            if path.is_file() and "work" not in path.relative_to(built).parts:
                assert (elsewhere.out / path.relative_to(built)).read_bytes() == path.read_bytes(), path
                compared += 1
    assert compared > 20


def test_folder_is_as_documented(built: Path) -> None:
    names = {path.name for path in built.iterdir()}
    expected = {
        "manifest.json",
        "graph.txt",
        "hls",
        "rtl",
        "sim",
        "vivado",
        "deploy",
        "logs",
        "report.json",
        "report.html",
        "config.toml",
    }
    assert expected <= names


def test_nothing_differs(built: Path) -> None:
    report = report_of(built)
    assert report["csim"]["vectors"] == 60 and report["csim"]["mismatches"] == 0
    assert report["csim"]["xilinx"]["vectors"] == 20
    assert report["cosim"]["vectors"] == 60 and report["cosim"]["mismatches"] == 0
    assert report["cosim"]["cocotb"]["vectors"] == 12 and report["cosim"]["cocotb"]["mismatches"] == 0
    assert report["cosim"]["spikes_compared"] > 60 * CLASSES


def test_hardware_keeps_to_the_bound(built: Path) -> None:
    report = report_of(built)
    for layer in report["layers"]:
        assert 0 < layer["lower_bound_cycles"] <= layer["cycles_per_inference"], layer["name"]
        assert layer["cycles_per_inference"] <= 1.2 * layer["lower_bound_cycles"] + 40, layer["name"]
    bound = max(layer["lower_bound_cycles"] for layer in report["layers"])
    cosim = report["cosim"]
    assert cosim["interval_bound_cycles"] == bound <= cosim["interval_cycles"]
    assert cosim["interval_cycles"] <= 1.2 * cosim["interval_bound_cycles"] + 40


def test_operations_are_counted_as_what_they_are(built: Path) -> None:
    report = report_of(built)
    first, last = report["layers"][1], report["layers"][-1]
    assert first["synops_per_inference"] is None  # it reads pixels
    assert report["synops_per_inference"] == last["synops_per_inference"] > 0
    total = sum(layer["accumulates_per_inference"] for layer in report["layers"])
    assert report["accumulates_per_inference"] == total
    assert report["skipped_share"] == 1 - total / report["dense_macs_per_inference"]
    energy = report["energy"]
    assert energy["uj_per_inference"] == energy["dynamic_uj"] + energy["static_uj"]


@pytest.mark.slow
def test_the_order_of_rows_changes_no_figure(
    run: Run, built: Path, model_file: Path, data: Path, tmp_path: Path
) -> None:
    with np.load(data) as archive:
        order = np.random.default_rng(9).permutation(SAMPLES)
        np.savez(tmp_path / "other.npz", x=archive["x"][order], y=archive["y"][order])
    out = tmp_path / "o"
    options = ("--data", tmp_path / "other.npz", "--out", out, "--until", "cosim", *OPTIONS)
    assert run("build", model_file, "--board", "pynq-z2", *options).status == 0
    first, second = report_of(built), report_of(out)
    assert first["cosim"]["latency_cycles"]["simulated"] == SAMPLES
    for key in ("accuracy", "cosim", "csim", "layers", "folding", "quantise", "warnings"):
        assert first[key] == second[key], key
    assert (built / "config.toml").read_bytes() == (out / "config.toml").read_bytes()


def test_report_command(run: Run, built: Path) -> None:
    tables = run("report", built)
    assert tables.status == 0 and "RTL simulation" in tables.stdout
    as_json = run("report", built, "--json")
    assert as_json.status == 0 and json.loads(as_json.stdout) == report_of(built)


def finished_stages(build: Path) -> dict[str, object]:
    """Manifest entries of the stages that did not skip their work."""
    stages = json.loads((build / "manifest.json").read_text())["stages"]
    return {name: entry for name, entry in stages.items() if entry["status"] != "skipped"}


def test_unchanged_build_runs_only_what_was_skipped(
    run: Run, build: Path, model_file: Path, data: Path
) -> None:
    before = finished_stages(build)
    outcome = run("build", model_file, "--board", "pynq-z2", "--data", data, "--out", build, *OPTIONS)
    assert outcome.status == 0
    assert outcome.stderr.count("(unchanged, not run again)") == 9 == len(before)
    assert "skipped bitstream" in outcome.stderr
    assert finished_stages(build) == before


def test_verify_runs_the_comparisons_again(run: Run, built: Path) -> None:
    outcome = run("verify", built, "--vectors", "20")
    assert outcome.status == 0, outcome.stderr
    assert re.fullmatch(
        r"float reference with the same weights: 30 samples, equal\n"
        r"C simulation: 20 vectors \(20 with Xilinx's types too\), \d+ values compared, 0 mismatches\n"
        r"RTL simulation: 20 vectors \(12 of them under cocotb too\), \d+ spikes compared, 0 mismatches\n"
        r"accelerator: 12 vectors, scores, registers and counters compared, 0 mismatches\n",
        outcome.stdout,
    )


def test_verify_one_vector_of_one_layer(run: Run, built: Path) -> None:
    layer = report_of(built)["layers"][1]["name"]
    outcome = run("verify", built, "--vector", "7", "--layer", layer)
    assert outcome.status == 0, outcome.stderr
    assert "C simulation: 1 vectors (1 with Xilinx's types too)" in outcome.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--vector", "-1"), "--vector: the value must be at least 0, not -1."),
        (("--vectors", "0"), "--vectors: the value must be an integer in 1..1000000, not 0."),
        (("--jobs", "0"), "--jobs: the value must be at least 1, not 0."),
        (("--vector", "1", "--vectors", "2"), "--vector, --vectors: one of them must be given, not both."),
        (("--layer", "nose"), "--layer nose: the layer must be one of encode, "),
    ],
)
def test_verify_refuses(run: Run, built: Path, options: tuple[str, ...], message: str) -> None:
    outcome = run("verify", built, *options)
    assert outcome.status == 2 and outcome.stderr.startswith(f"error: {message}")


def test_every_sample_is_verified_by_processes(run: Run, built: Path) -> None:
    outcome = run("verify", built, "--all", "--jobs", "1")
    assert outcome.status == 0 and "all 30 samples in 8 parts" in outcome.stdout


CONTRACT = (
    r"error: layer \w+, vector (\d+), time step \d+, neuron \d+: expected -?\d+, got -?\d+; "
    r"rerun with: asn2fpga verify {build} --vector \1 --layer \w+\n"
)


def test_wrong_rtl_is_found_and_named(run: Run, build: Path) -> None:
    """A weight in a memory of the RTL is changed: C simulation agrees, the RTL does not."""
    memories = sorted((build / "rtl").glob("*weights*.mem")) or sorted((build / "rtl").glob("*.mem"))
    for memory in memories:
        memory.write_text("\n".join("0" * len(line) for line in memory.read_text().splitlines()) + "\n")
    outcome = run("verify", build)
    assert outcome.status == 1
    assert re.fullmatch(CONTRACT.format(build=re.escape(str(build))), outcome.stderr), outcome.stderr
    assert "C simulation: 60 vectors (20 with Xilinx's types too)" in outcome.stdout


def test_wrong_cpp_is_found_and_its_line_shows_it_again(run: Run, build: Path) -> None:
    kernel = build / "hls" / "kernels" / "synapses" / "dense.h"
    spoiled = kernel.read_text().replace("SUM(sum + product)", "SUM(sum - product)")
    assert spoiled != kernel.read_text()
    kernel.write_text(spoiled)
    outcome = run("verify", build)
    assert outcome.status == 1
    assert re.fullmatch(CONTRACT.format(build=re.escape(str(build))), outcome.stderr), outcome.stderr
    again = outcome.stderr.split("rerun with: asn2fpga ")[1].split()
    assert run(*again).stderr == outcome.stderr


def test_a_difference_with_the_types_of_xilinx_alone_says_so(run: Run, build: Path) -> None:
    kernel = build / "hls" / "kernels" / "synapses" / "dense.h"
    right = "  return P::shift == 0 ?"
    wrong = "#ifndef ASN_NATIVE_SIMULATION\n  return SUM(sum + product + 1);\n#endif\n"
    assert right in kernel.read_text()
    kernel.write_text(kernel.read_text().replace(right, wrong + right))
    outcome = run("verify", build)
    assert outcome.status == 1
    assert outcome.stderr.startswith("error: with Xilinx's integer types: layer "), outcome.stderr


def test_all_samples_are_simulated_in_cpp(run: Run, model_file: Path, tmp_path: Path) -> None:
    random, samples = np.random.default_rng(4), 1030
    np.savez(tmp_path / "d.npz", x=random.integers(0, 256, (samples, PIXELS), dtype=np.uint8))
    options = ("--data", tmp_path / "d.npz", "--out", tmp_path / "o", "--until", "csim")
    assert run("build", model_file, "--board", "pynq-z2", *options).status == 0
    csim = report_of(tmp_path / "o")["csim"]
    assert (csim["vectors"], csim["mismatches"], csim["compiler"]) == (samples, 0, "clang of ziglang")
    assert csim["values_compared"] == samples * csim["xilinx"]["values_compared"] / 20


def source_of(build: Path) -> Path:
    """The network's C++, not its test bench."""
    (source,) = (path for path in (build / "hls").glob("*.cpp") if not path.stem.endswith("_test"))
    return source


def test_build_repairs_what_was_changed_by_hand(run: Run, build: Path, model_file: Path, data: Path) -> None:
    source = source_of(build)
    text = source.read_text()
    source.write_text(text + "// edited\n")
    outcome = run(
        *("build", model_file, "--board", "pynq-z2", "--data", data, "--out", build, *OPTIONS),
        *("--until", "codegen"),
    )
    assert outcome.status == 0 and source.read_text() == text


def test_interrupted_build_resumes(model_file: Path, tmp_path: Path) -> None:
    """Ctrl-C while the compiler runs: one sentence, exit status 130, and the next call goes on from there."""
    out = tmp_path / "tiny"
    command = [
        sys.executable,
        "-m",
        "asn2fpga",
        "build",
        str(model_file),
        "--board",
        "pynq-z2",
        "--out",
        str(out),
    ]
    with subprocess.Popen([*command, "--until", "csim"], stderr=subprocess.PIPE, text=True) as process:
        wait_for(out, "golden", "codegen")
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == (
        f"error: {out}: interrupted in stage csim; load, quantise, golden, codegen are kept; "
        "run the same command again to resume."
    )
    again = subprocess.run([*command, "--until", "codegen"], capture_output=True, text=True, check=True)
    assert again.stderr.count("(unchanged, not run again)") == 4


def wait_for(out: Path, *stages: str) -> None:
    """Until the manifest holds the stages."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        manifest = out / "manifest.json"
        if manifest.is_file() and json.loads(manifest.read_text())["stages"].keys() >= set(stages):
            return
        time.sleep(0.02)
    raise TimeoutError(str(stages))
