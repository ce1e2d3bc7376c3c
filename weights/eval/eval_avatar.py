#!/usr/bin/python3
"""Traits against labels: on face photos with 19 labelled parts the colours of skin and hair, on photos of whole people
with 59 the garments' types, on both whether there are glasses and hats. Colours are compared by CIEDE2000 with the
median of the labelled pixels."""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import datasets
import labels as L

ROOT = Path(__file__).resolve().parents[2]
LEAST = 0.004  # share of the picture from which a label counts as being there
EDGE = 6       # pixels that a label is shrunk by, so that borders do not count


def lab(rgb):
    """CIE L*a*b* (D65) of sRGB values 0..255."""
    v = np.asarray(rgb, float) / 255
    v = np.where(v <= .04045, v / 12.92, ((v + .055) / 1.055)**2.4)
    xyz = v @ np.array([[.4124, .2126, .0193], [.3576, .7152, .1192], [.1805, .0722, .9505]]) / [.9505, 1, 1.089]
    f = np.where(xyz > .008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(a, b):
    """Sharma, Wu and Dalal 2005, equations 2 to 22."""
    (l1, a1, b1), (l2, a2, b2) = a, b
    c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = .5 * (1 - np.sqrt(c**7 / (c**7 + 25**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    turn = 0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    dl, dc, dh = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    l, c = (l1 + l2) / 2, (c1 + c2) / 2
    h = h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2) % 360
    t = (1 - .17 * np.cos(np.radians(h - 30)) + .24 * np.cos(np.radians(2 * h)) + .32 * np.cos(np.radians(3 * h + 6)) -
         .2 * np.cos(np.radians(4 * h - 63)))
    sl = 1 + .015 * (l - 50)**2 / np.sqrt(20 + (l - 50)**2)
    sc, sh = 1 + .045 * c, 1 + .015 * c * t
    rt = -2 * np.sqrt(c**7 / (c**7 + 25**7)) * np.sin(np.radians(60 * np.exp(-((h - 275) / 25)**2)))
    dl, dc, dh = dl / sl, dc / sc, dh / sh
    return float(np.sqrt(dl**2 + dc**2 + dh**2 + rt * dc * dh))


def shrunk(mask):
    for _ in range(EDGE):
        inner = mask.copy()
        inner[1:] &= mask[:-1]
        inner[:-1] &= mask[1:]
        inner[:, 1:] &= mask[:, :-1]
        inner[:, :-1] &= mask[:, 1:]
        mask = inner
    return mask


def color_of(photo, mask):
    """Median colour, None where too little is labelled."""
    mask = shrunk(mask)
    return lab(np.median(photo[mask], axis=0)) if mask.sum() > 200 else None


def traits_of(parsona, photo, extra):
    """The traits of the first person whose face is seen; None when nobody is seen."""
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([str(parsona), "avatar2d", str(photo), "-o", folder, *extra], capture_output=True, timeout=300)
        if run.returncode:
            return None
        every = [json.loads(p.read_text()) for p in sorted(Path(folder).glob("*.json"))]
        return next((t for t in every if t["face_seen"]), every[0])


class Presence:
    """Of things that are there or not."""

    def __init__(self):
        self.hits = self.wrong = self.missed = 0

    def add(self, there, seen):
        self.hits += there and seen
        self.wrong += seen and not there
        self.missed += there and not seen

    def __add__(self, other):
        both = Presence()
        both.hits, both.wrong, both.missed = (self.hits + other.hits, self.wrong + other.wrong, self.missed + other.missed)
        return both

    def __str__(self):
        f1 = 2 * self.hits / max(1, 2 * self.hits + self.wrong + self.missed)
        return f"F1 {f1:.3f} ({self.hits + self.missed} wear some; {self.wrong} wrong, {self.missed} missed)"


def table_of(path):
    return [line.split()[1] for line in path.read_text().splitlines() if line.strip()]


def celeba(data, traits):
    """Colours, glasses, hats, earrings on `traits` {stem: traits}."""
    folder = data / "celebamask"
    index = {name: i for i, name in enumerate(L.CELEBA19_NAMES)}
    colors = {"skin": [], "hair": []}
    worn = {"glasses": Presence(), "hat": Presence(), "earrings": Presence()}
    for stem, t in traits.items():
        parts = np.asarray(Image.open(folder / "parts19" / f"{stem}.png"))
        photo = np.asarray(Image.open(folder / "images" / f"{stem}.jpg").convert("RGB").resize(parts.shape[::-1], Image.BOX))
        share = np.bincount(parts.ravel(), minlength=256) / parts.size
        for name, mine in (("skin", t["face"]["skin"]), ("hair", t["hair"]["color"])):
            theirs = color_of(photo, parts == index[name])
            if theirs is not None and (name == "skin" or t["hair"]["kind"] != "none"):
                colors[name].append(ciede2000(lab([int(mine[i:i + 2], 16) for i in (1, 3, 5)]), theirs))
        for name, label, least in (("glasses", "glasses", LEAST), ("hat", "hat", LEAST), ("earrings", "earring", LEAST / 5)):
            worn[name].add(share[index[label]] > least, bool(t[name]["shape"]))
    return colors, worn


# What counts as one type, of CCP's 59 labels; a jacket over a shirt or dress is what is seen first.
UPPER = {"outer": "blazer cape cardigan coat jacket suit vest",
         "dress": "dress romper",
         "top": "blouse bodysuit bra hoodie intimate jumper shirt sweater sweatshirt swimwear t-shirt top"}
LOWER = {"pants": "jeans leggings pants tights", "shorts": "shorts", "skirt": "skirt"}
MINE = {"suit": "outer", "coat": "outer", "waistcoat": "outer", "dress": "dress"}


def ccp(data, traits):
    """Types of garments, glasses, hats."""
    folder = data / "ccp"
    names = table_of(folder / "raw59.txt")
    upper, lower, worn = [], [], {"glasses": Presence(), "hat": Presence()}
    for stem, t in traits.items():
        counts = np.bincount(np.asarray(Image.open(folder / "raw59" / f"{stem}.png")).ravel(), minlength=256)
        of = {name: int(counts[i]) for i, name in enumerate(names)}
        sums = {kind: sum(of[x] for x in group.split()) for kind, group in {**UPPER, **LOWER}.items()}
        worn_above = sum(sums[kind] for kind in UPPER)
        truth = ("outer" if sums["outer"] > .3 * worn_above else "dress" if sums["dress"] > sums["top"] else "top")
        if worn_above > .01 * counts.sum():
            upper.append((truth, MINE.get(t["upper"]["kind"], "top")))
        below = max(LOWER, key=lambda kind: sums[kind])
        if truth != "dress" and sums[below] > .01 * counts.sum():
            lower.append((below, t["lower"]["kind"]))
        worn["glasses"].add(of["glasses"] + of["sunglasses"] > 40, bool(t["glasses"]["shape"]))
        worn["hat"].add(of["hat"] > 100, bool(t["hat"]["shape"]))
    return upper, lower, worn


def accuracy(pairs):
    return f"{sum(a == b for a, b in pairs) / max(1, len(pairs)):.2f} of {len(pairs)}"


def read_traits(photos, options):
    traits = {photo.stem: traits_of(options.parsona, photo, options.arg) for photo in photos}
    print(f"{photos[0].parents[1].name}: {len(photos)} photos, nobody seen in {sum(t is None for t in traits.values())}")
    return {stem: t for stem, t in traits.items() if t is not None}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("PARSONA_DATA", ROOT / "../shared/data")))
    parser.add_argument("--parsona", type=Path, default=ROOT / "build/native/parsona")
    parser.add_argument("--arg", action="append", default=[], help="passed on to parsona, such as --arg=--threads")
    parser.add_argument("--held-out", action="store_true", help="only photos that no training saw")
    parser.add_argument("--limit", type=int, default=100, help="photos of each set; 0: all")
    options = parser.parse_args()

    chosen = {}
    for name, samples in (("celebamask", datasets.celeba(options.data)), ("ccp", datasets.ccp_parts(options.data))):
        if options.held_out:
            samples = datasets.held_out(samples)
        chosen[name] = [sample.photo for sample in datasets.choose(samples, options.limit)]
    colors, worn = celeba(options.data, read_traits(chosen["celebamask"], options))
    upper, lower, worn_too = ccp(options.data, read_traits(chosen["ccp"], options))
    for name, found in colors.items():
        print(f"{name}: median CIEDE2000 {statistics.median(found):.1f} of {len(found)}")
    for name in ("glasses", "hat"):
        print(f"{name}: {worn[name] + worn_too[name]}; faces {worn[name]}; whole people {worn_too[name]}")
    print(f"earrings: {worn['earrings']}")
    print(f"garment, outer, dress or top: {accuracy(upper)}")
    print(f"garment, pants, shorts or skirt: {accuracy(lower)}")


if __name__ == "__main__":
    main()
