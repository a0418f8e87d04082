#!/usr/bin/python3
"""Trains the networks of architectures.py for fifty steps in PyTorch.

    /usr/bin/python3 testdata/peers/trajectories.py OUT [--small] [NAME ...]

For every architecture OUT gets NAME.steps.onnx, a model of initializers only,
beside the NAME.onnx that architectures.py writes with the same weights:

    x, labels           samples, in minibatches that are taken in turn
    head/weight, /bias  a linear layer that follows the network
    trained/NAME        empty, for every parameter of the network
    rate, adamw         the learning rate; 1 for AdamW, 0 for SGD with momentum
    double, single      the loss of every step in float64 and in float32, of the
                        latter the course that goes farthest from the former among
                        several whose weights begin with other last bits
    double/eval         losses of the samples of the last minibatch after all
    single/eval         steps, in evaluation mode: with running statistics; the
                        farthest again

Steps start from the same weights and see the same minibatches. Labels are
drawn at random: whoever's loss falls has learned them by heart.
"""

import argparse
import copy
import os

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper
from torch import nn

from architectures import ARCHITECTURES, SMALL, create, moved

STEPS, BATCHES, ROWS, CLASSES = 50, 4, 8, 10
COURSES = 4  # in float32
MOMENTUM = 0.9
# Rates are such that a loss falls and yet does not hang on the last bits of every
# sum: small where batch normalisation has few elements to go by.
SGD = {"mlp": 0.1, "lenet": 0.1, "rnn": 0.05, "lstm": 0.3, "gru": 0.3, "tcn": 0.05, "efficientnet_b0": 3e-4,
       "mobilenet_v3_small": 0.005, "unet": 0.005, "unet_bilinear": 0.005, "unet_corners": 0.005}
RATE = 0.001
ADAMW = {"transformer": 3e-3, "vit": 1e-3, "swin": 1e-3, "convnext": 1e-3, "padded": 3e-3,
         "mobilenet_v2": 1e-4, "shufflenet_v2": 1e-4}


def train(net, head, x, labels, name):
    """Losses of all steps, and those of the last minibatch's samples at the end."""
    params = list(net.parameters()) + list(head.parameters())
    if name in ADAMW:
        optimizer = torch.optim.AdamW(params, lr=ADAMW[name], weight_decay=0.01)
    else:
        optimizer = torch.optim.SGD(params, lr=SGD.get(name, RATE), momentum=MOMENTUM)
    losses = []
    for i in range(STEPS):
        optimizer.zero_grad()
        loss = F.cross_entropy(head(net(x[i % BATCHES]).flatten(1)), labels[i % BATCHES])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    net.eval()
    with torch.no_grad():
        last = (STEPS - 1) % BATCHES
        samples = F.cross_entropy(head(net(x[last]).flatten(1)), labels[last], reduction="none")
    return np.array(losses), samples.numpy()


def course(name, head, x, labels, dtype, seed=0):
    """Losses of a training, whose weights in float32 begin with two last bits that a seed draws."""
    net, head = create(name)[0], copy.deepcopy(head)
    for module in net, head:
        module.load_state_dict({k: moved(v, seed, 2) for k, v in module.state_dict().items()})
    losses, samples = train(net.to(dtype), head.to(dtype), x.to(dtype), labels, name)
    return losses, samples.astype(np.float64)


def far(a, b):
    """The largest difference; what is not a number is far from everything."""
    return np.nan_to_num(np.abs(a - b).max(), nan=np.inf)


def write(name, out):
    net, shape = create(name)
    torch.manual_seed(50)
    trained = [k for k, _ in net.named_parameters()]
    x = torch.randn((BATCHES, ROWS, *shape[1:]))
    labels = torch.randint(CLASSES, (BATCHES, ROWS))
    with torch.no_grad():
        features = create(name)[0](x[0]).flatten(1).shape[1]
    head = nn.Linear(features, CLASSES)
    values = {"x": x.numpy(), "labels": labels.numpy(),
              "rate": np.float64(ADAMW.get(name, SGD.get(name, RATE))), "adamw": np.int64(name in ADAMW),
              "head/weight": head.weight.detach().numpy().copy(), "head/bias": head.bias.detach().numpy().copy()}
    values.update({"trained/" + k: np.zeros(0, np.float32) for k in trained})
    values["double"], values["double/eval"] = course(name, head, x, labels, torch.float64)
    for seed in range(COURSES):
        for kind, v in zip(("", "/eval"), course(name, head, x, labels, torch.float32, seed)):
            if seed == 0 or far(v, values["double" + kind]) > far(values["single" + kind], values["double" + kind]):
                values["single" + kind] = v
    tensors = [numpy_helper.from_array(np.asarray(v), k) for k, v in values.items()]
    os.makedirs(out, exist_ok=True)
    onnx.save(helper.make_model(helper.make_graph([], name, [], [], tensors)), os.path.join(out, name + ".steps.onnx"))
    first, last = (values["double"][part].mean() for part in (slice(BATCHES), slice(-BATCHES, None)))
    print(f"{name}: loss {first:.3f} to {last:.3f}, float32 off by {far(values['single'], values['double']):.1e}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    for name in args.names or (SMALL if args.small else ARCHITECTURES):
        write(name, args.out)


if __name__ == "__main__":
    main()
