#!/usr/bin/env bash
# Makes build/venv with the runtime that TensorFlow Lite networks are compared with, LiteRT from PyPI (wheels for
# Debian 12's Python 3.11 and Debian 13's 3.13). TensorFlow.js comes with npm. Nothing is done, and nothing asked of
# the network, when the venv is there already. Without it the comparisons are skipped.
#   usage: setup.sh [VENV]
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=${1:-build/venv}
want="ai-edge-litert==2.3.0"
if [ "$(cat "$venv/.parsona" 2>/dev/null)" = "$want" ]; then exit 0; fi
echo "parsona: installing $want into $venv" >&2
rm -rf "$venv"
/usr/bin/python3 -m venv "$venv"
if "$venv/bin/pip" install --quiet --disable-pip-version-check "$want"; then
  echo "$want" > "$venv/.parsona"
else
  echo "parsona: $want could not be installed; networks will not be compared with it" >&2
fi
