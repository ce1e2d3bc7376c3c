"""Expands TensorFlow Lite's sparse tensors (SparsityParameters in schema.fbs).

The tensor of rank n, cut into blocks, is a tensor of rank n + b: first the block counts of its n
dimensions, then the sizes within a block of the b dimensions that are blocked (block_map). It is stored as
a tree, one level a dimension in `traversal_order`; a level is either dense or, like CSR, a list of segments
and indices. The walk below keeps all nodes of a level in arrays, so it is quick without a compiler.
"""
import numpy as np

from graph import ConvertError

_INDEX_TYPES = {1: "<i4", 2: "<u2", 3: "u1"}
_DENSE, _CSR = 0, 1


def densify(name, shape, values, sparsity):
    """The dense array of `values`, flat, in row-major order of `shape`."""
    order, block_map = sparsity.ints(0), sparsity.ints(1)
    levels = sparsity.tables(2)
    rank = len(shape)
    if sorted(order) != list(range(rank + len(block_map))) or len(levels) != len(order):
        raise ConvertError(f"tensor '{name}': sparse traversal order {order} does not fit rank {rank}")
    if any(not 0 <= b < rank for b in block_map):
        raise ConvertError(f"tensor '{name}': sparse block map {block_map} does not fit rank {rank}")

    block = [1] * rank
    for k, dim in enumerate(block_map):
        block[dim] = levels[order.index(rank + k)].scalar(1, "i")

    # Of every node: its coordinate along each of the n + b dimensions visited so far.
    node_count, coords = 1, {}
    for dim, level in zip(order, levels):
        parent, index = _expand(name, level, node_count, limit=max(1, int(np.prod(shape))))
        coords = {d: c[parent] for d, c in coords.items()}
        coords[dim] = index
        node_count = index.size
    if node_count != values.size:
        raise ConvertError(f"tensor '{name}': {values.size} sparse values for {node_count} positions")

    where = [coords[d] * block[d] for d in range(rank)]
    for k, dim in enumerate(block_map):
        where[dim] = where[dim] + coords[rank + k]
    for d in range(rank):
        if node_count and not 0 <= where[d].min() <= where[d].max() < shape[d]:
            raise ConvertError(f"tensor '{name}': sparse index outside dimension {d} of {shape}")
    dense = np.zeros(shape, values.dtype)
    dense[tuple(where)] = values
    return dense.reshape(-1)


def _expand(name, level, node_count, limit):
    """The children of a level's nodes: (index of the parent, coordinate)."""
    kind = level.scalar(0, "b")
    if kind == _DENSE:
        size = level.scalar(1, "i")
        if size < 1 or size * node_count > limit:
            raise ConvertError(f"tensor '{name}': sparse dimension of size {size} exceeds its {limit} elements")
        return np.repeat(np.arange(node_count), size), np.tile(np.arange(size), node_count)
    if kind != _CSR:
        raise ConvertError(f"tensor '{name}': unknown sparse dimension kind {kind}")
    segments, indices = _indices(name, level, 2), _indices(name, level, 4)
    steps = np.diff(segments)
    if segments.size != node_count + 1 or segments[0] != 0 or (steps < 0).any() or segments[-1] != indices.size:
        raise ConvertError(f"tensor '{name}': damaged sparse segments")
    return np.repeat(np.arange(node_count), steps), indices


def _indices(name, level, field):
    kind, table = level.scalar(field, "B"), level.table(field + 1)
    if kind not in _INDEX_TYPES or table is None:
        raise ConvertError(f"tensor '{name}': unknown sparse index type {kind}")
    return table.array(0, _INDEX_TYPES[kind]).astype(np.int64)
