"""Hold the independent models of the gas turbine study against scikit-learn.

Trains MLPRegressor and HistGradientBoostingRegressor on the very samples that
the study trains on and tests them on its test samples. Run after the study, with
SHAREWISE_DATA set as for it:

    sharewise dataset splits testdata/studies/gas-turbine/study.yaml -o splits.csv
    python3 testdata/peers/gas_turbine.py splits.csv OUT

OUT is the study's output folder. Prints R² on the test split, mean of CO and
NOx; the difference is to the better peer.
"""

import csv
import json
import os
import pathlib
import sys
import warnings

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import r2_score
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler

FEATURES = 9


def splits(path):
    rows = {}
    with open(path, newline="") as f:
        for r in csv.DictReader(f):
            rows.setdefault(r["domain"], {}).setdefault(r["split"], []).append(int(r["sample"]))
    return rows


def peers(data, parts):
    """R² of both peers by target. Validation samples stay unused, as in the study."""
    train, test = data[parts["train"]], data[parts["test"]]
    scale = StandardScaler().fit(train)
    x, y = scale.transform(train)[:, :FEATURES], scale.transform(train)[:, FEATURES:]
    tx, ty = scale.transform(test)[:, :FEATURES], scale.transform(test)[:, FEATURES:]
    mlp = MLPRegressor((256, 256), max_iter=200, early_stopping=True, random_state=0).fit(x, y).predict(tx)
    boost = np.stack([HistGradientBoostingRegressor(random_state=0).fit(x, y[:, k]).predict(tx) for k in range(2)], axis=1)
    return [r2_score(ty, p, multioutput="raw_values") for p in (mlp, boost)]


def ours(out):
    with open(pathlib.Path(out) / "results.json") as f:
        scores = json.load(f)["scores"]
    return {s["domain"]: s for s in scores if s["arm"] == "independent"}


def main():
    warnings.simplefilter("ignore")
    root = pathlib.Path(os.environ["SHAREWISE_DATA"]) / "gas-turbine"
    own = ours(sys.argv[2])
    print("year  sharewise  MLPRegressor  HistGradientBoosting  difference")
    for year, parts in sorted(splits(sys.argv[1]).items()):
        data = np.loadtxt(root / f"gt_{year}.csv.gz", delimiter=",")
        mlp, boost = (r.mean() for r in peers(data, parts))
        r2 = own[year]["r2"]["value"]
        print(f"{year}  {r2:9.3f}  {mlp:12.3f}  {boost:20.3f}  {r2 - max(mlp, boost):+10.3f}")


if __name__ == "__main__":
    main()
