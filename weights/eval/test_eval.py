"""Unit tests of the measures: cases small enough to be worked out by hand.   /usr/bin/python3 -m unittest"""
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent))

import bodypix
import contact_sheet
import datasets
import eval_parts
import labels as L
import masks
import metrics
import predictor


def box(x, y, width, height, size=100):
    mask = np.zeros((size, size), bool)
    mask[y:y + height, x:x + width] = True
    return mask


def write_result(folder, labels, persons, names, people):
    folder.mkdir(parents=True)
    Image.fromarray(labels).save(folder / "labels.png")
    Image.fromarray(persons).save(folder / "persons.png")
    height, width = labels.shape
    (folder / "result.json").write_text(json.dumps({
        "width": width, "height": height, "labels": names,
        "persons": [{"id": i, "score": 1.0, "box": [0, 0, 1, 1], "labels": [], "keypoints": {}} for i in people]}))


class Masks(unittest.TestCase):
    def test_rectangle_covers_the_pixels_whose_centres_are_inside(self):
        mask = masks.polygon([1, 1, 4, 1, 4, 3, 1, 3], 5, 6)
        self.assertTrue(np.array_equal(mask, np.pad(np.ones((2, 3), bool), ((1, 2), (1, 2)))))

    def test_edges_round_to_pixel_centres(self):
        self.assertEqual(masks.polygon([0.6, 0, 3.4, 0, 3.4, 1, 0.6, 1], 1, 5)[0].tolist(),
                         [False, True, True, False, False])

    def test_triangle_has_half_the_area(self):
        area = masks.polygon([0, 0, 100, 0, 0, 100], 100, 100).sum()
        self.assertAlmostEqual(area, 5000, delta=51)

    def test_direction_does_not_matter_and_the_outside_is_cut_off(self):
        a = masks.polygon([-5, -5, 8, -3, 30, 4, 2, 25], 10, 10)
        b = masks.polygon([2, 25, 30, 4, 8, -3, -5, -5], 10, 10)
        self.assertTrue(np.array_equal(a, b))
        self.assertTrue(masks.polygon([-50, -50, 50, -50, 50, 50, -50, 50], 10, 10).all())
        self.assertFalse(masks.polygon([20, 20, 30, 20, 30, 30], 10, 10).any())

    def test_concave_polygon_leaves_its_notch_out(self):
        mask = masks.polygon([0, 0, 9, 0, 9, 9, 6, 9, 6, 3, 3, 3, 3, 9, 0, 9], 9, 9)
        self.assertEqual(mask[8].tolist(), [True] * 3 + [False] * 3 + [True] * 3)
        self.assertTrue(mask[1].all())

    def test_parts_are_united(self):
        square = [0, 0, 4, 0, 4, 4, 0, 4]
        self.assertEqual(masks.polygons([square, square, [5, 5, 7, 5, 7, 7, 5, 7]], 8, 8).sum(), 20)

    def test_run_lengths_go_down_the_columns(self):
        mask = masks.run_lengths([1, 2, 3], 3, 2)
        self.assertEqual(mask.astype(int).tolist(), [[0, 0], [1, 0], [1, 0]])
        with self.assertRaises(ValueError):
            masks.run_lengths([1, 2], 3, 2)

    def test_nearest_resize(self):
        self.assertEqual(masks.resize_nearest(np.array([[True, False]]), 2, 4).tolist(),
                         [[True, True, False, False]] * 2)


class People(unittest.TestCase):
    def score(self, *args):
        return metrics.match_people(*args, min_area=100)

    def test_iou(self):
        self.assertAlmostEqual(metrics.iou(box(0, 0, 10, 10), box(5, 0, 10, 10)), 50 / 150)
        self.assertEqual(metrics.iou(box(0, 0, 0, 0), box(0, 0, 0, 0)), 0)

    def test_right_wrong_and_missed(self):
        truth = [box(0, 0, 20, 20), box(40, 0, 20, 20), box(70, 70, 20, 20)]
        found = [box(0, 0, 20, 15), box(40, 0, 20, 20), box(0, 60, 20, 20)]
        s = self.score(found, truth, []).summary()
        self.assertEqual((s["people"], s["predicted"], s["matched"]), (3, 3, 2))
        self.assertAlmostEqual(s["precision"], 2 / 3)
        self.assertAlmostEqual(s["recall"], 2 / 3)
        self.assertAlmostEqual(s["mean_iou"], (0.75 + 1) / 2)

    def test_one_person_is_matched_once(self):
        s = self.score([box(0, 0, 20, 12), box(0, 12, 20, 8)], [box(0, 0, 20, 20)], [])
        self.assertEqual((s.predicted, len(s.matches)), (2, 1))

    def test_the_better_pair_wins(self):
        values = np.array([[0.6, 0.9], [0.0, 0.8]])
        self.assertEqual(metrics.greedy_pairs(values, 0.5), [(0, 1, 0.9)])
        values[1, 0] = 0.7
        self.assertEqual(metrics.greedy_pairs(values, 0.5), [(0, 1, 0.9), (1, 0, 0.7)])

    def test_small_people_and_crowds_are_neither_right_nor_wrong(self):
        small, crowd = box(0, 0, 10, 10), box(50, 50, 50, 50)
        found = [box(0, 0, 10, 9), box(60, 60, 10, 10), box(90, 40, 10, 20), box(20, 20, 10, 10)]
        s = self.score(found, [small], [crowd])
        # The third lies half in the crowd; the last one is wrong.
        self.assertEqual((s.people, s.ignored, s.predicted, len(s.matches)), (0, 3, 1, 0))

    def test_no_one(self):
        s = self.score([], [], []).summary()
        self.assertEqual((s["precision"], s["recall"], s["f1"], s["mean_iou"]), (0, 0, 0, 0))


