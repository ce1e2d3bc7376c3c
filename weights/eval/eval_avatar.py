#!/usr/bin/python3
"""Traits against labels: on face photos with 19 labelled parts, the colours of skin and hair and whether there are
glasses and hats. Colours are compared by CIEDE2000 with the median of the labelled pixels."""
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


def traits_of(parsona, photo):
    """The traits of the largest person; None when nobody is seen."""
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([str(parsona), "avatar2d", str(photo), "-o", folder], capture_output=True, timeout=300)
        if run.returncode:
            return None
        every = [json.loads(p.read_text()) for p in sorted(Path(folder).glob("*.json"))]
        return next((t for t in every if t["face_seen"]), every[0])


def f1(pairs):
    """Of (is, seen) pairs."""
    hits = sum(a and b for a, b in pairs)
    return 2 * hits / max(1, sum(a for a, _ in pairs) + sum(b for _, b in pairs))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("PARSONA_DATA", ROOT / "../shared/data")))
    parser.add_argument("--parsona", type=Path, default=ROOT / "build/native/parsona")
    parser.add_argument("--limit", type=int, default=200, help="photos; half of them with glasses or hats if possible")
    options = parser.parse_args()
    folder = options.data / "celebamask"
    photos = sorted((folder / "images").glob("*.jpg"))
    if not photos:
        sys.exit("eval_avatar: no photos")
    index = {name: i for i, name in enumerate(L.CELEBA19_NAMES)}
    worn, bare = [], []
    for path in photos:
        parts = np.asarray(Image.open(folder / "parts19" / f"{path.stem}.png"))
        share = np.bincount(parts.ravel(), minlength=256) / parts.size
        some = share[index["glasses"]] > LEAST or share[index["hat"]] > LEAST
        (worn if some else bare).append(path)
        if min(len(worn), len(bare)) * 2 >= options.limit:
            break
    chosen = (worn[:options.limit // 2] + bare)[:options.limit]

    skin, hair, glasses, hats, unseen = [], [], [], [], 0
    for path in chosen:
        traits = traits_of(options.parsona, path)
        if traits is None:
            unseen += 1
            continue
        parts = np.asarray(Image.open(folder / "parts19" / f"{path.stem}.png"))
        photo = np.asarray(Image.open(path).convert("RGB").resize(parts.shape[::-1], Image.BOX))
        share = np.bincount(parts.ravel(), minlength=256) / parts.size
        for name, mine, found in (("skin", traits["face"]["skin"], skin), ("hair", traits["hair"]["color"], hair)):
            theirs = color_of(photo, parts == index[name])
            if theirs is not None and (name == "skin" or traits["hair"]["kind"] != "none"):
                found.append(ciede2000(lab([int(mine[i:i + 2], 16) for i in (1, 3, 5)]), theirs))
        glasses.append((share[index["glasses"]] > LEAST, bool(traits["glasses"]["shape"])))
        hats.append((share[index["hat"]] > LEAST, bool(traits["hat"]["shape"])))
    print(f"{len(chosen)} photos, nobody seen in {unseen}")
    print(f"skin: median CIEDE2000 {statistics.median(skin):.1f} of {len(skin)}")
    print(f"hair: median CIEDE2000 {statistics.median(hair):.1f} of {len(hair)}")
    print(f"glasses: F1 {f1(glasses):.2f}, {sum(a for a, _ in glasses)} wear some")
    print(f"hats: F1 {f1(hats):.2f}, {sum(a for a, _ in hats)} wear one")


if __name__ == "__main__":
    main()
