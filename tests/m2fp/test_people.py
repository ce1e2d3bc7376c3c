"""From M2FP's outputs to people: the command line, with a network whose outputs are constants, against NumPy.

The weights file holds the class and mask logits as tensors and gives them out whatever the photo, so that every case
can be made by hand: overlapping people, doubles, leftovers, strangers, limbs without sides, one person.
"""
import json
import pathlib
import shutil
import struct
import tempfile
import unittest

import numpy as np
from PIL import Image

from support import parsona

OURS = None  # the vocabulary, from result.json


def weights_file(classes, masks, labels, people):
    """`classes` [queries, labels + 1], `masks` [cells, queries]: logits."""
    graph = {"inputs": [{"name": "image", "shape": [1, 0, 0, 3]}],
             "outputs": [{"name": "classes", "value": "c"}, {"name": "masks", "value": "m"},
                         {"name": "rest", "value": "r"}],
             "ops": [{"op": "constant", "in": ["classes.logits"], "out": ["c"]},
                     {"op": "constant", "in": ["masks.logits"], "out": ["m"]},
                     {"op": "mean", "in": ["image"], "out": ["r"], "axes": [1, 2]}]}
    meta = {"format": "parsona-1", "role": "m2fp", "name": "constants", "license": "CC0-1.0", "source": "tests",
            "people": people, "labels": json.dumps([name for name, _ in labels]),
            "label_map": json.dumps([ours for _, ours in labels]), "graph": json.dumps(graph)}
    data, header = b"", {"__metadata__": meta}
    for name, array in (("classes.logits", classes), ("masks.logits", masks)):
        raw = array.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def frame(width, height, one):
    """input width, height, left, top, used width, used height."""
    if one:
        scale = min(384 / width, 512 / height)
        w, h = int(width * scale + .5), int(height * scale + .5)
        return 384, 512, (384 - w) // 2, (512 - h) // 2, w, h
    scale = 640 / min(width, height)
    if max(width, height) * scale > 1333:
        scale = 1333 / max(width, height)
    w, h = int(width * scale + .5), int(height * scale + .5)
    return -(-w // 32) * 32, -(-h // 32) * 32, 0, 0, w, h


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def expected(classes, masks, labels, people, size, min_score):
    """The rules of src/m2fp/m2fp.h in NumPy: label names and person numbers at each pixel of the photo, scores. Leftovers
    are not decided: where a part is outside of every human mask the person is -1."""
    width, height = size
    in_w, in_h, left, top, used_w, used_h = frame(width, height, people == "one")
    grid = masks.reshape(in_h // 4, in_w // 4, -1)
    share = np.exp(classes - classes.max(1, keepdims=True))
    share /= share.sum(1, keepdims=True)

    def taps(n, used, before, cells):
        at = np.clip(((np.arange(n) + .5) * used / n + before) / 4 - .5, 0, cells - 1)
        low = at.astype(int)
        return low, np.minimum(low + 1, cells - 1), at - low
    y0, y1, fy = taps(height, used_h, top, grid.shape[0])
    x0, x1, fx = taps(width, used_w, left, grid.shape[1])
    rows = grid[y0] * (1 - fy)[:, None, None] + grid[y1] * fy[:, None, None]
    photo = rows[:, x0] * (1 - fx)[None, :, None] + rows[:, x1] * fx[None, :, None]

    names = [ours for _, ours in labels]
    sums = sigmoid(photo) @ share[:, :-1]
    if "person" in names:
        sums[..., names.index("person")] = -1
    label = np.array(names, object)[sums.argmax(-1)]
    if people == "one":
        return label, (label != "background").astype(int), None
    cy, cx = np.mgrid[:grid.shape[0], :grid.shape[1]] * 4 + 2
    inside = (cx < used_w) & (cy < used_h)
    humans = []
    for q in range(grid.shape[2]):
        where = (grid[..., q] > 0) & inside
        score = share[q, names.index("person")] * (sigmoid(grid[..., q])[where].mean() if where.any() else 0)
        if score >= min_score:
            humans.append((score, q, where))
    humans.sort(key=lambda h: -h[0])
    taken, kept = np.zeros(grid.shape[:2], bool), []
    for score, q, where in humans:
        if where.any() and (where & ~taken).sum() >= .3 * where.sum():
            kept.append((score, q))
            taken |= where
    person = np.full((height, width), -1)
    for number in range(len(kept), 0, -1):
        person[photo[..., kept[number - 1][1]] > 0] = number
    person[label == "background"] = 0
    return label, person, [score for score, _ in kept]


class People(unittest.TestCase):
    LABELS = [("Background", "background"), ("Hair", "hair"), ("Shirt", "upper_clothes"), ("Arm", "arm"), ("Leg", "leg"),
              ("Human", "person")]

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.dir, True)

    def scene(self, size, one=False):
        """An empty grid; `add` puts a query with an elliptical mask into it, in shares of the photo."""
        self.size, self.one = size, one
        self.in_w, self.in_h, self.left, self.top, self.used_w, self.used_h = frame(*size, one)
        self.queries = []

    def add(self, cls, cx, cy, rx, ry, sure=6.0, edge=4.0):
        y, x = np.mgrid[:self.in_h // 4, :self.in_w // 4] * 4.0 + 2
        x, y = (x - self.left) / self.used_w, (y - self.top) / self.used_h
        distance = np.sqrt(((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2)
        logits = np.zeros(len(self.LABELS) + 1)
        logits[-1 if cls is None else [n for n, _ in self.LABELS].index(cls)] = sure
        self.queries.append((logits, np.clip((1 - distance) * edge * 4, -8, 8)))

    def background(self):
        """Everywhere that no part is."""
        part = np.max([m for _, m in self.queries], 0)
        logits = np.zeros(len(self.LABELS) + 1)
        logits[0] = 6
        self.queries.append((logits, -part))
        self.add(None, .5, .5, .3, .3)  # a query without object, to be ignored

    def parse(self, *options):
        classes = np.array([c for c, _ in self.queries], np.float32)
        masks = np.stack([m for _, m in self.queries], -1).reshape(-1, len(self.queries)).astype(np.float32)
        people = "one" if self.one else "many"
        (self.dir / "w").write_bytes(weights_file(classes, masks, self.LABELS, people))
        rng = np.random.default_rng(0)
        Image.fromarray(rng.integers(0, 255, (self.size[1], self.size[0], 3), np.uint8)).save(self.dir / "photo.png")
        done = parsona("parse", self.dir / "photo.png", "-o", self.dir / "out", "--weights", self.dir / "w",
                       "--threads", 2, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.result = json.loads((self.dir / "out/result.json").read_text())
        names = np.array(self.result["labels"], object)
        self.labels = names[np.array(Image.open(self.dir / "out/labels.png"))]
        self.persons = np.array(Image.open(self.dir / "out/persons.png"))
        return expected(classes, masks, self.LABELS, people, self.size, .5)

    def same(self, got, want, where):
        wrong = (got != want) & where
        self.assertLess(wrong.mean(), 1e-3)

    def two_people(self):
        for cx in (.3, .65):
            self.add("Human", cx, .5, .2, .45, sure=7 if cx < .5 else 5)
            self.add("Shirt", cx, .6, .18, .3)
            self.add("Hair", cx, .15, .1, .1)

    def test_two_people_and_a_double(self):
        for size in ((500, 375), (90, 161), (640, 640)):
            self.scene(size)
            self.two_people()
            self.add("Human", .31, .5, .2, .45, sure=3)  # the first again, less sure
            self.background()
            label, person, scores = self.parse()
            self.assertEqual(len(self.result["persons"]), 2)
            known = person >= 0
            self.same(self.persons, person, known)
            self.same(self.labels, label, known)
            for got, want in zip(self.result["persons"], scores):
                self.assertAlmostEqual(got["score"], want, 3)
                self.assertEqual(set(got["labels"]), {"hair", "upper_clothes"})

    def test_leftovers(self):
        self.scene((400, 300))
        self.add("Human", .3, .5, .1, .4)
        self.add("Shirt", .3, .5, .1, .4)
        self.add("Shirt", .43, .5, .05, .05)  # a bit that touches, outside of the mask
        self.add("Shirt", .8, .2, .05, .05)   # and one that does not
        self.background()
        _, person, _ = self.parse()
        self.assertEqual(person[150, 176], -1)
        self.assertEqual((self.persons[150, 176], self.labels[150, 176]), (1, "upper_clothes"))
        self.assertEqual((self.persons[60, 320], self.labels[60, 320]), (0, "background"))

    def test_a_stranger_is_no_leftover(self):
        self.scene((400, 300))
        self.add("Human", .3, .5, .1, .4)
        self.add("Shirt", .3, .5, .1, .4)
        self.add("Shirt", .52, .5, .13, .4)  # as large as the person whom it touches
        self.background()
        self.parse()
        self.assertEqual((self.persons[150, 210], self.labels[150, 210]), (0, "background"))
        self.assertEqual(self.persons[150, 120], 1)

    def test_sides(self):
        self.scene((400, 300))
        self.add("Human", .5, .5, .3, .45)
        self.add("Shirt", .5, .4, .15, .2)
        for cx in (.3, .7):
            self.add("Arm", cx, .4, .06, .2)
        for cx in (.45, .55):
            self.add("Leg", cx, .8, .04, .15)
        self.background()
        self.parse()
        self.assertEqual(self.labels[120, 120], "right_arm")
        self.assertEqual(self.labels[120, 280], "left_arm")
        self.assertEqual(self.labels[240, 178], "right_leg")
        self.assertEqual(self.labels[240, 222], "left_leg")

    def test_nobody(self):
        self.scene((320, 240))
        self.add("Shirt", .5, .5, .2, .2)
        self.background()
        self.parse()
        self.assertEqual(self.result["persons"], [])
        self.assertFalse(self.persons.any())
        self.assertTrue((self.labels == "background").all())

    def test_one_person(self):
        for size in ((300, 400), (400, 200), (100, 500)):
            self.scene(size, one=True)
            self.add("Shirt", .5, .6, .3, .3)
            self.add("Hair", .5, .2, .2, .15)
            self.background()
            label, person, _ = self.parse()
            self.same(self.labels, label, np.ones(label.shape, bool))
            self.same(self.persons, person, np.ones(label.shape, bool))
            self.assertEqual(len(self.result["persons"]), 1)

    def test_options(self):
        self.scene((400, 300))
        self.two_people()
        self.background()
        self.parse("--max-persons", 1)
        self.assertEqual(len(self.result["persons"]), 1)
        self.parse("--min-score", ".999")
        self.assertEqual(len(self.result["persons"]), 0)

    def test_wrong_tables(self):
        def fails(labels, people, word):
            classes, masks = np.zeros((2, len(self.LABELS) + 1)), np.zeros((160 * 160, 2))
            (self.dir / "w").write_bytes(weights_file(classes, masks, labels, people))
            Image.new("RGB", (64, 64)).save(self.dir / "p.png")
            done = parsona("parse", self.dir / "p.png", "-o", self.dir / "out", "--weights", self.dir / "w")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(word, done.stderr)
            self.assertFalse((self.dir / "out").exists())
        fails(self.LABELS[:-2] + [self.LABELS[-1]], "many", "do not fit its 5 labels")
        fails(self.LABELS[:-1] + [("Human", "hat")], "many", "without a class of people")
        fails(self.LABELS[:-1] + [("Human", "whoever")], "many", "no label")


if __name__ == "__main__":
    unittest.main()
