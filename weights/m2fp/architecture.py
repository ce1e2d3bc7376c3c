"""M2FP's architecture in numbers: the names and shapes of a checkpoint's tensors, and seeded random values for them.

Written from the papers (Mask2Former, arXiv:2112.01527; Deformable DETR, arXiv:2010.04159; ResNet) and from the names in
the published checkpoints. Needs NumPy only.
"""
import dataclasses
import math
import zlib

import numpy as np


@dataclasses.dataclass(frozen=True)
class Sizes:
    stem: tuple
    blocks: tuple
    bottleneck: int
    width: int
    heads: int
    groups: int
    encoder_layers: int
    encoder_hidden: int
    decoder_layers: int
    decoder_hidden: int
    queries: int
    levels: int = 3
    points: int = 4


R101 = Sizes((64, 64, 128), (3, 4, 23, 3), 64, 256, 8, 32, 6, 1024, 9, 2048, 100)
TINY = Sizes((8, 8, 16), (1, 2, 1, 1), 8, 32, 4, 8, 2, 48, 4, 40, 12)
SIZES = {"r101": R101, "tiny": TINY}

PIXEL = "sem_seg_head.pixel_decoder."
QUERY = "sem_seg_head.predictor."


def _conv_norm(name, out, channels, window):
    yield f"{name}.weight", (out, channels, window, window)
    for part in ("weight", "bias", "running_mean", "running_var"):
        yield f"{name}.norm.{part}", (out,)


def _linear(name, rows, columns):
    yield f"{name}.weight", (rows, columns)
    yield f"{name}.bias", (rows,)


def _norm(name, width):
    yield f"{name}.weight", (width,)
    yield f"{name}.bias", (width,)


def blocks(s):
    """Each bottleneck: its name, channels in, inner channels, stride."""
    channels = s.stem[2]
    for stage, count in enumerate(s.blocks):
        inner = s.bottleneck << stage
        for k in range(count):
            yield f"res{stage + 2}.{k}", channels, inner, 2 if stage and k == 0 else 1
            channels = 4 * inner


def backbone(s):
    channels = 3
    for i, out in enumerate(s.stem):
        yield from _conv_norm(f"backbone.stem.conv{i + 1}", out, channels, 3)
        channels = out
    for name, channels, inner, _ in blocks(s):
        if name.endswith(".0"):
            yield from _conv_norm(f"backbone.{name}.shortcut", 4 * inner, channels, 1)
        yield from _conv_norm(f"backbone.{name}.conv1", inner, channels, 1)
        yield from _conv_norm(f"backbone.{name}.conv2", inner, inner, 3)
        yield from _conv_norm(f"backbone.{name}.conv3", 4 * inner, inner, 1)


def pixel_decoder(s):
    for level in range(s.levels):
        yield f"{PIXEL}input_proj.{level}.0.weight", (s.width, s.bottleneck * 4 << (3 - level), 1, 1)
        yield f"{PIXEL}input_proj.{level}.0.bias", (s.width,)
        yield from _norm(f"{PIXEL}input_proj.{level}.1", s.width)
    yield f"{PIXEL}transformer.level_embed", (s.levels, s.width)
    samples = s.heads * s.levels * s.points
    for i in range(s.encoder_layers):
        layer = f"{PIXEL}transformer.encoder.layers.{i}."
        yield from _linear(layer + "self_attn.sampling_offsets", 2 * samples, s.width)
        yield from _linear(layer + "self_attn.attention_weights", samples, s.width)
        yield from _linear(layer + "self_attn.value_proj", s.width, s.width)
        yield from _linear(layer + "self_attn.output_proj", s.width, s.width)
        yield from _norm(layer + "norm1", s.width)
        yield from _linear(layer + "linear1", s.encoder_hidden, s.width)
        yield from _linear(layer + "linear2", s.width, s.encoder_hidden)
        yield from _norm(layer + "norm2", s.width)
    yield f"{PIXEL}mask_features.weight", (s.width, s.width, 1, 1)
    yield f"{PIXEL}mask_features.bias", (s.width,)
    yield f"{PIXEL}adapter_1.weight", (s.width, 4 * s.bottleneck, 1, 1)
    yield from _norm(f"{PIXEL}adapter_1.norm", s.width)
    yield f"{PIXEL}layer_1.weight", (s.width, s.width, 3, 3)
    yield from _norm(f"{PIXEL}layer_1.norm", s.width)


