from __future__ import annotations

import dataclasses
import errno
import json
import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from asn2fpga import runner
from asn2fpga.board.spec import find_board
from asn2fpga.config import Config
from asn2fpga.errors import Asn2FpgaError, CheckError, InputError, StoppedError, ToolError
from asn2fpga.stages import workspace
from asn2fpga.stages.base import Build, Request, Result, Stage
from asn2fpga.stages.manifest import Entry, read_manifest
from asn2fpga.warning import BuildWarning


class Recorder:
    """An observer that notes what ran and what was kept."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.kept: list[str] = []

    def started(self, stage: Stage) -> None: ...

    def say(self, stage: Stage, text: str) -> None: ...

    def finished(self, stage: Stage, entry: Entry, unchanged: bool) -> None:
        (self.kept if unchanged else self.ran).append(stage.name)


Hook = Callable[[], object]


def stage(name: str, *needs: str, option: str = "seed", hook: Hook = lambda: None) -> Stage:
    """A stage that copies its option and the products it needs into one file."""

    def run(build: Build) -> Result:
        hook()
        inputs = [(build.folder.root / f"{need}.txt").read_text() for need in needs]
        path = build.folder.root / f"{name}.txt"
        path.write_text(f"{name}({','.join(inputs)};{getattr(build.request.config, option)})")
        return Result(f"{name} done", {"name": name}, (path,))

    return Stage(name, f"doing {name}", needs, lambda request: {option: getattr(request.config, option)}, run)


def stages(**hooks: Hook) -> tuple[Stage, ...]:
    """load <- quantise <- golden, and csim which needs quantise only."""
    return (
        stage("load", hook=hooks.get("load", lambda: None)),
        stage("quantise", "load", option="weight_bits", hook=hooks.get("quantise", lambda: None)),
        stage("golden", "quantise", option="vectors", hook=hooks.get("golden", lambda: None)),
        stage("csim", "quantise", option="engine", hook=hooks.get("csim", lambda: None)),
    )


def fail(error: BaseException) -> Hook:
    def hook() -> None:
        raise error

    return hook


def request(**config: Any) -> Request:
    return Request(Path("model.pt"), find_board("pynq-z2"), Config(**config))


def build(
    out: Path, *, until: str | None = None, chosen: tuple[Stage, ...] | None = None, **config: Any
) -> Recorder:
    recorder = Recorder()
    runner.run_build(request(**config), out, chosen or stages(), until, recorder)
    return recorder


def refused(error: type[Asn2FpgaError], message: str) -> Any:
    return pytest.raises(error, match=f"^{re.escape(message)}$")


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


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
    assert report["csim"] == {"vectors": 5, "mismatches": 1, "values_compared": None}


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


def test_interrupt_keeps_what_is_done(tmp_path: Path) -> None:
    message = (
        f"{tmp_path}: interrupted in stage golden; load, quantise are kept; "
        "run the same command again to resume."
    )
    with refused(StoppedError, message) as caught:
        build(tmp_path, chosen=stages(golden=fail(KeyboardInterrupt())))
    assert caught.value.exit_code == 1
    again = build(tmp_path)
    assert again.kept == ["load", "quantise"] and again.ran == ["golden", "csim"]


def test_interrupt_of_a_second_build_keeps_the_unchanged_later_stages(tmp_path: Path) -> None:
    build(tmp_path)
    with pytest.raises(StoppedError):
        build(tmp_path, vectors=7, chosen=stages(golden=fail(KeyboardInterrupt())))
    assert build(tmp_path, vectors=7).ran == ["golden"]


def test_interrupt_in_the_first_stage_leaves_nothing(tmp_path: Path) -> None:
    message = (
        f"{tmp_path}/x: interrupted in stage load; nothing is kept; run the same command again to resume."
    )
    with refused(StoppedError, message):
        build(tmp_path / "x", chosen=stages(load=fail(KeyboardInterrupt())))
    assert files(tmp_path) == []


def full_disk() -> OSError:
    return OSError(errno.ENOSPC, "No space left on device", "x")


def wrapped_full_disk() -> InputError:
    error = InputError("file must be writable")
    error.__cause__ = full_disk()
    return error


@pytest.mark.parametrize("error", [full_disk(), wrapped_full_disk()], ids=["direct", "as a cause"])
def test_full_disk_keeps_what_is_done(tmp_path: Path, error: Exception) -> None:
    message = (
        f"{tmp_path}: the disk is full in stage quantise; load is kept; "
        "free some space and run the same command again to resume."
    )
    with refused(StoppedError, message):
        build(tmp_path, chosen=stages(quantise=fail(error)))
    assert build(tmp_path).kept == ["load"]


def test_program_that_fails_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage._replace(free=1000))
    message = (
        f"{tmp_path}: the disk is full in stage golden; load, quantise are kept; "
        "free some space and run the same command again to resume."
    )
    with refused(StoppedError, message):
        build(tmp_path, chosen=stages(golden=fail(ToolError("g++: exit status must be 0, not 1."))))


def test_full_disk_while_the_manifest_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, until="load")
    before = (tmp_path / "manifest.json").read_bytes()

    def full(*_: object) -> None:
        raise full_disk()

    monkeypatch.setattr("asn2fpga.toolchain.plan._replace", full)
    message = (
        f"{tmp_path}: the disk is full in stage quantise; load is kept; "
        "free some space and run the same command again to resume."
    )
    with refused(StoppedError, message):
        build(tmp_path)
    assert (tmp_path / "manifest.json").read_bytes() == before


def test_other_operating_system_error_is_one_sentence(tmp_path: Path) -> None:
    error = PermissionError(errno.EACCES, "Permission denied", "hls/x.cpp")
    message = (
        f"{tmp_path}: stage golden must be able to use its files, not meet 'Permission denied' (hls/x.cpp)."
    )
    with refused(InputError, message):
        build(tmp_path, chosen=stages(golden=fail(error)))


def test_foreign_folder_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    message = (
        f"--out {tmp_path}: the out folder must be empty or made by asn2fpga, not hold other files "
        "('thesis.tex'); give another --out."
    )
    with refused(InputError, message):
        build(tmp_path)
    assert files(tmp_path) == ["thesis.tex"]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"schema": "another/1"}'])
def test_folder_with_a_manifest_of_others_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    message = (
        f"--out {tmp_path}: the out folder must be empty or made by asn2fpga, not hold other files "
        "('manifest.json'); give another --out."
    )
    with refused(InputError, message):
        build(tmp_path)


def test_out_that_is_a_file_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    message = f"--out {tmp_path}/out: the out folder must be a folder, not a file; give another --out."
    with refused(InputError, message):
        build(tmp_path / "out")


def test_out_below_a_file_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    message = (
        f"--out {tmp_path}/file/out: the out folder must be one that can be created, "
        "not 'Not a directory'; give another --out."
    )
    with refused(InputError, message):
        build(tmp_path / "file/out")


def test_folder_in_use_refused(tmp_path: Path) -> None:
    message = (
        f"--out {tmp_path}: the out folder must be free, not in use by another build; "
        "wait for it or give another --out."
    )
    with workspace.claim(tmp_path), refused(InputError, message):
        build(tmp_path)


def test_changed_manifest_refused(tmp_path: Path) -> None:
    build(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    del manifest["stages"]["load"]["key"]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    message = (
        f"{tmp_path}/manifest.json: the manifest must be as asn2fpga wrote it, not changed; "
        f"delete {tmp_path} and build again."
    )
    with refused(InputError, message):
        read_manifest(tmp_path)


@pytest.mark.parametrize("what", ["missing", "another folder", "a file"])
def test_folder_without_a_build_refused(tmp_path: Path, what: str) -> None:
    path = tmp_path / "x"
    if what == "another folder":
        path.mkdir()
    if what == "a file":
        path.write_text("")
    message = (
        f"{path}: the folder must be one made by `asn2fpga build`, not {what}; "
        "give the folder that was its --out."
    )
    with refused(InputError, message):
        read_manifest(path)


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
