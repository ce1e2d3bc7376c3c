"""Reads the data folder: where each set's photos are, and what is known of the
people in them before any label is decoded (annotate.py does that).

Sets are folders of the data folder, but `ccp_unlabelled`, which is inside ccp.
The folder `photos` is for looking at results and is not named here: nothing
of it can reach a training run.
"""
import functools
import json
import pathlib

import cv2
import numpy as np

import split

FOLDERS = {
    'ccp': 'ccp/images', 'ccp_unlabelled': 'ccp/unlabelled',
    'viton': 'viton/images', 'celebamask': 'celebamask/images',
    'fasseg': 'fasseg/images', 'freiburg_sitting': 'freiburg_sitting/images',
    'coco_person': 'coco_person/images', 'person_mask': 'person_mask/images',
    'cutouts': 'cutouts', 'backgrounds': 'backgrounds',
}
# VITON's catalogue photos resemble each other: every other one is used.
THINNED = {'viton': 2}

# BlazePose's numbers of COCO's 17 keypoints, and OpenPose's 18 in COCO order.
BLAZE_OF_COCO = [0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27,
                 28]
BLAZE_OF_OPENPOSE = [0, None, 12, 14, 16, 11, 13, 15, 24, 26, 28, 23, 25, 27,
                     5, 2, 8, 7]


@functools.lru_cache
def photos(root, name):
    """[(stem, path)] in a fixed order."""
    rate = THINNED.get(name, 1)
    return [(p.stem, p) for p in sorted(pathlib.Path(
        root, FOLDERS[name]).iterdir()) if split.choose(p.stem, rate)]


def read_image(path):
    """RGB bytes; a cut-out is laid on grey."""
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if image.ndim == 2:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    if image.shape[2] == 4:
        alpha = image[:, :, 3:] / 255
        image = (image[:, :, :3] * alpha + 150 * (1 - alpha)).astype(np.uint8)
    return np.ascontiguousarray(image[:, :, ::-1])


def read_labels(root, folder, stem):
    return cv2.imread(str(pathlib.Path(root, folder, f'{stem}.png')),
                      cv2.IMREAD_GRAYSCALE)


def read_alpha(root, stem):
    return cv2.imread(str(pathlib.Path(root, 'cutouts', f'{stem}.webp')),
                      cv2.IMREAD_UNCHANGED)[:, :, 3]


@functools.lru_cache
def coco(root):
    """stem -> (image record, [annotations])"""
    text = pathlib.Path(root, 'coco_person/person_instances.json').read_text()
    records = json.loads(text)
    by_id = {i['id']: (i, []) for i in records['images']}
    for a in records['annotations']:
        by_id[a['image_id']][1].append(a)
    return {pathlib.Path(i['file_name']).stem: (i, a)
            for i, a in by_id.values()}


def coco_mask(record, annotation):
    """The annotation as a mask of the stored size. Crowds are run lengths,
    column by column, at the original size."""
    size = record['height'], record['width']
    shape = annotation.get('segmentation_rle_at_original_size')
    if shape is None:
        mask = np.zeros(size, np.uint8)
        for polygon in annotation['segmentation']:
            points = np.round(np.reshape(polygon, (-1, 2)) * 16)
            cv2.fillPoly(mask, [points.astype(np.int32)], 1, shift=4)
        return mask.astype(bool)
    values = np.repeat(np.arange(len(shape['counts'])) % 2, shape['counts'])
    full = values.reshape(shape['size'][::-1]).T.astype(np.uint8)
    return cv2.resize(full, size[::-1],
                      interpolation=cv2.INTER_NEAREST).astype(bool)


def blaze_points(points, order):
    """Rows x, y, score in another order -> 33 rows in BlazePose's; what is
    not known has score 0."""
    out = np.zeros((33, 3))
    for row, at in zip(points, order):
        if at is not None:
            out[at] = row
    return out


def coco_pose(annotation):
    rows = np.reshape(annotation['keypoints'], (-1, 3)).astype(float)
    rows[:, 2] = rows[:, 2] > 0
    return blaze_points(rows, BLAZE_OF_COCO)


@functools.lru_cache
def openpose(root):
    return json.loads(pathlib.Path(root, 'viton/openpose18.json').read_text())


@functools.lru_cache
def cached_poses(cache, name):
    path = pathlib.Path(cache, 'pose', f'{name}.json')
    return json.loads(path.read_text()) if path.exists() else {}


def poses(root, cache, name, stem):
    """Landmarks of the photo's people, each 33 rows x, y, score. In
    coco_person they are in the order of the annotations, None where nobody
    marked them."""
    if name == 'viton':
        rows = np.reshape(openpose(root)[stem], (-1, 3))
        return [blaze_points(rows, BLAZE_OF_OPENPOSE)]
    if name == 'coco_person':
        return [coco_pose(a) if a.get('num_keypoints') else None
                for a in coco(root)[stem][1]]
    pose = cached_poses(cache, name).get(stem)
    if pose is None or pose['score'] < 0.5:
        return []
    return [np.array(pose['points'])]


def heads(root, cache, name, stem):
    """Poses whose face is known well enough to crop it."""
    return [p for p in poses(root, cache, name, stem)
            if p is not None and p[[0, 2, 5], 2].min() > 0.4 and
            p[[11, 12], 2].min() > 0.2]


def person_boxes(root, name, stem):
    """Boxes of people that the set itself marks, x, y, w, h."""
    if name != 'coco_person':
        return []
    return [a['bbox'] for a in coco(root)[stem][1] if not a['iscrowd']]


def main_box(root, cache, name, stem):
    """The box of a photo's single person: from its labels, else the largest
    thing that selfie_multiclass takes for one."""
    if name == 'ccp':
        mask = read_labels(root, 'ccp/raw59', stem) > 0
    elif name == 'cutouts':
        mask = read_alpha(root, stem) > 127
    elif name == 'person_mask':
        mask = person_mask(root, stem)
    else:
        classes = cv2.imread(str(pathlib.Path(
            cache, 'selfie', name, f'{stem}.png')), cv2.IMREAD_GRAYSCALE)
        mask = (classes > 0) & (classes < 6)
    n, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if n < 2:
        return None
    x, y, w, h, area = stats[1 + stats[1:, 4].argmax()]
    return [int(x), int(y), int(w), int(h)] if area > 400 else None


def person_mask(root, stem):
    path = pathlib.Path(root, 'person_mask/images', f'{stem}.jpg')
    mask = read_labels(root, 'person_mask/masks', stem) > 0
    height, width = read_image(path).shape[:2]
    return cv2.resize(mask.astype(np.uint8), (width, height),
                      interpolation=cv2.INTER_NEAREST) > 0
