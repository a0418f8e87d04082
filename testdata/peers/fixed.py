#!/usr/bin/python3
"""Exports networks for a fixed number of rows with PyTorch, as it does unless told otherwise.

    /usr/bin/python3 testdata/peers/fixed.py OUT [--opset N] [--small] [NAME ...]

For every network OUT gets NAME.rows1.onnx and NAME.rows4.onnx, exported in
evaluation mode for one row and for four, with constants folded, and
NAME.rows.onnx, a model of initializers only:

    x   five rows
    y   the output that PyTorch computes of them in float64

NAME.train1.onnx and NAME.train4.onnx are in training form. The gradients of
architectures.py belong to them, and are written for the further networks, too.

Networks are those of architectures.py, and further ones that have the batch in
other places than the first dimension. With --small only those are written that
are small enough to be checked in, without exports for any number of rows.
"""

import argparse
import io
import os
import sys

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import nn

import architectures
from architectures import architecture

ROWS = 5
GIVEN = set(architectures.ARCHITECTURES)  # of which architectures.py writes the gradients
SMALL = ["gru", "lstm_zeros_second", "transformer_second", "attention", "embedded"]


class Second(nn.Module):
    """A recurrent network that has the batch as second dimension inside, as layers have it unless told otherwise."""

    def __init__(self, layer, last, **kwargs):
        super().__init__()
        self.rnn, self.last = layer(6, 8, **kwargs), last
        self.head = nn.Linear(16 if kwargs.get("bidirectional") else 8, 4)

    def forward(self, x):
        y, h = self.rnn(x.transpose(0, 1))
        if self.last == "state":
            return self.head((h[0] if isinstance(h, tuple) else h)[-1])
        return self.head(y.mean(0))


@architecture(7, 6, batch=2)
def lstm_second():
    return Second(nn.LSTM, "mean", num_layers=2, bidirectional=True)


@architecture(7, 6, batch=2)
def gru_second():
    return Second(nn.GRU, "mean")


@architecture(7, 6, batch=2)
def rnn_state():
    return Second(nn.RNN, "state", num_layers=2)


class Zeros(nn.Module):
    """Initial states made inside, as tutorials do."""

    def __init__(self, first):
        super().__init__()
        self.first = first
        self.rnn = nn.LSTM(6, 8, num_layers=2, batch_first=first)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        h = torch.zeros(2, x.size(0), 8, dtype=x.dtype)
        c = torch.zeros(2, x.size(0), 8, dtype=x.dtype)
        y, _ = self.rnn(x if self.first else x.permute(1, 0, 2), (h, c))
        return self.head(y[:, -1] if self.first else y[-1])


@architecture(7, 6, batch=2)
def lstm_zeros():
    return Zeros(True)


@architecture(7, 6, batch=2)
def lstm_zeros_second():
    return Zeros(False)


class Learned(nn.Module):
    """A learned initial state, repeated."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(6, 8, batch_first=True)
        self.start = nn.Parameter(torch.randn(1, 1, 8) * 0.3)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        y, _ = self.rnn(x, self.start.expand(-1, x.size(0), -1).contiguous())
        return self.head(y[:, -1])


@architecture(7, 6, batch=2)
def gru_learned():
    return Learned()


class EncoderSecond(nn.Module):
    def __init__(self, mask):
        super().__init__()
        self.embed, self.mask = nn.Linear(6, 16), mask
        self.position = nn.Parameter(torch.randn(5, 1, 16) * 0.1)
        layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, activation="relu")
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(16, 4)

    def forward(self, x):
        x = self.embed(x).transpose(0, 1) + self.position
        mask = torch.triu(torch.full((5, 5), -1e9, dtype=x.dtype), 1) if self.mask else None
        return self.head(self.layers(x, mask)[-1])


@architecture(5, 6, batch=2)
def transformer_second():
    return EncoderSecond(False)


@architecture(5, 6, batch=2)
def transformer_causal():
    return EncoderSecond(True)


class Attention(nn.Module):
    """nn.MultiheadAttention beside a residual, with a token in front."""

    def __init__(self, first):
        super().__init__()
        self.first, self.token = first, nn.Parameter(torch.randn(1, 1, 16) * 0.1)
        self.norm, self.attention = nn.LayerNorm(16), nn.MultiheadAttention(16, 4, batch_first=first)
        self.head = nn.Linear(16, 4)

    def forward(self, x):
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1)
        if not self.first:
            x = x.transpose(0, 1)
        h = self.norm(x)
        x = x + self.attention(h, h, h, need_weights=False)[0]
        return self.head(x[:, 0] if self.first else x[0])


@architecture(5, 16, batch=2)
def attention():
    return Attention(True)


@architecture(5, 16, batch=2)
def attention_second():
    return Attention(False)


class Decoder(nn.Module):
    """Learned queries that look at the tokens of a picture, and what they look at."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 4, 4)
        self.queries = nn.Parameter(torch.randn(2, 16) * 0.3)
        layer = nn.TransformerDecoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
        self.decoder, self.head = nn.TransformerDecoder(layer, 1), nn.Linear(32, 5)

    def forward(self, x):
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        queries = self.queries.unsqueeze(0).repeat(x.shape[0], 1, 1)
        return self.head(self.decoder(queries, tokens).flatten(1))


