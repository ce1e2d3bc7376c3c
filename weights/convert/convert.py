#!/usr/bin/python3
"""Converts one TensorFlow Lite file or TensorFlow.js graph model to a weights file.

    convert.py MODEL.tflite -o FILE --role parts --license Apache-2.0 [--output logits=Identity] ...
    convert.py model.json -o FILE --input image=NODE:1,0,0,3 --output center=NODE ...

Needs numpy alone. Exit 1 with one line on stderr when the model cannot be converted.
"""
import argparse
import json
import sys
from pathlib import Path

import calibrate
import passes
import quantize
import tfjs_graph
import tflite_graph
import writer
from graph import ConvertError

# Stands for the free sizes of a dynamic graph while it is converted (see tfjs_graph.py).
TRIALS = [[64, 96], [128, 160]]


def load(path, inputs=None, outputs=None):
    """A simplified Graph. inputs: our name -> [theirs, shape]; outputs: our name -> theirs. For tflite both
    may be left out, and shapes are the file's own."""
    path = Path(path)
    if path.suffix == ".json":
        if not inputs or not outputs:
            raise ConvertError("a TensorFlow.js graph needs its inputs and outputs named")
        wanted = {theirs: (ours, shape) for ours, (theirs, shape) in inputs.items()}
        graph = tfjs_graph.build(path, wanted, outputs, TRIALS)
    else:
        graph = tflite_graph.build(path.read_bytes(), {t: o for o, (t, _) in (inputs or {}).items()})
        if outputs:
            missing = [t for t in outputs.values() if t not in graph.outputs]
            if missing:
                raise ConvertError(f"no output '{missing[0]}', there are {', '.join(graph.outputs)}")
            graph.outputs = {ours: graph.outputs[theirs] for ours, theirs in outputs.items()}
    passes.simplify(graph)
    writer.rename(graph)
    return graph


def save(graph, path, metadata, dtype="i8", input_range=(-1, 1), levels=None):
    """Writes the file by way of a temporary one, so nothing half-written stays. input_range: low and high of what
    the network takes; levels: see quantize.store."""
    moments = calibrate.moments(graph, *input_range) if dtype == "i8" else None
    stored = quantize.store(graph, dtype, moments, levels)
    data = writer.pack(graph, stored, {"format": "parsona-1", **metadata})
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def _input(text):
    ours, _, rest = text.partition("=")
    theirs, _, shape = rest.partition(":")
    return ours, [theirs, [int(d) for d in shape.split(",")] if shape else None]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("-o", "--out", required=True)
    parser.add_argument("--dtype", choices=("i8", "f16", "f32"), default="i8")
    parser.add_argument("--range", default="-1,1", help="low,high of the input (default -1,1)")
    parser.add_argument("--name", default="")
    for key in ("role", "license", "source"):
        parser.add_argument("--" + key, default="unknown")
    parser.add_argument("--labels", default="", help="names of the output's channels, by commas")
    parser.add_argument("--input", action="append", default=[], metavar="OURS=THEIRS[:SHAPE]")
    parser.add_argument("--output", action="append", default=[], metavar="OURS=THEIRS")
    options = parser.parse_args()
    metadata = {"role": options.role, "name": options.name or Path(options.model).stem,
                "license": options.license, "source": options.source}
    if options.labels:
        metadata["labels"] = json.dumps(options.labels.split(","))
    try:
        graph = load(options.model, dict(map(_input, options.input)),
                     dict(o.split("=", 1) for o in options.output))
        low, high = map(float, options.range.split(","))
        save(graph, options.out, metadata, options.dtype, (low, high))
    except (ConvertError, OSError) as error:
        sys.exit(f"convert: {options.model}: {error}")


if __name__ == "__main__":
    main()
