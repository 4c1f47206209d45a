"""Processes made side by side and from the cache: the same design and errors as one after the other."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from asn2fpga.engine import compile as engine
from asn2fpga.engine.processes import workers
from asn2fpga.engine.processes.job import Job, Made
from asn2fpga.errors import HlsError
from asn2fpga.rtl import HlsProject

HEAD = (
    '#include "engine.h"\n#include <ap_int.h>\n#include <hls_stream.h>\n'
    "typedef hls::stream<ap_uint<32> > S;\n"
)
CHAIN = """HLS_PROCESS void first(S& in, S& out) {
  for (int i = 0; i < 64; i++) { HLS_PIPELINE(1) out.write(in.read() * 3); }
}
HLS_PROCESS void second(S& in, S& out) {
  static ap_uint<32> kept[64];
  for (int i = 0; i < 64; i++) { HLS_PIPELINE(1) out.write(kept[i]); kept[i] = in.read(); }
}
HLS_PROCESS void third(S& in, S& out) { out.write(in.read() + 1); }
void top(S& in, S& out) {
  HLS_DATAFLOW
  HLS_STREAM(S, a, 2)
  HLS_STREAM(S, b, 2)
  first(in, a);
  second(a, b);
  third(b, out);
}
"""
WRONG = "int unknown(int);\nint missing(int);\n" + CHAIN.replace(
    "kept[i] = in.read();", "kept[i] = unknown(in.read());"
).replace("in.read() + 1", "missing(in.read())")


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own, with an engine that uses it."""
    monkeypatch.setenv("ASN2FPGA_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(engine.VERIFY_VARIABLE)
    return tmp_path / "cache" / "engine"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the processes that are made in this Python, in their order."""
    names: list[str] = []
    make = workers.make

    def noting(job: Job) -> Made:
        names.append(job.name)
        return make(job)

    monkeypatch.setattr(workers, "make", noting)
    return names


def design(code: str, folder: Path, part: str = "xc7z020clg400-1") -> dict[str, object]:
    """All that the engine makes: files by name, and the report."""
    (folder / "hls").mkdir(parents=True)
    (folder / "hls" / "work.cpp").write_text(HEAD + code)
    project = HlsProject(folder / "hls", folder / "hls" / "work.cpp", (), "top", part, 10.0)
    rtl = engine.compile_project(project, folder / "rtl")
    files = {path.name: path.read_bytes() for path in (folder / "rtl").iterdir() if path.is_file()}
    printed = {path.name: path.read_bytes() for path in (folder / "rtl" / "work").glob("*.ir")}
    return {**files, **printed, "report": dataclasses.asdict(rtl.report)}


def use_workers(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """So many of them, also for small designs."""
    monkeypatch.setattr(workers, "SMALL", 0)
    monkeypatch.setattr(workers, "core_count", lambda: count)


@pytest.mark.usefixtures("own_cache")
def test_a_cached_design_is_the_same_in_every_byte(tmp_path: Path, made: list[str]) -> None:
    anew = design(CHAIN, tmp_path / "anew")
    assert made == ["first", "second", "third"]
    assert design(CHAIN, tmp_path / "cached") == anew
    assert made == ["first", "second", "third"]


@pytest.mark.usefixtures("own_cache")
def test_only_what_has_changed_is_made_anew(tmp_path: Path, made: list[str]) -> None:
    design(CHAIN, tmp_path / "anew")
    made.clear()
    changed = design(CHAIN.replace("in.read() + 1", "in.read() + 2"), tmp_path / "changed")
    assert made == ["third"]
    assert b"32'd2" in changed["third.sv"]  # type: ignore[operator]
    design(CHAIN, tmp_path / "part", "xczu7ev-ffvc1156-2-e")
    assert made == ["third", "first", "second", "third"]


def test_a_damaged_cache_is_not_trusted(own_cache: Path, tmp_path: Path, made: list[str]) -> None:
    anew = design(CHAIN, tmp_path / "anew")
    for path in own_cache.iterdir():
        path.write_bytes(path.read_bytes()[:-9])
    made.clear()
    assert design(CHAIN, tmp_path / "again") == anew
    assert made == ["first", "second", "third"]


def test_an_engine_that_verifies_itself_uses_no_cache(
    own_cache: Path, tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(engine.VERIFY_VARIABLE, "1")
    design(CHAIN, tmp_path / "first")
    design(CHAIN, tmp_path / "second")
    assert made == ["first", "second", "third"] * 2
    assert not own_cache.exists()


def test_a_cache_that_cannot_be_written_to_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ASN2FPGA_CACHE", str(tmp_path / "file"))
    monkeypatch.delenv(engine.VERIFY_VARIABLE)
    assert "top.sv" in design(CHAIN, tmp_path / "build")


def test_workers_make_the_same_design(
    tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = design(CHAIN, tmp_path / "alone")
    made.clear()
    for count in (2, 3, 8):
        use_workers(monkeypatch, count)
        assert design(CHAIN, tmp_path / str(count)) == alone
        assert 0 < len(made) < 3
        made.clear()
    assert not list((tmp_path / "2" / "rtl" / "work" / "worker0").glob("[jm]*"))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_first_error_in_the_order_of_the_calls_is_told(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_workers(monkeypatch, count)
    with pytest.raises(HlsError) as refused:
        design(WRONG, tmp_path)
    assert str(refused.value) == (
        "work.cpp:12: unknown is not defined in this file; define it here or in a header"
    )
