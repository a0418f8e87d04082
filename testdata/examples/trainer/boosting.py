"""Gradient boosting for a sharewise study, by scikit-learn.

sharewise calls this with the folder of a run. A model of one domain is fitted to its
training samples. A model of several domains is fitted to the samples of all, with the
number of the domain as one more column, a category. Validation samples are held out to
stop early, test samples are predicted and nothing else.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

run = Path(sys.argv[1])
spec = json.loads((run / "spec.json").read_text())
domains = spec["domains"]
rounds = int(spec["settings"].get("max_iter", 200))
rate = float(spec["settings"].get("learning_rate", 0.1))


def inputs(number, part):
    """The inputs of a part, with the domain as the last column where there are several."""
    x = np.load(run / domains[number][part]["inputs"])
    if len(domains) > 1:
        x = np.column_stack([x, np.full(len(x), number)])
    return x


def targets(number, part):
    y = np.load(run / domains[number][part]["targets"])
    return y if y.ndim == 1 else y[:, 0]


def category_columns(width):
    """Columns of words come last among the inputs; then the domain, if it is there."""
    words = len(domains[0].get("categories", []))
    domain = int(len(domains) > 1)
    return [i >= width - words - domain for i in range(width)]


def joined(read, part):
    return np.concatenate([read(k, part) for k in range(len(domains))])


x, y = joined(inputs, "train"), joined(targets, "train")
classes = domains[0]["task"] in ("classification", "binary")
# Predictions are due in the units of the data, in which targets are with inputs: raw.
raw = spec["inputs"] == "raw"
std = [1 if raw or classes else d["target_std"][0] for d in domains]
mean = [0 if raw or classes else d["target_mean"][0] for d in domains]
kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
model = kind(
    max_iter=1,
    warm_start=True,
    learning_rate=rate,
    early_stopping=False,
    categorical_features=category_columns(x.shape[1]),
    random_state=spec["random_seed"],
)

# scikit-learn would draw validation samples of its own; ours are those of the study. A
# bootstrap of the rows is what makes seeds differ: without it boosting is deterministic,
# and sharewise could not tell chance from what sharing does.
draw = np.concatenate(
    [
        np.random.default_rng(d["seed"]).integers(d["train"]["count"], size=d["train"]["count"])
        + sum(e["train"]["count"] for e in domains[:k])
        for k, d in enumerate(domains)
    ]
)
x, y = x[draw], y[draw]


def losses(number, part):
    """Prediction and loss of every sample of a part."""
    z, t = inputs(number, part), targets(number, part)
    if not classes:
        p = model.predict(z)
        return p, (p - t) ** 2
    p = model.predict_proba(z)
    at = np.searchsorted(model.classes_, t)
    known = (at < len(model.classes_)) & (model.classes_[np.minimum(at, len(model.classes_) - 1)] == t)
    right = np.where(known, p[np.arange(len(t)), np.minimum(at, p.shape[1] - 1)], 0)
    return p, -np.log(np.maximum(right, 1e-7))


best, best_rounds, history = np.inf, rounds, []
for n in range(10, rounds + 1, 10):
    model.set_params(max_iter=n)
    model.fit(x, y)
    found = [losses(k, "validation")[1].mean() if d["validation"]["count"] else np.nan for k, d in enumerate(domains)]
    for d, loss in zip(domains, found):
        history.append({"epoch": n // 10, "domain": d["name"], "split": "validation", "loss": loss})
    if np.mean(found) < best:
        best, best_rounds = np.mean(found), n
    elif n >= best_rounds + 50:
        break
if np.isfinite(best):
    model = kind(
        max_iter=best_rounds,
        learning_rate=rate,
        early_stopping=False,
        categorical_features=category_columns(x.shape[1]),
        random_state=spec["random_seed"],
    ).fit(x, y)
    with open(run / "history.csv", "w", newline="") as f:
        w = csv.DictWriter(f, ["epoch", "domain", "split", "loss", "tested"])
        w.writeheader()
        w.writerows({**h, "tested": h["epoch"] * 10 == best_rounds} for h in history)

with open(run / "losses.csv", "w", newline="") as f:
    w = csv.writer(f)
    # Squared errors follow from predictions, in units that domains have in common.
    w.writerow(["domain", "sample", "prediction"] + ["loss", "confidence"] * classes)
    for k, d in enumerate(domains):
        rows = (run / d["test"]["rows"]).read_text().split()
        p, loss = losses(k, "test")
        for i, (row, l) in enumerate(zip(rows, loss)):
            if classes:
                c = p[i].argmax()
                w.writerow([d["name"], row, model.classes_[c], l, p[i, c]])
            else:
                w.writerow([d["name"], row, p[i] * std[k] + mean[k]])
print(f"{len(x)} samples, {best_rounds} rounds, validation loss {best:.4f}")
