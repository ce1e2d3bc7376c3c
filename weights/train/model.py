"""M2FP-Lite: backbone, pixel decoder to stride 4, queries whose embeddings
meet the pixels' embeddings.

Input of the parts network: [batch, 4, h, w], RGB in -1..1 and a prompt: +1 in
discs on points of the person that is meant, -1 on points of other people, 0
elsewhere. Sizes are multiples of 32. Outputs: `masks` [batch, 25, h/4, w/4]:
22 part logits (a softmax over them labels each pixel), then three binary
masks (sigmoid): the prompted person (everybody, when there is no prompt), left
sleeve, right sleeve; and `centers` [batch, 5, h/8, w/8]: a logit that is high
at the middle of each person's head, and the distances from there to the left,
top, right and bottom of the person's box, in the input's width or height.

The face network has RGB only, 19 part queries, and no `centers`.
"""
import dataclasses

from torch import nn

from blocks import (Conv, PatchAttention, Patches, Pool, QueryDecoder, Sum,
                    Unpatch, Up)
from labels import FACES, MASKS, PARTS


@dataclasses.dataclass(frozen=True)
class Config:
    role: str
    labels: list
    masks: list
    inputs: int
    size: tuple          # height, width it is trained and exported at
    backbone: str        # 'dense' or 'selfie'
    widths: tuple = ()   # of strides 2, 4, 8, 16, 32
    depths: tuple = ()   # residual blocks at strides 4, 8, 16, 32
    decoder: tuple = ()  # widths of the pixel decoder at strides 32..4
    dim: int = 128       # of the queries
    embedding: int = 64
    centers: bool = False


CONFIGS = {
    'lite': Config('parts-lite', PARTS, MASKS, 4, (256, 256), 'dense',
                   (24, 48, 96, 160, 256), (2, 3, 4, 3), (96, 96, 64, 64),
                   centers=True),
    'lite-s': Config('parts-lite', PARTS, MASKS, 4, (256, 256), 'selfie',
                     (16, 128, 256, 384, 256), (), (96, 96, 64, 64),
                     centers=True),
    'face': Config('face-parts', FACES, [], 3, (192, 192), 'dense',
                   (16, 32, 64, 96, 128), (1, 2, 2, 2), (64, 64, 48, 48),
                   dim=96, embedding=48),
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


class DenseBackbone(nn.Module):
    """Plain residual stages of dense 3 x 3 convolutions: what XNNPACK and CPU
    training are fastest at. -> maps at strides 4, 8, 16, 32."""

    def __init__(self, inputs, widths, depths):
        super().__init__()
        self.stem = Conv(inputs, widths[0], stride=2)
        self.stages = nn.ModuleList(
            nn.Sequential(Conv(a, b, stride=2),
                          *[Residual(b) for _ in range(n)])
            for a, b, n in zip(widths, widths[1:], depths))

    def forward(self, x):
        x = self.stem(x)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


class Inverted(nn.Module):
    """1 x 1 out, depthwise 3 x 3, 1 x 1 in (MobileNetV2), no norm."""

    def __init__(self, cin, cout, wide, stride=1):
        super().__init__()
        self.out = Conv(cin, wide, 1, norm=False)
        self.depth = Conv(wide, wide, 3, stride, norm=False, depthwise=True,
                          same=True)
        self.back = Conv(wide, cout, 1, act=False, norm=False)
        self.sum = Sum() if stride == 1 and cin == cout else None

    def forward(self, x):
        y = self.back(self.depth(self.out(x)))
        return y if self.sum is None else self.sum(y, x)


class PatchStage(nn.Module):
    """MobileViT block: convolutions, attention between patches, 1 x 1."""

    def __init__(self, cin, dim, layers):
        super().__init__()
        self.local = Conv(cin, dim, norm=False)
        self.inner = Conv(dim, dim, 1, norm=False)
        self.cut, self.join = Patches(), Unpatch()
        self.layers = nn.ModuleList(PatchAttention(dim)
                                    for _ in range(layers))
        self.back = Conv(dim, cin, 1, act=False, norm=False)

    def forward(self, x):
        x = self.inner(self.local(x))
        y = self.cut(x)
        for layer in self.layers:
            y = layer(y)
        return self.back(self.join(y, x))


class SelfieBackbone(nn.Module):
    """The encoder of selfie_multiclass (Apache-2.0), to be initialised from
    its weights (selfie.py), and one dense stage to stride 32."""

    def __init__(self, inputs):
        super().__init__()
        self.stem = Conv(inputs, 16, stride=2, norm=False, same=True)
        self.s2 = Inverted(16, 64, 96)
        self.s4 = nn.Sequential(Inverted(64, 128, 384, 2),
                                Inverted(128, 128, 768))
        self.s8 = nn.Sequential(Inverted(128, 256, 768, 2),
                                PatchStage(256, 128, 2))
        self.s16 = nn.Sequential(Inverted(256, 384, 1536, 2),
                                 PatchStage(384, 192, 4))
        self.s32 = nn.Sequential(Conv(384, 256, stride=2), Residual(256))

    def forward(self, x):
        s4 = self.s4(self.s2(self.stem(x)))
        s8 = self.s8(s4)
        s16 = self.s16(s8)
        return [s4, s8, s16, self.s32(s16)]


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


class Lite(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        if config.backbone == 'dense':
            self.backbone = DenseBackbone(config.inputs, config.widths,
                                          config.depths)
        else:
            self.backbone = SelfieBackbone(config.inputs)
        w32, w16, w8, w4 = config.decoder
        self.pixels = PixelDecoder(config.widths[1:], config.decoder)
        self.embed = Conv(w4, config.embedding, 1, act=False, norm=False)
        self.queries = QueryDecoder(
            len(config.labels) + len(config.masks), (w32, w16), config.dim,
            config.embedding)
        self.centers = None
        if config.centers:
            self.centers = Conv(w8, 5, 1, act=False, norm=False)
            # Nearly every cell is no head: begin by saying so.
            nn.init.constant_(self.centers.conv.bias[0], -4)

    def forward(self, image):
        p32, p16, p8, p4 = self.pixels(self.backbone(image))
        out = {'masks': self.queries(self.embed(p4), p32, p16)}
        if self.centers is not None:
            out['centers'] = self.centers(p8)
        return out


def build(name):
    return Lite(CONFIGS[name])
