"""TensorFlow Lite operators -> our ops. One small function an operator; the table at the end names them."""
import numpy as np

import tflite
from graph import ConvertError, Graph

_ACTIVATIONS = {0: None, 1: "relu", 2: "relu_n1_to_1", 3: "relu6"}
_UNARY = {"RELU": "relu", "RELU6": "relu6", "LOGISTIC": "sigmoid", "TANH": "tanh", "HARD_SWISH": "hardswish",
          "GELU": "gelu", "EXP": "exp", "SQRT": "sqrt", "RSQRT": "rsqrt", "ABS": "abs", "NEG": "neg",
          "SQUARE": "square", "FLOOR": "floor"}
_BINARY = {"ADD": "add", "SUB": "sub", "MUL": "mul", "DIV": "div", "MINIMUM": "min", "MAXIMUM": "max",
           "SQUARED_DIFFERENCE": "squared_difference"}
_IDENTITY = ("DEQUANTIZE", "QUANTIZE", "DENSIFY")


def build(data, input_names=None):
    """A Graph from a .tflite file's bytes. Inputs and outputs keep the file's names; input_names renames
    inputs."""
    model = tflite.read(data)
    return _Builder(model).run(input_names or {})


class _Builder:
    def __init__(self, model):
        self.model = model
        self.graph = Graph()
        self.names = {}   # tensor index -> the value or constant that holds it
        self.op = None

    def run(self, input_names):
        tensors = self.model.tensors
        for index in self.model.inputs:
            name = tensors[index].name
            self.names[index] = input_names.get(name, name)
            self.graph.inputs[self.names[index]] = list(tensors[index].shape)
        for at, op in enumerate(self.model.operators):
            self.op = op
            try:
                self.convert()
            except (IndexError, ValueError, AttributeError, KeyError) as error:
                raise ConvertError(f"operator {at} ({op.kind}): operands or options do not fit: {error}") from error
        for index in self.model.outputs:
            self.graph.outputs[tensors[index].name] = self.value(index)
        return self.graph

    def convert(self):
        kind = self.op.kind
        if kind in _IDENTITY:
            self.names[self.op.outs[0]] = self.operand(0)
        elif kind in _UNARY:
            self.emit(_UNARY[kind], [self.operand(0)])
        elif kind in _BINARY:
            self.emit(_BINARY[kind], [self.operand(0), self.operand(1)], act=self.activation(0))
        elif kind in _CONVERTERS:
            _CONVERTERS[kind](self)
        else:
            raise ConvertError(f"operator {kind} is not known")

    # -------------------------------------------------------------- operands
    def graph_name(self, index):
        return f"t{index}"

    def value(self, index):
        """The name of tensor `index`: a value computed before, or a constant."""
        if index not in self.names:
            data = self.model.tensors[index].data
            if data is None:
                raise ConvertError(f"{self.op.kind if self.op else 'output'}: tensor "
                                   f"'{self.model.tensors[index].name}' is used before it is computed")
            self.names[index] = self.graph.const(data, "t")
        return self.names[index]

    def has(self, position):
        return position < len(self.op.ins) and self.op.ins[position] >= 0

    def operand(self, position):
        if not self.has(position):
            raise ConvertError(f"{self.op.kind}: operand {position} is missing")
        return self.value(self.op.ins[position])

    def array(self, position):
        """Operand that must be constant."""
        name = self.operand(position)
        if not self.graph.is_const(name):
            raise ConvertError(f"{self.op.kind}: operand {position} is not constant")
        return self.graph.consts[name]

    def shape(self, position):
        return self.model.tensors[self.op.ins[position]].shape

    def out_shape(self, position=0):
        return self.model.tensors[self.op.outs[position]].shape

    # --------------------------------------------------------------- options
    def option(self, index, code="i", default=0):
        options = self.op.options
        return default if options is None else options.scalar(index, code, default)

    def activation(self, index):
        code = self.option(index, "b")
        if code not in _ACTIVATIONS:
            raise ConvertError(f"{self.op.kind}: fused activation {code} is not known")
        return _ACTIVATIONS[code]

    def padding(self):
        return "valid" if self.option(0, "b") else "same"

    # ---------------------------------------------------------------- output
    def emit(self, kind, ins, **attrs):
        outs = []
        for index in self.op.outs:
            self.names[index] = self.graph_name(index)
            outs.append(self.names[index])
        return self.graph.add(kind, ins, outs, **attrs)


