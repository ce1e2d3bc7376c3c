"""Scores a network on the held-out photos.

    python evaluate.py --config lite --shards DIR... --weights MODEL.pt

Person crops as the pipeline makes them: the box, a little room, the person's
landmarks as prompt (points inside it where there are none).
"""
import argparse

import numpy as np
import torch

import batches
import model
import targets
from labels import BODY, FACE
from render import Renderer
from scene import Layer, Scene, affine, into_picture

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
        matrix = affine(np.array([w, h]) / 2, np.array([width, height]) / 2,
                        min(height / h, width / w), 0, 1, False)
        yield Scene([Layer(name, photo, matrix, False, False)], 0)


def fixed_prompt(scene, people, size):
    """[h, w]: discs on the landmarks, or on points inside the person."""
    own = (people == scene.meant).float()
    if scene.pose is not None and (scene.pose[:, 2] > .3).sum() > 2:
        rows = torch.from_numpy(scene.pose[targets.POINTS]).float()
        points = rows[rows[:, 2] > .3][:, :2]
    else:
        at = own.nonzero()
        at = at[torch.linspace(0, max(0, len(at) - 1), 7).long()] \
            if len(at) else torch.zeros(0, 2)
        points = at.flip(-1).float() + .5
    if not len(points):
        return torch.zeros_like(own)
    return targets.discs(points[None].to(own.device), size,
                         targets.DISC * min(size))[0]


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


@torch.no_grad()
def score(network, config, shard, name, device, everybody=False, batch=16,
          limit=None):
    """`network`: input batch -> masks [n, q, h/4, w/4]."""
    face = config.inputs == 3
    vocabulary = FACE if face else BODY
    render = Renderer([shard], config.size, vocabulary.swap, device)
    scenes = list(face_scenes(shard, config.size, name) if face else
                  person_scenes(shard, config.size, name, everybody))[:limit]
    scores = Scores(vocabulary.classes)
    for k in range(0, len(scenes), batch):
        part = scenes[k:k + batch]
        image, codes, people, _ = render(part)
        x = image * 2 - 1
        if not face:
            channel = torch.stack([fixed_prompt(s, p, config.size)
                                   for s, p in zip(part, people)])
            x = torch.cat([x, channel[:, None]], 1)
        masks = torch.nn.functional.interpolate(
            network(x).float(), scale_factor=4, mode='bilinear')
        count = len(config.labels)
        scores.add(codes, masks[:, :count].argmax(1))
        if not face:
            meant = torch.tensor([s.meant for s in part], device=device)
            want = targets.person_target(
                people, meant, torch.ones(len(part), dtype=torch.bool,
                                          device=device))
            got = (masks[:, count] > 0) & (want >= 0)
            want = want > 0
            both = (got & want).sum((1, 2)).float()
            scores.persons += (both / (got | want).sum((1, 2)).clamp(
                min=1)).tolist()
    return scores


def report(network, config, folders, device, limit=None):
    """Prints a table; returns the one number that training watches."""
    face = config.inputs == 3
    names = ['faces_celebamask'] if face else ['ccp', 'viton', 'coco_person']
    main = float('nan')
    for shard in batches.load_shards(folders, names, validation=True):
        name = shard.name
        s = score(network, config, shard, name, device,
                  everybody=name == 'coco_person', limit=limit)
        line = f'  {name}: mIoU {s.mean():.3f} pixels {s.accuracy():.3f}'
        if s.persons:
            line += f' person IoU {np.mean(s.persons):.3f}'
        print(line)
        print('    ' + ' '.join(f'{n} {v:.2f}' for n, v in s.iou().items()))
        if name == 'ccp':
            print('    merged: ' + ' '.join(
                f'{n} {s.iou(m):.3f}' for n, m in MERGED.items()))
        if name in ('ccp', 'faces_celebamask'):
            main = s.mean()
    return main


def main():
    parse = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parse.add_argument('--config', choices=model.CONFIGS, required=True)
    parse.add_argument('--shards', nargs='+', required=True)
    parse.add_argument('--weights', required=True)
    parse.add_argument('--threads', type=int, default=1)
    parse.add_argument('--limit', type=int)
    args = parse.parse_args()
    torch.set_num_threads(args.threads)
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    config = model.CONFIGS[args.config]
    if args.weights.endswith('.safetensors'):
        import runner
        network = runner.Network(args.weights).masks
    else:
        net = model.build(args.config).to(device).eval()
        net.load_state_dict(torch.load(args.weights, map_location=device,
                                       weights_only=True)['ema'])
        network = lambda x: net(x)['masks']  # noqa: E731
    report(network, config, args.shards, device, args.limit)


if __name__ == '__main__':
    main()
