"""Rewrites of a Graph that keep its function and make it smaller: `simplify` runs them all.

Each pass is exact up to the order of float additions. A pass that drops an op leaves the op's value
computed by another one; what nothing reads any more is removed by `drop_dead`.
"""
import numpy as np

import interpret
from graph import Op, output_channels

_CLAMPS = {"relu": "relu", "relu6": "relu6"}
_FUSES_ACT = ("conv2d", "depthwise_conv2d", "deconv2d", "fully_connected", "add", "sub", "mul", "div")
_CONVS = ("conv2d", "depthwise_conv2d")
_WEIGHTED = ("conv2d", "depthwise_conv2d", "deconv2d", "fully_connected")


def simplify(graph):
    fold_constants(graph)
    drop_no_ops(graph)
    fold_affine_into_producer(graph)
    fuse_activations(graph)
    fold_affine_into_consumers(graph)
    fold_pads(graph)
    compose_linear_convs(graph)
    average_before_projection(graph)
    drop_dead(graph)


def fold_constants(graph):
    """Ops of constants alone become constants."""
    kept = []
    for op in graph.ops:
        if op.ins and all(graph.is_const(n) for n in op.ins):
            results = interpret.compute(graph, op, [graph.consts[n] for n in op.ins])
            graph.consts.update(zip(op.outs, results))
        else:
            kept.append(op)
    graph.ops = kept


def drop_no_ops(graph):
    """Transposes and pads that do nothing, reshapes of reshapes."""
    producers = graph.producers()
    for op in list(graph.ops):
        if op.kind == "transpose" and op.attrs["perm"] == sorted(op.attrs["perm"]) or \
                op.kind == "pad" and not any(op.attrs["before"] + op.attrs["after"]):
            graph.rename(op.outs[0], op.ins[0])
            graph.ops.remove(op)
        elif op.kind == "reshape" and 0 not in op.attrs["shape"]:
            source = producers.get(op.ins[0])
            if source is not None and source.kind == "reshape":
                op.ins = list(source.ins)
    drop_dead(graph)


def drop_dead(graph):
    """Ops whose results nobody reads, and constants without an op."""
    needed = set(graph.outputs.values())
    kept = []
    for op in reversed(graph.ops):
        if needed & set(op.outs):
            kept.append(op)
            needed |= set(op.ins)
    graph.ops = kept[::-1]
    used = {n for op in graph.ops for n in op.ins + op.const_names()}
    graph.consts = {n: a for n, a in graph.consts.items() if n in used}


def _only_user(graph, users, value):
    """The one op that reads `value`; None when there are others or it is an output."""
    found = users.get(value, [])
    return found[0] if len(found) == 1 else None


def _per_channel(array, channels):
    """`array` as one value a channel of the last axis; None when it is anything else."""
    if array.size not in (1, channels) or array.size > 1 and array.shape[-1] != channels:
        return None
    return np.broadcast_to(array.reshape(-1), (channels,)).astype(np.float32)


def _affine(graph, op, channels):
    """(value operand, scale, shift) of an add/sub/mul/div by constants per channel; None otherwise."""
    if op is None or op.kind not in ("add", "sub", "mul", "div") or op.attrs.get("act", "none") != "none":
        return None
    constant = [graph.is_const(n) for n in op.ins]
    if sum(constant) != 1:
        return None
    value, const = (op.ins[1], op.ins[0]) if constant[0] else (op.ins[0], op.ins[1])
    c = _per_channel(graph.consts[const], channels)
    if c is None or constant[0] and op.kind == "div":
        return None
    one, zero = np.ones(channels, np.float32), np.zeros(channels, np.float32)
    if op.kind == "add":
        return value, one, c
    if op.kind == "sub":
        return (value, -one, c) if constant[0] else (value, one, -c)
    return value, c if op.kind == "mul" else 1 / c, zero


def _out_channel_shape(op, weight):
    """The shape that makes a vector over output channels multiply `weight`."""
    shape = [1] * weight.ndim
    shape[2 if op.kind == "depthwise_conv2d" else 0] = -1
    return shape


def fold_affine_into_producer(graph):
    """conv -> mul/add by constants: into the weights. Batch normalisation ends here too."""
    changed = True
    while changed:
        changed = False
        users = graph.users()
        for op in graph.ops:
            if op.kind not in _WEIGHTED or op.attrs.get("act", "none") != "none":
                continue
            weight = graph.weight(op)
            channels = output_channels(op, weight)
            user = _only_user(graph, users, op.outs[0])
            found = _affine(graph, user, channels)
            if found is None:
                continue
            _, scale, shift = found
            op.attrs["weight"] = graph.const(weight * scale.reshape(_out_channel_shape(op, weight)), "w")
            op.attrs["bias"] = graph.const(graph.bias(op, channels) * scale + shift, "b")
            graph.rename(user.outs[0], op.outs[0])
            graph.ops.remove(user)
            changed = True
            break


def fuse_activations(graph):
    for op in list(graph.ops):
        users = graph.users()
        user = _only_user(graph, users, op.outs[0]) if op in graph.ops else None
        if user is not None and user.kind in _CLAMPS and op.kind in _FUSES_ACT and \
                op.attrs.get("act", "none") == "none":
            op.attrs["act"] = _CLAMPS[user.kind]
            graph.rename(user.outs[0], op.outs[0])
            graph.ops.remove(user)