def _conv(b):
    weight = b.array(1)
    groups = b.shape(0)[3] // weight.shape[3]
    b.emit("conv2d", [b.operand(0)], weight=b.graph.const(weight, "w"), bias=_bias(b, 2),
           stride=[b.option(2), b.option(1)], pad=b.padding(), dilation=[b.option(5, "i", 1), b.option(4, "i", 1)],
           groups=groups, act=b.activation(3))


def _depthwise(b):
    weight = b.array(1)[0]
    stride, dilation = [b.option(2), b.option(1)], [b.option(6, "i", 1), b.option(5, "i", 1)]
    common = {"bias": _bias(b, 2), "stride": stride, "pad": b.padding(), "dilation": dilation,
              "act": b.activation(4)}
    channels = b.shape(0)[3]
    if weight.shape[2] == channels:
        b.emit("depthwise_conv2d", [b.operand(0)], weight=b.graph.const(weight, "w"), **common)
    else:  # several outputs a channel: a grouped convolution
        weight = weight.transpose(2, 0, 1)[:, :, :, None]
        b.emit("conv2d", [b.operand(0)], weight=b.graph.const(weight, "w"), groups=channels, **common)


def _bias(b, position):
    return b.graph.const(b.array(position), "b") if b.has(position) else None


def _transpose_conv(b):
    """Operands: output shape, weight, x, bias. Output size = (in - 1) * stride + kernel - crop."""
    weight = b.array(1)
    _, out_h, out_w, _ = b.out_shape()
    _, in_h, in_w, _ = b.shape(2)
    stride = [b.option(2), b.option(1)]
    crop, extra = [], []
    for size_in, size_out, step, kernel in zip((in_h, in_w), (out_h, out_w), stride, weight.shape[1:3]):
        surplus = (size_in - 1) * step + kernel - size_out
        crop.append((max(surplus, 0) // 2, max(surplus, 0) - max(surplus, 0) // 2))
        extra.append(max(-surplus, 0))
    (top, bottom), (left, right) = crop
    b.emit("deconv2d", [b.operand(2)], weight=b.graph.const(weight, "w"), bias=_bias(b, 3), stride=stride,
           pad=[top, right, bottom, left], output_pad=extra, act=b.activation(3))


def _fully_connected(b):
    weight = b.array(1)
    x, shape = b.operand(0), b.shape(0)
    if shape and shape[-1] != weight.shape[1]:
        flat = f"t{b.op.outs[0]}.flat"
        b.graph.add("reshape", [x], flat, shape=[-1, weight.shape[1]])
        x = flat
    b.emit("fully_connected", [x], weight=b.graph.const(weight, "w"), bias=_bias(b, 2), act=b.activation(0))


def _pool(kind):
    def convert(b):
        if b.activation(5):
            raise ConvertError(f"{b.op.kind}: fused activation is not supported")
        b.emit(kind, [b.operand(0)], size=[b.option(4), b.option(3)], stride=[b.option(2), b.option(1)],
               pad=b.padding())
    return convert


def _reduce(kind):
    def convert(b):
        rank = len(b.shape(0))
        axes = [int(a) % rank for a in b.array(1).reshape(-1)]
        b.emit(kind, [b.operand(0)], axes=axes, keep_dims=bool(b.option(0, "?")))
    return convert


def _reshape(b):
    b.emit("reshape", [b.operand(0)], shape=list(b.out_shape()))


def _transpose(b):
    b.emit("transpose", [b.operand(0)], perm=b.array(1).tolist())


def _pad(b):
    pairs = b.array(1).tolist()
    value = float(b.array(2).reshape(-1)[0]) if b.op.kind == "PADV2" else 0.0
    b.emit("pad", [b.operand(0)], before=[p[0] for p in pairs], after=[p[1] for p in pairs], value=value)


def _resize_bilinear(b):
    corners, half = b.option(2, "?"), b.option(3, "?")
    mode = "align_corners" if corners else "half_pixel" if half else "asymmetric"
    b.emit("resize_bilinear", [b.operand(0)], size=list(b.out_shape()[1:3]), mode=mode)


def _resize_nearest(b):
    """Whole-number enlargement: every rounding rule but align_corners repeats each pixel `scale` times."""
    (_, in_h, in_w, _), (_, out_h, out_w, _) = b.shape(0), b.out_shape()
    if b.option(0, "?") or out_h % in_h or out_w % in_w:
        raise ConvertError(f"nearest resize from {in_h}x{in_w} to {out_h}x{out_w} is no whole-number enlargement")
    b.emit("resize_nearest", [b.operand(0)], scale=[out_h // in_h, out_w // in_w])


def _softmax(b):
    if b.option(0, "f", 1.0) != 1.0:
        raise ConvertError("SOFTMAX: beta is not 1")
    b.emit("softmax", [b.operand(0)])


def _concat(b):
    if b.activation(1):
        raise ConvertError("CONCATENATION: fused activation is not supported")
    ins = [b.operand(k) for k in range(len(b.op.ins))]
    b.emit("concat", ins, axis=b.option(0) % len(b.out_shape()))


def _split(b):
    b.emit("split", [b.operand(1)], axis=int(b.array(0)) % len(b.shape(1)))


def _prelu(b):
    slope = b.array(1)
    if slope.size != slope.shape[-1]:
        raise ConvertError(f"PRELU: a slope of shape {list(slope.shape)} is not one value a channel")
    b.emit("prelu", [b.operand(0), b.graph.const(slope.reshape(-1), "slope")])


def _leaky_relu(b):
    b.emit("leaky_relu", [b.operand(0)], alpha=float(b.option(0, "f")))


def _blocks(kind):
    return lambda b: b.emit(kind, [b.operand(0)], block=b.option(0))


def _strided_slice(b):
    """Only unit strides: then it is a slice, and a reshape where an axis is dropped."""
    shape = b.shape(0)
    begin, end, step = (b.array(k).reshape(-1).tolist() for k in (1, 2, 3))
    begin_mask, end_mask, ellipsis, new_axis, shrink = (b.option(k) for k in range(5))
    if ellipsis or new_axis or any(s != 1 for s in step):
        raise ConvertError("STRIDED_SLICE: only unit strides and no new axes are supported")
    starts, sizes = [0] * len(shape), list(shape)
    for k, dim in enumerate(shape[:len(begin)]):
        starts[k] = 0 if begin_mask >> k & 1 else begin[k] % dim if begin[k] < 0 else min(begin[k], dim)
        stop = dim if end_mask >> k & 1 else end[k] % dim if end[k] < 0 else min(end[k], dim)
        sizes[k] = 1 if shrink >> k & 1 else stop - starts[k]
    cut = f"t{b.op.outs[0]}.cut"
    b.graph.add("slice", [b.operand(0)], cut, begin=starts, size=sizes)
    b.emit("reshape", [cut], shape=list(b.out_shape()))


def _batch_matmul(b):
    if b.option(0, "?"):
        raise ConvertError("BATCH_MATMUL: a transposed first operand is not supported")
    b.emit("batch_matmul", [b.operand(0), b.operand(1)], transpose_b=bool(b.option(1, "?")))


def _arg_max(b):
    if int(b.array(1)) % len(b.shape(0)) != len(b.shape(0)) - 1:
        raise ConvertError("ARG_MAX: only the last axis is supported")
    b.emit("argmax", [b.operand(0)])


def _slice(b):
    b.emit("slice", [b.operand(0)], begin=b.array(1).tolist(), size=b.array(2).tolist())


_CONVERTERS = {
    "CONV_2D": _conv, "DEPTHWISE_CONV_2D": _depthwise, "TRANSPOSE_CONV": _transpose_conv,
    "FULLY_CONNECTED": _fully_connected, "MAX_POOL_2D": _pool("max_pool2d"),
    "AVERAGE_POOL_2D": _pool("avg_pool2d"), "MEAN": _reduce("mean"), "SUM": _reduce("sum"),
    "RESHAPE": _reshape, "SQUEEZE": _reshape, "EXPAND_DIMS": _reshape, "TRANSPOSE": _transpose, "PAD": _pad,
    "PADV2": _pad, "RESIZE_BILINEAR": _resize_bilinear, "RESIZE_NEAREST_NEIGHBOR": _resize_nearest,
    "SOFTMAX": _softmax, "CONCATENATION": _concat, "SPLIT": _split, "PRELU": _prelu,
    "LEAKY_RELU": _leaky_relu, "DEPTH_TO_SPACE": _blocks("depth_to_space"),
    "SPACE_TO_DEPTH": _blocks("space_to_depth"), "STRIDED_SLICE": _strided_slice,
    "BATCH_MATMUL": _batch_matmul, "ARG_MAX": _arg_max, "SLICE": _slice,
}
