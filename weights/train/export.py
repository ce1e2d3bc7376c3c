"""Writes a trained network as a weights file (docs/weights-format.md).

    python export.py --config face --weights STATE/model.pt -o face.safetensors
    python export.py --config lite --weights STATE/model.pt \
        --base SELFIE.safetensors -o head.safetensors --trunk trunk.safetensors

Batch norms are folded; weights are int8, one scale an output channel. The
network is traced to a list of its building blocks, and each block writes its
own ops below. For `lite` the head is one file, and what replaces weights of
selfie_multiclass another; the build joins the three (weights/convert/join.py).
"""
import argparse
import json
import pathlib
import struct
import sys

import numpy as np
import torch
from torch import fx, nn

import blocks
import model
import prompt
import trunk
from frozen import FEATURES

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / 'convert'))
from quantize import shortened  # noqa: E402


class Graph:
    """Ops and tensors under construction. Values are NHWC."""

    def __init__(self):
        self.ops, self.tensors, self.count = [], {}, 0

    def tensor(self, value, weight=False):
        self.count += 1
        name = f'w{self.count}' if weight else f'c{self.count}'
        self.tensors[name] = (np.ascontiguousarray(
            value.detach().float().cpu().numpy()), weight)
        return name

    def op(self, kind, operands, **attributes):
        self.count += 1
        out = f'v{self.count}'
        self.ops.append({'op': kind, 'in': list(operands), 'out': [out],
                         **{k: v for k, v in attributes.items()
                            if v is not None}})
        return out

    def linear(self, x, layer, act=None, scale=1.0):
        return self.op('fully_connected', [x],
                       weight=self.tensor(layer.weight * scale, True),
                       bias=self.tensor(layer.bias * scale), act=act)


# ------------------------------------------------------------- the blocks

def folded(block):
    """Weight and bias of a convolution with its batch norm inside."""
    conv, bn = block.conv, block.bn
    if bn is None:
        return conv.weight, conv.bias
    gain = bn.weight / torch.sqrt(bn.running_var + bn.eps)
    return (conv.weight * gain[:, None, None, None],
            bn.bias - bn.running_mean * gain)


def emit_conv(g, block, x):
    weight, bias = folded(block)
    conv = block.conv
    depthwise = conv.groups > 1
    weight = weight[:, 0].permute(1, 2, 0) if depthwise \
        else weight.permute(0, 2, 3, 1)
    p = conv.kernel_size[0] // 2
    return g.op('depthwise_conv2d' if depthwise else 'conv2d', [x],
                weight=g.tensor(weight, True), bias=g.tensor(bias),
                stride=list(conv.stride),
                pad=[0, 1, 1, 0] if block.same else [p] * 4,
                act='relu' if block.act else None)


def emit_sum(g, block, a, b):
    return g.op('add', [a, b], act='relu' if block.act else None)


def emit_up(g, block, x):
    return g.op('resize_bilinear', [x], scale=[2, 2], mode='half_pixel')


def emit_pool(g, block, x):
    return g.op('mean', [x], axes=[1, 2], keep_dims=True)


def emit_join(g, block, *maps):
    return g.op('concat', maps, axis=3)


def emit_halve(g, block, x):
    return g.op('avg_pool2d', [x], size=[2, 2], stride=[2, 2], pad='valid')


def emit_fold(g, block, x):
    return g.op('space_to_depth', [x], block=4)


