"""Packs the annotated photos into a few files that travel well.

    python shards.py --data DATA --cache CACHE --out SHARDS [SET ...]

One file SET.npz (train) and SET.val.npz (held out), made of flat byte arrays:
  images   WebP files, one after the other;    image_at  where each begins
  labels   PNG files, three bytes a pixel: code, people, sleeves;   label_at
  size     [n, 2] height, width
  poses    [m, 101] photo, person, then 33 x (x, y, score)
  boxes    [m, 6] photo, person, x0, y0, x1, y1
  parts    [k, 6] photo, class, x0, y0, x1, y1: the box of each class's pixels
  stems    the photos' names
Face crops are sets too (faces_*): their labels are codes of labels.FACE, their
people and sleeves are zero. Loaded by `Shard`, which needs nothing but numpy
and OpenCV.
"""
import argparse
import pathlib

import cv2
import numpy as np

from labels import FIRST_SET

# Long side limits: what a training crop at 256..384 can still use.
LONGEST = {'ccp': 576, 'ccp_unlabelled': 512, 'coco_person': 480,
           'person_mask': 480, 'backgrounds': 480, 'celebamask': 256}
FACE_LONGEST = 320
QUALITY = {'ccp': 80, 'viton': 76}
DEFAULT_QUALITY = 76


class Shard:
    def __init__(self, path):
        self.name = pathlib.Path(path).stem
        self.data = dict(np.load(path))
        self.size = self.data['size']
        self.stems = self.data['stems']
        self.poses = [{} for _ in self.stems]
        for row in self.data['poses']:
            self.poses[int(row[0])][int(row[1])] = row[2:].reshape(33, 3)

    def __len__(self):
        return len(self.stems)

    def _bytes(self, kind, i):
        at = self.data[f'{kind}_at']
        return self.data[f'{kind}s'][at[i]:at[i + 1]]

    def image(self, i):
        """[h, w, 3] RGB bytes"""
        return cv2.imdecode(self._bytes('image', i),
                            cv2.IMREAD_COLOR)[:, :, ::-1]

    def labels(self, i):
        """[h, w, 3] bytes: code, people, sleeves"""
        return cv2.imdecode(self._bytes('label', i),
                            cv2.IMREAD_COLOR)[:, :, ::-1]


class Writer:
    def __init__(self):
        self.images, self.labels = [], []
        self.size, self.stems, self.poses = [], [], []
        self.boxes, self.parts = [], []

    def add(self, stem, image, labels, poses, quality):
        for kind, array, options in (
                (self.images, image, ['.webp', quality]),
                (self.labels, labels, ['.png', 6])):
            flag = cv2.IMWRITE_WEBP_QUALITY if options[0] == '.webp' \
                else cv2.IMWRITE_PNG_COMPRESSION
            ok, packed = cv2.imencode(options[0], array[:, :, ::-1],
                                      [flag, options[1]])
            assert ok
            kind.append(packed.ravel())
        for person, points in poses.items():
            self.poses.append(np.r_[len(self.stems), person,
                                    np.ravel(points)])
        photo = len(self.stems)
        self.boxes += [(photo, p, *box) for p, box in boxes(
            labels[:, :, 1], range(1, 30), 0.002)]
        self.parts += [(photo, c, *box) for c, box in boxes(
            labels[:, :, 0], range(1, FIRST_SET), 0.0003)]
        self.size.append(image.shape[:2])
        self.stems.append(stem)

    def save(self, path):
        def pack(items):
            at = np.cumsum([0] + [len(i) for i in items])
            return np.concatenate(items or [np.zeros(0, np.uint8)]), at
        images, image_at = pack(self.images)
        labels, label_at = pack(self.labels)
        np.savez(path, images=images, image_at=image_at, labels=labels,
                 label_at=label_at, size=np.array(self.size, np.int32),
                 stems=np.array(self.stems),
                 boxes=np.array(self.boxes, np.int32).reshape(-1, 6),
                 parts=np.array(self.parts, np.int32).reshape(-1, 6),
                 poses=np.array(self.poses, np.float32).reshape(-1, 101))
        print(f'{path.name}: {len(self.stems)} photos, '
              f'{path.stat().st_size / 2**20:.1f} MiB', flush=True)


