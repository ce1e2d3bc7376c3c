"""The labelled photos of the data folder. Each function lists samples; masks are read when asked for."""
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np
from PIL import Image

import labels as L
import masks

SEED = 1


@dataclass
class Sample:
    photo: Path
    read: Callable  # () -> truth, see the function that made it


class DataError(Exception):
    pass


def choose(samples, limit):
    """`limit` samples, the same ones each time; 0: all."""
    if not limit or limit >= len(samples):
        return samples
    return sorted(random.Random(SEED).sample(samples, limit), key=lambda sample: sample.photo.name)


def held_out(samples):
    """Those that no training saw: the lists of weights/train/split, by the name of the photo's data set."""
    lists = Path(__file__).resolve().parents[1] / "train" / "split"
    known = {}
    kept = []
    for sample in samples:
        name = sample.photo.parents[1].name
        if name not in known:
            known[name] = set((lists / f"{name}.txt").read_text().split())
        if sample.photo.stem in known[name]:
            kept.append(sample)
    return kept


def _folder(data, name):
    folder = Path(data) / name
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder")
    return folder


def coco_people(data, least=2):
    """Photos with at least `least` annotated people (crowd regions not counted).
    read() -> (list of person masks, list of crowd masks)."""
    folder = _folder(data, "coco_person")
    index = json.loads((folder / "person_instances.json").read_text())
    annotations = {}
    for annotation in index["annotations"]:
        annotations.setdefault(annotation["image_id"], []).append(annotation)
    samples = []
    for image in sorted(index["images"], key=lambda image: image["file_name"]):
        mine = annotations.get(image["id"], [])
        if sum(not a["iscrowd"] for a in mine) >= least:
            samples.append(Sample(folder / "images" / image["file_name"],
                                  lambda mine=mine, image=image: _coco_masks(mine, image["height"], image["width"])))
    return samples


def _coco_masks(annotations, height, width):
    people, crowds = [], []
    for annotation in annotations:
        if annotation["iscrowd"]:
            # Kept at the size of the original photo, unlike the polygons.
            rle = annotation["segmentation_rle_at_original_size"]
            crowds.append(masks.resize_nearest(masks.run_lengths(rle["counts"], *rle["size"]), height, width))
        else:
            people.append(masks.polygons(annotation["segmentation"], height, width))
    return people, crowds


def _names(path):
    """Names of a table of lines `value name`."""
    rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
    if [int(value) for value, _ in rows] != list(range(len(rows))):
        raise DataError(f"{path}: values are not 0, 1, 2 ...")
    return [name for _, name in rows]


def _label_samples(folder, label_folder, table):
    lookup = np.array(table, np.uint8)
    samples = []
    for path in sorted((folder / label_folder).glob("*.png")):
        photo = folder / "images" / (path.stem + ".jpg")
        samples.append(Sample(photo, lambda path=path: lookup[np.array(Image.open(path))]))
    if not samples:
        raise DataError(f"{folder / label_folder}: no labels")
    return samples


def ccp_merged(data):
    """read() -> class map over labels.MERGED, from the 59 human labels."""
    folder = _folder(data, "ccp")
    return _label_samples(folder, "raw59", L.table(_names(folder / "raw59.txt"), L.MERGED, L.CCP_CLASS))


def ccp_parts(data):
    """read() -> class map over labels.BODY22, from the derived labels."""
    folder = _folder(data, "ccp")
    return _label_samples(folder, "parts22", L.table(_names(folder / "parts22.txt"), L.BODY22, L.PARTS22_CLASS))


def viton(data):
    """read() -> class map over labels.LIP20. The neck is labelled as background there: see ignore_neck."""
    return _label_samples(_folder(data, "viton"), "lip20", L.table(L.LIP20_NAMES, L.LIP20, L.LIP20_CLASS))


def celeba(data):
    """read() -> class map over labels.CELEBA19."""
    return _label_samples(_folder(data, "celebamask"), "parts19",
                          L.table(L.CELEBA19_NAMES, L.CELEBA19, L.CELEBA19_CLASS))


def celeba_merged(data):
    """read() -> class map over labels.MERGED."""
    return _label_samples(_folder(data, "celebamask"), "parts19",
                          L.table(L.CELEBA19_NAMES, L.MERGED, L.CELEBA_MERGED_CLASS, default="face+skin"))
