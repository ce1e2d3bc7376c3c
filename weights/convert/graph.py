"""The converters' picture of a network: ops in the vocabulary of docs/weights-format.md.

A Graph holds ops in order of execution. Values are named strings, each written once. A constant is an
entry of `consts`, a numpy array; an op refers to it either as an operand or by an attribute (`weight`,
`bias`). Readers (tflite_graph.py, tfjs_graph.py) make graphs, passes.py rewrites them, writer.py saves them.
"""
from dataclasses import dataclass, field

import numpy as np


class ConvertError(Exception):
    """The input is damaged, or says something that these converters do not know. One sentence."""


@dataclass
class Op:
    kind: str
    ins: list
    outs: list
    attrs: dict = field(default_factory=dict)

    def const_names(self):
        """The constants that attributes name."""
        return [self.attrs[k] for k in ("weight", "bias") if k in self.attrs]


class Graph:
    def __init__(self):
        self.inputs = {}   # name -> shape; 0 stands for a size chosen later
        self.outputs = {}  # public name -> value
        self.ops = []
        self.consts = {}   # name -> array
        self.extras = {}   # name -> array: constants for the pipeline, used by no op
        self._fresh = 0

    def add(self, kind, ins, out, **attrs):
        outs = out if isinstance(out, list) else [out]
        op = Op(kind, list(ins), outs, {k: v for k, v in attrs.items() if v is not None})
        self.ops.append(op)
        return op

    def const(self, array, hint="c"):
        """Stores an array under a new name and returns the name."""
        self._fresh += 1
        name = f"{hint}#{self._fresh}"
        self.consts[name] = np.asarray(array)
        return name

    def is_const(self, name):
        return name in self.consts

    def producers(self):
        return {out: op for op in self.ops for out in op.outs}

    def users(self):
        """value -> the ops that read it; a graph output counts as a user, None."""
        found = {}
        for op in self.ops:
            for name in set(op.ins):
                found.setdefault(name, []).append(op)
        for value in self.outputs.values():
            found.setdefault(value, []).append(None)
        return found

    def rename(self, old, new):
        """Makes every reader of value `old` read `new`."""
        for op in self.ops:
            op.ins = [new if name == old else name for name in op.ins]
        self.outputs = {k: new if v == old else v for k, v in self.outputs.items()}

    def weight(self, op):
        return self.consts[op.attrs["weight"]]

    def bias(self, op, channels):
        """The op's bias, zeros when it has none."""
        if "bias" in op.attrs:
            return self.consts[op.attrs["bias"]]
        return np.zeros(channels, np.float32)

    def parameter_count(self):
        names = {n for op in self.ops for n in op.ins + op.const_names() if self.is_const(n)}
        return sum(self.consts[n].size for n in names)


# The axis of a weight that runs over output channels, for each op that has a weight.
OUTPUT_AXIS = {"conv2d": 0, "deconv2d": 0, "fully_connected": 0, "depthwise_conv2d": 2}


def output_channels(op, weight):
    return weight.shape[OUTPUT_AXIS[op.kind]]
