"""Which limb a pixel belongs to, by the bones of a pose (BlazePose's 33
landmarks, rows x, y, score; left is the person's own)."""
import cv2
import numpy as np

KNOWN = 0.1  # landmarks below this score are not used
SLEEVE_REACH = 0.12  # a garment that hangs below the hand is no sleeve

# Region -> bones (from, to, radius in torso lengths). Where landmarks of the
# hand are missing the forearm is drawn longer.
ARM = [((11, 13), .13), ((13, 15), .11)]
HAND = [((15, 17), .10), ((15, 19), .10), ((15, 21), .10)]
LEG = [((23, 25), .19), ((25, 27), .14)]
FOOT = [((27, 29), .08), ((27, 31), .08), ((29, 31), .08)]


def other_side(bones):
    return [((a + 1, b + 1), r) for (a, b), r in bones]


class Pose:
    def __init__(self, points):
        self.points = np.asarray(points, float)
        self.xy = self.points[:, :2]
        self.known = self.points[:, 2] >= KNOWN
        self.scale = self._scale()

    def middle(self, *at):
        at = [i for i in at if self.known[i]]
        return self.xy[at].mean(0) if at else None

    def _scale(self):
        """The length of the torso, in pixels; None when it cannot be told."""
        shoulders, hips = self.middle(11, 12), self.middle(23, 24)
        width = np.hypot(*(self.xy[11] - self.xy[12])) \
            if self.known[[11, 12]].all() else 0
        length = np.hypot(*(shoulders - hips)) \
            if shoulders is not None and hips is not None else 0
        scale = max(length, 1.2 * width)
        return scale if scale > 4 else None

    def segments(self, bones):
        out = [(self.xy[a], self.xy[b], r) for (a, b), r in bones
               if self.known[a] and self.known[b]]
        return out

    def arm(self, side):
        bones = ARM + HAND if side == 'left' else other_side(ARM + HAND)
        out = self.segments(bones)
        elbow, wrist, hand = (13, 15, 19) if side == 'left' else (14, 16, 20)
        if self.known[[elbow, wrist]].all() and not self.known[hand]:
            a, b = self.xy[elbow], self.xy[wrist]
            out.append((b, b + 0.4 * (b - a), .10))
        return out

    def leg(self, side):
        return self.segments(LEG + FOOT if side == 'left'
                             else other_side(LEG + FOOT))

    def foot(self, side):
        ankle = ((25, 27), .05)
        return self.segments(FOOT + [ankle] if side == 'left'
                             else other_side(FOOT + [ankle]))

    def torso(self):
        """The neck, the chest's middle line and both flanks."""
        shoulders, hips = self.middle(11, 12), self.middle(23, 24)
        face = self.middle(0, 9, 10)
        out = self.segments([((11, 23), .10), ((12, 24), .10)])
        if shoulders is not None and face is not None:
            out.append((shoulders, face, .16))
        if shoulders is not None:
            low = hips if hips is not None else \
                shoulders + np.array([0, self.scale or 0])
            out.append((shoulders, low, .25))
        return out


def distance(xy, segments, scale):
    """To the nearest bone's surface, in pixels; large without bones."""
    best = np.full(len(xy), 1e6)
    for a, b, radius in segments:
        ab = b - a
        t = ((xy - a) @ ab) / max(ab @ ab, 1e-6)
        near = a + t.clip(0, 1)[:, None] * ab
        d = np.hypot(*(xy - near).T) - radius * scale
        best = np.minimum(best, d)
    return best


def nearest(mask, regions, scale, reach=1e3):
    """A map: 1 + index of the nearest region at the mask's pixels, 0 elsewhere
    and where none is within `reach` torso lengths of a bone's surface."""
    h, w = mask.shape
    out = np.zeros(((h + 1) // 2, (w + 1) // 2), np.uint8)
    # Every other pixel is enough, and a quarter of the work.
    ys, xs = np.nonzero(cv2.dilate(mask.astype(np.uint8),
                                   np.ones((2, 2), np.uint8))[::2, ::2])
    if len(ys):
        xy = np.c_[xs, ys] * 2.0 + 1
        d = np.stack([distance(xy, r, scale) for r in regions])
        out[ys, xs] = np.where(d.min(0) < reach * scale, 1 + d.argmin(0), 0)
    return out.repeat(2, 0).repeat(2, 1)[:h, :w] * mask


def vote(regions, share):
    """Gives a connected piece to one region when that has most of it."""
    n, pieces = cv2.connectedComponents((regions > 0).astype(np.uint8))
    for i in range(1, n):
        piece = pieces == i
        counts = np.bincount(regions[piece])
        if counts.max() > share * piece.sum():
            regions[piece] = counts.argmax()
    return regions


def split_skin(skin, pose):
    """Skin that is not face -> map of 0 unknown, 1 torso, 2 left arm, 3 right
    arm, 4 left leg, 5 right leg."""
    if pose.scale is None:
        return np.zeros(skin.shape, np.uint8)
    out = nearest(skin, [pose.torso(), pose.arm('left'), pose.arm('right'),
                         pose.leg('left'), pose.leg('right')], pose.scale)
    limbs = np.where(out > 1, out, 0)
    limbs = vote(limbs, 0.85)
    return np.where(limbs > 0, limbs, out)


def split_shoes(shoes, pose):
    """-> map of 0 unknown, 1 left, 2 right. A shoe is one piece; a piece of
    two shoes is cut between the feet."""
    if pose.scale is None:
        return np.zeros(shoes.shape, np.uint8)
    return vote(nearest(shoes, [pose.foot('left'), pose.foot('right')],
                        pose.scale), 0.7)


def sleeves(tops, pose):
    """-> map of 0 none, 1 left sleeve, 2 right sleeve, 3 unknown."""
    out = np.zeros(tops.shape, np.uint8)
    if pose.scale is None or not pose.known[[11, 12, 13, 14]].all():
        out[tops] = 3
        return out
    found = nearest(tops, [pose.torso(), pose.arm('left'),
                           pose.arm('right')], pose.scale, SLEEVE_REACH)
    out[tops & (found == 2)] = 1
    out[tops & (found == 3)] = 2
    return out
