"""Bad input: one clear sentence on standard error, exit status 2 (1: a check failed), nothing half-done."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from e2e_tools import CLASSES, PIXELS, Outcome, Run, tiny_module
from torch import nn

import asn2fpga
from asn2fpga.board.spec import known_boards
from asn2fpga.nn import ASN

EXAMPLE = torch.zeros(1, PIXELS)


def refused(outcome: Outcome, out: Path, *parts: str, status: int = 2) -> None:
    """One message with all these parts, and no out folder."""
    assert outcome.status == status, outcome
    assert outcome.stderr.startswith("error: ") and outcome.stderr.count("error: ") == 1
    assert "Traceback" not in outcome.stderr and outcome.stdout == ""
    for part in parts:
        assert part in outcome.stderr
    assert not out.exists()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "build" / "out"


def build(run: Run, model: Path, out: Path, *options: object, board: str = "pynq-z2") -> Outcome:
    return run("build", model, "--board", board, "--out", out, *options)


# ---- the model file --------------------------------------------------------------------------------------


def test_missing_model(run: Run, tmp_path: Path, out: Path) -> None:
    path = tmp_path / "none.pt"
    outcome = build(run, path, out)
    refused(outcome, out, f"MODEL {path}: the file must be readable, not 'No such file or directory'.")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_model(run: Run, model: Path, out: Path) -> None:
    model.chmod(0)
    refused(
        build(run, model, out), out, f"MODEL {model}: the file must be readable, not 'Permission denied'."
    )


def test_folder_as_model(run: Run, tmp_path: Path, out: Path) -> None:
    refused(build(run, tmp_path, out), out, "the file must be readable, not 'Is a directory'.")


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04 broken", b"\x80\x02garbage", b"\x89HDF\r\n\x1a\n"]
)
def test_file_that_is_no_model(run: Run, tmp_path: Path, out: Path, content: bytes) -> None:
    path = tmp_path / "m.pt"
    path.write_bytes(content)
    refused(build(run, path, out), out, str(path), "must")


def test_truncated_model(run: Run, model: Path, out: Path) -> None:
    model.write_bytes(model.read_bytes()[:-500])
    refused(build(run, model, out), out, str(model))


def test_pickled_module_is_not_run(run: Run, tmp_path: Path, out: Path) -> None:
    path = tmp_path / "m.pt"
    torch.save(tiny_module(), path)
    refused(build(run, path, out), out, "not pickled Python objects", "--unsafe-pickle")


class Trap:
    """Pickled, it would create a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.mkdir, (str(self.path),)


def test_malicious_pickle_is_not_run(run: Run, tmp_path: Path, out: Path) -> None:
    path, trap = tmp_path / "m.pt", tmp_path / "sprung"
    torch.save({"weight": Trap(trap)}, path)
    refused(build(run, path, out), out, "because loading those can run code")
    path.write_bytes(pickle.dumps(Trap(trap)))
    refused(build(run, path, out), out, str(path))
    assert not trap.exists()


def test_state_dict_without_factory(run: Run, tmp_path: Path, out: Path) -> None:
    path = tmp_path / "m.pt"
    torch.save(tiny_module().state_dict(), path)
    refused(build(run, path, out), out, "a state_dict must come with the code that builds its module")


def test_state_dict_with_a_factory_that_is_not_there(run: Run, tmp_path: Path, out: Path) -> None:
    path = tmp_path / "m.pt"
    torch.save(tiny_module().state_dict(), path)
    refused(build(run, path, out, "--model", "no_such_package:net"), out, "--model no_such_package:net")


