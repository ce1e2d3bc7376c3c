#!/usr/bin/env bash
# Prints what goes before PATH for a Node.js of version 20 or later and an npm of 10 or later: the machine's own, or,
# where they are older (Debian 12 has Node.js 18, Debian 12 and 13 have npm 9, which stumbles over aliases in
# "overrides"), those of the npm registry, kept in the cache.
#   usage: node.sh CACHE_PARENT
set -euo pipefail
NODE_VERSION=20.18.1
NPM_VERSION=10.9.2
cache=$1
major() { "$1" --version 2>/dev/null | sed 's/^v*\([0-9]*\).*/\1/'; }

# packed PACKAGE FOLDER: the package's files in FOLDER.
packed() {
  local tmp
  tmp=$(mktemp -d)
  (cd "$tmp" && npm pack --loglevel=error "$1" >/dev/null && tar xf ./*.tgz)
  mkdir -p "$(dirname "$2")"
  rm -rf "$2"
  mv "$tmp/package" "$2"
  rm -rf "$tmp"
}

node_folder() {
  local arch dir=$cache/node-$NODE_VERSION
  if command -v node >/dev/null && [ "$(major node)" -ge 20 ]; then
    dirname "$(command -v node)"
    return
  fi
  case $(uname -m) in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; *) echo "parsona: need Node.js 20" >&2; exit 1 ;; esac
  [ -x "$dir/bin/node" ] || packed "node-linux-$arch@$NODE_VERSION" "$dir"
  echo "$dir/bin"
}

node=$(node_folder)
if [ "$(PATH=$node:$PATH major npm)" -ge 10 ]; then
  echo "$node"
  exit
fi
npm=$cache/npm-$NPM_VERSION
if [ ! -x "$npm/parsona/npm" ]; then
  packed "npm@$NPM_VERSION" "$npm"
  mkdir -p "$npm/parsona"
  printf '#!/bin/sh\nexec node "%s/bin/npm-cli.js" "$@"\n' "$npm" > "$npm/parsona/npm"
  chmod +x "$npm/parsona/npm"
fi
echo "$npm/parsona:$node"
