"""What a layer's input looks like, for rounding its weights well (see quantize.py).

No photo is at hand when weights are built, so the network is run on synthetic pictures: smooth colour noise of
several scales with flat ellipses on it. Deep layers see other things in photos, but which of their inputs are
large, and which go together, is mostly the network's own doing.
"""
import numpy as np

import interpret

PICTURES = 4
# Pixels of a picture that are looked at: enough for the moments of the widest layers together with the
# damping in quantize.py, and few enough for Debian's plain BLAS.
_PIXELS = 1024
# Height and width where the network leaves them free.
_FREE_SIZE = (256, 320)


def picture(height, width, seed):
    """A synthetic RGB picture, 0..1."""
    random = np.random.RandomState(seed)
    image = np.zeros((height, width, 3))
    for cells in (3, 6, 12, 24, 48):
        image += _smooth(random.rand(cells, cells, 3), height, width) * cells ** -0.7
    image = (image - image.min()) / (image.max() - image.min())
    rows, cols = np.mgrid[:height, :width]
    for _ in range(12):
        y, x = random.randint(height), random.randint(width)
        b, a = random.randint(10, height // 2), random.randint(10, width // 2)
        inside = ((cols - x) / a) ** 2 + ((rows - y) / b) ** 2 < 1
        image[inside] = 0.3 * image[inside] + 0.7 * random.rand(3)
    return image


def _smooth(grid, height, width):
    """Bilinear enlargement of a coarse grid."""
    attrs = {"size": [height, width], "mode": "align_corners"}
    return interpret._resize_bilinear([grid[None]], attrs)[0]


def moments(graph, low, high, count=PICTURES):
    """weight name -> sums of products of the layer's inputs, over the pixels of `count` pictures.

    conv2d, deconv2d, fully_connected: [n, n], n = inputs of one output in the weight's order. Depthwise:
    [channels, k, k]. Pictures are scaled to the network's input range low..high.
    """
    (name, shape), = graph.inputs.items()
    free = iter(_FREE_SIZE)
    _, height, width, _ = [next(free) if d == 0 else d for d in shape]
    found = {}

    def look(op, operands):
        rows = _inputs(graph, op, operands[0]) if "weight" in op.attrs else None
        if rows is not None:
            name = op.attrs["weight"]
            found[name] = found.get(name, 0) + rows @ np.swapaxes(rows, -1, -2)

    for seed in range(count):
        image = picture(height, width, seed) * (high - low) + low
        interpret.run(graph, {name: image[None]}, look)
    return found


def _inputs(graph, op, x):
    """The numbers that an output is made of, one column a sampled pixel: [n, pixels], or [channels, k, pixels]
    for a depthwise layer."""
    weight = graph.weight(op)
    if op.kind == "fully_connected" or op.kind == "deconv2d" and op.attrs["stride"] == list(weight.shape[1:3]):
        return _sample(x).T
    if op.kind == "conv2d" and op.attrs.get("groups", 1) == 1:
        kernel = weight.shape[1:3]
    elif op.kind == "depthwise_conv2d":
        kernel = weight.shape[:2]
    else:
        return None
    taps = [_sample(t) for _, _, t in interpret.windows(interpret.padded(x, kernel, op.attrs), kernel, op.attrs)]
    if op.kind == "conv2d":
        return np.concatenate(taps, 1).T
    return np.ascontiguousarray(np.stack(taps).transpose(2, 0, 1))


def _sample(x):
    """[pixels, channels], at most _PIXELS of them, spread evenly."""
    rows = x.reshape(-1, x.shape[-1])
    return rows[::-(-rows.shape[0] // _PIXELS)]
