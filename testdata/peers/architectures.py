#!/usr/bin/python3
"""Exports architectures with PyTorch, with the gradients that autograd gives.

    /usr/bin/python3 testdata/peers/architectures.py OUT [--opset N] [--small] [NAME ...]

For every architecture OUT gets NAME.onnx, as torch.onnx.export writes it, and
NAME.values.onnx, a model of initializers only:

    in/NAME          an input
    out/NAME         the output that PyTorch computes in float64
    cotangent/NAME   a cotangent of that output
    gradient/NAME    the gradient by a parameter of that name, in float64
                     arithmetic, stored as float32
    error            how far the gradients of PyTorch in float32 are from these,
                     at most, when weights and inputs are moved by their last bits:
                     the largest max|Δ| / max(max|g|, 1e-3·largest of all)

Networks are in training mode, so that batch normalisation is exported as it
trains, and take any number of rows; dropout and stochastic depth are set to 0. Widths are reduced where
torchvision's constructors allow it, the structure is left as it is. Weights
are drawn, not downloaded. With --small only those are written that are small
enough to be checked in.
"""

import argparse
import io
import os
import sys
import warnings

import numpy as np
import onnx
import torch
import torch.nn.functional as F
import torchvision.models as tv
from onnx import helper, numpy_helper
from torch import nn
from torchvision.models.convnext import CNBlockConfig
from torchvision.models.resnet import BasicBlock, Bottleneck

warnings.filterwarnings("ignore")
ARCHITECTURES = {}
SMALL = []


def architecture(*shape, batch=4, small=False):
    def register(build):
        name = build.__name__.rstrip("_")
        ARCHITECTURES[name] = (build, (batch, *shape))
        if small:
            SMALL.append(name)
        return build

    return register


@architecture(16)
def mlp():
    return nn.Sequential(nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 12), nn.GELU(), nn.Linear(12, 5))


@architecture(1, 28, 28)
def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))


@architecture(3, 64, 64)
def vgg11_bn():
    width = [4, "M", 8, "M", 16, 16, "M", 32, 32, "M", 32, 32, "M"]
    net = tv.vgg.VGG(tv.vgg.make_layers(width, batch_norm=True), num_classes=10, init_weights=False, dropout=0.0)
    # The exporter knows adaptive pooling to a divisor of the size only: 64 pixels leave 2.
    net.avgpool = nn.AdaptiveAvgPool2d(2)
    net.classifier = nn.Sequential(nn.Linear(32 * 4, 64), nn.ReLU(True), nn.Linear(64, 64), nn.ReLU(True), nn.Linear(64, 10))
    return net


@architecture(3, 64, 64)
def resnet18():
    return tv.ResNet(BasicBlock, [2, 2, 2, 2], num_classes=10)


@architecture(3, 64, 64)
def resnext():
    return tv.ResNet(Bottleneck, [1, 1, 1, 1], num_classes=10, groups=8, width_per_group=4)


@architecture(3, 64, 64)
def mobilenet_v2():
    return tv.mobilenet_v2(width_mult=0.25, num_classes=10, dropout=0.0)


@architecture(3, 64, 64)
def mobilenet_v3_small():
    return tv.mobilenet_v3_small(width_mult=0.5, num_classes=10, dropout=0.0)


@architecture(3, 64, 64)
def efficientnet_b0():
    blocks, last = tv.efficientnet._efficientnet_conf("efficientnet_b0", width_mult=1.0, depth_mult=1.0)
    return tv.EfficientNet(blocks, dropout=0.0, stochastic_depth_prob=0.0, num_classes=10, last_channel=last)


@architecture(3, 64, 64)
def densenet121():
    return tv.DenseNet(growth_rate=8, block_config=(6, 12, 24, 16), num_init_features=16, num_classes=10)


@architecture(3, 64, 64)
def shufflenet_v2():
    return tv.shufflenet_v2_x0_5(num_classes=10)


@architecture(3, 64, 64)
def squeezenet():
    return tv.squeezenet1_1(num_classes=10, dropout=0.0)


@architecture(3, 64, 64)
def convnext():
    return tv.ConvNeXt([CNBlockConfig(12, 24, 3), CNBlockConfig(24, 48, 3), CNBlockConfig(48, 96, 9),
                        CNBlockConfig(96, None, 3)], stochastic_depth_prob=0.0, layer_scale=0.5, num_classes=10)


@architecture(3, 32, 32)
def vit():
    return tv.VisionTransformer(image_size=32, patch_size=8, num_layers=3, num_heads=4, hidden_dim=32, mlp_dim=64,
                                num_classes=10)


