"""Compute scores of made-up predictions in scikit-learn.

Every case holds targets and predictions by output, null where a target is
unknown, and the scores: of all outputs together, and of each where there are
several. Predictions lie on a coarse grid, so that many samples tie and 32 bits
hold them exactly. Run from the root of the project:

    python3 testdata/peers/metrics.py testdata/losses/metrics.json
"""

import json
import math
import pathlib
import sys

import numpy as np
import sklearn
from sklearn import metrics

NAN = float("nan")


def probabilities(random, y, grid):
    """Rank samples somewhat better than by chance, on a grid of probabilities."""
    return np.round((0.35 * np.nan_to_num(y, nan=0.5) + 0.65 * random.random(y.shape)) * grid) / grid


def binary(random, n, grid, share):
    y = (random.random(n) < share).astype(float)
    p = probabilities(random, y, grid)
    return [y], [p], {
        "auc": metrics.roc_auc_score(y, p),
        "average_precision": metrics.average_precision_score(y, p),
        "accuracy": metrics.accuracy_score(y, p > 0.5),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, p > 0.5),
    }, []


def multilabel(random, n, grid, labels):
    y = (random.random((labels, n)) < 0.4).astype(float)
    y[random.random(y.shape) < 0.25] = NAN
    y[-1] = np.where(np.isnan(y[-1]), NAN, 1)  # of one class only
    y[:, 3] = NAN  # a sample of which nothing is known
    p = probabilities(random, y, grid)
    each, right = [], np.ones(n, bool)
    for target, score in zip(y, p):
        known = ~np.isnan(target)
        right &= ~known | ((score > 0.5) == (target > 0.5))
        if len(set(target[known])) < 2:
            each.append({"auc": NAN, "average_precision": NAN})
            continue
        each.append({
            "auc": metrics.roc_auc_score(target[known], score[known]),
            "average_precision": metrics.average_precision_score(target[known], score[known]),
        })
    some = ~np.isnan(y).all(0)
    mean = lambda name: float(np.mean([e[name] for e in each if e[name] == e[name]]))
    return y, p, {
        "auc": mean("auc"), "average_precision": mean("average_precision"),
        "exact_match": float(np.mean(right[some])),
    }, each


def regression(random, n, targets, missing):
    y = np.round(random.normal(size=(targets, n)) * 8) / 8
    y = y * 2.0 ** np.arange(targets)[:, None] + 1000 * np.arange(targets)[:, None]
    f = y + np.round(random.normal(size=y.shape) * 4) / 8
    y[random.random(y.shape) < missing] = NAN
    each = []
    for target, value in zip(y, f):
        known = ~np.isnan(target)
        each.append({
            "r2": metrics.r2_score(target[known], value[known]),
            "mae": metrics.mean_absolute_error(target[known], value[known]),
        })
    mean = lambda name: float(np.mean([e[name] for e in each]))
    return y, f, {"r2": mean("r2"), "mae": mean("mae")}, each if targets > 1 else []


def main(path):
    random = np.random.default_rng(1)
    made = [
        ("binary with ties", "binary", binary(random, 60, 16, 0.4)),
        ("binary, rare, hardly any ties", "binary", binary(random, 200, 4096, 0.05)),
        ("binary, two ranks only", "binary", binary(random, 40, 1, 0.5)),
        ("labels with ties and gaps", "multilabel", multilabel(random, 60, 8, 4)),
        ("one target", "regression", regression(random, 50, 1, 0)),
        ("three targets with gaps", "regression", regression(random, 50, 3, 0.3)),
    ]
    numbers = lambda rows: [[None if math.isnan(v) else float(v) for v in row] for row in rows]
    plain = lambda e: {k: None if math.isnan(v) else float(v) for k, v in e.items()}
    cases = [{
        "name": name, "task": task, "target": numbers(y), "prediction": numbers(p),
        "scores": plain(scores), "outputs": [plain(e) for e in each],
    } for name, task, (y, p, scores, each) in made]
    text = json.dumps({"sklearn": sklearn.__version__, "cases": cases}, separators=(",", ":"))
    pathlib.Path(path).write_text(text.replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
