"""Which folders a build takes, and what it never touches."""

from __future__ import annotations

import copy
import errno
import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from staged import build, fail, files, refused, stages

from asn2fpga.errors import (
    InputError,
)
from asn2fpga.stages import workspace
from asn2fpga.stages.manifest import (
    Manifest,
    is_ours,
    products_unchanged,
    read_manifest,
    write_manifest,
)


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
        f"{tmp_path}/manifest.json: the manifest is not as asn2fpga wrote it; "
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


def refused_manifest(root: Path) -> Any:
    message = (
        f"{root}/manifest.json: the manifest is not as asn2fpga wrote it; delete {root} and build again."
    )
    return refused(InputError, message)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a JSON value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def put(value: Any, path: tuple[str | int, ...], new: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new


OTHERS: tuple[Any, ...] = (None, True, -7, 1.5, "abc", [], [[]], {}, {"a": None}, ["../x"])


FREE = ("key", "needs", "seconds", "summary", "reason", "products", "warnings")  # of their types


def test_any_other_value_at_any_place_of_a_manifest(tmp_path: Path) -> None:
    build(tmp_path)
    path = tmp_path / "manifest.json"
    good = json.loads(path.read_text())
    refusals = 0
    for place, other in itertools.product(places(good), OTHERS):
        changed = copy.deepcopy(good)
        if not place or place == ("schema",):
            continue
        put(changed, place, other)
        path.write_text(json.dumps(changed))
        try:
            manifest = read_manifest(tmp_path)
        except InputError as error:
            refusals += 1
            assert str(error).endswith(" again.")
            continue
        assert changed == good or place == ("stages",) or place[2] in FREE, (place, other)
        for entry in manifest.stages.values():
            assert isinstance(entry.seconds, float | int) and isinstance(entry.summary, str)
            assert all(isinstance(text, str) for item in entry.products.items() for text in item)
    assert refusals > 900


@pytest.mark.parametrize("text", ["[" * 100_000, '{"schema": NaN}', "\xff"], ids=["deep", "NaN", "bytes"])
def test_a_manifest_that_is_no_json_is_not_ours(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match="must be one made by `asn2fpga build`, not another folder"):
        read_manifest(tmp_path)


def test_a_manifest_that_nests_figures_deep(tmp_path: Path) -> None:
    build(tmp_path)
    path = tmp_path / "manifest.json"
    for depth in range(100, 1100, 50):
        text = path.read_text().replace(
            '"figures": {', '"figures": {"x": ' + "[" * depth + "]" * depth + ", ", 1
        )
        other = tmp_path / f"{depth}"
        other.mkdir()
        (other / "manifest.json").write_text(text)
        with pytest.raises(InputError):
            read_manifest(other)


OUTSIDE = ["../victim", "/etc/hostname", "a/../../victim", "", ".", "..", "a//b", "./a", "a\0b", "a\nb"]


@pytest.mark.parametrize("product", OUTSIDE, ids=repr)
def test_a_product_outside_of_the_folder(tmp_path: Path, product: str) -> None:
    out, victim = tmp_path / "out", tmp_path / "victim"
    victim.write_text("years of work")
    build(out)
    path = out / "manifest.json"
    plain = json.loads(path.read_text())
    plain["stages"]["golden"]["products"][product] = "0" * 64
    path.write_text(json.dumps(plain))
    before = path.read_bytes()
    for use in (lambda: build(out, vectors=7), lambda: read_manifest(out)):
        with refused_manifest(out):
            use()
    assert victim.read_text() == "years of work" and path.read_bytes() == before


LINKS = {
    "a folder": ("hls", "elsewhere"),
    "a file": ("golden.txt", "elsewhere/file"),
    "a lock": (".lock", "elsewhere/file"),
    "deep": ("logs/deep/x.log", "elsewhere/file"),
    "nowhere": ("logs", "missing"),
    "a loop": ("logs", "out/logs"),
}


@pytest.mark.parametrize("case", LINKS)
def test_a_link_that_leads_out_of_the_folder(tmp_path: Path, case: str) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("mine")
    build(out)
    name, target = LINKS[case]
    link = out / name
    link.unlink(missing_ok=True)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(tmp_path / target)
    what = f"{name} must lie in the build's folder, not be a link to {tmp_path / target}; remove the link."
    with refused(InputError, f"--out {out}: {what}"):
        build(out, vectors=7)
    with refused(InputError, f"{out}: {what}"):
        read_manifest(out)
    assert files(elsewhere) == ["file"] and (elsewhere / "file").read_text() == "mine"


def test_a_folder_that_is_a_link_itself_and_links_inside_it(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    build(tmp_path / "out")
    (tmp_path / "out" / "latest.txt").symlink_to("golden.txt")
    assert build(tmp_path / "out").ran == []
    assert (tmp_path / "disk" / "manifest.json").is_file()


def test_a_link_in_place_of_a_product_is_made_a_file_again(tmp_path: Path) -> None:
    build(tmp_path)
    (tmp_path / "other.txt").write_text((tmp_path / "golden.txt").read_text())
    (tmp_path / "golden.txt").unlink()
    (tmp_path / "golden.txt").symlink_to(tmp_path / "none")
    (tmp_path / "golden.txt").unlink()
    assert build(tmp_path).ran == ["golden"]


def test_a_pipe_is_neither_a_manifest_nor_a_product(tmp_path: Path) -> None:
    build(tmp_path)
    (tmp_path / "golden.txt").unlink()
    os.mkfifo(tmp_path / "golden.txt")
    assert not products_unchanged(tmp_path, read_manifest(tmp_path).stages["golden"])
    (tmp_path / "manifest.json").unlink()
    os.mkfifo(tmp_path / "manifest.json")
    assert not is_ours(tmp_path)


@pytest.mark.parametrize("letter", ["\n", "\r", '"', "\udcff"])
def test_a_path_that_no_simulator_takes(tmp_path: Path, letter: str) -> None:
    out = tmp_path / f"a{letter}b" / "out"
    message = (
        f"--out {str(out)!r}: the path of the out folder must not hold {letter!r}, which no simulator takes; "
        "give another --out."
    )
    with refused(InputError, message):
        build(out)
    assert files(tmp_path) == []


def test_a_name_that_the_system_refuses(tmp_path: Path) -> None:
    out = tmp_path / ("x" * 300)
    message = f"--out {out}: the out folder cannot be used: File name too long; give another --out."
    with refused(InputError, message):
        build(out)
    with pytest.raises(InputError, match=r"not what the system refuses \(File name too long\)"):
        read_manifest(out)


@pytest.mark.parametrize("error", [errno.EROFS, errno.EACCES, errno.ENOLCK])
def test_a_folder_that_cannot_be_locked(tmp_path: Path, error: int, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path)

    def fail(*_: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr("fcntl.flock", fail)
    message = f"--out {tmp_path}: the out folder cannot be used: {os.strerror(error)}; give another --out."
    with refused(InputError, message):
        build(tmp_path)


def test_a_build_that_was_killed_in_its_first_stage(tmp_path: Path) -> None:
    write_manifest(tmp_path, Manifest({}))
    with refused(InputError, f"{tmp_path}: the build has no finished stage yet; run `asn2fpga build` again."):
        read_manifest(tmp_path)
    assert build(tmp_path).ran == ["load", "quantise", "golden", "csim"]


def test_a_build_that_comes_to_nothing_leaves_links_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x").write_text("x")
    with workspace.claim(tmp_path / "out"):
        (tmp_path / "out" / "link").symlink_to(tmp_path / "mine")
    assert files(tmp_path) == ["mine", "mine/x"]


def outdate(root: Path) -> None:
    manifest = json.loads((root / "manifest.json").read_text())
    (root / "manifest.json").write_text(json.dumps({"schema": "asn2fpga.manifest/1", "old": manifest}))


def test_a_folder_of_another_version_is_built_anew(tmp_path: Path) -> None:
    build(tmp_path)
    outdate(tmp_path)
    with refused(
        InputError,
        f"{tmp_path}: the build was made by another version of asn2fpga; run `asn2fpga build` again.",
    ):
        read_manifest(tmp_path)
    assert build(tmp_path).ran == ["load", "quantise", "golden", "csim"]
    assert list(read_manifest(tmp_path).stages) == ["load", "quantise", "golden", "csim"]


def test_a_folder_of_another_version_is_not_emptied_by_a_build_that_fails(tmp_path: Path) -> None:
    build(tmp_path)
    outdate(tmp_path)
    (tmp_path / "measurements").mkdir()
    with pytest.raises(InputError):
        build(tmp_path, chosen=stages(load=fail(InputError("bad model."))))
    assert (tmp_path / "measurements").is_dir() and (tmp_path / "load.txt").is_file()
