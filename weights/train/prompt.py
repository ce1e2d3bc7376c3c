"""The prompt of the parts network: maps that say where the limbs of the
person are who is meant, and where other people are.

maps(...) -> [n, 8, h/4, w/4], each value exp(-(d / r)^2) with d the distance
to the nearest of the channel's bones or points and r = REACH of the picture's
shorter side:

  0 head  1 torso  2 left arm  3 right arm  4 left leg  5 right leg
  6 points of other people  7 points of the person, whatever limb

A bone is drawn where both its ends are known. src/parse/prompt.c draws the
same maps.
"""
import torch

CHANNELS = 8
STRIDE = 4
REACH = .03
SEEN = .3        # landmarks of less score are unknown
FAR = -1e4       # where an unknown point lies

# Bones between landmarks, numbered as COCO's 17 keypoints.
BONES = [
    [(0, 1), (0, 2), (1, 3), (2, 4)],
    [(5, 6), (5, 11), (6, 12), (11, 12)],
    [(5, 7), (7, 9)], [(6, 8), (8, 10)],
    [(11, 13), (13, 15)], [(12, 14), (14, 16)]]


def grid(size, device):
    """Middles of the map's cells in picture pixels: [h, w, 2]"""
    y = (torch.arange(size[0] // STRIDE, device=device) + .5) * STRIDE
    x = (torch.arange(size[1] // STRIDE, device=device) + .5) * STRIDE
    return torch.stack(torch.broadcast_tensors(x[None], y[:, None]), -1)


def to_points(cells, points):
    """Squared distance of each cell to the nearest point: [n, h, w];
    `points` [n, k, 2]"""
    best = torch.full((len(points), *cells.shape[:2]), 1e8,
                      device=cells.device)
    for k in range(points.shape[1]):
        d = (cells - points[:, k, None, None]).square().sum(-1)
        best = torch.minimum(best, d)
    return best


def to_bone(cells, a, b):
    """Squared distance to the segment between a and b [n, 2]."""
    along = (b - a)[:, None, None]
    length = along.square().sum(-1).clamp(min=1e-6)
    t = ((cells - a[:, None, None]) * along).sum(-1) / length
    at = a[:, None, None] + t.clamp(0, 1)[..., None] * along
    return (cells - at).square().sum(-1)


def maps(points, own, others, size):
    """`points` [n, 17, 2] landmarks, `own` [n, k, 2] other points of the
    person, `others` [n, m, 2] of others, in picture pixels; what is unknown
    lies at FAR."""
    cells = grid(size, points.device)
    known = points[..., 0] > FAR / 2
    squared = []
    for bones in BONES:
        best = torch.full((len(points), *cells.shape[:2]), 1e8,
                          device=cells.device)
        for a, b in bones:
            d = to_bone(cells, points[:, a], points[:, b])
            both = (known[:, a] & known[:, b])[:, None, None]
            best = torch.minimum(best, torch.where(both, d, 1e8))
        squared.append(best)
    squared.append(to_points(cells, others))
    squared.append(to_points(cells, torch.cat([points, own], 1)))
    reach = REACH * min(size)
    return torch.exp(-torch.stack(squared, 1) / reach ** 2)
