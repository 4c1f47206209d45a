"""What a build can be told: one frozen Config, from defaults, then a TOML file, then command line options."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from asn2fpga.errors import InputError, shown
from asn2fpga.tomlfile import read_toml

PerLayer = int | Mapping[str, int]
"""One value for all layers, or layer name -> value."""

Forms = str | Mapping[str, str]
"""The same of forms."""

ScaleMethod = Literal["auto", "maxabs", "mse", "calibrated", "clipped", "compensated"]
AlphaSnap = Literal["auto", "floor", "nearest", "ceil", "exact"]
EngineName = Literal["llvm", "vitis", "bambu"]
Optimise = Literal["balance", "interval", "latency", "area", "energy"]
MapOrder = Literal["pixels", "steps"]

SCALE_METHODS: tuple[ScaleMethod, ...] = get_args(ScaleMethod)
ALPHA_SNAPS: tuple[AlphaSnap, ...] = get_args(AlphaSnap)
ENGINES: tuple[EngineName, ...] = get_args(EngineName)
OPTIMISE: tuple[Optimise, ...] = get_args(Optimise)
MAP_ORDERS: tuple[MapOrder, ...] = get_args(MapOrder)
FORMS = ("gather", "frame")
RTL_VECTORS = 1000
MOST_MHZ = 500.0
MOST_VECTORS = 1_000_000
MOST_MARGIN = 1 << 32
"""The largest threshold of an early exit, which no margin reaches."""


@dataclass(frozen=True)
class Config:
    """Choices of one build; every field is a key of the TOML file and an option of `asn2fpga build`.

    weight_bits: 2..8, for all layers or by layer (others 8). lanes: synapses a layer adds per cycle,
    pixels: those of a map that are worked on at a time, None: chosen, for what `optimise` says
    (passes.fold_lanes). form: how windows of maps are gone through, "gather", "frame" or None: chosen
    (passes.fold_forms). map_order: whether maps over time come pixel by pixel or step by step, None: chosen
    (passes.map_order). budget: share of the board that the network may fill, None: 0.8. target_fps:
    inferences a second that the smallest network is chosen for, whatever is optimised. clock_mhz: that
    the hardware is made for, None: the board's. state_frac_bits:
    of the membrane, None: derived, "auto": the fewest that keep the spikes. stream: scores are sent after
    every time step. early_exit: how far the best score must lead for an answer before the last time step,
    "N", "N,N,..", or "auto:P" for what loses P points of accuracy at most. vectors: inferences compared
    in C simulation and in the fast RTL simulation, None: all samples in the former, RTL_VECTORS in the
    latter; cocotb_vectors: those run under cocotb, stalled.
    """

    weight_bits: PerLayer = 8
    scale_method: ScaleMethod = "auto"
    alpha_snap: AlphaSnap = "auto"
    alpha_frac_bits: int = 4
    state_frac_bits: int | Literal["auto"] | None = None
    stream: bool = False
    early_exit: str | None = None
    engine: EngineName = "llvm"
    lanes: PerLayer | None = None
    pixels: PerLayer | None = None
    form: Forms | None = None
    map_order: MapOrder | None = None
    optimise: Optimise = "balance"
    budget: float | None = None
    target_fps: float | None = None
    clock_mhz: float | None = None
    vectors: int | None = None
    cocotb_vectors: int = 100
    seed: int = 1

    @property
    def rtl_vectors(self) -> int:
        """Inferences of the fast RTL simulation."""
        return RTL_VECTORS if self.vectors is None else self.vectors


def _integer(low: int, high: int) -> Callable[[str, Any], int]:
    def check(where: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InputError(f"{where} must be an integer of {low}..{high}, not {shown(value)}.")
        return value

    return check


def _integer_or_auto(low: int, high: int) -> Callable[[str, Any], int | str]:
    check_integer = _integer(low, high)

    def check(where: str, value: Any) -> int | str:
        if isinstance(value, str) and value == "auto":
            return value
        try:
            return check_integer(where, value)
        except InputError:
            raise InputError(
                f"{where} must be an integer of {low}..{high} or auto, not {shown(value)}."
            ) from None

    return check


def _number(low: float, high: float) -> Callable[[str, Any], float]:
    def check(where: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise InputError(f"{where} must be a number of {low:g}..{high:g}, not {shown(value)}.")
        return float(value)

    return check


def _truth(where: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{where} must be true or false, not {shown(value)}.")
    return value


def _early_exit(where: str, value: Any) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    points = re.fullmatch(r"auto:([0-9]{1,3}(\.[0-9]{1,9})?)", text)
    thresholds = re.fullmatch(r"[0-9]{1,10}(,[0-9]{1,10})*", text)
    is_taken = float(points[1]) <= 100 if points else thresholds is not None
    if thresholds and max(map(int, text.split(","))) > MOST_MARGIN:
        raise InputError(
            f"{where} must be of thresholds of 0..{MOST_MARGIN}, the last of which no margin reaches, not "
            f"{shown(value)}."
        )
    if not is_taken:
        raise InputError(
            f"{where} must be a threshold, one for each time step but the last (N,N,...), or auto:POINTS of "
            f"accuracy that may be lost, not {shown(value)}."
        )
    return text


def _per_layer(low: int, high: int) -> Callable[[str, Any], PerLayer]:
    check_one = _integer(low, high)

    def check(where: str, value: Any) -> PerLayer:
        if not isinstance(value, dict):
            return check_one(where, value)
        return {layer: check_one(f"{where} of layer '{layer}'", bits) for layer, bits in value.items()}

    return check


def _one_of(*known: str) -> Callable[[str, Any], str]:
    def check(where: str, value: Any) -> str:
        if value not in known:
            raise InputError(f"{where} must be one of {', '.join(known)}, not {shown(value)}.")
        return str(value)

    return check


def _forms(where: str, value: Any) -> Forms:
    found: Mapping[str, Any] = value if isinstance(value, Mapping) else {"": value}
    for layer, form in found.items():
        if form not in FORMS:
            what = f"{where} of layer '{layer}'" if layer else where
            raise InputError(
                f"{what} must be {' or '.join(FORMS)}, not {shown(form)}: windows gather counts, or take "
                "every tap; counts that are added to membranes of whole maps (scatter) are not built."
            )
    return dict(found) if isinstance(value, Mapping) else str(value)


CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "weight_bits": _per_layer(2, 8),
    "scale_method": _one_of(*SCALE_METHODS),
    "alpha_snap": _one_of(*ALPHA_SNAPS),
    "alpha_frac_bits": _integer(1, 8),
    "state_frac_bits": _integer_or_auto(0, 16),
    "stream": _truth,
    "early_exit": _early_exit,
    "engine": _one_of(*ENGINES),
    "lanes": _per_layer(1, 256),
    "pixels": _per_layer(1, 16),
    "form": _forms,
    "map_order": _one_of(*MAP_ORDERS),
    "optimise": _one_of(*OPTIMISE),
    "budget": _number(0.01, 1.0),
    "target_fps": _number(1e-3, 1e9),
    "clock_mhz": _number(1.0, MOST_MHZ),
    "vectors": _integer(1, MOST_VECTORS),
    "cocotb_vectors": _integer(1, 100_000),
    "seed": _integer(0, 2**32 - 1),
}


def read_config(path: Path | None, options: Mapping[str, Any]) -> Config:
    """Defaults, overridden by the TOML file at `path`, overridden by `options` that are not None.

    InputError names the file and key, or the command line option, and what the value must be.
    """
    values: dict[str, Any] = {}
    if path is not None:
        table = read_toml(path)
        table.only(*CHECKS)
        values = {key: CHECKS[key](f"{path}: '{key}'", value) for key, value in table.values.items()}
    given = {key: value for key, value in options.items() if value is not None}
    values |= {
        key: CHECKS[key](f"--{key.replace('_', '-')}: the value", value) for key, value in given.items()
    }
    return Config(**values)


def config_text(values: Mapping[str, Any]) -> str:
    """A Config's fields as the TOML file that `--config` takes."""
    lines = [f"{key} = {_toml(value)}" for key, value in values.items() if value is not None]
    return (
        "# Choices of a build: give this file to --config for the same hardware.\n" + "\n".join(lines) + "\n"
    )


def _toml(value: PerLayer | Forms) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{layer} = {_toml(one)}" for layer, one in value.items()) + " }"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def parse_per_layer(option: str, text: str) -> PerLayer:
    """`8`, or `fc1=4,fc2=8` for single layers; InputError naming `option` for anything else."""
    try:
        if "=" not in text:
            return int(text)
        return {name: int(value) for name, value in _pairs(option, text)}
    except ValueError:
        raise InputError(
            f"{option}: the value must be an integer or LAYER=INTEGER,..., not '{text}'."
        ) from None


def parse_forms(option: str, text: str) -> Forms:
    """`gather`, or `conv1=gather,conv2=gather` for single layers."""
    if "=" not in text:
        return text
    try:
        return dict(_pairs(option, text))
    except ValueError:
        raise InputError(f"{option}: the value must be a form or LAYER=FORM,..., not '{text}'.") from None


def _pairs(option: str, text: str) -> list[tuple[str, str]]:
    """Names and values; ValueError where a part is no pair."""
    pairs = [(name.strip(), value.strip()) for name, value in (item.split("=") for item in text.split(","))]
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{option}: layer '{name}' must be given once, not {names.count(name)} times.")
    return pairs