def tampered(path: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    """Change the tensors of a model file."""
    content = torch.load(path, weights_only=True)
    change(content["tensors"])
    torch.save(content, path)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_no_numbers(run: Run, model: Path, out: Path, value: float) -> None:
    def spoil(tensors: dict[str, torch.Tensor]) -> None:
        name = next(name for name in tensors if name.endswith("weight"))
        tensors[name].reshape(-1)[0] = value

    tampered(model, spoil)
    refused(build(run, model, out), out, "finite")


def test_unsupported_layer_is_named_with_its_place(run: Run, tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(PIXELS, 5), nn.Sequential(nn.GELU()), nn.Linear(5, CLASSES))
    with pytest.raises(asn2fpga.errors.UnsupportedError) as caught:
        asn2fpga.save(module, tmp_path / "m.pt", EXAMPLE)
    assert "layer_1_0" in str(caught.value) and "GELU" in str(caught.value) and "Linear" in str(caught.value)
    assert not (tmp_path / "m.pt").exists()


def test_unsupported_layer_in_a_pickled_module(run: Run, tmp_path: Path, out: Path) -> None:
    path = tmp_path / "m.pt"
    torch.save(nn.Sequential(nn.Linear(PIXELS, 5), nn.GELU(), nn.Linear(5, CLASSES)), path)
    refused(build(run, path, out, "--unsafe-pickle"), out, "GELU", "Linear")


def field(path: Path, name: str, value: object) -> None:
    """Change a field of the neuron in a model file."""
    content = torch.load(path, weights_only=True)
    neuron = next(layer for layer in content["graph"]["layers"] if layer["class"] == "Neuron")
    neuron["semantics"][name] = value
    torch.save(content, path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("alpha", 1e9),
        ("alpha", float("nan")),
        ("levels", 0),
        ("levels", -3),
        ("levels", 10**6),
        ("beta", -1.0),
    ],
)
def test_neuron_out_of_range(run: Run, model: Path, out: Path, name: str, value: object) -> None:
    field(model, name, value)
    refused(build(run, model, out), out, name)


@pytest.mark.parametrize("steps", [0, -1, 10**6])
def test_time_steps_out_of_range(run: Run, model: Path, out: Path, steps: int) -> None:
    content = torch.load(model, weights_only=True)
    content["graph"]["layers"][0]["time_steps"] = steps
    torch.save(content, model)
    refused(build(run, model, out), out, "time_steps")


# ---- options ---------------------------------------------------------------------------------------------

OPTIONS = [
    (("--weight-bits", "9"), "--weight-bits: the value must be an integer of 2..8, not 9."),
    (("--weight-bits", "1"), "--weight-bits: the value must be an integer of 2..8, not 1."),
    (
        ("--weight-bits", "four"),
        "--weight-bits: the value must be an integer or LAYER=INTEGER,..., not 'four'.",
    ),
    (
        ("--weight-bits", "fc1=x"),
        "--weight-bits: the value must be an integer or LAYER=INTEGER,..., not 'fc1=x'.",
    ),
    (("--weight-bits", "a=1"), "--weight-bits: the value of layer 'a' must be an integer of 2..8, not 1."),
    (("--lanes", "0"), "--lanes: the value must be an integer of 1..256, not 0."),
    (("--vectors", "0"), "--vectors: the value must be an integer of 1..1000000, not 0."),
    (("--alpha-frac-bits", "9"), "--alpha-frac-bits: the value must be an integer of 1..8, not 9."),
    (
        ("--state-frac-bits", "-1"),
        "--state-frac-bits: the value must be an integer of 0..16 or auto, not -1.",
    ),
    (("--seed", "-1"), "--seed: the value must be an integer of 0..4294967295, not -1."),
    (("--jobs", "0"), "--jobs: the value must be at least 1, not 0."),
    (("--model", "a:b"), "{model}: --model must be left out, not be a:b; a file of asn2fpga.save holds its "),
    (
        ("--input-scale", "1/255"),
        "{model}: --input-scale must be left out, not be 1/255; a file of asn2fpga.save holds it; ",
    ),
    *(
        (
            ("--input-scale", text),
            f"--input-scale: the value must be a number above 0 like 1/255 or 0.5, not '{text}'.",
        )
        for text in ("0", "-1", "a/b", "1/0", "1/2/3", "nan", "inf", "")
    ),
    (
        ("--vivado", "/none"),
        "--vivado /none: path must be the program vivado or the folder it is installed in, not '/none'.",
    ),
    (
        ("--until", "sinth"),
        "--until sinth: the stage must be one of load, quantise, golden, codegen, csim, hls, ",
    ),
    (("--alpha-snap", "round"), "asn2fpga build: argument --alpha-snap: invalid choice: 'round'"),
    (("--engine", "magic"), "asn2fpga build: argument --engine: invalid choice: 'magic'"),
    (("--vectors", "many"), "asn2fpga build: argument --vectors: invalid int value: 'many'"),
    (("--wieght-bits", "4"), "asn2fpga build: unrecognized arguments: --wieght-bits 4; did you mean "),
]


