"""A worker of cmd/bench-peers: training steps, or evaluations, in PyTorch.

    worker.py steps|evaluation NETWORK

NETWORK is JSON, see type network there. The worker tries the settings that make
a difference to PyTorch, keeps the best, writes a line that says so, and then does
a round for every number of seconds that it reads: see type worker.
"""

import itertools
import json
import statistics
import sys
import time

import torch
from torch.nn import functional as F

import nets

LEAST = 7  # units in a round, however long they take: of three, two may be disturbed
TRIED = 3  # units of a trial
TRIAL = 0.3  # seconds to try a setting for
SLOW = 3  # a setting whose first unit took so many times the least is given up
CLOSE = 1.3  # settings that took at most so many times the least are tried again, in turns
TURNS = 3


def data(net):
    generator = torch.Generator().manual_seed(1)
    x = torch.randn([net["samples"]] + net["input"], generator=generator)
    y = torch.arange(net["samples"]) % net["classes"]
    return x, y


class Steps:
    """Training steps. Channels last keeps the samples so, too: to gather a
    minibatch then gives it without another copy."""

    warm = 3
    settings = [{"channels_last": c, "foreach": f} for c, f in itertools.product([False, True], [False, True])]

    def __init__(self, net, channels_last, foreach):
        torch.manual_seed(1)
        self.x, self.y = data(net)
        self.last = channels_last
        self.model = nets.Net(net["trunk"], net["input"], net["width"], net["classes"]).train()
        if channels_last:
            self.model = self.model.to(memory_format=torch.channels_last)
            self.x = self.x.permute(0, 2, 3, 1).contiguous()
        self.optimizer = nets.optimizer(net, self.model.parameters(), foreach)
        self.batch, self.place, self.order = net["batch"], 0, torch.randperm(len(self.x))

    def unit(self):
        if self.place + self.batch > len(self.x):
            self.place, self.order = 0, torch.randperm(len(self.x))
        rows = self.order[self.place : self.place + self.batch]
        self.place += self.batch
        x = self.x[rows]
        if self.last:
            x = x.permute(0, 3, 1, 2)
        self.optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(self.model(x), self.y[rows]).backward()
        self.optimizer.step()
        return 1


class Evaluation:
    """Loss, prediction, confidence and correctness of every sample, by a model
    whose batch normalisations are folded into its convolutions."""

    warm = 1
    settings = [{"channels_last": c, "frozen": f, "batch": b}
                for c, f, b in itertools.product([False, True], [False, True], [64, 256])]

    def __init__(self, net, channels_last, frozen, batch):
        torch.manual_seed(1)
        self.x, self.y = data(net)
        self.batch, self.last = batch, channels_last
        model = nets.Net(net["trunk"], net["input"], net["width"], net["classes"]).eval()
        fuse(model)
        if channels_last:
            model = model.to(memory_format=torch.channels_last)
            self.x = self.x.to(memory_format=torch.channels_last)
        if frozen:
            model = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(model, self.x[:batch])))
        self.model = model

    @torch.no_grad()
    def unit(self):
        for start in range(0, len(self.x), self.batch):
            y = self.y[start : start + self.batch]
            scores = self.model(self.x[start : start + self.batch])
            F.cross_entropy(scores, y, reduction="none").numpy()
            confidence, prediction = F.softmax(scores, 1).max(1)
            (prediction == y).numpy(), confidence.numpy()
        return len(self.x)


def fuse(model):
    """Folds batch normalisations into the convolutions before them."""
    def fold(module, conv, norm):
        fused = torch.nn.utils.fusion.fuse_conv_bn_eval(getattr(module, conv), getattr(module, norm))
        setattr(module, conv, fused)
        setattr(module, norm, torch.nn.Identity())

    for module in model.modules():
        for conv, norm in (("conv1", "bn1"), ("conv2", "bn2")):
            if hasattr(module, norm):
                fold(module, conv, norm)


def measure(work, seconds, least=LEAST):
    times = []
    work.unit()  # after standing still caches are cold, and threads asleep
    end = time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        if start >= end and len(times) >= least:
            return times
        units = work.unit()
        times.append((time.perf_counter() - start) / units)


def main():
    kind, net = sys.argv[1], json.loads(sys.argv[2])
    torch.set_num_threads(net["threads"])
    torch.set_flush_denormal(True)
    make = Steps if kind == "steps" else Evaluation
    trials, works = {}, {}
    for setting in make.settings:
        if setting["channels_last"] and len(net["input"]) != 3:
            continue
        work = make(net, **setting)
        for _ in range(work.warm):
            work.unit()
        start = time.perf_counter()
        units = work.unit()
        first = (time.perf_counter() - start) / units
        name = ", ".join(k if v is True else f"{k} {v}" for k, v in setting.items() if v is not False) or "plain"
        if trials and first > SLOW * min(trials.values()):
            trials[name] = first
            continue
        trials[name], works[name] = statistics.median(measure(work, TRIAL, TRIED)), work
    # The least of many trials of a few units each is a matter of luck: those that are close
    # are tried again, in turns, so that all see the same machine.
    close = [name for name, took in trials.items() if took <= CLOSE * min(trials.values())]
    again = {name: [] for name in close}
    for _ in range(TURNS if len(close) > 1 else 0):
        for name in close:
            again[name] += measure(works[name], TRIAL, TRIED)
    for name, times in again.items():
        if times:
            trials[name] = statistics.median(times)
    name = min(close, key=trials.get)
    best = trials[name], name, works[name]
    works.clear()
    print(json.dumps({"about": f"{nets.version()}, {best[1]}", "trials": trials, "best": best[0]}), flush=True)
    for line in sys.stdin:
        print(json.dumps({"times": measure(best[2], float(line))}), flush=True)


if __name__ == "__main__":
    main()
