"""Scores a network on the held-out photos.

    python evaluate.py --config face --shards DIR... --weights MODEL.pt
    python evaluate.py --config lite --features DIR --weights MODEL.pt

The parts network is scored on person crops as the pipeline makes them: the
box, a little room, the person's landmarks as prompt (points inside it where
there are none). Their features come from collect.py --validation.
"""
import argparse

import numpy as np
import torch

import batches
import model
import runner
import targets
import trunk
from features import Held
from labels import BODY, FACE
from render import Renderer
from scene import (FACE_CLOSER, FACE_MIDDLE, Layer, Scene, affine,
                   into_picture)

ROOM = 0.86  # of the crop that the person's box fills
MERGED = {
    'hair': ['hair'], 'face': ['face'],
    'skin': ['face', 'left_arm', 'right_arm', 'left_leg', 'right_leg',
             'torso_skin'],
    'clothes': ['upper_clothes', 'dress', 'coat', 'pants', 'skirt', 'socks',
                'scarf', 'belt'],
    'shoes': ['left_shoe', 'right_shoe']}


def person_scenes(shard, size, name, everybody=False):
    """One crop for each person (for the first one of a photo)."""
    height, width = size
    last = -1
    for photo, person, *box in shard.data['boxes']:
        if photo == last and not everybody:
            continue
        last = photo
        box = np.array(box, float)
        extent = box[2:] - box[:2]
        if everybody and extent.max() < 48:
            continue
        scale = ROOM * min(height / extent[1], width / extent[0])
        matrix = affine((box[:2] + box[2:]) / 2, np.array([width, height]) / 2,
                        scale, 0, 1, False)
        pose = shard.poses[photo].get(person)
        if pose is not None:
            pose = into_picture(matrix, pose)
        yield Scene([Layer(name, photo, matrix, False, False, person, pose)],
                    int(person), pose)


def face_scenes(shard, size, name):
    height, width = size
    for photo, (h, w) in enumerate(shard.size):
        matrix = affine(np.array([w, h]) * FACE_MIDDLE,
                        np.array([width, height]) / 2,
                        min(height / h, width / w) * FACE_CLOSER, 0, 1, False)
        yield Scene([Layer(name, photo, matrix, False, False)], 0)


def poses_of(scenes):
    """[n, 17, 3]: the landmarks of who is meant, score 0 where unknown."""
    out = np.zeros((len(scenes), len(targets.POINTS), 3), np.float32)
    for i, s in enumerate(scenes):
        if s.pose is not None:
            out[i] = s.pose[targets.POINTS]
    return torch.from_numpy(out)


class Scores:
    def __init__(self, classes):
        self.classes = classes
        self.confusion = np.zeros((len(classes), len(classes)), np.int64)
        self.persons = []

    def add(self, codes, answer):
        n = len(self.classes)
        sure = codes < n
        pair = codes[sure].long() * n + answer[sure].long()
        self.confusion += torch.bincount(pair, minlength=n * n).view(
            n, n).cpu().numpy()

    def iou(self, names=None):
        """Of each class present, or of a merged one."""
        c = self.confusion
        if names is not None:
            at = [self.classes.index(n) for n in names]
            both = c[np.ix_(at, at)].sum()
            return both / max(1, c[at].sum() + c[:, at].sum() - both)
        both = np.diag(c)
        union = c.sum(0) + c.sum(1) - both
        return {n: both[i] / union[i] for i, n in enumerate(self.classes)
                if c[i].sum() > 0}

    def mean(self):
        values = list(self.iou().values())
        return float(np.mean(values)) if values else float('nan')

    def accuracy(self):
        return np.diag(self.confusion).sum() / max(1, self.confusion.sum())


def up(masks, size):
    return torch.nn.functional.interpolate(masks.float(), size,
                                           mode='bilinear')