class Classes(unittest.TestCase):
    def test_iou_and_missing_classes(self):
        c = metrics.Confusion(["background", "a", "b", "c"])
        truth = np.array([0, 0, 1, 1, 1, 2, L.IGNORE], np.uint8)
        c.add(truth, np.array([0, 1, 1, 1, 0, 0, 3], np.uint8))
        s = c.summary()
        self.assertAlmostEqual(s["iou"]["a"], 2 / 4)
        self.assertAlmostEqual(s["iou"]["background"], 1 / 4)
        self.assertEqual(s["iou"]["b"], 0)
        self.assertIsNone(s["iou"]["c"])
        self.assertEqual(s["missing"], ["b"])
        self.assertAlmostEqual(s["mean_iou"], (0.25 + 0.5 + 0) / 3)
        self.assertAlmostEqual(s["mean_iou_of_given"], (0.25 + 0.5) / 2)
        self.assertAlmostEqual(s["pixel_accuracy"], 3 / 6)

    def test_tables(self):
        for names, classes, alias in ((L.LIP20_NAMES, L.LIP20, L.LIP20_CLASS),
                                      (L.CELEBA19_NAMES, L.CELEBA19, L.CELEBA19_CLASS)):
            self.assertEqual(sorted(set(L.table(names, classes, alias)) - {L.IGNORE}), list(range(len(classes))))
        for classes in (L.MERGED, L.BODY22, L.LIP20, L.CELEBA19):
            labels = [label for group in classes.values() for label in group]
            self.assertEqual(len(labels), len(set(labels)), "a label is in one class")
        with self.assertRaises(KeyError):
            L.table(["background", "tail"], L.MERGED)
        self.assertEqual(L.prediction_table(["background", "left_arm", "tail"], L.MERGED)[:3], [0, 2, 0])
        self.assertEqual(len(L.CCP_CLASS), 59)

    def test_every_label_of_the_vocabulary_has_a_merged_class(self):
        body = set(L.BODY22) | set(L.FACE_PARTS)
        self.assertEqual(body, {label for group in L.MERGED.values() for label in group})

    def test_bystanders_become_background(self):
        labels = np.array([[1, 1, 0, 2]], np.uint8)
        p = predictor.Prediction(["background", "hair", "face"], labels, np.array([[1, 1, 0, 2]], np.uint8),
                                 {"persons": [{"id": 1}, {"id": 2}]})
        truth = np.array([[0, 0, 0, 2]], np.uint8)
        self.assertEqual(eval_parts.only_labelled_person(p, truth, 0).tolist(), [[0, 0, 0, 2]])

    def test_neck_is_ignored_where_it_is_not_labelled(self):
        truth = np.array([0, 0, 3], np.uint8)
        found = np.array([1, 0, 1], np.uint8)
        self.assertEqual(eval_parts.ignore_neck(truth, found, ["background", "torso_skin"], 0).tolist(),
                         [L.IGNORE, 0, 3])


