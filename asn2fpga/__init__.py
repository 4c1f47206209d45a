"""asn2fpga: trained networks of Adaptive Spiking Neurons to verified FPGA hardware."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` is slow to import, and nothing can tell an interrupt in one sentence before
if TYPE_CHECKING:
    from typing import Any

    from asn2fpga.api.build import Build
    from asn2fpga.api.building import build
    from asn2fpga.api.building import open_build as open
    from asn2fpga.api.compare_builds import compare_builds
    from asn2fpga.api.estimate import estimate
    from asn2fpga.api.explore import explore
    from asn2fpga.loader import load_model, save
    from asn2fpga.train.aware import quantise_aware

__version__ = "0.1.0"
__all__ = [
    "Build",
    "__version__",
    "build",
    "compare_builds",
    "estimate",
    "explore",
    "load_model",
    "open",
    "quantise_aware",
    "save",
]
# Where each name is: its module, and what it is called there.
_PLACES = {
    "Build": ("asn2fpga.api.build", "Build"),
    "build": ("asn2fpga.api.building", "build"),
    "compare_builds": ("asn2fpga.api.compare_builds", "compare_builds"),
    "estimate": ("asn2fpga.api.estimate", "estimate"),
    "explore": ("asn2fpga.api.explore", "explore"),
    "load_model": ("asn2fpga.loader", "load_model"),
    "open": ("asn2fpga.api.building", "open_build"),
    "quantise_aware": ("asn2fpga.train.aware", "quantise_aware"),
    "save": ("asn2fpga.loader", "save"),
}


def __getattr__(name: str) -> Any:
    """`build` and the others on first use: they import numpy or torch, which most commands do not need."""
    if name not in _PLACES:
        raise AttributeError(f"module 'asn2fpga' has no attribute {name!r}")
    import importlib

    module, inner = _PLACES[name]
    return getattr(importlib.import_module(module), inner)


def __dir__() -> list[str]:
    return sorted(__all__)
