"""Overlay and DMA classes, as far as a driver uses them."""

from pynq.link import board, link
from pynq.mmio import MMIO

MAX_BYTES = (1 << 26) - 1


class Channel:
    """One direction of the AXI DMA, like pynq.lib.dma: wait() has no time limit."""

    def __init__(self, mmio, offset, sends):
        self._mmio = mmio
        self._offset = offset
        self._sends = sends
        self._buffer = None
        self._first_transfer = True
        self.transferred = 0
        self.start()

    @property
    def running(self):
        """Whether it is not halted."""
        return not self._status() & 0x1

    @property
    def idle(self):
        """Whether the last transfer is complete; also False before the first one."""
        return bool(self._status() & 0x2)

    @property
    def error(self):
        """Whether an error halted it."""
        return bool(self._status() & 0x70)

    def start(self):
        """Let it run."""
        self._mmio.write(self._offset, 0x0001)
        while not self.running:
            pass
        self._first_transfer = True

    def stop(self):
        """Let it halt, which it does when the transfer that is going on is complete."""
        self._mmio.write(self._offset, 0x0000)
        while self.running:
            pass

    def transfer(self, array, start=0, nbytes=0):
        """Begin to send or receive a message; it may be shorter than a receiving buffer."""
        if not self.running:
            raise RuntimeError("DMA channel not started")
        if not self._first_transfer and not self.idle:
            raise RuntimeError("DMA channel not idle")
        nbytes = nbytes or array.nbytes - start
        if nbytes > MAX_BYTES:
            raise ValueError(
                f"Transfer size is {nbytes} bytes, which exceeds the maximum DMA buffer size {MAX_BYTES}."
            )
        if self._sends:
            array.flush()
        self.transferred = 0
        address = array.physical_address + start
        self._mmio.write(self._offset + 0x18, address & 0xFFFFFFFF)
        self._mmio.write(self._offset + 0x1C, address >> 32)
        self._mmio.write(self._offset + 0x28, nbytes)
        self._buffer = array
        self._first_transfer = False

    def wait(self):
        """Until the message is complete, for ever if need be."""
        if not self.running:
            raise RuntimeError("DMA channel not started")
        while not self.idle:
            if self.error:
                raise RuntimeError(f"DMA error, status {self._status():#x}")
        if not self._sends:
            self._buffer.invalidate()
        self.transferred = self._mmio.read(self._offset + 0x28)

    def _status(self):
        return self._mmio.read(self._offset + 4)


class Dma:
    """The AXI DMA of the block design."""

    def __init__(self, description):
        self.description = description
        self.mmio = MMIO(description["phys_addr"], description["addr_range"])
        self.sendchannel = Channel(self.mmio, 0x00, True)
        self.recvchannel = Channel(self.mmio, 0x30, False)

    def read(self, offset=0):
        """A register."""
        return self.mmio.read(offset)

    def write(self, offset, value):
        """Write a register."""
        self.mmio.write(offset, value)


class Overlay:
    """The bitstream: loading it resets the logic. Neither .bit nor .hwh is read."""

    def __init__(self, bitfile_name, dtbo=None, download=True, ignore_version=False, device=None):
        self.bitfile_name = str(bitfile_name)
        self.ip_dict = {
            name: dict(place, fullpath=name, type="simulated", state=None)
            for name, place in board()["cells"].items()
        }
        self._dma = None
        if download:
            self.download()

    @property
    def dma(self):
        """The DMA's driver, made when it is asked for."""
        if self._dma is None:
            self._dma = Dma(self.ip_dict["dma"])
        return self._dma

    def download(self, dtbo=None):
        """Load the bitstream."""
        self._dma = None
        link.ask({"do": "load"})

    def is_loaded(self):
        """Always."""
        return True

    def free(self):
        """Nothing to give back."""
