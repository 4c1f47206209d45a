"""The command line: `asn2fpga COMMAND ...`.

Exit status: 0 done, 1 a check failed, 2 bad usage or input, 130 and 143 ended by Ctrl-C and SIGTERM.
"""

from asn2fpga.cli.main import main

__all__ = ["main"]
