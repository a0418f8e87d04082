"""Writes a tokenizer.json of Unigram with 8000 pieces, as SentencePiece trains it on all texts of a folder.

    tokenizer.py FOLDER > tokenizer.json
"""

import base64
import io
import json
import pathlib
import sys

import sentencepiece
from sentencepiece import sentencepiece_model_pb2

lines = [l for f in sorted(pathlib.Path(sys.argv[1]).rglob("*.txt")) for l in f.read_text().split("\n") if l]
out = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(lines), model_writer=out, vocab_size=8000, hard_vocab_limit=False, minloglevel=2)
model = sentencepiece_model_pb2.ModelProto()
model.ParseFromString(out.getvalue())
json.dump({
    "added_tokens": [],
    "normalizer": {"type": "Sequence", "normalizers": [
        {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(model.normalizer_spec.precompiled_charsmap).decode()},
        {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
    "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
    "model": {"type": "Unigram", "unk_id": 0, "vocab": [(p.piece, p.score) for p in model.pieces]},
}, sys.stdout, ensure_ascii=False)
