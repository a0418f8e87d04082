"""Train tiny nets for ten steps in PyTorch and write what happened.

The nets are trunks of package onnxio/zoo at small widths, and one that tests
batch normalisation, with one head per domain. Those with batch normalisation
are trained with the statistics of the whole minibatch and with those of every
domain's own rows. Everything is in double precision. Run from the root of the
project:

    python3 testdata/peers/train_steps.py testdata/training
"""

import json
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

STEPS = 10
WIDTH = 4
DOMAINS = [
    {"name": "a", "loss": "cross_entropy", "batch": 4, "outputs": 3},
    {"name": "b", "loss": "squared_error", "batch": 2, "outputs": 2},
    {"name": "c", "loss": "cross_entropy", "batch": 3, "outputs": 5},
]
WEIGHTS = [1.0, 0.5, 1.5]
OPTIMIZERS = [
    {"kind": "sgd", "rate": 0.05},
    {"kind": "sgd", "rate": 0.02, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    {"kind": "sgd", "rate": 0.05, "momentum": 0.8, "weight_decay": 0.02, "clip": 0.5},
    {"kind": "adamw", "rate": 0.01},
    {"kind": "adamw", "rate": 0.02, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "weight_decay": 0.1, "clip": 0.7},
]


class MLP(nn.Module):
    sample, features = [5], WIDTH

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(5, WIDTH)
        self.fc2 = nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        return F.relu(self.fc2(F.relu(self.fc1(x))))


class CNN(nn.Module):
    sample, features = [1, 8, 8], WIDTH

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, WIDTH, 3, padding=1)
        self.conv2 = nn.Conv2d(WIDTH, WIDTH, 3, padding=1)
        self.fc1 = nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return F.relu(self.fc1(x.flatten(1)))


class Normed(nn.Module):
    """The model of onnxio/training/batchnorm_test.go."""

    sample, features = [2, 4, 4], WIDTH

    def __init__(self):
        super().__init__()
        self.first = nn.BatchNorm2d(2, momentum=0.25)
        self.conv = nn.Conv2d(2, 3, 3, stride=2, padding=1, bias=False)
        self.second = nn.BatchNorm2d(3, eps=0.01)
        self.dense = nn.Linear(12, WIDTH, bias=False)
        self.third = nn.BatchNorm1d(WIDTH)

    def forward(self, x):
        x = torch.tanh(self.second(self.conv(self.first(x))))
        return self.third(self.dense(x.flatten(1)))


