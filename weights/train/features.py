"""Reads what collect.py keeps: batches for the parts network."""
import pathlib

import numpy as np
import torch

from frozen import KEPT, OWN
from targets import Prompt, Targets


class Chunk:
    def __init__(self, folder):
        self.arrays = {p.stem: np.load(p, mmap_mode='r')
                       for p in folder.glob('*.npy')}

    def __len__(self):
        return len(self.arrays['codes'])


class Features:
    """Batches of pictures drawn from all chunks that are there; new ones are
    noticed."""

    def __init__(self, folder, count, seed):
        self.folder, self.count = pathlib.Path(folder), count
        self.chunks, self.order = {}, []
        self.rng = np.random.default_rng(seed)

    def _shuffle(self):
        for path in sorted(self.folder.glob('[0-9]*[0-9]')):
            if path.name not in self.chunks:
                self.chunks[path.name] = Chunk(path)
        self.order = [(name, i) for name, chunk in self.chunks.items()
                      for i in range(len(chunk))]
        self.rng.shuffle(self.order)
        self.steps = {k: torch.from_numpy(v).view(1, -1, 1, 1) for k, v in
                      np.load(self.folder / 'scales.npz').items()}

    def next(self):
        """-> the network's inputs, and what it is held to (frozen.OWN), by
        name; Prompt; Targets at stride 2"""
        if len(self.order) < self.count:
            self._shuffle()
        picked = [self.order.pop() for _ in range(self.count)]

        def take(name):
            return torch.from_numpy(np.stack(
                [self.chunks[c].arrays[name][i] for c, i in picked]))
        inputs = {k: take(k).float() * self.steps[k] for k in KEPT}
        inputs['image'] = take('image').float() / 127.5 - 1
        asked = Prompt(take('points'), take('own'), take('others'),
                       take('has'))
        return inputs, asked, Targets(
            take('codes').long(), take('person').float(),
            take('sleeves').float())


class Held:
    """One held-out set, in a fixed order, with full-size targets."""

    def __init__(self, folder):
        self.name = folder.name
        self.chunks = [Chunk(p) for p in sorted(folder.glob('[0-9]*[0-9]'))]
        self.steps = {k: torch.from_numpy(v).view(1, -1, 1, 1) for k, v in
                      np.load(folder.parent / 'scales.npz').items()}

    @staticmethod
    def all(folder):
        return [Held(p) for p in sorted(pathlib.Path(folder).iterdir())
                if p.is_dir()]

    def batches(self, count, limit=None):
        """-> the network's inputs by name, codes [n, h, w], person
        [n, h, w]"""
        done = 0
        for chunk in self.chunks:
            a = chunk.arrays
            for k in range(0, len(chunk), count):
                if limit is not None and done >= limit:
                    return
                part = slice(k, k + count)

                def take(name):
                    return torch.from_numpy(np.array(a[name][part]))
                inputs = {f: take(f).float() * self.steps[f]
                          for f in KEPT if f not in OWN}
                inputs['image'] = take('image').float() / 127.5 - 1
                asked = Prompt(take('points'), take('own'), take('others'),
                               take('has'))
                inputs['prompt'] = asked.maps(inputs['image'].shape[2:])
                codes = take('codes').long()
                done += len(codes)
                yield inputs, codes, take('person').float()
