"""Decides what a training picture is made of: which photos, cut where, turned
and scaled how, and who is meant by the prompt. Numbers only; render.py does
the pixels.

A picture is a base photo, or a background with people pasted on it. Every
layer has an affine map from the picture's pixels to its photo's.
"""
import dataclasses

import numpy as np

# How often a set is the base of a picture of the parts network. The rest are
# composites.
BASES = {'ccp': .34, 'ccp_unlabelled': .07, 'viton': .15, 'celebamask': .05,
         'freiburg_sitting': .05, 'coco_person': .09,
         'person_mask': .03, 'backgrounds': .01}
PASTED = {'ccp': .70, 'viton': .15, 'cutouts': .15}
FACES = {'faces_celebamask': .60, 'faces_fasseg': .10, 'faces_ccp': .12,
         'faces_ccp_unlabelled': .06, 'faces_viton': .08,
         'faces_coco_person': .04}
FACE_CLOSER = 1.28   # than the whole picture of a head; and the middle
FACE_MIDDLE = np.array([.5, .52])    # of what is shown, as face_parts.c cuts
PASTED_ID = 40   # people of pasted layers are PASTED_ID + layer
BALANCED = 0.5   # share of pictures chosen by a class rather than by a photo


@dataclasses.dataclass
class Layer:
    bank: str
    index: int
    matrix: np.ndarray        # [2, 3] picture pixel -> photo pixel
    flipped: bool
    pasted: bool
    person: int = 0           # in the photo, of the one the layer is about
    pose: np.ndarray = None   # [33, 3] in picture pixels


@dataclasses.dataclass
class Scene:
    layers: list
    meant: int                # id in the picture, 0: no prompt
    pose: np.ndarray = None   # of who is meant


def affine(source, target, scale, angle, stretch, flip):
    """Picture pixel -> photo pixel: `source` (photo) lands on `target`
    (picture), one photo pixel is `scale` picture pixels."""
    c, s = np.cos(angle), np.sin(angle)
    forward = np.array([[c, -s], [s, c]]) @ np.diag(
        [scale * stretch * (-1 if flip else 1), scale])
    back = np.linalg.inv(forward)
    return np.c_[back, source - back @ target]


def into_picture(matrix, pose):
    """Landmarks of the photo as they stand in the picture."""
    back = np.linalg.inv(matrix[:, :2])
    return np.c_[(pose[:, :2] - matrix[:, 2]) @ back.T, pose[:, 2]]


class Index:
    """What the sampler needs to know of one shard."""

    def __init__(self, shard):
        self.shard = shard
        self.boxes = [[] for _ in range(len(shard))]
        for photo, person, *box in shard.data['boxes']:
            self.boxes[photo].append((person, np.array(box, float)))
        self.parts = {}
        for photo, name, *box in shard.data['parts']:
            self.parts.setdefault(name, []).append(
                (photo, np.array(box, float)))


