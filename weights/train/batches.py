"""Batches for training: scenes drawn in other processes, rendered on the
device, made photographic, with their targets."""
import concurrent.futures
import multiprocessing
import pathlib

import numpy as np
import torch

import photometric
import targets
from labels import BODY, FACE
from render import Renderer
from scene import Sampler
from shards import Shard

SKIN = [BODY.code[n] for n in (
    'face', 'left_arm', 'right_arm', 'left_leg', 'right_leg', 'torso_skin',
    'body_skin', 'face_glasses', 'face_neck', 'arms', 'legs')]
FACE_SKIN = [FACE.code[n] for n in (
    'face', 'nose', 'left_ear', 'right_ear', 'torso_skin', 'skin',
    'upper_lip', 'lower_lip')]


def load_shards(folders, names, validation=False):
    """The named sets found in the folders; a set may lie in any of them."""
    found = []
    for folder in folders:
        for name in names:
            path = pathlib.Path(
                folder, f'{name}.val.npz' if validation else f'{name}.npz')
            if path.exists():
                shard = Shard(path)
                shard.name = name
                found.append(shard)
    return found


_sampler = None


def _start(shards, size, face, seed):
    global _sampler
    worker = multiprocessing.current_process()._identity
    _sampler = Sampler(shards, size, face,
                       np.random.SeedSequence([seed, *worker]))


def _draw(count):
    return [_sampler.draw() for _ in range(count)]


class Scenes:
    """Endless lists of `count` scenes. With workers, they are drawn ahead."""

    def __init__(self, shards, size, face, count, seed, workers):
        self.pool, self.count = None, count
        if workers:
            self.pool = concurrent.futures.ProcessPoolExecutor(
                workers, multiprocessing.get_context('fork'), _start,
                (shards, size, face, seed))
            self.waiting = [self.pool.submit(_draw, count)
                            for _ in range(3 * workers)]
        else:
            self.sampler = Sampler(shards, size, face, seed)

    def take(self):
        if not self.pool:
            return [self.sampler.draw() for _ in range(self.count)]
        self.waiting.append(self.pool.submit(_draw, self.count))
        return self.waiting.pop(0).result()


class Batches:
    def __init__(self, shards, size, face, count, seed, workers, device):
        # Before the device is touched: the workers are forks.
        self.scenes = Scenes(shards, size, face, count, seed, workers)
        self.face, self.device = face, device
        self.render = Renderer(shards, size, (FACE if face else BODY).swap,
                               device)
        self.skin = torch.tensor(FACE_SKIN if face else SKIN, device=device,
                                 dtype=torch.uint8)

    @torch.no_grad()
    def next(self):
        """-> pictures [count, 3, h, w] in -1..1 and what a network should say
        of them: face codes, or (Prompt, Targets)"""
        scenes = self.scenes.take()
        image, codes, people, sleeves = self.render(scenes)
        image = photometric.photograph(image, torch.isin(codes, self.skin))
        image = image * 2 - 1
        if self.face:
            return image, codes.long()
        meant = torch.tensor([s.meant for s in scenes], device=self.device)
        poses = np.zeros((len(scenes), len(targets.POINTS), 3), np.float32)
        for i, s in enumerate(scenes):
            # A scene's `meant` counts people of the base photo or of a
            # pasted layer; its pose is the same person's.
            if s.pose is not None:
                poses[i] = s.pose[targets.POINTS]
        poses = torch.from_numpy(poses).to(self.device)
        return image, targets.make(codes, people, sleeves, meant, poses)
