"""From a rendered scene to what the parts network sees and should say."""
import dataclasses

import torch

from labels import BODY, IGNORE, SOMEBODY, UNKNOWN

IDS = 48         # people's numbers are below this
DISC = 1 / 32    # radius of a prompt's disc, in the picture's shorter side
# Landmarks that a people finder gives (COCO's 17, in BlazePose's numbers).
POINTS = [0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]
HEAD = [BODY.code[n] for n in ('hat', 'hair', 'glasses', 'face', 'head',
                               'face_glasses', 'hair_face')]


@dataclasses.dataclass
class Targets:
    codes: torch.Tensor      # [n, h, w] long
    person: torch.Tensor     # [n, h, w] float 0, 1, or -1 unknown
    sleeves: torch.Tensor    # [n, 2, h, w] float 0, 1, or -1
    heat: torch.Tensor       # [n, h/8, w/8] 0..1, or -1
    box: torch.Tensor        # [n, 4, h/8, w/8]
    middle: torch.Tensor     # [n, h/8, w/8] bool: where `box` counts


def points_in(mask, count):
    """[n, count, 2] random pixels of each mask [n, h, w], and whether the mask
    had any."""
    n, h, w = mask.shape
    flat = mask.flatten(1).float()
    some = flat.sum(1) > 0
    flat = torch.where(some[:, None], flat, 1)
    at = torch.multinomial(flat, count, replacement=True)
    return torch.stack([at % w, at // w], -1).float() + .5, some


def discs(points, size, radius):
    """[n, h, w]: 1 within `radius` of a point, 0 elsewhere. Points far
    outside the picture leave no trace."""
    h, w = size
    y = torch.arange(h, device=points.device).view(1, h, 1) + .5
    x = torch.arange(w, device=points.device).view(1, 1, w) + .5
    out = torch.zeros(len(points), h, w, dtype=torch.bool,
                      device=points.device)
    for k in range(points.shape[1]):
        p = points[:, k, :, None, None]
        out |= (x - p[:, 0]) ** 2 + (y - p[:, 1]) ** 2 < radius ** 2
    return out.float()


def drop(points, share):
    """Moves a random part of the points away."""
    gone = torch.rand(points.shape[:2], device=points.device) < share
    return torch.where(gone[..., None], -1e4, points)


def prompt(people, meant, poses):
    """The prompt channel and which pictures have one. `poses` [n, 17, 3] in
    picture pixels with score 0 where unknown."""
    n, h, w = people.shape
    device = people.device
    radius = DISC * min(h, w)
    own = (people == meant[:, None, None]) & (meant[:, None, None] > 0)
    small = own[:, 2::4, 2::4]
    inside, seen = points_in(small, 8)
    inside = drop(inside * 4, torch.rand(n, 1, device=device) * .85)
    # Half of the prompts are landmarks, where there are any.
    marks = torch.where(poses[..., 2:] > .3, poses[..., :2], -1e4)
    use = ((poses[..., 2] > .3).sum(1) > 2) & \
        (torch.rand(n, device=device) < .6)
    marks = drop(marks, torch.rand(n, 1, device=device) * .6)
    inside = torch.where(use[:, None, None], -1e4, inside)
    marks = torch.where(use[:, None, None], marks, -1e4)
    plus = torch.cat([inside, marks], 1)
    plus = plus + torch.randn_like(plus) * .012 * min(h, w)
    others = (people[:, 2::4, 2::4] > 0) & ~small & \
        (people[:, 2::4, 2::4] != UNKNOWN) & \
        (people[:, 2::4, 2::4] != SOMEBODY)
    minus, there = points_in(others, 6)
    share = torch.rand(n, 1, device=device) * 1.6
    minus = drop(minus * 4, torch.where(there[:, None], share, 2))
    has = seen & (small.flatten(1).sum(1) > 6)
    channel = discs(plus, (h, w), radius)
    channel = torch.where(channel > 0, channel, -discs(minus, (h, w), radius))
    return channel * has[:, None, None], has


def person_target(people, meant, has):
    """The prompted person, or everybody where there is no prompt."""
    own = (people == meant[:, None, None]).float()
    anybody = (people > 0).float()
    out = torch.where(has[:, None, None], own, anybody)
    out[people == UNKNOWN] = -1
    out[has[:, None, None] & (people == SOMEBODY)] = -1
    return out


def centers(codes, people):
    """Heat at the middle of each person's head (of the person, when no head
    is seen), at stride 8, and the person's box there."""
    n, h, w = codes.shape
    device = codes.device
    people, codes = people[:, 2::4, 2::4].long(), codes[:, 2::4, 2::4]
    hh, ww = people.shape[1:]
    head = torch.isin(codes, torch.tensor(HEAD, device=device,
                                          dtype=codes.dtype))
    y = torch.arange(hh, device=device).view(1, hh, 1).expand(n, -1, ww)
    x = torch.arange(ww, device=device).view(1, 1, ww).expand(n, hh, -1)
    flat = people.flatten(1)
    coordinates = torch.stack([x, y], 1).flatten(2).float()  # [n, 2, p]

    def mean_of(mask):
        weight = torch.zeros(n, IDS, device=device).scatter_add_(
            1, flat, mask.flatten(1).float())
        total = torch.zeros(n, 2, IDS, device=device).scatter_add_(
            2, flat[:, None].expand(-1, 2, -1),
            coordinates * mask.flatten(1)[:, None])
        return total / weight.clamp(min=1)[:, None], weight

    head_at, head_size = mean_of(head)
    body_at, body_size = mean_of(torch.ones_like(head))
    middle = torch.where((head_size > 1.5)[:, None], head_at, body_at)
    low = torch.full((n, 2, IDS), 1e4, device=device).scatter_reduce_(
        2, flat[:, None].expand(-1, 2, -1), coordinates, 'amin')
    high = torch.full((n, 2, IDS), -1e4, device=device).scatter_reduce_(
        2, flat[:, None].expand(-1, 2, -1), coordinates + 1, 'amax')
    valid = body_size > 4
    valid[:, 0] = valid[:, SOMEBODY] = valid[:, UNKNOWN] = False
    # From here in cells of stride 8.
    middle, low, high = ((t + d) / 2 for t, d in
                         ((middle, .5), (low, 0), (high, 0)))
    middle = torch.where(valid[:, None], middle, -1e3)
    gy = torch.arange(hh // 2, device=device).view(1, 1, -1, 1) + .5
    gx = torch.arange(ww // 2, device=device).view(1, 1, 1, -1) + .5
    d2 = (gx - middle[:, 0, :, None, None]) ** 2 + \
        (gy - middle[:, 1, :, None, None]) ** 2
    spread = (.05 * (high - low).amax(1)).clamp(.7, 2.5)
    heat = torch.exp(-d2 / (2 * spread[..., None, None] ** 2))
    heat, who = heat.max(1)
    nearest = d2.gather(1, who[:, None])[:, 0]
    pick = who.flatten(1)[:, None].expand(-1, 2, -1)
    shape = (n, 2, hh // 2, ww // 2)
    low, high = (t.gather(2, pick).view(shape) for t in (low, high))
    cell = torch.cat(torch.broadcast_tensors(gx, gy), 1)
    size = torch.tensor([ww / 2, hh / 2], device=device).view(1, 2, 1, 1)
    box = torch.cat([(cell - low) / size, (high - cell) / size], 1)
    blind = (codes == IGNORE) | (people == UNKNOWN) | (people == SOMEBODY)
    blind = blind[:, ::2, ::2]
    heat = torch.where(blind & (heat < .3), -1, heat)
    return heat, box, nearest < 1.1


def make(codes, people, sleeves, meant, poses):
    """-> (prompt [n, h, w], Targets)"""
    channel, has = prompt(people, meant, poses)
    side = torch.stack([sleeves == 1, sleeves == 2], 1).float()
    side = torch.where((sleeves == 3)[:, None], -1, side)
    heat, box, middle = centers(codes, people)
    return channel, Targets(codes.long(), person_target(people, meant, has),
                            side, heat, box, middle)
