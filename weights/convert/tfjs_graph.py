"""TensorFlow graph nodes -> our ops.

Only what the wanted outputs need is converted, so a graph is cut before its post-processing by naming its
heads, and after its pre-processing by naming an inner node as the input.

Sizes that a TensorFlow graph computes at run time (Shape, StridedSlice, Mul ... into ResizeBilinear) are
found by computing: every value is carried along numerically for one or two trial input sizes ("shadows").
A size that is the same for both is fixed; one that keeps its ratio to the operand is a scale.
"""
import numpy as np

import interpret
import tfjs
from graph import ConvertError, Graph

_UNARY = {"Relu": "relu", "Relu6": "relu6", "Sigmoid": "sigmoid", "Tanh": "tanh", "Exp": "exp", "Sqrt": "sqrt",
          "Rsqrt": "rsqrt", "Abs": "abs", "Neg": "neg", "Square": "square", "Floor": "floor"}
_BINARY = {"Add": "add", "AddV2": "add", "BiasAdd": "add", "Sub": "sub", "Mul": "mul", "RealDiv": "div",
           "Minimum": "min", "Maximum": "max", "SquaredDifference": "squared_difference"}
_IDENTITY = ("Identity", "StopGradient", "Cast")


def build(path, inputs, outputs, trial_sizes):
    """A Graph of the model at `path`.

    inputs: node -> (our name, shape; 0 for what is free). outputs: our name -> node.
    trial_sizes: what to put for the zeros, one list of sizes a trial, e.g. [[64, 96], [96, 128]].
    """
    nodes, constants = tfjs.read(path)
    return _Builder(nodes, constants, trial_sizes).run(inputs, outputs)


class _Builder:
    def __init__(self, nodes, constants, trial_sizes):
        self.nodes, self.constants, self.trials = nodes, constants, trial_sizes
        self.graph = Graph()
        self.names = {}    # node -> the value or constant that holds its result
        self.shadows = {}  # node -> its numeric value in each trial
        self.node = None

    def run(self, inputs, outputs):
        for node, (name, shape) in inputs.items():
            self.find(node)
            self.graph.inputs[name] = list(shape)
            self.names[node] = name
            self.shadows[node] = [_ramp(shape, sizes) for sizes in self.trials]
        for name, node in outputs.items():
            self.visit(node)
            if node not in self.names:
                raise ConvertError(f"output '{node}' does not depend on the input")
            self.graph.outputs[name] = self.names[node]
        return self.graph

    def find(self, name):
        if name not in self.nodes:
            raise ConvertError(f"the model has no node '{name}'")
        return self.nodes[name]

    def visit(self, wanted):
        """Converts a node after all that it needs, without recursion: graphs are hundreds of nodes deep."""
        stack = [wanted]
        while stack:
            name = stack[-1]
            if name in self.shadows:
                stack.pop()
                continue
            missing = [n for n in self.find(name).ins if n not in self.shadows]
            if missing:
                if len(stack) > len(self.nodes):
                    raise ConvertError(f"node '{name}' depends on itself")
                stack.extend(missing)
                continue
            self.convert(self.nodes[stack.pop()])

    def convert(self, node):
        self.node = node
        try:
            if node.name in self.constants:
                self.shadows[node.name] = [self.constants[node.name]] * len(self.trials)
            elif node.kind in _SIZES:
                self.shadows[node.name] = [_SIZES[node.kind](node, values) for values in self.trial_operands()]
            elif node.kind in _IDENTITY:
                self.names[node.name] = self.operand(0)
                self.shadows[node.name] = self.shadows[node.ins[0]]
            elif all(self.is_size(n) for n in node.ins) and node.kind in _BINARY:
                rule = interpret._BINARY[_BINARY[node.kind]]
                self.shadows[node.name] = [rule(*values) for values in self.trial_operands()]
            elif node.kind in _UNARY:
                self.emit(_UNARY[node.kind], [self.operand(0)])
            elif node.kind in _BINARY:
                self.emit(_BINARY[node.kind], [self.operand(0), self.operand(1)])
            elif node.kind in _CONVERTERS:
                _CONVERTERS[node.kind](self)
            else:
                raise ConvertError(f"operation {node.kind} is not known")
        except ConvertError as error:
            raise ConvertError(f"node '{node.name}': {error}") from error
        except (IndexError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConvertError(f"node '{node.name}' ({node.kind}): operands or attributes do not fit: "
                               f"{error}") from error

    # -------------------------------------------------------------- operands
    def trial_operands(self):
        return zip(*(self.shadows[n] for n in self.node.ins))

    def is_size(self, name):
        """A value that only depends on shapes: it has shadows but no place in the graph."""
        return name not in self.names

    def operand(self, position):
        name = self.node.ins[position]
        if name not in self.names:
            self.names[name] = self.graph.const(self.array(position).astype(np.float32))
        return self.names[name]

    def array(self, position):
        """Operand that must be constant, whatever the input's size."""
        first, *rest = self.shadows[self.node.ins[position]]
        if not self.is_size(self.node.ins[position]) and not self.graph.is_const(self.names[self.node.ins[position]]):
            raise ConvertError(f"operand {position} is not constant")
        if any(not np.array_equal(first, other) for other in rest):
            raise ConvertError(f"operand {position} depends on the input's size")
        return np.asarray(first)

    def weight(self, array):
        return self.graph.const(np.ascontiguousarray(array, np.float32), "w")

    # ---------------------------------------------------------------- output
    def emit(self, kind, ins, **attrs):
        name = self.node.name
        op = self.graph.add(kind, ins, name, **attrs)
        self.names[name] = name
        self.shadows[name] = [
            interpret.compute(self.graph, op, [self.shadow(n, t) for n in ins])[0] for t in range(len(self.trials))]

    def shadow(self, name, trial):
        if self.graph.is_const(name):
            return self.graph.consts[name]
        node = next(n for n, value in self.names.items() if value == name)
        return self.shadows[node][trial]


def _ramp(shape, sizes):
    sizes = iter(sizes)
    shape = [next(sizes) if d == 0 else d for d in shape]
    return np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)


