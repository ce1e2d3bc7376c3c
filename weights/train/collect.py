"""Draws training pictures for the parts network and keeps what its frozen half
computes of them, so that the head trains on many passes over them.

    python collect.py --shards DIR... --weights SELFIE.safetensors \
        --run-net RUN_NET --out DIR --pictures 12000

Writes OUT/NNNN/NAME.npy, CHUNK pictures each: the features as bytes
(OUT/scales.npz has each channel's step), the picture at stride 1, targets at
stride 2, the prompt's points. Goes on where an earlier run stopped; training
may read what is there meanwhile. With --validation: crops of the held-out
people, OUT/SET/NNNN, targets at stride 1.
"""
import argparse
import pathlib

import numpy as np
import torch

import batches
import evaluate
import model
import scene
import targets
from frozen import Frozen
from labels import BODY
from render import Renderer

CHUNK = 64
SIZE = model.CONFIGS['lite'].size
HELD = ['ccp', 'viton', 'coco_person']


def steps_of(features):
    """Per channel: what 127 stands for, with room for rarer values."""
    return {k: (v.abs().transpose(0, 1).flatten(1).quantile(.999, 1) * 1.3)
            .clamp(min=1e-3).numpy() / 127 for k, v in features.items()}


def as_bytes(features, steps):
    return {k: (v / torch.from_numpy(steps[k]).view(1, -1, 1, 1)).round()
            .clamp(-127, 127).to(torch.int8).numpy()
            for k, v in features.items()}


def picture_bytes(image):
    return ((image + 1) * 127.5).round().clamp(0, 255).byte().numpy()


def chunk(image, asked, target, features, steps, stride=2):
    """`stride` of the targets."""
    some = slice(stride // 2, None, stride)
    return {
        **as_bytes(features, steps), 'image': picture_bytes(image),
        'codes': target.codes[:, some, some].byte().numpy(),
        'person': target.person[:, some, some].to(torch.int8).numpy(),
        'sleeves': target.sleeves[:, :, some, some].to(torch.int8).numpy(),
        'points': asked.points.numpy(), 'own': asked.own.numpy(),
        'others': asked.others.numpy(), 'has': asked.has.numpy()}


def write(folder, arrays):
    """Under another name first: a reader sees whole chunks only."""
    part = folder.with_name(folder.name + '.part')
    part.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(part / f'{name}.npy', array)
    part.rename(folder)


def train_chunks(args, frozen, first):
    """Endless pictures -> (image, Prompt, Targets, features)"""
    shards = batches.load_shards(
        args.shards, sorted(set(scene.BASES) | set(scene.PASTED)))
    if not shards:
        raise SystemExit(f'no shards in {args.shards}')
    draw = batches.Batches(shards, SIZE, False, CHUNK, first, 0,
                           torch.device('cpu'))
    for k in range(first, -(-args.pictures // CHUNK)):
        image, (asked, target) = draw.next()
        yield k, (image, asked, target, frozen(image))


def held_out(shard, frozen, limit):
    render = Renderer([shard], SIZE, BODY.swap, torch.device('cpu'))
    scenes = list(evaluate.person_scenes(shard, SIZE, shard.name,
                                         shard.name == 'coco_person'))[:limit]
    for k in range(0, len(scenes), CHUNK):
        part = scenes[k:k + CHUNK]
        image, codes, people, sleeves = render(part)
        image = image * 2 - 1
        meant = torch.tensor([s.meant for s in part])
        yield k // CHUNK, (image, *targets.make(
            codes, people, sleeves, meant, evaluate.poses_of(part)),
            frozen(image))


def keep(out, scales, chunks, stride):
    for k, (image, asked, target, features) in chunks:
        if not scales.exists():
            out.mkdir(parents=True, exist_ok=True)
            np.savez(scales, **steps_of(features))
        write(out / f'{k:04}', chunk(image, asked, target, features,
                                     np.load(scales), stride))
        print(f'{out.name}: {(k + 1) * CHUNK} pictures', flush=True)


def main():
    parse = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parse.add_argument('--shards', nargs='+', required=True)
    parse.add_argument('--weights', required=True)
    parse.add_argument('--run-net', required=True)
    parse.add_argument('--out', required=True)
    parse.add_argument('--pictures', type=int, required=True,
                       help='with --validation: at most so many of each set')
    parse.add_argument('--validation', action='store_true')
    args = parse.parse_args()
    torch.set_num_threads(1)
    out = pathlib.Path(args.out)
    frozen = Frozen(args.weights, args.run_net)
    scales = out / 'scales.npz'
    if not args.validation:
        first = len(list(out.glob('[0-9]*[0-9]')))
        torch.manual_seed(first)
        keep(out, scales, train_chunks(args, frozen, first), 2)
        return
    for shard in batches.load_shards(args.shards, HELD, validation=True):
        torch.manual_seed(0)
        keep(out / shard.name, scales,
             held_out(shard, frozen, args.pictures), 1)


if __name__ == '__main__':
    main()
