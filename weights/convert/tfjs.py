"""Reads a TensorFlow.js graph model: model.json beside its weight files."""
import base64
import json
from pathlib import Path

import numpy as np

from graph import ConvertError

_TYPES = {"float32": "<f4", "int32": "<i4", "bool": "?", "float16": "<f2", "uint8": "u1", "uint16": "<u2"}


class Node:
    """One node of the TensorFlow graph. Attributes come unwrapped: attr("strides") is a list of int."""

    def __init__(self, fields):
        self.name = fields["name"]
        self.kind = fields["op"]
        # "^name" is an ordering constraint without data; "name:0" is "name".
        self.ins = [_canonical(n) for n in fields.get("input", []) if not n.startswith("^")]
        self._attrs = fields.get("attr", {})

    def attr(self, name, default=None):
        if name not in self._attrs:
            return default
        (kind, value), = self._attrs[name].items()
        if kind == "i":
            return int(value)
        if kind == "s":
            return base64.b64decode(value).decode()
        if kind == "list":
            if "i" in value:
                return [int(v) for v in value["i"]]
            if "s" in value:
                return [base64.b64decode(v).decode() for v in value["s"]]
            return [v for items in value.values() for v in items]
        return value


def _canonical(name):
    return name[:-2] if name.endswith(":0") else name


def read(path):
    """(nodes by name, constants by name). ConvertError when the files are not a graph model."""
    path = Path(path)
    try:
        model = json.loads(path.read_text())
        nodes = [Node(n) for n in model["modelTopology"]["node"]]
        groups = model["weightsManifest"]
    except (ValueError, KeyError, TypeError) as error:
        raise ConvertError(f"not a TensorFlow.js graph model: {error}") from error
    constants = {}
    for group in groups:
        raw = b"".join(_shard(path.parent, name) for name in group["paths"])
        constants.update(_weights(raw, group["weights"]))
    return {n.name: n for n in nodes}, constants


def _shard(folder, name):
    if "/" in name or name.startswith("."):
        raise ConvertError(f"weight file name '{name}' leaves the model's folder")
    return (folder / name).read_bytes()


def _weights(raw, specs):
    found, at = {}, 0
    for spec in specs:
        name, shape, quantization = spec["name"], spec["shape"], spec.get("quantization")
        dtype = (quantization or spec)["dtype"]
        if dtype not in _TYPES or any(d < 0 for d in shape):
            raise ConvertError(f"weight '{name}': type {dtype}, shape {shape} is not known")
        count = int(np.prod(shape, dtype=np.int64))
        size = count * np.dtype(_TYPES[dtype]).itemsize
        if at + size > len(raw):
            raise ConvertError(f"weight '{name}': ends at byte {at + size} of {len(raw)}")
        values = np.frombuffer(raw, _TYPES[dtype], count, at).reshape(shape)
        at += size
        if quantization is not None:
            values = values.astype(np.float32)
            if dtype != "float16":
                values = values * np.float32(quantization["scale"]) + np.float32(quantization["min"])
        found[name] = values
    if at != len(raw):
        raise ConvertError(f"the weight files hold {len(raw)} bytes, the model lists {at}")
    return found