@pytest.mark.parametrize(("options", "message"), OPTIONS, ids=[" ".join(options) for options, _ in OPTIONS])
def test_option_out_of_range(
    run: Run, model: Path, out: Path, options: tuple[str, ...], message: str
) -> None:
    refused(build(run, model, out, *options), out, f"error: {message.format(model=model)}")


def test_weight_bits_of_a_layer_that_is_not_there(run: Run, model: Path, out: Path) -> None:
    outcome = build(run, model, out, "--weight-bits", "nose=4")
    assert outcome.status == 2 and "'nose'" in outcome.stderr


def test_unknown_board(run: Run, model: Path, out: Path) -> None:
    message = (
        f"error: --board basys: the board must be one of {', '.join(known_boards())}, "
        "or the path of a .toml file, not 'basys'; see `asn2fpga boards`.\n"
    )
    outcome = build(run, model, out, board="basys")
    refused(outcome, out, message)
    assert outcome.stderr == message


def test_missing_board_file(run: Run, model: Path, out: Path) -> None:
    outcome = build(run, model, out, board="./mine.toml")
    refused(outcome, out, "error: mine.toml: the file must be readable, not 'No such file or directory'.")


def test_missing_config_file(run: Run, model: Path, out: Path, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    outcome = build(run, model, out, "--config", config)
    refused(outcome, out, f"error: {config}: the file must be readable, not 'No such file or directory'.")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("weight_bits = 12", "'weight_bits' must be an integer of 2..8, not 12."),
        ("[weight_bits]\nfc1 = 1", "'weight_bits' of layer 'fc1' must be an integer of 2..8, not 1."),
        ("lanes = true", "'lanes' must be an integer of 1..256, not True."),
        ("engine = 'x'", "'engine' must be one of llvm, vitis, bambu, not 'x'."),
        ("seeed = 1", "key must be one of weight_bits, scale_method, alpha_snap, alpha_frac_bits, "),
        ("lanes = 0x" + "f" * 5000, "'lanes' must be an integer of 1..256, not this int."),
        ("seed = " + "{a = " * 5000, "this is not valid TOML: it is nested too deeply."),
        ("seed = ", "this is not valid TOML: Invalid value (at end of document)."),
    ],
)
def test_bad_config_file(run: Run, model: Path, out: Path, tmp_path: Path, text: str, message: str) -> None:
    config = tmp_path / "c.toml"
    config.write_text(text)
    refused(build(run, model, out, "--config", config), out, f"error: {config}: {message}")


# ---- data ------------------------------------------------------------------------------------------------

X = np.zeros((4, PIXELS), np.uint8)
DATA: list[tuple[dict[str, np.ndarray], str]] = [
    ({"x": X[:, :-1]}, "x must have shape (samples, 12), not (4, 11)"),
    ({"x": X.reshape(4, 3, 4)}, "x must have shape (samples, 12), not (4, 3, 4)"),
    ({"x": X[:0]}, "x must have shape (samples, 12), not (0, 12)"),
    ({"x": X.astype(np.float32)}, "x must be uint8"),
    ({"x": X.astype(np.int64)}, "x must be uint8"),
    ({"images": X}, "'x'"),
    ({"x": X}, "x must be real samples, not all zero"),
    ({"x": X, "y": np.zeros(3, int)}, "y must have shape (4,)"),
    ({"x": X, "y": np.zeros(4)}, "y must hold integers"),
    ({"x": X, "y": np.array([0, 1, 2, 3])}, "not 0..3"),
    ({"x": X, "y": np.array([0, 1, 2, -1])}, "not -1..2"),
]


