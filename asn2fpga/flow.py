"""The order of the stages of a build."""

from __future__ import annotations

from asn2fpga.stages import (
    bitstream,
    codegen,
    cosim,
    csim,
    golden,
    hls,
    load,
    package,
    quantise,
    synth,
)
from asn2fpga.stages.base import Stage

STAGES: tuple[Stage, ...] = (
    load.STAGE,
    quantise.STAGE,
    golden.STAGE,
    codegen.STAGE,
    csim.STAGE,
    hls.STAGE,
    cosim.STAGE,
    synth.STAGE,
    bitstream.STAGE,
    package.STAGE,
)
