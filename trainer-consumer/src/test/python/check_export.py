"""Computes features in PyTorch from an exported backbone and compares them with those that viewstream wrote; then
makes ONNX of it.

usage: check_export.py MODELS_FOLDER EXPORT.safetensors IMAGES_FOLDER FEATURES.npz FEATURES.safetensors ENCODER.onnx|none

Prints one JSON object. Images have the backbone's resolution, so that no scaling is involved. Where the width is 64,
the network is torchvision's own.
"""
import json
import pathlib
import sys

import numpy
import torch
import torchvision
from PIL import Image

sys.path.insert(0, sys.argv[1])
import backbone  # noqa: E402
import to_onnx  # noqa: E402

export, images, npz, safetensors, onnx = map(pathlib.Path, sys.argv[2:])
torch.set_num_threads(1)


def torchvision_network(metadata, tensors):
    network = getattr(torchvision.models, metadata["architecture"])(weights=None)
    if metadata["stem"] == "cifar":
        network.conv1 = torch.nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        network.maxpool = torch.nn.Identity()
    outcome = network.load_state_dict(tensors, strict=False)
    network.fc = torch.nn.Identity()
    own = set(network.state_dict())
    return network.eval(), {"missingKeys": outcome.missing_keys, "unexpectedKeys": outcome.unexpected_keys,
                            "sameKeys": own == set(tensors)}


def pixels(path, metadata):
    levels = torch.from_numpy(numpy.array(Image.open(path).convert("RGB"))).permute(2, 0, 1).float() / 255
    mean = torch.tensor(json.loads(metadata["mean"])).view(3, 1, 1)
    return (levels - mean) / torch.tensor(json.loads(metadata["standardDeviation"])).view(3, 1, 1)


metadata, tensors = backbone.read_safetensors(export)
network, report = backbone.load(export)[0], {}
if metadata["width"] == "64":
    network, report = torchvision_network(metadata, tensors)
archive = numpy.load(npz, allow_pickle=False)
header, features = backbone.read_safetensors(safetensors)
ids = json.loads(bytes(features["ids"].numpy()))
classes = json.loads(bytes(features["classes"].numpy()))
paths = [images / name.split("/", 1)[1] for name in ids]
with torch.no_grad():
    expected = network(torch.stack([pixels(path, metadata) for path in paths]))
report |= {
    "images": len(ids),
    "featureCount": expected.shape[1],
    "difference": (features["features"] - expected).abs().max().item(),
    "spread": expected.std(0).mean().item(),
    "sameFeatures": bool((archive["features"] == features["features"].numpy()).all()),
    "sameIds": archive["ids"].tolist() == ids,
    "sameLabels": archive["labels"].tolist() == features["labels"].tolist(),
    "sameClasses": archive["classes"].tolist() == classes,
    "sameMetadata": json.loads(str(archive["metadata"])) == header,
    "labelsOfFolders": [classes[label] if label >= 0 else None for label in features["labels"]] ==
                       [path.parent.name if path.parent != images else None for path in paths],
    "metadata": metadata,
}
if onnx.name != "none":
    to_onnx.convert(export, onnx)
print(json.dumps(report))
