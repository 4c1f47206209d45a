from __future__ import annotations

import dataclasses
import errno
import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from staged import Recorder, build, fail, files, refused, request, stage, stages

from asn2fpga import runner
from asn2fpga.cli import main
from asn2fpga.config import Config
from asn2fpga.errors import (
    CheckError,
    InputError,
    ToolError,
)
from asn2fpga.stages.base import Build, Result, Stage
from asn2fpga.stages.folder import digest_file
from asn2fpga.stages.manifest import Entry, Manifest, read_manifest, write_manifest
from asn2fpga.warning import BuildWarning


def test_all_stages_run_in_order(tmp_path: Path) -> None:
    assert build(tmp_path / "a/b").ran == ["load", "quantise", "golden", "csim"]
    manifest = read_manifest(tmp_path / "a/b")
    assert list(manifest.stages) == ["load", "quantise", "golden", "csim"]
    assert {entry.status for entry in manifest.stages.values()} == {"passed"}
    assert (tmp_path / "a/b/report.json").is_file() and (tmp_path / "a/b/report.html").is_file()


def test_unchanged_stages_are_kept_with_their_figures(tmp_path: Path) -> None:
    build(tmp_path)
    before = read_manifest(tmp_path)
    again = build(tmp_path)
    assert again.ran == [] and again.kept == ["load", "quantise", "golden", "csim"]
    assert read_manifest(tmp_path) == before


def test_changed_option_runs_only_what_depends_on_it(tmp_path: Path) -> None:
    build(tmp_path)
    assert build(tmp_path, vectors=7).ran == ["golden"]
    assert build(tmp_path, vectors=7, weight_bits=4).ran == ["quantise", "golden", "csim"]


