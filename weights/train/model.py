"""The networks: M2FP-Lite's head and the face-part network. Both are members of
M2FP's family: a pixel decoder to stride 4, and queries whose embeddings meet
the pixels' embeddings.

`lite` is a head that reads what selfie_multiclass computes on a 256 x 256 crop
(frozen.py), the crop itself and a prompt (prompt.py) that says who is meant;
it is trained together with that network's deep half (trunk.py). Output `masks`
[batch, 25, 64, 64]: 22 part logits (a softmax over them labels each pixel),
then three binary masks (sigmoid): the prompted person (everybody, when there
is no prompt), left sleeve, right sleeve.

`face` reads a crop of a head, RGB in -1..1, sides multiples of 32; 19 part
queries, masks [batch, 19, 128, 128].
"""
import dataclasses

from torch import nn

import prompt
from blocks import Conv, Fold, Halve, Join, Pool, QueryDecoder, Sum, Up
from frozen import FEATURES, OWN
from labels import FACES, MASKS, PARTS
from trunk import Trunk


@dataclasses.dataclass(frozen=True)
class Config:
    role: str
    labels: list
    masks: list
    size: tuple           # height, width it is trained and exported at
    widths: tuple         # see the network
    depths: tuple = ()
    decoder: tuple = ()   # widths of the pixel decoder at strides 32..4
    dim: int = 96         # of the queries
    embedding: int = 48
    levels: int = 127     # of an int8 weight, to each side of zero


CONFIGS = {
    # Widths at strides 4, 8, 16, 32.
    'lite': Config('parts-lite', PARTS, MASKS, (256, 256), (48, 64, 96, 96),
                   levels=63),
    # Widths at strides 2, 4, 8, 16, 32; blocks at strides 4, 8, 16, 32.
    'face': Config('face-parts', FACES, [], (256, 256), (16, 32, 64, 96, 128),
                   (1, 2, 2, 2), (64, 64, 48, 48), levels=63),
}


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.a = Conv(width, width)
        self.b = Conv(width, width, act=False)
        nn.init.zeros_(self.b.bn.weight)  # starts as the identity
        self.sum = Sum(act=True)

    def forward(self, x):
        return self.sum(x, self.b(self.a(x)))


# ------------------------------------------------------- M2FP-Lite's head

