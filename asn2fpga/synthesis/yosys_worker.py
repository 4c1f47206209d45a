"""Runs Yosys passes in a process of its own: `python -m asn2fpga.synthesis.yosys_worker SCRIPT`.

Yosys keeps global state, writes to standard output and ends the process on an error, hence the process.
"""

from __future__ import annotations

import sys
from pathlib import Path

from asn2fpga.toolchain.parent import end_with_parent


def main(script: str) -> None:
    """Run every line of the file `script` as one pass on one design."""
    from pyosys import libyosys

    design = libyosys.Design()
    for line in Path(script).read_text().splitlines():
        libyosys.run_pass(line, design)


if __name__ == "__main__":
    end_with_parent()
    main(sys.argv[1])