def boxes(plane, values, least):
    """(value, (x0, y0, x1, y1)) of the values that cover at least that share
    of the plane."""
    present = np.bincount(plane.ravel(), minlength=256) > least * plane.size
    for value in values:
        if present[value]:
            here = plane == value
            ys, xs = here.any(1).nonzero()[0], here.any(0).nonzero()[0]
            yield value, (xs[0], ys[0], xs[-1] + 1, ys[-1] + 1)


def shrink(sample, longest):
    """Image and label planes with the long side at most `longest`."""
    labels = np.dstack([sample.codes, sample.people, sample.sleeves])
    h, w = sample.codes.shape
    k = longest / max(h, w)
    if k >= 1:
        return sample.image, labels, sample.poses
    size = round(w * k), round(h * k)
    scale = np.array([size[0] / w, size[1] / h, 1])
    return (cv2.resize(sample.image, size, interpolation=cv2.INTER_AREA),
            cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST),
            {p: points * scale for p, points in sample.poses.items()})


def body(args, name, writers, held):
    import annotate
    import data
    annotator = annotate.Annotator(args.data, args.cache)
    for stem, _ in data.photos(args.data, name):
        image, labels, poses = shrink(annotator(name, stem),
                                      LONGEST.get(name, 10000))
        writers[stem in held].add(stem, image, labels, poses,
                                  QUALITY.get(name, DEFAULT_QUALITY))


def face_labels(args, name):
    """(stem, image, codes) of the sets that teach the face network."""
    import data
    from labels import BISENET_FACE, CELEB_FACE, FASSEG_FACE
    tables = {'celebamask': ('celebamask/parts19', CELEB_FACE),
              'fasseg': ('fasseg/parts6', FASSEG_FACE)}
    if name in tables:
        folder, table = tables[name]
        for stem, path in data.photos(args.data, name):
            yield (stem, data.read_image(path),
                   table[data.read_labels(args.data, folder, stem)])
        return
    for path in sorted(pathlib.Path(args.cache, 'faces', name).glob('*.png')):
        labels = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        yield (path.stem, data.read_image(path.with_suffix('.webp')),
               BISENET_FACE[labels])


def faces(args, name, writers, held):
    for stem, image, codes in face_labels(args, name):
        k = FACE_LONGEST / max(codes.shape)
        if k < 1:
            size = round(codes.shape[1] * k), round(codes.shape[0] * k)
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
            codes = cv2.resize(codes, size, interpolation=cv2.INTER_NEAREST)
        planes = np.dstack([codes, np.zeros_like(codes),
                            np.zeros_like(codes)])
        photo = stem if name in ('celebamask', 'fasseg') \
            else stem.rsplit('_', 1)[0]
        writers[photo in held].add(stem, image, planes, {}, 80)


FACE_SETS = ['celebamask', 'fasseg', 'ccp', 'ccp_unlabelled', 'viton',
             'coco_person']


def main():
    import data
    import split
    parse = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    for name in 'data', 'cache', 'out':
        parse.add_argument(f'--{name}', required=True)
    parse.add_argument('sets', nargs='*')
    args = parse.parse_args()
    cv2.setNumThreads(1)
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    jobs = {name: (body, name) for name in data.FOLDERS if name != 'fasseg'}
    jobs.update({f'faces_{name}': (faces, name) for name in FACE_SETS})
    for target, (make, name) in jobs.items():
        if args.sets and target not in args.sets:
            continue
        writers = {False: Writer(), True: Writer()}
        make(args, name, writers, split.held_out(name))
        writers[False].save(out / f'{target}.npz')
        if writers[True].stems:
            writers[True].save(out / f'{target}.val.npz')


if __name__ == '__main__':
    main()