class Lite(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        w4, w8, w16, w32 = config.widths
        wide = {k: v[1] for k, v in FEATURES.items()}
        self.fold, self.join = Fold(), nn.ModuleList(Join() for _ in range(3))
        self.halve = nn.ModuleList(Halve() for _ in range(2))
        asked = prompt.CHANNELS
        self.enter16 = Conv(wide['s16'] + asked, w16, 1)
        self.enter8 = Conv(wide['s8'] + asked, w8, 1)
        self.enter4 = Conv(wide['p4'] + wide['logits'] + 48 + asked, w4, 1)
        self.down = Conv(w16, w32, stride=2)
        self.pool = Pool()
        self.everywhere = Conv(w32, w32, 1, act=False, norm=False)
        self.mix = Sum()
        self.up = nn.ModuleList(Up() for _ in range(3))
        self.narrow = nn.ModuleList([Conv(w32, w16, 1, act=False),
                                     Conv(w16, w8, 1, act=False),
                                     Conv(w8, w4, 1, act=False)])
        self.add = nn.ModuleList(Sum(act=True) for _ in range(3))
        self.at16 = Residual(w16)
        self.at8 = Residual(w8)
        self.at4 = nn.Sequential(Residual(w4), Residual(w4))
        self.embed = Conv(w4, config.embedding, 1, act=False, norm=False)
        self.queries = QueryDecoder(
            len(config.labels) + len(config.masks), (w32, w16), config.dim,
            config.embedding)

    def forward(self, s16, s8, p4, logits, image, prompt):
        half = self.halve[0](prompt)
        x16 = self.enter16(self.join[0](s16, self.halve[1](half)))
        x8 = self.enter8(self.join[1](s8, half))
        x4 = self.enter4(self.join[2](p4, logits, self.fold(image), prompt))
        x32 = self.down(x16)
        x32 = self.mix(x32, self.everywhere(self.pool(x32)))
        x16 = self.at16(self.add[0](self.narrow[0](self.up[0](x32)), x16))
        x8 = self.at8(self.add[1](self.narrow[1](self.up[1](x16)), x8))
        x4 = self.at4(self.add[2](self.narrow[2](self.up[2](x8)), x4))
        return {'masks': self.queries(self.embed(x4), x32, x16)}


class Whole(nn.Module):
    """The head on the tuned trunk, from what is kept on disk."""

    def __init__(self, config, base):
        super().__init__()
        self.config = config
        self.trunk, self.head = Trunk(base), Lite(config)

    def forward(self, stem, skip, logits, image, prompt):
        """-> masks, and the maps of frozen.OWN"""
        x = self.trunk(stem, skip)
        out = self.head(x['s16'], x['s8'], x['p4'], logits, image, prompt)
        return {**out, **{k: x[k] for k in OWN}}


# ------------------------------------------------- the face-part network

class Backbone(nn.Module):
    """Plain residual stages of dense 3 x 3 convolutions: what XNNPACK and CPU
    training are fastest at. -> maps at strides 2, 4, 8, 16, 32."""

    def __init__(self, inputs, widths, depths):
        super().__init__()
        self.stem = Conv(inputs, widths[0], stride=2)
        self.stages = nn.ModuleList(
            nn.Sequential(Conv(a, b, stride=2),
                          *[Residual(b) for _ in range(n)])
            for a, b, n in zip(widths, widths[1:], depths))

    def forward(self, x):
        x = self.stem(x)
        maps = [x]
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


class PixelDecoder(nn.Module):
    """A feature pyramid: from stride 32 down, each step doubled in size and
    added to the backbone's map. -> maps at strides 32, 16, 8, 4."""

    def __init__(self, backbone, widths):
        super().__init__()
        s4, s8, s16, s32 = backbone
        w32, w16, w8, w4 = widths
        self.top = Conv(s32, w32, 1)
        self.pool = Pool()
        self.everywhere = Conv(s32, w32, 1, act=False, norm=False)
        self.mix = Sum()
        # What goes up one level is first brought to that level's width.
        self.smooth = nn.ModuleList([Conv(w32, w16), Conv(w16, w8),
                                     Conv(w8, w4), Conv(w4, w4)])
        self.lateral = nn.ModuleList([Conv(s16, w16, 1, act=False),
                                      Conv(s8, w8, 1, act=False),
                                      Conv(s4, w4, 1, act=False)])
        self.up = nn.ModuleList(Up() for _ in range(3))
        self.add = nn.ModuleList(Sum(act=True) for _ in range(3))

    def forward(self, maps):
        s4, s8, s16, s32 = maps
        x = self.mix(self.top(s32), self.everywhere(self.pool(s32)))
        out = [x]
        x = self.smooth[0](x)
        for i, side in enumerate((s16, s8, s4)):
            x = self.add[i](self.up[i](x), self.lateral[i](side))
            out.append(x)
            x = self.smooth[i + 1](x)
        out[-1] = x
        return out


FINE = 24  # width at stride 2


class Face(nn.Module):
    """Pixels are embedded at stride 4, and what the picture itself shows at
    stride 2 is added: lids and lips are three pixels thick."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.backbone = Backbone(3, config.widths, config.depths)
        w32, w16, w8, w4 = config.decoder
        self.pixels = PixelDecoder(config.widths[1:], config.decoder)
        self.embed = Conv(w4, config.embedding, 1, act=False, norm=False)
        self.fine_narrow = Conv(w4, FINE, 1, act=False)
        self.fine_side = Conv(config.widths[0], FINE, 1, act=False)
        self.fine_mix = Conv(FINE, FINE)
        self.fine_embed = Conv(FINE, config.embedding, 1, act=False,
                               norm=False)
        nn.init.zeros_(self.fine_embed.conv.weight)  # starts without it
        nn.init.zeros_(self.fine_embed.conv.bias)
        self.up = nn.ModuleList(Up() for _ in range(2))
        self.add = nn.ModuleList([Sum(act=True), Sum()])
        self.queries = QueryDecoder(len(config.labels), (w32, w16),
                                    config.dim, config.embedding)

    def forward(self, image):
        s2, *maps = self.backbone(image)
        p32, p16, p8, p4 = self.pixels(maps)
        x2 = self.add[0](self.up[0](self.fine_narrow(p4)), self.fine_side(s2))
        fine = self.fine_embed(self.fine_mix(x2))
        pixels = self.add[1](self.up[1](self.embed(p4)), fine)
        return {'masks': self.queries(pixels, p32, p16)}


def build(name, base=None):
    """`base`: selfie_multiclass's weights file, which `lite` is tuned from."""
    if name == 'face':
        return Face(CONFIGS[name])
    return Whole(CONFIGS[name], base)
