"""asn2fpga.build, open, and what a Build answers: as a user of a notebook calls them."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from e2e_tools import CLASSES, PIXELS, Run, tiny_module
from wave_tools import WaveFile

import asn2fpga
from asn2fpga.errors import InputError, MismatchError
from asn2fpga.report import record

SAMPLES = 30


@pytest.fixture(scope="module")
def samples() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    x = random.integers(0, 256, (SAMPLES, PIXELS), dtype=np.uint8)
    return x, random.integers(0, CLASSES, SAMPLES)


@pytest.fixture(scope="module")
def built(samples: tuple[np.ndarray, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> asn2fpga.Build:
    """Of a module and of arrays, up to the RTL; not to be changed."""
    out = tmp_path_factory.mktemp("api") / "tiny"
    return asn2fpga.build(
        tiny_module(),
        data=samples,
        out=out,
        until="hls",
        calibration=samples[0],
        input_scale=1 / 255,
        vectors=40,
        cocotb_vectors=4,
        weight_bits={"layer_0": 6},
        quiet=True,
    )


def test_at_most_ten_names_stand_at_the_top_and_importing_them_is_quick() -> None:
    assert len(set(asn2fpga.__all__) - {"__version__"}) <= 10
    assert set(asn2fpga.__all__) <= set(dir(asn2fpga))
    script = "import sys, asn2fpga; print([m for m in ('torch', 'numpy', 'rich') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
    with pytest.raises(AttributeError, match=r"^module 'asn2fpga' has no attribute 'biuld'$"):
        asn2fpga.biuld  # noqa: B018


def test_the_report_has_the_names_of_report_json(built: asn2fpga.Build) -> None:
    report = built.report
    assert (report.csim.mismatches, report.csim.vectors, report.cosim.mismatches) == (0, 40, None)
    assert report.model.time_steps == 1 and report.config["weight_bits"] == {"layer_0": 6}
    assert report.layers[1].name == "layer_0" and report.layers[1].weight_bits == 6
    assert report.stages["synth"].status == "skipped" and not report.complete
    assert isinstance(report.energy, record.EstimatedEnergy)
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.cosim.vectors = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        report.stages["synth"] = report.stages["hls"]  # type: ignore[index]


def test_golden_cpp_and_rtl_are_one_kind_of_trace_and_equal(built: asn2fpga.Build) -> None:
    golden, cpp, rtl = built.golden(), built.cpp(), built.rtl()
    assert len(golden) == len(cpp) == len(rtl) == SAMPLES
    for found in (cpp, rtl):
        comparison = built.compare(golden, found)
        assert (
            comparison
            and comparison.values == sum(c.size for c in golden.counts.values()) + golden.scores.size
        )
    assert golden.latency_cycles is None and rtl.latency_cycles is not None
    assert int(rtl.latency_cycles.min()) > 5


def test_spikes_have_places_counts_and_cycles(
    built: asn2fpga.Build, samples: tuple[np.ndarray, np.ndarray]
) -> None:
    x = samples[0][:5]
    golden, rtl = built.golden(x), built.rtl(torch.tensor(x))
    for layer in golden.layers:
        want, have = golden.spikes(layer), rtl.spikes(layer)
        assert want.cycle is None and have.cycle is not None and len(want) == len(have) > 0
        for name in ("vector", "step", "neuron", "count"):
            assert np.array_equal(getattr(want, name), getattr(have, name))
        assert rtl.latency_cycles is not None
        assert (have.cycle >= 0).all() and (have.cycle < rtl.latency_cycles[have.vector]).all()
        one = have.cycle[have.vector == 3]
        assert (np.diff(one) >= 0).all()  # events are sent by address
    pixels = golden.spikes("encode")
    assert np.array_equal(pixels.count, x[x > 0]) and pixels.position.shape == (len(pixels), 1)


def test_changed_rtl_is_noticed(built: asn2fpga.Build, tmp_path: Path) -> None:
    shutil.copytree(built.path / "rtl", tmp_path / "rtl")
    rom = next((tmp_path / "rtl").glob("*weights*.mem"))
    lines = rom.read_text().splitlines()
    rom.write_text("\n".join(f"{int(line, 16) ^ 1:0{len(line)}x}" for line in lines) + "\n")
    found = built.compare(built.golden(), built.rtl(rtl=tmp_path / "rtl"))
    assert not found and found.difference.startswith("layer ")
    with pytest.raises(InputError, match="the folder must be a copy of rtl/"):
        built.rtl(rtl=tmp_path)


class Losing(ThreadPoolExecutor):
    """Its first worker is lost."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(fn, *args, **kwargs)
        if self.__dict__.setdefault("lost", future) is future:
            future = Future()
            future.set_exception(ConnectionResetError("gone"))
        return future


def test_every_sample_goes_through_the_rtl_in_parts(built: asn2fpga.Build) -> None:
    with Losing(1) as executor:
        (found,) = built.verify(executor=executor)
    assert (found.what, found.vectors) == ("rtl", SAMPLES)
    assert re.fullmatch(
        r"RTL simulation: all 30 samples in 8 parts, [\d,]+ spikes compared, 0 mismatches", found.text
    )
    assert not list((built.path / "sim").glob("part-*"))


