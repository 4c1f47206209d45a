"""What the user may choose about quantisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from asn2fpga.errors import InputError

ScaleMethod = Literal["maxabs", "mse", "calibrated", "clipped", "compensated"]
ScaleChoice = Literal["auto", "maxabs", "mse", "calibrated", "clipped", "compensated"]
SnapChoice = Literal["auto", "floor", "nearest", "ceil", "exact"]


@dataclass(frozen=True)
class Scheme:
    """How floats become integers; every field is checked, InputError names the one that is wrong.

    weight_bits: 2..8, one number or one per layer name (other layers take 8). Constants of shortcuts take 8
        unless they are named.
    scale_method: how a channel's weight scale is chosen: from its largest weight (`maxabs`; of those that are
        no outliers: `clipped`), by minimum squared error of its weights (`mse`) or of its sums on calibration
        data (`calibrated`; `compensated`: with weights of which each makes up for what others lost). `auto`
        takes, layer by layer, the one that agrees best with the float network on calibration data (`mse`
        without).
        Weights that are integers times a scale already are kept as they are, whatever is asked.
    alpha_snap: what becomes of a non-integer alpha; `auto` takes the best of floor, nearest and ceil on
        calibration data (nearest without data), `exact` keeps it to `alpha_frac_bits` fractional bits.
    state_frac_bits: fractional bits of the membranes (0..16); None derives them layer by layer.
    stream: whether scores are sent after every time step instead of once; early_exit: whether they are
    needed for an answer before the last one.
    """

    weight_bits: int | Mapping[str, int] = 8
    scale_method: ScaleChoice = "auto"
    alpha_snap: SnapChoice = "auto"
    alpha_frac_bits: int = 4
    state_frac_bits: int | None = None
    stream: bool = False
    early_exit: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.weight_bits, Mapping):
            for layer, bits in self.weight_bits.items():
                _check_range(f"{layer}: weight_bits", bits, 2, 8)
        else:
            _check_range("scheme: weight_bits", self.weight_bits, 2, 8)
        _check_choice("scale_method", self.scale_method, get_args(ScaleChoice))
        _check_choice("alpha_snap", self.alpha_snap, get_args(SnapChoice))
        _check_range("scheme: alpha_frac_bits", self.alpha_frac_bits, 1, 8)
        if self.state_frac_bits is not None:
            _check_range("scheme: state_frac_bits", self.state_frac_bits, 0, 16)

    @property
    def every_step(self) -> bool:
        """Whether scores are made after every time step."""
        return self.stream or self.early_exit

    def bits_of(self, layer: str, *, is_constant: bool = False) -> int:
        """Weight bits of one layer."""
        if isinstance(self.weight_bits, Mapping):
            return self.weight_bits.get(layer, 8)
        return 8 if is_constant else self.weight_bits

    def check_layers(self, layers: Iterable[str]) -> None:
        """Refuse weight_bits for layers the network does not have."""
        known = tuple(layers)
        for layer in self.weight_bits if isinstance(self.weight_bits, Mapping) else ():
            if layer not in known:
                raise InputError(f"scheme: weight_bits must name one of {', '.join(known)}, not {layer!r}.")


def _check_range(what: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise InputError(f"{what} must be an integer {low}..{high}, not {value!r}.")


def _check_choice(what: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InputError(f"scheme: {what} must be one of {', '.join(choices)}, not {value!r}.")
