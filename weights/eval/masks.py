"""Masks from COCO annotations: polygons and run lengths to boolean arrays."""
import numpy as np


def polygon(points, height, width):
    """Pixels whose centre is inside one polygon (a flat list x0 y0 x1 y1 ...), by the even-odd rule."""
    x, y = np.asarray(points, float).reshape(-1, 2).T
    # A pixel is inside when an odd number of edges crosses its row left of its centre: toggle the first pixel right of
    # each crossing, then run the parity along the row.
    toggles = np.zeros((height, width + 1), np.uint8)
    for x0, y0, x1, y1 in zip(x, y, np.roll(x, -1), np.roll(y, -1)):
        if y0 == y1:
            continue
        first, last = np.ceil(np.clip([min(y0, y1) - 0.5, max(y0, y1) - 0.5], 0, height)).astype(int)
        rows = np.arange(first, last)
        crossing = x0 + (rows + 0.5 - y0) * (x1 - x0) / (y1 - y0)
        columns = np.clip(np.ceil(crossing - 0.5), 0, width).astype(int)
        toggles[rows, columns] ^= 1
    return np.bitwise_xor.accumulate(toggles[:, :width], axis=1).astype(bool)


def polygons(parts, height, width):
    mask = np.zeros((height, width), bool)
    for part in parts:
        mask |= polygon(part, height, width)
    return mask


def run_lengths(counts, height, width):
    """COCO's uncompressed run lengths: column by column, zeros first."""
    runs = np.asarray(counts, int)
    if runs.sum() != height * width:
        raise ValueError(f"run lengths cover {runs.sum()} pixels of {height * width}")
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return flat.reshape(width, height).T


def resize_nearest(mask, height, width):
    rows = ((np.arange(height) + 0.5) * mask.shape[0] / height).astype(int)
    columns = ((np.arange(width) + 0.5) * mask.shape[1] / width).astype(int)
    return mask[rows][:, columns]
