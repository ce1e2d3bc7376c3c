"""From a rendered scene to what the parts network sees and should say."""
import dataclasses

import torch

import prompt
from labels import SOMEBODY, UNKNOWN

IDS = 48         # people's numbers are below this
# Landmarks that a people finder gives (COCO's 17, in BlazePose's numbers).
POINTS = [0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]


@dataclasses.dataclass
class Targets:
    codes: torch.Tensor      # [n, h, w] long
    person: torch.Tensor     # [n, h, w] float 0, 1, or -1 unknown
    sleeves: torch.Tensor    # [n, 2, h, w] float 0, 1, or -1

    def to(self, device):
        return Targets(self.codes.to(device), self.person.to(device),
                       self.sleeves.to(device))


def points_in(mask, count):
    """[n, count, 2] random pixels of each mask [n, h, w], and whether the mask
    had any."""
    n, h, w = mask.shape
    flat = mask.flatten(1).float()
    some = flat.sum(1) > 0
    flat = torch.where(some[:, None], flat, 1)
    at = torch.multinomial(flat, count, replacement=True)
    return torch.stack([at % w, at // w], -1).float() + .5, some


def drop(points, share):
    """Moves a random part of the points away."""
    gone = torch.rand(points.shape[:2], device=points.device) < share
    return torch.where(gone[..., None], prompt.FAR, points)


@dataclasses.dataclass
class Prompt:
    """In picture pixels; what is unknown lies at prompt.FAR."""
    points: torch.Tensor     # [n, 17, 2] landmarks of the person meant
    own: torch.Tensor        # [n, 8, 2] other points of that person
    others: torch.Tensor     # [n, 8, 2] points of other people
    has: torch.Tensor        # [n] bool: somebody is meant

    def jittered(self, spread=.01):
        """As a people finder would err: a little everywhere, some landmarks
        gone, a few far off."""
        n, device = len(self.points), self.points.device
        side = 256
        points = self.points + torch.randn_like(self.points) * spread * side
        wild = (torch.rand(points.shape[:2], device=device) < .04)[..., None]
        points = torch.where(wild & (points[..., :1] > prompt.FAR / 2),
                             points + torch.randn_like(points) * .08 * side,
                             points)
        share = torch.rand(n, 1, device=device)
        points = drop(points, (share * 1.2 - .7).clamp(min=.02))
        others = drop(self.others, torch.rand(n, 1, device=device) * 1.3)
        return Prompt(points, self.own, others, self.has)

    def maps(self, size):
        return prompt.maps(self.points, self.own, self.others, size)


def make_prompt(people, meant, poses):
    """`poses` [n, 17, 3] in picture pixels with score 0 where unknown. Points
    inside the person stand in where there are no landmarks."""
    own = (people == meant[:, None, None]) & (meant[:, None, None] > 0)
    small = own[:, 2::4, 2::4]
    has = small.flatten(1).sum(1) > 6
    inside, _ = points_in(small, 8)
    marked = (poses[..., 2] > prompt.SEEN).sum(1) > 2
    inside = torch.where((has & ~marked)[:, None, None], inside * 4,
                         prompt.FAR)
    points = torch.where((poses[..., 2:] > prompt.SEEN) &
                         has[:, None, None], poses[..., :2], prompt.FAR)
    others = (people[:, 2::4, 2::4] > 0) & ~small & \
        (people[:, 2::4, 2::4] != UNKNOWN) & \
        (people[:, 2::4, 2::4] != SOMEBODY)
    minus, there = points_in(others, 8)
    minus = torch.where((there & has)[:, None, None], minus * 4, prompt.FAR)
    return Prompt(points, inside, minus, has)


def person_target(people, meant, has):
    """The prompted person, or everybody where there is no prompt."""
    own = (people == meant[:, None, None]).float()
    anybody = (people > 0).float()
    out = torch.where(has[:, None, None], own, anybody)
    out[people == UNKNOWN] = -1
    out[has[:, None, None] & (people == SOMEBODY)] = -1
    return out


def make(codes, people, sleeves, meant, poses):
    """-> (Prompt, Targets)"""
    asked = make_prompt(people, meant, poses)
    side = torch.stack([sleeves == 1, sleeves == 2], 1).float()
    side = torch.where((sleeves == 3)[:, None], -1, side)
    return asked, Targets(codes.long(), person_target(people, meant,
                                                      asked.has), side)
