"""M2FP's forward pass in NumPy, for small sizes: plain loops and matrices, float64. Compared with the C engine by
tests/m2fp, where no PyTorch is needed. Returns every stage by the name that its value has in the converted graph.
"""
import math

import numpy as np

from architecture import PIXEL, QUERY, blocks


def conv(x, weight, bias=None, stride=1):
    """x [h, w, c], weight [o, c, k, k], zero padding of k // 2."""
    o, c, k, _ = weight.shape
    edge = k // 2
    x = np.pad(x, ((edge, edge), (edge, edge), (0, 0)))
    h, w = (x.shape[0] - k) // stride + 1, (x.shape[1] - k) // stride + 1
    y = np.zeros((h, w, o))
    for i in range(k):
        for j in range(k):
            part = x[i:i + (h - 1) * stride + 1:stride, j:j + (w - 1) * stride + 1:stride]
            y += part @ weight[:, :, i, j].T
    return y if bias is None else y + bias


def layer_norm(x, weight, bias):
    mean = x.mean(-1, keepdims=True)
    return (x - mean) / np.sqrt(((x - mean) ** 2).mean(-1, keepdims=True) + 1e-5) * weight + bias


def group_norm(x, groups, weight, bias):
    h, w, c = x.shape
    g = x.reshape(h * w, groups, c // groups)
    mean = g.mean((0, 2), keepdims=True)
    g = (g - mean) / np.sqrt(((g - mean) ** 2).mean((0, 2), keepdims=True) + 1e-5)
    return g.reshape(h, w, c) * weight + bias


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def bilinear(x, height, width):
    """align_corners=False, no antialiasing, edges repeated."""
    def taps(n, m):
        at = np.clip((np.arange(n) + 0.5) * m / n - 0.5, 0, None)
        low = np.minimum(at.astype(int), m - 1)
        return low, np.minimum(low + 1, m - 1), at - low
    y0, y1, fy = taps(height, x.shape[0])
    x0, x1, fx = taps(width, x.shape[1])
    rows = x[y0] * (1 - fy)[:, None, None] + x[y1] * fy[:, None, None]
    return rows[:, x0] * (1 - fx)[None, :, None] + rows[:, x1] * fx[None, :, None]


def sines(h, w, width):
    half = width // 2
    y = (np.arange(h) + 1) / (h + 1e-6) * 2 * math.pi
    x = (np.arange(w) + 1) / (w + 1e-6) * 2 * math.pi
    scale = 10000.0 ** (2 * (np.arange(half) // 2) / half)

    def embed(p):
        angle = p[:, None] / scale
        return np.where(np.arange(half) % 2, np.cos(angle), np.sin(angle))
    out = np.zeros((h, w, width))
    out[..., :half] = embed(y)[:, None]
    out[..., half:] = embed(x)[None]
    return out.reshape(h * w, width)


class Reference:
    def __init__(self, sizes, state):
        self.s, self.p = sizes, {k: v.astype(np.float64) for k, v in state.items()}
        self.stages = {}

    def conv_norm(self, x, name, stride=1, relu=True):
        p = self.p
        scale = p[name + ".norm.weight"] / np.sqrt(p[name + ".norm.running_var"] + 1e-5)
        y = conv(x, p[name + ".weight"], None, stride)
        y = (y - p[name + ".norm.running_mean"]) * scale + p[name + ".norm.bias"]
        return np.maximum(y, 0) if relu else y

    def linear(self, x, name):
        return x @ self.p[name + ".weight"].T + self.p[name + ".bias"]

    def norm(self, x, name):
        return layer_norm(x, self.p[name + ".weight"], self.p[name + ".bias"])

    def groups(self, x, name):
        return group_norm(x, self.s.groups, self.p[name + ".weight"], self.p[name + ".bias"])

    def backbone(self, x):
        for i in range(3):
            x = self.conv_norm(x, f"backbone.stem.conv{i + 1}", 2 if i == 0 else 1)
        h, w = (x.shape[0] + 1) // 2, (x.shape[1] + 1) // 2
        padded = np.pad(x, ((1, 1), (1, 1), (0, 0)), constant_values=-np.inf)
        x = np.max([padded[i:i + 2 * h - 1:2, j:j + 2 * w - 1:2] for i in range(3) for j in range(3)], 0)
        self.stages["stem"] = x
        for name, _, _, stride in blocks(self.s):
            full = "backbone." + name
            y = self.conv_norm(x, full + ".conv1")
            y = self.conv_norm(y, full + ".conv2", stride)
            y = self.conv_norm(y, full + ".conv3", relu=False)
            if name.endswith(".0"):
                x = self.conv_norm(x, full + ".shortcut", stride, relu=False)
            x = np.maximum(x + y, 0)
            self.stages[name[:4]] = x

    def deform(self, x, query, levels, name):
        s, heads, d = self.s, self.s.heads, self.s.width // self.s.heads
        value = self.linear(x, name + "value_proj").reshape(-1, heads, d)
        n = len(x)
        offsets = self.linear(query, name + "sampling_offsets").reshape(n, heads, s.levels, s.points, 2)
        weights = softmax(self.linear(query, name + "attention_weights").reshape(n, heads, -1))
        weights = weights.reshape(n, heads, s.levels, s.points)
        out = np.zeros((n, heads, d))
        places = np.concatenate([np.stack(np.meshgrid((np.arange(w) + .5) / w, (np.arange(h) + .5) / h), -1).reshape(-1, 2)
                                 for h, w in levels])
        first = 0
        for level, (h, w) in enumerate(levels):
            part = value[first:first + h * w].reshape(h, w, heads, d)
            first += h * w
            for t in range(n):
                for head in range(heads):
                    for point in range(s.points):
                        px, py = places[t] * (w, h) + offsets[t, head, level, point] - 0.5
                        x0, y0 = math.floor(px), math.floor(py)
                        for cx, wx in ((x0, 1 - px + x0), (x0 + 1, px - x0)):
                            for cy, wy in ((y0, 1 - py + y0), (y0 + 1, py - y0)):
                                if 0 <= cx < w and 0 <= cy < h:
                                    out[t, head] += weights[t, head, level, point] * wx * wy * part[cy, cx, head]
        return self.linear(out.reshape(n, -1), name + "output_proj")

    def pixel_decoder(self):
        s, tokens, places, self.levels = self.s, [], [], []
        for level in range(s.levels):
            x = self.stages[f"res{5 - level}"]
            conv_name = f"{PIXEL}input_proj.{level}."
            x = conv(x, self.p[conv_name + "0.weight"], self.p[conv_name + "0.bias"])
            x = self.groups(x, conv_name + "1")
            self.levels.append(x.shape[:2])
            tokens.append(x.reshape(-1, s.width))
            places.append(sines(*x.shape[:2], s.width) + self.p[PIXEL + "transformer.level_embed"][level])
        x, place = np.concatenate(tokens), np.concatenate(places)
        for i in range(s.encoder_layers):
            layer = f"{PIXEL}transformer.encoder.layers.{i}."
            seen = self.deform(x, x + place, self.levels, layer + "self_attn.")
            x = self.norm(x + seen, layer + "norm1")
            y = self.linear(np.maximum(self.linear(x, layer + "linear1"), 0), layer + "linear2")
            x = self.norm(x + y, layer + "norm2")
            self.stages[f"encoder.out.{i}"] = x
        self.memory, first = [], 0
        for h, w in self.levels:
            self.memory.append(x[first:first + h * w])
            first += h * w
        res2 = self.stages["res2"]
        y = self.groups(conv(res2, self.p[PIXEL + "adapter_1.weight"]), PIXEL + "adapter_1.norm")
        y = y + bilinear(self.memory[-1].reshape(*self.levels[-1], -1), *res2.shape[:2])
        y = self.groups(conv(y, self.p[PIXEL + "layer_1.weight"]), PIXEL + "layer_1.norm")
        y = conv(np.maximum(y, 0), self.p[PIXEL + "mask_features.weight"], self.p[PIXEL + "mask_features.bias"])
        self.stages["mask_features"] = y

    def attention(self, name, query, key, value, blocked=None):
        width, heads = self.s.width, self.s.heads
        parts = np.split(self.p[name + "in_proj_weight"], 3), np.split(self.p[name + "in_proj_bias"], 3)
        q, k, v = (x @ w.T + b for x, w, b in zip((query, key, value), *parts))
        q, k, v = (x.reshape(-1, heads, width // heads).transpose(1, 0, 2) for x in (q, k, v))
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(width // heads)
        if blocked is not None:
            scores = np.where(blocked[None], -np.inf, scores)
        out = (softmax(scores) @ v).transpose(1, 0, 2).reshape(-1, width)
        return self.linear(out, name + "out_proj")

    def masks(self, queries):
        x = self.norm(queries, QUERY + "decoder_norm")
        for i in range(3):
            x = self.linear(x, f"{QUERY}mask_embed.layers.{i}")
            if i < 2:
                x = np.maximum(x, 0)
        return self.stages["mask_features"] @ x.T

    def query_decoder(self):
        s = self.s
        x, embed = self.p[QUERY + "query_feat.weight"], self.p[QUERY + "query_embed.weight"]
        for i in range(s.decoder_layers):
            level = i % s.levels
            value = self.memory[level] + self.p[QUERY + "level_embed.weight"][level]
            key = value + sines(*self.levels[level], s.width)
            mask = bilinear(self.masks(x), *self.levels[level]).reshape(-1, s.queries).T
            blocked = mask < 0
            blocked[blocked.all(1)] = False
            layer = f"{QUERY}transformer_cross_attention_layers.{i}."
            x = self.norm(x + self.attention(layer + "multihead_attn.", x + embed, key, value, blocked), layer + "norm")
            layer = f"{QUERY}transformer_self_attention_layers.{i}."
            x = self.norm(x + self.attention(layer + "self_attn.", x + embed, x + embed, x), layer + "norm")
            layer = f"{QUERY}transformer_ffn_layers.{i}."
            y = self.linear(np.maximum(self.linear(x, layer + "linear1"), 0), layer + "linear2")
            x = self.norm(x + y, layer + "norm")
            self.stages[f"decoder.out.{i}"] = x
        self.stages["classes"] = self.linear(self.norm(x, QUERY + "decoder_norm"), QUERY + "class_embed")
        self.stages["masks"] = self.masks(x).reshape(-1, s.queries)

    def run(self, image):
        self.backbone(image.astype(np.float64))
        self.pixel_decoder()
        self.query_decoder()
        return self.stages
