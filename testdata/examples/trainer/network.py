"""A network for a sharewise study, by PyTorch: a trunk that domains share, and a head for each.

sharewise calls this with the folder of a run. What spec.json says of training is done as
sharewise does it: rows of each domain in every minibatch, rate and its schedule, AdamW.
Seeds of the rows' order are by domain and those of the weights by layer, so that runs of
one seed start from the same trunk and see the rows of a domain in the same order, whatever
the arm: chance then moves an independent and a shared model alike.
"""

import csv
import json
import math
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

run = Path(sys.argv[1])
spec = json.loads((run / "spec.json").read_text())
domains, training = spec["domains"], spec["training"]
torch.set_num_threads(spec["threads"])


def load(d, part):
    x = torch.from_numpy(np.load(run / d[part]["inputs"])).flatten(1)
    return x, torch.from_numpy(np.load(run / d[part]["targets"]))


def linear(inputs, outputs, seed, relu):
    """A layer whose weights follow from its seed alone."""
    torch.manual_seed(seed)
    layer = nn.Linear(inputs, outputs)
    if relu:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)
    return layer


width = max(1, round(256 * spec["rung"]["width"]))
size = math.prod(domains[0]["shape"])
trunk = nn.Sequential(
    linear(size, width, spec["random_seed"], True), nn.ReLU(), linear(width, width, spec["random_seed"] + 1, True), nn.ReLU()
)
heads = nn.ModuleDict({d["name"]: linear(width, d["outputs"], d["seed"], False) for d in domains})
parameters = list(trunk.parameters()) + list(heads.parameters())
o = training["optimizer"]
optimizer = torch.optim.AdamW(
    parameters, lr=training["rate"], betas=(o["beta1"], o["beta2"]), eps=o["epsilon"], weight_decay=o["weight_decay"]
)


class Rows:
    """The rows of a domain, again and again, each time in another order."""

    def __init__(self, d):
        self.x, self.y = load(d, "train")
        self.rng, self.batch, self.left = np.random.default_rng(d["seed"]), d["batch"], np.empty(0, int)

    def next(self):
        while len(self.left) < self.batch:
            self.left = np.concatenate([self.left, self.rng.permutation(len(self.x))])
        i, self.left = self.left[: self.batch], self.left[self.batch :]
        return self.x[i], self.y[i]


def rate(step, steps):
    """The share of the peak rate at a step, from 0."""
    s = training["schedule"]
    warm = s["warmup"] * steps
    if step < warm:
        return (step + 1) / warm
    t = (step - warm) / max(1, steps - warm)
    if s["kind"] == "cosine":
        return s["final"] + (1 - s["final"]) * (1 + math.cos(math.pi * t)) / 2
    if s["kind"] == "linear":
        return 1 - (1 - s["final"]) * t
    return 1


@torch.no_grad()
def judge(d, part):
    x, y = load(d, part)
    z = F.log_softmax(heads[d["name"]](trunk(x)), 1)
    return F.nll_loss(z, y, reduction="none"), z, y


rows = {d["name"]: Rows(d) for d in domains}
steps = training["epochs"] * spec["steps_per_epoch"]
history, total = [], dict.fromkeys(rows, 0.0)
for step in range(steps):
    for g in optimizer.param_groups:
        g["lr"] = training["rate"] * rate(step, steps)
    loss = 0
    for name, r in rows.items():
        x, y = r.next()
        one = F.cross_entropy(heads[name](trunk(x)), y)
        total[name] += float(one)
        loss = loss + one / len(rows)
    optimizer.zero_grad()
    loss.backward()
    if training["clip"] > 0:
        nn.utils.clip_grad_norm_(parameters, training["clip"])
    optimizer.step()
    if (step + 1) % spec["steps_per_epoch"] == 0:
        epoch = (step + 1) // spec["steps_per_epoch"]
        for d in domains:
            history.append({"epoch": epoch, "domain": d["name"], "split": "train", "loss": total[d["name"]] / spec["steps_per_epoch"]})
            if d["validation"]["count"]:
                l, z, y = judge(d, "validation")
                right = float((z.argmax(1) == y).float().mean())
                history.append({"epoch": epoch, "domain": d["name"], "split": "validation", "loss": float(l.mean()), "accuracy": right})
        total = dict.fromkeys(rows, 0.0)

(run / "history.json").write_text(json.dumps(history))
torch.save({"trunk": trunk.state_dict(), "heads": heads.state_dict()}, run / "model.pt")
with open(run / "losses.csv", "w", newline="") as f:
    w = csv.writer(f)
    w.writerow(["domain", "sample", "loss", "prediction", "confidence"])
    for d in domains:
        numbers = (run / d["test"]["rows"]).read_text().split()
        l, z, _ = judge(d, "test")
        p, c = z.exp().max(1)
        w.writerows([d["name"], n, float(a), int(k), float(q)] for n, a, k, q in zip(numbers, l, c, p))
