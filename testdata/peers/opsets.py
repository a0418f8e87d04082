#!/usr/bin/python3
"""Exports the same small networks with PyTorch in the operator sets 7 to 17.

    /usr/bin/python3 testdata/peers/opsets.py testdata/opsets

Weights are the same in all exports; they are drawn, and rounded to three
decimals. Files are named NAME-OPSET.onnx.
"""

import io
import os
import sys
import warnings

import onnx
import torch
import torch.nn.functional as F
from torch import nn

warnings.filterwarnings("ignore")


class Image(nn.Module):
    """What changed for images: Pad, Clip, Upsample, BatchNormalization, Dropout, ReduceMean, LogSoftmax."""

    shape = (2, 2, 6, 6)

    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4)
        self.up, self.act = nn.ConvTranspose2d(4, 3, 2, stride=2), nn.PReLU(3)
        self.drop, self.fc = nn.Dropout(0.3), nn.Linear(3, 4)

    def forward(self, x):
        x = F.relu6(self.norm(self.conv(F.pad(x, (1, 1, 1, 1), value=0.5))))
        x = F.interpolate(F.max_pool2d(x, 2), size=(6, 6), mode="nearest")
        x = self.act(self.up(F.avg_pool2d(x, 2))).clamp(min=-1)
        return F.log_softmax(self.fc(self.drop(x.mean((2, 3)))), 1)


class Sequence(nn.Module):
    """What changed for sequences: Slice, Split, Squeeze, Unsqueeze, ReduceSum, Softmax, Gather, LSTM."""

    shape = (2, 5, 4)

    def __init__(self):
        super().__init__()
        self.norm, self.qkv = nn.LayerNorm(4), nn.Linear(4, 12)
        self.lstm, self.fc = nn.LSTM(4, 3, batch_first=True), nn.Linear(3, 2)
        # Given states: for others the oldest operator sets had no standard operator.
        self.state = nn.Parameter(torch.zeros(2, 1, 2, 3))

    def forward(self, x):
        q, k, v = self.qkv(self.norm(x)).chunk(3, 2)
        x = x + torch.softmax(q @ k.transpose(1, 2) / 2, -1) @ v
        y, _ = self.lstm(x[:, 1:], (self.state[0], self.state[1]))
        y = torch.cat([y, y.sum(1).unsqueeze(1)], 1)
        return self.fc(y[:, -1]) * y.sum((1, 2)).unsqueeze(1)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    for build in Image, Sequence:
        torch.manual_seed(7)
        net = build().eval()
        with torch.no_grad():
            for name, p in list(net.named_parameters()) + list(net.named_buffers()):
                if p.dtype == torch.float32:
                    p.copy_(torch.round(p + 0.2 * torch.rand_like(p), decimals=3))
        x = torch.randn(build.shape)
        for opset in range(7, 18):
            buffer = io.BytesIO()
            try:
                torch.onnx.export(net, x, buffer, opset_version=opset, do_constant_folding=False, input_names=["x"],
                                  output_names=["y"], training=torch.onnx.TrainingMode.PRESERVE)
            except torch.onnx.errors.OnnxExporterError as e:
                print(f"{build.__name__} cannot be exported in {opset}: {e}"[:150])
                continue
            model = onnx.load_from_string(buffer.getvalue())
            for node in model.graph.node:
                node.doc_string = ""
            del model.graph.value_info[:]
            path = os.path.join(folder, f"{build.__name__.lower()}-{opset}.onnx")
            onnx.save(model, path)
            print(path, len(model.graph.node), "nodes:", " ".join(sorted({n.op_type for n in model.graph.node})))


if __name__ == "__main__":
    main(sys.argv[1])
