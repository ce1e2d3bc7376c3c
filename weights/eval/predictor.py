"""Predictors: anything that makes a label map and a person map of a photo.

A predictor has a `name` and `predict(photo) -> Prediction`. CommandLine runs the built command; Folder reads results
that something else wrote in the same format, so any other parser can be measured beside it.
"""
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 300


@dataclass
class Prediction:
    names: list          # name of each label value
    labels: np.ndarray   # height x width, uint8
    persons: np.ndarray  # height x width, uint8; 0 is nobody
    info: dict           # result.json

    def person_ids(self):
        return [person["id"] for person in self.info["persons"]]


class PredictionError(Exception):
    pass


def read_result(folder):
    """Reads result.json, labels.png and persons.png, and checks that they agree."""
    folder = Path(folder)
    try:
        info = json.loads((folder / "result.json").read_text())
        labels, persons = (np.array(Image.open(folder / f"{name}.png")) for name in ("labels", "persons"))
        size = (info["height"], info["width"])
        ids = {person["id"] for person in info["persons"]}
        names = info["labels"]
    except (OSError, ValueError, KeyError) as error:
        raise PredictionError(f"{folder}: {error!r}") from error
    for name, array in (("labels.png", labels), ("persons.png", persons)):
        if array.dtype != np.uint8 or array.shape != size:
            raise PredictionError(f"{folder}/{name}: {array.dtype} {array.shape}, result.json says uint8 {size}")
    if labels.max(initial=0) >= len(names):
        raise PredictionError(f"{folder}/labels.png: value {labels.max()} of {len(names)} labels")
    if not set(np.unique(persons)) <= ids | {0}:
        raise PredictionError(f"{folder}/persons.png: ids {np.unique(persons)}, result.json has {sorted(ids)}")
    return Prediction(names, labels, persons, info)


def digest(*paths):
    """One short hash of some files' contents."""
    state = hashlib.sha256()
    for path in paths:
        state.update(hashlib.sha256(Path(path).read_bytes()).digest())
    return state.hexdigest()[:16]


class CommandLine:
    """`parsona parse`, one process at a time; results are kept under build/eval by the hash of everything that they
    depend on: the binary, the weights, the photo."""

    def __init__(self, binary=ROOT / "build/native/parsona", weights=ROOT / "build/weights", extra=(),
                 cache=ROOT / "build/eval"):
        self.binary, self.extra = Path(binary), list(extra)
        if not os.access(self.binary, os.X_OK):
            raise PredictionError(f"{self.binary}: not built")
        # Weights named among the extra arguments count too.
        files = sorted(p for p in Path(weights).glob("**/*") if p.is_file())
        files += [Path(word) for word in self.extra if Path(word).is_file()]
        key = hashlib.sha256((digest(self.binary, *files) + " ".join(self.extra)).encode()).hexdigest()[:16]
        self.name = f"{self.binary.name}-{key}"
        self.cache = Path(cache) / self.name

    def folder(self, photo):
        """The folder with the photo's results, made if need be."""
        folder = self.cache / digest(photo)
        if folder.is_dir():
            return folder
        self.cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.cache) as scratch:
            made = Path(scratch) / "out"
            self._run(photo, made)
            for mask in made.glob("person_*"):
                mask.unlink()  # not measured, and many
            shutil.move(made, folder)
        return folder

    def _run(self, photo, folder):
        command = [self.binary, "parse", photo, "-o", folder, *self.extra]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            raise PredictionError(f"{photo}: still running after {TIMEOUT_S} s") from error
        if done.returncode != 0:
            raise PredictionError(f"{photo}: exit {done.returncode}: {done.stderr.strip()}")

    def predict(self, photo):
        return read_result(self.folder(photo))


class Folder:
    """Results at FOLDER/PHOTO-NAME-WITHOUT-EXTENSION/."""

    def __init__(self, folder):
        self.root = Path(folder)
        self.name = self.root.name

    def folder(self, photo):
        return self.root / Path(photo).stem

    def predict(self, photo):
        return read_result(self.folder(photo))


def add_arguments(parser):
    """The options that choose a predictor and a data folder, the same in every script."""
    parser.add_argument("--data", type=Path, default=os.environ.get("PARSONA_DATA", ROOT / "../shared/data"),
                        help="data folder (default: $PARSONA_DATA, or ../shared/data)")
    parser.add_argument("--parsona", type=Path, default=ROOT / "build/native/parsona", help="the command to measure")
    parser.add_argument("--weights-dir", type=Path, default=ROOT / "build/weights",
                        help="the command's weights: results are cached by their hash")
    parser.add_argument("--arg", action="append", default=[], metavar="WORD", dest="extra",
                        help="a further word for the command line, repeatable: --arg=--threads --arg=2")
    parser.add_argument("--results", type=Path, metavar="FOLDER",
                        help="measure FOLDER/NAME/{result.json,labels.png,persons.png} instead of running the command")


def from_arguments(options):
    if options.results:
        return Folder(options.results)
    return CommandLine(options.parsona, options.weights_dir, options.extra)