@architecture(3, 32, 32)
def swin():
    return tv.SwinTransformer(patch_size=[4, 4], embed_dim=24, depths=[2, 2], num_heads=[3, 6], window_size=[4, 4],
                              stochastic_depth_prob=0.0, num_classes=10)


class UNet(nn.Module):
    def __init__(self, mode):
        super().__init__()

        def block(a, b):
            return nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU(),
                                 nn.Conv2d(b, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU())

        def up(a, b):
            if mode == "transposed":
                return nn.ConvTranspose2d(a, b, 2, stride=2)
            return nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear", align_corners=mode == "corners"),
                                 nn.Conv2d(a, b, 1))

        self.down1, self.down2, self.bottom = block(1, 8), block(8, 16), block(16, 32)
        self.up2, self.dec2, self.up1, self.dec1 = up(32, 16), block(32, 16), up(16, 8), block(16, 8)
        self.out = nn.Conv2d(8, 2, 1)

    def forward(self, x):
        a = self.down1(x)
        b = self.down2(F.max_pool2d(a, 2))
        c = self.bottom(F.max_pool2d(b, 2))
        b = self.dec2(torch.cat([self.up2(c), b], 1))
        return self.out(self.dec1(torch.cat([self.up1(b), a], 1)))


@architecture(1, 16, 16)
def unet():
    return UNet("transposed")


@architecture(1, 16, 16)
def unet_bilinear():
    return UNet("half")


@architecture(1, 16, 16)
def unet_corners():
    return UNet("corners")


class Recurrent(nn.Module):
    def __init__(self, layer, **kwargs):
        super().__init__()
        self.rnn = layer(6, 8, batch_first=True, **kwargs)
        self.head = nn.Linear(16 if kwargs.get("bidirectional") else 8, 4)

    def forward(self, x):
        y, _ = self.rnn(x)
        return self.head(y[:, -1])


@architecture(7, 6, batch=2, small=True)
def lstm():
    return Recurrent(nn.LSTM, num_layers=2, bidirectional=True)


@architecture(7, 6, batch=2, small=True)
def gru():
    return Recurrent(nn.GRU, num_layers=2, bidirectional=True)


@architecture(7, 6, batch=2, small=True)
def rnn():
    return Recurrent(nn.RNN, nonlinearity="relu")


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(6, 16)
        # No nested tensors and no fast path: the exporter has neither.
        layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True, activation="gelu")
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(16, 4)

    def forward(self, x):
        return self.head(self.layers(self.embed(x)).mean(1))


@architecture(5, 6, batch=2, small=True)
def transformer():
    return Encoder()


class Causal(nn.Module):
    def __init__(self, a, b, dilation):
        super().__init__()
        self.pad = 2 * dilation
        self.conv1 = nn.utils.weight_norm(nn.Conv1d(a, b, 3, padding=self.pad, dilation=dilation))
        self.conv2 = nn.utils.weight_norm(nn.Conv1d(b, b, 3, padding=self.pad, dilation=dilation))
        self.down = nn.Conv1d(a, b, 1) if a != b else None

    def forward(self, x):
        y = F.relu(self.conv1(x)[:, :, :-self.pad])
        y = F.relu(self.conv2(y)[:, :, :-self.pad])
        return F.relu(y + (x if self.down is None else self.down(x)))


class TCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(Causal(3, 8, 1), Causal(8, 8, 2), Causal(8, 8, 4))
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        return self.head(self.blocks(x)[:, :, -1])


@architecture(3, 20, batch=2, small=True)
def tcn():
    return TCN()


