#!/usr/bin/python3
"""Writes gradients computed by PyTorch as goldens for onnxio/autodiff.

    /usr/bin/python3 testdata/peers/gradients.py testdata/gradients

Every file holds a small graph of ONNX nodes, its inputs, the outputs that
PyTorch computes for them, cotangents of these outputs, and the resulting
gradients by the inputs. All in float64; inputs have three decimals, so that
they are the same numbers everywhere.
"""

import json
import os
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(20261123)


def draw(*shape, scale=1.0):
    x = torch.randn(shape, dtype=torch.float64) * scale
    return (x * 1000).round() / 1000


def node(op, inputs, outputs, **attrs):
    return {"op": op, "inputs": inputs.split(), "outputs": outputs.split(), "attrs": attrs}


def tensor(x, digits=10):
    data = x.detach().reshape(-1).tolist()
    if x.dtype == torch.float64:
        data = [float(f"%.{digits}g" % v) for v in data]
    return {"shape": list(x.shape), "data": data}


class Case:
    """A graph, the PyTorch function that computes the same, and its inputs.

    The gradients are by all inputs of type float64 but the fixed ones.
    """

    def __init__(self, name, nodes, function, opset=17, fixed=(), **inputs):
        self.name, self.nodes, self.function, self.opset = name, nodes, function, opset
        self.fixed, self.inputs = fixed, inputs

    def run(self):
        wrt = {k: v for k, v in self.inputs.items() if v.dtype == torch.float64 and k not in self.fixed}
        for v in wrt.values():
            v.requires_grad_(True)
        outputs = self.function(**self.inputs)
        cotangents = {k: draw(*v.shape) for k, v in outputs.items()}
        total = sum((cotangents[k] * v).sum() for k, v in outputs.items())
        gradients = torch.autograd.grad(total, list(wrt.values()))
        return {
            "opset": self.opset,
            "nodes": self.nodes,
            "inputs": {k: tensor(v) for k, v in self.inputs.items()},
            "outputs": {k: tensor(v) for k, v in outputs.items()},
            "cotangents": {k: tensor(v) for k, v in cotangents.items()},
            "gradients": {k: tensor(g) for k, g in zip(wrt, gradients)},
        }


def mlp():
    def f(x, w1, b1, w2, b2, w3, b3, t):
        h = F.relu(F.linear(x, w1, b1))
        h = F.relu(F.linear(h, w2, b2))
        return {"loss": F.cross_entropy(F.linear(h, w3, b3), t)}

    return Case("mlp", [
        node("Gemm", "x w1 b1", "h1", transB=1), node("Relu", "h1", "a1"),
        node("Gemm", "a1 w2 b2", "h2", transB=1), node("Relu", "h2", "a2"),
        node("Gemm", "a2 w3 b3", "scores", transB=1),
        node("SoftmaxCrossEntropyLoss", "scores t", "loss"),
    ], f, x=draw(6, 8), w1=draw(7, 8, scale=.5), b1=draw(7), w2=draw(5, 7, scale=.5), b2=draw(5),
        w3=draw(3, 5, scale=.5), b3=draw(3), t=torch.tensor([0, 2, 1, 1, 0, 2]))


def mlp_regression():
    def f(x, w1, b1, w2, b2, t):
        y = torch.tanh(x @ w1 + b1) @ w2 + b2
        return {"loss": ((y - t) ** 2).mean(1)}

    return Case("mlp_regression", [
        node("MatMul", "x w1", "m1"), node("Add", "m1 b1", "h1"), node("Tanh", "h1", "a1"),
        node("MatMul", "a1 w2", "m2"), node("Add", "m2 b2", "y"),
        node("Sub", "y t", "d"), node("Mul", "d d", "s"),
        node("ReduceMean", "s", "loss", axes=[1], keepdims=0),
    ], f, x=draw(5, 4), w1=draw(4, 6), b1=draw(6), w2=draw(6, 2), b2=draw(2), t=draw(5, 2))


