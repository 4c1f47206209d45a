from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from asn2fpga.config import (
    CHECKS,
    MOST_MARGIN,
    Config,
    config_text,
    parse_forms,
    parse_per_layer,
    read_config,
)
from asn2fpga.errors import InputError
from asn2fpga.kinds.neurons.early_exit import NEVER


def test_defaults_without_file_and_options() -> None:
    assert read_config(None, {}) == Config()


def test_every_field_has_a_check_and_an_option() -> None:
    assert sorted(CHECKS) == sorted(field.name for field in dataclasses.fields(Config))


def test_file_overrides_defaults_and_options_override_the_file(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("vectors = 5\nseed = 7\nalpha_snap = 'exact'\n[weight_bits]\nfc1 = 4\n")
    config = read_config(path, {"seed": 9, "vectors": None})
    assert config == Config(vectors=5, seed=9, alpha_snap="exact", weight_bits={"fc1": 4})


def test_message_names_the_option() -> None:
    with pytest.raises(InputError, match=r"^--weight-bits: the value must be an integer of 2\.\.8, not 9\.$"):
        read_config(None, {"weight_bits": 9})


def test_unknown_key_lists_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("weigth_bits = 8")
    message = (
        f"{path}: key must be one of weight_bits, scale_method, alpha_snap, alpha_frac_bits, "
        "state_frac_bits, stream, early_exit, engine, lanes, pixels, form, map_order, optimise, budget, "
        "target_fps, clock_mhz, "
        "vectors, cocotb_vectors, seed, not 'weigth_bits'."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        read_config(path, {})


@pytest.mark.parametrize("text", ["0", "7,8", str(NEVER), "auto:0", "auto:0.5", "auto:100"])
def test_early_exit(text: str) -> None:
    assert read_config(None, {"early_exit": text}).early_exit == text


def test_the_largest_threshold_is_the_one_that_no_margin_reaches() -> None:
    assert MOST_MARGIN == NEVER


TOO_LARGE = (
    "--early-exit: the value must be of thresholds of 0..4294967296, the last of which no margin reaches, "
)
NO_THRESHOLD = (
    "--early-exit: the value must be a threshold, one for each time step but the last (N,N,...), or "
    "auto:POINTS of accuracy that may be lost, "
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("4294967297", f"{TOO_LARGE}not '4294967297'."),
        ("1,9999999999", f"{TOO_LARGE}not '1,9999999999'."),
        ("\u0663", f"{NO_THRESHOLD}not '\u0663'."),
        ("auto:\u0663", f"{NO_THRESHOLD}not 'auto:\u0663'."),
        ("auto:101", f"{NO_THRESHOLD}not 'auto:101'."),
        ("-1", f"{NO_THRESHOLD}not '-1'."),
    ],
)
def test_no_early_exit(text: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        read_config(None, {"early_exit": text})


@pytest.mark.parametrize(
    ("text", "value"), [("8", 8), ("fc1=4", {"fc1": 4}), ("fc1=4, fc2=2", {"fc1": 4, "fc2": 2})]
)
def test_per_layer_option(text: str, value: object) -> None:
    assert parse_per_layer("--weight-bits", text) == value


@pytest.mark.parametrize("text", ["", "x", "4.5", "fc1=", "fc1=a", "fc1=4=5", "fc1=4,"])
def test_bad_per_layer_option(text: str) -> None:
    message = f"--lanes: the value must be an integer or LAYER=INTEGER,..., not '{text}'."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        parse_per_layer("--lanes", text)


@pytest.mark.parametrize("option", ["--weight-bits", "--lanes", "--pixels"])
@pytest.mark.parametrize("text", ["fc1=4,fc1=2", "fc1=4,fc2=8,fc1=4", "fc2=1, fc1=4 ,fc1 =4"])
def test_a_layer_is_given_once(option: str, text: str) -> None:
    message = f"{option}: layer 'fc1' must be given once, not 2 times."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        parse_per_layer(option, text)


def test_a_written_configuration_is_read_back(tmp_path: Path) -> None:
    config = Config(
        lanes={"fc1": 16, "fc2": 5},
        pixels={"conv1": 3},
        form={"conv1": "gather"},
        weight_bits={"fc1": 4},
        optimise="latency",
        budget=0.65,
        seed=7,
    )
    path = tmp_path / "config.toml"
    path.write_text(config_text(vars(config)))
    assert read_config(path, {}) == config


@pytest.mark.parametrize(
    ("key", "value", "must"),
    [
        ("budget", 0.0, "a number of 0.01..1"),
        ("budget", 1.5, "a number of 0.01..1"),
        ("target_fps", -3.0, "a number of 0.001..1e+09"),
        ("pixels", 17, "an integer of 1..16"),
    ],
)
def test_what_a_build_aims_at_is_in_range(key: str, value: object, must: str) -> None:
    message = f"--{key.replace('_', '-')}: the value must be {must}, not {value}."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        read_config(None, {key: value})


def test_stream_is_a_truth_value(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(config_text(vars(read_config(None, {"stream": True}))))
    assert read_config(path, {}).stream and not read_config(None, {}).stream
    message = re.escape("--stream: the value must be true or false, not 1.")
    with pytest.raises(InputError, match=f"^{message}$"):
        read_config(None, {"stream": 1})


def test_forms() -> None:
    assert parse_forms("--form", "gather") == "gather"
    assert parse_forms("--form", "conv1=gather, conv2=frame") == {"conv1": "gather", "conv2": "frame"}
    for text, named in (("scatter", ""), ("conv1=scatter", " of layer 'conv1'")):
        message = (
            f"--form: the value{named} must be gather or frame, not 'scatter': windows gather counts, or "
            "take every tap; counts that are added to membranes of whole maps (scatter) are not built."
        )
        with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
            read_config(None, {"form": parse_forms("--form", text)})
    with pytest.raises(
        InputError, match=re.escape("--form: the value must be a form or LAYER=FORM,..., not 'a=b=c'.")
    ):
        parse_forms("--form", "a=b=c")
