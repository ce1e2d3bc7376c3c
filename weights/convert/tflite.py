"""Reads a TensorFlow Lite file into plain Python: tensors with their constant data, operators with options.

Field numbers are those of tensorflow/lite/schema/schema.fbs. Constants come back as float32 whatever
their storage: float16, int8/uint8/int16 with scales, and sparse (see sparse.py).
"""
from dataclasses import dataclass, field

import numpy as np

from flatbuffer import Buffer
from graph import ConvertError
from sparse import densify

_TYPES = {0: "<f4", 1: "<f2", 2: "<i4", 3: "u1", 4: "<i8", 6: "?", 7: "<i2", 9: "i1", 10: "<f8"}
_MAX_ELEMENTS = 1 << 28  # as base/limits.h

BUILTINS = {
    0: "ADD", 1: "AVERAGE_POOL_2D", 2: "CONCATENATION", 3: "CONV_2D", 4: "DEPTHWISE_CONV_2D",
    5: "DEPTH_TO_SPACE", 6: "DEQUANTIZE", 8: "FLOOR", 9: "FULLY_CONNECTED", 14: "LOGISTIC", 17: "MAX_POOL_2D",
    18: "MUL", 19: "RELU", 20: "RELU_N1_TO_1", 21: "RELU6", 22: "RESHAPE", 23: "RESIZE_BILINEAR", 25: "SOFTMAX",
    26: "SPACE_TO_DEPTH", 28: "TANH", 32: "CUSTOM", 34: "PAD", 39: "TRANSPOSE", 40: "MEAN", 41: "SUB",
    42: "DIV", 43: "SQUEEZE", 45: "STRIDED_SLICE", 47: "EXP", 49: "SPLIT", 54: "PRELU", 55: "MAXIMUM",
    56: "ARG_MAX", 57: "MINIMUM", 59: "NEG", 60: "PADV2", 65: "SLICE", 67: "TRANSPOSE_CONV",
    70: "EXPAND_DIMS", 74: "SUM", 75: "SQRT", 76: "RSQRT", 92: "SQUARE", 97: "RESIZE_NEAREST_NEIGHBOR",
    98: "LEAKY_RELU", 99: "SQUARED_DIFFERENCE", 101: "ABS", 114: "QUANTIZE", 117: "HARD_SWISH",
    124: "DENSIFY", 126: "BATCH_MATMUL", 150: "GELU",
}


@dataclass
class Tensor:
    name: str
    shape: tuple
    dtype: str
    data: np.ndarray = None     # float32, or the file's integers when they have no scale; None: not constant
    scale: np.ndarray = None    # of int8 constants that are symmetric, one value an entry of axis


@dataclass
class Operator:
    kind: str
    ins: list                   # tensor indices; -1: left out
    outs: list
    options: object             # the builtin options' Table or None
    custom: bytes = b""


@dataclass
class Model:
    tensors: list = field(default_factory=list)
    operators: list = field(default_factory=list)
    inputs: list = field(default_factory=list)
    outputs: list = field(default_factory=list)


def read(data):
    """The first subgraph of a .tflite file's bytes. ConvertError when it is not one."""
    if len(data) < 8 or data[4:8] != b"TFL3":
        raise ConvertError("not a TensorFlow Lite file: no TFL3 mark at byte 4")
    root = Buffer(data).root()
    codes = [_operator_name(c) for c in root.tables(1)]
    subgraphs = root.tables(2)
    if not subgraphs:
        raise ConvertError("the file holds no graph")
    graph, buffers = subgraphs[0], root.tables(4)

    model = Model(inputs=graph.ints(1), outputs=graph.ints(2))
    model.tensors = [_tensor(t, buffers) for t in graph.tables(0)]
    for at, op in enumerate(graph.tables(3)):
        code = op.scalar(0, "I")
        if code >= len(codes):
            raise ConvertError(f"operator {at}: code {code} of {len(codes)}")
        model.operators.append(Operator(codes[code], op.ints(1), op.ints(2), op.table(4), op.bytes(5)))
    _check_indices(model)
    return model


def _operator_name(code):
    number = max(code.scalar(0, "b"), code.scalar(3, "i"))
    if number == 32:
        return "CUSTOM:" + code.text(1)
    return BUILTINS.get(number, f"builtin {number}")


def _check_indices(model):
    count = len(model.tensors)
    for at, op in enumerate(model.operators):
        for index in op.ins + op.outs:
            if not -1 <= index < count:
                raise ConvertError(f"operator {at} ({op.kind}): tensor {index} of {count}")
    for index in model.inputs + model.outputs:
        if not 0 <= index < count:
            raise ConvertError(f"graph input or output: tensor {index} of {count}")


def _tensor(table, buffers):
    name, shape, kind = table.text(3), tuple(table.ints(0)), table.scalar(1, "b")
    tensor = Tensor(name, shape, _TYPES.get(kind, f"type {kind}"))
    if any(d < 0 for d in shape) or np.prod(shape, dtype=float) > _MAX_ELEMENTS:
        raise ConvertError(f"tensor '{name}': impossible shape {list(shape)}")
    index = table.scalar(2, "I")
    if index >= len(buffers):
        raise ConvertError(f"tensor '{name}': buffer {index} of {len(buffers)}")
    raw = buffers[index].bytes(0)
    if not raw or kind not in _TYPES:
        return tensor
    if len(raw) % np.dtype(_TYPES[kind]).itemsize:
        raise ConvertError(f"tensor '{name}': {len(raw)} bytes are no whole number of {_TYPES[kind]}")
    values = np.frombuffer(raw, _TYPES[kind])
    sparsity = table.table(6)
    if sparsity is not None:
        values = densify(name, shape, values, sparsity)
    if values.size != int(np.prod(shape, dtype=np.int64)):
        raise ConvertError(f"tensor '{name}': {values.size} values for shape {list(shape)}")
    tensor.data, tensor.scale = _to_float(name, values.reshape(shape), table.table(4))
    return tensor


def _to_float(name, values, quantization):
    """(float32 values, the scales when they are symmetric int8). Integers without scale stay integers."""
    if values.dtype.kind == "f":
        return values.astype(np.float32), None
    scale = quantization.array(2, "<f4") if quantization is not None else np.zeros(0)
    if values.dtype.kind == "b" or scale.size == 0:
        return values, None
    zero = quantization.array(3, "<i8").astype(np.float64)
    axis = quantization.scalar(6, "i")
    shape = [1] * values.ndim
    if scale.size > 1:
        if not 0 <= axis < values.ndim or scale.size != values.shape[axis] or zero.size not in (0, 1, scale.size):
            raise ConvertError(f"tensor '{name}': {scale.size} scales do not fit axis {axis} of {values.shape}")
        shape[axis] = -1
    zero = zero if zero.size else np.zeros(1)
    flat = (values.astype(np.float64) - zero.reshape(shape if zero.size > 1 else [1] * values.ndim))
    result = (flat * scale.astype(np.float64).reshape(shape)).astype(np.float32)
    symmetric = values.dtype == np.int8 and not zero.any()
    return result, scale.reshape(shape) if symmetric else None