def cnn():
    def f(x, w1, b1, w2, b2, w3, b3, t):
        h = F.max_pool2d(F.relu(F.conv2d(x, w1, b1, padding=1)), 2)
        h = F.max_pool2d(F.relu(F.conv2d(h, w2, b2, padding=1)), 2)
        return {"loss": F.cross_entropy(F.linear(h.flatten(1), w3, b3), t, reduction="none")}

    return Case("cnn", [
        node("Conv", "x w1 b1", "h1", pads=[1, 1, 1, 1]), node("Relu", "h1", "a1"),
        node("MaxPool", "a1", "p1", kernel_shape=[2, 2], strides=[2, 2]),
        node("Conv", "p1 w2 b2", "h2", pads=[1, 1, 1, 1]), node("Relu", "h2", "a2"),
        node("MaxPool", "a2", "p2", kernel_shape=[2, 2], strides=[2, 2]),
        node("Flatten", "p2", "flat"), node("Gemm", "flat w3 b3", "scores", transB=1),
        node("SoftmaxCrossEntropyLoss", "scores t", "loss", reduction="none"),
    ], f, x=draw(3, 2, 8, 8), w1=draw(4, 2, 3, 3, scale=.5), b1=draw(4, scale=.1), w2=draw(5, 4, 3, 3, scale=.3),
        b2=draw(5, scale=.1), w3=draw(3, 20, scale=.5), b3=draw(3), t=torch.tensor([2, 0, 1]))


def cnn_batchnorm():
    def f(x, w1, scale1, shift1, mean, var, w2, b2, t, weight):
        h = F.conv2d(x, w1, stride=2, padding=1)
        h = F.batch_norm(h, None, None, scale1, shift1, training=True, eps=1e-5)
        h = F.adaptive_avg_pool2d(F.relu(h), 1).flatten(1)
        return {"loss": F.cross_entropy(F.linear(h, w2, b2), t, weight=weight, ignore_index=-1)}

    return Case("cnn_batchnorm", [
        node("Conv", "x w1", "h1", strides=[2, 2], pads=[1, 1, 1, 1]),
        node("BatchNormalization", "h1 scale1 shift1 mean var", "n1 m1 v1", training_mode=1, epsilon=1e-5),
        node("Relu", "n1", "a1"), node("GlobalAveragePool", "a1", "p1"), node("Flatten", "p1", "flat"),
        node("Gemm", "flat w2 b2", "scores", transB=1),
        node("SoftmaxCrossEntropyLoss", "scores t weight", "loss", ignore_index=-1),
    ], f, x=draw(4, 2, 7, 7), w1=draw(3, 2, 3, 3), scale1=draw(3), shift1=draw(3), mean=draw(3), var=draw(3).abs(),
        w2=draw(3, 3), b2=draw(3), t=torch.tensor([2, -1, 1, 0]), fixed=("mean", "var", "weight"), weight=draw(3).abs())


def attention():
    def f(table, wq, wk, wv, gain, shift, i, root):
        x = F.layer_norm(F.embedding(i, table), (6,), gain, shift, eps=1e-5)
        q, k, v = x @ wq, x @ wk, x @ wv
        p = torch.softmax(q @ k.transpose(-1, -2) / root, -1)
        return {"y": F.gelu(p @ v) + x}

    return Case("attention", [
        node("Gather", "table i", "e"),
        node("LayerNormalization", "e gain shift", "x", axis=-1, epsilon=1e-5),
        node("MatMul", "x wq", "q"), node("MatMul", "x wk", "k"), node("MatMul", "x wv", "v"),
        node("Transpose", "k", "kt", perm=[0, 2, 1]), node("MatMul", "q kt", "s"),
        node("Div", "s root", "scaled"),
        node("Softmax", "scaled", "p", axis=-1), node("MatMul", "p v", "o"),
        node("Gelu", "o", "g"), node("Add", "g x", "y"),
    ], f, opset=20, table=draw(5, 6), wq=draw(6, 6, scale=.5), wk=draw(6, 6, scale=.5), wv=draw(6, 6, scale=.5),
        gain=draw(6), shift=draw(6), fixed=("root",), root=torch.tensor(2.449, dtype=torch.float64), i=torch.tensor([[0, 3, 1], [4, 3, 3]]))


