#!/usr/bin/python3
"""Proposes the `levels` of a recipe: which layers bear coarser int8 steps, so that the file compresses better.

    allocate.py NAME --photos FOLDER --run-net build/native/tests/run_net --save BYTES [--weigh OUTPUT=FACTOR]...

Each layer alone is rounded to 31 levels and the error of the outputs on photos measured (root mean square, as a share
of the output's own, weighed by --weigh). Halving a layer's levels doubles its error and saves one bit a weight, so
for a given error of the whole the smallest file has levels in proportion to error / sqrt(weights). A development
tool: needs Debian's python3-pil and a build with tests.
"""
import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

import build_all
import calibrate
import convert
import quantize
import writer
from graph import OUTPUT_AXIS

TRIAL = 31
STEPS = (15, 23, 31, 45, 63, 90, 127)
PHOTOS = 4
FREE_SIZE = (256, 320)


def photos(folder, shape, low, high):
    free = iter(FREE_SIZE)
    shape = [next(free) if d == 0 else d for d in shape]
    found = sorted(folder.glob("*.jpg"))
    found = found[::max(1, len(found) // PHOTOS)][:PHOTOS]
    size = (shape[2], shape[1])
    data = [np.asarray(ImageOps.pad(ImageOps.exif_transpose(Image.open(p)).convert("RGB"), size)) for p in found]
    return shape, (np.stack(data) / 255 * (high - low) + low).astype("<f4")


class Runner:
    """Runs a graph with given stored weights on the photos, natively."""

    def __init__(self, run_net, graph, shape, data):
        self.folder = tempfile.TemporaryDirectory()
        self.run_net, self.graph, self.shape = run_net, graph, shape
        data.tofile(self.path("in"))

    def path(self, name):
        return Path(self.folder.name, name)

    def __call__(self, stored):
        metadata = {"format": "parsona-1", "role": "trial", "name": "trial", "license": "none", "source": "none"}
        self.path("net").write_bytes(writer.pack(self.graph, stored, metadata))
        (name,) = self.graph.inputs
        command = [self.run_net, self.path("net"), 1, name, self.path("in"), "x".join(map(str, self.shape)), ":"]
        for output in self.graph.outputs:
            command += [output, self.path("out_" + output)]
        subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
        return {o: np.fromfile(self.path("out_" + o), "<f4") for o in self.graph.outputs}


def error(found, expected, factors):
    return sum(factors.get(name, 1) * np.sqrt(np.square(found[name] - a).mean() / (np.square(a).mean() + 1e-12))
               for name, a in expected.items())


def sensitivities(graph, run, moments, factors):
    """[(weight, its elements, error when it alone is rounded to TRIAL levels)]"""
    exact = quantize.store(graph, "f32")
    expected = run(exact)
    found = []
    for op in graph.ops:
        name = op.attrs.get("weight")
        if op.kind not in OUTPUT_AXIS or graph.consts[name].size < quantize.SMALL:
            continue
        trial = dict(exact)
        trial[name], trial[name + ".scale"] = quantize.to_int8(
            graph.consts[name], OUTPUT_AXIS[op.kind], TRIAL, moments.get(name))
        found.append((name, graph.consts[name].size, error(run(trial), expected, factors)))
    return found


def levels(layers, factor):
    """weight -> the step of STEPS nearest to factor * error / sqrt(size)."""
    return {name: min(STEPS, key=lambda s: abs(np.log(s) - np.log(max(factor * e / np.sqrt(size), 1))))
            for name, size, e in layers}


def allocate(layers, save):
    """Levels that save so many bytes, at one bit a weight for each halving."""
    low, high = 1.0, 1e9
    for _ in range(60):
        middle = np.sqrt(low * high)
        found = levels(layers, middle)
        saved = sum(size * np.log2(quantize.LEVELS / found[name]) for name, size, _ in layers) / 8
        low, high = (middle, high) if saved > save else (low, middle)
    return levels(layers, high)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--run-net", type=Path, required=True)
    parser.add_argument("--save", type=float, required=True)
    parser.add_argument("--weigh", action="append", default=[], metavar="OUTPUT=FACTOR")
    options = parser.parse_args()
    factors = {k: float(v) for k, v in (w.split("=") for w in options.weigh)}
    recipes = json.loads((build_all.HERE.parent / "recipes.json").read_text())
    recipe, = (r for r in recipes if r["name"] == options.name)
    with tempfile.TemporaryDirectory() as scratch:
        model = build_all.fetch(recipe, build_all.ROOT / "node_modules", Path(scratch))
        graph = convert.load(model, recipe["inputs"], recipe["outputs"])
    shape, data = photos(options.photos, next(iter(graph.inputs.values())), *recipe["range"])
    moments = calibrate.moments(graph, *recipe["range"])
    run = Runner(options.run_net, graph, shape, data)
    by_step = {}
    for name, step in allocate(sensitivities(graph, run, moments, factors), options.save).items():
        if step != quantize.LEVELS:
            by_step.setdefault(str(step), []).append(name.removesuffix(".w"))
    print(json.dumps({"levels": dict(sorted(by_step.items(), key=lambda s: int(s[0])))}, indent=2))


if __name__ == "__main__":
    main()
