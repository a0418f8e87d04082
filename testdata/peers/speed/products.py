"""Prints how many seconds PyTorch takes for products of matrices of a step's shapes, by
the kernels of OpenBLAS that this process was told to use."""

import statistics
import time

import torch

SHAPES = [(64, 784, 512), (784, 64, 512), (512, 512, 512)]  # rows, inner, columns
ROUNDS = 30

torch.set_num_threads(1)
pairs = [(torch.randn(m, k), torch.randn(k, n)) for m, k, n in SHAPES]
times = []
for _ in range(ROUNDS):
    start = time.perf_counter()
    for a, b in pairs:
        a @ b
    times.append(time.perf_counter() - start)
print(statistics.median(times))
