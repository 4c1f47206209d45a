"""Exported programs that are refused, and files that only look like some."""

from __future__ import annotations

import inspect
import io
import json
import pickle
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from exported_models import Loop, Rounded, export, over_time, trained
from torch import Tensor, nn

from asn2fpga.errors import Asn2FpgaError
from asn2fpga.importing import ImportOptions
from asn2fpga.loader import load_model

INSTEAD = "build the code that it was exported from instead: my_model.py:Net --weights FILE."


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def refused(path: Path, **options: Any) -> str:
    """The sentence, without the folder of the file."""
    with pytest.raises(Asn2FpgaError) as caught:
        load_model(path, ImportOptions(**options))
    return str(caught.value).replace(str(path), path.name)


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The archive with other entries."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def net(tmp_path: Path) -> Path:
    """A good one."""
    return export(trained(Rounded()), tmp_path / "net.pt2", torch.rand(1, 16))


def test_a_rewritten_file_is_still_read(net: Path) -> None:
    assert load_model(rewritten(net, lambda entries: None)).parameters == 182


# ---- modules ----------------------------------------------------------------------------------------------


class Sorted(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.sort(x, -1)[0]


class TwoInputs(nn.Module):
    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return x + y


class Counting(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(16, 4)
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1  # type: ignore[operator]
        found: Tensor = self.fc(x)
        return found


def test_what_has_no_place(tmp_path: Path) -> None:
    path = export(Sorted(), tmp_path / "net.pt2", torch.rand(1, 16))
    line = inspect.getsourcelines(Sorted.forward)[1] + 1
    assert refused(path) == (
        "net.pt2: torch.ops.aten.sort.default is not supported in an exported program "
        f"(test_exported_refused.py:{line}); {INSTEAD}"
    )


def test_an_activation_says_what_to_do(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 4))
    path = export(module, tmp_path / "net.pt2", torch.rand(1, 16))
    assert refused(path).startswith(
        "model: relu is not supported; replace it by a neuron (such as ASN or LIF)"
    )


def test_two_inputs(tmp_path: Path) -> None:
    program = torch.export.export(TwoInputs(), (torch.rand(1, 4), torch.rand(1, 4)))
    torch.export.save(program, tmp_path / "net.pt2")
    assert refused(tmp_path / "net.pt2") == (
        "net.pt2: the program must take one input, not 2; export a module whose forward takes one tensor."
    )


def test_buffers_that_change(tmp_path: Path) -> None:
    path = export(Counting(), tmp_path / "net.pt2", torch.rand(1, 16))
    line = inspect.getsourcelines(Counting.forward)[1] + 1
    assert refused(path) == (
        "net.pt2: a buffer is changed, which would keep a state from call to call "
        f"(test_exported_refused.py:{line}); {INSTEAD}"
    )


def test_training_mode(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(16, 4), nn.BatchNorm1d(4, track_running_stats=False))
    path = export(module, tmp_path / "net.pt2", torch.rand(2, 16))
    assert refused(path).startswith(
        "net.pt2: 1: BatchNorm must use its running statistics; call model.eval()"
    )


def test_one_number_of_samples(tmp_path: Path) -> None:
    path = export(trained(Loop()), tmp_path / "net.pt2", torch.rand(5, 2, 6))
    assert load_model(path, ImportOptions(encoding="events", max_count=1)).parameters > 0

    class Fixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.shift = nn.Parameter(torch.arange(8.0).reshape(2, 4))

        def forward(self, x: Tensor) -> Tensor:
            return x + self.shift

    path = export(Fixed(), tmp_path / "net.pt2", torch.rand(2, 4))
    assert refused(path) == (
        "net.pt2: the program must take any number of samples, not only an input of shape (2, 4); export it "
        f'with dynamic_shapes={{"x": {{0: torch.export.Dim("batch")}}}}, or {INSTEAD}'
    )


def test_products_of_time_steps(tmp_path: Path) -> None:
    path = export(trained(over_time()), tmp_path / "net.pt2", torch.rand(1, 16))
    torch.export.save(torch.export.load(path).run_decompositions(), path)
    assert "aten.bmm.default is not supported in an exported program" in refused(path)


def test_options_of_modules(net: Path) -> None:
    assert refused(net, weights=net) == (
        "net.pt2: --weights must be left out; an exported program holds its network."
    )


# ---- files ------------------------------------------------------------------------------------------------


class Evil:
    """What no file may make us run."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("code of the file ran",))


def test_pickled_weights_do_not_run(net: Path) -> None:
    def poison(entries: dict[str, bytes]) -> None:
        config = next(name for name in entries if name.endswith("weights_config.json"))
        content = json.loads(entries[config])
        first = next(iter(content["config"].values()))
        first["use_pickle"] = True
        buffer = io.BytesIO()
        torch.save(Evil(), buffer)
        entries[config] = json.dumps(content).encode()
        weights = next(name for name in entries if name.endswith(f"/weights/{first['path_name']}"))
        entries[weights] = buffer.getvalue()

    assert refused(rewritten(net, poison)).startswith(
        "net.pt2: the file must be plain weights, not pickled Python objects"
    )


def test_pickled_tensors_are_read(net: Path) -> None:
    """As torch stores those that share no plain memory."""
    wanted = load_model(net).graph

    def pickled(entries: dict[str, bytes]) -> None:
        config = next(name for name in entries if name.endswith("weights_config.json"))
        content = json.loads(entries[config])
        for entry in content["config"].values():
            name = next(name for name in entries if name.endswith(f"/weights/{entry['path_name']}"))
            sizes = [size["as_int"] for size in entry["tensor_meta"]["sizes"]]
            tensor = torch.frombuffer(bytearray(entries[name]), dtype=torch.float32).reshape(sizes)
            buffer = io.BytesIO()
            torch.save(tensor, buffer)
            entries[name] = buffer.getvalue()
            entry["use_pickle"] = True
        entries[config] = json.dumps(content).encode()

    from asn2fpga.graph.text import to_text

    assert to_text(load_model(rewritten(net, pickled)).graph) == to_text(wanted)


def test_objects_are_refused(net: Path) -> None:
    def add(entries: dict[str, bytes]) -> None:
        config = next(name for name in entries if name.endswith("constants_config.json"))
        entries[config] = json.dumps(
            {"config": {"thing": {"path_name": "opaque_obj_0", "use_pickle": True}}}
        ).encode()
        entries[config.rpartition("/")[0] + "/opaque_obj_0"] = pickle.dumps(Evil())

    assert refused(rewritten(net, add)) == (
        "net.pt2: 'thing' must be a tensor, not another object; build the code: my_model.py:Net "
        "--weights FILE."
    )


def test_earlier_versions(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "net.pt2", "w") as archive:
        archive.writestr("version", "5.1")
        archive.writestr("serialized_exported_program.json", "{}")
    assert refused(tmp_path / "net.pt2").startswith(
        "net.pt2: an exported program must be written by torch 2.8 or later, not by an earlier one"
    )


def _change_model(change: Callable[[Any], None]) -> Callable[[dict[str, bytes]], None]:
    def apply(entries: dict[str, bytes]) -> None:
        name = next(name for name in entries if name.endswith("models/model.json"))
        content = json.loads(entries[name])
        change(content)
        entries[name] = json.dumps(content).encode()

    return apply


def _node(content: Any) -> Any:
    return content["graph_module"]["graph"]["nodes"][0]


DAMAGE: dict[str, tuple[Callable[[Any], None], str]] = {
    "another schema": (
        lambda content: content["schema_version"].update(major=9),
        "the program must have schema version 8, not another one",
    ),
    "no graph": (lambda content: content.pop("graph_module"), "must be whole, not damaged at"),
    "an unknown value": (
        lambda content: _node(content)["inputs"][0]["arg"]["as_tensor"].update(name="nowhere"),
        "must be whole, not damaged at 'linear_1'",
    ),
    "an unknown target": (
        lambda content: _node(content).update(target="os.system"),
        "os.system is not supported in an exported program",
    ),
    "a text where a tensor is": (
        lambda content: _node(content)["inputs"][0].update(arg={"as_string": "x"}),
        "aten.linear.default",
    ),
    "an empty argument": (
        lambda content: _node(content)["inputs"][0].update(arg={}),
        "must be whole, not damaged at",
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damaged_programs(net: Path, name: str) -> None:
    change, expected = DAMAGE[name]
    assert expected in refused(rewritten(net, _change_model(change)))


@pytest.mark.parametrize("key", ["sizes", "strides", "storage_offset", "dtype"])
def test_tensors_larger_than_their_bytes(net: Path, key: str) -> None:
    def change(entries: dict[str, bytes]) -> None:
        config = next(name for name in entries if name.endswith("weights_config.json"))
        content = json.loads(entries[config])
        meta = content["config"]["fc1.weight"]["tensor_meta"]
        large = {"as_int": 1 << 40}
        meta[key] = {"dtype": 99, "storage_offset": large}.get(key, [large, large])
        entries[config] = json.dumps(content).encode()

    assert refused(rewritten(net, change)) == (
        "net.pt2: the exported program must be whole, not damaged at 'fc1.weight'; write it with "
        "torch.export.save."
    )


def test_truncated_files_are_other_files(net: Path) -> None:
    net.write_bytes(net.read_bytes()[:-200])
    assert refused(net).startswith("net.pt2: the model must be a file written by asn2fpga.save")
