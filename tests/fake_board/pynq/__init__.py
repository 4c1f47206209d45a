"""A stand-in for pynq with a board in Python: registers, AXI DMA, memory with a cache, a model's scores.

It models what the driver relies on: bytes reach the DMA only after flush() and the processor only after
invalidate(), a channel that is not running moves nothing, BATCH cuts messages, malformed ones are flagged and
drained. `plug(board)` puts a board in; in another process FAKE_BOARD names a JSON file that describes it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from fake_accelerator import Board, load_board

SIMULATED = os.environ.get("FAKE_BOARD_SIMULATED", "a model in Python")
PHYSICAL = {"base_timer": 0x90000000, "accelerator": 0xA0000000, "dma": 0xA0010000}

_board: Board | None = None


def plug(board: Board | None) -> None:
    """Put a board in, or take it out."""
    global _board
    _board = board


def plugged() -> Board:
    global _board
    if _board is None:
        _board = load_board(Path(os.environ["FAKE_BOARD"]))
    return _board


class Overlay:
    """Of the real one: `ip_dict`, and the bitstream's name."""

    def __init__(self, bitfile_name: str, download: bool = True) -> None:
        board = plugged()
        self.bitfile_name = bitfile_name
        cells = {name: {"phys_addr": PHYSICAL[name], "addr_range": 4096} for name in board.cells}
        self.ip_dict: dict[str, Any] = cells
        board.loaded.append((bitfile_name, download))


class MMIO:
    """32-bit registers; like the real one it takes plain int only and refuses what is not aligned."""

    def __init__(self, base_addr: int, length: int = 4) -> None:
        (self.cell,) = [name for name, base in PHYSICAL.items() if base == base_addr]
        self.length = length

    def read(self, offset: int = 0) -> int:
        self._check(offset)
        return plugged().read(self.cell, offset)

    def write(self, offset: int, data: int) -> None:
        self._check(offset)
        assert type(data) is int and 0 <= data < 1 << 32
        plugged().write(self.cell, offset, data)

    def _check(self, offset: int) -> None:
        assert 0 <= offset < self.length and offset % 4 == 0


class Buffer(np.ndarray):
    """Memory that processor and DMA see alike only after flush() or invalidate(). Slices begin at 0."""

    device_address: int
    freed: bool

    def __array_finalize__(self, other: Any) -> None:
        self.device_address = getattr(other, "device_address", 0)

    def flush(self) -> None:
        plugged().memory[self.device_address][: len(self)] = self

    def invalidate(self) -> None:
        self[:] = plugged().memory[self.device_address][: len(self)]

    def freebuffer(self) -> None:
        assert not self.freed
        self.freed = True
        plugged().freed.append(self.device_address)


def allocate(shape: tuple[int, ...], dtype: Any = "u4") -> Buffer:
    board = plugged()
    buffer = np.zeros(shape, dtype).view(Buffer)
    buffer.device_address = board.next_address
    buffer.freed = False
    board.next_address += -(-buffer.nbytes // 4096) * 4096
    board.memory[buffer.device_address] = np.full(shape, 0xDEADBEEF, dtype)  # what lay there before
    return buffer
