"""BodyPix 2 (MobileNet, TensorFlow.js's own weights), converted here and run by the engine: a predictor to compare with.

It knows 24 body parts and no clothes, so hair, hats and bags are beyond it; its parts are read so that it scores best:
torso, upper arms and legs as clothes, lower arms and hands as skin, feet as shoes."""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

import predictor
from predictor import ROOT

STRIDE, LONGER = 16, 513  # of the network's input, a multiple of the stride and one
THRESHOLD = 0.7           # the package's segmentationThreshold

NAMES = ["background", "face", "upper_clothes", "left_arm", "right_arm", "pants", "left_shoe", "right_shoe"]
# The parts in the order of the network's channels (body-pix, part_channels.ts).
PARTS = ["face"] * 2 + ["upper_clothes"] * 4 + ["left_arm"] * 2 + ["right_arm"] * 2 + ["left_arm", "right_arm"] + \
    ["upper_clothes"] * 2 + ["pants"] * 8 + ["left_shoe", "right_shoe"]


def sides(width, height):
    """The input's: the longer one LONGER pixels, the other near the photo's shape."""
    scale = LONGER / max(width, height)
    return [round((side * scale - 1) / STRIDE) * STRIDE + 1 for side in (width, height)]


class BodyPix:
    """`model`: model-stride16.json of the TensorFlow.js model; whatever is not background is one person."""

    name = "bodypix"

    def __init__(self, run_net, model):
        self.folder = tempfile.TemporaryDirectory()
        self.net = Path(self.folder.name, "bodypix.safetensors")
        subprocess.run([sys.executable, ROOT / "weights/convert/convert.py", model, "-o", self.net, "--dtype", "f32",
                        "--input", "image=sub_2:1,0,0,3", "--output", "segments=float_segments",
                        "--output", "parts=float_part_heatmaps"], check=True, stdout=subprocess.DEVNULL)
        self.run_net = str(run_net)

    def run(self, image):
        """-> logits of the person and of the parts, at a sixteenth of `image`'s size"""
        given, *got = (str(Path(self.folder.name, name)) for name in ("in", "segments", "parts"))
        (np.asarray(image, np.float32) / 127.5 - 1).tofile(given)
        subprocess.run([self.run_net, self.net, "1", "image", given, f"1x{image.height}x{image.width}x3", ":",
                        "segments", got[0], "parts", got[1]], check=True, stdout=subprocess.DEVNULL)
        size = (image.height - 1) // STRIDE + 1, (image.width - 1) // STRIDE + 1
        return [np.fromfile(path, np.float32).reshape(*size, -1) for path in got]

    def predict(self, photo):
        image = ImageOps.exif_transpose(Image.open(photo)).convert("RGB")
        logits = self.run(image.resize(sides(*image.size), Image.Resampling.BILINEAR))
        person, parts = ([np.asarray(Image.fromarray(maps[:, :, k]).resize(image.size, Image.Resampling.BILINEAR))
                          for k in range(maps.shape[2])] for maps in logits)
        seen = 1 / (1 + np.exp(-person[0])) > THRESHOLD
        table = np.array([NAMES.index(name) for name in PARTS], np.uint8)
        labels = np.where(seen, table[np.argmax(parts, 0)], 0).astype(np.uint8)
        return predictor.Prediction(NAMES, labels, seen.astype(np.uint8), {"persons": [{"id": 1}]})
