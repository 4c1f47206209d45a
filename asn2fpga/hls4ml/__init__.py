"""Neurons of asn2fpga in the flow of hls4ml: `asn2fpga.hls4ml.register()`, once, before a model is converted.

hls4ml's entry points `hls4ml.backends` are no place for that: they are called while hls4ml itself is still
being imported, before its layers and converters are there.
"""

from __future__ import annotations

_registered: list[str] = []


def register() -> None:
    """Make the modules of asn2fpga.nn known to hls4ml, for its backends Vivado and Vitis.

    These are ASN, NASN, ILIF, LIF, IF, PLIF, CubaLIF, SigmaDelta, RepeatTime, TimeMean and TimeSum. A second
    call does nothing.
    """
    if not _registered:
        from asn2fpga.hls4ml import plugin

        _registered.extend(plugin.register_all())
