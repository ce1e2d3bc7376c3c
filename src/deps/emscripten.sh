#!/usr/bin/env bash
# A modern Emscripten (3.1.69, clang 19). Debian 13 has it; on Debian 12, whose own 3.1.6 cannot make
# relaxed SIMD that runs, only its architecture-independent part and binaryen come from Debian 13,
# unpacked into a prefix, while clang 19 is Debian 12's own.
#   usage: emscripten.sh PREFIX   -> PREFIX/bin/{emcc,em++,emar,emranlib,emnm,emcmake,emmake}
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/versions.sh"
. "$here/apt.sh"
mkdir -p "$1"
prefix=$(cd "$1" && pwd)
tools=(emcc em++ emar emranlib emnm emcmake emmake)
root=$prefix/root
mkdir -p "$root" "$prefix/bin" "$prefix/binaryen/bin" "$prefix/debs"

suite_apt "$prefix/apt" trixie
(cd "$prefix/debs" && apt-get "${APT_SUITE[@]}" download -qq "emscripten=$EMSCRIPTEN_DEBIAN" \
  "binaryen=$BINARYEN_DEBIAN" node-acorn libc6 libstdc++6 libgcc-s1)
dpkg-deb --fsys-tarfile "$prefix"/debs/emscripten_*.deb | tar x -C "$root" \
  --exclude='*/lto' --exclude='*/lto-pic' --exclude='*/pic' --exclude='./usr/share/emscripten/test'
for d in binaryen node-acorn libc6 libstdc++6 libgcc-s1; do dpkg-deb -x "$prefix/debs/${d}"_*.deb "$root"; done
rm -rf "$prefix/debs" "$prefix/apt"
ln -sfn ../nodejs "$root/usr/share/emscripten/node_modules"  # acorn, for acorn-optimizer.mjs

# binaryen 120 wants glibc 2.38: it is run by the C library that came with it.
for t in "$root"/usr/bin/wasm*; do
  printf '#!/bin/sh\nexec %s/usr/lib64/ld-linux-x86-64.so.2 --library-path %s/usr/lib/x86_64-linux-gnu %s "$@"\n' \
    "$root" "$root" "$t" > "$prefix/binaryen/bin/${t##*/}"
done
cat > "$prefix/em.config" <<C
LLVM_ROOT = '/usr/bin'
BINARYEN_ROOT = '$prefix/binaryen'
NODE_JS = '${NODE:-$(command -v node)}'
FROZEN_CACHE = True
LLVM_ADD_VERSION = '19'
CLANG_ADD_VERSION = '19'
C
for t in "${tools[@]}"; do
  printf '#!/bin/sh\nEM_CONFIG=%s/em.config exec %s/usr/share/emscripten/%s "$@"\n' "$prefix" "$root" "$t" > "$prefix/bin/$t"
done
chmod +x "$prefix"/bin/* "$prefix"/binaryen/bin/*
