#!/usr/bin/python3
"""Makes docs/people.png, the picture of the README: what Parsona made of one photo.

    docs/picture.py [PHOTO]

Without one, of scikit-image's astronaut (NASA, public domain). Needs the native build and Debian's PIL."""
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]

SIDE = 232
GAP = 8
STYLES = ("flat", "comic", "anime", "cyberpunk", "ink")


def parsona(*words):
    subprocess.run([ROOT / "build/native/parsona", *map(str, words)], check=True)


def square(image, paper="white"):
    """The picture's widest middle square, from its top, on paper."""
    image = Image.alpha_composite(Image.new("RGBA", image.size, paper), image.convert("RGBA")).convert("RGB")
    side = min(image.size)
    left = (image.width - side) // 2
    return image.crop((left, 0, left + side, side)).resize((SIDE, SIDE), Image.LANCZOS)


def colour_map(photo, folder):
    parsona("parse", photo, "-o", folder)
    return square(Image.open(folder / "map.png"), "#f4f1ea")


def drawing(photo, folder, style):
    parsona("avatar2d", photo, "-o", folder / style, "--style", style)
    return square(Image.open(folder / style / "person_1.png"))


def main():
    photo = sys.argv[1] if len(sys.argv) > 1 else subprocess.check_output(
        [ROOT / "src/deps/photo.sh", Path.home() / ".cache/parsona"], text=True).strip()
    if not photo:
        sys.exit("docs/picture.py: no photo at hand")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        cells = [colour_map(photo, folder)] + [drawing(photo, folder, style) for style in STYLES]
    row = Image.new("RGB", (len(cells) * (SIDE + GAP) - GAP, SIDE), "white")
    for k, cell in enumerate(cells):
        row.paste(cell, (k * (SIDE + GAP), 0))
    row.quantize(192, Image.Quantize.MEDIANCUT).save(ROOT / "docs/people.png", optimize=True)


if __name__ == "__main__":
    main()
