"""asn2fpga: trained networks of Adaptive Spiking Neurons to verified FPGA hardware."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` is slow to import, and nothing can tell an interrupt in one sentence before
if TYPE_CHECKING:
    from typing import Any

    from asn2fpga.loader import load_model, save
    from asn2fpga.train.aware import quantise_aware

__version__ = "0.1.0"
__all__ = ["__version__", "load_model", "quantise_aware", "save"]


def __getattr__(name: str) -> Any:
    """`save` and the others on first use: they import torch, which most commands do not need."""
    if name == "quantise_aware":
        from asn2fpga.train.aware import quantise_aware

        return quantise_aware
    if name not in ("load_model", "save"):
        raise AttributeError(f"module 'asn2fpga' has no attribute {name!r}")
    from asn2fpga import loader

    return getattr(loader, name)
