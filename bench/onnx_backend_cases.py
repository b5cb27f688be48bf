"""The cases of ONNX's backend tests as lines of JSON, with the slopes that their gradients must have.

    python3 onnx_backend_cases.py CASES.jsonl [--data FOLDER] [--only PATTERN] [--opset NEWEST]

Needs the package onnx. Newer versions of it make their node tests when they are asked for; older ones (up to 1.17) keep
them in files: --data names the folder of those (onnx/backend/test/data of their wheel), read instead.

A slope is that of the sum of all float outputs, each number times one drawn at random, along a direction in one float
input: single elements, and all at once. It is a central difference of ONNX's reference evaluator, in double precision
where the model can be computed so, else in single. Models of an opset after --opset, and large ones, have none. Where the differences to both sides differ there is a kink, and the
slope is left out.
"""

import argparse
import base64
import json
import pathlib
import re
import warnings
import zlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

warnings.filterwarnings("ignore")
SINGLE_ELEMENTS, DENSE = 4, 2
# The reference evaluator takes minutes for larger ones.
MOST_NUMBERS = 4000
FLOATS = (np.float32, np.float64)
TYPES = {"bool", "float16", "float32", "float64", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))}


def made_cases():
    """As the installed package makes them."""
    from onnx.backend.test.case.node import collect_testcases

    for case in collect_testcases(None):
        if case.data_sets:
            inputs, outputs = case.data_sets[0]
            yield case.name, case.model, list(inputs), list(outputs), case.rtol, case.atol


def stored_cases(folder):
    """As the wheels of older versions have them: a folder a case."""
    for kind in ("node", "pytorch-operator", "pytorch-converted", "simple"):
        for path in sorted((folder / kind).glob("*/model.onnx")):
            data = path.parent / "test_data_set_0"
            try:
                model = onnx.load(path)
                inputs, outputs = (
                    [numpy_helper.to_array(tensor(file)) for file in in_order(data, prefix)]
                    for prefix in ("input", "output")
                )
            except Exception:
                continue  # sequences and optional values are no tensors
            yield f"{kind}/{path.parent.name}", model, inputs, outputs, 1e-3, 1e-7


def in_order(folder, prefix):
    return sorted(folder.glob(f"{prefix}_*.pb"), key=lambda path: int(re.search(r"(\d+)\.pb$", path.name)[1]))


def tensor(path):
    found = TensorProto()
    found.ParseFromString(path.read_bytes())
    return found


def in_double(model):
    """The same model on double precision: declared types, numbers inside, casts."""
    double = onnx.ModelProto()
    double.CopyFrom(model)

    def widened(value):
        return numpy_helper.from_array(numpy_helper.to_array(value).astype(np.float64), value.name)

    graph = double.graph
    for value in [*graph.input, *graph.output, *graph.value_info]:
        if value.type.tensor_type.elem_type == TensorProto.FLOAT:
            value.type.tensor_type.elem_type = TensorProto.DOUBLE
    for value in graph.initializer:
        if value.data_type == TensorProto.FLOAT:
            value.CopyFrom(widened(value))
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR and attribute.t.data_type == TensorProto.FLOAT:
                attribute.t.CopyFrom(widened(attribute.t))
            if attribute.name in ("to", "dtype") and attribute.i == TensorProto.FLOAT:
                attribute.i = TensorProto.DOUBLE
    return double


class Function:
    """The weighted sum of a model's float outputs, in double precision where that can be had."""

    def __init__(self, model, names, inputs, outputs, random):
        self.weights = [
            random.uniform(0.5, 1.5, output.shape) * random.choice([-1, 1], output.shape)
            if output.dtype in FLOATS
            else None
            for output in outputs
        ]
        self.names = names
        try:
            self.double = True
            self.evaluator = ReferenceEvaluator(in_double(model))
            found = self.outputs(inputs)
            same = [
                weights is None or np.allclose(one, two, rtol=1e-3, atol=1e-5, equal_nan=True)
                for one, two, weights in zip(found, outputs, self.weights)
            ]
            # A reference in single precision all the way would be no better than its rounding.
            exact = all(
                weights is None or np.asarray(one).dtype == np.float64 for one, weights in zip(found, self.weights)
            )
            if not (all(same) and exact and self.is_smooth(inputs, random)):
                raise ValueError
        except Exception:
            self.double = False
            self.evaluator = ReferenceEvaluator(model)
            self.outputs(inputs)

    def is_smooth(self, inputs, random):
        """Whether differences over tiny steps are those over small ones: some operators compute in single precision inside."""
        wanted = [i for i, value in enumerate(inputs) if value.dtype == np.float32 and value.size]
        return all(self.is_smooth_along(inputs, at, random) for at in wanted)

    def is_smooth_along(self, inputs, at, random):
        direction = random.choice([-1, 1], inputs[at].shape)

        def slope(step):
            moved = [self([*inputs[:at], inputs[at].astype(np.float64) + by * direction, *inputs[at + 1 :]]) for by in (step, -step)]
            return (moved[0] - moved[1]) / (2 * step)

        tiny, small = slope(1e-7), slope(1e-5)
        return not np.isfinite(small) or abs(tiny - small) <= 1e-3 * max(1, abs(small))

    def outputs(self, inputs):
        def widened(value):
            return value.astype(np.float64) if self.double and value.dtype == np.float32 else value

        return self.evaluator.run(None, {name: widened(value) for name, value in zip(self.names, inputs)})

    def __call__(self, inputs):
        pairs = zip(self.outputs(inputs), self.weights)
        return sum(float((np.asarray(y, np.float64) * w).sum()) for y, w in pairs if w is not None)


