"""Holds encodings of texts, and scikit-learn, against each other on the same splits.

    compare.py SETS OUT

SETS and OUT are those of run.sh. For scikit-learn, TF-IDF of words and pairs of words with logistic
regression is fitted to the training texts of each fold that the study has tested; of its strengths
1, 10 and 100 the validation texts choose. Prints accuracies as a table.
"""

import collections
import csv
import json
import pathlib
import sys

import numpy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression


def scikit(folder, splits, seeds):
    texts = collections.defaultdict(list)  # by domain, fold and split
    for row in csv.DictReader(open(splits)):
        if int(row["fold"]) <= seeds:
            texts[row["domain"], row["fold"], row["split"]].append(row["member"])
    right = collections.defaultdict(list)
    for domain, fold in sorted({key[:2] for key in texts}):
        x, y = {}, {}
        for split in ("train", "validation", "test"):
            members = texts[domain, fold, split]
            x[split] = [pathlib.Path(folder, domain, m).read_text() for m in members]
            y[split] = [m.split("/")[0] for m in members]
        vectors = TfidfVectorizer(ngram_range=(1, 2)).fit(x["train"])
        x = {split: vectors.transform(t) for split, t in x.items()}
        models = [LogisticRegression(C=c, solver="liblinear").fit(x["train"], y["train"]) for c in (1, 10, 100)]
        best = max(models, key=lambda m: m.score(x["validation"], y["validation"]))
        right[domain] += list(best.predict(x["test"]) == numpy.array(y["test"]))
    return {domain: (numpy.mean(r), len(r)) for domain, r in right.items()}


def main():
    sets, out = map(pathlib.Path, sys.argv[1:])
    rows, encodings = {}, []
    for file in sorted(out.glob("*/results.json")):
        name, encoding = file.parent.name.split("-", 1)
        results = json.load(open(file))
        if encoding not in encodings:
            encodings.append(encoding)
        for s in results["scores"]:
            if s["arm"] == "independent":
                rows.setdefault((name, s["domain"]), {"seeds": s["seeds"]})[encoding] = s["accuracy"]["value"]
    print("| set | domain | tested |", " | ".join(e or "{}" for e in encodings), "| scikit-learn |")
    print("|" + "---|" * (len(encodings) + 4))
    others = {name: scikit(sets / name, out / f"{name}.csv", max(r["seeds"] for k, r in rows.items() if k[0] == name)) for name in {k[0] for k in rows}}
    sums = collections.defaultdict(list)
    for (name, domain), row in sorted(rows.items()):
        accuracy, n = others[name][domain]
        print(f"| {name} | {domain} | {n} |", " | ".join(f"{row[e]:.3f}" if e in row else "" for e in encodings), f"| {accuracy:.3f} |")
        for e in encodings:
            if e in row:
                sums[e].append(row[e] - accuracy)
    print("| mean difference | | |", " | ".join(f"{numpy.mean(sums[e]):+.3f}" for e in encodings), "| |")


main()
