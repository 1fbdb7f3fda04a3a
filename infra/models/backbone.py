"""Loads what `viewstream export` writes, with nothing but torch: a reader of safetensors and the network.

    from backbone import load
    network, metadata = load("backbone.safetensors")
    features = network(pixels)        # float32 [batch, 3, resolution, resolution] -> [batch, featureCount]
"""
import json
import struct

import torch
from torch import nn

TYPES = {"F32": torch.float32, "I64": torch.int64, "U8": torch.uint8}
STAGES = {"resnet18": (2, 2, 2, 2), "resnet34": (3, 4, 6, 3), "resnet50": (3, 4, 6, 3)}


def read_safetensors(path):
    """The header's texts and the tensors by name."""
    with open(path, "rb") as file:
        (header_size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(header_size))
        values = bytearray(file.read())
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        kind = TYPES[entry["dtype"]]
        tensors[name] = (torch.frombuffer(values[start:end], dtype=kind) if end > start
                         else torch.empty(0, dtype=kind)).reshape(entry["shape"])
    return metadata, tensors


def convolution(inputs, outputs, kernel, stride=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)


class Block(nn.Module):
    """Two 3x3 convolutions, or with `bottleneck` 1x1, 3x3, 1x1, around which the input is added back."""

    def __init__(self, inputs, channels, stride, bottleneck):
        super().__init__()
        outputs = 4 * channels if bottleneck else channels
        shapes = ([(inputs, channels, 1, 1), (channels, channels, 3, stride), (channels, outputs, 1, 1)]
                  if bottleneck else [(inputs, channels, 3, stride), (channels, channels, 3, 1)])
        self.count = len(shapes)
        for number, shape in enumerate(shapes, 1):
            self.add_module(f"conv{number}", convolution(*shape))
            self.add_module(f"bn{number}", nn.BatchNorm2d(shape[1]))
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, pixels):
        values = pixels
        for number in range(1, self.count + 1):
            values = getattr(self, f"bn{number}")(getattr(self, f"conv{number}")(values))
            if number < self.count:
                values = torch.relu(values)
        return torch.relu(values + (pixels if self.downsample is None else self.downsample(pixels)))


class Backbone(nn.Module):
    """A residual network without classifier, of any width, with torchvision's names."""

    def __init__(self, architecture, stem, width):
        super().__init__()
        small = stem == "cifar"
        bottleneck = architecture == "resnet50"
        self.conv1 = convolution(3, width, 3) if small else convolution(3, width, 7, 2)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.Identity() if small else nn.MaxPool2d(3, 2, 1)
        inputs = width
        for stage, blocks in enumerate(STAGES[architecture]):
            layers = []
            for block in range(blocks):
                channels = width << stage
                layers.append(Block(inputs, channels, 2 if stage > 0 and block == 0 else 1, bottleneck))
                inputs = 4 * channels if bottleneck else channels
            self.add_module(f"layer{stage + 1}", nn.Sequential(*layers))

    def forward(self, pixels):
        values = self.maxpool(torch.relu(self.bn1(self.conv1(pixels))))
        for stage in range(1, 5):
            values = getattr(self, f"layer{stage}")(values)
        return values.mean((2, 3))


def load(path):
    """The network of an export, ready to be used, and the header's texts."""
    metadata, tensors = read_safetensors(path)
    missing = {"architecture", "stem", "width", "resolution"} - metadata.keys()
    if missing:
        raise SystemExit(f"{path} is no export of a backbone: its header lacks {', '.join(sorted(missing))}")
    network = Backbone(metadata["architecture"], metadata["stem"], int(metadata["width"]))
    network.load_state_dict(tensors)
    return network.eval(), metadata
