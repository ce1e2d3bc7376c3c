#!/usr/bin/python3
"""Compares networks of weights/recipes.json, run by our engine, with the runtime that each was made for.

    compare.py RUN_NET WORK_FOLDER NAME

Converted to float32, every output must agree to 1e-3 of its largest value, on a photo (when one is at hand)
and on a synthetic picture. Of the int8 file that is shipped the drift on the last of them is printed, and must stay
below the bound that the recipe states. Exit 77: skipped, the other runtime is not installed.
"""
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "weights" / "convert"))
import build_all  # noqa: E402

AGREE = 1e-3
SKIP = 77
# For inputs whose size is free.
FREE_SIZE = [192, 256]
# Debian's python3-skimage carries it: NASA, public domain.
PHOTO = Path("/usr/lib/python3/dist-packages/skimage/data/astronaut.png")


def skip(why):
    print("skipped:", why)
    sys.exit(SKIP)


def pictures(height, width):
    """RGB pictures, 0..255: smooth seeded noise with edges, and a photo."""
    random = np.random.RandomState(7)
    coarse = Image.fromarray(random.randint(0, 256, (9, 9, 3), dtype=np.uint8))
    found = [np.asarray(coarse.resize((width, height), Image.BICUBIC), np.float32)]
    found[0][height // 3:height // 2, width // 4:width // 2] = 255 - found[0][height // 3:height // 2,
                                                                               width // 4:width // 2]
    if PHOTO.exists():
        found.append(np.asarray(Image.open(PHOTO).convert("RGB").resize((width, height)), np.float32))
    return found


def network_input(recipe):
    """(our name, the reference's name, shape, the inputs as one array)."""
    (ours, (theirs, shape)), = recipe["inputs"].items()
    free = iter(FREE_SIZE)
    shape = [next(free) if d == 0 else d for d in shape]
    low, high = recipe["range"]
    data = np.stack(pictures(shape[1], shape[2])) / 255 * (high - low) + low
    return ours, theirs, shape, data.astype("<f4")


def reference(recipe, model, theirs, shape, source, folder):
    """The other runtime's results, output name -> array."""
    outputs = recipe["outputs"]
    if model.suffix == ".json":
        if not (ROOT / "node_modules/@tensorflow/tfjs-backend-cpu").exists():
            skip("TensorFlow.js is not installed (npm ci)")
        command = ["node", ROOT / "tests/networks/reference_tfjs.mjs", model, folder, source, theirs,
                   "x".join(map(str, shape)), *outputs.values()]
        files = {ours: folder / f"{k}.f32" for k, ours in enumerate(outputs)}
    else:
        python = ROOT / "build/venv/bin/python"
        if not (ROOT / "build/venv/.parsona").exists():
            skip("LiteRT is not installed (tests/networks/setup.sh)")
        command = [python, ROOT / "tests/networks/reference_tflite.py", model, folder, source]
        files = {ours: folder / (name.replace("/", "_") + ".f32") for ours, name in outputs.items()}
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return {name: np.fromfile(path, "<f4") for name, path in files.items()}


def engine(run_net, weights, recipe, ours, shape, source, folder):
    files = {name: folder / f"ours_{k}.f32" for k, name in enumerate(recipe["outputs"])}
    command = [run_net, weights, 2, ours, source, "x".join(map(str, shape)), ":"]
    for name, path in files.items():
        command += [name, path]
    result = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if result.returncode:
        sys.exit(result.stderr.strip())
    return {name: np.fromfile(path, "<f4") for name, path in files.items()}


def largest_difference(a, b):
    """max |a - b| as a share of max |b|."""
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-6))


def drift(a, b, pictures):
    """On the last picture: root mean square of a - b as a share of b's."""
    a, b = (v.reshape(pictures, -1)[-1] for v in (a, b))
    return float(np.sqrt(np.square(a - b).mean() / max(np.square(b).mean(), 1e-12)))


def main():
    run_net, work, name = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    recipe, = (r for r in json.loads((ROOT / "weights/recipes.json").read_text()) if r["name"] == name)
    modules = ROOT / "node_modules"
    if not (modules / recipe["package"].rsplit("@", 1)[0]).exists():
        skip(f"{recipe['package']} is not installed (npm ci)")
    folder = work / name
    folder.mkdir(parents=True, exist_ok=True)
    ours, theirs, shape, data = network_input(recipe)
    source = folder / "input.f32"
    data.tofile(source)
    expected = reference(recipe, build_all.fetch(recipe, modules, folder), theirs, shape, source, folder)

    failures = []
    for dtype in ("f32", "i8"):
        weights = ROOT / "build/weights" if dtype == "i8" else folder
        build_all.build(recipe, modules, weights, dtype)
        found = engine(run_net, weights / (name + ".safetensors"), recipe, ours, shape, source, folder)
        for output, values in expected.items():
            if values.size != found[output].size:
                sys.exit(f"{name}.{output}: {found[output].size} values, expected {values.size}")
            if dtype == "f32":
                figure, bound = largest_difference(found[output], values), AGREE
            else:
                figure, bound = drift(found[output], values, len(data)), recipe["drift"]
            ok = np.isfinite(found[output]).all() and figure <= bound
            print(f"{name:28} {output:12} {dtype} {figure:.2e} (bound {bound:g}){'' if ok else '  FAILED'}")
            if not ok:
                failures.append(output)
    if failures:
        sys.exit(f"{name}: {', '.join(failures)} differ")


if __name__ == "__main__":
    main()
