#!/usr/bin/env python3
"""M2FP's forward pass in PyTorch, written from the papers, and the comparison of the C engine with it at full size.

usage: reference.py write FILE.pt [--sizes r101] [--classes 21] [--seed 0]
       reference.py compare FILE.pt CONVERTED [--size 640x1152] [--run-net PATH] [--threads N] [--save STAGES.npz]

`write` makes a checkpoint of seeded random weights with torch.save. `compare` prints the relative error of every stage.
"""
import argparse
import math
import os
import tempfile

import numpy as np
import torch
import torch.nn.functional as F

import stages
from architecture import PIXEL, QUERY, SIZES, blocks, random_image, random_state


def sines(h, w, width):
    """[1, h * w, width], as DETR's normalised sine embedding."""
    half = width // 2
    scale = 10000 ** (2 * torch.div(torch.arange(half), 2, rounding_mode="floor") / half)
    y = torch.arange(1, h + 1) / (h + 1e-6) * 2 * math.pi
    x = torch.arange(1, w + 1) / (w + 1e-6) * 2 * math.pi

    def embed(p):
        angle = p[:, None] / scale
        return torch.stack((angle[:, 0::2].sin(), angle[:, 1::2].cos()), 2).flatten(1)
    both = torch.cat((embed(y)[:, None].expand(h, w, half), embed(x)[None].expand(h, w, half)), 2)
    return both.reshape(1, h * w, width)


def deform(value, places, offsets, weights, levels):
    """Zhu et al. 2021, equation 3. value [1, n, heads, d], places [n, 2], offsets [1, n, heads, levels, points, 2]."""
    _, n, heads, d = value.shape
    out, first = 0, 0
    for level, (h, w) in enumerate(levels):
        part = value[:, first:first + h * w].permute(0, 2, 3, 1).reshape(heads, d, h, w)
        first += h * w
        at = places[None, :, None, None] + offsets[:, :, :, level] / torch.tensor([w, h])
        at = (2 * at - 1)[0].permute(1, 0, 2, 3)  # heads, n, points, 2
        seen = F.grid_sample(part, at, mode="bilinear", padding_mode="zeros", align_corners=False)
        out = out + (seen * weights[0, :, :, level].permute(1, 0, 2)[:, None]).sum(-1)
    return out.permute(2, 0, 1).reshape(1, n, heads * d)


