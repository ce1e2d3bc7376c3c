#!/usr/bin/env python3
"""Compares reference.py with implementations that others wrote: torchvision's residual blocks, and the pixel decoder and
the query decoder of Mask2Former in transformers. All get the same seeded random weights, at full shape.

usage: crosscheck.py [--size 256x384] [--seed 0]          (pip install -r requirements-crosscheck.txt)

Prints the relative error of every stage; exits 1 when one is above 1e-4.
"""
import argparse
import sys

import numpy as np
import torch
import torchvision
from torch import nn
from transformers import Mask2FormerConfig, SwinConfig
from transformers.models.mask2former.modeling_mask2former import (Mask2FormerPixelDecoder,
                                                                  Mask2FormerTransformerModule)

from architecture import PIXEL, QUERY, SIZES, random_image, random_state
from reference import Reference

WORST = 1e-4


def put(module, tensors, state):
    """Loads `module` with state[tensors[name]] for each of its own names; every one must be there."""
    own = module.state_dict()
    missing = sorted(set(own) - set(tensors) - {n for n in own if n.endswith("num_batches_tracked")})
    if missing:
        sys.exit(f"crosscheck: no weights for {missing[:4]}")
    module.load_state_dict({n: state[t] if isinstance(t, str) else t for n, t in tensors.items()}, strict=False)
    return module.eval()


def layer(prefix, theirs):
    return {f"{theirs}.{k}": f"{prefix}.{k}" for k in ("weight", "bias")}


def norm(prefix, theirs):
    return {f"{theirs}.{k}": f"{prefix}.{k}" for k in ("weight", "bias", "running_mean", "running_var")}


# ------------------------------------------------------------ torchvision

