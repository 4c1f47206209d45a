"""A process that works for another one: a job a line on standard input, an answer a line on what was its
standard output: `python -m asn2fpga.workers.local_worker`.
"""

from __future__ import annotations

import json
import os
import sys

from asn2fpga.toolchain.parent import end_with_parent
from asn2fpga.workers.work import work


def main() -> None:
    """Work until there is no more; whatever is printed meanwhile goes to standard error."""
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)
        for line in sys.stdin:
            answers.write(json.dumps(work(json.loads(line))) + "\n")
            answers.flush()


if __name__ == "__main__":
    end_with_parent()
    main()
