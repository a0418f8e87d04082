"""The trunks of package onnxio/zoo in PyTorch, at any width, with one linear head.

Parameters have the shapes that the zoo gives them, and start as PyTorch starts
layers of these kinds: where a training starts makes no difference to its speed.
"""

import ctypes

import torch
from torch import nn
from torch.nn import functional as F


def scaled(base, width):
    return max(4, 4 * round(base * width / 4))


def version():
    """PyTorch's version, and the processor whose kernels OpenBLAS uses, if it is used."""
    with open("/proc/self/maps") as maps:
        paths = [line.split()[-1] for line in maps if "openblas" in line]
    if not paths:
        return f"PyTorch {torch.__version__}"
    name = ctypes.CDLL(paths[0]).openblas_get_corename
    name.restype = ctypes.c_char_p
    return f"PyTorch {torch.__version__} (OpenBLAS for {name().decode()})"


def product(shape):
    n = 1
    for d in shape:
        n *= d
    return n


class MLP(nn.Module):
    def __init__(self, shape, width):
        super().__init__()
        self.features = scaled(256, width)
        self.fc1 = nn.Linear(product(shape), self.features)
        self.fc2 = nn.Linear(self.features, self.features)

    def forward(self, x):
        return F.relu(self.fc2(F.relu(self.fc1(x.flatten(1)))))


class CNN(nn.Module):
    def __init__(self, shape, width):
        super().__init__()
        channels, height, length = shape
        a, b, self.features = scaled(16, width), scaled(32, width), scaled(128, width)
        self.conv1 = nn.Conv2d(channels, a, 3, padding=1)
        self.conv2 = nn.Conv2d(a, b, 3, padding=1)
        self.fc1 = nn.Linear(b * (height // 4) * (length // 4), self.features)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return F.relu(self.fc1(x.flatten(1)))


class Block(nn.Module):
    def __init__(self, before, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.stride, self.more = stride, channels - before

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)), inplace=True)))
        if self.stride > 1:
            x = x[:, :, :: self.stride, :: self.stride]
        if self.more:
            half = self.more // 2
            x = F.pad(x, (0, 0, 0, 0, half, self.more - half))
        return F.relu(y + x, inplace=True)


class ResNet20(nn.Module):
    def __init__(self, shape, width):
        super().__init__()
        a, b, c = (scaled(n, width) for n in (16, 32, 64))
        self.features = c
        self.conv1 = nn.Conv2d(shape[0], a, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(a)
        self.blocks = nn.Sequential(*[Block(a, a, 1) for _ in range(3)],
                                    Block(a, b, 2), Block(b, b, 1), Block(b, b, 1),
                                    Block(b, c, 2), Block(c, c, 1), Block(c, c, 1))

    def forward(self, x):
        return self.blocks(F.relu(self.bn1(self.conv1(x)), inplace=True)).mean((2, 3))


class DilatedBlock(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.conv1 = nn.Conv1d(channels, channels, 3, dilation=dilation, padding=dilation)
        self.conv2 = nn.Conv1d(channels, channels, 1)

    def forward(self, x):
        return x + self.conv2(F.relu(self.conv1(F.relu(x))))


class TCN(nn.Module):
    """For windows of 1024 elements, which the zoo's stem brings to 64 positions."""

    def __init__(self, shape, width):
        super().__init__()
        assert shape[1] == 1024
        channels = scaled(32, width)
        self.features = 2 * channels
        self.stem = nn.Conv1d(shape[0], channels, 32, stride=8)
        self.blocks = nn.Sequential(*[DilatedBlock(channels, 2**i) for i in range(4)])

    def forward(self, x):
        x = F.max_pool1d(self.stem(F.pad(x, (12, 12))), 2)
        x = F.relu(self.blocks(x))
        return torch.cat([x.mean(2), x.amax(2)], 1)


class Transformer(nn.Module):
    """For windows whose length is a multiple of 32, which are cut into 32 patches."""

    def __init__(self, shape, width):
        super().__init__()
        size = self.features = max(16, 16 * round(width * 4))
        patch = shape[1] // 32
        self.patch = nn.Conv1d(shape[0], size, patch, stride=patch)
        self.positions = nn.Parameter(0.02 * torch.randn(32, size))
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(size, size // 16, 2 * size, 0.0, "gelu", batch_first=True, norm_first=True)
            for _ in range(2))
        self.norm = nn.LayerNorm(size)

    def forward(self, x):
        x = self.patch(x).transpose(1, 2) + self.positions
        for layer in self.layers:
            x = layer(x)
        return self.norm(x).mean(1)


TRUNKS = {"mlp": MLP, "cnn": CNN, "resnet20": ResNet20, "tcn": TCN, "transformer": Transformer}


class Net(nn.Module):
    """A trunk and a head."""

    def __init__(self, trunk, shape, width, classes):
        super().__init__()
        self.trunk = TRUNKS[trunk](shape, width)
        self.head = nn.Linear(self.trunk.features, classes)

    def forward(self, x):
        return self.head(self.trunk(x))


def optimizer(net, parameters, foreach):
    """The optimizer that a description of a network names."""
    if net["optimizer"] == "sgd":
        return torch.optim.SGD(parameters, lr=net["rate"], momentum=net["momentum"],
                               weight_decay=net["decay"], foreach=foreach)
    return torch.optim.AdamW(parameters, lr=net["rate"], weight_decay=net["decay"], foreach=foreach)
