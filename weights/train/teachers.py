"""Runs the teacher networks once over every photo and keeps what they say.

    python teachers.py --data DATA --models NODE_MODULES --teachers TEACHERS \
        --cache CACHE [--only selfie|pose|faces] [SET ...]

CACHE/selfie/SET/STEM.png  class of selfie_multiclass (0..5), 255 where it is
                           unsure, at the photo's size
CACHE/pose/SET.json        STEM -> 33 BlazePose landmarks [x, y, visibility] in
                           photo pixels, and the network's presence score
CACHE/faces/SET/STEM_K.*   head crops (.webp) with BiSeNet's labels (.png),
                           only for photos whose head is large enough

What is there already is not computed again, so a run may be interrupted.
Networks run on LiteRT (XNNPACK), one thread.
"""
import argparse
import json
import pathlib

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

import data

UNSURE = 0.6
FACE_SIZE = 256
MIN_HEAD = 40  # pixels of the photo; smaller heads teach nothing about eyes


class Network:
    def __init__(self, path):
        self.net = Interpreter(str(path), num_threads=1)
        self.net.allocate_tensors()
        self.input = self.net.get_input_details()[0]['index']
        self.outputs = [o['index'] for o in self.net.get_output_details()]

    def __call__(self, x):
        self.net.set_tensor(self.input, x[None].astype(np.float32))
        self.net.invoke()
        return [self.net.get_tensor(o) for o in self.outputs]


def crop(image, box, size):
    """The square box (x, y, side), replicated at the border."""
    x, y, side = box
    k = size / side
    m = np.array([[k, 0, -x * k], [0, k, -y * k]], np.float64)
    small = cv2.INTER_AREA if k < 1 else cv2.INTER_LINEAR
    if k < 0.6:  # warpAffine does not average: shrink first
        f = k
        image = cv2.resize(image, None, fx=f, fy=f, interpolation=small)
        m[:, :2] /= f
    return cv2.warpAffine(image, m, (size, size), flags=cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_REPLICATE)


# ------------------------------------------------------ selfie_multiclass

def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def views(height, width, boxes):
    """The whole photo, squares that cover it at its short side, and squares
    around people: (x, y, w, h, weight)."""
    yield 0, 0, width, height, 1.0
    short, long = min(height, width), max(height, width)
    if long > 1.4 * short:
        for i in range(n := int(np.ceil(long / short))):
            at = round((long - short) * i / max(1, n - 1))
            x, y = (at, 0) if width > height else (0, at)
            yield x, y, short, short, 1.0
    for x, y, w, h in boxes:
        side = 1.2 * max(w, h)
        if side < 40 or side > 0.9 * long:
            continue
        yield x + w / 2 - side / 2, y + h / 2 - side / 2, side, side, 2.0


def selfie(net, image, boxes=()):
    height, width = image.shape[:2]
    total = np.zeros((height, width, 6), np.float32)
    for x, y, w, h, weight in views(height, width, boxes):
        x0, y0 = max(0, int(x)), max(0, int(y))
        x1, y1 = min(width, int(x + w)), min(height, int(y + h))
        if min(x1 - x0, y1 - y0) < 16:
            continue
        part = cv2.resize(image[y0:y1, x0:x1], (256, 256),
                          interpolation=cv2.INTER_AREA)
        p = softmax(net(part / 127.5 - 1)[0][0])
        total[y0:y1, x0:x1] += weight * cv2.resize(p, (x1 - x0, y1 - y0))
    total /= total.sum(-1, keepdims=True)
    best = total.argmax(-1).astype(np.uint8)
    best[total.max(-1) < UNSURE] = 255
    return best


def run_selfie(args, name):
    net = Network(next(pathlib.Path(args.models).glob(
        '**/selfie_multiclass_256x256.tflite')))
    out = pathlib.Path(args.cache, 'selfie', name)
    out.mkdir(parents=True, exist_ok=True)
    for stem, path in data.photos(args.data, name):
        target = out / f'{stem}.png'
        if target.exists():
            continue
        image = data.read_image(path)
        boxes = data.person_boxes(args.data, name, stem)
        cv2.imwrite(str(target), selfie(net, image, boxes))


# -------------------------------------------------------------- BlazePose

def blazepose(net, image, box):
    """Two passes: the box's square, then the square that the landmarks give.
    Returns 33 rows x, y, visibility, and the presence score."""
    x, y, w, h = box
    side = 1.25 * max(w, h)
    square = (x + w / 2 - side / 2, y + h / 2 - side / 2, side)
    for _ in range(2):
        out = net(crop(image, square, 256) / 255)
        points = out[0].reshape(39, 5)
        k = square[2] / 256
        xy = points[:, :2] * k + square[:2]
        radius = np.hypot(*(xy[34] - xy[33]))
        side = 2 * radius * 1.25
        square = (*(xy[33] - side / 2), side)
    seen = 1 / (1 + np.exp(-points[:, 3]))
    return np.c_[xy, seen][:33], float(out[1][0, 0])


