from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from asn2fpga.config import CHECKS, Config, config_text, parse_per_layer, read_config
from asn2fpga.errors import InputError


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
        "state_frac_bits, engine, lanes, optimise, vectors, cocotb_vectors, seed, not 'weigth_bits'."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        read_config(path, {})


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


@pytest.mark.parametrize("option", ["--weight-bits", "--lanes"])
@pytest.mark.parametrize("text", ["fc1=4,fc1=2", "fc1=4,fc2=8,fc1=4", "fc2=1, fc1=4 ,fc1 =4"])
def test_a_layer_is_given_once(option: str, text: str) -> None:
    message = f"{option}: layer 'fc1' must be given once, not 2 times."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        parse_per_layer(option, text)


def test_a_written_configuration_is_read_back(tmp_path: Path) -> None:
    config = Config(lanes={"fc1": 16, "fc2": 5}, weight_bits={"fc1": 4}, optimise="latency", seed=7)
    path = tmp_path / "config.toml"
    path.write_text(config_text(vars(config)))
    assert read_config(path, {}) == config
