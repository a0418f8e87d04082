"""A whole study in PyTorch: the runs of a plan of sharewise's, for cmd/bench-peers.

    study.py try WORK [SETTING]   tries all settings, or one, and prints the best, as JSON
    study.py run WORK SETTING OUT trains runs that no other process has claimed

WORK is a file of JSON that cmd/bench-peers writes, see type work there: files of
data, networks, runs. Several processes share the runs, the longest first: whoever
makes a run's folder in OUT trains it. A run does what sharewise's does: minibatches
of so many rows of each domain, one head and loss per domain, validation losses
after every epoch, at the end loss, prediction and confidence of every test sample,
and the trained parameters, in files.

SETTING is JSON: {"channels_last", "foreach"} train one run after another;
{"stacked": n} trains n runs of equal shape at once, with weights [n, in, out] and
batched products; {"vmap": n} does the same by functorch. The last two are for the
mlp alone.
"""

import csv
import gzip
import json
import math
import pathlib
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional as F

import nets

EVALUATED = 256  # samples at a time


# Data

def idx(path):
    with gzip.open(path) as f:
        data = f.read()
    shape = [int.from_bytes(data[4 + 4 * i : 8 + 4 * i], "big") for i in range(data[3])]
    return torch.from_numpy(numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * len(shape)).reshape(shape).copy())


class Split:
    def __init__(self, x, y):
        self.x, self.y = x, y


def images(images, labels, rows, shape):
    """Some images as float32 of the shape, and their classes."""
    x = idx(images)[rows].float()[:, None]
    if list(x.shape[1:]) != shape:
        x = F.interpolate(x, shape[1:], mode="bilinear", align_corners=False)
    return x, idx(labels)[rows].long()


def table(path):
    with open(path) as f:
        rows = list(csv.reader(f))[1:]
    classes = sorted({r[-1] for r in rows})
    x = torch.tensor([[float(v) for v in r[:-1]] for r in rows])
    return x, torch.tensor([classes.index(r[-1]) for r in rows])


class Domain:
    """Three splits of the sizes that the plan has, inputs standardised by the
    training samples."""

    def __init__(self, d, shape):
        self.outputs = d["outputs"]
        n, v, t = d["train"], d["val"], d["test"]
        if "table" in d:
            x, y = table(d["table"])
        else:
            x, y = images(*d["images"], slice(0, n + v), shape)
            place = slice(0, t) if d["images"] != d["tested"] else slice(-t, None)
            more, labels = images(*d["tested"], place, shape)
            x, y = torch.cat([x, more]), torch.cat([y, labels])
        x = (x - x[:n].mean(0 if x.dim() == 2 else None)) / (x[:n].std(0 if x.dim() == 2 else None) + 1e-8)
        self.train, self.val, self.test = (Split(x[a:b].contiguous(), y[a:b]) for a, b in ((0, n), (n, n + v), (n + v, n + v + t)))


