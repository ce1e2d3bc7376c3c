#!/usr/bin/env bash
# Builds the third-party libraries once per machine, into a cache that every checkout shares.
#   usage: build.sh native|wasm     prints a folder on its last line, which holds:
#   src              unpacked sources
#   native           libXNNPACK.a, libmicrokernels-prod.a, libpthreadpool.a, libcpuinfo.a (native)
#   emsdk            Emscripten (wasm)
#   wasm-VARIANT     libxnnpack.a, libpthreadpool.a; VARIANT: simd, simd-mt, relaxed, relaxed-mt (wasm)
# Each of them is a cache entry of its own, whose key is what it is made from, and the folder only
# links to them: a changed version or recipe builds anew what depends on it and nothing else.
# Environment: PARSONA_CACHE, the cache (default ~/.cache/parsona); XNNPACK_SOURCE_DIR, an existing
# XNNPACK source instead of the fetched one; an emcmake on PATH is used when PARSONA_SYSTEM_EMSDK=1.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/versions.sh"
cache=${PARSONA_CACHE:-$HOME/.cache/parsona}
mkdir -p "$cache"

log() { echo "parsona: $*" >&2; }
hash() { sha256sum | cut -c1-12; }

# ---------------------------------------------------------------- keys
src_key=$({ echo "${DEBIAN_SOURCES[*]}"; cat "$here/sources.sh" "$here/apt.sh"; } | hash)
src=$cache/src-$src_key
xnnpack=${XNNPACK_SOURCE_DIR:-$src/xnnpack}
if [ "${PARSONA_SYSTEM_EMSDK:-0}" = 1 ]; then
  emsdk_key=system emcmake=emcmake
else
  emsdk_key=$({ echo "$EMSCRIPTEN_DEBIAN $BINARYEN_DEBIAN"; cat "$here/emscripten.sh" "$here/apt.sh"; } | hash)
  emcmake=$cache/emsdk-$emsdk_key/bin/emcmake
fi

# ---------------------------------------------------------------- recipes: COMMAND... FOLDER
# The micro-kernels are C and assembly chosen at run time; upstream's CMake is used as it is.
native() {
  CC=clang-19 CXX=clang++-19 cmake -G Ninja -S "$xnnpack" -B "$1" -DCMAKE_BUILD_TYPE=Release \
    -DXNNPACK_LIBRARY_TYPE=static -DXNNPACK_BUILD_TESTS=OFF -DXNNPACK_BUILD_BENCHMARKS=OFF \
    -DXNNPACK_BUILD_ALL_MICROKERNELS=OFF -DXNNPACK_ENABLE_KLEIDIAI=OFF \
    -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
    -DCPUINFO_SOURCE_DIR="$src/cpuinfo" -DPTHREADPOOL_SOURCE_DIR="$src/pthreadpool" \
    -DFXDIV_SOURCE_DIR="$src/fxdiv" -DFP16_SOURCE_DIR="$src/fxdiv" -DPSIMD_SOURCE_DIR="$src/fxdiv" \
    -DCPUINFO_LIBRARY_TYPE=static -DPTHREADPOOL_LIBRARY_TYPE=static
  ninja -C "$1" XNNPACK microkernels-prod pthreadpool cpuinfo
}

wasm() {
  local relaxed=$1 threads=$2
  "$emcmake" cmake -G Ninja -S "$here/xnnpack-wasm" -B "$3" -DCMAKE_BUILD_TYPE=Release \
    -DXNNPACK_DIR="$xnnpack" -DPTHREADPOOL_DIR="$src/pthreadpool" \
    -DFXDIV_INC="$src/fxdiv/include" -DWASM_RELAXED="$relaxed" -DWASM_THREADS="$threads"
  ninja -C "$3"
}

native_key=$({ echo "$src_key ${XNNPACK_SOURCE_DIR:-}"; declare -f native; } | hash)
wasm_key=$({ echo "$src_key $emsdk_key ${XNNPACK_SOURCE_DIR:-}"; declare -f wasm; cat "$here"/xnnpack-wasm/{CMakeLists.txt,no_reference.c,compat/*}; } | hash)

# ---------------------------------------------------------------- the folder
# entry NAME KEY COMMAND...: makes CACHE/NAME-KEY by the command, unless that was done, and links to
# it. Two checkouts may start at once.
entry() {
  local name=$1 made=$cache/$1-$2
  shift 2
  {
    flock 9
    if [ ! -e "$made/.done" ]; then
      log "$name (once per machine)"
      mkdir -p "$made"
      "$@" "$made" > "$made.log" 2>&1 || { tail -30 "$made.log" >&2; log "$name failed: $made.log"; exit 1; }
      touch "$made/.done"
    fi
  } 9> "$made.lock"
  ln -sfn "$made" "$set/$name"
}

case ${1:-} in
  native)
    set=$cache/set-$native_key
    mkdir -p "$set"
    entry src "$src_key" "$here/sources.sh"
    entry native "$native_key" native ;;
  wasm)
    set=$cache/set-$wasm_key
    mkdir -p "$set"
    entry src "$src_key" "$here/sources.sh"
    [ "$emsdk_key" = system ] || entry emsdk "$emsdk_key" "$here/emscripten.sh"
    entry wasm-relaxed-mt "$wasm_key" wasm ON ON
    entry wasm-relaxed "$wasm_key" wasm ON OFF
    entry wasm-simd-mt "$wasm_key" wasm OFF ON
    entry wasm-simd "$wasm_key" wasm OFF OFF ;;
  *) echo "usage: $0 native|wasm" >&2; exit 2 ;;
esac
echo "$set"
