"""What all export scripts share: options, ONNX files, sums, and a package that appears only when it is whole."""
import contextlib
import hashlib
import json
import pathlib
import tempfile
import warnings
import zipfile

import onnx
import torch

import fault

OPSET = 13
# What a protobuf file can hold, with room for the graph itself.
MAX_SINGLE_FILE_BYTES = 1_900_000_000


def add_options(parser, batch_sizes, call_deadline_seconds):
    """Those that every package needs."""
    parser.add_argument("package", type=pathlib.Path, help="a new folder, or a new file ending in .zip")
    parser.add_argument("--id", required=True, help="names the generator in every view and its seed")
    parser.add_argument("--version", default="1", help="changes whenever the views change (default: 1)")
    parser.add_argument("--licence", required=True, help="of the weights, as an SPDX identifier where there is one")
    parser.add_argument("--summary", help="one sentence for --describe")
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=batch_sizes)
    parser.add_argument("--call-deadline-seconds", type=int, default=call_deadline_seconds,
                        help="for a call of the largest batch")
    parser.add_argument("--short-names", action="store_true",
                        help="numbers for names inside the graphs: smaller, but faults are harder to place")
    parser.add_argument("--max-single-file-bytes", type=int, default=MAX_SINGLE_FILE_BYTES,
                        help="larger weights get a file beside the graph")


def write(options, write_files):
    """Writes a package. `write_files` gets a folder, fills it and returns what generator.json says beside the sums."""
    if options.package.exists():
        raise fault.Fault(f"{options.package} exists; give a path that does not")
    parent = options.package.absolute().parent
    if not parent.is_dir():
        raise fault.Fault(f"{parent} is no folder; make it first")
    with tempfile.TemporaryDirectory(dir=parent) as scratch:
        folder = pathlib.Path(scratch) / "package"
        folder.mkdir()
        content = write_files(folder)
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        content["batchSizes"] = options.batch_sizes
        content["callDeadlineMillis"] = 1000 * options.call_deadline_seconds
        content["files"] = {str(file.relative_to(folder)): {"sha256": sha256(file), "sizeBytes": file.stat().st_size}
                            for file in files}
        (folder / "generator.json").write_text(json.dumps(content, indent=2) + "\n")
        if options.package.suffix != ".zip":
            folder.rename(options.package)
            return
        with zipfile.ZipFile(options.package, "w", zipfile.ZIP_STORED) as archive:
            for file in [folder / "generator.json", *files]:
                archive.write(file, file.relative_to(folder))


def write_network(options, network, folder, inputs, output_name, output_shape):
    """Writes one network with a free batch; `output_shape` is the output's without it."""
    folder.mkdir(parents=True)
    path = folder / "model.onnx"
    names = [*inputs, output_name]
    free = {name: {0: "batch"} for name in names if name == output_name or inputs[name].dim() > 0}
    with tempfile.TemporaryDirectory(dir=folder) as scratch, warnings.catch_warnings():
        # Spatial sizes become constants on purpose.
        warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
        warnings.filterwarnings("ignore", category=UserWarning)
        first = pathlib.Path(scratch) / "model.onnx"
        with torch.no_grad(), contextlib.redirect_stdout(None):
            torch.onnx.export(network, tuple(inputs.values()), str(first), opset_version=OPSET, input_names=list(inputs),
                              output_names=[output_name], dynamic_axes=free, do_constant_folding=True)
        model = onnx.load(str(first))
        for dimension, size in zip(model.graph.output[0].type.tensor_type.shape.dim[1:], output_shape):
            dimension.dim_value = size
        if options.short_names:
            shorten(model.graph)
        if sum(len(weight.raw_data) for weight in model.graph.initializer) > options.max_single_file_bytes:
            onnx.save_model(model, str(path), save_as_external_data=True, all_tensors_to_one_file=True,
                            location="model.onnx_data", size_threshold=1024)
        else:
            onnx.save(model, str(path))
    onnx.checker.check_model(str(path))
    model = onnx.load(str(path), load_external_data=False)
    found = [value.name for value in [*model.graph.input, *model.graph.output]]
    if found != names:
        raise fault.Fault(f"{path} has the tensors {found} instead of {names}")


def shorten(graph):
    """Gives everything inside a graph but its weights a number for a name."""
    kept = {value.name for value in [*graph.input, *graph.output, *graph.initializer]}
    numbers = {}
    for node in graph.node:
        node.ClearField("name")
        for names in (node.input, node.output):
            names[:] = [name if not name or name in kept else numbers.setdefault(name, str(len(numbers))) for name in names]


def sha256(file):
    digest = hashlib.sha256()
    with open(file, "rb") as stream:
        for chunk in iter(lambda: stream.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()
