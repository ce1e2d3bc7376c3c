#!/usr/bin/env bash
# Prints the folder of a Node.js of version 20 or later: the machine's own, or, where that is older
# (Debian 12 has 18), one from the npm registry, kept in the cache.
#   usage: node.sh CACHE_PARENT
set -euo pipefail
NODE_VERSION=20.18.1
major() { "$1" --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/'; }

if command -v node >/dev/null && [ "$(major node)" -ge 20 ]; then
  dirname "$(command -v node)"
  exit
fi
case $(uname -m) in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; *) echo "parsona: need Node.js 20" >&2; exit 1 ;; esac
dir=$1/node-$NODE_VERSION
if [ ! -x "$dir/bin/node" ]; then
  mkdir -p "$dir"
  tmp=$(mktemp -d)
  (cd "$tmp" && npm pack --loglevel=error "node-linux-$arch@$NODE_VERSION" >/dev/null && tar xf ./*.tgz && cp -r package/bin "$dir/")
  rm -rf "$tmp"
fi
echo "$dir/bin"