class Block(nn.Module):
    def __init__(self, before, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.stride, self.more = stride, channels - before

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        x = x[:, :, :: self.stride, :: self.stride]
        half = self.more // 2
        return F.relu(y + F.pad(x, (0, 0, 0, 0, half, self.more - half)))


class ResNet20(nn.Module):
    sample, features = [1, 8, 9], 8
    width = 0.125
    kept = 24  # elements of a tensor that are written at the end

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.layer1 = nn.Sequential(*[Block(4, 4, 1) for _ in range(3)])
        self.layer2 = nn.Sequential(Block(4, 4, 2), Block(4, 4, 1), Block(4, 4, 1))
        self.layer3 = nn.Sequential(Block(4, 8, 2), Block(8, 8, 1), Block(8, 8, 1))

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.layer3(self.layer2(self.layer1(x))).mean((2, 3))


class DilatedBlock(nn.Module):
    def __init__(self, dilation):
        super().__init__()
        self.conv1 = nn.Conv1d(WIDTH, WIDTH, 3, dilation=dilation, padding=dilation)
        self.conv2 = nn.Conv1d(WIDTH, WIDTH, 1)

    def forward(self, x):
        return x + self.conv2(F.relu(self.conv1(F.relu(x))))


class TCN(nn.Module):
    """Long enough for stride and pooling."""

    sample, features = [1, 520], 2 * WIDTH
    kept = 24

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv1d(1, WIDTH, 32, stride=8)
        for i in range(4):
            self.add_module(f"block{i + 1}", DilatedBlock(2**i))

    def forward(self, x):
        x = F.max_pool1d(self.stem(F.pad(x, (16, 16))), 2)
        x = F.relu(self.block4(self.block3(self.block2(self.block1(x)))))
        return torch.cat([x.mean(2), x.amax(2)], 1)


class Transformer(nn.Module):
    """Two heads, and a last patch of which one element is padding."""

    sample, features = [2, 33], 32
    width = 0.5
    kept = 24

    def __init__(self):
        super().__init__()
        size = self.features
        self.patch = nn.Conv1d(2, size, 2, stride=2)
        self.positions = nn.Parameter(0.1 * torch.randn(17, size))
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(size, size // 16, 2 * size, 0.0, "gelu", batch_first=True, norm_first=True)
            for _ in range(2))
        self.norm = nn.LayerNorm(size)

    def forward(self, x):
        x = self.patch(F.pad(x, (0, 1))).transpose(1, 2) + self.positions
        for layer in self.layers:
            x = layer(x)
        return self.norm(x).mean(1)


def coarse(t):
    """Keep four decimals: short text, and yet no two sums in a pooling window
    that are equal, where gradients would be a matter of taste."""
    return torch.round(t, decimals=4)


def make(trunk):
    torch.manual_seed(1)
    net = trunk().double()
    heads = nn.ModuleDict({d["name"]: nn.Linear(trunk.features, d["outputs"]).double() for d in DOMAINS})
    named = list(net.named_parameters())
    named += [(f"head/{d}/{n}", p) for d, h in heads.items() for n, p in h.named_parameters()]
    with torch.no_grad():
        for _, p in named:
            p.copy_(coarse(p + 0.1 * torch.randn_like(p)))
    return net, heads, named


def values(t, kept=None):
    """Elements of a tensor, about kept of them, evenly."""
    flat = t.detach().reshape(-1).tolist()
    return [float(f"{v:.12g}") for v in flat[:: -(-len(flat) // (kept or len(flat)))]]


def statistics(net):
    """Running statistics by name, without PyTorch's counter."""
    return {n: b for n, b in net.named_buffers() if b.dim() > 0}


def by_domain(net, x, own):
    """Forward with statistics of every domain's own rows; own keeps the running
    ones of each domain."""
    features = []
    for d, rows in zip(DOMAINS, x.split([d["batch"] for d in DOMAINS])):
        for n, b in own[d["name"]].items():
            module, buffer = n.rsplit(".", 1)
            setattr(net.get_submodule(module), buffer, b)
        features.append(net(rows))
    return features


def train(trunk, opt, batch_norm):
    net, heads, named = make(trunk)
    params = [p for _, p in named]
    rows = sum(d["batch"] for d in DOMAINS)
    x = coarse(torch.randn([rows] + trunk.sample, dtype=torch.float64))
    targets = {}
    for d in DOMAINS:
        if d["loss"] == "cross_entropy":
            targets[d["name"]] = torch.randint(d["outputs"], [d["batch"]])
        else:
            targets[d["name"]] = coarse(torch.randn(d["batch"], d["outputs"], dtype=torch.float64))
    start = {n: values(p) for n, p in named + list(statistics(net).items())}
    own = {d["name"]: {n: b.clone() for n, b in statistics(net).items()} for d in DOMAINS}

    if opt["kind"] == "sgd":
        o = torch.optim.SGD(params, lr=1, momentum=opt.get("momentum", 0), nesterov=opt.get("nesterov", False),
                            weight_decay=opt.get("weight_decay", 0))
    else:
        o = torch.optim.AdamW(params, lr=1, betas=(opt.get("beta1", 0.9), opt.get("beta2", 0.999)),
                              eps=opt.get("epsilon", 1e-8), weight_decay=opt.get("weight_decay", 0))
    steps = []
    for step in range(STEPS):
        rate = opt["rate"] * (1 - step / (2 * STEPS))
        for g in o.param_groups:
            g["lr"] = rate
        o.zero_grad()
        if batch_norm == "domain":
            features = by_domain(net, x, own)
        else:
            features = net(x).split([d["batch"] for d in DOMAINS])
        losses = []
        for d, f in zip(DOMAINS, features):
            scores, target = heads[d["name"]](f), targets[d["name"]]
            losses.append(F.cross_entropy(scores, target) if d["loss"] == "cross_entropy" else F.mse_loss(scores, target))
        sum(w * l for w, l in zip(WEIGHTS, losses)).backward()
        norm = nn.utils.clip_grad_norm_(params, opt.get("clip", float("inf")))
        o.step()
        steps.append({"rate": rate, "losses": [float(f"{l.item():.12g}") for l in losses], "norm": float(f"{norm.item():.12g}")})
    end = named + list(statistics(net).items())
    if batch_norm == "domain":
        end = named + [(f"domain/{d}/{n}", b) for d, all in own.items() for n, b in all.items()]
    return {
        "optimizer": opt,
        **({"batch_norm": batch_norm} if batch_norm else {}),
        "start": start,
        "x": values(x),
        "targets": {d: t.reshape(-1).tolist() for d, t in targets.items()},
        "steps": steps,
        "end": {n: values(p, getattr(trunk, "kept", None)) for n, p in end},
    }


def main(folder):
    for trunk in MLP, CNN, TCN, Transformer, Normed, ResNet20:
        name = trunk.__name__.lower()
        if trunk in (MLP, CNN):
            runs = [train(trunk, o, None) for o in OPTIMIZERS]
        elif trunk in (TCN, Transformer):
            runs = [train(trunk, OPTIMIZERS[i], None) for i in (1, 4)]
        else:
            runs = [train(trunk, OPTIMIZERS[i], s) for s in ("shared", "domain") for i in (1, 4)]
        # All runs start alike; say it once.
        shared = {k: runs[0][k] for k in ("start", "x", "targets")}
        for r in runs:
            assert all(r.pop(k) == v for k, v in shared.items())
        width = {"width": trunk.width} if hasattr(trunk, "width") else {}
        golden = {"torch": torch.__version__, "trunk": name, **width, "sample": trunk.sample, "domains": DOMAINS,
                  "weights": WEIGHTS, **shared, "runs": runs}
        text = json.dumps(golden, indent=None, separators=(",", ":")).replace('{"optimizer"', '\n{"optimizer"')
        pathlib.Path(folder, name + ".json").write_text(text + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