def heads(g, x, count, channels):
    """[1, n, c] -> [1, heads, n, c / heads]"""
    x = g.op('reshape', [x], shape=[1, -1, count, channels // count])
    return g.op('transpose', [x], perm=[0, 2, 1, 3])


def emit_attention(g, block, x, tokens):
    channels = block.q.in_features
    scale = (channels / block.heads) ** -.5
    if x in g.tensors:  # the learned queries: nothing to compute at run time
        query = torch.from_numpy(g.tensors[x][0])[0]
        q = (query @ block.q.weight.T + block.q.bias) * scale
        q = g.tensor(q.view(1, -1, block.heads, channels // block.heads)
                     .transpose(1, 2))
    else:
        q = heads(g, g.linear(x, block.q, scale=scale), block.heads, channels)
    k, v = (heads(g, g.linear(tokens, layer), block.heads, channels)
            for layer in (block.k, block.v))
    y = g.op('batch_matmul', [q, k], transpose_b=True)
    y = g.op('batch_matmul', [g.op('softmax', [y]), v])
    y = g.op('transpose', [y], perm=[0, 2, 1, 3])
    return g.linear(g.op('reshape', [y], shape=[1, -1, channels]), block.out)


def emit_norm(g, layer, x):
    return g.op('layer_norm', [x], weight=g.tensor(layer.weight),
                bias=g.tensor(layer.bias), epsilon=layer.eps)


def emit_query_decoder(g, block, pixels, *coarse):
    x = g.tensor(block.query[None])
    for project, layer, c in zip(block.project, block.layers, coarse):
        tokens = g.op('reshape', [c], shape=[1, -1, project.in_features])
        tokens = g.linear(tokens, project)
        y = g.op('add', [x, emit_attention(g, layer.cross, x, tokens)])
        x = emit_norm(g, layer.norms[0], y)
        y = g.op('add', [x, emit_attention(g, layer.self, x, x)])
        x = emit_norm(g, layer.norms[1], y)
        y = g.linear(g.linear(x, layer.wide, act='relu'), layer.narrow)
        x = emit_norm(g, layer.norms[2], g.op('add', [x, y]))
    x = g.linear(g.linear(x, block.mlp[0], act='relu'), block.mlp[1])
    channels, h, w = g.shape[pixels]
    flat = g.op('reshape', [pixels], shape=[1, -1, channels])
    y = g.op('batch_matmul', [flat, x], transpose_b=True)
    y = g.op('add', [y, g.tensor(block.bias)])
    return g.op('reshape', [y], shape=[1, h, w, len(block.bias)])


EMIT = {blocks.Conv: emit_conv, blocks.Sum: emit_sum, blocks.Up: emit_up,
        blocks.Pool: emit_pool, blocks.Join: emit_join,
        blocks.Halve: emit_halve, blocks.Fold: emit_fold,
        blocks.QueryDecoder: emit_query_decoder}


class Tracer(fx.Tracer):
    def is_leaf_module(self, module, name):
        return isinstance(module, blocks.LEAVES)


class Shapes(fx.Interpreter):
    """Runs the traced network once to learn every value's shape."""

    def run_node(self, node):
        value = super().run_node(node)
        if isinstance(value, torch.Tensor):
            node.meta['shape'] = tuple(value.shape)
        return value


def inputs_of(config):
    """name -> zeros of its shape, in the order of forward's arguments."""
    h, w = config.size
    maps = {'image': (3, h, w)}
    if config.role == 'parts-lite':
        maps = {**{k: (c, h // s, w // s) for k, (_, c, s)
                   in FEATURES.items()}, **maps,
                'prompt': (prompt.CHANNELS, h // prompt.STRIDE,
                           w // prompt.STRIDE)}
        maps['logits'] = (maps['logits'][0], h // 4, w // 4)
    return {k: torch.zeros(1, *v) for k, v in maps.items()}


def build(network):
    """-> (Graph, inputs, outputs) of an eval-mode network."""
    traced = fx.GraphModule(network, Tracer().trace(network))
    inputs = inputs_of(network.config)
    with torch.no_grad():
        Shapes(traced).run(*inputs.values())
    g = Graph()
    g.shape = {}
    value = {}
    for node in traced.graph.nodes:
        if node.op == 'placeholder':
            value[node] = node.target
        elif node.op == 'call_module':
            block = traced.get_submodule(node.target)
            value[node] = EMIT[type(block)](
                g, block, *(value[a] for a in node.args))
        elif node.op == 'output':
            outputs = {k: value[v] for k, v in node.args[0].items()}
            break
        else:
            raise ValueError(f'{node.op} {node.target} has no op')
        g.shape[value[node]] = node.meta['shape'][1:]
    return g, [{'name': k, 'shape': [1, *v.shape[2:], v.shape[1]]}
               for k, v in inputs.items()], outputs


# --------------------------------------------------------------- the file

CHANNELS = {'conv2d': 0, 'fully_connected': 0, 'depthwise_conv2d': 2}
LEAST = 256  # smaller weights stay float: nothing is saved


def quantised(array, axis, levels=127):
    rest = tuple(i for i in range(array.ndim) if i != axis)
    scale = np.maximum(np.abs(array).max(rest) / levels, 1e-12).astype(
        np.float32)
    shape = [1] * array.ndim
    shape[axis] = -1
    return np.clip(np.round(array / scale.reshape(shape)), -levels,
                   levels).astype(np.int8), scale


def pack(g, kind='int8', levels=127):
    """name -> array, the largest elements first so that every tensor begins at
    a multiple of its element's size."""
    axis = {op['weight']: CHANNELS[op['op']] for op in g.ops
            if 'weight' in op and op['op'] in CHANNELS}
    used = {n for op in g.ops for n in op['in']} | {
        op[k] for op in g.ops for k in ('weight', 'bias') if k in op}
    out = {}
    for name, (array, weight) in g.tensors.items():
        if name not in used:
            continue
        if kind == 'int8' and name in axis and array.size >= LEAST:
            out[name], scale = quantised(array, axis[name], levels)
            out[f'{name}.scale'] = shortened(scale)
        elif kind == 'float16' and weight:
            out[name] = array.astype(np.float16)
        else:
            out[name] = shortened(array) if kind == 'int8' else array.astype(
                np.float32)
    return by_size(out)


def by_size(tensors):
    return dict(sorted(tensors.items(), key=lambda i: -i[1].itemsize))


def write(path, tensors, metadata):
    header, at = {'__metadata__': metadata}, 0
    names = {'float32': 'F32', 'float16': 'F16', 'int8': 'I8'}
    for name, array in tensors.items():
        header[name] = {'dtype': names[array.dtype.name],
                        'shape': list(array.shape),
                        'data_offsets': [at, at + array.nbytes]}
        at += array.nbytes
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        for array in tensors.values():
            file.write(np.ascontiguousarray(array).tobytes())


def main():
    parse = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parse.add_argument('--config', choices=model.CONFIGS, required=True)
    parse.add_argument('--weights', help='model.pt; without it, untrained')
    parse.add_argument('--base', help='see train.py')
    parse.add_argument('-o', '--out', required=True)
    parse.add_argument('--trunk', help='where the tuned trunk goes')
    parse.add_argument('--kind', default='int8',
                       choices=['int8', 'float16', 'float32'])
    parse.add_argument('--license', default='CC-BY-NC-4.0')
    args = parse.parse_args()
    network = model.build(args.config, args.base).eval()
    if args.weights:
        state = torch.load(args.weights, map_location='cpu',
                           weights_only=True)
        network.load_state_dict(state['ema'])
    config = network.config
    if args.trunk:
        stored = trunk.stored(network.trunk, args.base, quantised)
        write(args.trunk, by_size({
            k: shortened(v) if v.dtype == np.float32 else v
            for k, v in stored.items()}),
              {'format': 'parsona-1-tuned', 'license': args.license,
               'base': 'selfie_multiclass_256x256',
               'source': 'trained by weights/train'})
    if args.config == 'lite':
        network = network.head
    g, inputs, outputs = build(network)
    graph = {'inputs': inputs,
             'outputs': [{'name': k, 'value': v} for k, v in outputs.items()],
             'ops': g.ops}
    tensors = pack(g, args.kind, config.levels)
    write(args.out, tensors, {
        'format': 'parsona-1', 'role': config.role,
        'name': f'M2FP-Lite {args.config}', 'license': args.license,
        'source': 'trained by weights/train',
        'labels': json.dumps(config.labels + config.masks),
        'graph': json.dumps(graph, separators=(',', ':'))})
    print(f'{args.out}: {sum(a.nbytes for a in tensors.values()) / 2**20:.2f}'
          f' MiB, {len(g.ops)} ops')


if __name__ == '__main__':
    main()
