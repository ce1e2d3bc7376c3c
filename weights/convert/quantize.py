"""float32 weights -> what is stored: int8 with one scale an output channel, float16, or float32."""
import numpy as np

from graph import OUTPUT_AXIS

LEVELS = 127
# Shrinking the range below the largest weight trades a few clipped weights for finer steps of the rest.
_SHRINK = np.linspace(1.0, 0.7, 13)


def scales(weight, axis, levels=LEVELS):
    """The scale of each output channel, of those tried the one with the least squared error."""
    rows = np.moveaxis(weight, axis, 0).reshape(weight.shape[axis], -1).astype(np.float64)
    largest = np.abs(rows).max(1, keepdims=True)
    largest[largest == 0] = 1.0
    best, best_error = None, None
    for shrink in _SHRINK:
        scale = (largest * shrink / levels).astype(np.float32).astype(np.float64)
        error = np.square(np.clip(np.rint(rows / scale), -levels, levels) * scale - rows).sum(1, keepdims=True)
        if best is None:
            best, best_error = scale, error
        else:
            better = error < best_error
            best, best_error = np.where(better, scale, best), np.where(better, error, best_error)
    return best[:, 0].astype(np.float32)


def to_int8(weight, axis, levels=LEVELS):
    """(int8 array, float32 scales)."""
    scale = scales(weight, axis, levels)
    q = np.rint(weight.astype(np.float64) / _spread(scale, weight.ndim, axis))
    return np.clip(q, -levels, levels).astype(np.int8), scale


def from_int8(q, scale, axis):
    return (q.astype(np.float32) * _spread(scale, q.ndim, axis)).astype(np.float32)


def _spread(scale, rank, axis):
    shape = [1] * rank
    shape[axis] = -1
    return scale.reshape(shape)


def store(graph, dtype="i8", keep=None, levels=LEVELS):
    """What to write for each constant: name -> array, and name.scale for int8 weights.

    dtype: of the weights of layers ("i8", "f16", "f32"); biases and other constants are f32, or f16 when
    dtype is "f16". keep: weight name -> dtype, for layers that int8 hurts.
    """
    stored = {}
    for op in graph.ops:
        if "weight" not in op.attrs:
            continue
        name = op.attrs["weight"]
        choice = (keep or {}).get(name, dtype)
        if choice == "i8":
            stored[name], stored[name + ".scale"] = to_int8(graph.consts[name], OUTPUT_AXIS[op.kind], levels)
        else:
            stored[name] = graph.consts[name].astype(np.float16 if choice == "f16" else np.float32)
    for name, array in list(graph.consts.items()) + list(graph.extras.items()):
        if name not in stored:
            stored[name] = array.astype(np.float16 if dtype == "f16" and array.size > 64 else np.float32)
    return stored


def apply(graph, stored):
    """Replaces the graph's constants by what a reader of the file will see."""
    axes = {op.attrs["weight"]: OUTPUT_AXIS[op.kind] for op in graph.ops if "weight" in op.attrs}
    for name in graph.consts:
        if name + ".scale" in stored:
            graph.consts[name] = from_int8(stored[name], stored[name + ".scale"], axes[name])
        else:
            graph.consts[name] = stored[name].astype(np.float32)
