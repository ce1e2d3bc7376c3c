"""Writes small TensorFlow Lite files for tests: FlatBuffers from nested Python values.

A table is a dict, field number -> value; values are Scalar, str, bytes, numpy arrays (vectors), dicts (tables)
and lists of dicts. Tables come before what they point to, so every offset is positive.
"""
import struct

import numpy as np


class Scalar:
    def __init__(self, code, value):
        self.data = struct.pack("<" + code, value)


def table_file(root, mark=b"TFL3"):
    out = bytearray(struct.pack("<I", 8) + mark)
    at = _write_table(out, root)
    struct.pack_into("<I", out, 0, at)
    return bytes(out)


def _write_table(out, fields):
    """Appends a table; returns where it begins."""
    count = max(fields, default=-1) + 1
    vtable = len(out)
    out += bytes(4 + 2 * count)
    start = len(out)
    out += struct.pack("<i", start - vtable)
    children = []
    for index, value in sorted(fields.items()):
        struct.pack_into("<H", out, vtable + 4 + 2 * index, len(out) - start)
        if isinstance(value, Scalar):
            out += value.data
        else:
            children.append((len(out), value))
            out += bytes(4)
    struct.pack_into("<HH", out, vtable, 4 + 2 * count, len(out) - start)
    for at, value in children:
        _point(out, at, _write_value(out, value))
    return start


def _point(out, at, target):
    struct.pack_into("<I", out, at, target - at)


def _write_value(out, value):
    if isinstance(value, dict):
        return _write_table(out, value)
    start = len(out)
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, list):
        out += struct.pack("<I", len(value)) + bytes(4 * len(value))
        for k, item in enumerate(value):
            _point(out, start + 4 + 4 * k, _write_table(out, item))
        return start
    data = value if isinstance(value, bytes) else value.tobytes()
    out += struct.pack("<I", len(data) if isinstance(value, bytes) else value.size) + data
    return start


def ints(*values):
    return np.array(values, "<i4")


class Model:
    """Collects tensors and operators; `data()` is the file."""

    TYPES = {"float32": 0, "float16": 1, "int32": 2, "uint8": 3, "int64": 4, "int8": 9}

    def __init__(self):
        self.tensors, self.buffers, self.codes, self.operators = [], [{}], [], []

    def tensor(self, name, shape, data=None, dtype="float32", scale=None, axis=0, sparsity=None):
        buffer = 0
        if data is not None:
            dtype = data.dtype.name
            self.buffers.append({0: data.tobytes()})
            buffer = len(self.buffers) - 1
        fields = {0: ints(*shape), 1: Scalar("b", self.TYPES[dtype]), 2: Scalar("I", buffer), 3: name}
        if scale is not None:
            fields[4] = {2: np.asarray(scale, "<f4"), 3: np.zeros(len(scale), "<i8"), 6: Scalar("i", axis)}
        if sparsity is not None:
            fields[6] = sparsity
        self.tensors.append(fields)
        return len(self.tensors) - 1

    def operator(self, code, ins, outs, options=None, custom=None):
        self.codes.append({0: Scalar("b", min(code, 127)), 3: Scalar("i", code), **({1: custom} if custom else {})})
        fields = {0: Scalar("I", len(self.codes) - 1), 1: ints(*ins), 2: ints(*outs)}
        if options is not None:
            fields[4] = options
        self.operators.append(fields)

    def data(self, inputs, outputs):
        graph = {0: self.tensors, 1: ints(*inputs), 2: ints(*outputs), 3: self.operators}
        return table_file({0: Scalar("I", 3), 1: self.codes, 2: [graph], 4: self.buffers})


def sparsity(order, block_map, levels):
    """levels: an int (dense, of that size) or (segments, indices)."""
    tables = []
    for level in levels:
        if isinstance(level, int):
            tables.append({0: Scalar("b", 0), 1: Scalar("i", level)})
        else:
            segments, indices = (np.asarray(v, "u1") for v in level)
            tables.append({0: Scalar("b", 1), 2: Scalar("B", 3), 3: {0: segments}, 4: Scalar("B", 3),
                           5: {0: indices}})
    return {0: ints(*order), 1: ints(*block_map), 2: tables}


def conv_model(weight=None, bias=None, act=0, padding=1, weight_options=None):
    """image [1, 4, 4, 2] -> CONV_2D 3x3 -> out [1, 2, 2, 3]."""
    random = np.random.RandomState(1)
    weight = random.randn(3, 3, 3, 2).astype("<f4") if weight is None else weight
    bias = random.randn(3).astype("<f4") if bias is None else bias
    m = Model()
    x = m.tensor("image", (1, 4, 4, 2))
    w = m.tensor("w", (3, 3, 3, 2), weight, **(weight_options or {}))
    b = m.tensor("b", (3,), bias)
    y = m.tensor("out", (1, 2, 2, 3))
    m.operator(3, [x, w, b], [y], {0: Scalar("b", padding), 1: Scalar("i", 1), 2: Scalar("i", 1), 3: Scalar("b", act)})
    return m, [x], [y]
