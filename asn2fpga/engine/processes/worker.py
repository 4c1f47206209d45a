"""Makes processes in a Python of its own: `python -m asn2fpga.engine.processes.worker JOBS MADE`."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from asn2fpga.engine.processes.job import make
from asn2fpga.toolchain.parent import end_with_parent


def main(jobs: str, made: str) -> None:
    """Make the jobs of one file, write the results to another."""
    results = [make(job) for job in pickle.loads(Path(jobs).read_bytes())]
    Path(made).write_bytes(pickle.dumps(results, pickle.HIGHEST_PROTOCOL))


if __name__ == "__main__":
    end_with_parent()
    main(*sys.argv[1:])
