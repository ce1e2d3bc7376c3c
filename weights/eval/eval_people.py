#!/usr/bin/python3
"""People of photos that hold several, against COCO's annotated outlines.

A predicted person is right when its pixels overlap an annotated person by IoU 0.5. Annotated people of at most 64x64
pixels and crowd regions are neither asked for nor held against a prediction that matches them."""
import argparse
import json
import sys

import datasets
import metrics
import predictor


def score_photo(prediction, truth):
    people, crowds = truth
    if people and people[0].shape != prediction.persons.shape:
        raise predictor.PredictionError(f"map of {prediction.persons.shape}, labels of {people[0].shape}")
    found = [prediction.persons == i for i in prediction.person_ids()]
    return metrics.match_people(found, people, crowds)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    predictor.add_arguments(parser)
    parser.add_argument("--least", type=int, default=2, help="annotated people that a photo must hold (default 2)")
    parser.add_argument("--limit", type=int, default=0, help="measure N photos, always the same")
    parser.add_argument("--held-out", action="store_true", help="only photos that no training saw")
    parser.add_argument("--table", action="store_true", help="print a line per photo")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()

    parse = predictor.from_arguments(options)
    total, rows, failed = metrics.PeopleScore(), [], []
    samples = datasets.coco_people(options.data, options.least)
    if options.held_out:
        samples = datasets.held_out(samples)
    for sample in datasets.choose(samples, options.limit):
        try:
            score = score_photo(parse.predict(sample.photo), sample.read())
        except predictor.PredictionError as error:
            # People that nothing was predicted for are people missed.
            failed.append(str(error))
            score = metrics.match_people([], *sample.read())
        total.add(score)
        rows.append({"photo": sample.photo.name, **score.summary(), "ious": score.matches})

    summary = total.summary()
    if options.json:
        print(json.dumps({"predictor": parse.name, **summary, "failed": failed,
                          **({"table": rows} if options.table else {})}, indent=1))
    else:
        if options.table:
            print("photo                people  found  right  ignored  IoU of the matches")
            for row in rows:
                ious = " ".join(f"{value:.2f}" for value in row["ious"])
                print(f"{row['photo']:<20} {row['people']:6} {row['predicted']:6} {row['matched']:6} "
                      f"{row['ignored']:8}  {ious}")
        print(f"people of {summary['photos']} photos with {options.least} or more ({parse.name})")
        print(f"  annotated {summary['people']}, predicted {summary['predicted']}, matched {summary['matched']}, "
              f"ignored {summary['ignored']}")
        print(f"  precision {summary['precision']:.3f}  recall {summary['recall']:.3f}  F1 {summary['f1']:.3f}  "
              f"mean IoU {summary['mean_iou']:.3f}")
        for line in failed:
            print(f"  failed: {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (predictor.PredictionError, datasets.DataError) as error:
        sys.exit(f"eval_people: {error}")
