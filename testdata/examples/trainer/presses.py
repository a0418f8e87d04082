"""Writes three tables of presses that never were: of two of one make, and one that wears
differently. python3 presses.py FOLDER"""

import math
import random
import sys

for name, rows, wear in (("press-1", 400, 1.0), ("press-2", 120, 1.1), ("press-3", 300, -1.0)):
    rng = random.Random(name)
    with open(f"{sys.argv[1]}/{name}.csv", "w") as f:
        f.write("temperature,pressure,speed,tool,wear\n")
        for _ in range(rows):
            t, p, s, tool = rng.gauss(60, 10), rng.gauss(200, 25), rng.uniform(1, 5), rng.choice(["steel", "carbide"])
            y = wear * math.tanh((t - 60) / 10) * (p - 200) / 25 + (0.5 if tool == "steel" else 0) + 0.3 * rng.gauss(0, 1)
            f.write(f"{t:.2f},{p:.1f},{s:.2f},{tool},{y:.4f}\n")
