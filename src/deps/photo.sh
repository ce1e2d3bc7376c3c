#!/usr/bin/env bash
# Prints the path of a photo of a person: scikit-image's astronaut (NASA, public domain), as installed, or taken out of
# Debian's package (20 MB, of which the one file is kept in the cache; what the package needs is not installed). Prints
# nothing where neither can be had.
#   usage: photo.sh CACHE_PARENT
set -euo pipefail
file=usr/lib/python3/dist-packages/skimage/data/astronaut.png
kept=$1/astronaut.png
for photo in "/$file" "$kept"; do
  if [ -f "$photo" ]; then echo "$photo"; exit; fi
done
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"
(cd "$tmp" && apt-get download -qq python3-skimage >/dev/null 2>&1) || exit 0
dpkg-deb --fsys-tarfile "$tmp"/*.deb | tar x -C "$tmp" "./$file" 2>/dev/null || exit 0
mkdir -p "$1"
mv "$tmp/$file" "$kept"
echo "$kept"
