#!/usr/bin/env bash
# Builds the third-party libraries once per machine, into a cache that every checkout shares.
#   usage: build.sh native|wasm     prints the cache's folder on its last line
# The cache's key is what the build reads, so a changed version or recipe builds anew.
#   CACHE/src            unpacked sources
#   CACHE/emsdk          Emscripten (wasm)
#   CACHE/native         libXNNPACK.a, libmicrokernels-prod.a, libpthreadpool.a, libcpuinfo.a
#   CACHE/wasm-VARIANT   libxnnpack.a, libpthreadpool.a       VARIANT: simd, relaxed, relaxed-mt
# Environment: PARSONA_CACHE, its parent folder (default ~/.cache/parsona); XNNPACK_SOURCE_DIR, an
# existing XNNPACK source instead of the fetched one; an emcmake on PATH is used when
# PARSONA_SYSTEM_EMSDK=1.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
key=$(cd "$here" && cat versions.sh sources.sh emscripten.sh xnnpack-wasm/CMakeLists.txt build.sh | sha256sum | cut -c1-12)
cache=${PARSONA_CACHE:-$HOME/.cache/parsona}/$key
mkdir -p "$cache"
exec 9> "$cache/.lock"
flock 9                               # two checkouts may start at once

log() { echo "parsona: $*" >&2; }
# once NAME COMMAND...: runs the command unless it has already succeeded for this cache.
once() {
  local name=$1; shift
  [ -e "$cache/.done-$name" ] && return
  log "$name (once per machine)"
  "$@" > "$cache/$name.log" 2>&1 || { tail -30 "$cache/$name.log" >&2; log "$name failed: $cache/$name.log"; exit 1; }
  touch "$cache/.done-$name"
}

xnnpack=${XNNPACK_SOURCE_DIR:-$cache/src/xnnpack}

# The micro-kernels are C and assembly chosen at run time; upstream's CMake is used as it is.
native() {
  local src=$cache/src
  CC=clang-19 CXX=clang++-19 cmake -G Ninja -S "$xnnpack" -B "$cache/native" -DCMAKE_BUILD_TYPE=Release \
    -DXNNPACK_LIBRARY_TYPE=static -DXNNPACK_BUILD_TESTS=OFF -DXNNPACK_BUILD_BENCHMARKS=OFF \
    -DXNNPACK_BUILD_ALL_MICROKERNELS=OFF -DXNNPACK_ENABLE_KLEIDIAI=OFF \
    -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
    -DCPUINFO_SOURCE_DIR="$src/cpuinfo" -DPTHREADPOOL_SOURCE_DIR="$src/pthreadpool" \
    -DFXDIV_SOURCE_DIR="$src/fxdiv" -DFP16_SOURCE_DIR="$src/fxdiv" -DPSIMD_SOURCE_DIR="$src/fxdiv" \
    -DCPUINFO_LIBRARY_TYPE=static -DPTHREADPOOL_LIBRARY_TYPE=static
  ninja -C "$cache/native" XNNPACK microkernels-prod pthreadpool cpuinfo
}

wasm() {
  local variant=$1 relaxed=$2 threads=$3 emcmake=$cache/emsdk/bin/emcmake
  [ "${PARSONA_SYSTEM_EMSDK:-0}" = 1 ] && emcmake=emcmake
  "$emcmake" cmake -G Ninja -S "$here/xnnpack-wasm" -B "$cache/wasm-$variant" -DCMAKE_BUILD_TYPE=Release \
    -DXNNPACK_DIR="$xnnpack" -DPTHREADPOOL_DIR="$cache/src/pthreadpool" \
    -DFXDIV_INC="$cache/src/fxdiv/include" -DWASM_RELAXED="$relaxed" -DWASM_THREADS="$threads"
  ninja -C "$cache/wasm-$variant"
}

once sources "$here/sources.sh" "$cache/src"
case ${1:-} in
  native) once xnnpack-native native ;;
  wasm)
    [ "${PARSONA_SYSTEM_EMSDK:-0}" = 1 ] || once emscripten "$here/emscripten.sh" "$cache/emsdk"
    once xnnpack-wasm-relaxed-mt wasm relaxed-mt ON ON
    once xnnpack-wasm-relaxed wasm relaxed ON OFF
    once xnnpack-wasm-simd wasm simd OFF OFF ;;
  *) echo "usage: $0 native|wasm" >&2; exit 2 ;;
esac
echo "$cache"
