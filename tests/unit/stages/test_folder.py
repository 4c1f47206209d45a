from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest

from asn2fpga.board.spec import find_board
from asn2fpga.config import Config
from asn2fpga.doctor.tools import tiny_graph
from asn2fpga.errors import InputError
from asn2fpga.hls.design_file import design_from_plain, design_to_plain, load_design, save_design
from asn2fpga.importing import ImportOptions
from asn2fpga.rtl import HlsReport, LoopReport, MemoryReport, Probe, RtlDesign
from asn2fpga.stages import request as requests
from asn2fpga.stages.base import Request
from asn2fpga.stages.folder import Folder, load_arrays, load_graph, save_arrays, save_graph, write_json


def test_arrays_come_back_and_bytes_are_stable(tmp_path: Path) -> None:
    arrays = {"x": np.arange(6, dtype=np.uint8).reshape(2, 3), "y": np.array([1.5])}
    first = save_arrays(tmp_path / "a.npz", arrays).read_bytes()
    assert save_arrays(tmp_path / "b.npz", arrays).read_bytes() == first
    loaded = load_arrays(tmp_path / "a.npz")
    assert sorted(loaded) == ["x", "y"] and all((loaded[name] == arrays[name]).all() for name in arrays)


def test_graph_comes_back(tmp_path: Path) -> None:
    graph = tiny_graph()
    files = save_graph(tmp_path / "g", graph)
    again = save_graph(tmp_path / "h", load_graph(tmp_path / "g"))
    assert [path.read_bytes() for path in files] == [path.read_bytes() for path in again]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"{}", b"[[", None], ids=repr)
@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_state_that_was_changed_is_one_sentence(tmp_path: Path, suffix: str, content: bytes | None) -> None:
    save_graph(tmp_path / "g", tiny_graph())
    path = tmp_path / f"g{suffix}"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_graph(tmp_path / "g")
    assert str(caught.value) == (
        f"{path}: missing, or not as asn2fpga wrote it; build again."
        if content != b"{}" or suffix == ".npz"
        else f"{path}: the graph must have exactly its own fields, not missing layers, name."
    )


def test_state_without_a_tensor(tmp_path: Path) -> None:
    save_graph(tmp_path / "g", tiny_graph())
    save_arrays(tmp_path / "g.npz", {})
    with pytest.raises(InputError, match="must name a tensor of the file"):
        load_graph(tmp_path / "g")


@pytest.mark.parametrize(
    "change",
    [
        {"verilog": ["../x.sv"]},
        {"verilog": ["/etc/hostname"]},
        {"memory_files": "w.mem"},
        {"top": 1},
        {"probes": [{}]},
        {"report": None},
        {"monitor": [1]},
    ],
    ids=repr,
)
def test_design_that_was_changed_is_one_sentence(tmp_path: Path, change: dict[str, object]) -> None:
    design = RtlDesign(tmp_path, "top", (tmp_path / "top.sv",), (), (), HlsReport("llvm"))
    path = save_design(tmp_path / "design.json", design)
    assert load_design(path) == design
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    message = f"{path}: missing, or not as asn2fpga wrote it; build again."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        load_design(path)


def test_json_refuses_what_is_no_number(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "x.json", {"x": float("nan")})
    assert not (tmp_path / "x.json").exists()


def test_products_are_named_relative_to_the_out_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Folder(Path("out"))
    assert folder.hls == tmp_path.resolve() / "out" / "hls"
    assert folder.relative(folder.rtl / "a.sv") == "rtl/a.sv"
    assert folder.relative(Path("out/rtl/a.sv")) == "rtl/a.sv"


def test_request_comes_back_from_its_plain_form() -> None:
    config, data = Config(weight_bits={"fc1": 4}, seed=7), Path("d.npz")
    importing = ImportOptions("nets:net", (("width", "3"),), Path("w.pt"), True, input_scale=0.5, data=data)
    request = Request(Path("m.pt"), find_board("zcu104"), config, data, importing, jobs=3)
    assert requests.from_plain(requests.to_plain(request), jobs=3) == request
    without = dataclasses.replace(request, data=None, importing=ImportOptions())
    assert requests.from_plain(requests.to_plain(without), jobs=3) == without


def test_request_of_another_version_is_refused() -> None:
    plain = requests.to_plain(Request(Path("m.pt"), find_board("zcu104"), Config()))
    older = {key: value for key, value in plain.items() if key != "activity"}
    message = "manifest.json: request must be of this version of asn2fpga, not of another one; build again."
    for other in (older, {**plain, "board": {**plain["board"], "colour": "red"}}):
        with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
            requests.from_plain(other, jobs=1)


@pytest.mark.parametrize("absolute", [True, False])
def test_design_comes_back_wherever_it_lies(tmp_path: Path, absolute: bool) -> None:
    here = tmp_path if absolute else Path()
    design = RtlDesign(
        directory=tmp_path,
        top="net_core",
        verilog=(here / "net_core.sv", here / "fifo.sv"),
        memory_files=(here / "w.mem",),
        probes=(Probe("fc1_events", "fc1_events_rd_valid", "fc1_events_rd_ready", "fc1_events_rd_data", 9),),
        report=HlsReport(
            engine="llvm",
            loops=(LoopReport("fc1", "x.h:3", True, 1, 4),),
            memories=(MemoryReport("w", "rom", "block", 16, 32),),
            critical_path_ns=7.5,
            states={"fc1": 3},
        ),
    )
    elsewhere = design_from_plain(design_to_plain(design), tmp_path / "moved")
    assert elsewhere.directory == tmp_path / "moved"
    assert [path.relative_to(tmp_path / "moved").as_posix() for path in elsewhere.verilog] == [
        "net_core.sv",
        "fifo.sv",
    ]
    assert elsewhere.memory_files == (tmp_path / "moved" / "w.mem",)
    assert (elsewhere.probes, elsewhere.report) == (design.probes, design.report)