class Padded(nn.Module):
    """What autoencoders and style networks do: other paddings, instance and group normalisation, pixel shuffling."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(2, 8, 3, padding=1, padding_mode="reflect")
        self.b = nn.Conv2d(8, 8, 3, padding=1, padding_mode="replicate")
        self.n, self.g = nn.InstanceNorm2d(8, affine=True), nn.GroupNorm(2, 8)
        self.up = nn.PixelShuffle(2)
        self.act, self.c = nn.PReLU(8), nn.Conv2d(2, 3, 3)

    def forward(self, x):
        h = F.elu(self.n(self.a(x)))
        h = self.act(self.g(self.b(h)))
        h = F.hardswish(self.up(h))
        h = F.interpolate(h, scale_factor=2, mode="nearest")
        return F.silu(self.c(h)).mean((2, 3))


@architecture(2, 6, 6, batch=2, small=True)
def padded():
    return Padded()


def gradients(net, start, x, cotangent):
    """The output of the network as it starts, and the gradients by its parameters."""
    net.load_state_dict(start)
    y = net.train()(x)
    by = torch.autograd.grad((y * cotangent).sum(), list(net.parameters()), allow_unused=True)
    return y, {k: g for (k, _), g in zip(net.named_parameters(), by) if g is not None}


# MOVES is how often weights and inputs are moved a little to see what rounding may do.
MOVES = 5


def moved(v, seed, bits=1):
    """Numbers in float32 with so many last bits of some drawn anew; the seed 0 leaves them as they are."""
    if seed == 0 or not v.is_floating_point():
        return v
    draws = torch.randint(1 - 2**bits, 2**bits, v.shape, generator=torch.Generator().manual_seed(seed))
    return v * (1 + draws * 2.0**-23)


def draw(net, start, shape, tries=24):
    """Draws inputs and cotangents, and computes outputs and gradients in float64.

    What PyTorch in float32 is off by is the most that it is off by when the last bit
    of numbers is drawn anew. An element at the kink of a Relu to the last bits may fall
    on either side, in PyTorch as elsewhere, and the order of sums decides it: of several
    draws the one is taken that bears it best when three bits of numbers are drawn anew,
    which moves what follows by as much as other orders do.
    """
    best = None
    for _ in range(tries):
        x = torch.randn(shape)
        y, _ = gradients(net.float(), start, x, 1)
        # Cotangents of a tenth, so that objectives are around 1.
        cotangent = torch.randn(y.shape) * 0.1
        y, exact = gradients(net.double(), start, x.double(), cotangent.double())
        net.float()
        largest = max(g.abs().max() for g in exact.values())

        def off(seed, bits):
            _, single = gradients(net, {k: moved(v, seed, bits) for k, v in start.items()}, moved(x, seed, bits), cotangent)
            return max((single[k] - g).abs().max() / max(g.abs().max(), 1e-3 * largest) for k, g in exact.items())

        risk = 0
        for seed in range(MOVES):
            risk = max(risk, off(seed, 3))
            if best is not None and risk >= best[0]:
                break
        if best is None or risk < best[0]:
            best = risk, max(off(seed, 1) for seed in range(MOVES)), x, y, cotangent, exact
        if risk < 2e-5:
            break
    return best[1:]


def create(name):
    """A network in training mode with weights that are always the same, and the shape of its input."""
    torch.manual_seed(20261124)
    build, shape = ARCHITECTURES[name]
    net = build().train()
    for m in net.modules():
        if isinstance(m, (nn.Dropout, nn.Dropout2d)):
            m.p = 0.0
    return net, shape


def training_form(net, start, x, opset, axes):
    """A network as it trains, with nothing folded, from its start."""
    buffer = io.BytesIO()
    torch.onnx.export(net, x, buffer, opset_version=opset, training=torch.onnx.TrainingMode.TRAINING,
                      do_constant_folding=False, input_names=["x"], output_names=["y"], dynamic_axes=axes)
    # The exporter has run it once more.
    model = onnx.load_from_string(buffer.getvalue())
    initial = {k: numpy_helper.from_array(v.numpy(), k) for k, v in start.items()}
    for t in model.graph.initializer:
        if t.name in initial:
            t.CopyFrom(initial[t.name])
    return model


def export(name, out, opset):
    net, shape = create(name)
    # Running a network moves running statistics: every run begins with a copy of the start.
    start = {k: v.clone() for k, v in net.state_dict().items()}
    error, x, y, cotangent, exact = draw(net, start, shape)
    net.load_state_dict(start)
    model = training_form(net, start, x, opset, {"x": {0: "N"}, "y": {0: "N"}})
    values = {"error": error, "in/x": x, "out/y": y, "cotangent/y": cotangent}
    values.update({"gradient/" + k: g for k, g in exact.items()})
    known = {t.name for t in model.graph.initializer}
    lost = [k for k in exact if k not in known]
    tensors = [numpy_helper.from_array(v.detach().numpy().astype(np.float32), k) for k, v in values.items()]
    os.makedirs(out, exist_ok=True)
    onnx.save(model, os.path.join(out, name + ".onnx"))
    onnx.save(helper.make_model(helper.make_graph([], name, [], [], tensors)), os.path.join(out, name + ".values.onnx"))
    print(f"{name}: {len(model.graph.node)} nodes, {sum(p.numel() for p in net.parameters())} parameters, float32 off by {error:.1e}"
          + (f", renamed by the exporter: {' '.join(lost[:3])} ({len(lost)})" if lost else ""))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--opset", type=int, default=17)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    failed = []
    for name in args.names or (SMALL if args.small else ARCHITECTURES):
        try:
            export(name, args.out, args.opset)
        except Exception as e:  # report and go on: one exporter bug must not hide the others
            failed.append(name)
            print(f"{name}: {type(e).__name__}: {str(e).splitlines()[0][:200]}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