def resnet(state):
    """ResNet-101 with the stem of three convolutions. torchvision strides the 3 x 3 of a block, as M2FP does."""
    net = torchvision.models.resnet101(weights=None)
    widths = [state[f"backbone.stem.conv{i}.weight"].shape[:2] for i in (1, 2, 3)]
    stem, names = [], {}
    for i, (out, inside) in enumerate(widths):
        stem += [nn.Conv2d(inside, out, 3, 2 if i == 0 else 1, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU()]
        names[f"conv1.{3 * i}.weight"] = f"backbone.stem.conv{i + 1}.weight"
        names |= norm(f"backbone.stem.conv{i + 1}.norm", f"conv1.{3 * i + 1}")
    wide, narrow, first = widths[2][0], state["backbone.res2.0.conv1.weight"].shape[0], net.layer1[0]
    first.conv1 = nn.Conv2d(wide, narrow, 1, bias=False)
    first.downsample[0] = nn.Conv2d(wide, 4 * narrow, 1, bias=False)
    net.conv1, net.bn1, net.relu, net.fc = nn.Sequential(*stem), nn.Identity(), nn.Identity(), nn.Identity()
    for name in net.state_dict():
        part = name.split(".")
        if not part[0].startswith("layer") or not name.endswith("weight"):
            continue
        ours = f"backbone.res{int(part[0][5:]) + 1}.{part[1]}."
        if part[2].startswith("conv"):
            names[name] = f"{ours}{part[2]}.weight"
            names |= norm(f"{ours}{part[2]}.norm", ".".join(part[:2] + [f"bn{part[2][4:]}"]))
        elif part[2:4] == ["downsample", "0"]:
            names[name] = f"{ours}shortcut.weight"
            names |= norm(f"{ours}shortcut.norm", ".".join(part[:3] + ["1"]))
    return put(net, names, state)


def backbone(net, x):
    x = net.maxpool(net.conv1(x))
    maps = {"stem": x}
    for i in range(1, 5):
        x = maps[f"res{i + 1}"] = getattr(net, f"layer{i}")(x)
    return maps


# ----------------------------------------------------------- transformers

def config(sizes):
    # transformers counts the first prediction, from the queries themselves, as a layer.
    return Mask2FormerConfig(
        backbone_config=SwinConfig(), feature_size=sizes.width, mask_feature_size=sizes.width, hidden_dim=sizes.width,
        encoder_feedforward_dim=sizes.encoder_hidden, encoder_layers=sizes.encoder_layers,
        decoder_layers=sizes.decoder_layers + 1, num_attention_heads=sizes.heads, dropout=0.0,
        dim_feedforward=sizes.decoder_hidden, pre_norm=False, num_queries=sizes.queries, common_stride=4)


def pixel_decoder(sizes, state):
    names = {"level_embed": f"{PIXEL}transformer.level_embed"}
    for i in range(sizes.levels):
        names |= layer(f"{PIXEL}input_proj.{i}.0", f"input_projections.{i}.0")
        names |= layer(f"{PIXEL}input_proj.{i}.1", f"input_projections.{i}.1")
    for i in range(sizes.encoder_layers):
        ours, theirs = f"{PIXEL}transformer.encoder.layers.{i}", f"encoder.layers.{i}"
        for k in ("sampling_offsets", "attention_weights", "value_proj", "output_proj"):
            names |= layer(f"{ours}.self_attn.{k}", f"{theirs}.self_attn.{k}")
        for a, b in (("norm1", "self_attn_layer_norm"), ("linear1", "fc1"), ("linear2", "fc2"),
                     ("norm2", "final_layer_norm")):
            names |= layer(f"{ours}.{a}", f"{theirs}.{b}")
    for k in ("adapter_1", "layer_1"):
        names[f"{k}.0.weight"] = f"{PIXEL}{k}.weight"
        names |= layer(f"{PIXEL}{k}.norm", f"{k}.1")
    names |= layer(f"{PIXEL}mask_features", "mask_projection")
    channels = [state[f"backbone.res{i}.0.conv3.weight"].shape[0] for i in range(2, 6)]
    return put(Mask2FormerPixelDecoder(config(sizes), channels), names, state)


def query_decoder(sizes, state):
    names = {"queries_embedder.weight": f"{QUERY}query_embed.weight",
             "queries_features.weight": f"{QUERY}query_feat.weight",
             "level_embed.weight": f"{QUERY}level_embed.weight", **layer(f"{QUERY}decoder_norm", "decoder.layernorm")}
    for i in range(3):
        names |= layer(f"{QUERY}mask_embed.layers.{i}", f"decoder.mask_predictor.mask_embedder.{i}.0")
    for i in range(sizes.decoder_layers):
        theirs = f"decoder.layers.{i}"
        cross = f"{QUERY}transformer_cross_attention_layers.{i}"
        names |= {f"{theirs}.cross_attn.in_proj_{k}": f"{cross}.multihead_attn.in_proj_{k}" for k in ("weight", "bias")}
        names |= layer(f"{cross}.multihead_attn.out_proj", f"{theirs}.cross_attn.out_proj")
        names |= layer(f"{cross}.norm", f"{theirs}.cross_attn_layer_norm")
        own = f"{QUERY}transformer_self_attention_layers.{i}"
        for kind in ("weight", "bias"):
            joined = state[f"{own}.self_attn.in_proj_{kind}"].chunk(3)
            names |= {f"{theirs}.self_attn.{k}_proj.{kind}": value for k, value in zip("qkv", joined)}
        names |= layer(f"{own}.self_attn.out_proj", f"{theirs}.self_attn.out_proj")
        names |= layer(f"{own}.norm", f"{theirs}.self_attn_layer_norm")
        feed = f"{QUERY}transformer_ffn_layers.{i}"
        for a, b in (("linear1", "fc1"), ("linear2", "fc2"), ("norm", "final_layer_norm")):
            names |= layer(f"{feed}.{a}", f"{theirs}.{b}")
    return put(Mask2FormerTransformerModule(in_features=sizes.width, config=config(sizes)), names, state)


# ------------------------------------------------------------- comparison

def rows(x):
    """A map without its batch, channels last: what reference.py keeps."""
    return x[0].permute(1, 2, 0).numpy()


@torch.no_grad()
def others(sizes, state, image):
    """The stages as the other implementations compute them, each from the one before."""
    maps = backbone(resnet(state), torch.from_numpy(image).permute(2, 0, 1)[None])
    found = {name: rows(x) for name, x in maps.items()}
    seen = pixel_decoder(sizes, state)([maps[f"res{i}"] for i in range(2, 6)], output_hidden_states=True)
    found["mask_features"] = rows(seen.mask_features)
    memory = torch.cat([x.flatten(2) for x in seen.multi_scale_features], 2)[0].T
    found[f"encoder.out.{sizes.encoder_layers - 1}"] = memory.numpy()
    told = query_decoder(sizes, state)(list(seen.multi_scale_features), seen.mask_features, output_hidden_states=True)
    for i, x in enumerate(told.intermediate_hidden_states[1:]):
        found[f"decoder.norm.{i}"] = x[:, 0].numpy()
    found["masks"] = told.masks_queries_logits[-1][0].flatten(1).T.numpy()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="256x384")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    height, width = (int(n) for n in args.size.split("x"))
    sizes = SIZES["r101"]
    state = {k: torch.from_numpy(x) for k, x in random_state(sizes, 21, args.seed).items()}
    image = random_image(height, width)
    ours = Reference(sizes, state)
    want = dict(ours.run(image))
    with torch.no_grad():
        for i in range(sizes.decoder_layers):  # transformers gives the layers' outputs after the last norm
            want[f"decoder.norm.{i}"] = ours.norm(torch.from_numpy(want[f"decoder.out.{i}"]),
                                                  QUERY + "decoder_norm").numpy()
    worst = 0.0
    for name, got in others(sizes, state, image).items():
        error = float(np.linalg.norm(got - want[name]) / np.linalg.norm(want[name]))
        worst = max(worst, error)
        print(f"{name:16} {error:.1e}")
    print(f"worst {worst:.1e}")
    sys.exit(worst > WORST)


if __name__ == "__main__":
    main()