def _is_pointwise(graph, op):
    """A plain 1x1 convolution: then padding plays no part."""
    return op is not None and op.kind == "conv2d" and graph.weight(op).shape[1:3] == (1, 1) and \
        op.attrs.get("stride", [1, 1]) == [1, 1] and op.attrs.get("groups", 1) == 1 and \
        op.attrs.get("pad", "valid") in ("same", "valid", [0, 0, 0, 0])


def _affine_map(matrix, x, shift):
    """matrix x + shift; in float64, so that the machine's BLAS does not show in the last bit (see interpret.py)."""
    return (matrix.astype(np.float64) @ x.astype(np.float64) + shift).astype(np.float32)


def fold_affine_into_consumers(graph):
    """x * scale + shift that only 1x1 convolutions read: into their weights.

    W (s x + t) + b = (W s) x + (W t + b). Last in the chain first, so a mul before an add follows it.
    """
    for op in reversed(list(graph.ops)):
        readers = graph.users().get(op.outs[0], [])
        if not readers or not all(_is_pointwise(graph, r) for r in readers):
            continue
        found = _affine(graph, op, graph.weight(readers[0]).shape[3])
        if found is None:
            continue
        value, scale, shift = found
        for reader in readers:
            weight = graph.weight(reader)
            reader.attrs["bias"] = graph.const(
                _affine_map(weight[:, 0, 0], shift, graph.bias(reader, weight.shape[0])), "b")
            reader.attrs["weight"] = graph.const(weight * scale, "w")
        graph.rename(op.outs[0], value)
        graph.ops.remove(op)


def fold_pads(graph):
    """A zero pad of rows and columns that only unpadded convolutions read: into their `pad`."""
    for op in list(graph.ops):
        if op.kind != "pad" or op.attrs.get("value", 0) != 0 or len(op.attrs["before"]) != 4:
            continue
        before, after = op.attrs["before"], op.attrs["after"]
        readers = graph.users().get(op.outs[0], [])
        if before[0] or after[0] or before[3] or after[3] or not readers:
            continue
        if not all(r is not None and r.kind in _CONVS and r.attrs["pad"] == "valid" for r in readers):
            continue
        for reader in readers:
            reader.attrs["pad"] = [before[1], after[2], after[1], before[2]]
        graph.rename(op.outs[0], op.ins[0])
        graph.ops.remove(op)


def compose_linear_convs(graph):
    """conv or deconv without activation -> 1x1 conv, when one layer in their place costs less.

    V (W x + b) + c = (V W) x + (V b + c), whatever the first one's kernel and padding.
    """
    for op in list(graph.ops):
        if op not in graph.ops or op.kind not in ("conv2d", "deconv2d") or op.attrs.get("groups", 1) != 1 or \
                op.attrs.get("act", "none") != "none":
            continue
        user = _only_user(graph, graph.users(), op.outs[0])
        if not _is_pointwise(graph, user):
            continue
        first, second = graph.weight(op), graph.weight(user)[:, 0, 0]
        if second.shape[0] * first[0].size > first.size + second.size:
            continue
        op.attrs["weight"] = graph.const(np.tensordot(second.astype(np.float64), first.astype(np.float64), 1)
                                         .astype(np.float32), "w")
        op.attrs["bias"] = graph.const(
            _affine_map(second, graph.bias(op, first.shape[0]), graph.bias(user, second.shape[0])), "b")
        op.attrs["act"] = user.attrs.get("act", "none")
        graph.rename(user.outs[0], op.outs[0])
        graph.ops.remove(user)


def average_before_projection(graph):
    """sum over pixels of softmax weight * (V x): V of the weighted sum of x, since the weights add up to 1.

    Matches mul(conv1x1(x), reshape(softmax)) -> sum over the softmax's axis, the context vector of
    separable attention; the projection then runs on one pixel a row and not on all of them.
    """
    for total in list(graph.ops):
        producers, users = graph.producers(), graph.users()
        if total.kind != "sum" or not total.attrs.get("keep_dims"):
            continue
        product = producers.get(total.ins[0])
        if product is None or product.kind != "mul" or _only_user(graph, users, product.outs[0]) is None:
            continue
        project, weights = (producers.get(n) for n in product.ins)
        if not _is_pointwise(graph, project) or project.attrs.get("act", "none") != "none" or \
                _only_user(graph, users, project.outs[0]) is None or not _sums_to_one(producers, weights, total):
            continue
        product.ins[0] = project.ins[0]
        graph.ops.remove(project)
        pooled = total.outs[0] + ".pooled"
        projected = Op("conv2d", [pooled], [total.outs[0]], dict(project.attrs, pad="valid"))
        total.outs = [pooled]
        graph.ops.insert(graph.ops.index(total) + 1, projected)


def _sums_to_one(producers, weights, total):
    """weights = reshape of a softmax of shape [..., 1, n] to [..., n, 1], summed over that n."""
    if weights is None or weights.kind != "reshape":
        return False
    soft = producers.get(weights.ins[0])
    if soft is None or soft.kind != "softmax":
        return False
    shape = weights.attrs["shape"]
    source = producers.get(soft.ins[0])
    return source is not None and source.kind == "reshape" and len(shape) == 4 and shape[-1] == 1 and \
        total.attrs["axes"] == [2] and source.attrs["shape"] == shape[:2] + [1, shape[2]]
