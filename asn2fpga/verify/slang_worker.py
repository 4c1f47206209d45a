"""slang's command line, in a process of its own: `python -m asn2fpga.verify.slang_worker ARGUMENT...`.

slang prints what it finds to standard error; exit status 1 if it finds an error.
"""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> int:
    """Compile files with slang's options (--top NAME) as one design."""
    from pyslang.driver import Driver

    driver = Driver()
    driver.addStandardArgs()
    words = " ".join(f'"{word}"' for word in ("slang", *arguments))
    ready = driver.parseCommandLine(words) and driver.processOptions() and driver.parseAllSources()
    return 0 if ready and driver.runFullCompilation() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