class Predictors(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = Path(scratch.name)
        self.photo = self.root / "photo.png"
        Image.new("RGB", (8, 6), "red").save(self.photo)
        self.labels = np.zeros((6, 8), np.uint8)
        self.labels[2:4, 2:5] = 1
        self.weights = self.root / "weights"
        self.weights.mkdir()

    def command(self, body):
        path = self.root / "parsona"
        path.write_text("#!/bin/sh\n" + body)
        path.chmod(0o755)
        return predictor.CommandLine(path, self.weights, cache=self.root / "cache")

    def test_folder(self):
        write_result(self.root / "made/photo", self.labels, self.labels, ["background", "hair"], [1])
        p = predictor.Folder(self.root / "made").predict(self.photo)
        self.assertEqual((p.labels.sum(), p.person_ids()), (6, [1]))

    def test_results_that_contradict_themselves_are_refused(self):
        bad = {
            "ids": (self.labels, self.labels, ["background", "hair"], []),
            "names": (self.labels, self.labels, ["background"], [1]),
            "size": (self.labels, self.labels[:, :4], ["background", "hair"], [1]),
        }
        for name, arguments in bad.items():
            write_result(self.root / name, *arguments)
            with self.assertRaises(predictor.PredictionError, msg=name):
                predictor.read_result(self.root / name)
        with self.assertRaises(predictor.PredictionError):
            predictor.read_result(self.root / "nothing")

    def test_the_command_runs_once_a_photo_and_again_when_it_changes(self):
        write_result(self.root / "made", self.labels, self.labels, ["background", "hair"], [1])
        (self.root / "made/person_1_left_sleeve.png").write_bytes(b"")
        body = f'echo "$@" >> {self.root}/calls; cp -r {self.root}/made "$4"\n'
        calls = lambda: len((self.root / "calls").read_text().splitlines())
        for _ in range(2):
            self.assertEqual(self.command(body).predict(self.photo).labels.sum(), 6)
        self.assertEqual(calls(), 1)
        self.command(body + "# changed\n").predict(self.photo)
        self.assertEqual(calls(), 2)
        (self.weights / "new").write_bytes(b"1")
        folder = self.command(body + "# changed\n").folder(self.photo)
        self.assertEqual(calls(), 3)
        self.assertEqual(sorted(os.listdir(folder)), ["labels.png", "persons.png", "result.json"])

    def test_a_command_that_fails_says_so_and_is_not_kept(self):
        parse = self.command('mkdir "$4"; echo broken >&2; exit 3\n')
        with self.assertRaisesRegex(predictor.PredictionError, "exit 3: broken"):
            parse.predict(self.photo)
        self.assertEqual(os.listdir(parse.cache), [])
        with self.assertRaises(predictor.PredictionError):
            predictor.CommandLine(self.root / "missing")

    def test_contact_sheet(self):
        write_result(self.root / "made/photo", self.labels, self.labels, ["background", "hair"], [1])
        photos = [self.photo, self.root / "other.png"]  # the second has no result
        Image.new("RGB", (30, 90)).save(photos[1])
        made = list(contact_sheet.sheets(photos, predictor.Folder(self.root / "made"), 1, 1, 120, 100))
        self.assertEqual([sheet.size for sheet in made], [(120, 100)] * 2)
        pixels = np.array(made[0]).reshape(-1, 3)
        mixed = [round(0.65 * c + 0.35 * p) for c, p in zip(contact_sheet.rgb(contact_sheet.COLORS["hair"]),
                                                           (255, 0, 0))]
        self.assertTrue((np.abs(pixels - mixed).max(1) <= 1).any(), "the map's colour over the photo")


class BodyPix(unittest.TestCase):
    def test_sides_fit_the_stride(self):
        for size in (1920, 1080), (300, 900), (40, 40):
            width, height = bodypix.sides(*size)
            self.assertEqual(max(width, height), bodypix.LONGER)
            self.assertEqual({width % bodypix.STRIDE, height % bodypix.STRIDE}, {1})

    def test_the_likeliest_part_of_whoever_is_seen(self):
        left_hand, torso = 10, 12

        class Answer(bodypix.BodyPix):
            def __init__(self):
                pass

            def run(self, image):
                person = np.full((4, 4, 1), 9, np.float32)
                person[:, 2:] = -9
                parts = np.zeros((4, 4, 24), np.float32)
                parts[:2, :, left_hand] = parts[2:, :, torso] = 5
                return person, parts

        with tempfile.TemporaryDirectory() as folder:
            photo = Path(folder, "a.png")
            Image.new("RGB", (64, 64)).save(photo)
            found = Answer().predict(photo)
        self.assertEqual(found.names[found.labels[8, 8]], "left_arm")
        self.assertEqual(found.names[found.labels[56, 8]], "upper_clothes")
        self.assertEqual(found.names[found.labels[8, 56]], "background")
        self.assertEqual(found.persons[8, 8], 1)
        self.assertEqual(len(bodypix.PARTS), 24)


class Data(unittest.TestCase):
    def test_choice_is_stable_and_sorted(self):
        samples = [datasets.Sample(Path(f"{i:03}.jpg"), None) for i in range(50)]
        names = [s.photo.name for s in datasets.choose(samples, 7)]
        self.assertEqual(names, [s.photo.name for s in datasets.choose(samples, 7)])
        self.assertEqual((len(names), names), (7, sorted(names)))
        self.assertEqual(datasets.choose(samples, 0), samples)

    def test_crowds_are_brought_to_the_size_of_the_photo(self):
        crowd = {"iscrowd": 1, "segmentation_rle_at_original_size": {"counts": [8, 8], "size": [4, 4]}}
        person = {"iscrowd": 0, "segmentation": [[0, 0, 2, 0, 2, 1, 0, 1]]}
        people, crowds = datasets._coco_masks([crowd, person], 2, 2)
        self.assertEqual(crowds[0].tolist(), [[False, True]] * 2)
        self.assertEqual(people[0].tolist(), [[True, True], [False, False]])

    def test_a_missing_folder_is_named(self):
        with self.assertRaisesRegex(datasets.DataError, "nowhere"):
            datasets.coco_people("/nowhere")


if __name__ == "__main__":
    unittest.main()
