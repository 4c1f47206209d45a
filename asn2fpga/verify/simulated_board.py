"""A board without a board: the accelerator's RTL with an AXI DMA model, behind a stand-in for pynq.

    with simulated_board(build_folder, work, faults=("stuck_send",)) as environment:
        process.run([sys.executable, "selftest.py"], ..., environment=environment)

`environment` holds PYTHONPATH, with the stand-in first, and ASN2FPGA_SIMULATED_BOARD. Any number of processes
may use the board, one after the other. In them `import pynq` gives the stand-in (hw/sim/board/pynq): Overlay
with .ip_dict["accelerator"], ["dma"] and .dma, MMIO, allocate, `pynq.SIMULATED` (a text, which the real pynq
has not), and pynq.inject("reset") for a fault at the next message. Time in the simulation moves only while a
register is accessed: up to 1000 cycles when the status of a busy DMA is read, some ten cycles otherwise.
Bytes move as on a board, but nothing here says how fast its processor or its memory is.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn2fpga import resources
from asn2fpga.errors import InputError, ToolError
from asn2fpga.hls.design_file import load_design
from asn2fpga.rtl import RtlDesign
from asn2fpga.toolchain import process
from asn2fpga.toolchain.plan import write_file
from asn2fpga.verify import simulators
from asn2fpga.verify.axi3 import FAULTS as AXI3_FAULTS
from asn2fpga.verify.axi_dma import FAULTS
from asn2fpga.verify.cocotb_run import BenchModule, testbench_environment

ZYNQ7_TOP = "asn2fpga_top"
"""Top of designs that hold the processing system and a DMA themselves; others get both as models."""
TESTBENCH = "asn2fpga.verify.board_bench"
ZYNQ7_TESTBENCH = "asn2fpga.verify.zynq7_bench"
VARIABLE = "ASN2FPGA_SIMULATED_BOARD"
SIMULATED = {
    False: "RTL simulation with Verilator, AXI DMA as a model",
    True: "RTL simulation with Verilator, with its own DMA, processor and memory as models",
}
"""What is simulated, in words, by whether the design has a DMA of its own."""
START_SECONDS = 120.0
END_SECONDS = 5.0
ACCELERATOR_BYTES = 0x1000
DMA_BYTES = 0x10000
PORT_BYTES = 0x1000


@dataclass(frozen=True)
class AddressMap:
    """Physical addresses of a device family: registers of the two cells, memory for buffers, and the
    processing system's registers of the memory port (0: none that a driver uses)."""

    accelerator: int
    dma: int
    memory: int
    memory_port: int = 0


FAMILIES = {
    "zynq7000": AddressMap(
        accelerator=0x43C0_0000, dma=0x4040_0000, memory=0x1600_0000, memory_port=0xF800_8000
    ),
    "zynquplus": AddressMap(accelerator=0xA001_0000, dma=0xA000_0000, memory=0x8_7000_0000),
}


@contextlib.contextmanager
def simulated_board(
    build_folder: Path, work: Path, *, faults: Sequence[str] = (), family: str = "zynq7000", jobs: int = 2
) -> Iterator[dict[str, str]]:
    """A board with the accelerator that `build_folder` (after stage hls) holds; `work`: files of this run.

    faults: names of axi_dma.FAULTS, each happens once. family: a key of FAMILIES. Raises InputError for
    unknown ones, ToolError if the simulation cannot be built or does not start.
    """
    design = load_design(build_folder.resolve() / "rtl" / "accelerator.json")
    program = simulators.build_accelerator(design, build_folder.resolve() / "sim", work / "logs", jobs)
    with board_of(design, program, work, faults=faults, family=family) as environment:
        yield environment


@contextlib.contextmanager
def board_of(
    design: RtlDesign,
    program: Path,
    work: Path,
    *,
    faults: Sequence[str] = (),
    family: str = "zynq7000",
    stalls: float = 0.0,
) -> Iterator[dict[str, str]]:
    """The same for an accelerator and its program (simulators.build_accelerator).

    A design with the top ZYNQ7_TOP gets memory behind its port instead of a DMA: faults are those of
    axi3.FAULTS, and `stalls` is how probable it is that a channel of the port rests in a cycle.
    """
    addresses = _addresses(family, faults, AXI3_FAULTS if design.top == ZYNQ7_TOP else FAULTS)
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="asn2fpga-board-") as folder:
        end = str(Path(folder) / "socket")  # such paths must be short
        plan = {
            "socket": end,
            "registers": str(design.directory.resolve() / "registers.json"),
            "memory_base": addresses.memory,
            "faults": list(faults),
            "stalls": stalls,
            "cells": {"accelerator": addresses.accelerator, "dma": addresses.dma},
        }
        write_file(work / "board.json", json.dumps(plan, indent=1))
        command = [str(program.resolve()), f"+testbench={(work / 'board.json').resolve()}"]
        bench = BenchModule(ZYNQ7_TESTBENCH if design.top == ZYNQ7_TOP else TESTBENCH, design.top)
        environment = testbench_environment(bench, work.resolve())
        log = work / "logs" / "board.log"
        with process.background(
            command, cwd=design.directory, log=log, environment=environment
        ) as simulation:
            _wait_for(end, simulation)
            yield _client_environment(end, addresses, SIMULATED[design.top == ZYNQ7_TOP])
            _ask_to_end(end, simulation)


def _addresses(family: str, faults: Sequence[str], known: Mapping[str, str]) -> AddressMap:
    for fault in faults:
        if fault not in known:
            raise InputError(f"simulated board: fault must be one of {', '.join(known)}, not '{fault}'.")
    if family not in FAMILIES:
        raise InputError(f"simulated board: family must be one of {', '.join(FAMILIES)}, not '{family}'.")
    return FAMILIES[family]


def _wait_for(end: str, simulation: process.Background) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not Path(end).exists():
        simulation.check()
        if time.monotonic() > deadline:
            raise ToolError(
                f"simulated board: simulation must start within {START_SECONDS:g} s, not later; "
                f"log: {simulation.log}"
            )
        time.sleep(0.02)


def _client_environment(end: str, addresses: AddressMap, simulated: str) -> dict[str, str]:
    cells: dict[str, dict[str, Any]] = {
        "accelerator": {"phys_addr": addresses.accelerator, "addr_range": ACCELERATOR_BYTES},
        "dma": {"phys_addr": addresses.dma, "addr_range": DMA_BYTES},
    }
    if addresses.memory_port:
        cells["memory_port"] = {"phys_addr": addresses.memory_port, "addr_range": PORT_BYTES}
    stand_in = str(resources.hardware_dir() / "sim" / "board")
    path = os.pathsep.join(entry for entry in (stand_in, os.environ.get("PYTHONPATH", "")) if entry)
    return {"PYTHONPATH": path, VARIABLE: json.dumps({"socket": end, "cells": cells, "simulated": simulated})}


def _ask_to_end(end: str, simulation: process.Background) -> None:
    """Politely; what does not end is ended by force afterwards."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(END_SECONDS)
        connection.connect(end)
        connection.sendall(b'{"do": "end"}\n')
        simulation.wait(END_SECONDS)
