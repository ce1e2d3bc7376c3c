"""Makes a trained network out of its weights file, so that training goes on
where the committed int8 file stands; the float weights are not kept.

    python restore.py --config lite --weights ../m2fp-lite-head.safetensors \
        --base SELFIE.safetensors [--trunk ../m2fp-lite-trunk.safetensors] \
        --features DIR -o STATE/restored.pt
    python restore.py --config face --weights ../face-parts.safetensors \
        --shards DIR... -o STATE/restored.pt

The reverse of export.py. Folded batch norms get back the mean and deviation
that some training pictures show, and the gain and offset that undo them: the
network computes what it did, and its norms can be trained again.
`train.py --init` reads the result.
"""
import argparse
import time

import torch
from torch import fx

import batches
import blocks
import export
import features
import model
import runner
import scene
import trunk
from frozen import OWN

PICTURES = 256  # for the norms' statistics
BATCH = 16


class File:
    """The ops of a weights file that hold weights, one after the other."""

    def __init__(self, path):
        self.net = runner.Network(path)
        self.ops = iter([o for o in self.net.graph['ops'] if 'weight' in o])

    def next(self, kind):
        """-> weight as PyTorch has it, bias"""
        op = next(self.ops)
        if op['op'] != kind:
            raise SystemExit(f'{op["op"]} where {kind} was expected')
        weight = self.net.weight(op['weight'], runner.CHANNELS.get(kind, 0))
        if kind == 'conv2d':
            weight = weight.permute(0, 3, 1, 2)
        elif kind == 'depthwise_conv2d':
            weight = weight.permute(2, 0, 1)[:, None]
        return weight, torch.from_numpy(self.net.tensors[op['bias']])

    def constants(self):
        """Operands of ops that are tensors, in order, each once."""
        seen = []
        for op in self.net.graph['ops']:
            seen += [n for n in op['in']
                     if n in self.net.tensors and n not in seen]
        return [torch.from_numpy(self.net.tensors[n]) for n in seen]


def fill(layer, weight, bias, scale=1.0):
    layer.weight.copy_(weight / scale)
    layer.bias.copy_(bias / scale)


def fill_conv(block, file):
    kind = 'depthwise_conv2d' if block.conv.groups > 1 else 'conv2d'
    weight, bias = file.next(kind)
    block.conv.weight.copy_(weight)
    if block.bn is None:
        block.conv.bias.copy_(bias)
        return
    block.bn.running_mean.zero_()
    block.bn.running_var.fill_(1 - block.bn.eps)
    block.bn.weight.fill_(1)
    block.bn.bias.copy_(bias)


def fill_attention(block, file, query=None, asked=None):
    """The first layer's queries are constants, so what is stored is not the
    weight but its product `asked` with `query`: any weight that gives it."""
    scale = (block.q.in_features / block.heads) ** -.5
    if query is None:
        fill(block.q, *file.next('fully_connected'), scale)
    else:
        asked = asked[0].transpose(0, 1).reshape(len(query), -1) / scale
        block.q.weight.copy_((torch.linalg.pinv(query) @ asked).T)
        block.q.bias.zero_()
    for layer in block.k, block.v, block.out:
        fill(layer, *file.next('fully_connected'))


def fill_queries(block, file):
    # As emit_query_decoder uses them: the bent queries, themselves, the bias.
    asked, query, bias = file.constants()
    block.query.copy_(query[0])
    block.bias.copy_(bias)
    first = block.query, asked
    for project, layer in zip(block.project, block.layers):
        fill(project, *file.next('fully_connected'))
        fill_attention(layer.cross, file, *first)
        first = ()
        fill(layer.norms[0], *file.next('layer_norm'))
        fill_attention(layer.self, file)
        fill(layer.norms[1], *file.next('layer_norm'))
        fill(layer.wide, *file.next('fully_connected'))
        fill(layer.narrow, *file.next('fully_connected'))
        fill(layer.norms[2], *file.next('layer_norm'))
    for layer in block.mlp:
        fill(layer, *file.next('fully_connected'))


@torch.no_grad()
def restore(network, path, new=()):
    """`new`: beginnings of the names of blocks that the file does not have;
    they stay as they are."""
    file = File(path)
    traced = fx.GraphModule(network, export.Tracer().trace(network))
    for node in traced.graph.nodes:
        if node.op != 'call_module' or node.target.startswith(tuple(new)):
            continue
        block = traced.get_submodule(node.target)
        if isinstance(block, blocks.Conv):
            fill_conv(block, file)
        elif isinstance(block, blocks.QueryDecoder):
            fill_queries(block, file)
    return network.eval()


@torch.no_grad()
def calibrate(network, pictures):
    """Gives every batch norm what `pictures`, a function that returns a batch
    of the network's inputs, shows of it."""
    norms = [m for m in network.modules()
             if isinstance(m, torch.nn.BatchNorm2d)]
    sums = {n: torch.zeros(2, n.num_features, dtype=torch.double)
            for n in norms}

    def add(norm, inputs):
        x = inputs[0].double()
        sums[norm] += torch.stack([x.mean((0, 2, 3)),
                                   x.square().mean((0, 2, 3))])
    hooks = [n.register_forward_pre_hook(add) for n in norms]
    for _ in range(PICTURES // BATCH):
        network(**pictures())
    for hook in hooks:
        hook.remove()
    for norm, total in sums.items():
        mean, square = total * BATCH / PICTURES
        variance = (square - mean ** 2).clamp(min=1e-8)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.add_(mean)


def pictures_of(args):
    if args.config == 'face':
        shards = batches.load_shards(args.shards, sorted(scene.FACES))
        draw = batches.Batches(shards, model.CONFIGS['face'].size, True, BATCH,
                               0, 0, torch.device('cpu'))
        return lambda: {'image': draw.next()[0]}
    draw = features.Features(args.features, BATCH, 0)

    def one():
        inputs, asked, _ = draw.next()
        inputs['prompt'] = asked.jittered().maps(inputs['image'].shape[2:])
        return {k: v for k, v in inputs.items() if k not in OWN}
    return one


def main():
    parse = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parse.add_argument('--config', choices=model.CONFIGS, required=True)
    parse.add_argument('--weights', required=True)
    parse.add_argument('--base', help='see train.py')
    parse.add_argument('--trunk', help='without it: as the base has it')
    parse.add_argument('--new', nargs='*', default=[],
                       help='blocks that the file does not have yet')
    parse.add_argument('--features')
    parse.add_argument('--shards', nargs='*', default=[])
    parse.add_argument('-o', '--out', required=True)
    args = parse.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = model.build(args.config, args.base).eval()
    restore(network.head if args.config == 'lite' else network, args.weights,
            args.new)
    if args.trunk:
        trunk.fill(network.trunk, args.trunk)
    begun = time.time()
    calibrate(network, pictures_of(args))
    torch.save({'config': args.config, 'seen': 0,
                'ema': network.state_dict()}, args.out)
    print(f'{args.out}: norms set by {PICTURES} pictures in '
          f'{time.time() - begun:.0f} s')


if __name__ == '__main__':
    main()
