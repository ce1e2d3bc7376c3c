"""Joins weights files into one network: a head that reads values of a base on their way.

The head's inputs that `features` names are values of the base's graph ("v12"), or means of 4 x 4 pixels of one
("v12/4"); its other inputs are the joined network's too. Outputs are those of both. A third file may hold tensors that
take the place of the base's of the same name: what was trained on together with the head.
"""
import json
import struct

import numpy as np

import writer
from graph import OUTPUT_AXIS, ConvertError, Graph
from quantize import from_int8

_DTYPES = {"F32": "<f4", "F16": "<f2", "I8": "i1", "U8": "u1", "I32": "<i4"}
_MARK = "head."  # what the head's names begin with in the joined file


def read(data):
    """-> (metadata without the graph, graph or None, name -> array) of a weights file's bytes."""
    try:
        length, = struct.unpack_from("<Q", data)
        header = json.loads(data[8:8 + length])
        metadata = header.pop("__metadata__")
        tensors = {}
        for name, t in header.items():
            begin, end = t["data_offsets"]
            tensors[name] = np.frombuffer(data[8 + length + begin:8 + length + end],
                                          _DTYPES[t["dtype"]]).reshape(t["shape"])
        return metadata, json.loads(metadata.pop("graph", "null")), tensors
    except (struct.error, ValueError, KeyError) as error:
        raise ConvertError(f"not a weights file: {error}") from error


def graph_of(data):
    """A weights file as a Graph whose weights are float32 again: what interpret.py runs."""
    _, said, tensors = read(data)
    graph = Graph()
    graph.inputs = {i["name"]: i["shape"] for i in said["inputs"]}
    graph.outputs = {o["name"]: o["value"] for o in said["outputs"]}
    for op in said["ops"]:
        attrs = {k: v for k, v in op.items() if k not in ("op", "in", "out")}
        graph.add(op["op"], op["in"], list(op["out"]), **attrs)
        name = attrs.get("weight")
        if name is not None and name + ".scale" in tensors:
            graph.consts[name] = from_int8(tensors[name], tensors[name + ".scale"], OUTPUT_AXIS[op["op"]])
    for name, array in tensors.items():
        graph.consts.setdefault(name, array.astype(np.float32))
    return graph


def tune(tensors, tuned):
    """Puts the tensors of `tuned`, a file's bytes, in the place of those of the same name."""
    said, _, new = read(tuned)
    if said.get("format") != "parsona-1-tuned":
        raise ConvertError(f"tensors to tune with are of format {said.get('format')}, not parsona-1-tuned")
    for name, array in new.items():
        old = tensors.get(name)
        if old is None or (old.shape, old.dtype) != (array.shape, array.dtype):
            raise ConvertError(f"the base has no tensor '{name}' of shape {list(array.shape)} and type {array.dtype}")
    return {**tensors, **new}


def join(base, head, features, metadata, tuned=None):
    """The bytes of the joined file. base, head, tuned: bytes; features: the head's input -> the base's value."""
    _, graph, tensors = read(base)
    if tuned is not None:
        tensors = tune(tensors, tuned)
    said, top, more = read(head)
    if graph is None or top is None:
        raise ConvertError("not a weights file: it has no graph")
    written = {out for op in graph["ops"] for out in op["out"]} | {i["name"] for i in graph["inputs"]}
    ops, names = [], {}
    for name, value in features.items():
        value, _, pooled = value.partition("/")
        if value not in written:
            raise ConvertError(f"the base has no value '{value}' for the head's input '{name}'")
        names[name] = value
        if pooled:
            names[name] = _MARK + name
            ops.append({"op": "avg_pool2d", "in": [value], "out": [names[name]], "size": [int(pooled)] * 2,
                        "stride": [int(pooled)] * 2, "pad": "valid"})
    for value in top["inputs"]:
        names.setdefault(value["name"], value["name"])
    known = {i["name"] for i in graph["inputs"]}
    inputs = graph["inputs"] + [i for i in top["inputs"] if i["name"] not in features and i["name"] not in known]
    ops += [_renamed(op, names) for op in top["ops"]]
    outputs = graph["outputs"] + [{"name": o["name"], "value": names.get(o["value"], _MARK + o["value"])}
                                  for o in top["outputs"]]
    text = json.dumps({"inputs": inputs, "outputs": outputs, "ops": graph["ops"] + ops}, separators=(",", ":"))
    stored = {**tensors, **{_MARK + name: array for name, array in more.items()}}
    kept = {k: said[k] for k in ("format", "labels") if k in said}
    return writer.pack_text(text, stored, {**kept, **metadata})


def _renamed(op, names):
    def new(name):
        return names.get(name, _MARK + name)
    op = {**op, "in": [new(n) for n in op["in"]], "out": [new(n) for n in op["out"]]}
    return {**op, **{k: _MARK + op[k] for k in ("weight", "bias") if k in op}}
