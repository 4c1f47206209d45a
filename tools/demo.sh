#!/bin/sh
# The main job on a network that comes along: examples/digits.pt to verified RTL; ends with the report's path.
set -eu
cd "$(dirname "$0")/.."

started=$(date +%s)
echo "make demo: 5 to 10 minutes on two cores the first time, set-up included; 2 after that."
sh tools/setup.sh
ready=$(date +%s)
"${VENV:-.venv}/bin/asn2fpga" build examples/digits.pt --board pynq-z2 --data examples/digits_test.npz \
  --out build/digits
echo "make demo took $(($(date +%s) - started)) s, $((ready - started)) of them for set-up. Report:"
echo "$(pwd -P)/build/digits/report.html"
