"""Runs a Graph in numpy: the plainest statement of what each op means, and slow.

Used to fold constants, to see layers' inputs for rounding their weights, and by tests. Not part of the product. Runs are
in float64: the last bit of a float32 product depends on the machine's BLAS, and one weight that is rounded the other
way changes those after it.
"""
import math

import numpy as np

from graph import ConvertError

_UNARY = {
    "relu": lambda x: np.maximum(x, 0), "relu6": lambda x: np.clip(x, 0, 6),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "tanh": np.tanh, "exp": np.exp, "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x), "abs": np.abs, "neg": np.negative, "square": np.square,
    "floor": np.floor, "hardswish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "gelu": lambda x: x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2))).astype(x.dtype),
}
_BINARY = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "min": np.minimum,
    "max": np.maximum, "squared_difference": lambda a, b: np.square(a - b),
}


def run(graph, inputs, watch=None):
    """outputs by name, of `inputs` by name, in float64. watch(op, operands) is called before each op."""
    values = {name: np.asarray(inputs[name], np.float64) for name in graph.inputs}
    last_use = {}
    for at, op in enumerate(graph.ops):
        last_use.update({name: at for name in op.ins})
    needed = set(graph.outputs.values())
    for at, op in enumerate(graph.ops):
        operands = [values[n] if n in values else graph.consts[n].astype(np.float64) for n in op.ins]
        if watch is not None:
            watch(op, operands)
        results = compute(graph, op, operands)
        values.update(zip(op.outs, results))
        for name in op.ins:
            if last_use[name] == at and name in values and name not in needed:
                del values[name]
    return {name: values[v] for name, v in graph.outputs.items()}


def compute(graph, op, x):
    """The list of results of one op on operands `x`."""
    kind, a = op.kind, op.attrs
    if kind in _UNARY:
        return [_UNARY[kind](x[0])]
    if kind in _BINARY:
        return [_act(_BINARY[kind](x[0], x[1]), a)]
    if kind == "split":
        return np.split(x[0], len(op.outs), a["axis"])
    if kind == "layer_norm":
        return [_layer_norm(x[0], graph.consts[a["weight"]], graph.consts[a["bias"]], a["epsilon"])]
    if kind in _RULES:
        return [_RULES[kind](x, a)]
    if kind in _WEIGHTED:
        weight = graph.consts[a["weight"]].astype(x[0].dtype)
        bias = graph.consts[a["bias"]].astype(x[0].dtype) if "bias" in a else 0
        return [_act(_WEIGHTED[kind](x[0], weight, bias, a), a)]
    raise ConvertError(f"op {kind} has no interpretation")


def _layer_norm(x, weight, bias, epsilon):
    x = x - x.mean(-1, keepdims=True)
    return x / np.sqrt(np.square(x).mean(-1, keepdims=True) + epsilon) * weight + bias


def _act(y, attrs):
    act = attrs.get("act", "none")
    if act == "none":
        return y
    if isinstance(act, dict):
        return np.clip(y, act.get("min", -np.inf), act.get("max", np.inf))
    return {"relu": lambda: np.maximum(y, 0), "relu6": lambda: np.clip(y, 0, 6),
            "relu_n1_to_1": lambda: np.clip(y, -1, 1)}[act]()


def same_pad(size, kernel, stride, dilation=1):
    """TensorFlow's "same" rule: (before, after)."""
    total = max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def padded(x, kernel, attrs, fill=0.0):
    pad, stride = attrs.get("pad", "valid"), attrs.get("stride", [1, 1])
    dilation = attrs.get("dilation", [1, 1])
    if pad == "valid":
        return x
    if pad == "same":
        rows, cols = (same_pad(x.shape[1 + k], kernel[k], stride[k], dilation[k]) for k in (0, 1))
    else:
        rows, cols = (pad[0], pad[2]), (pad[3], pad[1])
    return np.pad(x, ((0, 0), rows, cols, (0, 0)), constant_values=fill)


def windows(x, kernel, attrs):
    """For each kernel position (i, j): the input pixels under it, one for each output pixel."""
    sh, sw = attrs.get("stride", [1, 1])
    dh, dw = attrs.get("dilation", [1, 1])
    oh = (x.shape[1] - (kernel[0] - 1) * dh - 1) // sh + 1
    ow = (x.shape[2] - (kernel[1] - 1) * dw - 1) // sw + 1
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            top, left = i * dh, j * dw
            yield i, j, x[:, top:top + (oh - 1) * sh + 1:sh, left:left + (ow - 1) * sw + 1:sw]


