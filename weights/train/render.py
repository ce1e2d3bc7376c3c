"""Renders scenes (scene.py) to batches on the device: pictures, codes, people,
sleeves. Banks hold the photos: on a GPU all of them, decoded; on a CPU they
are decoded when drawn."""
import concurrent.futures

import numpy as np
import torch
import torch.nn.functional as F

from labels import IGNORE, UNKNOWN
from scene import PASTED_ID


class Bank:
    """The photos of one shard, padded to one size with their last row and
    column; labels with `unknown`."""

    def __init__(self, shard, device):
        self.shard, self.device = shard, device
        h, w = shard.size.max(0) if len(shard) else (4, 4)
        self.height, self.width = (int(h) + 3) // 4 * 4, (int(w) + 3) // 4 * 4
        self.size = torch.from_numpy(shard.size).to(device)
        self.planes = None
        if device.type != 'cpu':
            with concurrent.futures.ThreadPoolExecutor(12) as pool:
                planes = list(pool.map(self._decode, range(len(shard))))
            self.planes = torch.from_numpy(np.stack(planes)).to(device)

    def _decode(self, i):
        image, labels = self.shard.image(i), self.shard.labels(i)
        h, w = labels.shape[:2]
        out = np.empty((6, self.height, self.width), np.uint8)
        down, right = self.height - h, self.width - w
        out[:3] = np.pad(image, ((0, down), (0, right), (0, 0)),
                         mode='edge').transpose(2, 0, 1)
        for plane, fill in zip(range(3), (IGNORE, UNKNOWN, 3)):
            out[3 + plane] = np.pad(labels[:, :, plane],
                                    ((0, down), (0, right)),
                                    constant_values=fill)
        return out

    def get(self, indices):
        """[n, 6, height, width] bytes: RGB, code, person, sleeve."""
        if self.planes is not None:
            return self.planes[torch.as_tensor(indices, device=self.device)]
        return torch.from_numpy(np.stack([self._decode(i) for i in indices]))


def positions(matrices, height, width):
    """Photo coordinates of every picture pixel: [n, height, width, 2]."""
    device = matrices.device
    y = torch.arange(height, device=device) + 0.5
    x = torch.arange(width, device=device) + 0.5
    grid = torch.stack(torch.broadcast_tensors(
        x[None, :], y[:, None], torch.ones((), device=device)), -1)
    return torch.einsum('nij,hwj->nhwi', matrices, grid)


def mirror(q, limit):
    q = torch.remainder(q, 2 * limit)
    return torch.minimum(q, 2 * limit - q)


def sample_image(image, where):
    """Bilinear, from a map shrunk beforehand when the picture is much
    smaller, so that nothing is skipped. `where` in 0..1 of the map."""
    return F.grid_sample(image, where * 2 - 1, mode='bilinear',
                         padding_mode='border', align_corners=False)


