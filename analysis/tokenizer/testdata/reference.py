"""Writes sentencepiece.json: tokenizers as SentencePiece trains them, and its own tokens of texts.

Run by hand, with Debian's python3-sentencepiece: reference.py < TEXTS > sentencepiece.json
"""

import base64
import io
import json
import sys
import tempfile

import sentencepiece as sp
from sentencepiece import sentencepiece_model_pb2 as pb

TEXTS = [
    "", "a", " two  blanks ", "the file is opened", "Ünïcode ﬁne ½ ① Å ａｂｃ", "東京タワー", "emoji 👍🏽 here",
    "unaffable, running!", "x" * 50, "tab\tnew\nline", "e\u0301 = é", "ﷺ", "don't 'quote' \"it\"", "𝔘𝔫𝔦", "a\u200bb\u00adc",
]
# A few rules of normalisation in place of the thousands of NFKC.
RULES = {"\t": " ", "\n": " ", "\u00a0": " ", "ﬁ": "fi", "½": "1⁄2", "①": "1", "Å": "Å", "e\u0301": "é", "ﷺ": "صلى الله عليه وسلم", "\u200b": " ", "𝔘": "U", "ａ": "a"}
with tempfile.NamedTemporaryFile("w", suffix=".tsv", delete=False) as rules:
    for a, b in RULES.items():
        rules.write(" ".join(f"{ord(c):X}" for c in a) + "\t" + " ".join(f"{ord(c):X}" for c in b) + "\n")
how = {"normalization_rule_tsv": rules.name} if len(sys.argv) < 2 else {"normalization_rule_name": sys.argv[1]}
lines = sys.stdin.read().split("\n")
cases = []
for kind, size in (("unigram", 400), ("bpe", 400)):
    out = io.BytesIO()
    sp.SentencePieceTrainer.train(sentence_iterator=iter(lines), model_writer=out, vocab_size=size, model_type=kind, character_coverage=0.98, minloglevel=2, **how)
    model = pb.ModelProto()
    model.ParseFromString(out.getvalue())
    pieces = [(p.piece, p.score) for p in model.pieces]
    number = {p: i for i, (p, _) in enumerate(pieces)}
    if kind == "unigram":
        part = {"type": "Unigram", "unk_id": 0, "vocab": pieces}
    else:
        merges = []
        for whole, _ in sorted(((p, s) for p, s in pieces if len(p) > 1 and p in number), key=lambda x: -x[1]):
            for i in range(1, len(whole)):
                if whole[:i] in number and whole[i:] in number:
                    merges.append((number[whole], whole[:i], whole[i:]))
        part = {"type": "BPE", "unk_token": "<unk>", "fuse_unk": True, "vocab": number, "merges": [f"{a} {b}" for _, a, b in sorted(merges)]}
    file = {
        "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(model.normalizer_spec.precompiled_charsmap).decode()},
            {"type": "Strip", "strip_left": True, "strip_right": True},
            {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "model": part,
    }
    own = sp.SentencePieceProcessor(model_proto=out.getvalue())
    held = TEXTS + [line for line in lines if 20 < len(line) < 120][:200:10]
    cases.append({"kind": kind, "tokenizer": file, "texts": [{"text": t, "ids": own.encode(t)} for t in held]})
json.dump(cases, sys.stdout, ensure_ascii=False)
