#!/bin/sh
# Print the Debian package of the shared library of $VENV's Python if that is missing; cocotb loads it.
set -eu
python="${VENV:-.venv}/bin/python"
if [ -x "$python" ]; then
  "$python" - << 'END'
import sys, find_libpython
if find_libpython.find_libpython() is None:
    print("libpython%d.%d" % sys.version_info[:2])
END
fi
