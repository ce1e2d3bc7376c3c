"""A small software rasteriser: triangles with depth, on numpy alone."""
import numpy as np


def fragments(points, triangles, width, height, visible=None):
    """Nearest fragments of triangles: for each pixel the triangle's index (-1: none) and barycentrics.
    `points`: x, y in pixels, z larger is nearer. `visible`: tells of fragments (triangles, barycentrics) whether they
    are there at all."""
    p = points[triangles]
    low = np.floor(p[:, :, :2].min(1)).astype(int)
    high = np.ceil(p[:, :, :2].max(1)).astype(int)
    low = np.maximum(low, 0)
    high = np.minimum(high, [width, height])
    size = (high - low).max(1)
    alive = (high > low).all(1)
    pixels, depths, owners, barys = [], [], [], []
    step = 1
    while step <= 2 * max(width, height):
        chosen = np.nonzero(alive & (size <= step) & (size > step // 2 if step > 1 else size <= 1))[0]
        chunk = max(1, 2_000_000 // (step * step))
        for i in range(0, len(chosen), chunk):
            c = chosen[i:i + chunk]
            oy, ox = np.mgrid[0:step, 0:step].reshape(2, -1)
            x = low[c, 0, None] + ox[None]
            y = low[c, 1, None] + oy[None]
            a, b, d = p[c, 0], p[c, 1], p[c, 2]
            area = (b[:, 0] - a[:, 0]) * (d[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (d[:, 0] - a[:, 0])
            px, py = x + .5, y + .5
            with np.errstate(divide="ignore", invalid="ignore"):
                w1 = ((px - a[:, 0, None]) * (d[:, 1] - a[:, 1])[:, None] -
                      (py - a[:, 1, None]) * (d[:, 0] - a[:, 0])[:, None]) / area[:, None]
                w2 = ((b[:, 0] - a[:, 0])[:, None] * (py - a[:, 1, None]) -
                      (b[:, 1] - a[:, 1])[:, None] * (px - a[:, 0, None])) / area[:, None]
            w0 = 1 - w1 - w2
            inside = (w0 >= -1e-6) & (w1 >= -1e-6) & (w2 >= -1e-6) & (x < width) & (y < height)
            row, col = np.nonzero(inside)
            w = np.stack([w0[row, col], w1[row, col], w2[row, col]], 1)
            if visible is not None:
                seen = visible(c[row], w)
                row, col, w = row[seen], col[seen], w[seen]
            pixels.append(y[row, col] * width + x[row, col])
            depths.append((w * p[c[row], :, 2]).sum(1))
            owners.append(c[row])
            barys.append(w)
        step *= 2
    owner = np.full(width * height, -1)
    bary = np.zeros((width * height, 3))
    if pixels:
        pixels, depths = np.concatenate(pixels), np.concatenate(depths)
        owners, barys = np.concatenate(owners), np.concatenate(barys)
        order = np.argsort(depths)
        owner[pixels[order]] = owners[order]
        bary[pixels[order]] = barys[order]
    return owner.reshape(height, width), bary.reshape(height, width, 3)
