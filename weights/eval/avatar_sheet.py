#!/usr/bin/python3
"""Contact sheets of avatars: each person's photo crop beside an avatar in every style, to look at many at once."""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

ROOT = Path(__file__).resolve().parents[2]
PHOTO_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".gif"}
STYLES = ("flat", "anime", "comic", "cyberpunk", "sticker", "soft", "ink")
BEHIND = "#e1e1e1"  # what transparent avatars are laid on


class SheetError(Exception):
    pass


def run(command, *arguments):
    done = subprocess.run([str(command), *map(str, arguments)], capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise SheetError(done.stderr.strip() or f"{command} failed")


def head_box(person):
    """A square around head and shoulders, from the landmarks."""
    points = person["keypoints"]
    eyes = [sum(points[f"{side}_eye"][axis] for side in ("left", "right")) / 2 for axis in (0, 1)]
    mouth = [sum(points[f"mouth_{side}"][axis] for side in ("left", "right")) / 2 for axis in (0, 1)]
    ears = abs(points["left_ear"][0] - points["right_ear"][0])
    head = max(((eyes[0] - mouth[0])**2 + (eyes[1] - mouth[1])**2)**0.5, 0.6 * ears, 2)
    side = 6.4 * head
    return [round(v) for v in (eyes[0] - side / 2, eyes[1] - .42 * side, eyes[0] + side / 2, eyes[1] + .58 * side)]


def avatar(path, size):
    image = Image.open(path).convert("RGBA").resize((size, size), Image.LANCZOS)
    behind = Image.new("RGBA", image.size, BEHIND)
    behind.alpha_composite(image)
    return behind.convert("RGB")


def people(parsona, photo, styles, folder):
    """Yields (crop box, traits, {style: PNG}) for every person of a photo."""
    run(parsona, "parse", photo, "-o", folder / "parse")
    run(parsona, "avatar2d", photo, "-o", folder / styles[0], "--style", styles[0])
    for person in json.loads((folder / "parse/result.json").read_text())["persons"]:
        name = f"person_{person['id']}"
        pictures = {styles[0]: folder / styles[0] / f"{name}.png"}
        traits = folder / styles[0] / f"{name}.json"
        for style in styles[1:]:  # from the traits: the photo is parsed once
            out = folder / style / name
            run(parsona, "avatar2d", "--traits", traits, "-o", out, "--style", style)
            pictures[style] = out / "person_1.png"
        yield head_box(person), json.loads(traits.read_text()), pictures


def strip(photo, title, box, pictures, size, font):
    """Crop and avatars in a row under a title."""
    row = Image.new("RGB", ((1 + len(pictures)) * size, size + 14), "#202020")
    ImageDraw.Draw(row).text((3, 1), title, fill="white", font=font)
    row.paste(photo.crop(box).resize((size, size), Image.LANCZOS), (0, 14))
    for place, path in enumerate(pictures.values(), 1):
        row.paste(avatar(path, size), (place * size, 14))
    return row


def title_of(photo, number, traits):
    parts = [f"{photo.stem[:24]}/{number}", traits["upper"]["kind"], traits["upper"]["neckline"], traits["hair"]["kind"]]
    parts += [traits["beard"]["kind"] if traits["beard"]["kind"] != "none" else "", traits["glasses"]["shape"]]
    return " ".join(p for p in parts + ["" if traits["face_seen"] else "NO FACE"] if p)


def rows_of(photos, options, font):
    for path in photos:
        photo = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        with tempfile.TemporaryDirectory() as folder:
            try:
                for number, (box, traits, pictures) in enumerate(
                        people(options.parsona, path, options.styles.split(","), Path(folder)), 1):
                    yield strip(photo, title_of(path, number, traits), box, pictures, options.size, font)
            except SheetError as error:
                print(f"{path.name}: {error}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="*", type=Path, help="photos or folders (default: the data folder's photos/)")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "build/eval/avatars", help="folder")
    parser.add_argument("--parsona", type=Path, default=ROOT / "build/native/parsona")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("PARSONA_DATA", ROOT / "../shared/data")))
    parser.add_argument("--styles", default=",".join(STYLES))
    parser.add_argument("--size", type=int, default=180, help="pixels of one avatar")
    parser.add_argument("--columns", type=int, default=1)
    parser.add_argument("--rows", type=int, default=10)
    options = parser.parse_args()

    photos = []
    for path in options.photos or [options.data / "photos"]:
        photos += sorted(p for p in path.iterdir() if p.suffix.lower() in PHOTO_SUFFIXES) if path.is_dir() else [path]
    if not photos:
        sys.exit("avatar_sheet: no photos")
    options.output.mkdir(parents=True, exist_ok=True)
    font, sheet, begun = ImageFont.load_default(), [], time.time()
    number = 0

    def save():
        nonlocal number
        number += 1
        width, height = sheet[0].size
        lines = -(-len(sheet) // options.columns)
        image = Image.new("RGB", (options.columns * width, lines * height))
        for place, row in enumerate(sheet):
            image.paste(row, (place % options.columns * width, place // options.columns * height))
        image.save(options.output / f"avatars_{number:02}.png")
        print(options.output / f"avatars_{number:02}.png")
        sheet.clear()

    for row in rows_of(photos, options, font):
        sheet.append(row)
        if len(sheet) == options.rows * options.columns:
            save()
    if sheet:
        save()
    print(f"{time.time() - begun:.0f} s")


if __name__ == "__main__":
    main()
