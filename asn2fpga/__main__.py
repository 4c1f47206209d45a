"""`python -m asn2fpga`: the command line, where the `asn2fpga` program is not on PATH."""

import sys

from asn2fpga.cli import main

sys.exit(main())
