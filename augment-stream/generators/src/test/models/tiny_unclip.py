"""Writes the package of the kind `unclip` that the tests of this module open, and what PyTorch makes of it.

    python3 src/test/models/tiny_unclip.py src/test/resources/io/viewstream/generators

Checkpoint, export and reference are those of infra/models/unclip. Beside the package stand two networks that do next to
nothing and differ only in their timestep: one float for each row, and one whole number for all.
Needs PyTorch, ONNX, NumPy and Pillow (Debian: python3-torch, python3-onnx, python3-numpy, python3-pil).
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

import onnx
from onnx import TensorProto, helper

SCRIPTS = pathlib.Path(__file__).resolve().parents[5] / "infra/models/unclip"


def run(script, *arguments):
    subprocess.run([sys.executable, str(SCRIPTS / script), *map(str, arguments)], check=True)


def timestep_network(path, element_type, shape):
    """sample / 2 + timestep / 1000 + the means of prompt and condition."""
    def value(name, kind, dimensions):
        return helper.make_tensor_value_info(name, kind, dimensions)

    def constant(name, values):
        return helper.make_tensor(name, TensorProto.FLOAT, [], values)

    per_row = helper.make_tensor("per_row", TensorProto.INT64, [4], [-1, 1, 1, 1])
    nodes = [
        helper.make_node("Mul", ["sample", "half"], ["halved"]),
        helper.make_node("Cast", ["timestep"], ["step"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["step", "thousandth"], ["scaled"]),
        helper.make_node("Reshape", ["scaled", "per_row"], ["step_maps"]),
        helper.make_node("ReduceMean", ["encoder_hidden_states"], ["prompt"], axes=[1, 2], keepdims=0),
        helper.make_node("ReduceMean", ["class_labels"], ["condition"], axes=[1], keepdims=0),
        helper.make_node("Add", ["prompt", "condition"], ["row"]),
        helper.make_node("Reshape", ["row", "per_row"], ["row_maps"]),
        helper.make_node("Add", ["halved", "step_maps"], ["with_step"]),
        helper.make_node("Add", ["with_step", "row_maps"], ["out_sample"]),
    ]
    graph = helper.make_graph(
        nodes, "timestep",
        [value("sample", TensorProto.FLOAT, ["batch", 4, 6, 6]), value("timestep", element_type, shape),
         value("encoder_hidden_states", TensorProto.FLOAT, ["batch", 7, 12]),
         value("class_labels", TensorProto.FLOAT, ["batch", 16])],
        [value("out_sample", TensorProto.FLOAT, ["batch", 4, 6, 6])],
        [constant("half", [0.5]), constant("thousandth", [0.001]), per_row])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 7
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))


def main():
    output = pathlib.Path(sys.argv[1])
    package = output / "tiny-unclip"
    shutil.rmtree(package, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = pathlib.Path(folder) / "checkpoint"
        run("tiny.py", checkpoint)
        run("export.py", checkpoint, package, "--id", "tiny-unclip", "--licence", "Apache-2.0", "--summary",
            "Random weights, for tests", "--resolution", 9, "--batch-sizes", 1, 4, "--short-names")
        run("reference.py", checkpoint, output / "tiny-unclip-reference.json")
    timestep_network(output / "timestep-per-row.onnx", TensorProto.FLOAT, ["batch"])
    timestep_network(output / "timestep-scalar.onnx", TensorProto.INT64, [])


if __name__ == "__main__":
    main()
