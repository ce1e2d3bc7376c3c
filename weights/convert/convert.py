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


def save(graph, path, metadata, dtype="i8", keep=None, levels=quantize.LEVELS):
    """Writes the file by way of a temporary one, so nothing half-written stays. Returns its bytes."""
    unknown = set(keep or {}) - set(graph.consts)
    if unknown:
        raise ConvertError(f"no weight '{sorted(unknown)[0]}' to keep")
    data = writer.pack(graph, quantize.store(graph, dtype, keep, levels), {"format": "parsona-1", **metadata})
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
    return data


def _input(text):
    ours, _, rest = text.partition("=")
    theirs, _, shape = rest.partition(":")
    return ours, [theirs, [int(d) for d in shape.split(",")] if shape else None]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("-o", "--out", required=True)
    parser.add_argument("--dtype", choices=("i8", "f16", "f32"), default="i8")
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
        save(graph, options.out, metadata, options.dtype)
    except (ConvertError, OSError) as error:
        sys.exit(f"convert: {options.model}: {error}")


if __name__ == "__main__":
    main()