def run_pose(args, name):
    net = Network(next(pathlib.Path(args.models).glob(
        '**/pose_landmark_heavy.tflite')))
    target = pathlib.Path(args.cache, 'pose', f'{name}.json')
    target.parent.mkdir(parents=True, exist_ok=True)
    poses = json.loads(target.read_text()) if target.exists() else {}
    for stem, path in data.photos(args.data, name):
        if stem in poses:
            continue
        if len(poses) % 50 == 49:
            target.write_text(json.dumps(poses))
        box = data.main_box(args.data, args.cache, name, stem)
        if box is None:
            poses[stem] = None
            continue
        points, score = blazepose(net, data.read_image(path), box)
        poses[stem] = {'score': round(score, 3),
                       'points': np.round(points, 2).tolist()}
    target.write_text(json.dumps(poses))


# ---------------------------------------------------------------- BiSeNet

def head_square(points):
    """A head crop from nose, eyes, ears (BlazePose 0..10): (x, y, side)."""
    face = np.asarray(points)[:11, :2]
    shoulders = np.asarray(points)[11:13, :2].mean(0)
    centre = face.mean(0)
    # From ear to ear when frontal, from brow to shoulders when not.
    size = max(np.ptp(face[:, 0]) * 2.4, np.ptp(face[:, 1]) * 3.4,
               np.hypot(*(shoulders - centre)) * 1.7)
    return centre[0] - size / 2, centre[1] - size * 0.55, size


def put_sides(labels, points):
    """BiSeNet's left and right are chance (on CelebAMask it is right one time
    in two); the eyes of the pose say which is which. `points` in pixels of
    the label map."""
    left, right = points[2, :2], points[5, :2]
    ys, xs = np.indices(labels.shape)
    middle, axis = (left + right) / 2, left - right
    on_left = (xs - middle[0]) * axis[0] + (ys - middle[1]) * axis[1] > 0
    for a in (2, 4, 7):  # brows, eyes, ears: l_ is a, r_ is a + 1
        both = (labels == a) | (labels == a + 1)
        labels[both] = np.where(on_left, a, a + 1)[both]
    return labels


def run_faces(args, name):
    net = Network(pathlib.Path(args.teachers,
                               'bisenetv2_celeb_256_int8w.tflite'))
    out = pathlib.Path(args.cache, 'faces', name)
    out.mkdir(parents=True, exist_ok=True)
    for stem, path in data.photos(args.data, name):
        for k, points in enumerate(data.heads(args.data, args.cache, name,
                                              stem)):
            target = out / f'{stem}_{k}.png'
            square = head_square(points)
            if target.exists() or square[2] < 1.6 * MIN_HEAD:
                continue
            image = data.read_image(path)
            face = crop(image, square, FACE_SIZE)
            labels = put_sides(
                net((face - 128.0) / 128)[0].astype(np.uint8),
                (points[:, :2] - square[:2]) * (FACE_SIZE / square[2]))
            # Kept at the photo's own resolution, not the teacher's.
            size = int(np.clip(square[2], 64, 320)) // 2 * 2
            cv2.imwrite(str(target), cv2.resize(
                labels, (size, size), interpolation=cv2.INTER_NEAREST))
            cv2.imwrite(str(target.with_suffix('.webp')), crop(
                image, square, size)[:, :, ::-1],
                [cv2.IMWRITE_WEBP_QUALITY, 90])


STEPS = {
    'selfie': (run_selfie, ['coco_person', 'ccp', 'ccp_unlabelled', 'viton',
                            'freiburg_sitting', 'person_mask', 'cutouts']),
    'pose': (run_pose, ['ccp', 'ccp_unlabelled', 'person_mask', 'cutouts']),
    'faces': (run_faces, ['ccp', 'ccp_unlabelled', 'viton', 'coco_person']),
}


def main():
    parse = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    for name in 'data', 'models', 'teachers', 'cache':
        parse.add_argument(f'--{name}', required=True)
    parse.add_argument('--only', choices=STEPS)
    parse.add_argument('sets', nargs='*')
    args = parse.parse_args()
    for step, (run, sets) in STEPS.items():
        if args.only in (None, step):
            for name in sets:
                if not args.sets or name in args.sets:
                    print(step, name, flush=True)
                    run(args, name)


if __name__ == '__main__':
    main()
