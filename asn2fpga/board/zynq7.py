"""The accelerator as a whole design for a Zynq-7000 in RTL: with DMA, bridge and processing system."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn2fpga.board.register_files import DMA_PACKAGE, verilog_package
from asn2fpga.board.registers import dma_registers
from asn2fpga.codegen.render import render
from asn2fpga.errors import UnsupportedError
from asn2fpga.resources import hardware_dir
from asn2fpga.rtl import RtlDesign
from asn2fpga.toolchain.plan import write_file
from asn2fpga.verify.simulated_board import ZYNQ7_TOP

TOP = ZYNQ7_TOP
ACCELERATOR_ADDRESS = 0x43C0_0000
DMA_ADDRESS = 0x4040_0000
REGISTER_BYTES = 0x1000
MEMORY_PORT_ADDRESS = 0xF800_8000
"""Registers of S_AXI_HP0 in the processing system (UG585, AXI_HP0): they hold the width of the port."""
WORD_BITS = (32, 64)
"""Words of a stream that the DMA can send and receive."""

# The hand-written parts, in an order in which they can be read; the queue is part of most cores, too.
PARTS = (
    "asn_fifo_distributed",
    "asn_clock_reset",
    "asn_axi3_bridge",
    "asn_dma_channel",
    "asn_dma_send",
    "asn_dma_receive",
    "asn_dma",
    "asn_zynq7_system",
)
STAND_INS = "ps7"
"""File of hw/sim with the primitives, for simulation and linters."""


@dataclass(frozen=True)
class _Context:
    """Variables of rtl/openxc7/top.v.j2."""

    header: str
    module: str
    input_bits: int
    output_bits: int
    accelerator_page: str
    dma_page: str


def zynq7_files(accelerator: RtlDesign, header: str) -> dict[str, str]:
    """DMA, bridge and top around an accelerator, by file name, in an order in which they can be read.

    `header`: the first line of the top, a comment. UnsupportedError for words that the DMA cannot send.
    """
    for bits in (accelerator.input_bits, accelerator.output_bits):
        if bits not in WORD_BITS:
            raise UnsupportedError(
                f"{accelerator.top}: words of a stream must have 32 or 64 bits for our own DMA, not {bits}."
            )
    known = {path.name for path in accelerator.verilog}
    hand_written = hardware_dir() / "rtl"
    return {
        f"{DMA_PACKAGE}.sv": verilog_package(dma_registers(), DMA_PACKAGE),
        **{
            f"{part}.sv": (hand_written / f"{part}.sv").read_text()
            for part in PARTS
            if f"{part}.sv" not in known
        },
        f"{TOP}.v": render("rtl/openxc7/top.v.j2", _context(accelerator, header)),
    }


def write_zynq7_design(accelerator: RtlDesign, header: str, folder: Path) -> RtlDesign:
    """Write zynq7_files to `folder`; the whole as a design with the top `TOP`, without the primitives."""
    paths = []
    for name, text in zynq7_files(accelerator, header).items():
        paths.append(folder / name)
        write_file(paths[-1], text)
    return dataclasses.replace(
        accelerator, top=TOP, verilog=(paths[0], *accelerator.verilog, *paths[1:]), probes=()
    )


def _context(accelerator: RtlDesign, header: str) -> _Context:
    return _Context(
        header=header,
        module=TOP,
        input_bits=accelerator.input_bits,
        output_bits=accelerator.output_bits,
        accelerator_page=f"{ACCELERATOR_ADDRESS >> 12:05x}",
        dma_page=f"{DMA_ADDRESS >> 12:05x}",
    )


def with_stand_ins(design: RtlDesign) -> RtlDesign:
    """The design with stand-ins for the primitives, for simulators and linters."""
    return dataclasses.replace(design, verilog=(hardware_dir() / "sim" / f"{STAND_INS}.sv", *design.verilog))


def driver_description() -> dict[str, Any]:
    """What a driver must know of the design, which no file for pynq describes: physical addresses."""
    cells = {"accelerator": ACCELERATOR_ADDRESS, "dma": DMA_ADDRESS}
    return {
        "cells": {name: {"phys_addr": place, "addr_range": REGISTER_BYTES} for name, place in cells.items()},
        "memory_port": MEMORY_PORT_ADDRESS,
    }
