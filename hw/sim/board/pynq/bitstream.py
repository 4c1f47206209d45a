"""A bitstream that no .hwh describes, and the clocks of the programmable logic."""

from pynq.link import link

SOURCE_MHZ = 1000.0
"""The IO PLL of a PYNQ-Z1 or -Z2; the clock is this divided by a product of two dividers of 6 bits."""


class Bitstream:
    """Loading resets the programmable logic; the simulation has the design already."""

    def __init__(self, bitfile_name, dtbo=None, partial=False, device=None):
        if not isinstance(bitfile_name, str):
            raise TypeError("Bitstream name has to be a string.")
        self.bitfile_name = bitfile_name

    def download(self, parser=None):
        """Load it."""
        link.ask({"do": "load"})


class _Clocks(type):
    divisor = 10

    @property
    def fclk0_mhz(cls):
        """Clock 0 as the dividers make it."""
        return round(SOURCE_MHZ / cls.divisor, 6)

    @fclk0_mhz.setter
    def fclk0_mhz(cls, clk_mhz):
        products = {first * second for first in range(1, 64) for second in range(1, 64)}
        cls.divisor = min(products, key=lambda product: abs(product - SOURCE_MHZ / clk_mhz))


class Clocks(metaclass=_Clocks):
    """The clocks, of which only number 0 is there."""
