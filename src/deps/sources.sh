#!/usr/bin/env bash
# Fetches and unpacks the third-party sources of versions.sh.
#   usage: sources.sh DIR   -> DIR/{xnnpack,pthreadpool,fxdiv,cpuinfo,yyjson,libstb}
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/versions.sh"
. "$here/apt.sh"
mkdir -p "$1"
out=$(cd "$1" && pwd)

# unpack NAME TARBALL-DIR: the upstream tarball, with or without a top-level folder of its own.
unpack() {
  local name=$1 tmp=$2 entries
  mkdir "$tmp/x"
  tar -xf "$tmp"/*.orig.tar.* -C "$tmp/x"
  entries=("$tmp"/x/*)
  if [ ${#entries[@]} -eq 1 ] && [ -d "${entries[0]}" ]; then mv "${entries[0]}" "$out/$name"
  else mv "$tmp/x" "$out/$name"; fi
}

# fetch SUITE PIN...: prints the pins that this suite could not give.
fetch() {
  local suite=$1 pin name tmp
  shift
  suite_apt "$out/.apt-$suite" "$suite"
  for pin; do
    name=${pin%%=*} tmp=$out/.tmp-$name
    [ -d "$out/$name" ] && continue
    rm -rf "$tmp" && mkdir -p "$tmp"
    if (cd "$tmp" && apt-get "${APT_SUITE[@]}" source -qq --download-only --tar-only "$pin" >&2); then
      unpack "$name" "$tmp"
    else
      echo "$pin"
    fi
    rm -rf "$tmp"
  done
  rm -rf "$out/.apt-$suite"
}

missing=$(fetch trixie "${DEBIAN_SOURCES[@]}")
# A mirror can lack a tarball that its index names (seen with cpuinfo); the next suite then has a
# newer one. Only for libraries whose interface does not move.
for pin in $missing; do
  case $pin in
    cpuinfo=*) left=$(fetch sid cpuinfo); [ -z "$left" ] || { echo "parsona: cannot fetch $left" >&2; exit 1; } ;;
    *) echo "parsona: cannot fetch $pin" >&2; exit 1 ;;
  esac
done

# pthreadpool's threads spin a million times before they sleep: tens of milliseconds an operator
# whenever another program has the processor. Ten thousand is past the time between two operators.
sed -i 's/\(SPIN_WAIT_ITERATIONS\) 1000000$/\1 10000/' "$out/pthreadpool/src/threadpool-common.h"
grep -q 'SPIN_WAIT_ITERATIONS 10000$' "$out/pthreadpool/src/threadpool-common.h"
