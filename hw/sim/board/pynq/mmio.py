"""Memory-mapped 32-bit registers of the two cells."""

from pynq.link import board, link


class MMIO:
    """Registers from physical address `base_addr` on. Errors are those of the real class."""

    def __init__(self, base_addr, length=4, device=None, **kwargs):
        if base_addr < 0 or length < 0:
            raise ValueError("Base address or length cannot be negative.")
        self.base_addr = base_addr
        self.length = length

    def read(self, offset=0, length=4, word_order="little"):
        """The word at a byte offset."""
        if length != 4:
            raise ValueError("MMIO currently only supports 4-byte reads here.")
        reply, _ = link.ask(dict(self._place(offset), do="read"))
        return reply["value"]

    def write(self, offset, data):
        """Write the word at a byte offset."""
        if type(data) is not int:
            raise ValueError("Data type must be int here.")
        link.ask(dict(self._place(offset), do="write", value=data & 0xFFFFFFFF))

    def _place(self, offset):
        if offset < 0:
            raise ValueError("Offset cannot be negative.")
        if offset % 4:
            raise MemoryError("Unaligned read: offset must be multiple of 4.")
        if offset >= self.length:
            raise IndexError(f"index out of bounds: offset {offset} of {self.length}")
        for cell, place in board()["cells"].items():
            if place["phys_addr"] <= self.base_addr < place["phys_addr"] + place["addr_range"]:
                return {"cell": cell, "offset": self.base_addr - place["phys_addr"] + offset}
        raise RuntimeError(
            f"nothing answers at address {self.base_addr:#x}: on a board the processor would hang"
        )
