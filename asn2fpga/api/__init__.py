"""The Python API behind `asn2fpga.build`, `open`, `estimate` and the command line."""
