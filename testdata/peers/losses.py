"""Compute losses of single samples and their gradients in PyTorch.

Every case is a loss with settings, scores and targets, the loss of every
sample, and the gradient of their mean by the scores; double precision. An
unknown target is null: the loss of a sample is the mean over its known outputs,
and 0 if there are none. Run from the root of the project:

    python3 testdata/peers/losses.py testdata/losses/losses.json
"""

import json
import pathlib
import sys

import torch
from torch.nn import functional as F

BATCH, OUTPUTS = 6, 3
WEIGHTS = [0.5, 3.0, 1.25]
CASES = [
    {"loss": "cross_entropy"},
    {"loss": "cross_entropy", "class_weights": WEIGHTS},
    {"loss": "cross_entropy", "smoothing": 0.25},
    {"loss": "cross_entropy", "class_weights": WEIGHTS, "smoothing": 0.125},
    {"loss": "binary_cross_entropy"},
    {"loss": "binary_cross_entropy", "class_weights": WEIGHTS},
    {"loss": "binary_cross_entropy", "smoothing": 0.25},
    {"loss": "binary_cross_entropy", "class_weights": WEIGHTS, "smoothing": 0.125, "masked": True},
    {"loss": "binary_cross_entropy", "masked": True},
    {"loss": "squared_error"},
    {"loss": "squared_error", "masked": True},
    {"loss": "huber", "delta": 0.75},
    {"loss": "huber", "delta": 2.0, "masked": True},
]


def sample_losses(case, scores, target):
    weights = torch.tensor(case["class_weights"], dtype=torch.float64) if "class_weights" in case else None
    smoothing = case.get("smoothing", 0)
    if case["loss"] == "cross_entropy":
        return F.cross_entropy(scores, target, weight=weights, label_smoothing=smoothing, reduction="none")
    known = ~target.isnan()
    target = target.nan_to_num(0)
    if case["loss"] == "binary_cross_entropy":
        target = target * (1 - smoothing) + smoothing / 2
        each = F.binary_cross_entropy_with_logits(scores, target, pos_weight=weights, reduction="none")
    elif case["loss"] == "huber":
        each = F.huber_loss(scores, target, delta=case["delta"], reduction="none")
    else:
        each = F.mse_loss(scores, target, reduction="none")
    return torch.where(known, each, 0.0).sum(1) / known.sum(1).clamp(min=1)


def compute(case):
    # Scores of which some are far out, where naive formulas overflow.
    scores = torch.round(4 * torch.randn(BATCH, OUTPUTS, dtype=torch.float64), decimals=3)
    scores[0, 0], scores[0, 1] = 800, -800
    if case["loss"] in ("squared_error", "huber"):
        scores[0] /= 100
    scores.requires_grad_()
    if case["loss"] == "cross_entropy":
        target = torch.randint(OUTPUTS, [BATCH])
    elif case["loss"] == "binary_cross_entropy":
        target = torch.randint(2, [BATCH, OUTPUTS]).double()
    else:
        target = torch.round(torch.randn(BATCH, OUTPUTS, dtype=torch.float64), decimals=3)
    if case.get("masked"):
        for i in (1, 3, 5, 6, 7, 8):
            target.view(-1)[i] = float("nan")
    losses = sample_losses(case, scores, target)
    losses.mean().backward()
    numbers = lambda t: [None if v != v else float(f"{v:.12g}") for v in t.detach().double().reshape(-1).tolist()]
    return {"settings": case, "scores": numbers(scores), "target": numbers(target),
            "losses": numbers(losses), "gradient": numbers(scores.grad)}


def main(path):
    torch.manual_seed(1)
    cases = [compute(c) for c in CASES]
    text = json.dumps({"torch": torch.__version__, "batch": BATCH, "outputs": OUTPUTS, "cases": cases}, separators=(",", ":"))
    pathlib.Path(path).write_text(text.replace('{"settings"', '\n{"settings"') + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
