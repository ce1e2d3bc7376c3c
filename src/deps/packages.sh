#!/usr/bin/env bash
# Installs what Parsona's build and tests need from Debian 12 or 13 itself. Root, or sudo, is needed
# only when something is missing.
#   usage: packages.sh [build|test]
set -euo pipefail

build=(clang-19 lld-19 llvm-19 cmake ninja-build make pkg-config git ca-certificates xz-utils
  debian-archive-keyring python3 python3-numpy python3-pil brotli)
test=(libcmocka-dev libclang-rt-19-dev clang-format-19 clang-tidy-19 chromium python3-venv python3-skimage librsvg2-bin)

want=("${build[@]}")
if [ "${1:-build}" = test ]; then want+=("${test[@]}"); fi
# Node.js and npm may be anybody's; Debian 12's own Node is too old, see node.sh.
command -v npm >/dev/null || want+=(nodejs npm)
missing=()
for p in "${want[@]}"; do
  dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "parsona: need root or sudo to install: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "parsona: installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}" >/dev/null
