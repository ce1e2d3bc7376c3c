"""Runs a weights file's graph in PyTorch, op by op: a second reading of
docs/weights-format.md, to check export.py and to score the int8 file."""
import json
import pathlib
import struct

import numpy as np
import torch
import torch.nn.functional as F

DTYPES = {'F32': np.float32, 'F16': np.float16, 'I8': np.int8}
CHANNELS = {'conv2d': 0, 'fully_connected': 0, 'depthwise_conv2d': 2}


def read(path):
    """-> (metadata, graph (None where the file has none), name -> array)"""
    data = pathlib.Path(path).read_bytes()
    length, = struct.unpack_from('<Q', data)
    header = json.loads(data[8:8 + length])
    metadata = header.pop('__metadata__')
    tensors = {}
    for name, t in header.items():
        begin, end = t['data_offsets']
        tensors[name] = np.frombuffer(
            data[8 + length + begin:8 + length + end],
            DTYPES[t['dtype']]).reshape(t['shape']).copy()
    return metadata, json.loads(metadata.get('graph', 'null')), tensors


def maps(x):
    return x.permute(0, 3, 1, 2)


def rows(x):
    return x.permute(0, 2, 3, 1)


class Network:
    def __init__(self, path):
        self.metadata, self.graph, self.tensors = read(path)

    def weight(self, name, axis):
        w = torch.from_numpy(self.tensors[name].astype(np.float32))
        scale = self.tensors.get(f'{name}.scale')
        if scale is None:
            return w
        shape = [1] * w.ndim
        shape[axis] = -1
        return w * torch.from_numpy(scale).view(shape)

    def __call__(self, inputs):
        """name -> [1, h, w, c]; -> name -> output"""
        values = dict(inputs)

        def get(name):
            if name not in values:
                values[name] = torch.from_numpy(
                    self.tensors[name].astype(np.float32))
            return values[name]

        for op in self.graph['ops']:
            y = self.compute(op, [get(n) for n in op['in']])
            act = op.get('act', 'none')
            assert act in ('none', 'relu'), act
            values[op['out'][0]] = F.relu(y) if act == 'relu' else y
        return {o['name']: values[o['value']] for o in self.graph['outputs']}

    def masks(self, batch):
        """The network of evaluate.py: pictures, or inputs by name,
        [n, c, h, w] -> [n, q, h', w']"""
        if not isinstance(batch, dict):
            batch = {'image': batch}
        return torch.cat([
            maps(self({k: rows(v[i:i + 1]) for k, v in batch.items()})
                 ['masks']) for i in range(len(batch['image']))])

    def compute(self, op, ins):
        kind, x = op['op'], ins[0]
        if kind in CHANNELS:
            w = self.weight(op['weight'], CHANNELS[kind])
            b = torch.from_numpy(self.tensors[op['bias']].astype(np.float32))
            if kind == 'fully_connected':
                return F.linear(x, w, b)
            top, right, bottom, left = op['pad']
            x = F.pad(maps(x), (left, right, top, bottom))
            if kind == 'conv2d':
                return rows(F.conv2d(x, w.permute(0, 3, 1, 2), b,
                                     op['stride']))
            return rows(F.conv2d(x, w.permute(2, 0, 1)[:, None], b,
                                 op['stride'], groups=x.shape[1]))
        if kind == 'resize_bilinear':
            assert op['mode'] == 'half_pixel'
            return rows(F.interpolate(maps(x), scale_factor=op['scale'],
                                      mode='bilinear', align_corners=False))
        if kind == 'avg_pool2d':
            return rows(F.avg_pool2d(maps(x), op['size'], op['stride']))
        if kind == 'concat':
            return torch.cat(ins, op['axis'])
        if kind == 'layer_norm':
            w, b = (torch.from_numpy(self.tensors[op[k]])
                    for k in ('weight', 'bias'))
            return F.layer_norm(x, x.shape[-1:], w, b, op['epsilon'])
        if kind == 'batch_matmul':
            y = ins[1]
            return x @ (y.transpose(-1, -2) if op.get('transpose_b') else y)
        if kind == 'space_to_depth':
            k = op['block']
            n, h, w, c = x.shape
            return x.view(n, h // k, k, w // k, k, c).permute(
                0, 1, 3, 2, 4, 5).reshape(n, h // k, w // k, k * k * c)
        if kind == 'depth_to_space':
            k = op['block']
            n, h, w, c = x.shape
            return x.view(n, h, w, k, k, c // k // k).permute(
                0, 1, 3, 2, 4, 5).reshape(n, h * k, w * k, c // k // k)
        return plain(op, ins)


def plain(op, ins):
    """Ops of one line."""
    x = ins[0]
    return {'add': lambda: x + ins[1],
            'mul': lambda: x * ins[1],
            'softmax': lambda: x.softmax(-1),
            'reshape': lambda: x.reshape(op['shape']),
            'transpose': lambda: x.permute(op['perm']),
            'mean': lambda: x.mean(op['axes'], keepdim=True),
            'sum': lambda: x.sum(op['axes'], keepdim=True)}[op['op']]()
