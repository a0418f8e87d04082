"""Train tiny nets for ten steps in PyTorch and write what happened.

The nets are trunks of package onnxio/zoo at small widths, and one that tests
batch normalisation, with one head per domain. Those with batch normalisation
are trained with the statistics of the whole minibatch and with those of every
domain's own rows. The trunk follows the weighted sum of the domains' losses, a head
its own domain's loss. Beside the fixed weights, every net has one run whose weights
are MGDA's, from the inner products of the domains' gradients of the trunk. A net of
LSTM, GRU and RNN layers is exported, and has such inner products only. Everything is
in double precision. Run from the root of the project:

    python3 testdata/peers/train_steps.py testdata/training
"""

import itertools
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


class Recurrent(nn.Module):
    """An LSTM of two directions, a GRU and an RNN, one after the other."""

    sample, features = [5, 3], WIDTH

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, WIDTH, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(2 * WIDTH, WIDTH, batch_first=True)
        self.rnn = nn.RNN(WIDTH, WIDTH, batch_first=True)

    def forward(self, x):
        return self.rnn(self.gru(self.lstm(x)[0])[0])[0][:, -1]


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


def apart(losses, params):
    """One gradient per loss, as rows of a matrix."""
    rows = [torch.autograd.grad(l, params, retain_graph=True) for l in losses]
    return torch.stack([torch.cat([g.reshape(-1) for g in row]) for row in rows])


def shortest(gram):
    """Weights of the shortest convex combination, of sum n: the best of what every
    set of domains has between the conditions for a minimum without bounds."""
    n, best = len(gram), None
    for size in range(1, n + 1):
        for chosen in itertools.combinations(range(n), size):
            part = gram[list(chosen)][:, list(chosen)]
            w = torch.linalg.lstsq(part, torch.ones(size, 1, dtype=gram.dtype)).solution[:, 0]
            w = w / w.sum()
            if (w < 0).any():
                continue
            square = (w @ part @ w).item()
            if best is None or square < best[0]:
                best = square, chosen, w
    weights = torch.zeros(n, dtype=gram.dtype)
    weights[list(best[1])] = n * best[2]
    return weights


def judge(heads, features, targets):
    losses = []
    for d, f in zip(DOMAINS, features):
        scores, target = heads[d["name"]](f), targets[d["name"]]
        losses.append(F.cross_entropy(scores, target) if d["loss"] == "cross_entropy" else F.mse_loss(scores, target))
    return losses


def minibatch(trunk):
    rows = sum(d["batch"] for d in DOMAINS)
    x = coarse(torch.randn([rows] + trunk.sample, dtype=torch.float64))
    targets = {}
    for d in DOMAINS:
        if d["loss"] == "cross_entropy":
            targets[d["name"]] = torch.randint(d["outputs"], [d["batch"]])
        else:
            targets[d["name"]] = coarse(torch.randn(d["batch"], d["outputs"], dtype=torch.float64))
    return x, targets


def digits(t):
    return [float(f"{v:.12g}") for v in t.detach().reshape(-1).tolist()]


def train(trunk, opt, batch_norm, mgda=False):
    net, heads, named = make(trunk)
    params, shared = [p for _, p in named], list(net.parameters())
    x, targets = minibatch(trunk)
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
        losses = judge(heads, features, targets)
        rows = apart(losses, shared)
        gram = rows @ rows.T
        weights = shortest(gram) if mgda else torch.tensor(WEIGHTS, dtype=torch.float64)
        sum(losses).backward()
        for p, g in zip(shared, (weights @ rows).split([p.numel() for p in shared])):
            p.grad = g.reshape(p.shape).clone()
        norm = nn.utils.clip_grad_norm_(params, opt.get("clip", float("inf")))
        o.step()
        steps.append({"rate": rate, "losses": digits(torch.stack(losses)), "norm": float(f"{norm.item():.12g}"), "gram": digits(gram),
                      **({"weights": digits(weights)} if mgda else {})})
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
            # With statistics of two rows long steps make rounding errors grow tenfold a step.
            runs = [train(trunk, {**OPTIMIZERS[i], "rate": OPTIMIZERS[i]["rate"] * scale}, s)
                    for s, scale in (("shared", 1), ("domain", 0.25)) for i in (1, 4)]
        runs.append(train(trunk, runs[-2]["optimizer"], runs[-1].get("batch_norm"), mgda=True))
        # All runs start alike; say it once.
        shared = {k: runs[0][k] for k in ("start", "x", "targets")}
        for r in runs:
            assert all(r.pop(k) == v for k, v in shared.items())
        width = {"width": trunk.width} if hasattr(trunk, "width") else {}
        golden = {"torch": torch.__version__, "trunk": name, **width, "sample": trunk.sample, "domains": DOMAINS,
                  "weights": WEIGHTS, **shared, "runs": runs}
        text = json.dumps(golden, indent=None, separators=(",", ":")).replace('{"optimizer"', '\n{"optimizer"')
        pathlib.Path(folder, name + ".json").write_text(text + "\n")
    recurrent(folder)


def recurrent(folder):
    net, heads, named = make(Recurrent)
    x, targets = minibatch(Recurrent)
    rows = apart(judge(heads, net(x).split([d["batch"] for d in DOMAINS]), targets), list(net.parameters()))
    golden = {"torch": torch.__version__, "sample": Recurrent.sample, "domains": DOMAINS, "x": values(x),
              "start": {n: values(p) for n, p in named if n.startswith("head/")},
              "targets": {d: t.reshape(-1).tolist() for d, t in targets.items()}, "gram": digits(rows @ rows.T)}
    pathlib.Path(folder, "recurrent", "gram.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    torch.onnx.export(net.float(), x.float(), str(pathlib.Path(folder, "recurrent", "trunk.onnx")), opset_version=17,
                      input_names=["x"], output_names=["features"], dynamic_axes={"x": {0: "N"}}, do_constant_folding=False,
                      training=torch.onnx.TrainingMode.TRAINING)


if __name__ == "__main__":
    main(sys.argv[1])
