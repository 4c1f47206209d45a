"""Code that runs on the board: standard library, numpy and pynq only, Python 3.8 or newer.

The package for the board copies these files unchanged, so none imports anything else of asn2fpga.
"""
