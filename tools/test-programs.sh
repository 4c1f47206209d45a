#!/bin/sh
# Install the programs that only tests use (Debian, Ubuntu), if this user may; tests of a missing one are skipped.
set -eu
PATH="$PATH:/usr/sbin:/sbin" # where sshd is

say() { printf '%s\n' "set-up: $*" >&2; }

missing=
for pair in g++:g++ iverilog:iverilog tclsh:tcl ssh:openssh-client sshd:openssh-server; do
  command -v "${pair%:*}" > /dev/null || missing="$missing ${pair#*:}"
done
library=$(sh "$(dirname "$0")/python-library.sh")
missing="$missing${library:+ $library}"
if [ -z "$missing" ]; then exit 0; fi

if ! command -v apt-get > /dev/null; then
  reason="there is no apt-get here"
elif [ "$(id -u)" = 0 ]; then
  reason= as_root=
elif command -v sudo > /dev/null && sudo -n true 2> /dev/null; then
  reason= as_root=sudo
else
  reason="this needs root, or sudo without a password"
fi

if [ -z "$reason" ]; then
  say "installing Debian packages that only tests need:$missing"
  $as_root apt-get update -qq || true
  # shellcheck disable=SC2086 # one word a package
  if $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing > /dev/null; then
    exit 0
  fi
  reason="apt-get failed"
fi
say "not installed:$missing ($reason); tests that need them will be skipped."
say "to run them too: apt-get install$missing"
