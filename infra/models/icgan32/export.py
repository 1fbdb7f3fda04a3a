"""Stage 5: writes the model package (two ONNX files and generator.json) and golden vectors for its readers' tests."""
import argparse
import json
import pathlib

import numpy
import onnx
import torch

import data
import evaluate
import networks
import shapes
import stage

OPSET = 13
VERSION = "1"
SIZE_LIMIT_BYTES = 16_000_000
GOLDEN_SEED = 505
GOLDEN_COUNT = 3


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work-dir", type=pathlib.Path, required=True)
    parser.add_argument("--generator", default="generator", help="name of the file in the work folder, without .pt")
    parser.add_argument("--output", type=pathlib.Path, help="folder to write to (default: export/ in the work folder)")
    options = parser.parse_args()
    output = options.output or options.work_dir / "export"
    log = stage.Log(options.work_dir / "training-log.txt", "export")
    sampler = evaluate.Sampler(stage.load(options.work_dir / f"{options.generator}.pt"), "cpu")
    encoder = sampler.condition_encoder.to(memory_format=torch.contiguous_format)
    generator = sampler.generator.to(memory_format=torch.contiguous_format)
    package = output / "package"
    condition = torch.randn(2, encoder.size)
    noise = torch.randn(2, networks.NOISE_SIZE)
    files = [export(encoder, package / "image_encoder/model.onnx", {"pixel_values": torch.randn(2, 3, 32, 32)},
                    "image_embeds", [encoder.size]),
             export(generator, package / "generator/model.onnx", {"image_embeds": condition, "noise": noise},
                    "sample", [3, 32, 32])]
    total = sum(file.stat().st_size for file in files)
    if total > SIZE_LIMIT_BYTES:
        stage.fail(f"the package's ONNX files have {total} bytes, above the limit of {SIZE_LIMIT_BYTES}; "
                   "make the networks narrower")
    write_json(package / "generator.json", description(package, files, encoder.size), indent=2)
    write_json(output / "golden.json", golden(encoder, generator, sampler), indent=None)
    for file in files:
        log(f"{file.relative_to(package)}: {file.stat().st_size} bytes, SHA-256 {stage.sha256(file)}")
    log(f"package in {package.name}/, {total} bytes of ONNX")


def export(network, path, inputs, output_name, output_shape):
    """Writes one network with a free batch size and checks the file.

    `inputs` are examples by name; `output_shape` is the output's shape without the batch.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    names = [*inputs, output_name]
    torch.onnx.export(network.eval(), tuple(inputs.values()), str(path), opset_version=OPSET, do_constant_folding=True,
                      input_names=list(inputs), output_names=[output_name],
                      dynamic_axes={name: {0: "batch"} for name in names})
    model = onnx.load(str(path))
    for dimension, size in zip(model.graph.output[0].type.tensor_type.shape.dim[1:], output_shape):
        dimension.dim_value = size
    onnx.save(model, str(path))
    onnx.checker.check_model(model, full_check=True)
    found = [value.name for value in [*model.graph.input, *model.graph.output]]
    if found != names:
        stage.fail(f"{path} has the tensors {found} instead of {names}")
    return path


def description(package, files, condition_size):
    """The content of generator.json."""
    return {
        "kind": "icgan",
        "id": "icgan32",
        "version": VERSION,
        "licence": "Apache-2.0",
        "resolution": 32,
        "components": {"image_encoder": "image_encoder/model.onnx", "generator": "generator/model.onnx"},
        "normalisation": {"mean": data.CHANNEL_MEAN, "standardDeviation": data.CHANNEL_DEVIATION},
        "embeddingDimension": condition_size,
        "sampler": {"noiseDimension": networks.NOISE_SIZE,
                    "noiseDistribution": "truncated-normal" if evaluate.NOISE_BOUND else "normal",
                    **({"noiseBound": evaluate.NOISE_BOUND} if evaluate.NOISE_BOUND else {})},
        "files": {str(file.relative_to(package)): {"sha256": stage.sha256(file), "sizeBytes": file.stat().st_size}
                  for file in files},
    }


@torch.no_grad()
def golden(encoder, generator, sampler):
    """Drawn shapes through both networks in PyTorch, float32: what any engine must reproduce within the tolerance."""
    drawn, _ = shapes.draw_dataset(GOLDEN_COUNT, GOLDEN_SEED)
    pixels = torch.from_numpy(drawn)
    torch.manual_seed(GOLDEN_SEED)
    noise = sampler.noise(GOLDEN_COUNT)
    pixel_values = data.normalise(data.unit(pixels))
    image_embeds = encoder(pixel_values)
    return {"comment": "pixels: 8-bit RGB planes of drawn shapes; pixel_values: the same, normalised; image_embeds, "
                       "sample: outputs of the two components, computed with PyTorch in float32",
            "absoluteTolerance": 1e-4,
            "pixels": tensor(pixels), "pixel_values": tensor(pixel_values), "image_embeds": tensor(image_embeds),
            "noise": tensor(noise), "sample": tensor(generator(image_embeds, noise))}


def tensor(values):
    """A tensor as {"shape", "data"}, row-major; floats with the digits that float32 needs."""
    if values.dtype == torch.uint8:
        flat = values.flatten().tolist()
    else:
        flat = [float(numpy.format_float_positional(value, trim="-")) for value in values.flatten().numpy()]
    return {"shape": list(values.shape), "data": flat}


def write_json(path, content, indent):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=indent, separators=(",", ": " if indent else ":")) + "\n")


if __name__ == "__main__":
    main()
