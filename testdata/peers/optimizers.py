#!/usr/bin/python3
"""Writes the ONNX project's conformance cases of optimizers as one JSON file.

    /usr/bin/python3 testdata/peers/optimizers.py > testdata/optimizers/onnx.json

The cases are in Debian's libonnx-testdata, models of one node of
ai.onnx.preview.training, which no ONNX Runtime executes.
"""

import json

import onnx
from onnx import numpy_helper

FOLDER = "/usr/share/libonnx-testdata/data/node/"
CASES = ["test_adam", "test_adam_multiple", "test_adagrad", "test_adagrad_multiple", "test_momentum",
         "test_momentum_multiple", "test_nesterov_momentum"]


def values(case, kind, declared):
    result = []
    for i, _ in enumerate(declared):
        t = onnx.TensorProto()
        with open(f"{FOLDER}{case}/test_data_set_0/{kind}_{i}.pb", "rb") as f:
            t.ParseFromString(f.read())
        result.append(numpy_helper.to_array(t).tolist())
    return result


def main():
    cases = []
    for case in CASES:
        model = onnx.load(FOLDER + case + "/model.onnx")
        node = model.graph.node[0]
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        attributes = {k: v.decode() if isinstance(v, bytes) else float(f"{v:.6g}") for k, v in attributes.items()}
        cases.append({"case": case, "op": node.op_type, "attributes": attributes,
                      "inputs": values(case, "input", model.graph.input),
                      "outputs": values(case, "output", model.graph.output)})
    print("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]")


if __name__ == "__main__":
    main()
