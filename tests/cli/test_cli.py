"""The command line as its users meet it: results on a real photo, and bad input of every kind.

Run by `./dev test`; needs build/native/parsona and build/weights.
"""
import glob
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import numpy as np
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARSONA = ROOT / "build/native/parsona"
WEIGHTS = ROOT / "build/weights"
DATA = pathlib.Path(os.environ.get("PARSONA_DATA", ROOT / "../shared/data"))
ASTRONAUT = "/usr/lib/python3/dist-packages/skimage/data/astronaut.png"


def portrait():
    """One person, head and shoulders: NASA's astronaut, public domain (Debian's python3-skimage)."""
    if not os.path.exists(ASTRONAUT):
        raise unittest.SkipTest("skipped: no photos")
    return ASTRONAUT


def photos():
    found = sorted(glob.glob(str(DATA / "photos/*.jpg")))
    if not found:
        raise unittest.SkipTest("skipped: no photos")
    return found


def decode_rle(rle):
    """COCO's compressed run lengths (cocoapi, rleFrString and rleDecode) to a boolean mask."""
    counts, text, at = [], rle["counts"].encode(), 0
    while at < len(text):
        value, shift, more = 0, 0, True
        while more:
            c = text[at] - 48
            value |= (c & 0x1F) << shift
            more, at, shift = c & 0x20, at + 1, shift + 5
            if not more and c & 0x10:
                value |= -1 << shift
        counts.append(value + (counts[-2] if len(counts) > 2 else 0))
    flat = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    return flat.reshape(rle["size"][1], rle["size"][0]).T


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.dir, True)

    def parsona(self, *args, **env):
        return subprocess.run([str(PARSONA), *map(str, args)], capture_output=True, text=True, timeout=300,
                              env={**os.environ, **env})

    def parse(self, photo, *args, **env):
        out = self.dir / "out"
        run = self.parsona("parse", photo, "-o", out, *args, **env)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(run.stderr, "")
        result = json.loads((out / "result.json").read_text())
        maps = {n: np.asarray(Image.open(out / f"{n}.png")) for n in ("labels", "persons", "map")}
        return result, maps

    def fails(self, *args, says, **env):
        """The command fails with one line that says `says`, and leaves nothing behind."""
        before = sorted(p.name for p in self.dir.rglob("*"))
        run = self.parsona(*args, **env)
        self.assertNotEqual(run.returncode, 0)
        self.assertGreater(run.returncode, 0, "ended by a signal")
        self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
        self.assertRegex(run.stderr, says)
        self.assertEqual(sorted(p.name for p in self.dir.rglob("*")), before)

    def write(self, name, data):
        path = self.dir / name
        path.write_bytes(data)
        return path


