#!/usr/bin/python3
"""Exports the small vision transformer and text encoder of testdata/examples, with what PyTorch computes for them.

    /usr/bin/python3 testdata/peers/examples.py testdata/examples/models

vit.onnx is torchvision's VisionTransformer; vit.json has images, a class for
each, and the derivative of that class's score by the image, in float64.
bert.onnx is an encoder written as Hugging Face's BERT is, of token numbers and
a mask; bert.json has batches, and the losses of steps of AdamW in float64: by
the class of a sentence, and by the values of all hidden states. Networks are
exported as they are for inference, with dynamic axes. Weights are drawn, not
downloaded.
"""

import json
import math
import os
import sys
import warnings

import torch
import torch.nn.functional as F
import torchvision.models as tv
from torch import nn

warnings.filterwarnings("ignore")


class Layer(nn.Module):
    def __init__(self, size, heads, hidden):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(size, size) for _ in range(3))
        self.dense, self.norm1 = nn.Linear(size, size), nn.LayerNorm(size, eps=1e-12)
        self.up, self.down, self.norm2 = nn.Linear(size, hidden), nn.Linear(hidden, size), nn.LayerNorm(size, eps=1e-12)

    def split(self, x):
        return x.view(x.size()[:-1] + (self.heads, x.size(-1) // self.heads)).permute(0, 2, 1, 3)

    def forward(self, x, mask):
        q, k, v = (self.split(f(x)) for f in (self.query, self.key, self.value))
        scores = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(q.size(-1)) + mask
        context = torch.matmul(F.softmax(scores, dim=-1), v).permute(0, 2, 1, 3).contiguous()
        x = self.norm1(self.dense(context.view(context.size()[:-2] + (x.size(-1),))) + x)
        return self.norm2(self.down(F.gelu(self.up(x))) + x)


class Bert(nn.Module):
    def __init__(self, words=30, length=12, size=16, heads=2, hidden=24, layers=2, classes=2):
        super().__init__()
        self.words, self.positions = nn.Embedding(words, size), nn.Embedding(length, size)
        self.register_buffer("position_ids", torch.arange(length).unsqueeze(0))
        self.norm = nn.LayerNorm(size, eps=1e-12)
        self.layers = nn.ModuleList(Layer(size, heads, hidden) for _ in range(layers))
        self.pooler, self.classifier = nn.Linear(size, size), nn.Linear(size, classes)

    def forward(self, input_ids, attention_mask):
        mask = attention_mask[:, None, None, :].to(self.words.weight.dtype)
        mask = (1.0 - mask) * -10000.0
        x = self.norm(self.words(input_ids) + self.positions(self.position_ids[:, : input_ids.size(1)]))
        for layer in self.layers:
            x = layer(x, mask)
        return x, self.classifier(torch.tanh(self.pooler(x[:, 0])))


def numbers(t):
    """A tensor as a list of numbers, seven digits of those with a fraction."""
    t = t.detach().reshape(-1)
    return t.tolist() if not t.is_floating_point() else [float(f"{v:.7g}") for v in t.tolist()]


def rounded(t):
    """A tensor of numbers of few digits, so that files are small and single precision holds them alike."""
    return (t * 64).round() / 64


def vit(out):
    net = tv.VisionTransformer(image_size=16, patch_size=8, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=24,
                               num_classes=5).eval()
    # torchvision starts the last layer at zero, which stops every gradient.
    nn.init.normal_(net.heads.head.weight, std=0.3)
    x, classes = rounded(torch.randn(2, 3, 16, 16)), torch.tensor([3, 0])
    torch.onnx.export(net, x, os.path.join(out, "vit.onnx"), opset_version=15, training=torch.onnx.TrainingMode.TRAINING,
                      do_constant_folding=False, input_names=["image"], output_names=["scores"],
                      dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}})
    net = net.double()
    exact = x.double().requires_grad_()
    scores = net(exact)
    (gradient,) = torch.autograd.grad(scores.gather(1, classes[:, None]).sum(), exact)
    return {"image": numbers(x), "classes": classes.tolist(), "scores": numbers(scores), "gradient": numbers(gradient)}


def batches(steps, rows, length):
    """Sentences of tokens, 0 is padding; the class says whether a 7 is among them."""
    for _ in range(steps):
        ids, mask = torch.randint(1, 30, (rows, length)), torch.ones(rows, length, dtype=torch.int64)
        for i in range(rows):
            n = int(torch.randint(4, length + 1, ()))
            ids[i, n:], mask[i, n:] = 0, 0
            if i % 2:
                ids[i, n // 2] = 7
        yield ids, mask, (ids == 7).any(1).long(), rounded(torch.randn(rows, length, 16))


def losses(net, data, objective, rate):
    start = {k: v.clone() for k, v in net.state_dict().items()}
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.01)
    found = []
    for ids, mask, classes, values in data:
        hidden, logits = net(ids, mask)
        loss = F.cross_entropy(logits, classes) if objective == "class" else F.mse_loss(hidden, values.double())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append(loss.item())
    net.load_state_dict(start)
    return found


def bert(out):
    steps, rows, length, rate = 6, 4, 10, 0.005
    net = Bert()
    data = list(batches(steps, rows, length))
    torch.onnx.export(net, data[0][:2], os.path.join(out, "bert.onnx"), opset_version=17, do_constant_folding=False,
                      training=torch.onnx.TrainingMode.TRAINING,
                      input_names=["input_ids", "attention_mask"], output_names=["output", "logits"],
                      dynamic_axes={n: {0: "batch", 1: "length"} for n in ("input_ids", "attention_mask", "output")} | {"logits": {0: "batch"}})
    net = net.double()
    stack = [torch.stack(t) for t in zip(*data)]
    return {"rows": rows, "length": length, "rate": rate,
            "input_ids": numbers(stack[0]), "attention_mask": numbers(stack[1]), "classes": numbers(stack[2]),
            "values": numbers(stack[3]),
            "class_losses": losses(net, data, "class", rate), "value_losses": losses(net, data, "values", rate)}


def main():
    out = sys.argv[1]
    for make in (vit, bert):
        torch.manual_seed(20261124)
        values = make(out)
        with open(os.path.join(out, make.__name__ + ".json"), "w") as f:
            json.dump(values, f)
            f.write("\n")


if __name__ == "__main__":
    main()
