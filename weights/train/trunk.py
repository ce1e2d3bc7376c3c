"""The tuned part of M2FP-Lite: the deep half of selfie_multiclass's encoder
(strides 8 and 16, 3.4 of its 4.1 M weights), read from the weights file that
the build makes of it and trained on.

Its shallow half (frozen.KEPT) stays as it is, so that its maps can be kept on
disk, and so does the decoder to full size. That decoder reads `own16` and
`own8`, which training holds near what they were: the logits of six classes
keep their outlines, and their meaning.
"""
import torch
import torch.nn.functional as F
from torch import nn

import runner
from frozen import FEATURES, KEPT, OWN

# Steps of a weight to each side of zero, a third of what a byte could hold:
# what is not used costs nothing after compression.
LEVELS = 45

# What the trunk is given, and the values that it computes for others.
STEM = {'stem': 'v17', 'skip': 'v14'}
OUTPUTS = {**{k: FEATURES[k][0] for k in ('s16', 's8', 'p4')}, **OWN}


def needed(graph):
    """The ops between STEM and OUTPUTS, in order."""
    wanted, ops = set(OUTPUTS.values()), []
    for op in reversed(graph['ops']):
        if set(op['out']) & wanted and not set(op['out']) & set(STEM.values()):
            ops.append(op)
            wanted |= set(op['in'])
    return ops[::-1]


class Gain(nn.Module):
    """A 1 x 1 depthwise convolution of [.., c]."""

    def __init__(self, weight, bias):
        super().__init__()
        self.weight, self.bias = nn.Parameter(weight), nn.Parameter(bias)

    def forward(self, x):
        return x * self.weight + self.bias


class Spread(nn.Module):
    """A convolution larger than 1 x 1 of [n, h, w, c], padded as TensorFlow
    does ("same")."""

    def __init__(self, weight, bias, stride, groups):
        super().__init__()
        out, inside, k, _ = weight.shape
        self.conv = nn.Conv2d(inside * groups, out, k, stride, groups=groups)
        self.conv.weight = nn.Parameter(weight)
        self.conv.bias = nn.Parameter(bias)
        self.pad = (0, 1, 0, 1) if stride == 2 else (k // 2,) * 4

    def forward(self, x):
        x = F.pad(runner.maps(x), self.pad)
        if self.conv.groups == 1 or x.device.type != 'cpu':
            return runner.rows(self.conv(x))
        # In bf16 a CPU is seven times as long at a depthwise one's gradient.
        with torch.autocast('cpu', enabled=False):
            return runner.rows(self.conv(x.float()).to(x.dtype))


def layer_of(op, net):
    """The trainable layer of an op that has weights."""
    kind = op['op']
    w = net.weight(op['weight'], runner.CHANNELS[kind])
    b = torch.from_numpy(net.tensors[op['bias']].copy())
    stride = op.get('stride', [1, 1])[0]
    if kind == 'depthwise_conv2d':
        if w.shape[:2] == (1, 1):
            return Gain(w[0, 0].clone(), b)
        return Spread(w.permute(2, 0, 1)[:, None].contiguous(), b, stride,
                      w.shape[2])
    if w.shape[1:3] == (1, 1):
        layer = nn.Linear(w.shape[3], w.shape[0])
        layer.weight = nn.Parameter(w[:, 0, 0].clone())
        layer.bias = nn.Parameter(b)
        return layer
    return Spread(w.permute(0, 3, 1, 2).contiguous(), b, stride, 1)


class Trunk(nn.Module):
    """stem [n, 256, 32, 32], skip [n, 64, 64, 64] -> OUTPUTS' maps by name,
    [n, c, h, w]."""

    def __init__(self, base):
        super().__init__()
        net = runner.Network(base)
        self.ops = needed(net.graph)
        self.layers = nn.ModuleDict({
            op['out'][0]: layer_of(op, net) for op in self.ops
            if 'weight' in op})

    def forward(self, stem, skip):
        values = {STEM['stem']: runner.rows(stem),
                  STEM['skip']: runner.rows(skip)}
        n = len(stem)
        for op in self.ops:
            out = op['out'][0]
            ins = [values[i] for i in op['in']]
            y = self.layers[out](ins[0]) if 'weight' in op else \
                weightless(op, ins, n)
            values[out] = F.relu(y) if op.get('act') == 'relu' else y
        return {k: runner.maps(values[v]) for k, v in OUTPUTS.items()}


def weightless(op, ins, n):
    """`n`: the batch, which the file's shapes count as one."""
    kind, x = op['op'], ins[0]
    if kind == 'reshape':
        first, *rest = op['shape']
        return x.reshape(first * n, *rest)
    if kind == 'softmax':
        return x.float().softmax(-1).to(x.dtype)
    if kind == 'resize_nearest':
        return x.repeat_interleave(2, 1).repeat_interleave(2, 2)
    return runner.plain(op, ins)


# ---------------------------------------------------------------- the file

def stored(trunk, base, quantised):
    """name -> array: the tensors of the base's file that the trunk replaces,
    under their names and in their types."""
    net, out = runner.Network(base), {}
    for op in trunk.ops:
        if 'weight' not in op:
            continue
        layer = trunk.layers[op['out'][0]]
        inner = layer.conv if isinstance(layer, Spread) else layer
        w = inner.weight.detach().float()
        shape = net.tensors[op['weight']].shape
        if op['op'] == 'depthwise_conv2d':
            w = w.view(shape[2], *shape[:2]).permute(1, 2, 0)
        else:
            w = w.view(w.shape[0], -1, *shape[1:3]).permute(0, 2, 3, 1)
        w = w.contiguous().numpy()
        if f'{op["weight"]}.scale' in net.tensors:
            axis = runner.CHANNELS[op['op']]
            out[op['weight']], out[f'{op["weight"]}.scale'] = quantised(
                w, axis, LEVELS)
        else:
            out[op['weight']] = w.astype(net.tensors[op['weight']].dtype)
        out[op['bias']] = inner.bias.detach().float().numpy()
    return out


@torch.no_grad()
def fill(trunk, path):
    """Puts the tensors of a file that `stored` gave back into the trunk."""
    net = runner.Network(path)
    for op in trunk.ops:
        if 'weight' in op:
            new = layer_of(op, net).state_dict()
            trunk.layers[op['out'][0]].load_state_dict(new)
