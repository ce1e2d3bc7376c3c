"""The building blocks. Each is a leaf for export.py, which knows how to write
it as ops of docs/weights-format.md; so everything a network computes must be
one of these. Maps are [batch, channels, height, width], tokens [batch, n,
channels]."""
import torch
import torch.nn.functional as F
from torch import nn


class Conv(nn.Module):
    """Convolution, then batch norm (or a bias), then ReLU. `same` pads as
    TensorFlow does: stride 2 on even sizes pads right and bottom only."""

    def __init__(self, cin, cout, k=3, stride=1, act=True, norm=True,
                 depthwise=False, same=False):
        super().__init__()
        self.same = same and stride == 2 and k == 3
        self.conv = nn.Conv2d(cin, cout, k, stride,
                              0 if self.same else k // 2, bias=not norm,
                              groups=cin if depthwise else 1)
        self.bn = nn.BatchNorm2d(cout, momentum=0.03) if norm else None
        self.act = act

    def forward(self, x):
        if self.same:
            x = F.pad(x, (0, 1, 0, 1))
        x = self.conv(x)
        if self.bn is not None:
            x = self.bn(x)
        return F.relu(x) if self.act else x


class Sum(nn.Module):
    """a + b, then ReLU."""

    def __init__(self, act=False):
        super().__init__()
        self.act = act

    def forward(self, a, b):
        return F.relu(a + b) if self.act else a + b


class Up(nn.Module):
    """Twice the size, bilinear at half-pixel centres."""

    def forward(self, x):
        return F.interpolate(x, scale_factor=2, mode='bilinear',
                             align_corners=False)


class Pool(nn.Module):
    """The map's mean, as a 1 x 1 map."""

    def forward(self, x):
        return x.mean((2, 3), keepdim=True)


class Join(nn.Module):
    """Maps of one size, one after the other along the channels."""

    def forward(self, *maps):
        return torch.cat(maps, 1)


class Halve(nn.Module):
    """Means of 2 x 2 pixels."""

    def forward(self, x):
        return F.avg_pool2d(x, 2)


class Fold(nn.Module):
    """4 x 4 pixels become channels of one (depth: row, column, channel)."""

    def forward(self, x):
        n, c, h, w = x.shape
        x = x.view(n, c, h // 4, 4, w // 4, 4).permute(0, 3, 5, 1, 2, 4)
        return x.reshape(n, 16 * c, h // 4, w // 4)


class Attention(nn.Module):
    """Multi-head attention of queries over tokens."""

    def __init__(self, dim, heads=4):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.out = (nn.Linear(dim, dim)
                                            for _ in range(4))

    def forward(self, x, tokens):
        def split(t):
            return t.view(*t.shape[:2], self.heads, -1).transpose(1, 2)
        y = F.scaled_dot_product_attention(
            split(self.q(x)), split(self.k(tokens)), split(self.v(tokens)))
        return self.out(y.transpose(1, 2).flatten(2))


class QueryLayer(nn.Module):
    """Cross-attention, self-attention, feed-forward; normalised after each,
    as in Mask2Former's decoder."""

    def __init__(self, dim):
        super().__init__()
        self.cross, self.self = Attention(dim), Attention(dim)
        self.wide, self.narrow = nn.Linear(dim, 2 * dim), nn.Linear(2 * dim,
                                                                    dim)
        self.norms = nn.ModuleList(nn.LayerNorm(dim) for _ in range(3))

    def forward(self, x, tokens):
        x = self.norms[0](x + self.cross(x, tokens))
        x = self.norms[1](x + self.self(x, x))
        return self.norms[2](x + self.narrow(F.relu(self.wide(x))))


class QueryDecoder(nn.Module):
    """One query a class: a fixed, learned place in the label table, bent by
    what the image's coarse tokens say. Mask logits are the products of the
    query's embedding with the pixels' embeddings.

    Coarse maps, coarsest first -> one layer each."""

    def __init__(self, queries, coarse, dim, embedding):
        super().__init__()
        self.query = nn.Parameter(torch.randn(queries, dim) * 0.5)
        self.bias = nn.Parameter(torch.zeros(queries))
        self.project = nn.ModuleList(nn.Linear(c, dim) for c in coarse)
        self.layers = nn.ModuleList(QueryLayer(dim) for _ in coarse)
        self.mlp = nn.ModuleList([nn.Linear(dim, dim),
                                  nn.Linear(dim, embedding)])

    def forward(self, pixels, *coarse):
        b, _, h, w = pixels.shape
        x = self.query.expand(b, -1, -1)
        for project, layer, c in zip(self.project, self.layers, coarse):
            x = layer(x, project(c.flatten(2).transpose(1, 2)))
        x = self.mlp[1](F.relu(self.mlp[0](x)))
        masks = x @ pixels.flatten(2)
        return (masks + self.bias[:, None]).view(b, -1, h, w)


LEAVES = (Conv, Sum, Up, Pool, Join, Halve, Fold, QueryDecoder)