@torch.no_grad()
def score_faces(network, config, shard, batch=16, limit=None):
    """`network`: pictures -> masks [n, q, h/2, w/2]."""
    render = Renderer([shard], config.size, FACE.swap, torch.device('cpu'))
    scenes = list(face_scenes(shard, config.size, shard.name))[:limit]
    scores = Scores(FACE.classes)
    for k in range(0, len(scenes), batch):
        image, codes, _, _ = render(scenes[k:k + batch])
        scores.add(codes, up(network(image * 2 - 1), config.size).argmax(1))
    return scores


@torch.no_grad()
def score_bodies(network, reader, batch=16, limit=None):
    """`network`: the head's inputs -> masks; `reader`: features.Held."""
    scores = Scores(BODY.classes)
    for inputs, codes, want in reader.batches(batch, limit):
        masks = up(network(inputs), codes.shape[1:])
        parts = len(BODY.classes)
        scores.add(codes, masks[:, :parts].argmax(1))
        got = (masks[:, parts] > 0) & (want >= 0)
        want = want > 0
        both = (got & want).sum((1, 2)).float()
        scores.persons += (both / (got | want).sum((1, 2)).clamp(
            min=1)).tolist()
    return scores


def show(name, s):
    line = f'  {name}: mIoU {s.mean():.3f} pixels {s.accuracy():.3f}'
    if s.persons:
        line += f' person IoU {np.mean(s.persons):.3f}'
    print(line)
    print('    ' + ' '.join(f'{n} {v:.2f}' for n, v in s.iou().items()))
    if name == 'ccp':
        print('    merged: ' + ' '.join(
            f'{n} {s.iou(m):.3f}' for n, m in MERGED.items()), flush=True)


def report(network, config, folders, features=None, limit=None):
    """Prints a table; returns the one number that training watches."""
    if config.role == 'face-parts':
        shard, = batches.load_shards(folders, ['faces_celebamask'],
                                     validation=True)
        s = score_faces(network, config, shard, limit=limit)
        show('celebamask', s)
        return s.mean()
    main = float('nan')
    for reader in Held.all(features):
        s = score_bodies(network, reader, limit=limit)
        show(reader.name, s)
        if reader.name == 'ccp':
            main = s.mean()
    return main


def exported(head, base, tuned):
    """`lite` from its two files."""
    head, deep = runner.Network(head), trunk.Trunk(base)
    trunk.fill(deep, tuned)

    def masks(x):
        maps = deep(x['stem'], x['skip'])
        return head.masks({**{k: maps[k] for k in ('s16', 's8', 'p4')},
                           **{k: x[k] for k in ('logits', 'image',
                                                'prompt')}})
    return masks


def load_network(name, path, base=None, tuned=None):
    """The network of a model.pt, or of what export.py wrote."""
    if path.endswith('.safetensors'):
        return exported(path, base, tuned) if name == 'lite' \
            else runner.Network(path).masks
    net = model.build(name, base).eval()
    net.load_state_dict(torch.load(path, map_location='cpu',
                                   weights_only=True)['ema'])
    return as_masks(net)


def as_masks(net):
    """Inputs, by name or the only one -> masks."""
    return lambda x: (net(**x) if isinstance(x, dict) else net(x))['masks']


def main():
    parse = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parse.add_argument('--config', choices=model.CONFIGS, required=True)
    parse.add_argument('--shards', nargs='*', default=[])
    parse.add_argument('--features', help='what collect.py --validation made')
    parse.add_argument('--weights', required=True)
    parse.add_argument('--base', help='see train.py')
    parse.add_argument('--trunk', help='beside an exported head')
    parse.add_argument('--threads', type=int, default=1)
    parse.add_argument('--limit', type=int)
    args = parse.parse_args()
    torch.set_num_threads(args.threads)
    report(load_network(args.config, args.weights, args.base,
                        args.trunk),
           model.CONFIGS[args.config], args.shards, args.features, args.limit)


if __name__ == '__main__':
    main()
