"""Writes a Graph as a weights file (docs/weights-format.md): safetensors with the graph in its metadata."""
import json
import struct

import numpy as np

_DTYPES = {"float32": "F32", "float16": "F16", "int8": "I8", "uint8": "U8", "int32": "I32"}
_DEFAULTS = {"act": "none", "groups": 1, "dilation": [1, 1], "stride": [1, 1], "output_pad": [0, 0], "value": 0.0,
             "transpose_b": False, "keep_dims": False}


def rename(graph):
    """Short names in order of execution: v3 is the value of op 3, v3.w and v3.b its weight and bias."""
    names, tensors = {}, {}

    def tensor(old, new):
        tensors.setdefault(old, new)
        return tensors[old]

    public = {v: k for k, v in graph.outputs.items()}
    inputs = {name: name for name in graph.inputs}
    for at, op in enumerate(graph.ops):
        label = f"v{at}"
        for key, short in (("weight", "w"), ("bias", "b")):
            if key in op.attrs:
                op.attrs[key] = tensor(op.attrs[key], f"{label}.{short}")
        op.ins = [inputs.get(n) or names.get(n) or tensor(n, f"{label}.c{k}") for k, n in enumerate(op.ins)]
        for k, out in enumerate(op.outs):
            names[out] = label if len(op.outs) == 1 else f"{label}.{k}"
        op.outs = [names[out] for out in op.outs]
    graph.outputs = {public[old]: inputs.get(old) or names[old] for old in public}
    graph.consts = {tensors[old]: array for old, array in graph.consts.items()}


def graph_json(graph):
    def brief(op):
        attrs = {k: v for k, v in op.attrs.items() if _DEFAULTS.get(k) != v}
        return {"op": op.kind, "in": op.ins, "out": op.outs, **attrs}

    return json.dumps({
        "inputs": [{"name": n, "shape": s} for n, s in graph.inputs.items()],
        "outputs": [{"name": n, "value": v} for n, v in graph.outputs.items()],
        "ops": [brief(op) for op in graph.ops]}, separators=(",", ":"))


def pack(graph, stored, metadata):
    """The bytes of the file. `stored` as quantize.store gives it; metadata: strings by key."""
    return pack_text(graph_json(graph), stored, metadata)


def pack_text(graph, stored, metadata):
    """The same of a graph that is a text already."""
    # Widest elements first: then each tensor is aligned without gaps.
    order = sorted(stored, key=lambda name: -stored[name].itemsize)
    header = {"__metadata__": {**metadata, "graph": graph}}
    at = 0
    for name in order:
        array = stored[name]
        header[name] = {"dtype": _DTYPES[array.dtype.name], "shape": list(array.shape),
                        "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % 64)
    return struct.pack("<Q", len(text)) + text + b"".join(
        np.ascontiguousarray(stored[name]).astype(stored[name].dtype.newbyteorder("<")).tobytes() for name in order)