def test_changed_program_runs_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path)
    monkeypatch.setattr("asn2fpga.stages.keys.program_digest", lambda: "another program")
    assert build(tmp_path).ran == ["load", "quantise", "golden", "csim"]


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("changed")])
def test_product_that_was_touched_is_made_again(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    build(tmp_path)
    content = (tmp_path / "quantise.txt").read_text()
    spoil(tmp_path / "quantise.txt")
    assert build(tmp_path).ran == ["quantise"]
    assert (tmp_path / "quantise.txt").read_text() == content


def test_until_stops_and_a_later_call_goes_on(tmp_path: Path) -> None:
    assert build(tmp_path, until="quantise").ran == ["load", "quantise"]
    assert build(tmp_path).ran == ["golden", "csim"]


def test_results_of_an_older_input_leave_the_manifest(tmp_path: Path) -> None:
    build(tmp_path)
    build(tmp_path, until="quantise", weight_bits=4)
    assert list(read_manifest(tmp_path).stages) == ["load", "quantise"]


def test_unknown_until_stage(tmp_path: Path) -> None:
    message = "--until cosyn: the stage must be one of load, quantise, golden, csim, not 'cosyn'."
    with refused(InputError, message):
        build(tmp_path / "out", until="cosyn")
    assert not (tmp_path / "out").exists()


def test_failed_stage_is_recorded_and_reported(tmp_path: Path) -> None:
    chosen = stages(golden=fail(ToolError("g++: exit status must be 0, not 1.")))
    with refused(ToolError, "g++: exit status must be 0, not 1."):
        build(tmp_path, chosen=chosen)
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["stages"]["quantise"]["status"] == "passed"
    assert report["stages"]["golden"]["status"] == "failed"
    assert report["stages"]["golden"]["reason"] == "g++: exit status must be 0, not 1."
    assert report["stages"]["csim"]["status"] == "skipped"
    assert report["stages"]["csim"]["reason"] == "not run, because stage golden failed"
    assert build(tmp_path).ran == ["golden", "csim"]


def test_failed_result_keeps_its_figures_and_exits_1(tmp_path: Path) -> None:
    def run(build: Build) -> Result:
        return Result("2 wrong", {"vectors": 5, "mismatches": 1}, status="failed", reason="layer fc1 differs")

    wrong = Stage("csim", "comparing", ("quantise",), lambda request: {}, run)
    with refused(CheckError, "layer fc1 differs") as caught:
        build(tmp_path, chosen=(*stages()[:3], wrong))
    assert caught.value.exit_code == 1
    report = json.loads((tmp_path / "report.json").read_text())
    unknown = {"values_compared": None, "compiler": None, "xilinx": None}
    assert report["csim"] == {"vectors": 5, "mismatches": 1} | unknown


def test_bad_input_leaves_nothing_behind(tmp_path: Path) -> None:
    with refused(InputError, "bad model"):
        build(tmp_path / "a/b", chosen=stages(load=fail(InputError("bad model"))))
    assert files(tmp_path) == []


def test_bad_input_leaves_an_older_build_alone(tmp_path: Path) -> None:
    build(tmp_path)
    before = {path: (tmp_path / path).read_bytes() for path in files(tmp_path)}
    with refused(InputError, "bad model"):
        build(tmp_path, chosen=stages(load=fail(InputError("bad model"))), seed=2)
    assert {path: (tmp_path / path).read_bytes() for path in files(tmp_path)} == before


def test_other_operating_system_error_is_one_sentence(tmp_path: Path) -> None:
    error = PermissionError(errno.EACCES, "Permission denied", "hls/x.cpp")
    message = (
        f"{tmp_path}: stage golden must be able to use its files, not meet 'Permission denied' (hls/x.cpp)."
    )
    with refused(InputError, message):
        build(tmp_path, chosen=stages(golden=fail(error)))


def test_files_not_written_any_more_are_removed(tmp_path: Path) -> None:
    def named(build: Build) -> Result:
        path = build.folder.root / f"{build.request.config.seed}.txt"
        path.write_text("x")
        return Result("", {}, (path,))

    chosen = (Stage("load", "", (), lambda request: dataclasses.asdict(request.config), named),)
    build(tmp_path, chosen=chosen, seed=1)
    build(tmp_path, chosen=chosen, seed=2)
    assert not (tmp_path / "1.txt").exists() and (tmp_path / "2.txt").exists()


def test_stages_stopped_beside_a_failed_one_are_not_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = threading.Event()
    monkeypatch.setattr("asn2fpga.toolchain.process.stop_all", stopped.set)

    def wait() -> None:
        assert stopped.wait(20)
        raise ToolError("ended from outside")

    chosen = stages(golden=fail(CheckError("golden is wrong")), csim=wait)
    with refused(CheckError, "golden is wrong"):
        runner.run_build(dataclasses.replace(request(), jobs=2), tmp_path, chosen)
    assert list(read_manifest(tmp_path).stages) == ["load", "quantise", "golden"]


def test_many_jobs_do_the_same_as_one(tmp_path: Path) -> None:
    build(tmp_path / "one")
    runner.run_build(dataclasses.replace(request(), jobs=4), tmp_path / "four", stages())
    one, four = read_manifest(tmp_path / "one").stages, read_manifest(tmp_path / "four").stages
    assert {name: (entry.key, entry.products) for name, entry in one.items()} == {
        name: (entry.key, entry.products) for name, entry in four.items()
    }


def test_warnings_of_a_stage_are_kept_with_it(tmp_path: Path) -> None:
    warning = BuildWarning("silent_layer", "fc1", "no neuron fires", "check the input scale")
    chosen = (dataclasses.replace(stage("load"), run=lambda build: Result("done", warnings=(warning,))),)
    build(tmp_path, chosen=chosen)
    again = build(tmp_path, chosen=chosen)
    assert again.kept == ["load"]
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["warnings"] == [dataclasses.asdict(warning)]


def model_stage(sha256: Callable[[], str]) -> Stage:
    def run(build: Build) -> Result:
        (build.folder.root / "load.txt").write_text(sha256())
        return Result("loaded", {"name": "net", "sha256": sha256()}, (build.folder.root / "load.txt",))

    return Stage("load", "", (), lambda request: {"sha256": sha256()}, run)


@pytest.mark.parametrize("version", ["this", "another"])
def test_another_model_is_refused_unless_overwrite(tmp_path: Path, version: str) -> None:
    model, out = tmp_path / "net.pt", tmp_path / "out"
    asked = dataclasses.replace(request(), model=model)
    chosen = (model_stage(lambda: digest_file(model)),)
    model.write_text("weights")
    runner.run_build(asked, out, chosen)
    runner.run_build(dataclasses.replace(asked, config=Config(vectors=7)), out, chosen)
    copy = tmp_path / "copy.pt"
    copy.write_text("weights")
    runner.run_build(dataclasses.replace(asked, model=copy), out, chosen)
    if version == "another":
        old = (out / "manifest.json").read_text().replace("asn2fpga.manifest/", "asn2fpga.manifest/0")
        (out / "manifest.json").write_text(old)
    before = {path: (out / path).read_bytes() for path in files(out)}
    sha256 = digest_file(model)
    model.write_text("other weights")
    message = (
        f"--out {out}: the folder must hold a build of {model}, not one of another model "
        f"(net, sha256 {sha256[:12]}); give another --out, or --overwrite."
    )
    with refused(InputError, message):
        runner.run_build(asked, out, chosen)
    assert {path: (out / path).read_bytes() for path in files(out)} == before
    runner.run_build(asked, out, chosen, overwrite=True)
    assert read_manifest(out).stages["load"].figures["sha256"] == digest_file(model)


def test_a_folder_holds_the_build_of_one_code(tmp_path: Path) -> None:
    out = tmp_path / "out"
    chosen = (model_stage(lambda: "0" * 64),)
    one, other = (dataclasses.replace(request(), model=Path(f"net.py:{name}")) for name in ("One", "Other"))
    runner.run_build(one, out, chosen)
    runner.run_build(one, out, chosen)
    message = (
        f"--out {out}: the folder must hold a build of net.py:Other, not one of another model "
        "(net, sha256 000000000000); give another --out, or --overwrite."
    )
    with refused(InputError, message):
        runner.run_build(other, out, chosen)
    runner.run_build(other, out, chosen, overwrite=True)


@pytest.mark.parametrize("root", ["out", "/tmp/x"])
def test_texts_name_the_folder_as_the_user_does_and_are_kept_without_it(
    root: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out = Path("out") if root == "out" else tmp_path / "out"
    seen: list[str] = []

    class Watching(Recorder):
        def finished(self, stage: Stage, entry: Entry, unchanged: bool) -> None:
            seen.append(entry.summary)

    def run(build: Build) -> Result:
        place = build.folder.absolute
        return Result(
            f"in {place}/x, not {place}x", {"log": [f"{place}", 1]}, (), "failed", f"see {place}/log."
        )

    with refused(CheckError, f"see {out}/log."):
        runner.run_build(
            request(), out, (*stages()[:1], Stage("csim", "", ("load",), lambda _: {}, run)), None, Watching()
        )
    entry = read_manifest(out).stages["csim"]
    assert seen[1] == f"in {out}/x, not {tmp_path}/outx"
    assert entry.summary == f"in <out>/x, not {tmp_path}/outx"
    assert entry.reason == "see <out>/log." and entry.figures == {"log": ["<out>", 1]}
    assert f"{tmp_path}/out/" not in (out / "report.json").read_text()


def test_a_stage_that_should_end_does_so_when_it_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = threading.Event()
    monkeypatch.setattr("asn2fpga.toolchain.process.stop_all", stopped.set)

    def run(build: Build) -> Result:
        assert stopped.wait(20)
        build.say("the next step")
        raise AssertionError("it went on")

    chosen = (
        *stages(golden=fail(CheckError("golden is wrong")))[:3],
        Stage("csim", "", ("quantise",), lambda _: {}, run),
    )
    with refused(CheckError, "golden is wrong"):
        runner.run_build(dataclasses.replace(request(), jobs=2), tmp_path, chosen)


def test_the_report_of_an_incomplete_build_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(tmp_path, until="quantise")
    text = (
        "INCOMPLETE: not run: golden, codegen, csim, hls, cosim, synth, bitstream, package. "
        "The same `asn2fpga build` without --until goes on from here."
    )
    assert main(["report", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == text
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["complete"] is False
    assert report["missing"] == ["golden", "codegen", "csim", "hls", "cosim", "synth", "bitstream", "package"]
    assert text in (tmp_path / "report.html").read_text()
    with pytest.raises(ToolError):
        build(tmp_path, chosen=stages(golden=fail(ToolError("x"))))
    assert main(["report", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith(
        "INCOMPLETE: stage golden failed; not run: codegen, csim, hls, "
    )


def test_figures_of_another_version_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build(tmp_path)
    manifest = read_manifest(tmp_path)
    board = {"name": "pynq-z2"}
    write_manifest(tmp_path, Manifest({**manifest.request, "board": board}, manifest.stages))
    assert main(["report", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"error: {tmp_path}: the build must be of this version of asn2fpga, not of another one; "
        "build again.\n"
    )
