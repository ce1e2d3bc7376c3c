"""Makes the starting weights of the `lite-s` backbone.

    python selfie.py selfie_multiclass_256x256.tflite init-selfie.npz

Writes SelfieBackbone's state (float16) from the file's constants. They are
taken in the order of its operators and every shape must agree, so another
file cannot pass for it.
"""
import sys

import numpy as np
import torch

from model import CONFIGS, SelfieBackbone


class Constants:
    """A tflite file's operators, and its constants by tensor number."""

    def __init__(self, path):
        from ai_edge_litert.interpreter import Interpreter, OpResolverType
        self.net = Interpreter(path, experimental_op_resolver_type=(
            OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES))
        self.net.allocate_tensors()
        self.ops = self.net._get_ops_details()
        written = {o for op in self.ops for o in op['outputs']}
        self.constant = {
            t['index'] for t in self.net.get_tensor_details()} - written - {
                i['index'] for i in self.net.get_input_details()}

    def get(self, index):
        return torch.from_numpy(np.array(self.net.get_tensor(index)))

    def convolutions(self):
        """(weight, bias) of each, as PyTorch lays them out."""
        for op in self.ops:
            order = {'CONV_2D': (0, 3, 1, 2),
                     'DEPTHWISE_CONV_2D': (3, 0, 1, 2)}.get(op['op_name'])
            if order:
                w, b = (self.source(i) for i in op['inputs'][1:3])
                yield w.permute(order), b

    def source(self, index):
        """A constant, or the constant that a DEQUANTIZE widens."""
        for op in self.ops:
            if index in op['outputs']:
                index = op['inputs'][0]
        return self.get(index).float()

    def norms(self):
        """(scale, shift) of each folded norm: a MUL, then an ADD, with a
        constant vector."""
        vectors = [self.get(op['inputs'][1]) for op in self.ops
                   if op['op_name'] in ('MUL', 'ADD') and
                   op['inputs'][1] in self.constant]
        return list(zip(vectors[::2], vectors[1::2]))


def put(parameter, value):
    if parameter.numel() != value.numel():
        raise ValueError(f'shape {tuple(value.shape)} where the network has '
                         f'{tuple(parameter.shape)}')
    parameter.copy_(value.reshape(parameter.shape))


@torch.no_grad()
def initialise(backbone, path):
    file = Constants(path)
    convs, norms = list(file.convolutions()), file.norms()
    at = 0

    def take(layer):
        nonlocal at
        put(layer.weight, convs[at][0])
        put(layer.bias, convs[at][1])
        at += 1

    def inverted(block):
        for part in block.out, block.depth, block.back:
            take(part.conv)

    def patches(stage):
        take(stage.local.conv)
        take(stage.inner.conv)
        for layer in stage.layers:
            scale, shift = norms.pop(0)
            put(layer.scale, scale)
            put(layer.shift, shift)
            for part in (layer.wide, layer.narrow, layer.score, layer.key,
                         layer.value, layer.out):
                take(part)
        take(stage.back.conv)

    stem = backbone.stem.conv
    stem.weight.zero_()  # the prompt's channel starts without effect
    stem.weight[:, :3] = convs[0][0]
    put(stem.bias, convs[0][1])
    # After the stem and before strides 8 and 16 stand two convolutions of
    # the file's own decoder.
    at = 3
    inverted(backbone.s2)
    inverted(backbone.s4[0])
    inverted(backbone.s4[1])
    at += 2
    inverted(backbone.s8[0])
    patches(backbone.s8[1])
    at += 2
    inverted(backbone.s16[0])
    patches(backbone.s16[1])


def load(backbone, path):
    """Puts what `main` wrote into a backbone; stride 32 stays as it is."""
    state = {k: torch.from_numpy(v).float() for k, v in np.load(path).items()}
    missing, unknown = backbone.load_state_dict(state, strict=False)
    if unknown or any(not m.startswith('s32.') for m in missing):
        raise ValueError(f'{path}: not the weights of this backbone')


def main(source, target):
    backbone = SelfieBackbone(CONFIGS['lite-s'].inputs)
    initialise(backbone, source)
    np.savez(target, **{k: v.half().numpy()
                        for k, v in backbone.state_dict().items()
                        if not k.startswith('s32.')})


if __name__ == '__main__':
    main(*sys.argv[1:])
