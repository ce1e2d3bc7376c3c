#!/usr/bin/python3
"""Contact sheets: every photo of a folder beside its map, to look at many results at once.

The map is laid over the darkened photo, outlined where label or person changes; each person has a box and its number."""
import argparse
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

import predictor

PHOTO_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".gif"}
TITLE_HEIGHT = 18
OVERLAY = 0.65  # share of the map's colour over the photo
COLORS = {
    "hat": "#8c564b", "hair": "#7a3b12", "glasses": "#111111", "upper_clothes": "#2f6fdb", "dress": "#8a4fd3",
    "coat": "#123a80", "pants": "#2ca05a", "skirt": "#7fc97f", "socks": "#b5bd00", "scarf": "#d62780",
    "face": "#ffc08a", "left_arm": "#ff5a3c", "right_arm": "#ffa61e", "left_leg": "#e8308c", "right_leg": "#b45ae8",
    "left_shoe": "#00b8c8", "right_shoe": "#005f8a", "bag": "#8a6d00", "belt": "#5a5a5a", "torso_skin": "#ffe14d",
    "accessory": "#c8c8c8", "left_eye": "#0000ff", "right_eye": "#000099", "left_brow": "#553311",
    "right_brow": "#332200", "nose": "#ff9955", "upper_lip": "#ff3366", "lower_lip": "#cc0044", "mouth": "#880022",
    "left_ear": "#ffcc66", "right_ear": "#cc9933",
}
PERSON_COLORS = ["#ff0000", "#00ff00", "#00a0ff", "#ffff00", "#ff00ff", "#00ffff", "#ff8000", "#ffffff"]


def rgb(color):
    return tuple(int(color[i:i + 2], 16) for i in (1, 3, 5))


def outline(values):
    """Pixels whose right or lower neighbour differs."""
    edge = np.zeros(values.shape, bool)
    edge[:, :-1] |= values[:, :-1] != values[:, 1:]
    edge[:-1] |= values[:-1] != values[1:]
    return edge


def overlay(photo, prediction):
    """The photo (height x width x 3) with the map over it."""
    palette = np.array([rgb(COLORS.get(name, "#ffffff")) for name in prediction.names])
    inside = (prediction.labels > 0)[..., None]
    mixed = OVERLAY * palette[prediction.labels] + (1 - OVERLAY) * photo
    result = np.where(inside, mixed, 0.45 * photo)
    result[outline(prediction.labels)] = 0
    result[outline(prediction.persons)] = 255
    return result.astype(np.uint8)


def number_people(image, prediction, scale, font):
    draw = ImageDraw.Draw(image)
    for person in prediction.info["persons"]:
        x, y, width, height = (value * scale for value in person["box"])
        color = PERSON_COLORS[(person["id"] - 1) % len(PERSON_COLORS)]
        draw.rectangle([x, y, x + width - 1, y + height - 1], outline=color)
        text = f"{person['id']} {person['score']:.2f}"
        draw.rectangle(draw.textbbox((x + 2, y + 1), text, font=font), fill="black")
        draw.text((x + 2, y + 1), text, fill=color, font=font)


def cell(photo_path, parse, width, height, font):
    """Photo and map side by side under a title, width x height pixels."""
    photo = ImageOps.exif_transpose(Image.open(photo_path)).convert("RGB")
    result = Image.new("RGB", (width, height), "#202020")
    draw = ImageDraw.Draw(result)
    try:
        prediction = parse.predict(photo_path)
        count = len(prediction.info["persons"])
        title = f"{photo_path.name}   {count} {'person' if count == 1 else 'people'}"
    except predictor.PredictionError as error:
        prediction, title = None, f"{photo_path.name}   FAILED {error}"
    draw.text((3, 2), title, fill="white", font=font)
    scale = min((width - 4) / 2 / photo.width, (height - TITLE_HEIGHT) / photo.height)
    size = (max(1, int(photo.width * scale)), max(1, int(photo.height * scale)))
    result.paste(photo.resize(size, Image.LANCZOS), (0, TITLE_HEIGHT))
    if prediction:
        # Labels are shrunk first, so that outlines stay one pixel wide.
        small = predictor.Prediction(
            prediction.names, *(np.array(Image.fromarray(a).resize(size, Image.NEAREST))
                                for a in (prediction.labels, prediction.persons)), prediction.info)
        picture = Image.fromarray(overlay(np.array(photo.resize(size, Image.LANCZOS)), small))
        number_people(picture, prediction, scale, font)
        result.paste(picture, (size[0] + 2, TITLE_HEIGHT))
    return result


def sheets(photos, parse, columns, rows, width, height):
    """Yields one image for every columns * rows photos."""
    font = ImageFont.load_default()
    per_sheet = columns * rows
    for start in range(0, len(photos), per_sheet):
        sheet = Image.new("RGB", (columns * width, rows * height), "black")
        for place, photo in enumerate(photos[start:start + per_sheet]):
            sheet.paste(cell(photo, parse, width - 4, height - 4, font),
                        (place % columns * width, place // columns * height))
        yield sheet


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    predictor.add_arguments(parser)
    parser.add_argument("photos", nargs="*", type=Path, help="photos or folders (default: the data folder's photos/)")
    parser.add_argument("-o", "--output", type=Path, default=predictor.ROOT / "build/eval/sheets", help="folder")
    parser.add_argument("--columns", type=int, default=4)
    parser.add_argument("--rows", type=int, default=4)
    parser.add_argument("--cell", type=int, nargs=2, default=(480, 340), metavar=("W", "H"))
    options = parser.parse_args()

    photos = []
    for path in options.photos or [Path(options.data) / "photos"]:
        photos += sorted(p for p in path.iterdir() if p.suffix.lower() in PHOTO_SUFFIXES) if path.is_dir() else [path]
    if not photos:
        sys.exit("contact_sheet: no photos")
    options.output.mkdir(parents=True, exist_ok=True)
    parse = predictor.from_arguments(options)
    for number, sheet in enumerate(sheets(photos, parse, options.columns, options.rows, *options.cell), 1):
        path = options.output / f"sheet_{number:02}.png"
        sheet.save(path)
        print(path)


if __name__ == "__main__":
    try:
        main()
    except predictor.PredictionError as error:
        sys.exit(f"contact_sheet: {error}")