def test_the_first_difference_ends_it(built: asn2fpga.Build, tmp_path: Path) -> None:
    shutil.copytree(built.path, tmp_path / "copy")
    for rom in (tmp_path / "copy" / "rtl").glob("*weights*.mem"):
        rom.write_text("\n".join("0" * len(line) for line in rom.read_text().splitlines()) + "\n")
    place = re.escape(str(tmp_path / "copy"))
    message = (
        r"^layer \w+, vector (\d+), time step \d+, neuron \d+: expected -?\d+, got -?\d+; "
        rf"rerun with: asn2fpga verify {place} --vector \1 --layer \w+$"
    )
    changed = asn2fpga.open(tmp_path / "copy")
    with ThreadPoolExecutor(1) as executor, pytest.raises(MismatchError, match=message):
        changed.verify(executor=executor)
    with ThreadPoolExecutor(1) as executor, pytest.raises(InputError, match="leave vectors and vector out"):
        changed.verify(3, executor=executor)


def test_opened_again_and_shown(built: asn2fpga.Build) -> None:
    opened = asn2fpga.open(str(built.path))
    assert opened.report == built.report
    assert repr(opened) == f"asn2fpga.open({str(built.path)!r})"
    html = opened._repr_html_()
    assert "INCOMPLETE" in html and "0 mismatches" in html
    assert opened.y is not None and len(opened.x) == len(opened.y) == SAMPLES


def test_what_is_unchanged_is_kept(
    built: asn2fpga.Build, samples: tuple[np.ndarray, np.ndarray], capsys: pytest.CaptureFixture[str]
) -> None:
    again = asn2fpga.build(
        tiny_module(),
        data=samples,
        out=built.path,
        until="hls",
        calibration=samples[0],
        input_scale=1 / 255,
        vectors=40,
        cocotb_vectors=4,
        weight_bits="layer_0=6",
    )
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 6 and all("unchanged" in line for line in lines)
    assert again.report == built.report


def refusal(function: str, *arguments: object, **options: object) -> str:
    with pytest.raises(InputError) as info:
        getattr(asn2fpga, function)(*arguments, **options)
    return str(info.value)


def test_bad_input_is_one_sentence(
    built: asn2fpga.Build, samples: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    text = refusal("build", "m.pt", weigth_bits=4)
    assert text == (
        "build: there is no option 'weigth_bits'; did you mean 'weight_bits'? The options are those of "
        "`asn2fpga build --help`, with underscores."
    )
    assert refusal("build", 3).startswith("model: it must be a torch.nn.Module, the path of a model file")
    assert refusal("build", tiny_module(), out=tmp_path / "a").startswith(
        "build: example_input must be given"
    )
    assert refusal("build", "m.pt", data=(1, 2, 3)) == "data: it must be (x, y), not 3 values."
    assert refusal("build", "m.pt", labels=[1]).startswith("labels: the option is for modules")
    assert "the value must be an integer of 2..8" in refusal(
        "build", tiny_module(), data=samples, out=tmp_path / "b", weight_bits=9
    )
    other = refusal("build", tiny_module(seed=5), data=samples, out=built.path)
    assert "not one of another model" in other
    assert refusal("open", tmp_path).startswith(f"{tmp_path}: the folder must be one made by")
    assert not (tmp_path / "a").exists() and not (tmp_path / "b").exists()
    with pytest.raises(InputError, match=r"^x must have shape \(samples, 12\), not \(3,\)\.$"):
        built.golden(np.zeros(3, np.uint8))
    with pytest.raises(InputError, match=r"^spikes: the layer must be one of encode, layer_0, not 'fc9'\.$"):
        built.golden().spikes("fc9")


@pytest.mark.slow
def test_waves_hold_every_signal_of_one_inference(built: asn2fpga.Build) -> None:
    path = built.waves(vector=3)
    assert path == built.path.resolve() / "sim" / "waves" / "vector-3.fst"
    waves = WaveFile(path)
    assert "waves.harness.core.s_axis_TDATA" in waves.signals
    latency = built.rtl(built.x[3:4]).latency_cycles
    assert latency is not None and int(latency[0]) <= len(waves.edges) <= int(latency[0]) + 8
    assert {other.suffix for other in path.parent.glob("vector-3.*")} == {".fst", ".gtkw", ".sucl"}
    with pytest.raises(InputError, match=r"^waves: vector must be at least 0, not -1\.$"):
        built.waves(vector=-1)


@pytest.mark.slow
def test_verify_records_waves_of_one_inference(built: asn2fpga.Build, run: Run) -> None:
    """Before it compares: waveforms are worth most where there is a difference."""
    found = run("verify", built.path, "--vector", 35, "--waves", "--jobs", 1)
    folder = built.path.resolve() / "sim" / "waves"
    stem = folder / "vector-35"
    assert found.stdout.splitlines()[0] == (
        f"waveforms: {stem}.fst; open them with: gtkwave {stem}.fst {stem}.gtkw, "
        f"or: surfer --command-file {stem}.sucl {stem}.fst"
    )
    assert (found.status, found.stderr) == (0, "") and "RTL simulation: 1 vectors" in found.stdout
    refused = run("verify", built.path, "--waves")
    sentence = "error: --waves: waveforms are of one inference; say which with --vector.\n"
    assert (refused.status, refused.stdout, refused.stderr) == (2, "", sentence)