class Reference:
    def __init__(self, sizes, state):
        self.s, self.p, self.stages = sizes, state, {}

    def keep(self, name, x):
        """Stages are kept as the C engine has them: channels last, no batch."""
        if x.dim() == 4:
            x = x.permute(0, 2, 3, 1)
        self.stages[name] = x[0].numpy() if x.dim() > 2 else x.numpy()

    def conv_norm(self, x, name, stride=1, relu=True):
        p = self.p
        weight = p[name + ".weight"]
        x = F.conv2d(x, weight, stride=stride, padding=weight.shape[-1] // 2)
        x = F.batch_norm(x, p[name + ".norm.running_mean"], p[name + ".norm.running_var"], p[name + ".norm.weight"],
                         p[name + ".norm.bias"])
        return F.relu(x) if relu else x

    def linear(self, x, name):
        return F.linear(x, self.p[name + ".weight"], self.p[name + ".bias"])

    def norm(self, x, name):
        return F.layer_norm(x, x.shape[-1:], self.p[name + ".weight"], self.p[name + ".bias"])

    def groups(self, x, name):
        return F.group_norm(x, self.s.groups, self.p[name + ".weight"], self.p[name + ".bias"])

    def backbone(self, x):
        for i in range(3):
            x = self.conv_norm(x, f"backbone.stem.conv{i + 1}", 2 if i == 0 else 1)
        x = F.max_pool2d(x, 3, 2, 1)
        self.keep("stem", x)
        out = {}
        for name, _, _, stride in blocks(self.s):
            full = "backbone." + name
            y = self.conv_norm(x, full + ".conv1")
            y = self.conv_norm(y, full + ".conv2", stride)
            y = self.conv_norm(y, full + ".conv3", relu=False)
            x = self.conv_norm(x, full + ".shortcut", stride, relu=False) if name.endswith(".0") else x
            x = F.relu(x + y)
            out[name[:4]] = x
        for name, x in out.items():
            self.keep(name, x)
        return out

    def encoder_layer(self, x, place, places, levels, layer):
        s = self.s
        n, query = x.shape[1], x + place
        value = self.linear(x, layer + "self_attn.value_proj").view(1, n, s.heads, -1)
        offsets = self.linear(query, layer + "self_attn.sampling_offsets").view(1, n, s.heads, s.levels, s.points, 2)
        weights = self.linear(query, layer + "self_attn.attention_weights").view(1, n, s.heads, -1).softmax(-1)
        weights = weights.view(1, n, s.heads, s.levels, s.points)
        seen = self.linear(deform(value, places, offsets, weights, levels), layer + "self_attn.output_proj")
        x = self.norm(x + seen, layer + "norm1")
        return self.norm(x + self.linear(F.relu(self.linear(x, layer + "linear1")), layer + "linear2"), layer + "norm2")

    def pixel_decoder(self, maps):
        s, p, tokens, places, at, self.levels = self.s, self.p, [], [], [], []
        for level in range(s.levels):
            name = f"{PIXEL}input_proj.{level}."
            x = F.conv2d(maps[f"res{5 - level}"], p[name + "0.weight"], p[name + "0.bias"])
            x = self.groups(x, name + "1")
            h, w = x.shape[2:]
            self.levels.append((h, w))
            tokens.append(x.flatten(2).transpose(1, 2))
            places.append(sines(h, w, s.width) + p[PIXEL + "transformer.level_embed"][level])
            y, x = torch.meshgrid((torch.arange(h) + .5) / h, (torch.arange(w) + .5) / w, indexing="ij")
            at.append(torch.stack((x, y), -1).view(-1, 2))
        x, place, at = torch.cat(tokens, 1), torch.cat(places, 1), torch.cat(at)
        for i in range(s.encoder_layers):
            x = self.encoder_layer(x, place, at, self.levels, f"{PIXEL}transformer.encoder.layers.{i}.")
            self.keep(f"encoder.out.{i}", x)
        self.memory = list(x.split([h * w for h, w in self.levels], 1))
        y = self.groups(F.conv2d(maps["res2"], p[PIXEL + "adapter_1.weight"]), PIXEL + "adapter_1.norm")
        fine = self.memory[-1].transpose(1, 2).view(1, s.width, *self.levels[-1])
        y = y + F.interpolate(fine, size=y.shape[2:], mode="bilinear", align_corners=False)
        y = F.relu(self.groups(F.conv2d(y, p[PIXEL + "layer_1.weight"], padding=1), PIXEL + "layer_1.norm"))
        self.features = F.conv2d(y, p[PIXEL + "mask_features.weight"], p[PIXEL + "mask_features.bias"])
        self.keep("mask_features", self.features)

    def attention(self, name, query, key, value, blocked=None):
        p, s = self.p, self.s
        weight, bias = p[name + "in_proj_weight"].chunk(3), p[name + "in_proj_bias"].chunk(3)
        q, k, v = (F.linear(x, w, b).view(-1, s.heads, s.width // s.heads).transpose(0, 1)
                   for x, w, b in zip((query, key, value), weight, bias))
        scores = q @ k.transpose(1, 2) / math.sqrt(s.width // s.heads)
        if blocked is not None:
            scores = scores.masked_fill(blocked, -math.inf)
        return self.linear((scores.softmax(-1) @ v).transpose(0, 1).reshape(-1, s.width), name + "out_proj")

    def masks(self, queries):
        x = self.norm(queries, QUERY + "decoder_norm")
        for i in range(3):
            x = self.linear(x, f"{QUERY}mask_embed.layers.{i}")
            x = F.relu(x) if i < 2 else x
        return torch.einsum("qc,bchw->bqhw", x, self.features)

    def query_decoder(self):
        s, p = self.s, self.p
        x, embed = p[QUERY + "query_feat.weight"], p[QUERY + "query_embed.weight"]
        for i in range(s.decoder_layers):
            level = i % s.levels
            value = self.memory[level][0] + p[QUERY + "level_embed.weight"][level]
            key = value + sines(*self.levels[level], s.width)[0]
            mask = F.interpolate(self.masks(x), size=self.levels[level], mode="bilinear", align_corners=False)
            blocked = mask.flatten(2)[0].sigmoid() < 0.5
            blocked = blocked & ~blocked.all(1, keepdim=True)
            layer = f"{QUERY}transformer_cross_attention_layers.{i}."
            x = self.norm(x + self.attention(layer + "multihead_attn.", x + embed, key, value, blocked), layer + "norm")
            layer = f"{QUERY}transformer_self_attention_layers.{i}."
            x = self.norm(x + self.attention(layer + "self_attn.", x + embed, x + embed, x), layer + "norm")
            layer = f"{QUERY}transformer_ffn_layers.{i}."
            x = self.norm(x + self.linear(F.relu(self.linear(x, layer + "linear1")), layer + "linear2"), layer + "norm")
            self.keep(f"decoder.out.{i}", x)
        self.keep("classes", self.linear(self.norm(x, QUERY + "decoder_norm"), QUERY + "class_embed"))
        self.stages["masks"] = self.masks(x)[0].flatten(1).T.contiguous().numpy()

    @torch.no_grad()
    def run(self, image):
        """image [h, w, 3], sides multiples of 32. Returns {stage: array}."""
        self.pixel_decoder(self.backbone(torch.from_numpy(image).permute(2, 0, 1)[None]))
        self.query_decoder()
        return self.stages


def load(path):
    return torch.load(path, map_location="cpu", weights_only=True)["model"]


def write(args):
    state = random_state(SIZES[args.sizes], args.classes, args.seed)
    torch.save({"model": {name: torch.from_numpy(x) for name, x in state.items()}}, args.file)
    print(f"{len(state)} tensors, {sum(x.size for x in state.values())} values")


def compare(args):
    height, width = (int(n) for n in args.size.split("x"))
    sizes, image = SIZES[args.sizes], random_image(height, width)
    names = stages.stage_names(sizes)
    with tempfile.TemporaryDirectory() as folder:
        got, ms = stages.run(args.run_net, args.converted, image, names, folder, args.threads)
    want = Reference(sizes, load(args.file)).run(image)
    worst = 0.0
    for name in names:
        error = stages.relative_error(got[name], want[name])
        worst = max(worst, error)
        print(f"{name:16} {error:.2e}")
    agree = (got["masks"].argmax(1) == want["masks"].argmax(1)).mean()
    print(f"strongest query is the same at {100 * agree:.2f} % of the pixels")
    print(f"worst {worst:.2e}; C took {ms:.0f} ms with {args.threads} threads")
    if args.save:
        np.savez(args.save, classes=want["classes"], masks=want["masks"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    for name, function in (("write", write), ("compare", compare)):
        p = commands.add_parser(name)
        p.set_defaults(function=function)
        p.add_argument("--seed", type=int, default=0)
        p.add_argument("--sizes", choices=SIZES, default="r101")
        p.add_argument("file")
        if name == "write":
            p.add_argument("--classes", type=int, default=21)
        if name == "compare":
            p.add_argument("converted")
            p.add_argument("--size", default="640x1152")
            p.add_argument("--run-net", default=os.path.join(root, "build/native/tests/run_net"))
            p.add_argument("--threads", type=int, default=1)
            p.add_argument("--save")
    args = parser.parse_args()
    args.function(args)


if __name__ == "__main__":
    main()
