#!/usr/bin/python3
"""Labels of people, against labelled photos: IoU of each class over all pixels of all photos.

  ccp      street fashion: six merged classes, human labels
  ccp22    the same photos: 22 classes, left and right derived from human labels by rule
  viton    catalogue photos, half body: LIP's classes, labels made by a network
  celeba   faces: six merged classes, human labels
  celeba19 the same photos: 18 classes of the face"""
import argparse
import json
import sys

import numpy as np

import datasets
import labels as L
import metrics
import predictor

# name -> (samples, classes, whether the neck is labelled as background). All label one person a photo.
SETS = {
    "ccp": (datasets.ccp_merged, L.MERGED, False),
    "ccp22": (datasets.ccp_parts, L.BODY22, False),
    "viton": (datasets.viton, L.LIP20, True),
    "celeba": (datasets.celeba_merged, L.MERGED, False),
    "celeba19": (datasets.celeba, L.CELEBA19, False),
}


def only_labelled_person(prediction, truth, background):
    """The predicted labels of the person that overlaps the labelled pixels most; other people, who are not labelled on
    these photos, become background."""
    inside = prediction.persons[(truth != background) & (truth != L.IGNORE)]
    ids = prediction.person_ids()
    if not ids:
        return prediction.labels
    counts = np.bincount(inside, minlength=256)
    main = max(ids, key=lambda i: counts[i])
    return np.where(np.isin(prediction.persons, [0, main]), prediction.labels, prediction.names.index("background"))


def ignore_neck(truth, predicted_labels, names, background):
    """Truth without the pixels that it calls background and the prediction calls the neck's skin."""
    neck = predicted_labels == names.index("torso_skin") if "torso_skin" in names else False
    return np.where((truth == background) & neck, L.IGNORE, truth)


def measure(name, options, parse):
    samples, classes, no_neck = SETS[name]
    background = list(classes).index("background")
    confusion, photos, failed = metrics.Confusion(classes), 0, []
    chosen = samples(options.data)
    if options.held_out:
        chosen = datasets.held_out(chosen)
    for sample in datasets.choose(chosen, options.limit):
        truth = sample.read()
        photos += 1
        try:
            prediction = parse.predict(sample.photo)
            if truth.shape != prediction.labels.shape:
                raise predictor.PredictionError(f"{sample.photo}: map of {prediction.labels.shape}, "
                                                f"labels of {truth.shape}")
        except predictor.PredictionError as error:
            failed.append(str(error))
            confusion.add(truth, np.full_like(truth, background))
            continue
        found = only_labelled_person(prediction, truth, background)
        if no_neck:
            truth = ignore_neck(truth, found, prediction.names, background)
        lookup = np.array(L.prediction_table(prediction.names, classes), np.uint8)
        confusion.add(truth, lookup[found])
    return {"photos": photos, **confusion.summary(), "failed": failed}


def print_table(name, result):
    print(f"{name}: {result['photos']} photos, mean IoU {result['mean_iou']:.3f}, pixel accuracy "
          f"{result['pixel_accuracy']:.3f}")
    for label, value in result["iou"].items():
        if value is not None:
            note = "  not given by the parser" if label in result["missing"] else ""
            print(f"  {label:<14} {value:.3f}{note}")
    if result["missing"]:
        print(f"  mean of the classes given {result['mean_iou_of_given']:.3f}")
    for line in result["failed"]:
        print(f"  failed: {line}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    predictor.add_arguments(parser)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {' '.join(SETS)} (default: ccp ccp22)")
    parser.add_argument("--limit", type=int, default=0, help="measure N photos of each, always the same")
    parser.add_argument("--held-out", action="store_true", help="only photos that no training saw")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    names = options.sets or ["ccp", "ccp22"]
    if unknown := [name for name in names if name not in SETS]:
        parser.error(f"no such set: {unknown[0]}")

    parse = predictor.from_arguments(options)
    results = {name: measure(name, options, parse) for name in names}
    if options.json:
        print(json.dumps({"predictor": parse.name, **results}, indent=1))
    else:
        print(f"predictor {parse.name}")
        for name, result in results.items():
            print_table(name, result)
    return 1 if any(result["failed"] for result in results.values()) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (predictor.PredictionError, datasets.DataError) as error:
        sys.exit(f"eval_parts: {error}")
