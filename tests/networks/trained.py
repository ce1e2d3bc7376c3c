#!/usr/bin/python3
"""Runs a network that we trained, as the build leaves it, by our engine and by numpy (weights/convert/interpret.py).

    trained.py RUN_NET WORK_FOLDER NAME

Every output must agree to 1e-3 of its largest value, on random inputs.
"""
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "weights" / "convert"))
import interpret  # noqa: E402
import join  # noqa: E402

AGREE = 1e-3


def main():
    run_net, work, name = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    folder = work / name
    folder.mkdir(parents=True, exist_ok=True)
    weights = ROOT / "build/weights" / f"{name}.safetensors"
    graph = join.graph_of(weights.read_bytes())
    random = np.random.RandomState(3)
    inputs = {k: random.uniform(-1, 1, shape).astype(np.float32) for k, shape in graph.inputs.items()}
    command = [run_net, weights, 2]
    for k, value in inputs.items():
        value.tofile(folder / f"{k}.in")
        command += [k, folder / f"{k}.in", "x".join(map(str, value.shape))]
    command.append(":")
    for k in graph.outputs:
        command += [k, folder / f"{k}.out"]
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)

    failed = False
    for k, expected in interpret.run(graph, inputs).items():
        found = np.fromfile(folder / f"{k}.out", "<f4")
        if found.size != expected.size:
            sys.exit(f"{name}.{k}: {found.size} values, expected {expected.size}")
        difference = np.abs(found - expected.ravel()).max() / np.abs(expected).max()
        ok = np.isfinite(found).all() and difference <= AGREE
        failed |= not ok
        print(f"{name:28} {k:12} {difference:.2e} (bound {AGREE:g}){'' if ok else '  FAILED'}")
    if failed:
        sys.exit(f"{name} differs")


if __name__ == "__main__":
    main()
