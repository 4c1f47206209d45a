"""Buffers whose contents the processor and the DMA see alike only after flush() or invalidate()."""

import numpy as np

from pynq.link import link


class PynqBuffer(np.ndarray):
    """An array with a physical address. Slices are buffers too."""

    def __array_finalize__(self, other):
        self.base_address = getattr(other, "base_address", None)
        self.base_pointer = getattr(other, "base_pointer", None)
        self.coherent = False
        self.cacheable = True

    @property
    def device_address(self):
        """Physical address of the first element."""
        return self.base_address + self.__array_interface__["data"][0] - self.base_pointer

    @property
    def physical_address(self):
        """The same."""
        return self.device_address

    def flush(self):
        """What the processor wrote reaches memory."""
        data = np.ascontiguousarray(self).tobytes()
        link.ask({"do": "flush", "address": self.device_address}, data)

    def invalidate(self):
        """What the DMA wrote reaches the processor."""
        _, data = link.ask({"do": "invalidate", "address": self.device_address, "size": self.nbytes})
        self[...] = np.frombuffer(data, self.dtype).reshape(self.shape)

    def sync_to_device(self):
        """flush."""
        self.flush()

    def sync_from_device(self):
        """invalidate."""
        self.invalidate()

    def freebuffer(self):
        """Give the memory back; the simulation never hands it out again."""

    def close(self):
        """freebuffer."""
        self.freebuffer()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.freebuffer()


def allocate(shape, dtype="u4", target=None, **kwargs):
    """A contiguous buffer; its contents are whatever lay there."""
    array = np.empty(shape, dtype)
    array.reshape(-1).view(np.uint8)[:] = 0x5A
    buffer = array.view(PynqBuffer)
    reply, _ = link.ask({"do": "allocate", "size": buffer.nbytes})
    buffer.base_address = reply["address"]
    buffer.base_pointer = buffer.__array_interface__["data"][0]
    return buffer