@pytest.mark.parametrize(("arrays", "message"), DATA, ids=[message for _, message in DATA])
def test_data_that_does_not_fit(
    run: Run, model: Path, out: Path, tmp_path: Path, arrays: dict[str, np.ndarray], message: str
) -> None:
    path = tmp_path / "d.npz"
    np.savez(path, **arrays)  # type: ignore[arg-type]
    refused(build(run, model, out, "--data", path), out, str(path), message)


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04 broken"])
def test_data_that_is_no_archive(run: Run, model: Path, out: Path, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "d.npz"
    path.write_bytes(content)
    refused(build(run, model, out, "--data", path), out, str(path), "must be an .npz archive of plain arrays")


def test_missing_data(run: Run, model: Path, out: Path, tmp_path: Path) -> None:
    path = tmp_path / "d.npz"
    refused(build(run, model, out, "--data", path), out, f"--data {path}: the file must be readable")


# ---- the out folder --------------------------------------------------------------------------------------


def test_foreign_out_folder(run: Run, model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "thesis"
    folder.mkdir()
    (folder / "thesis.tex").write_text("years of work")
    outcome = build(run, model, folder)
    assert outcome.status == 2 and outcome.stderr == (
        f"error: --out {folder}: the out folder must be empty or made by asn2fpga, not hold other files "
        "('thesis.tex'); give another --out.\n"
    )
    assert [path.name for path in folder.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("command", ["report", "verify"])
def test_folder_that_is_no_build(run: Run, tmp_path: Path, command: str) -> None:
    outcome = run(command, tmp_path)
    assert outcome.status == 2 and outcome.stderr == (
        f"error: {tmp_path}: the folder must be one made by `asn2fpga build`, not another folder; "
        "give the folder that was its --out.\n"
    )


# ---- a network that does not fit -------------------------------------------------------------------------


def test_network_that_does_not_fit(run: Run, tmp_path: Path, out: Path) -> None:
    path = tmp_path / "large.pt"
    module = nn.Sequential(nn.Linear(1200, 800), ASN(levels=4), nn.Linear(800, CLASSES))
    asn2fpga.save(module, path, torch.zeros(1, 1200), input_scale=1 / 255)
    outcome = build(run, path, out)
    assert outcome.status == 1
    message = outcome.stderr[outcome.stderr.index("error: ") :]
    assert "the network must fit 140 block RAMs of 36 Kb, not need about" in message
    assert "--weight-bits" in message and "larger board" in message
    assert not (out / "hls").exists()
    assert (out / "report.json").is_file()


# ---- names -----------------------------------------------------------------------------------------------


class OddNames(nn.Module):
    """Modules with names that no language takes."""

    names = ('first "layer"', "spikes/out", "schicht-größe")

    def __init__(self) -> None:
        super().__init__()
        for name, module in zip(self.names, tiny_module(), strict=True):
            self.add_module(name, module)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for name in self.names:
            x = self.get_submodule(name)(x)
        return x


def test_odd_names_become_identifiers(run: Run, tmp_path: Path, out: Path) -> None:
    path = tmp_path / 'my "best" größe model.pt'
    asn2fpga.save(OddNames(), path, EXAMPLE, input_scale=1 / 255)
    outcome = build(run, path, out, "--until", "codegen")
    assert outcome.status == 0, outcome.stderr
    report = run("report", out, "--json")
    assert report.status == 0
    assert "first_layer" in report.stdout and "schicht_grosse" in report.stdout


@pytest.mark.parametrize("option", ["MODEL", "--data", "--config", "--board"])
def test_pipes_are_not_waited_for(run: Run, model: Path, out: Path, tmp_path: Path, option: str) -> None:
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    if option == "MODEL":
        outcome = build(run, pipe, out)
    elif option == "--board":
        outcome = build(run, model, out, board=str(pipe))
    else:
        outcome = build(run, model, out, option, pipe)
    refused(outcome, out, f"{pipe}: the file must be a regular file, not a pipe or device.\n")