@architecture(3, 12, 12, batch=2)
def decoder():
    return Decoder()


class Squeezed(nn.Module):
    """Loses and regains the batch, as only an export of one row can."""

    def __init__(self):
        super().__init__()
        self.conv, self.head = nn.Conv1d(3, 8, 3), nn.Linear(8, 4)

    def forward(self, x):
        h = torch.relu(self.conv(x)).mean(2).squeeze()
        return self.head(h).reshape(-1, 4)


@architecture(3, 12, batch=2)
def squeezed():
    return Squeezed()


class Embedded(nn.Module):
    """An embedding of steps that the samples share, squeeze and excitation, and a gate."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(6, 8), nn.Linear(8, 8)
        self.steps = nn.Embedding(7, 8)

    def forward(self, x):
        n, t, _ = x.shape
        h = self.a(x.reshape(n * t, 6)).view(n, t, 8) + self.steps(torch.arange(t)).expand(n, t, 8)
        gate = torch.sigmoid(self.b(h.mean(1))).view(n, 1, 8)
        h = (h * gate).view(n, t, 2, 4).transpose(1, 2).reshape(n * 2, t, 4)
        w = torch.softmax(torch.bmm(h, h.transpose(1, 2)) / 2, -1)
        h = torch.bmm(w, h).view(n, 2, t, 4)
        return torch.cat([h.amax(2).view(n, 8), torch.zeros(n, 1, dtype=x.dtype), h[:, 0, -1]], 1)


@architecture(7, 6, batch=2)
def embedded():
    return Embedded()


def export(net, shape, rows, opset):
    x, buffer = torch.randn(rows, *shape), io.BytesIO()
    torch.onnx.export(net, x, buffer, opset_version=opset, input_names=["x"], output_names=["y"])
    return onnx.load_from_string(buffer.getvalue())


def write(name, out, opset):
    net, shape = architectures.create(name)
    net.eval()
    for layer in net.modules():  # those that torchvision starts at zero would hide what lies below
        if isinstance(layer, nn.Linear) and not layer.weight.any():
            nn.init.normal_(layer.weight)
    x = torch.randn(ROWS, *shape[1:])
    for rows in (1, 4):
        onnx.save(export(net, shape[1:], rows, opset), os.path.join(out, f"{name}.rows{rows}.onnx"))
    with torch.no_grad():
        if name == "squeezed":
            y = torch.cat([net.double()(r[None].double()) for r in x])
        else:
            y = net.double()(x.double())
    tensors = [numpy_helper.from_array(v.numpy().astype(np.float32), k) for k, v in {"x": x, "y": y}.items()]
    onnx.save(helper.make_model(helper.make_graph([], name, [], [], tensors)), os.path.join(out, name + ".rows.onnx"))
    print(f"{name}: written")
    train(name, out, opset)


def train(name, out, opset):
    """The network as it trains, for a fixed number of rows."""
    if name not in GIVEN:
        architectures.export(name, out, opset)
    for rows in (1, 4):
        net, shape = architectures.create(name)
        start = {k: v.clone() for k, v in net.state_dict().items()}
        model = architectures.training_form(net, start, torch.randn(rows, *shape[1:]), opset, None)
        onnx.save(model, os.path.join(out, f"{name}.train{rows}.onnx"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--opset", type=int, default=17)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    failed = []
    for name in args.names or (SMALL if args.small else architectures.ARCHITECTURES):
        try:
            write(name, args.out, args.opset)
            if args.small and name not in GIVEN:
                os.remove(os.path.join(args.out, name + ".onnx"))
        except Exception as e:  # report and go on: one exporter bug must not hide the others
            failed.append(name)
            print(f"{name}: {type(e).__name__}: {str(e).splitlines()[0][:200]}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
