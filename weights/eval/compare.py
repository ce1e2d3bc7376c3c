#!/usr/bin/python3
"""One table: the default parser, the permissive one, selfie_multiclass as it comes (the whole photo squeezed to its
256 x 256 pixels), and BodyPix where its model is given, on the same photos and merged classes. Needs
build/native/tests/run_net (./dev test)."""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

import bodypix
import eval_parts
import predictor
from predictor import ROOT

SIZE = 256
# What its six classes are called here; "others" are shoes, hats, bags and glasses.
NAMES = ["background", "hair", "torso_skin", "face", "upper_clothes", "accessory"]


class Selfie:
    """selfie_multiclass, run by the engine; whatever is not background is one person."""

    name = "selfie_multiclass"

    def __init__(self, run_net, weights):
        self.command = [str(run_net), str(weights), "1", "image"]

    def classes(self, image):
        squeezed = image.resize((SIZE, SIZE), Image.Resampling.BOX if min(image.size) > SIZE
                                else Image.Resampling.BILINEAR)
        with tempfile.TemporaryDirectory() as folder:
            given, got = (str(Path(folder, name)) for name in ("in", "out"))
            (np.asarray(squeezed, np.float32) / 127.5 - 1).tofile(given)
            subprocess.run([*self.command, given, f"1x{SIZE}x{SIZE}x3", ":", "logits", got], check=True,
                           stdout=subprocess.DEVNULL)
            return np.fromfile(got, np.float32).reshape(SIZE, SIZE, len(NAMES))

    def predict(self, photo):
        image = ImageOps.exif_transpose(Image.open(photo)).convert("RGB")
        logits = self.classes(image)
        maps = [np.asarray(Image.fromarray(logits[:, :, k]).resize(image.size, Image.Resampling.BILINEAR))
                for k in range(len(NAMES))]
        labels = np.argmax(maps, 0).astype(np.uint8)
        return predictor.Prediction(NAMES, labels, (labels > 0).astype(np.uint8), {"persons": [{"id": 1}]})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    predictor.add_arguments(parser)
    parser.add_argument("sets", nargs="*", default=["ccp", "celeba"], help="of ccp, celeba")
    parser.add_argument("--limit", type=int, default=0, help="measure N photos of each, always the same")
    parser.add_argument("--held-out", action="store_true", help="only photos that no training saw")
    parser.add_argument("--run-net", type=Path, default=ROOT / "build/native/tests/run_net")
    parser.add_argument("--bodypix", type=Path, help="model-stride16.json of BodyPix 2")
    options = parser.parse_args()

    def command(*words):
        return predictor.CommandLine(options.parsona, options.weights_dir, [*options.extra, *words])

    rows = {"default": command(), "permissive": command("--permissive"),
            "selfie_multiclass": Selfie(options.run_net, options.weights_dir / "selfie_multiclass_256x256.safetensors")}
    if options.bodypix:
        rows["bodypix"] = bodypix.BodyPix(options.run_net, options.bodypix)
    failed = False
    for name in options.sets:
        results = {row: eval_parts.measure(name, options, parse) for row, parse in rows.items()}
        shown = [label for label, value in results["default"]["iou"].items() if value is not None]
        print(f"{name}, IoU over {results['default']['photos']} photos")
        print("  ".join([f"{'':18}", *(f"{label:>10}" for label in shown), f"{'mean':>6}"]))
        for row, result in results.items():
            values = [f"{result['iou'][label]:10.3f}" for label in shown]
            print("  ".join([f"{row:18}", *values, f"{result['mean_iou']:6.3f}"]))
            failed |= bool(result["failed"])
    return failed


if __name__ == "__main__":
    sys.exit(main())