class Sampler:
    """Draws scenes for the parts network (`face=False`) or the face one."""

    def __init__(self, shards, size, face=False, seed=0):
        self.index = {s.name: Index(s) for s in shards if len(s)}
        self.height, self.width = size
        self.rng = np.random.default_rng(seed)
        weights = FACES if face else BASES
        self.face = face
        self.bases = self._choice(weights)
        self.pasted = None if face else self._choice(PASTED)
        self.composite = 0 if face else 1 - sum(
            w for n, w in weights.items())

    def _choice(self, weights):
        names = [n for n in weights if n in self.index]
        p = np.array([weights[n] for n in names])
        return names, p / p.sum()

    def draw(self):
        r = self.rng
        if self.face:
            return Scene([self._face_layer(r.choice(self.bases[0],
                                                    p=self.bases[1]))], 0)
        if r.random() < self.composite:
            return self._composite()
        layer = self._person_layer(r.choice(self.bases[0], p=self.bases[1]))
        meant = layer.person if r.random() < 0.8 else 0
        # Sometimes somebody steps in front.
        layers = [layer]
        if layer.bank == 'ccp' and r.random() < 0.15:
            layers.append(self._paste(self.height * r.uniform(.5, 1.2), 1))
        return Scene(layers, meant, layer.pose if meant else None)

    # -------------------------------------------------------------- layers

    def _finish(self, bank, i, source, target, scale, tilt, pasted, person):
        r = self.rng
        flip = bool(r.random() < .5)
        matrix = affine(source, target, scale, np.radians(tilt),
                        np.exp(r.normal(0, .06)), flip)
        pose = self.index[bank].shard.poses[i].get(person)
        if pose is not None:
            pose = into_picture(matrix, pose)
        return Layer(bank, i, matrix, flip, pasted, person, pose)

    def _pick(self, bank):
        """A photo, a person of it with the box (None in a photo of nobody),
        and the box of the class that it was picked for, or None."""
        r, index = self.rng, self.index[bank]
        if index.parts and r.random() < BALANCED:
            name = r.choice(list(index.parts))
            i, part = index.parts[name][r.integers(len(index.parts[name]))]
        else:
            i, part = int(r.integers(len(index.shard))), None
        people = index.boxes[i]
        if not people:
            return i, 0, None, part
        if part is not None:
            middle = (part[:2] + part[2:]) / 2
            inside = [p for p in people if (p[1][:2] <= middle).all() and
                      (middle <= p[1][2:]).all()]
            people = inside or people
        person, box = people[r.integers(len(people))]
        return i, int(person), box, part

    def _person_layer(self, bank):
        """A crop of a photo: around a person, or closer, around a part."""
        r = self.rng
        i, person, box, part = self._pick(bank)
        height, width = self.index[bank].shard.size[i]
        if box is None:
            box = np.array([0, 0, width, height], float)
        size = box[2:] - box[:2]
        middle = (box[:2] + box[2:]) / 2
        scale = min(self.height / size[1], self.width / size[0])
        kind = r.random()
        if kind < .5:      # the crop that the pipeline will make
            scale *= r.uniform(.72, .98)
        elif kind < .72:   # small, as on a whole photo
            scale *= r.uniform(.3, .72)
        else:              # close
            scale *= r.uniform(1, 2.6)
            if part is not None and r.random() < .7:
                middle = (part[:2] + part[2:]) / 2
            else:
                middle = box[:2] + size * r.uniform(.2, .8, 2)
        target = np.array([self.width, self.height]) * r.normal(.5, .06, 2)
        tilt = r.normal(0, 8) if r.random() < .9 else r.normal(0, 25)
        return self._finish(bank, i, middle, target, scale, tilt, False,
                            person)

    def _background(self):
        r = self.rng
        bank = 'backgrounds'
        if r.random() < .25 and 'coco_person' in self.index:
            bank = 'coco_person'
        i = int(r.integers(len(self.index[bank].shard)))
        height, width = self.index[bank].shard.size[i]
        scale = max(self.height / height, self.width / width) * \
            r.uniform(1, 2.2)
        spare = np.array([width - self.width / scale,
                          height - self.height / scale])
        middle = np.array([width, height]) / 2 + spare * r.uniform(-.5, .5, 2)
        target = np.array([self.width, self.height]) / 2
        return self._finish(bank, i, middle, target, scale, 0, False, 0)

    def _paste(self, tall, order):
        """A cut-out person, `tall` picture pixels high."""
        r = self.rng
        bank = r.choice(self.pasted[0], p=self.pasted[1])
        i, person, box, _ = self._pick(bank)
        size = box[2:] - box[:2]
        scale = tall / size[1]
        middle = (box[:2] + box[2:]) / 2
        x = r.uniform(.05, .95) * self.width
        y = r.uniform(.45, .75) * self.height
        height = self.index[bank].shard.size[i][0]
        if box[3] > height - 3:
            # Cut off in its own photo: stands on the picture's lower edge.
            y = self.height + 2 - tall / 2
        return self._finish(bank, i, middle, np.array([x, y]), scale,
                            r.normal(0, 5), True, person)

    def _composite(self):
        r = self.rng
        layers = [self._background()]
        count = r.choice([1, 2, 3, 4, 5, 6], p=[.2, .28, .22, .14, .09, .07])
        tall = self.height * r.uniform(.3, 1.25) / (1 + .12 * (count - 1))
        for k in range(count):
            layers.append(self._paste(tall * r.uniform(.8, 1.25), k + 1))
        meant = 0
        if r.random() < .7:
            meant = int(r.integers(1, count + 1))
        return Scene(layers, PASTED_ID + meant if meant else 0,
                     layers[meant].pose if meant else None)

    def _face_layer(self, bank):
        r = self.rng
        index = self.index[bank]
        if index.parts and r.random() < BALANCED:
            name = r.choice(list(index.parts))
            i = index.parts[name][r.integers(len(index.parts[name]))][0]
        else:
            i = int(r.integers(len(index.shard)))
        height, width = index.shard.size[i]
        size = np.array([width, height])
        scale = self.height / max(height, width) * FACE_CLOSER * \
            np.exp(r.normal(0, .2))
        middle = size * (FACE_MIDDLE + r.normal(0, .05, 2))
        target = np.array([self.width, self.height]) * r.normal(.5, .04, 2)
        tilt = r.normal(0, 10) if r.random() < .85 else r.normal(0, 30)
        return self._finish(bank, i, middle, target, scale, tilt, False, 0)