class Parse(CommandLine):
    def check(self, photo, result, maps):
        """What holds of every result."""
        with Image.open(photo) as image:
            sides = image.size
        size = (result["height"], result["width"])
        self.assertEqual(maps["labels"].shape, size)
        self.assertEqual(maps["persons"].shape, size)
        self.assertEqual(maps["map"].shape, size + (4,))
        self.assertIn(size, [sides, sides[::-1]])
        ids = [p["id"] for p in result["persons"]]
        self.assertEqual(ids, list(range(1, len(ids) + 1)))
        self.assertEqual(set(np.unique(maps["persons"])) - {0}, set(ids))
        self.assertTrue(((maps["labels"] > 0) == (maps["persons"] > 0)).all())
        self.assertLess(maps["labels"].max(), len(result["labels"]))
        self.assertTrue((maps["map"][maps["labels"] > 0][:, 3] > 0).all())
        for person in result["persons"]:
            ys, xs = np.nonzero(maps["persons"] == person["id"])
            x, y, w, h = person["box"]
            self.assertEqual((xs.min(), ys.min(), xs.max() + 1, ys.max() + 1), (x, y, x + w, y + h))
            present = np.unique(maps["labels"][maps["persons"] == person["id"]])
            self.assertEqual([result["labels"][i] for i in present], person["labels"])
            self.assertEqual(len(person["keypoints"]), 33)

    def test_portrait(self):
        photo = portrait()
        result, maps = self.parse(photo)
        self.check(photo, result, maps)
        self.assertEqual(len(result["persons"]), 1)
        names = [result["labels"][i] for i in maps["labels"][[100, 40, 380], [225, 235, 200]]]
        self.assertIn(names[0], ("face", "nose"))
        self.assertEqual(names[1], "hair")
        self.assertIn(names[2], ("upper_clothes", "coat"))  # a flight suit is either
        self.assertGreater(result["persons"][0]["keypoints"]["nose"][2], 0.8)

    def test_masks(self):
        """The masks, and COCO's run lengths of them, say what the maps say."""
        result, maps = self.parse(portrait(), "--masks", "--coco")
        out, person = self.dir / "out", result["persons"][0]
        coco = json.loads((out / "coco.json").read_text())
        names = {c["id"]: c["name"] for c in coco["categories"]}
        annotations = {names[a["category_id"]]: a for a in coco["annotations"]}
        self.assertEqual(set(annotations), {"person", *person["labels"]})
        for name, annotation in annotations.items():
            label = result["labels"].index(name) if name != "person" else None
            truth = maps["persons"] == 1 if label is None else maps["labels"] == label
            file = "person_1.png" if label is None else f"person_1_{name}.png"
            mask = np.asarray(Image.open(out / file))
            self.assertTrue(((mask == 255) == truth).all() and ((mask == 0) == ~truth).all())
            self.assertEqual(annotation["area"], truth.sum())
            self.assertTrue((decode_rle(annotation["segmentation"]) == truth).all())
        self.assertEqual(annotations["person"]["bbox"], person["box"])

    def test_threads_do_not_change_the_result(self):
        photo = portrait()
        _, one = self.parse(photo, "--threads", 1)
        _, two = self.parse(photo, "--threads", 2)
        self.assertLess((one["labels"] != two["labels"]).mean(), 1e-3)

    def test_orientation(self):
        """The same picture turned, with the tag that turns it back, has the same labels."""
        image = Image.open(portrait()).convert("RGB")
        image.save(self.dir / "plain.png")
        turned = image.transpose(Image.Transpose.ROTATE_90)
        exif = Image.Exif()
        exif[0x0112] = 6
        turned.save(self.dir / "turned.png", exif=exif)
        _, plain = self.parse(self.dir / "plain.png")
        _, oriented = self.parse(self.dir / "turned.png")
        self.assertLess((plain["labels"] != oriented["labels"]).mean(), 1e-3)

    def test_odd_kinds(self):
        image = Image.open(portrait()).convert("RGB")
        image.convert("CMYK").save(self.dir / "cmyk.jpg")
        image.convert("L").save(self.dir / "grey.jpg")
        image.convert("P").save(self.dir / "palette.png")
        image.save(self.dir / "moving.gif", save_all=True, append_images=[image.rotate(90)])
        deep = np.asarray(image.convert("L")).astype(np.uint16) * 257
        Image.fromarray(deep).save(self.dir / "deep.png")
        for name in ("cmyk.jpg", "grey.jpg", "palette.png", "moving.gif", "deep.png"):
            with self.subTest(name):
                result, maps = self.parse(self.dir / name)
                self.check(self.dir / name, result, maps)
                # The helmet of a dithered astronaut may pass for somebody, barely.
                sure = [p for p in result["persons"] if p["score"] > 0.55]
                self.assertEqual([p["id"] for p in sure], [1])

    def test_nobody(self):
        Image.new("RGB", (640, 480), (90, 140, 200)).save(self.dir / "sky.png")
        result, maps = self.parse(self.dir / "sky.png")
        self.assertEqual(result["persons"], [])
        self.assertEqual(maps["labels"].max(), 0)

    def test_sizes(self):
        portrait_image = Image.open(portrait()).convert("RGB")
        for size in ((1, 1), (1, 700), (3000, 2), (37, 23)):
            with self.subTest(size):
                portrait_image.resize(size).save(self.dir / "p.png")
                self.check(self.dir / "p.png", *self.parse(self.dir / "p.png"))

    def test_crowd(self):
        """Thirty people in one photo, whose faces only tiles are close enough for."""
        tile = Image.open(portrait()).convert("RGB").resize((256, 256))
        crowd = Image.new("RGB", (6 * 256, 5 * 256))
        for i in range(30):
            crowd.paste(tile, (i % 6 * 256, i // 6 * 256))
        crowd.save(self.dir / "crowd.png")
        result, maps = self.parse(self.dir / "crowd.png")
        self.check(self.dir / "crowd.png", result, maps)
        self.assertGreaterEqual(len(result["persons"]), 27)
        self.assertLessEqual(len(result["persons"]), 34)
        fewer, _ = self.parse(self.dir / "crowd.png", "--max-persons", 3)
        self.assertEqual(len(fewer["persons"]), 3)

    def test_real_photos(self):
        for photo in photos()[::12]:
            with self.subTest(photo):
                self.check(photo, *self.parse(photo))


class BadInput(CommandLine):
    def test_usage(self):
        photo = portrait()
        out = self.dir / "out"
        self.fails("parse", says="no photo")
        self.fails("parse", photo, says="-o")
        self.fails("parse", photo, photo, "-o", out, says="one photo")
        self.fails("parse", photo, "-o", out, "--threads", "many", says="--threads")
        self.fails("parse", photo, "-o", out, "--palette", "mud", says="palette")
        self.fails("frobnicate", says="unknown command")
        self.assertIn("usage", self.parsona("--help").stdout)
        self.assertRegex(self.parsona("--version").stdout, r"^parsona \d+\.\d+\.\d+$")

    def test_not_a_photo(self):
        out = self.dir / "out"
        self.fails("parse", self.dir / "none.jpg", "-o", out, says="No such file")
        self.fails("parse", "/", "-o", out, says="/: ")
        self.fails("parse", self.write("empty.jpg", b""), "-o", out, says="empty")
        self.fails("parse", self.write("text.jpg", b"hello" * 99), "-o", out, says="text.jpg: not a")

    def test_truncated(self):
        image = Image.open(portrait()).convert("RGB")
        for kind in ("jpeg", "png", "gif", "bmp"):
            path = self.dir / f"p.{kind}"
            image.save(path)
            whole = path.read_bytes()
            for share in (0.02, 0.5, 0.95):
                with self.subTest(kind=kind, share=share):
                    path.write_bytes(whole[: int(len(whole) * share)])
                    self.fails("parse", path, "-o", self.dir / "out", says=path.name)

    def test_too_large(self):
        huge = self.dir / "huge.png"
        Image.new("1", (20000, 20000)).save(huge)
        self.fails("parse", huge, "-o", self.dir / "out", says="huge.png: .*20000")

    def test_folder(self):
        file = self.write("file", b"x")
        self.fails("parse", portrait(), "-o", file, says="file")
        self.fails("parse", portrait(), "-o", file / "sub", says="file")

    def test_weights(self):
        photo, out = portrait(), self.dir / "out"
        name = json.loads((WEIGHTS / "manifest.json").read_text())[0]["file"]
        whole = (WEIGHTS / name).read_bytes()
        self.fails("parse", photo, "-o", out, says="manifest", PARSONA_WEIGHTS="/nowhere")
        self.fails("parse", photo, "-o", out, "--weights", self.dir / "no", says="No such file")
        cut = self.write("cut", whole[:-1000])
        self.fails("parse", photo, "-o", out, "--weights", cut, says="cut: ")
        text = self.write("text", b"not weights at all, just words")
        self.fails("parse", photo, "-o", out, "--weights", text, says="text: ")
        header = bytearray(whole)
        header[40] ^= 0xFF
        self.fails("parse", photo, "-o", out, "--weights", self.write("flip", bytes(header)), says="flip: ")


if __name__ == "__main__":
    unittest.main()