# --------------------------------------------------- what is computed about sizes
def _strided_slice(node, values):
    x, begin, end, step = values
    begin_mask, end_mask, shrink = (node.attr(k, 0) for k in ("begin_mask", "end_mask", "shrink_axis_mask"))
    if node.attr("ellipsis_mask", 0) or node.attr("new_axis_mask", 0):
        raise ConvertError("StridedSlice with new axes or an ellipsis is not supported")
    index = []
    for k in range(len(begin)):
        if shrink >> k & 1:
            index.append(int(begin[k]))
        else:
            index.append(slice(None if begin_mask >> k & 1 else int(begin[k]),
                               None if end_mask >> k & 1 else int(end[k]), int(step[k])))
    return x[tuple(index)]


_SIZES = {
    "Shape": lambda node, v: np.array(v[0].shape, np.int32),
    "StridedSlice": _strided_slice,
    "Pack": lambda node, v: np.stack(v, node.attr("axis", 0)),
    "Prod": lambda node, v: np.prod(v[0], axis=tuple(np.atleast_1d(v[1]))),
    "Range": lambda node, v: np.arange(v[0], v[1], v[2]),
}


# ------------------------------------------------------------------- operators
def _spatial(node, key, default=None):
    """[h, w] of an NHWC attribute of four numbers."""
    value = node.attr(key, default)
    if node.attr("data_format", "NHWC") != "NHWC":
        raise ConvertError("only NHWC graphs are supported")
    return value[1:3]


def _pad_of(node):
    padding = node.attr("padding")
    if padding == "EXPLICIT":
        p = node.attr("explicit_paddings")
        return [p[2], p[5], p[3], p[4]]
    return padding.lower()


def _fused(b, first):
    """(bias, activation, prelu slope) of a fused convolution, whose extras are operands from `first` on."""
    bias = act = None
    steps = b.node.attr("fused_ops", [])
    for step in steps:
        if step == "BiasAdd":
            bias = b.weight(b.array(first))
            first += 1
        elif step in ("Relu", "Relu6"):
            act = step.lower()
        else:
            raise ConvertError(f"fused operation {step} is not known")
    return bias, act


