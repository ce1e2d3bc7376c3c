"""Losses. Targets of -1 and codes of all classes are never punished."""
import torch
import torch.nn.functional as F

from labels import BODY, FACE


class PartLoss(torch.nn.Module):
    """-log of the summed probability of the classes that a code allows, with
    the hard pixels counted twice, and a soft Jaccard loss of the classes over
    the pixels whose class is known."""

    # Rare and small classes weigh more; a set weighs 1.
    WEIGHTS = {'background': .7, 'hat': 1.6, 'glasses': 2.0, 'socks': 1.8,
               'scarf': 1.8, 'belt': 2.2, 'accessory': 1.6, 'left_shoe': 1.4,
               'right_shoe': 1.4, 'skirt': 1.4, 'bag': 1.2, 'earring': 2.0,
               'necklace': 2.0, 'left_ear': 1.3, 'right_ear': 1.3,
               'left_eye': 1.4, 'right_eye': 1.4, 'left_brow': 1.3,
               'right_brow': 1.3, 'mouth': 1.4}

    def __init__(self, face, hard=.3):
        super().__init__()
        vocabulary = FACE if face else BODY
        allowed = torch.from_numpy(vocabulary.members)
        self.register_buffer('shut', torch.where(allowed, 0., -1e4))
        weights = torch.ones(256)
        for name, weight in self.WEIGHTS.items():
            if name in vocabulary.code:
                weights[vocabulary.code[name]] = weight
        weights[allowed.all(1)] = 0
        self.register_buffer('weights', weights)
        self.classes = len(vocabulary.classes)
        self.hard = hard

    def forward(self, logits, codes):
        """logits [n, classes, h, w], codes [n, h, w]"""
        shut = self.shut[codes].permute(0, 3, 1, 2)
        loss = logits.logsumexp(1) - (logits + shut).logsumexp(1)
        weight = self.weights[codes]
        loss = loss * weight
        known = weight > 0
        count = known.sum().clamp(min=1)
        mean = loss.sum() / count
        top = loss.flatten().topk(max(1, int(self.hard * loss.numel())))[0]
        return .5 * mean + .5 * top.mean() + self.jaccard(logits, codes)

    def jaccard(self, logits, codes):
        sure = codes < self.classes
        p = logits.softmax(1) * sure[:, None]
        index = torch.where(sure, codes, 0)[:, None]
        hit = p.gather(1, index)[:, 0] * sure
        def total(values):
            return torch.zeros(self.classes, device=p.device).scatter_add_(
                0, index.flatten(), values.flatten())
        both = total(hit)
        true = total(sure.float())
        union = p.sum((0, 2, 3)) + true - both
        there = true > 20
        return ((1 - both / union.clamp(min=1)) * there).sum() / \
            there.sum().clamp(min=1)


def mask_loss(logits, target):
    """Binary cross-entropy and dice over the known pixels. [n, h, w]"""
    known = (target >= 0).float()
    t = target.clamp(min=0)
    bce = F.binary_cross_entropy_with_logits(logits, t, reduction='none')
    bce = (bce * known).sum() / known.sum().clamp(min=1)
    p = torch.sigmoid(logits) * known
    t = t * known
    both = (p * t).sum((-1, -2))
    dice = 1 - (2 * both + 10) / (p.sum((-1, -2)) + t.sum((-1, -2)) + 10)
    return bce + dice.mean()


def quarter(x, down, right):
    """Every second pixel of what bilinear interpolation to twice the size
    gives, from row `down` and column `right` (0 or 1) on. [n, c, h, w]"""
    for axis, second in ((2, down), (3, right)):
        size = x.shape[axis]
        near = (torch.arange(size, device=x.device) +
                (1 if second else -1)).clamp(0, size - 1)
        x = torch.lerp(x, x.index_select(axis, near), .25)
    return x


def body_loss(out, targets, part_loss):
    """`targets` are at stride 2, and so the masks are judged: at one pixel of
    each four, which ones is chance."""
    down, right = torch.randint(2, (2,)).tolist()
    masks = quarter(out['masks'].float(), down, right)
    some = ..., slice(down, None, 2), slice(right, None, 2)
    parts = part_loss.classes
    return {
        'parts': part_loss(masks[:, :parts], targets.codes[some]),
        'person': mask_loss(masks[:, parts], targets.person[some]),
        'sleeves': .5 * mask_loss(masks[:, parts + 1:],
                                  targets.sleeves[some])}


def face_loss(out, codes, part_loss):
    """Both at stride 2."""
    return {'parts': part_loss(out['masks'].float(), codes[:, 1::2, 1::2])}


def own_loss(out, own):
    """How far the maps that the public decoder reads have moved from what they
    were, against their own spread; the mean over the maps. At a fortieth of
    this weight they moved by 9 %, and outlines suffered."""
    return OWN_WEIGHT * sum(
        (out[k].float() - v).square().mean() / v.var() for k, v in own.items()
    ) / len(own)


OWN_WEIGHT = 20
