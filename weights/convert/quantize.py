"""float32 weights -> what is stored: int8 with one scale an output channel, float16, or float32.

Rounding each weight to the nearest level treats them as independent. What counts is the layer's output, so
the error of one rounded weight is passed on to those that are not rounded yet, by the correlation of their
inputs: "optimal brain quantisation" in the order and form of GPTQ (Frantar et al. 2022). Inputs come from
calibrate.py.
"""
import numpy as np

from graph import OUTPUT_AXIS

LEVELS = 127
# Layers with fewer weights than this stay float16: they are the narrow ones that everything passes through,
# and cost next to nothing.
SMALL = 2048
# Shrinking the range below the largest weight trades a few clipped weights for finer steps of the rest.
_SHRINK = np.linspace(1.0, 0.7, 13)
# Added to the moments' diagonal, as a share of its mean: pictures do not show everything.
_DAMPING = 0.01
_BLOCK = 64
# Of scales, biases and other float32 constants: as many as a float16 has. The rest are zeros, which compress to nothing.
SIGNIFICANT = 11


def shortened(array):
    """float32, rounded to SIGNIFICANT bits."""
    mantissa, exponent = np.frexp(array.astype(np.float32))
    return np.ldexp(np.rint(np.ldexp(mantissa, SIGNIFICANT)), exponent - SIGNIFICANT).astype(np.float32)


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


def to_int8(weight, axis, levels=LEVELS, moments=None):
    """(int8 array, float32 scales). moments: as calibrate.moments gives them for this layer."""
    scale = scales(weight, axis, levels)
    if moments is None:
        q = np.rint(weight.astype(np.float64) / _spread(scale, weight.ndim, axis))
        return np.clip(q, -levels, levels).astype(np.int8), scale
    if moments.ndim == 3:  # depthwise: a problem of its own for each channel
        rows = weight.reshape(-1, 1, weight.shape[2]).transpose(2, 1, 0)
        q = _round(rows, scale[:, None], moments, levels).transpose(2, 1, 0)
    else:
        rows = weight.reshape(-1, moments.shape[0])
        q = _round(rows, np.repeat(scale, rows.shape[0] // scale.size), moments, levels)
    return q.reshape(weight.shape).astype(np.int8), scale


def _round(rows, scale, moments, levels):
    """Rounds rows [..., out, n] to multiples of scale [..., out], column by column, for inputs with these moments
    [..., n, n]."""
    n = moments.shape[-1]
    diagonal = np.diagonal(moments, axis1=-2, axis2=-1).mean(-1)[..., None, None]
    damped = moments.astype(np.float64) + np.eye(n) * (diagonal * _DAMPING + 1e-9)
    # Upper Cholesky factor of the inverse: row j says how an error of weight j is best spread over those after it.
    spread = np.swapaxes(np.linalg.cholesky(np.linalg.inv(damped)), -1, -2)
    left = rows.astype(np.float64)
    result = np.zeros_like(left)
    for begin in range(0, n, _BLOCK):
        end = min(n, begin + _BLOCK)
        errors = np.zeros_like(left[..., begin:end])
        for j in range(begin, end):
            result[..., j] = np.clip(np.rint(left[..., j] / scale), -levels, levels)
            error = (left[..., j] - result[..., j] * scale) / spread[..., j, j][..., None]
            left[..., j:end] -= error[..., None] * spread[..., None, j, j:end]
            errors[..., j - begin] = error
        left[..., end:] -= errors @ spread[..., begin:end, end:]
    return result


def from_int8(q, scale, axis):
    return (q.astype(np.float32) * _spread(scale, q.ndim, axis)).astype(np.float32)


def _spread(scale, rank, axis):
    shape = [1] * rank
    shape[axis] = -1
    return scale.reshape(shape)


def store(graph, dtype="i8", moments=None, levels=None):
    """What to write for each constant: name -> array, and name.scale for int8 weights.

    dtype: of the weights of layers ("i8", "f16", "f32"); scales, biases and other constants are f32 (shortened, where
    weights are int8), or f16 when dtype is "f16". moments: of calibrate.moments; without, weights are rounded to the
    nearest. levels: weight -> largest int8 magnitude to use, for layers that bear coarser steps (they compress better);
    the rest use 127.
    """
    stored = {}
    for op in graph.ops:
        if "weight" not in op.attrs or op.kind not in OUTPUT_AXIS:
            continue
        name = op.attrs["weight"]
        weight = graph.consts[name]
        if dtype == "f32":
            stored[name] = weight.astype(np.float32)
        elif dtype == "f16" or weight.size < SMALL:
            stored[name] = weight.astype(np.float16)
        else:
            stored[name], scale = to_int8(
                weight, OUTPUT_AXIS[op.kind], (levels or {}).get(name, LEVELS), (moments or {}).get(name))
            stored[name + ".scale"] = shortened(scale)
    for name, array in list(graph.consts.items()) + list(graph.extras.items()):
        if name not in stored:
            half = dtype == "f16" and array.size > 64
            stored[name] = array.astype(np.float16) if half else shortened(array) if dtype == "i8" else \
                array.astype(np.float32)
    return stored


def apply(graph, stored):
    """Replaces the graph's constants by what a reader of the file will see."""
    axes = {op.attrs["weight"]: OUTPUT_AXIS[op.kind] for op in graph.ops if "weight" in op.attrs}
    for name in graph.consts:
        if name + ".scale" in stored:
            graph.consts[name] = from_int8(stored[name], stored[name + ".scale"], axes[name])
        else:
            graph.consts[name] = stored[name].astype(np.float32)