def _conv(b):
    weight = b.array(1).transpose(3, 0, 1, 2)
    channels = b.shadows[b.node.ins[0]][0].shape[3]
    bias, act = _fused(b, 2)
    b.emit("conv2d", [b.operand(0)], weight=b.weight(weight), bias=bias, stride=_spatial(b.node, "strides"),
           pad=_pad_of(b.node), dilation=_spatial(b.node, "dilations", [1] * 4),
           groups=channels // weight.shape[3], act=act)


def _depthwise(b):
    weight = b.array(1)
    bias, act = _fused(b, 2)
    common = {"bias": bias, "stride": _spatial(b.node, "strides"), "pad": _pad_of(b.node),
              "dilation": _spatial(b.node, "dilations", [1] * 4), "act": act}
    kh, kw, channels, multiplier = weight.shape
    if multiplier == 1:
        b.emit("depthwise_conv2d", [b.operand(0)], weight=b.weight(weight[..., 0]), **common)
    else:
        weight = weight.reshape(kh, kw, channels * multiplier).transpose(2, 0, 1)[..., None]
        b.emit("conv2d", [b.operand(0)], weight=b.weight(weight), groups=channels, **common)


def _batch_norm(b):
    """scale * (x - mean) / sqrt(variance + epsilon) + offset, as a mul and an add for the passes to fold."""
    if b.node.attr("is_training", False):
        raise ConvertError("batch normalisation in training mode")
    scale, offset, mean, variance = (b.array(k).astype(np.float64) for k in (1, 2, 3, 4))
    factor = scale / np.sqrt(variance + b.node.attr("epsilon", 1e-4))
    scaled = b.node.name + "/scaled"
    b.graph.add("mul", [b.operand(0), b.weight(factor)], scaled)
    b.names[scaled] = scaled
    b.shadows[scaled] = [x * factor.astype(np.float32) for x in b.shadows[b.node.ins[0]]]
    b.emit("add", [scaled, b.weight(offset - mean * factor)])


def _pool(kind):
    return lambda b: b.emit(kind, [b.operand(0)], size=_spatial(b.node, "ksize"),
                            stride=_spatial(b.node, "strides"), pad=_pad_of(b.node))


def _resize(b):
    node, ratios = b.node, set()
    for x, size in b.trial_operands():
        ratios.add((size[0] / x.shape[1], size[1] / x.shape[2]))
    if len(ratios) != 1:
        raise ConvertError("a resize that is no fixed multiple of its operand")
    scale = list(ratios.pop())
    if node.kind == "ResizeNearestNeighbor":
        if any(s != int(s) for s in scale) or node.attr("align_corners", False):
            raise ConvertError(f"nearest resize by {scale} is no whole-number enlargement")
        return b.emit("resize_nearest", [b.operand(0)], scale=[int(s) for s in scale])
    mode = "align_corners" if node.attr("align_corners", False) else \
        "half_pixel" if node.attr("half_pixel_centers", False) else "asymmetric"
    return b.emit("resize_bilinear", [b.operand(0)], scale=scale, mode=mode)


def _pad(b):
    pairs = b.array(1).tolist()
    b.emit("pad", [b.operand(0)], before=[p[0] for p in pairs], after=[p[1] for p in pairs])


def _mean(kind):
    def convert(b):
        rank = b.shadows[b.node.ins[0]][0].ndim
        axes = [int(a) % rank for a in b.array(1).reshape(-1)]
        b.emit(kind, [b.operand(0)], axes=axes, keep_dims=bool(b.node.attr("keep_dims", False)))
    return convert


def _concat(b):
    rank = b.shadows[b.node.ins[0]][0].ndim
    ins = [b.operand(k) for k in range(len(b.node.ins) - 1)]
    b.emit("concat", ins, axis=int(b.array(len(ins))) % rank)


def _reshape(b):
    b.emit("reshape", [b.operand(0)], shape=b.array(1).tolist())


def _squeeze(b):
    x = b.shadows[b.node.ins[0]][0]
    dims = [d % x.ndim for d in b.node.attr("squeeze_dims", [])] or [k for k, d in enumerate(x.shape) if d == 1]
    if any(other.shape != x.shape for other in b.shadows[b.node.ins[0]]):
        raise ConvertError("Squeeze of a value whose size is free")
    b.emit("reshape", [b.operand(0)], shape=[d for k, d in enumerate(x.shape) if k not in dims])


def _matmul(b):
    if b.node.attr("transpose_a", False):
        raise ConvertError("MatMul: a transposed first operand is not supported")
    weight = b.array(1) if b.node.attr("transpose_b", False) else b.array(1).T
    bias, act = _fused(b, 2)
    b.emit("fully_connected", [b.operand(0)], weight=b.weight(weight), bias=bias, act=act)


_CONVERTERS = {
    "Conv2D": _conv, "_FusedConv2D": _conv, "DepthwiseConv2dNative": _depthwise,
    "FusedDepthwiseConv2dNative": _depthwise, "FusedBatchNormV3": _batch_norm, "FusedBatchNorm": _batch_norm,
    "MaxPool": _pool("max_pool2d"), "AvgPool": _pool("avg_pool2d"), "ResizeBilinear": _resize,
    "ResizeNearestNeighbor": _resize, "Pad": _pad, "PadV2": _pad, "Mean": _mean("mean"), "Sum": _mean("sum"),
    "ConcatV2": _concat, "Reshape": _reshape, "Squeeze": _squeeze, "MatMul": _matmul, "_FusedMatMul": _matmul,
    "Transpose": lambda b: b.emit("transpose", [b.operand(0)], perm=b.array(1).tolist()),
    "Softmax": lambda b: b.emit("softmax", [b.operand(0)]),
}