def _attention(name, width):
    yield f"{name}.in_proj_weight", (3 * width, width)
    yield f"{name}.in_proj_bias", (3 * width,)
    yield from _linear(f"{name}.out_proj", width, width)


def query_decoder(s, classes):
    for i in range(s.decoder_layers):
        for kind, attention in (("self", "self_attn"), ("cross", "multihead_attn")):
            layer = f"{QUERY}transformer_{kind}_attention_layers.{i}."
            yield from _attention(layer + attention, s.width)
            yield from _norm(layer + "norm", s.width)
        layer = f"{QUERY}transformer_ffn_layers.{i}."
        yield from _linear(layer + "linear1", s.decoder_hidden, s.width)
        yield from _linear(layer + "linear2", s.width, s.decoder_hidden)
        yield from _norm(layer + "norm", s.width)
    yield from _norm(f"{QUERY}decoder_norm", s.width)
    yield f"{QUERY}query_feat.weight", (s.queries, s.width)
    yield f"{QUERY}query_embed.weight", (s.queries, s.width)
    yield f"{QUERY}level_embed.weight", (s.levels, s.width)
    yield from _linear(f"{QUERY}class_embed", classes + 1, s.width)
    for i in range(3):
        yield from _linear(f"{QUERY}mask_embed.layers.{i}", s.width, s.width)


def tensors(s, classes):
    """(name, shape) of every tensor; 822 of them for R101."""
    yield from backbone(s)
    yield from pixel_decoder(s)
    yield from query_decoder(s, classes)


def _random(name, shape, rng):
    """Values under which activations stay of the order of one."""
    normal = rng.standard_normal(shape).astype(np.float32)
    if name.endswith("running_var"):
        return (0.5 + rng.random(shape)).astype(np.float32)
    if name.endswith("running_mean"):
        return 0.2 * normal
    if "norm" in name or "input_proj" in name and ".1." in name:
        if name.endswith("bias"):
            return 0.2 * normal
        gain = 0.3 if ".conv3." in name else 1.0  # residual branches, lest sums grow
        return (gain * (0.75 + 0.5 * rng.random(shape))).astype(np.float32)
    if "sampling_offsets" in name:  # some pixels
        return 2 * normal if name.endswith("bias") else normal / math.sqrt(shape[-1])
    if name.endswith("bias"):
        return 0.1 * normal
    if "embed" in name and "mask_embed" not in name and "class_embed" not in name or "query_feat" in name:
        return normal
    fan = int(np.prod(shape[1:]))
    return normal * np.float32(math.sqrt((2.0 if "backbone" in name else 1.0) / fan))


def random_state(s, classes, seed=0):
    """{name: float32 array}; each tensor's values depend on the seed and its name alone."""
    return {name: _random(name, shape, np.random.default_rng([seed, zlib.crc32(name.encode())]))
            for name, shape in tensors(s, classes)}


def random_image(height, width, seed=0):
    """A normalised image [height, width, 3] of soft blobs, float32."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    image = 0.1 * rng.standard_normal((height, width, 3)).astype(np.float32)
    for _ in range(24):
        cy, cx, r = rng.random() * height, rng.random() * width, (0.05 + 0.2 * rng.random()) * height
        blob = np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / (2 * r * r))
        image += blob[..., None] * rng.standard_normal(3).astype(np.float32) * 2
    return image.astype(np.float32)
