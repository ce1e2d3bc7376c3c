"""Stages of a converted network: adds outputs to its graph, runs it with run_net, compares with a reference."""
import json
import os
import struct
import subprocess

import numpy as np


def stage_names(sizes):
    return (["stem", "res2", "res3", "res4", "res5"] + [f"encoder.out.{i}" for i in range(sizes.encoder_layers)] +
            ["mask_features"] + [f"decoder.out.{i}" for i in range(sizes.decoder_layers)] + ["classes", "masks"])


def with_outputs(source, target, names):
    """Copies a weights file with these values as outputs besides its own (a value that nothing uses is an error)."""
    with open(source, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        graph = json.loads(header["__metadata__"]["graph"])
        own = {port["name"] for port in graph["outputs"]}
        graph["outputs"] += [{"name": name, "value": name} for name in names if name not in own]
        header["__metadata__"]["graph"] = json.dumps(graph)
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        with open(target, "wb") as out:
            out.write(struct.pack("<Q", len(text)) + text)
            while chunk := file.read(1 << 24):
                out.write(chunk)


def run(run_net, weights, image, names, folder, threads=1):
    """{name: array} of the stages, and the run's milliseconds. At most 16 outputs go into one run of run_net."""
    results, ms = {}, None
    image.astype(np.float32).tofile(os.path.join(folder, "image.raw"))
    for first in range(0, len(names), 16):
        some = names[first:first + 16]
        patched = os.path.join(folder, "stages.safetensors")
        with_outputs(weights, patched, some)
        command = [run_net, patched, str(threads), "image", os.path.join(folder, "image.raw"),
                   "1x%dx%dx3" % image.shape[:2], ":"]
        for i, name in enumerate(some):
            command += [name, os.path.join(folder, f"{i}.raw")]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
        ms = float(lines[-1].split()[1])
        for i, (name, line) in enumerate(zip(some, lines)):
            shape = [int(n) for n in line.split()[1].split("x")]
            results[name] = np.fromfile(os.path.join(folder, f"{i}.raw"), np.float32).reshape(shape)
    return results, ms


def relative_error(got, want):
    """Root mean square of the difference over that of the reference."""
    got, want = got.astype(np.float64).ravel(), np.asarray(want, np.float64).ravel()
    return float(np.sqrt(((got - want) ** 2).mean() / (want ** 2).mean()))
