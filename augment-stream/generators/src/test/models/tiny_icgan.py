"""Writes the model package that the tests of this module open, and what PyTorch makes of it.

    python3 src/test/models/tiny_icgan.py src/test/resources/io/viewstream/generators

The networks have random weights and a few thousand parameters; they have the tensors of a real package of the kind
`icgan`, not its quality. Beside the package stand two files with a wrong tensor each, for the tests of error messages, and the generator with
its weights in a file of their own.
Needs PyTorch and ONNX (Debian: python3-torch, python3-onnx).
"""
import hashlib
import json
import pathlib
import sys

import onnx
import torch
from torch import nn
import torch.nn.functional as functional

RESOLUTION = 8
EMBEDDING = 6
NOISE = 5
MEAN = [0.5, 0.4, 0.3]
DEVIATION = [0.25, 0.2, 0.3]


class Encoder(nn.Module):
    """[n, 3, 8, 8] to [n, 6]."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(3, 8, 3, 2, 1)
        self.head = nn.Linear(8 * 4 * 4, EMBEDDING)

    def forward(self, pixel_values):
        return self.head(functional.relu(self.convolution(pixel_values)).flatten(1))


class Generator(nn.Module):
    """[n, 6] and [n, 5] to [n, 3, 8, 8] in (-1, 1)."""

    def __init__(self, flat=False):
        super().__init__()
        self.flat = flat
        self.head = nn.Linear(EMBEDDING + NOISE, 8 * 4 * 4)
        self.convolution = nn.Conv2d(8, 3, 3, 1, 1)

    def forward(self, image_embeds, noise):
        maps = functional.relu(self.head(torch.cat([image_embeds, noise], 1))).view(-1, 8, 4, 4)
        sample = torch.tanh(2 * self.convolution(functional.interpolate(maps, scale_factor=2.0)))
        return sample.flatten(1) if self.flat else sample


def export(network, path, inputs, output_name):
    path.parent.mkdir(parents=True, exist_ok=True)
    names = [*inputs, output_name]
    torch.onnx.export(network.eval(), tuple(inputs.values()), str(path), opset_version=13, input_names=list(inputs),
                      output_names=[output_name], dynamic_axes={name: {0: "batch"} for name in names})
    onnx.checker.check_model(onnx.load(str(path)), full_check=True)


def half_noise(source, path):
    """The same graph with `noise` declared as float16 and a cast behind it."""
    model = onnx.load(str(source))
    for value in model.graph.input:
        if value.name == "noise":
            value.type.tensor_type.elem_type = onnx.TensorProto.FLOAT16
    for node in model.graph.node:
        node.input[:] = ["noise_float" if name == "noise" else name for name in node.input]
    cast = onnx.helper.make_node("Cast", ["noise"], ["noise_float"], to=onnx.TensorProto.FLOAT)
    model.graph.node.insert(0, cast)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))


def external_weights(source, folder):
    """The same graph with its weights in a file beside it."""
    folder.mkdir(exist_ok=True)
    (folder / "model.onnx_data").unlink(missing_ok=True)
    onnx.save_model(onnx.load(str(source)), str(folder / "model.onnx"), save_as_external_data=True,
                    all_tensors_to_one_file=True, location="model.onnx_data", size_threshold=0)


def tensor(values):
    return {"shape": list(values.shape), "data": [float(f"{value:.9g}") for value in values.flatten().tolist()]}


def main():
    output = pathlib.Path(sys.argv[1])
    package = output / "tiny-icgan"
    torch.manual_seed(11)
    encoder, generator = Encoder(), Generator()
    flat = Generator(flat=True)
    flat.load_state_dict(generator.state_dict())
    embeds, noise = torch.randn(2, EMBEDDING), torch.randn(2, NOISE)
    files = [package / "image_encoder/model.onnx", package / "generator/model.onnx"]
    export(encoder, files[0], {"pixel_values": torch.randn(2, 3, RESOLUTION, RESOLUTION)}, "image_embeds")
    export(generator, files[1], {"image_embeds": embeds, "noise": noise}, "sample")
    export(flat, output / "flat-sample.onnx", {"image_embeds": embeds, "noise": noise}, "sample")
    half_noise(files[1], output / "half-noise.onnx")
    external_weights(files[1], output / "external-weights")
    description = {
        "kind": "icgan",
        "id": "tiny-icgan",
        "version": "1",
        "summary": "Random weights, for tests",
        "licence": "Apache-2.0",
        "resolution": RESOLUTION,
        "components": {"image_encoder": "image_encoder/model.onnx", "generator": "generator/model.onnx"},
        "normalisation": {"mean": MEAN, "standardDeviation": DEVIATION},
        "embeddingDimension": EMBEDDING,
        "sampler": {"noiseDimension": NOISE, "noiseDistribution": "truncated-normal", "noiseBound": 1.5},
        "files": {str(file.relative_to(package)): {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
                                                   "sizeBytes": file.stat().st_size} for file in files},
    }
    (package / "generator.json").write_text(json.dumps(description, indent=2) + "\n")
    pixels = torch.randint(0, 256, (3, 3, RESOLUTION, RESOLUTION))
    mean, deviation = (torch.tensor(values).view(3, 1, 1) for values in (MEAN, DEVIATION))
    with torch.no_grad():
        pixel_values = (pixels / 255.0 - mean) / deviation
        image_embeds = encoder(pixel_values)
        noise = torch.randn(3, NOISE)
        golden = {"absoluteTolerance": 1e-5, "pixels": tensor(pixels), "pixel_values": tensor(pixel_values),
                  "image_embeds": tensor(image_embeds), "noise": tensor(noise),
                  "sample": tensor(generator(image_embeds, noise))}
    (output / "tiny-icgan-golden.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
