"""The numbers that a text becomes, as a model says that takes texts.

    import json, onnx, textcode
    model = onnx.load("model.onnx")
    encoding = json.loads({p.key: p.value for p in model.metadata_props}["sharewise.text"])
    numbers = textcode.numbers(encoding, "Some text")

For ngrams these are counts, which "sharewise.deploy/DOMAIN" says how to weight: input_rows.weights,
then the length of the row, then input_std; weighted does that. A tokenizer's numbers come from
Hugging Face's tokenizers, of which "tokenizer" is the content of tokenizer.json.
"""

import json
import math
import sys
import unicodedata
import zlib

ALONE = [
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x31F0, 0x31FF),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF),
]


def lower(c):
    small = "i" if c == "\u0130" else c.lower()
    return small if len(small) == 1 else c


def words(text):
    word = ""
    for c in text:
        kind = unicodedata.category(c)[0]
        alone = kind in "LNM" and any(first <= ord(c) <= last for first, last in ALONE)
        alone = alone or kind == "S" and c != "\ufffd"
        if kind in "LNM" and not alone:
            word += lower(c)
            continue
        if word:
            yield word
            word = ""
        if alone:
            yield lower(c)
    if word:
        yield word


def grams(text, longest, characters):
    all = list(words(text))
    for n in range(1, longest + 1):
        for i in range(len(all) - n + 1):
            yield " ".join(all[i : i + n])
    if characters:
        for word in all:
            word = " " + word + " "
            for n in range(characters[0], characters[1] + 1):
                for i in range(len(word) - n + 1):
                    yield "#" + word[i : i + n]


def numbers(encoding, text):
    """All numbers of a text, as a list."""
    if encoding["encoding"] == "ngrams":
        out = [0] * encoding["buckets"]
        for gram in grams(text, encoding.get("words", 0), encoding.get("characters")):
            out[zlib.crc32(gram.encode()) % len(out)] += 1
        return out
    length, padding = encoding["length"], encoding["padding"]
    if encoding["encoding"] == "words":
        ids = [1 + zlib.crc32(word.encode()) % (encoding["buckets"] - 1) for word in words(text)]
    else:
        import tokenizers

        tokenizer = tokenizers.Tokenizer.from_str(json.dumps(encoding["tokenizer"]))
        tokenizer.enable_truncation(length)
        ids = tokenizer.encode(text).ids
    return ids[:length] + [padding] * (length - len(ids))


def weighted(deploy, row):
    """The input that a model takes, of the counts of a text and what the model says of a domain."""
    rows = deploy.get("input_rows") or {}
    if rows.get("log"):
        row = [math.log1p(v) for v in row]
    if rows.get("weights"):
        row = [v * w for v, w in zip(row, rows["weights"])]
    if rows.get("length"):
        length = math.sqrt(sum(v * v for v in row))
        row = [v / length for v in row] if length else row
    return [(v - m) / s for v, m, s in zip(row, deploy["input_mean"], deploy["input_std"])]


if __name__ == "__main__":  # a case per line: {"encoding": {...}, "text": "..."}
    for line in sys.stdin:
        case = json.loads(line)
        print(json.dumps([[i, n] for i, n in enumerate(numbers(case["encoding"], case["text"])) if n]))
