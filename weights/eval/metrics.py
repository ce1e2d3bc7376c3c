"""The measures: people matched by overlap, and intersection over union of classes."""
from dataclasses import dataclass, field

import numpy as np

from labels import IGNORE

MIN_AREA = 64 * 64  # pixels; smaller annotated people are ignored
MIN_IOU = 0.5


@dataclass
class PeopleScore:
    """Counts of one photo, or of many added up."""
    photos: int = 0
    people: int = 0       # annotated, large enough to count
    predicted: int = 0    # predicted, less those that match an ignored region
    ignored: int = 0      # predictions that match one
    matches: list = field(default_factory=list)  # IoU of each match

    def add(self, other):
        self.photos += other.photos
        self.people += other.people
        self.predicted += other.predicted
        self.ignored += other.ignored
        self.matches += other.matches

    def summary(self):
        hits = len(self.matches)
        precision = hits / self.predicted if self.predicted else 0.0
        recall = hits / self.people if self.people else 0.0
        both = precision + recall
        return {
            "photos": self.photos, "people": self.people, "predicted": self.predicted, "ignored": self.ignored,
            "matched": hits, "precision": precision, "recall": recall,
            "f1": 2 * precision * recall / both if both else 0.0,
            "mean_iou": float(np.mean(self.matches)) if hits else 0.0,
        }


def iou(a, b):
    union = np.count_nonzero(a | b)
    return np.count_nonzero(a & b) / union if union else 0.0


def greedy_pairs(values, least):
    """Pairs (row, column, value) of a matrix, best value first, each row and column once, values >= least."""
    pairs = []
    order = np.dstack(np.unravel_index(np.argsort(-values, axis=None, kind="stable"), values.shape))[0]
    rows, columns = set(), set()
    for row, column in order:
        if values[row, column] < least:
            break
        if row not in rows and column not in columns:
            pairs.append((int(row), int(column), float(values[row, column])))
            rows.add(row)
            columns.add(column)
    return pairs


def match_people(predicted, annotated, crowds, min_area=MIN_AREA, min_iou=MIN_IOU):
    """Scores one photo. All arguments are lists of boolean masks of the photo's size.

    Predictions and annotations are paired best overlap first; predictions do not overlap each other, so at IoU 0.5
    there is hardly ever a choice and this is the optimal assignment. A prediction left over is ignored when it overlaps
    a small annotated person by `min_iou`, or lies in a crowd by half of itself, as in COCO's evaluation."""
    large = [mask for mask in annotated if np.count_nonzero(mask) > min_area]
    small = [mask for mask in annotated if np.count_nonzero(mask) <= min_area]
    score = PeopleScore(photos=1, people=len(large))
    taken = set()
    if predicted and large:
        values = np.array([[iou(p, a) for a in large] for p in predicted])
        for row, _, value in greedy_pairs(values, min_iou):
            taken.add(row)
            score.matches.append(value)
    for index, mask in enumerate(predicted):
        if index in taken:
            continue
        area = max(1, np.count_nonzero(mask))
        if any(iou(mask, other) >= min_iou for other in small) or any(
                np.count_nonzero(mask & crowd) >= 0.5 * area for crowd in crowds):
            score.ignored += 1
    score.predicted = len(predicted) - score.ignored
    return score


class Confusion:
    """Pixels of true class x predicted class, added up over photos."""

    def __init__(self, classes):
        self.classes = list(classes)
        self.counts = np.zeros((len(self.classes),) * 2, np.int64)

    def add(self, truth, predicted):
        """Two arrays of class indices; pixels where the truth is IGNORE are left out."""
        n = len(self.classes)
        use = truth != IGNORE
        flat = truth[use].astype(np.int64) * n + predicted[use]
        self.counts += np.bincount(flat, minlength=n * n).reshape(n, n)

    def summary(self):
        """IoU of each class: None where it is neither labelled nor predicted; `missing` lists classes that are
        labelled and never predicted, which count as 0 in the mean over the labelled classes."""
        right = np.diag(self.counts)
        truth, predicted = self.counts.sum(1), self.counts.sum(0)
        union = truth + predicted - right
        values = {name: float(right[i] / union[i]) if union[i] else None for i, name in enumerate(self.classes)}
        labelled = [i for i in range(len(self.classes)) if truth[i]]
        given = [i for i in labelled if predicted[i]]
        mean = lambda indices: float(np.mean([values[self.classes[i]] for i in indices])) if indices else 0.0
        return {
            "iou": values, "mean_iou": mean(labelled), "mean_iou_of_given": mean(given),
            "missing": [self.classes[i] for i in labelled if not predicted[i]],
            "pixel_accuracy": float(right.sum() / max(1, self.counts.sum())),
        }
