"""What cameras, light and files do to a picture. Batches [n, 3, h, w] in 0..1;
every picture draws its own numbers, on the device."""
import math

import torch
import torch.nn.functional as F

GREY = (0.299, 0.587, 0.114)


def draw(x, low, high):
    return torch.empty(len(x), 1, 1, 1, device=x.device).uniform_(low, high)


def some(x, share):
    return (torch.rand(len(x), 1, 1, 1, device=x.device) < share).float()


def grey(x):
    weights = torch.tensor(GREY, device=x.device).view(1, 3, 1, 1)
    return (x * weights).sum(1, keepdim=True)


def skin_tone(x, skin, share=.4):
    """Darkens or lightens skin as a whole, its shading kept: a power of each
    channel with a little more loss of blue and green for darker skin.
    `skin` [n, h, w] is a mask."""
    mask = F.avg_pool2d(skin[:, None].float(), 5, 1, 2)
    depth = draw(x, -.35, .8) * some(x, share)
    tilt = torch.tensor([.85, 1.05, 1.15], device=x.device).view(1, 3, 1, 1)
    changed = x.clamp(1e-3) ** (1 + .35 * depth.clamp(min=0)) * \
        torch.exp(-depth * .55 * tilt)
    return (x + (changed - x) * mask).clamp(0, 1)


def colour(x):
    x = x * (1 + some(x, .7) * (draw(x, .6, 1.45) - 1))
    mean = x.mean((2, 3), keepdim=True)
    x = mean + (x - mean) * (1 + some(x, .6) * (draw(x, .55, 1.4) - 1))
    balance = 1 + .13 * torch.randn(len(x), 3, 1, 1, device=x.device) * \
        some(x, .5)
    x = x * balance
    x = x + draw(x, -.08, .08)
    g = grey(x)
    x = g + (x - g) * (1 + some(x, .5) * (draw(x, 0, 1.7) - 1))
    keep = some(x, .1)
    x = x * (1 - keep) + g * keep
    return x.clamp(1e-4, 1) ** torch.exp(draw(x, -.5, .5) * some(x, .4))


def shadow(x):
    """A straight edge of light across the picture."""
    n, _, h, w = x.shape
    y = torch.linspace(-1, 1, h, device=x.device).view(1, 1, h, 1)
    z = torch.linspace(-1, 1, w, device=x.device).view(1, 1, 1, w)
    angle = draw(x, 0, 2 * math.pi)
    side = y * torch.sin(angle) + z * torch.cos(angle) + draw(x, -.6, .6)
    edge = torch.sigmoid(side * draw(x, 2, 25))
    return x * (1 - edge * draw(x, .1, .6) * some(x, .15))


def blur(x, share=.25):
    """A Gaussian of up to 1.8 pixels, separable, one width for each
    picture."""
    n, c, h, w = x.shape
    sigma = draw(x, .3, 1.8)
    t = torch.arange(-4, 5, device=x.device).view(1, 1, 1, 9).float()
    kernel = torch.exp(-t ** 2 / (2 * sigma ** 2))
    kernel = kernel / kernel.sum(-1, keepdim=True)
    kernel = kernel.expand(n, c, 1, 9).reshape(n * c, 1, 1, 9)
    y = x.reshape(1, n * c, h, w)
    y = F.conv2d(F.pad(y, (4, 4, 0, 0), mode='replicate'), kernel,
                 groups=n * c)
    y = F.conv2d(F.pad(y, (0, 0, 4, 4), mode='replicate'),
                 kernel.transpose(2, 3), groups=n * c)
    keep = some(x, share)
    return x * (1 - keep) + y.reshape(n, c, h, w) * keep


def coarse(x, share=.3):
    """A part of the batch goes through a smaller size."""
    n, _, h, w = x.shape
    count = int(n * share)
    if not count:
        return x
    at = torch.randperm(n, device=x.device)[:count]
    k = float(torch.empty(()).uniform_(.2, .8))
    small = F.interpolate(x[at], (max(8, int(h * k)), max(8, int(w * k))),
                          mode='bilinear', antialias=True)
    x = x.clone()
    x[at] = F.interpolate(small, (h, w), mode='bilinear')
    return x


def cosines(device):
    k = torch.arange(8, device=device).float()
    m = torch.cos((2 * k[None] + 1) * k[:, None] * math.pi / 16) / 2
    m[0] /= math.sqrt(2)
    return m


def jpeg(x, share=.35):
    """Quantises 8 x 8 cosine blocks as JPEG does, without its subsampling.
    Sizes must be multiples of 8."""
    n, c, h, w = x.shape
    m = cosines(x.device)
    g = grey(x)
    y = torch.cat([g, x[:, :1] - g, x[:, 2:] - g], 1) * 255
    blocks = y.view(n, c, h // 8, 8, w // 8, 8).permute(0, 1, 2, 4, 3, 5)
    coefficients = m @ blocks @ m.T
    k = torch.arange(8, device=x.device)
    table = 8 + 5.0 * (k[:, None] + k[None])
    strength = draw(x, .2, 3.5).view(n, 1, 1, 1, 1, 1)
    table = table * strength * torch.tensor(
        [1, 1.8, 1.8], device=x.device).view(1, 3, 1, 1, 1, 1)
    rounded = (coefficients / table).round() * table
    y = (m.T @ rounded @ m).permute(0, 1, 2, 4, 3, 5).reshape(n, c, h, w)
    g, r, b = y.split(1, 1)
    r, b = r + g, b + g
    green = (g - GREY[0] * r - GREY[2] * b) / GREY[1]
    out = (torch.cat([r, green, b], 1) / 255).clamp(0, 1)
    keep = some(x, share)
    return x * (1 - keep) + out * keep


def noise(x):
    return x + torch.randn_like(x) * draw(x, .003, .05) * some(x, .3)


def photograph(x, skin):
    """All of it, in the order in which it happens to a photo."""
    x = skin_tone(x, skin)
    x = shadow(x)
    x = colour(x)
    x = blur(x)
    x = coarse(x)
    x = noise(x).clamp(0, 1)
    return jpeg(x)
