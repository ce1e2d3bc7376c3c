"""The frozen half of M2FP-Lite: what selfie_multiclass (Apache-2.0) computes on
its way, from the weights file that the build makes of it, run by the engine
that will run it for users (tests/networks/run_net.c).

FEATURES are the values of that file's graph that the head reads: the last maps
of its encoder at strides 16 and 8, its decoder's map at stride 4, and its
logits (six classes, stride 1; here at stride 4). KEPT are the values that are
computed once and kept on disk: the end of the shallow half, from which
trunk.py goes on, the decoder's own side at stride 4, the logits, and what the
decoder reads of the deep half (OWN), as it was before any training.
"""
import json
import os
import pathlib
import struct
import subprocess
import tempfile

import numpy as np
import torch
import torch.nn.functional as F

FEATURES = {'s16': ('v121', 192, 16), 's8': ('v53', 128, 8),
            'p4': ('v134', 64, 4), 'logits': ('v155', 6, 1)}
OWN = {'own16': 'v124', 'own8': 'v56'}
KEPT = {'stem': ('v17', 256, 8), 'skip': ('v14', 64, 4),
        'logits': FEATURES['logits'],
        'own16': (OWN['own16'], 64, 16), 'own8': (OWN['own8'], 64, 8)}


def reveal(source, target):
    """Copies a weights file with KEPT for its outputs."""
    data = pathlib.Path(source).read_bytes()
    length, = struct.unpack_from('<Q', data)
    header = json.loads(data[8:8 + length])
    graph = json.loads(header['__metadata__']['graph'])
    graph['outputs'] = [{'name': k, 'value': v[0]}
                        for k, v in KEPT.items()]
    header['__metadata__']['graph'] = json.dumps(graph)
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-(8 + len(text)) % 64)
    pathlib.Path(target).write_bytes(
        struct.pack('<Q', len(text)) + text + data[8 + length:])


class Frozen:
    """`weights`: selfie_multiclass_256x256.safetensors of the build;
    `run_net`: the program of that name."""

    def __init__(self, weights, run_net, size=256):
        self.folder = tempfile.TemporaryDirectory(
            dir='/dev/shm' if os.path.isdir('/dev/shm') else None)
        self.at = pathlib.Path(self.folder.name)
        self.run_net, self.size = str(run_net), size
        reveal(weights, self.at / 'net.safetensors')

    def __call__(self, image):
        """[n, 3, size, size] in -1..1 -> name -> [n, c, h, w]"""
        n, size = len(image), self.size
        rows = image.permute(0, 2, 3, 1).contiguous().float().cpu().numpy()
        rows.tofile(self.at / 'in')
        command = [self.run_net, self.at / 'net.safetensors', '1', 'image',
                   self.at / 'in', f'1x{size}x{size}x3', ':']
        for name in KEPT:
            command += [name, self.at / name]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        out = {}
        for name, (_, channels, stride) in KEPT.items():
            side = size // stride
            values = np.fromfile(self.at / name, np.float32).reshape(
                n, side, side, channels)
            out[name] = torch.from_numpy(values).permute(0, 3, 1, 2)
        out['logits'] = F.avg_pool2d(out['logits'], 4)
        return out
