"""Train low-rank adapters for ten steps in PyTorch and write what happened.

A small net of a grouped, strided convolution, a dilated one and two linear
layers gets adapters as LoRA has them, y = W·x + (alpha/rank)·B·A·x, with A and B
of a convolution as the peft package makes them: A of the layer's own kernel,
stride, padding and dilation to rank channels (in every group), B of kernel 1.
Adapters and a new head train, nothing else does. Everything is in double
precision. Run from the root of the project:

    /usr/bin/python3 testdata/peers/adapters.py testdata/adapters
"""

import json
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

STEPS, ROWS, CLASSES = 10, 6, 3
RUNS = [
    {"rank": 2, "alpha": 8, "optimizer": {"kind": "sgd", "rate": 0.05, "momentum": 0.9}},
    {"rank": 2, "alpha": 1, "optimizer": {"kind": "adamw", "rate": 0.02, "weight_decay": 0.1, "clip": 0.7}},
    {"rank": 1, "alpha": 1, "optimizer": {"kind": "adam", "rate": 0.02, "weight_decay": 0.01}},
    {"rank": 1, "alpha": 3, "optimizer": {"kind": "adagrad", "rate": 0.05}},
]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.grouped = nn.Conv2d(4, 8, 3, stride=2, padding=1, groups=2)
        self.dilated = nn.Conv2d(8, 6, 3, padding=2, dilation=2, bias=False)
        self.first = nn.Linear(96, 7)
        self.second = nn.Linear(7, 5)

    def forward(self, x):
        x = torch.tanh(self.dilated(torch.tanh(self.grouped(x))))
        return torch.tanh(self.second(torch.tanh(self.first(x.flatten(1)))))


class Adapted(nn.Module):
    """A layer with an adapter beside it."""

    def __init__(self, layer, rank, alpha):
        super().__init__()
        self.layer, self.factor = layer, alpha / rank
        if isinstance(layer, nn.Conv2d):
            g = layer.groups
            self.a = nn.Conv2d(layer.in_channels, rank * g, layer.kernel_size, layer.stride, layer.padding,
                               layer.dilation, groups=g, bias=False)
            self.b = nn.Conv2d(rank * g, layer.out_channels, 1, groups=g, bias=False)
        else:
            self.a = nn.Linear(layer.in_features, rank, bias=False)
            self.b = nn.Linear(rank, layer.out_features, bias=False)

    def forward(self, x):
        return self.layer(x) + self.factor * self.b(self.a(x))

    def merged(self):
        """The layer's weight with the adapter added in."""
        w, a, b = self.layer.weight, self.a.weight, self.b.weight
        if w.dim() == 2:
            return w + self.factor * (b @ a)
        g = self.layer.groups
        a = a.reshape(g, a.shape[0] // g, -1)
        b = b.reshape(g, b.shape[0] // g, -1)
        return w + self.factor * (b @ a).reshape(w.shape)


def coarse(t):
    return torch.round(t, decimals=4)


def values(t):
    return [float(f"{v:.12g}") for v in t.detach().reshape(-1).tolist()]


def train(run):
    torch.manual_seed(2)
    net, head = Net().double(), nn.Linear(5, CLASSES).double()
    with torch.no_grad():
        for p in list(net.parameters()) + list(head.parameters()):
            p.copy_(coarse(p + 0.1 * torch.randn_like(p)))
    x = coarse(torch.randn(ROWS, 4, 8, 8, dtype=torch.float64))
    target = torch.randint(CLASSES, [ROWS])
    start = {n: values(p) for n, p in net.named_parameters()}
    start |= {f"head/{n}": values(p) for n, p in head.named_parameters()}

    for p in net.parameters():
        p.requires_grad = False
    adapters = {}
    for name, layer in list(net.named_children()):
        adapters[name] = Adapted(layer, run["rank"], run["alpha"]).double()
        with torch.no_grad():
            adapters[name].a.weight.copy_(coarse(torch.randn_like(adapters[name].a.weight) / 4))
            adapters[name].b.weight.zero_()
        setattr(net, name, adapters[name])
    named = {}
    for name, a in adapters.items():
        named |= {f"{name}.lora_A": a.a.weight, f"{name}.lora_B": a.b.weight}
    down = {n: values(p) for n, p in named.items() if n.endswith("A")}
    named |= {f"head/{n}": p for n, p in head.named_parameters()}

    o = run["optimizer"]
    params, decay = list(named.values()), o.get("weight_decay", 0)
    optimizer = {
        "sgd": lambda: torch.optim.SGD(params, lr=o["rate"], momentum=o.get("momentum", 0), weight_decay=decay),
        "adamw": lambda: torch.optim.AdamW(params, lr=o["rate"], weight_decay=decay),
        "adam": lambda: torch.optim.Adam(params, lr=o["rate"], weight_decay=decay),
        "adagrad": lambda: torch.optim.Adagrad(params, lr=o["rate"], weight_decay=decay),
    }[o["kind"]]()
    steps = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = F.cross_entropy(head(net(x)), target)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(params, o.get("clip", float("inf")))
        optimizer.step()
        steps.append({"loss": float(f"{loss.item():.12g}"), "norm": float(f"{norm.item():.12g}")})
    scores = head(net(x))
    plain = Net().double()
    with torch.no_grad():
        for name, a in adapters.items():
            layer = getattr(plain, name)
            layer.weight.copy_(a.merged())
            if layer.bias is not None:
                layer.bias.copy_(a.layer.bias)
        assert torch.allclose(head(plain(x)), scores, atol=1e-12)
    return {
        **run, "start": start, "x": values(x), "target": target.tolist(), "down": down, "steps": steps,
        "end": {n: values(p) for n, p in named.items()},
        "merged": {n: values(a.merged()) for n, a in adapters.items() if isinstance(a.layer, nn.Conv2d)},
        "scores": values(scores),
    }


def main(folder):
    runs = [train(r) for r in RUNS]
    # All runs start alike but for the adapters; say it once.
    shared = {k: runs[0][k] for k in ("start", "x", "target")}
    for r in runs:
        assert all(r.pop(k) == v for k, v in shared.items())
    text = json.dumps({"torch": torch.__version__, **shared, "runs": runs}, separators=(",", ":")).replace('{"rank"', '\n{"rank"')
    pathlib.Path(folder, "adapters.json").write_text(text + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
