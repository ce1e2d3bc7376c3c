"""Avatars of the unit tests' drawn person beside pictures of them in golden/. What differs a little (an edge, a
rounding) passes, what the eye would see does not. After a change that is meant, look at the new pictures:
PARSONA_GOLDEN=write writes them."""
import os
import sys
import unittest
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "weights/eval"))
from eval_avatar import lab  # noqa: E402
from render_glb import Avatar, render  # noqa: E402

MADE = ROOT / "build/native/avatars"
GOLDEN = Path(__file__).resolve().parent / "golden"
HEIGHT = 128
CELL = 8  # differences are judged in means of such squares
VIEWS = (0, -90, 180)
MEAN, MOST = .8, 9.  # CIELAB distance of squares: the mean, the largest


def sheet(path):
    """Front, side and back in T-pose, and the head."""
    avatar = Avatar(path)
    rest = avatar.posed()
    cells = [render(avatar, rest, yaw, (-.55, -.04, .55, 1.76), HEIGHT)[0] for yaw in VIEWS]
    top = rest[:, 1].max()
    cells.append(render(avatar, rest, 0, (-.17, top - .32, .17, top + .02), HEIGHT)[0])
    return np.concatenate(cells, 1)


def squares(picture):
    """Mean colours of squares, in CIELAB."""
    h, w = (n // CELL * CELL for n in picture.shape[:2])
    means = picture[:h, :w].reshape(h // CELL, CELL, w // CELL, CELL, 3).mean((1, 3))
    return np.array([[lab(c) for c in row] for row in means])


def difference(a, b):
    apart = np.linalg.norm(squares(a.astype(float)) - squares(b.astype(float)), axis=2)
    return apart.mean(), apart.max()


class Golden(unittest.TestCase):
    def check(self, name):
        path = MADE / f"{name}.glb"
        self.assertTrue(path.exists(), f"run the unit tests first: {path}")
        drawn, golden = sheet(path), GOLDEN / f"{name}.png"
        if os.environ.get("PARSONA_GOLDEN") == "write":
            GOLDEN.mkdir(exist_ok=True)
            Image.fromarray(drawn).save(golden, optimize=True)
        known = np.asarray(Image.open(golden).convert("RGB"))
        self.assertEqual(drawn.shape, known.shape)
        mean, most = difference(drawn, known)
        self.assertLess(mean, MEAN, name)
        self.assertLess(most, MOST, name)
        return drawn

    def test_photo(self):
        self.check("photo")

    def test_cartoon(self):
        self.check("cartoon")

    def test_skirt(self):
        self.check("skirt")

    def test_bag(self):
        self.check("bag")

    def test_hat(self):
        self.check("hat")

    def test_cap(self):
        self.check("cap")

    def test_coat(self):
        self.check("coat")

    def test_heels(self):
        self.check("heels")

    def test_glasses(self):
        self.check("glasses")

    def test_what_the_eye_sees_fails(self):
        """Another garment's colour, a missing head or a shift by a hand are no small differences."""
        drawn = sheet(MADE / "photo.glb")
        repainted = drawn.copy()
        red = (drawn[:, :, 0] > 1.8 * drawn[:, :, 1])
        repainted[red] = repainted[red][:, ::-1]
        beheaded = drawn.copy()
        beheaded[:28] = 235
        for spoilt in (repainted, beheaded, np.roll(drawn, 6, 1)):
            mean, most = difference(spoilt, drawn)
            self.assertTrue(mean > MEAN or most > MOST, (mean, most))


if __name__ == "__main__":
    unittest.main()