def operators():
    """Single operators whose options are easy to get wrong."""
    conv = {
        "conv_strides_pads": dict(stride=(2, 3), padding=(1, 2)),
        "conv_dilations": dict(dilation=(2, 1), padding=(2, 1)),
        "conv_groups": dict(groups=2, stride=2),
        "conv_depthwise": dict(groups=4, padding=1),
    }
    pair = lambda v: list(v) if isinstance(v, tuple) else [v, v]
    cases = []
    for name, o in conv.items():
        g = o.get("groups", 1)
        attrs = dict(strides=pair(o.get("stride", 1)), pads=pair(o.get("padding", 0)) * 2,
                     dilations=pair(o.get("dilation", 1)), group=g)
        cases.append(Case(name, [node("Conv", "x w b", "y", **attrs)],
                          lambda x, w, b, o=o: {"y": F.conv2d(x, w, b, **o)},
                          x=draw(2, 4, 6, 7), w=draw(4, 4 // g, 3, 3), b=draw(4)))
    for name, o in {
        "convtranspose": dict(stride=2, padding=1, output_padding=1),
        "convtranspose_groups": dict(stride=(2, 1), groups=2, dilation=(1, 2)),
    }.items():
        g = o.get("groups", 1)
        attrs = dict(strides=pair(o["stride"]), pads=pair(o.get("padding", 0)) * 2, group=g,
                     dilations=pair(o.get("dilation", 1)), output_padding=pair(o.get("output_padding", 0)))
        cases.append(Case(name, [node("ConvTranspose", "x w b", "y", **attrs)],
                          lambda x, w, b, o=o: {"y": F.conv_transpose2d(x, w, b, **o)},
                          x=draw(2, 4, 4, 3), w=draw(4, 2, 3, 3), b=draw(2 * g)))
    cases.append(Case("conv_1d", [node("Conv", "x w b", "y", strides=[2], pads=[1, 1])],
                      lambda x, w, b: {"y": F.conv1d(x, w, b, stride=2, padding=1)},
                      x=draw(2, 3, 8), w=draw(4, 3, 3), b=draw(4)))
    cases.append(Case("maxpool_overlapping",
                      [node("MaxPool", "x", "y", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])],
                      lambda x: {"y": F.max_pool2d(x, 3, 2, 1)}, x=draw(2, 2, 7, 6)))
    cases.append(Case("maxpool_ceil",
                      [node("MaxPool", "x", "y", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)],
                      lambda x: {"y": F.max_pool2d(x, 2, 2, ceil_mode=True)}, x=draw(1, 2, 5, 7)))
    for count in (0, 1):
        cases.append(Case(f"averagepool_pads_{count}",
                          [node("AveragePool", "x", "y", kernel_shape=[3, 2], strides=[2, 2], pads=[1, 1, 1, 1],
                                count_include_pad=count)],
                          lambda x, count=count: {"y": F.avg_pool2d(x, (3, 2), 2, 1, count_include_pad=bool(count))},
                          x=draw(2, 2, 6, 6)))
    cases.append(Case("activations",
                      [node("Elu", "x", "a", alpha=0.5), node("Selu", "a", "b"), node("Softplus", "b", "c"),
                       node("HardSwish", "c", "d"), node("LeakyRelu", "d", "e", alpha=0.25),
                       node("HardSigmoid", "e", "f", alpha=1 / 6, beta=0.5), node("Erf", "f", "y")],
                      lambda x: {"y": torch.erf(F.hardsigmoid(F.leaky_relu(
                          F.hardswish(F.softplus(F.selu(F.elu(x, 0.5)))), 0.25)))}, x=draw(4, 5)))
    cases.append(Case("group_norm", [node("GroupNormalization", "x gain shift", "y", num_groups=2, epsilon=1e-3)],
                      lambda x, gain, shift: {"y": F.group_norm(x, 2, gain, shift, eps=1e-3)},
                      opset=21, x=draw(2, 4, 3, 3), gain=draw(4), shift=draw(4)))
    cases.append(Case("log_sum_exp_and_prod",
                      [node("ReduceLogSumExp", "x", "l", axes=[1], keepdims=0), node("ReduceProd", "x", "p", axes=[0], keepdims=1)],
                      lambda x: {"l": torch.logsumexp(x, 1), "p": torch.prod(x, 0, keepdim=True)}, x=draw(3, 4)))
    return cases


def main(folder):
    for case in [mlp(), mlp_regression(), cnn(), cnn_batchnorm(), attention()] + operators():
        result = {"torch": torch.__version__} | case.run()
        with open(os.path.join(folder, case.name + ".json"), "w") as out:
            json.dump(result, out, separators=(",", ":"))
            out.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
