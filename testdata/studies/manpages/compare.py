"""Holds the independent models of a study of text files against scikit-learn on the same splits.

    sharewise dataset splits STUDY > splits.csv
    compare.py FOLDER splits.csv OUT/results.json

FOLDER has the domains, as prepare.py writes them. For each domain and fold TF-IDF of words and pairs
of words with logistic regression is fitted to the training texts; of its strengths 1, 10 and 100 the
validation texts choose.
"""

import collections
import csv
import json
import pathlib
import sys

import numpy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression


def main():
    folder, splits, results = sys.argv[1:]
    texts = collections.defaultdict(list)  # by domain, fold and split
    for row in csv.DictReader(open(splits)):
        key = row["domain"], row.get("fold", "1"), row["split"]
        name = pathlib.Path(folder, row["domain"], row["member"])
        texts[key].append((name.read_text(), row["member"].split("/")[0]))
    right = collections.defaultdict(list)
    plain = collections.defaultdict(list)
    for domain, fold in sorted({key[:2] for key in texts}):
        part = {s: list(zip(*texts[domain, fold, s])) for s in ("train", "validation", "test")}
        vectors = TfidfVectorizer(ngram_range=(1, 2), lowercase=True)
        x = {"train": vectors.fit_transform(part["train"][0])}
        for s in ("validation", "test"):
            x[s] = vectors.transform(part[s][0])
        models = [LogisticRegression(C=c, solver="liblinear").fit(x["train"], part["train"][1]) for c in (1, 10, 100)]
        best = max(models, key=lambda m: m.score(x["validation"], part["validation"][1]))
        right[domain] += list(best.predict(x["test"]) == numpy.array(part["test"][1]))
        plain[domain] += list(models[0].predict(x["test"]) == numpy.array(part["test"][1]))
    ours = {s["domain"]: s["accuracy"]["value"] for s in json.load(open(results))["scores"] if s["arm"] == "independent"}
    print("domain  samples  sharewise  scikit-learn  of C = 1")
    for domain in right:
        print(f"{domain:6}  {len(right[domain]):7}  {ours[domain]:9.4f}  {numpy.mean(right[domain]):12.4f}  {numpy.mean(plain[domain]):8.4f}")


main()