def directions(shape, random):
    count = int(np.prod(shape))
    for element in random.permutation(count)[:SINGLE_ELEMENTS]:
        yield {int(element): 1.0}
    if count > 1:
        for _ in range(DENSE):
            yield {i: float(sign) for i, sign in enumerate(random.choice([-1, 1], count))}


def slopes(function, inputs, at, random):
    """Of the input at that place: each direction with its slope, and how many lie at kinks."""
    x = inputs[at]
    step = 1e-5 if function.double else 1e-2
    base = function(inputs)
    found, kinks = [], 0
    for direction in directions(x.shape, random):

        def moved(by):
            values = (x.astype(np.float64) if function.double else x.copy()).reshape(-1)
            for element, amount in direction.items():
                values[element] += by * amount
            return function([*inputs[:at], values.reshape(x.shape), *inputs[at + 1 :]])

        above, below = moved(step), moved(-step)
        right, left = (above - base) / step, (base - below) / step
        slope = (above - below) / (2 * step)
        size = max(1.0, abs(right), abs(left))
        tolerance = (1e-3 if function.double else 5e-2) * size
        # At a jump both sides are alike, and the steeper the smaller the step is.
        nearer = (moved(step / 4) - moved(-step / 4)) / (step / 2)
        if not np.isfinite(slope) or abs(right - left) > tolerance or abs(nearer - slope) > 10 * tolerance:
            kinks += 1
            continue
        found.append({"direction": sorted(direction.items()), "slope": slope})
    return found, kinks


def with_constants(model, names, inputs):
    """The model whose inputs of whole numbers and truth values are stored in it, as exporters write them."""
    fixed = [(name, value) for name, value in zip(names, inputs) if value.dtype.kind in "iub"]
    if not fixed or len(fixed) == len(names):
        return None
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    kept = [value for value in changed.graph.input if value.name not in dict(fixed)]
    del changed.graph.input[:]
    changed.graph.input.extend(kept)
    changed.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in fixed)
    return base64.b64encode(changed.SerializeToString()).decode()


def as_json(value):
    value = np.ascontiguousarray(value) if value.ndim else value
    return {
        "type": value.dtype.name,
        "dims": list(value.shape),
        "data": base64.b64encode(value.tobytes()).decode(),
    }


def line_of(newest, name, model, inputs, outputs, rtol, atol):
    if not all(isinstance(value, np.ndarray) or np.isscalar(value) for value in [*inputs, *outputs]):
        return None
    inputs, outputs = [np.asarray(value) for value in inputs], [np.asarray(value) for value in outputs]
    if any(value.dtype.name not in TYPES for value in [*inputs, *outputs]):
        return None
    stored = {value.name for value in model.graph.initializer}
    names = [value.name for value in model.graph.input if value.name not in stored or len(model.graph.input) == len(inputs)]
    names = names[: len(inputs)]
    random = np.random.default_rng(zlib.crc32(name.encode()))
    line = {
        "name": name,
        "operators": sorted({node.op_type for node in model.graph.node}),
        "model": base64.b64encode(model.SerializeToString()).decode(),
        "constants": with_constants(model, names, inputs),
        "inputs": [{"name": n, **as_json(value)} for n, value in zip(names, inputs)],
        "outputs": [as_json(value) for value in outputs],
        "rtol": rtol,
        "atol": atol,
        "slopes": [],
    }
    if any(entry.version > newest for entry in model.opset_import if entry.domain in ("", "ai.onnx")):
        return line
    wanted = [i for i, value in enumerate(inputs) if value.dtype == np.float32 and value.size]
    if not wanted or not any(value.dtype == np.float32 for value in outputs):
        return line
    if any(node.op_type == "LpNormalization" and any(a.name == "p" and a.i == 1 for a in node.attribute) for node in model.graph.node):
        # Its length is their sum, whatever their signs: at 0 that has no kink.
        line["noReference"] = "LpNormalization of the reference sums no absolute values"
        return line
    if sum(value.size for value in [*inputs, *outputs]) > MOST_NUMBERS:
        line["noReference"] = "large"
        return line
    try:
        function = Function(model, names, inputs, outputs, random)
    except Exception as error:
        line["noReference"] = f"{type(error).__name__}: {error}"[:200]
        return line
    line["double"] = function.double
    line["weights"] = [None if w is None else as_json(w.astype(np.float32)) for w in function.weights]
    function.weights = [None if w is None else w.astype(np.float32).astype(np.float64) for w in function.weights]
    for at in wanted:
        try:
            found, kinks = slopes(function, inputs, at, random)
            line["slopes"].append({"input": names[at], "slopes": found, "kinks": kinks})
        except Exception as error:
            line["noReference"] = f"{type(error).__name__}: {error}"[:200]
    return line


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--opset", type=int, default=1000)
    options = parser.parse_args()
    cases = stored_cases(options.data) if options.data else made_cases()
    others = 0
    with options.cases.open("w") as file:
        for name, *case in cases:
            if not re.search(options.only, name):
                continue
            line = line_of(options.opset, name, *case)
            if line is None:
                others += 1
                continue
            file.write(json.dumps(line) + "\n")
            file.flush()
        file.write(json.dumps({"version": onnx.__version__, "noTensors": others}) + "\n")


if __name__ == "__main__":
    main()