class Renderer:
    def __init__(self, shards, size, swap, device):
        self.banks = {s.name: Bank(s, device) for s in shards if len(s)}
        self.height, self.width = size
        self.device = device
        self.swap = torch.from_numpy(swap).to(device)

    def __call__(self, scenes):
        """-> image [n, 3, h, w] in 0..1, codes, people, sleeves [n, h, w]"""
        n, h, w = len(scenes), self.height, self.width
        out = torch.zeros(n, 6, h, w, device=self.device)
        depth = max(len(s.layers) for s in scenes)
        for level in range(depth):
            here = [(i, s.layers[level]) for i, s in enumerate(scenes)
                    if level < len(s.layers)]
            for bank in {layer.bank for _, layer in here}:
                chosen = [(i, layer) for i, layer in here
                          if layer.bank == bank]
                self._draw(out, bank, chosen, level)
        image = out[:, :3] / 255
        codes, people, sleeves = (out[:, k].to(torch.uint8)
                                  for k in (3, 4, 5))
        return image, codes, people, sleeves

    def _draw(self, out, name, chosen, level):
        bank = self.banks[name]
        at = torch.tensor([i for i, _ in chosen], device=self.device)
        layers = [layer for _, layer in chosen]
        planes = bank.get([layer.index for layer in layers])
        size = bank.size[[layer.index for layer in layers]].float()
        matrix = torch.from_numpy(np.stack(
            [layer.matrix for layer in layers])).float().to(self.device)
        q = positions(matrix, self.height, self.width)
        limit = size[:, None, None].flip(-1)
        outside = ((q < 0) | (q > limit)).any(-1)
        whole = torch.tensor([bank.width, bank.height], device=self.device)
        edge = torch.rand(len(chosen), device=self.device)
        q = torch.where((edge < .5)[:, None, None, None], mirror(q, limit), q)
        inside = torch.minimum(q.clamp(min=.5), limit - .5) / whole
        step = matrix[:, :, :2].norm(dim=1).mean(1)  # photo pixels a pixel
        picture = self._shrunk(planes[:, :3], inside, step)
        labels = self._labels(planes[:, 3:], inside, layers)
        if layers[0].pasted:
            self._paste(out, at, picture, labels, planes[:, 4], inside,
                        outside, layers, step, PASTED_ID + level)
        else:
            # Beyond the photo it is mirrored, or its edge goes on: nothing
            # is known there. Or it is plain: nobody is there.
            plain = outside & (edge > .75)[:, None, None]
            for plane, fill in zip(range(3), (IGNORE, UNKNOWN, 3)):
                labels[:, plane][outside] = fill
                labels[:, plane][plain] = 0
            shade = torch.rand(len(chosen), 1, 1, 1, device=self.device)
            picture = torch.where(plain[:, None], shade * 255, picture)
            out[at] = torch.cat([picture, labels], 1)

    def _shrunk(self, image, where, step):
        """Samples each photo from itself, a half or a quarter."""
        out = torch.empty(len(image), 3, self.height, self.width,
                          device=self.device)
        for factor, low, high in ((1, 0, 1.7), (2, 1.7, 3.4),
                                  (4, 3.4, 1e9)):
            some = ((step >= low) & (step < high)).nonzero()[:, 0]
            if len(some):
                part = image[some].float()
                if factor > 1:
                    part = F.avg_pool2d(part, factor)
                out[some] = sample_image(part, where[some])
        return out

    def _labels(self, planes, where, layers):
        labels = F.grid_sample(planes.float(), where * 2 - 1, mode='nearest',
                               padding_mode='border', align_corners=False)
        flipped = torch.tensor([layer.flipped for layer in layers],
                               device=self.device)[:, None, None]
        codes = labels[:, 0].long()
        labels[:, 0] = torch.where(flipped, self.swap[codes].float(),
                                   labels[:, 0])
        sides = labels[:, 2]
        labels[:, 2] = torch.where(flipped & (sides > 0) & (sides < 3),
                                   3 - sides, sides)
        return labels

    def _paste(self, out, at, picture, labels, people, where, outside,
               layers, step, number):
        """Lays one person of each photo over the pictures."""
        person = torch.tensor([layer.person for layer in layers],
                              device=self.device)[:, None, None]
        mask = (people == person).float()[:, None]
        # A little inside the outline, which often carries the old background.
        mask = -F.max_pool2d(-mask, 3, 1, 1)
        soft = F.avg_pool2d(mask, 3, 1, 1)
        alpha = sample_image(soft, where)
        alpha = (alpha * 1.4 - .2).clamp(0, 1)
        alpha = alpha * ~outside[:, None]
        # Light: towards the scene's own mean and contrast, in part.
        under = out[at, :3]
        mean = under.mean((2, 3), keepdim=True)
        own = (picture * alpha).sum((2, 3), keepdim=True) / \
            alpha.sum((2, 3), keepdim=True).clamp(min=1)
        pull = torch.rand(len(at), 1, 1, 1, device=self.device) * .35
        gain = 1 + pull * ((mean + 20) / (own + 20) - 1)
        gain = gain * (1 + .15 * torch.randn(len(at), 1, 1, 1,
                                             device=self.device))
        picture = (picture * gain.clamp(.4, 2)).clamp(0, 255)
        out[at, :3] = under * (1 - alpha) + picture * alpha
        over = alpha[:, 0] > .5
        labels[:, 1] = number
        old = out[at, 3:]
        out[at, 3:] = torch.where(over[:, None], labels, old)