def order(rows, count, generator):
    """count places in a split, pass after pass in a new order."""
    passes = -(-count // rows)
    return torch.cat([torch.randperm(rows, generator=generator) for _ in range(passes)])[:count]


# Training

class Several(nn.Module):
    """A trunk with a head for every domain of a run."""

    def __init__(self, net, outputs):
        super().__init__()
        self.trunk = nets.TRUNKS[net["trunk"]](net["input"], net["width"])
        self.heads = nn.ModuleList(nn.Linear(self.trunk.features, k) for k in outputs)

    def forward(self, x, rows):
        return [h(f) for h, f in zip(self.heads, self.trunk(x).split(rows))]

    def one(self, x, domain):
        return self.heads[domain](self.trunk(x))


def judge(scores, y):
    confidence, prediction = F.softmax(scores, -1).max(-1)
    return F.cross_entropy(scores, y, reduction="none"), prediction, confidence, prediction == y


def factor(training, step, steps):
    """The course of the learning rate, as sharewise's."""
    warm = round(training["warmup"] * steps)
    if step < warm:
        return (step + 1) / (warm + 1)
    progress = min(1, (step - warm) / max(1, steps - 1 - warm))
    if training["schedule"] == "cosine":
        return training["final"] + (1 - training["final"]) * (1 + math.cos(math.pi * progress)) / 2
    if training["schedule"] == "linear":
        return training["final"] + (1 - training["final"]) * (1 - progress)
    return 1


def save(folder, tested, parameters):
    for name, parts in zip(("loss", "prediction", "confidence", "correct"), zip(*tested)):
        numpy.save(folder / (name + ".npy"), torch.cat(list(parts)).numpy())
    torch.save(parameters, folder / "model.pt")


class Alone:
    """Trains one run after another."""

    def __init__(self, work, domains, setting):
        self.work, self.domains = work, domains
        self.last, self.foreach = setting.get("channels_last", False), setting.get("foreach", True)
        self.most = 1

    def layout(self, x):
        return x.contiguous(memory_format=torch.channels_last) if self.last else x

    def evaluate(self, model, domain, split):
        model.eval()
        with torch.no_grad():
            parts = [judge(model.one(self.layout(split.x[i : i + EVALUATED]), domain), split.y[i : i + EVALUATED])
                     for i in range(0, len(split.x), EVALUATED)]
        model.train()
        return [torch.cat(p) for p in zip(*parts)]

    def train(self, runs, folders, steps=None):
        (run,), training = runs, self.work["training"]
        torch.manual_seed(run["seed"])
        generator = torch.Generator().manual_seed(run["seed"])
        domains, rows = [self.domains[d] for d in run["domains"]], run["rows"]
        model = Several(self.work["network"], [d.outputs for d in domains]).train()
        if self.last:
            model = model.to(memory_format=torch.channels_last)
        optimizer = nets.optimizer(training, model.parameters(), self.foreach)
        orders = [order(len(d.train.x), run["steps"] * n, generator) for d, n in zip(domains, rows)]
        history = []
        for step in range(steps or run["steps"]):
            at = [o[step * n : (step + 1) * n] for o, n in zip(orders, rows)]
            x = self.layout(torch.cat([d.train.x[i] for d, i in zip(domains, at)]))
            for g in optimizer.param_groups:
                g["lr"] = training["rate"] * factor(training, step, run["steps"])
            optimizer.zero_grad(set_to_none=True)
            losses = [F.cross_entropy(s, d.train.y[i]) for s, d, i in zip(model(x, rows), domains, at)]
            sum(losses).backward()
            optimizer.step()
            if (step + 1) % run["steps_per_epoch"] == 0 and folders:
                history.append([self.evaluate(model, k, d.val)[0].mean().item() for k, d in enumerate(domains)])
        if folders:
            save(folders[0], [self.evaluate(model, k, d.test) for k, d in enumerate(domains)], model.state_dict())
            (folders[0] / "history.json").write_text(json.dumps(history))


class Stacked:
    """Trains many runs of equal shape at once: every parameter has a dimension
    more. The losses are summed, so that no run feels another's."""

    def __init__(self, work, domains, setting):
        self.work, self.domains = work, domains
        self.vmap = "vmap" in setting
        self.most = setting.get("vmap") or setting["stacked"]

    def parameters(self, runs, outputs):
        net = self.work["network"]
        sizes = [nets.product(net["input"]), nets.scaled(256, net["width"]), nets.scaled(256, net["width"])]
        torch.manual_seed(runs[0]["seed"])

        def layer(a, b):
            bound = 1 / math.sqrt(a)
            return [torch.empty(len(runs), a, b).uniform_(-bound, bound).requires_grad_(),
                    torch.empty(len(runs), 1, b).uniform_(-bound, bound).requires_grad_()]
        return layer(sizes[0], sizes[1]) + layer(sizes[1], sizes[2]) + [p for k in outputs for p in layer(sizes[2], k)]

    @staticmethod
    def features(p, x):
        return F.relu(torch.baddbmm(p[3], F.relu(torch.baddbmm(p[1], x, p[0])), p[2]))

    @staticmethod
    def head(p, k, f):
        return torch.baddbmm(p[5 + 2 * k], f, p[4 + 2 * k])

    def gradients(self, p, x, ys, rows):
        if not self.vmap:
            parts = self.features(p, x).split(rows, 1)
            loss = sum(F.cross_entropy(self.head(p, k, f).flatten(0, 1), y.flatten()) for k, (f, y) in enumerate(zip(parts, ys)))
            (loss * len(x)).backward()
            return
        import functorch

        def loss(p, x, ys):
            f = F.relu(F.relu(x @ p[0] + p[1]) @ p[2] + p[3]).split(rows, 0)
            return sum(F.cross_entropy(f[k] @ p[4 + 2 * k] + p[5 + 2 * k], y) for k, y in enumerate(ys))

        grads = functorch.vmap(functorch.grad(loss))(tuple(q.detach() for q in p), x, tuple(ys))
        for q, g in zip(p, grads):
            q.grad = g

    def evaluate(self, p, k, split):
        x, y = (torch.stack([getattr(s, part) for s in split]) for part in ("x", "y"))
        with torch.no_grad():
            loss, prediction, confidence, _ = judge(self.head(p, k, self.features(p, x)).flatten(0, 1), y.flatten())
        shape = y.shape
        return loss.view(shape), prediction.view(shape), confidence.view(shape), prediction.view(shape) == y

    def train(self, runs, folders, steps=None):
        training, first = self.work["training"], runs[0]
        domains = [[self.domains[d] for d in r["domains"]] for r in runs]
        slots = list(zip(*domains))  # by place of a domain in its run
        p = self.parameters(runs, [s[0].outputs for s in slots])
        optimizer = nets.optimizer(training, p, True)
        # All training samples of a place as one list, so that one look-up draws
        # the rows of all runs.
        xs = [torch.cat([d.train.x for d in s]) for s in slots]
        ys = [torch.cat([d.train.y for d in s]) for s in slots]
        generators = [torch.Generator().manual_seed(r["seed"]) for r in runs]
        orders = [torch.stack([order(len(d.train.x), first["steps"] * n, g) + i * len(d.train.x)
                               for i, (d, g) in enumerate(zip(s, generators))]) for s, n in zip(slots, first["rows"])]
        history = []
        for step in range(steps or first["steps"]):
            at = [o[:, step * n : (step + 1) * n] for o, n in zip(orders, first["rows"])]
            x = torch.cat([a[i] for a, i in zip(xs, at)], 1)
            for g in optimizer.param_groups:
                g["lr"] = training["rate"] * factor(training, step, first["steps"])
            optimizer.zero_grad(set_to_none=True)
            self.gradients(p, x, [y[i] for y, i in zip(ys, at)], first["rows"])
            optimizer.step()
            if (step + 1) % first["steps_per_epoch"] == 0 and folders:
                history.append([self.evaluate(p, k, [d.val for d in s])[0].mean(1).tolist() for k, s in enumerate(slots)])
        if not folders:
            return
        tested = [self.evaluate(p, k, [d.test for d in s]) for k, s in enumerate(slots)]
        for i, folder in enumerate(folders):
            save(folder, [[part[i] for part in t] for t in tested], [q[i].detach().clone() for q in p])
            (folder / "history.json").write_text(json.dumps([[v[i] for v in epoch] for epoch in history]))


def trainer(work, domains, setting):
    kind = Stacked if "stacked" in setting or "vmap" in setting else Alone
    return kind(work, domains, setting)


# Runs

def shape(run):
    """What runs that are trained at once must have in common."""
    return len(run["domains"]), run["rows"], run["steps"]


def batches(runs, most):
    """The runs in groups of equal shape, the longest first."""
    groups = []
    for run in sorted(runs, key=lambda r: (-r["steps"] * sum(r["rows"]), len(r["domains"]))):
        if groups and len(groups[-1]) < most and shape(groups[-1][0]) == shape(run):
            groups[-1].append(run)
        else:
            groups.append([run])
    return groups


def every(work):
    """The settings that are tried."""
    settings = [{"channels_last": c, "foreach": f} for c in (False, True) for f in (True, False)]
    if len(work["network"]["input"]) != 3 or work["network"]["trunk"] == "mlp":
        settings = settings[:2]
    if work["stacked"]:
        settings += [{kind: n} for kind in ("stacked", "vmap") for n in (8, 32, 128)]
    return settings


def attempt(work, domains, settings):
    """Times settings on a few steps of the runs that there are most of."""
    trials, best = {}, None
    for setting in settings:
        t = trainer(work, domains, setting)
        group = max(batches(work["runs"], t.most), key=len)
        times = []
        for steps in (3, 8):
            start = time.perf_counter()
            t.train(group, None, steps)
            begun = time.perf_counter()
            t.train(group, None, 1)
            again = time.perf_counter()
            times.append(((begun - start) - (again - begun)) / (steps - 1) / len(group))
        took = times[-1]
        trials[json.dumps(setting)] = took
        if best is None or took < best[0]:
            best = took, setting
    return {"about": nets.version(), "best": best[1], "trials": trials}


def main():
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    work = json.loads(pathlib.Path(sys.argv[2]).read_text())
    domains = {d["name"]: Domain(d, work["network"]["input"]) for d in work["domains"]}
    if sys.argv[1] == "try":
        settings = [json.loads(sys.argv[3])] if len(sys.argv) > 3 else every(work)
        print(json.dumps(attempt(work, domains, settings)))
        return
    t, out, done = trainer(work, domains, json.loads(sys.argv[3])), pathlib.Path(sys.argv[4]), 0
    for group in batches(work["runs"], t.most):
        folders = [out / r["id"] for r in group]
        try:
            folders[0].mkdir()
        except FileExistsError:
            continue
        for f in folders[1:]:
            f.mkdir()
        t.train(group, folders)
        done += len(group)
    status = dict(line.split(":") for line in pathlib.Path("/proc/self/status").read_text().splitlines() if line.startswith(("VmHWM", "RssFile")))
    kilobytes = {k: int(v.split()[0]) for k, v in status.items()}
    print(json.dumps({"runs": done, "peak": 1024 * kilobytes["VmHWM"], "shared": 1024 * kilobytes["RssFile"]}))


if __name__ == "__main__":
    main()