def _conv2d(x, weight, bias, attrs):
    out, kh, kw, per_group = weight.shape
    groups = attrs.get("groups", 1)
    y = 0
    for i, j, part in windows(padded(x, (kh, kw), attrs), (kh, kw), attrs):
        if groups == 1:
            y = y + part @ weight[:, i, j].T
            continue
        part = part.reshape(part.shape[:3] + (groups, 1, per_group))
        y = y + (part @ weight[:, i, j].reshape(groups, out // groups, per_group).swapaxes(1, 2)
                 ).reshape(part.shape[:3] + (out,))
    return y + bias


def _depthwise(x, weight, bias, attrs):
    kernel = weight.shape[:2]
    return sum(p * weight[i, j] for i, j, p in windows(padded(x, kernel, attrs), kernel, attrs)) + bias


def _deconv2d(x, weight, bias, attrs):
    out, kh, kw, _ = weight.shape
    n, h, w, _ = x.shape
    sh, sw = attrs["stride"]
    top, right, bottom, left = attrs.get("pad", [0, 0, 0, 0])
    extra = attrs.get("output_pad", [0, 0])
    y = np.zeros((n, (h - 1) * sh + kh + extra[0], (w - 1) * sw + kw + extra[1], out), x.dtype)
    for i in range(kh):
        for j in range(kw):
            y[:, i:i + (h - 1) * sh + 1:sh, j:j + (w - 1) * sw + 1:sw] += x @ weight[:, i, j].T
    return y[:, top:y.shape[1] - bottom, left:y.shape[2] - right] + bias


def _pool(x, attrs, take, fill):
    size = attrs["size"]
    parts = [p for _, _, p in windows(padded(x, size, attrs, fill), size, attrs)]
    return take(parts)


def _avg_pool(x, a):
    total = _pool(x[0], a, sum, 0.0)
    return total / _pool(np.ones_like(x[0]), a, sum, 0.0)


def _softmax(x, a):
    e = np.exp(x[0] - x[0].max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _reshape(x, a):
    return x[0].reshape([x[0].shape[k] if d == 0 else d for k, d in enumerate(a["shape"])])


def _slice(x, a):
    return x[0][tuple(slice(b, None if s < 0 else b + s) for b, s in zip(a["begin"], a["size"]))]


def _pad(x, a):
    return np.pad(x[0], list(zip(a["before"], a["after"])), constant_values=a.get("value", 0))


def _out_size(shape, a):
    if "size" in a:
        return a["size"]
    return [int(shape[1] * a["scale"][0]), int(shape[2] * a["scale"][1])]


def _resize_bilinear(x, a):
    x = x[0]
    for axis, out in zip((1, 2), _out_size(x.shape, a)):
        size = x.shape[axis]
        grid = np.arange(out, dtype=x.dtype)
        if a["mode"] == "half_pixel":
            at = np.maximum((grid + 0.5) * size / out - 0.5, 0)
        elif a["mode"] == "align_corners":
            at = grid * (size - 1) / max(out - 1, 1)
        else:
            at = grid * size / out
        low = np.minimum(at.astype(int), size - 1)
        high = np.minimum(low + 1, size - 1)
        shape = [1, 1, 1, 1]
        shape[axis] = out
        part = (at - low).reshape(shape).astype(x.dtype)
        x = x.take(low, axis) * (1 - part) + x.take(high, axis) * part
    return x


def _resize_nearest(x, a):
    x = x[0]
    for axis, out in zip((1, 2), _out_size(x.shape, a)):
        x = x.repeat(out // x.shape[axis], axis)
    return x


def _depth_to_space(x, a):
    n, h, w, c = x[0].shape
    k = a["block"]
    y = x[0].reshape(n, h, w, k, k, c // k // k).transpose(0, 1, 3, 2, 4, 5)
    return y.reshape(n, h * k, w * k, c // k // k)


def _space_to_depth(x, a):
    n, h, w, c = x[0].shape
    k = a["block"]
    y = x[0].reshape(n, h // k, k, w // k, k, c).transpose(0, 1, 3, 2, 4, 5)
    return y.reshape(n, h // k, w // k, c * k * k)


_RULES = {
    "softmax": _softmax, "reshape": _reshape, "slice": _slice, "pad": _pad,
    "resize_bilinear": _resize_bilinear, "resize_nearest": _resize_nearest,
    "depth_to_space": _depth_to_space, "space_to_depth": _space_to_depth, "avg_pool2d": _avg_pool,
    "max_pool2d": lambda x, a: _pool(x[0], a, np.maximum.reduce, -np.inf),
    "leaky_relu": lambda x, a: np.where(x[0] >= 0, x[0], x[0] * x[0].dtype.type(a["alpha"])),
    "prelu": lambda x, a: np.where(x[0] >= 0, x[0], x[0] * x[1]),
    "clamp": lambda x, a: np.clip(x[0], a["min"], a["max"]),
    "mean": lambda x, a: x[0].mean(tuple(a["axes"]), keepdims=a.get("keep_dims", False)),
    "sum": lambda x, a: x[0].sum(tuple(a["axes"]), keepdims=a.get("keep_dims", False)),
    "concat": lambda x, a: np.concatenate(x, a["axis"]),
    "transpose": lambda x, a: x[0].transpose(a["perm"]),
    "batch_matmul": lambda x, a: x[0] @ (x[1].swapaxes(-1, -2) if a.get("transpose_b") else x[1]),
    "argmax": lambda x, a: x[0].argmax(-1).astype(x[0].dtype),
}
_WEIGHTED = {
    "conv2d": _conv2d, "depthwise_conv2d": _depthwise, "deconv2d": _deconv2d,
    "fully_connected": lambda x, w, b, a: x @ w.T + b,
}
