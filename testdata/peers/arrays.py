#!/usr/bin/python3
"""Writes small files of arrays and sounds as goldens for the readers.

    /usr/bin/python3 testdata/peers/arrays.py analysis/array/testdata analysis/dataset/testdata/wav

NPY and NPZ files come from NumPy, WAV files from SciPy and from Python's wave
module, safetensors files from the format's published layout. What the files
hold stands beside them in expected.json.
"""

import json
import os
import struct
import sys
import wave

import numpy as np
from scipy.io import wavfile

arrays, sounds = sys.argv[1:]
os.makedirs(arrays, exist_ok=True)
os.makedirs(sounds, exist_ok=True)
expected = {}


def describe(x, kind=None):
    values = [str(v) if x.dtype.kind in "US" else float(v) for v in x.reshape(-1)]
    if x.dtype.kind == "S":
        values = [v.decode() for v in x.reshape(-1)]
    names = {"U": "text", "S": "bytes"}
    return {"type": kind or names.get(x.dtype.kind, x.dtype.name), "shape": list(x.shape), "values": values}


def npy(name, x):
    np.save(os.path.join(arrays, name + ".npy"), x)
    expected[name + ".npy"] = {"": describe(x)}


numbers = np.arange(24).reshape(2, 3, 4) - 5
for kind in ["i1", "i2", "i4", "i8", "f2", "f4", "f8"]:
    for order, word in [("<", "little"), (">", "big")]:
        npy(f"{kind}-{word}", (numbers / (4 if kind[0] == "f" else 1)).astype(order + kind))
for kind in ["u1", "u2", "u4", "u8"]:
    npy(kind, (numbers + 5).astype("<" + kind))
npy("u2-big", (numbers + 300).astype(">u2"))
npy("bool", numbers % 3 == 0)
npy("fortran", np.asfortranarray(numbers.astype("<f4")))
npy("fortran-u1", np.asfortranarray((numbers + 5).astype("u1")))
npy("one", np.array([7.5], "<f4"))
npy("scalar", np.array(3, "<i4"))
npy("empty", np.zeros((0, 3), "<f4"))
npy("half", np.array([0, -0.0, 1, -2, 65504, 6e-8, 6.1e-5, 0.1], "<f2"))
npy("large", np.array([2**63 - 1, -(2**63), 0], "<i8"))
npy("text", np.array(["a", "Größe", "日本", ""]))
npy("text-big", np.array(["a", "Größe"]).astype(">U5"))
npy("bytes", np.array([b"ok", b"worn", b""]))

with open(os.path.join(arrays, "version2.npy"), "wb") as f:
    np.lib.format.write_array(f, numbers.astype("<f4"), version=(2, 0))
expected["version2.npy"] = {"": describe(numbers.astype("<f4"))}

members = {"inputs": (numbers / 8).astype("<f4"), "labels": np.array(["no", "yes"]), "weights": np.array([1, 2], ">i2")}
np.savez(os.path.join(arrays, "stored.npz"), **members)
np.savez_compressed(os.path.join(arrays, "deflated.npz"), **members)
for name in ["stored.npz", "deflated.npz"]:
    expected[name] = {k: describe(v) for k, v in members.items()}


def safetensors(name, tensors, metadata=None):
    """Layout: 8 bytes length of the header, header in JSON, data without gaps."""
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for key, (kind, x, raw) in tensors.items():
        header[key] = {"dtype": kind, "shape": list(x.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(arrays, name), "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)
    expected[name] = {key: describe(x, kind) for key, (_, x, _), kind in
                      ((k, v, {"BF16": "bfloat16"}.get(v[0])) for k, v in tensors.items())}


tensors = {}
for kind, dtype in [("F64", "<f8"), ("F32", "<f4"), ("F16", "<f2"), ("I64", "<i8"), ("I32", "<i4"), ("I16", "<i2"),
                    ("I8", "i1"), ("U64", "<u8"), ("U32", "<u4"), ("U16", "<u2"), ("U8", "u1"), ("BOOL", "?")]:
    x = np.array([[0, 1, 2], [100, 5, 1]]).astype(dtype)
    tensors[kind.lower()] = (kind, x, x.tobytes())
short = np.array([1, -2.5, 0.15625], "<f4")  # these are exact in bfloat16
tensors["bf16"] = ("BF16", short, b"".join(struct.pack("<f", v)[2:] for v in short))
scalar = np.array(4, "<f4")
tensors["scalar"] = ("F32", scalar, scalar.tobytes())
safetensors("all.safetensors", tensors, {"format": "pt"})

with open(os.path.join(arrays, "expected.json"), "w") as f:
    lines = [json.dumps(k) + ": " + json.dumps(v, ensure_ascii=False) for k, v in expected.items()]
    f.write("{\n" + ",\n".join(lines) + "\n}\n")

# Sounds: every one holds the same two channels, as exactly as its type can.
rate = 8000
left = np.array([0, 0.25, 0.5, -0.5, -1, 0.75, -0.25, 0.125])
right = -left / 2
both = np.stack([left, right], axis=1)
wavfile.write(os.path.join(sounds, "u8.wav"), rate, (both * 128 + 128).astype("u1"))
wavfile.write(os.path.join(sounds, "i16.wav"), rate, (both * 2**15).astype("<i2"))
wavfile.write(os.path.join(sounds, "i32.wav"), rate, (both * 2**31).astype("<i4"))
wavfile.write(os.path.join(sounds, "f32.wav"), rate, both.astype("<f4"))
wavfile.write(os.path.join(sounds, "f64.wav"), rate, both.astype("<f8"))
wavfile.write(os.path.join(sounds, "mono.wav"), rate, (left * 2**15).astype("<i2"))


def i24(x):
    return b"".join(struct.pack("<i", int(v * 2**23))[:3] for v in x.reshape(-1))


with wave.open(os.path.join(sounds, "i24.wav"), "wb") as w:
    w.setparams((2, 3, rate, len(both), "NONE", ""))
    w.writeframes(i24(both))

# WAVE_FORMAT_EXTENSIBLE with a chunk before and one behind the samples, both of
# odd length and padded.
guid = struct.pack("<H", 1) + b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"
fmt = struct.pack("<HHIIHHHHI", 0xFFFE, 2, rate, rate * 6, 6, 24, 22, 24, 3) + guid
odd = b"odd  "[:5]
data = i24(both)
chunks = b"LIST" + struct.pack("<I", 5) + odd + b"\x00" + b"fmt " + struct.pack("<I", len(fmt)) + fmt
chunks += b"data" + struct.pack("<I", len(data)) + data + b"cue " + struct.pack("<I", 5) + odd + b"\x00"
with open(os.path.join(sounds, "extensible.wav"), "wb") as f:
    f.write(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
