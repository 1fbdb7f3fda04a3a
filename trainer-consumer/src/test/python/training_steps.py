"""Single training steps of the five methods in plain PyTorch, to compare viewstream's with.

Usage: training_steps.py IN OUT [IN OUT ...]

IN is a safetensors file. For each step s it has the state before it, `s.model.<name>` (parameters and buffers) and
`s.optimizer.<name>` (momentum buffers), and `s.first` and `s.second` (accumulation, n, 3, side, side: the views of its
batches). The metadata key `case` is a JSON object of settings. OUT gets the state after each step under the same names,
`losses` (one for each step), and `margins`: how near to zero, in standard deviations, the nearest input of a rectifier
was (or the gap of the two largest values of a maximum). Where that is no more than float32's rounding, the gradient of
a float32 program may rightly be another one.

Written from the papers and their code's rules, with nothing of viewstream's: modules, losses, momentum targets, queue,
optimizers and schedules are below. Everything is computed in float64.
"""

import json
import math
import struct
import sys

import numpy
import torch
import torch.nn.functional as F
from torch import nn


# Files.

def read(path):
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        body = file.read()
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32", name
        begin, end = entry["data_offsets"]
        values = numpy.frombuffer(body[begin:end], dtype="<f4").reshape(entry["shape"]).copy()
        tensors[name] = torch.from_numpy(values).double()
    return metadata, tensors


def write(path, tensors):
    header, body = {}, []
    offset = 0
    for name, tensor in tensors.items():
        values = tensor.detach().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(values)]}
        offset += len(values)
        body.append(values)
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(body))


# Networks, with torchvision's names.

MARGINS = []


class Rectifier(nn.Module):
    def forward(self, x):
        MARGINS.append(float((x.detach().abs() / x.detach().std()).min()))
        return F.relu(x)


class Maximum(nn.Module):
    def forward(self, x):
        padded = F.pad(x.detach(), (1, 1, 1, 1), value=-1)
        windows = F.unfold(padded, 3, stride=2).unflatten(1, (x.shape[1], 9))
        largest = windows.topk(2, dim=2).values
        gaps = (largest[:, :, 0] - largest[:, :, 1])[largest[:, :, 0] > 0]
        MARGINS.append(float(gaps.min() / x.detach().std()))
        return F.max_pool2d(x, 3, 2, 1)


relu = Rectifier()


class Basic(nn.Module):
    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = shortcut(inputs, channels, stride)

    def forward(self, x):
        y = relu(self.bn1(self.conv1(x)))
        return relu(self.bn2(self.conv2(y)) + self.downsample(x))


class Bottleneck(nn.Module):
    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, 4 * channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * channels)
        self.downsample = shortcut(inputs, 4 * channels, stride)

    def forward(self, x):
        y = relu(self.bn1(self.conv1(x)))
        y = relu(self.bn2(self.conv2(y)))
        return relu(self.bn3(self.conv3(y)) + self.downsample(x))


def shortcut(inputs, outputs, stride):
    if stride == 1 and inputs == outputs:
        return nn.Identity()
    return nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))


class ResNet(nn.Module):
    def __init__(self, name, width):
        super().__init__()
        small = name.endswith("-cifar")
        block, expansion, counts = {
            "resnet18": (Basic, 1, (2, 2, 2, 2)),
            "resnet34": (Basic, 1, (3, 4, 6, 3)),
            "resnet50": (Bottleneck, 4, (3, 4, 6, 3)),
        }[name.replace("-cifar", "")]
        self.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False) if small else nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.pool = nn.Identity() if small else Maximum()
        inputs = width
        for stage, count in enumerate(counts):
            blocks = []
            for index in range(count):
                blocks.append(block(inputs, width << stage, 2 if stage > 0 and index == 0 else 1))
                inputs = expansion * (width << stage)
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.features = inputs

    def forward(self, x):
        x = self.pool(relu(self.bn1(self.conv1(x))))
        return self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean((2, 3))


def heads(case, features):
    """Projector and predictor of the method; None where it has no predictor."""
    hidden, output = case["projector-hidden"], case["projector-output"]
    method = case["method"]
    if method in ("simclr", "moco"):
        return nn.Sequential(nn.Linear(features, hidden), Rectifier(), nn.Linear(hidden, output)), None
    if method == "byol":
        bottleneck = case["predictor-hidden"]
        return (
            nn.Sequential(nn.Linear(features, hidden), nn.BatchNorm1d(hidden), Rectifier(), nn.Linear(hidden, output)),
            nn.Sequential(
                nn.Linear(output, bottleneck), nn.BatchNorm1d(bottleneck), Rectifier(), nn.Linear(bottleneck, output)),
        )
    bias = method == "barlow-twins"
    layers = [
        nn.Linear(features, hidden, bias=bias), nn.BatchNorm1d(hidden), Rectifier(),
        nn.Linear(hidden, hidden, bias=bias), nn.BatchNorm1d(hidden), Rectifier(),
        nn.Linear(hidden, output, bias=bias),
    ]
    if method == "barlow-twins":
        return nn.Sequential(*layers), None
    bottleneck = case["predictor-hidden"]
    return (
        nn.Sequential(*layers, nn.BatchNorm1d(output, affine=False)),
        nn.Sequential(
            nn.Linear(output, bottleneck, bias=False), nn.BatchNorm1d(bottleneck), Rectifier(),
            nn.Linear(bottleneck, output)),
    )


class Model(nn.Module):
    """Trained networks, and the momentum copies that BYOL and MoCo follow them with."""

    def __init__(self, case):
        super().__init__()
        self.case = case
        self.backbone = ResNet(case["backbone"], case["width"])
        self.projector, self.predictor = heads(case, self.backbone.features)
        self.follows = case["method"] in ("byol", "moco")
        if self.follows:
            self.momentum_backbone = ResNet(case["backbone"], case["width"])
            self.momentum_projector, _ = heads(case, self.backbone.features)
            for parameter in self.followers():
                parameter.requires_grad = False
        if case["method"] == "moco":
            self.register_buffer("queue", torch.zeros(2, case["projector-output"], case["queue-size"]))
            self.register_buffer("queue_pointer", torch.zeros(1))

    def followed(self):
        return [*self.backbone.parameters(), *self.projector.parameters()]

    def followers(self):
        return [*self.momentum_backbone.parameters(), *self.momentum_projector.parameters()]

    def online(self, images):
        return self.projector(self.backbone(images))

    @torch.no_grad()
    def target(self, images):
        return self.momentum_projector(self.momentum_backbone(images))

    def loss(self, first, second):
        method = self.case["method"]
        z1, z2 = self.online(first), self.online(second)
        if method == "simclr":
            return nt_xent(z1, z2, self.case["temperature"])
        if method == "barlow-twins":
            return barlow_twins(z1, z2, self.case["off-diagonal-weight"], self.case["loss-scale"])
        if method == "simsiam":
            p1, p2 = self.predictor(z1), self.predictor(z2)
            return -(cosine(p1, z2.detach()) + cosine(p2, z1.detach())) / 2
        if method == "byol":
            p1, p2 = self.predictor(z1), self.predictor(z2)
            t1, t2 = self.target(first), self.target(second)
            return (2 - 2 * cosine(p1, t2)) + (2 - 2 * cosine(p2, t1))
        q1, q2 = F.normalize(z1), F.normalize(z2)
        k1, k2 = F.normalize(self.target(first)), F.normalize(self.target(second))
        queue = self.queue.clone()
        temperature = self.case["temperature"]
        loss = (info_nce(q1, k2, queue[1], temperature) + info_nce(q2, k1, queue[0], temperature)) / 2
        begin = int(self.queue_pointer)
        self.queue[:, :, begin:begin + len(k1)] = torch.stack((k1, k2)).transpose(1, 2)
        self.queue_pointer[0] = (begin + len(k1)) % self.queue.shape[2]
        return loss

    @torch.no_grad()
    def follow(self, step, total):
        base, final = self.case["target-momentum"], self.case["final-target-momentum"]
        tau = final - (final - base) * (math.cos(math.pi * step / total) + 1) / 2
        for target, online in zip(self.followers(), self.followed()):
            target.copy_(tau * target + (1 - tau) * online)


# Losses.

def cosine(a, b):
    return F.cosine_similarity(a, b, dim=1).mean()


def nt_xent(z1, z2, temperature):
    z = F.normalize(torch.cat((z1, z2)))
    n = len(z1)
    logits = z @ z.T / temperature
    logits = logits.masked_fill(torch.eye(2 * n, dtype=torch.bool), -math.inf)
    return F.cross_entropy(logits, torch.cat((torch.arange(n, 2 * n), torch.arange(n))))


def info_nce(query, key, queue, temperature):
    logits = torch.cat(((query * key).sum(1, keepdim=True), query @ queue), 1) / temperature
    return F.cross_entropy(logits, torch.zeros(len(query), dtype=torch.long))


def barlow_twins(z1, z2, weight, scale):
    normalise = nn.BatchNorm1d(z1.shape[1], affine=False)
    c = normalise(z1).T @ normalise(z2) / len(z1)
    diagonal = torch.diagonal(c)
    return scale * (((diagonal - 1) ** 2).sum() + weight * ((c ** 2).sum() - (diagonal ** 2).sum()))


# Optimizers and schedule.

def rate(case, step):
    start, base, warmup, total = case["start-rate"], case["base-rate"], case["warmup-steps"], case["steps"]
    if step < warmup:
        return start + step * (base - start) / max(warmup - 1, 1)
    return base * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


@torch.no_grad()
def update(case, parameter, velocity, learning_rate):
    gradient = parameter.grad
    decay = case["weight-decay"]
    spared = case["exclude-biases-and-norms"] and parameter.ndim == 1
    if case["optimizer"] == "sgd":
        if not spared:
            gradient = gradient + decay * parameter
    else:
        p, g = parameter.norm(), gradient.norm()
        if not spared and p != 0 and g != 0:
            ratio = case["lars-trust"] * p / (g + decay * p + 1e-8)
            if case["lars-clip"]:
                ratio = min(ratio / learning_rate, 1)
            gradient = (gradient + decay * parameter) * ratio
    velocity.mul_(case["momentum"]).add_(gradient)
    parameter.sub_(learning_rate * velocity)


def run(source, destination):
    metadata, tensors = read(source)
    case = json.loads(metadata["case"])
    result = {}
    losses, margins = [], []
    for step in range(case["steps"]):
        prefix = f"{step}."
        given = {name[len(prefix):]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}
        losses.append(one_step(case, step, given))
        margins.append(min(MARGINS))
        MARGINS.clear()
        result.update({prefix + name: tensor for name, tensor in given.items()})
    result["losses"] = torch.tensor(losses)
    result["margins"] = torch.tensor(margins)
    write(destination, result)


def one_step(case, step, state):
    """The mean loss of the step's batches; `state` is replaced by the one after it."""
    model = Model(case)
    prefix = "model."
    given = {name[len(prefix):]: tensor for name, tensor in state.items() if name.startswith(prefix)}
    missing, unexpected = model.load_state_dict(given, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    assert not missing and not unexpected, (missing, unexpected)
    model.train()
    trained = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    velocities = {name: state["optimizer." + name] for name in trained}
    batches = list(zip(state.pop("first"), state.pop("second")))
    mean = 0.0
    for first, second in batches:
        loss = model.loss(first, second)
        (loss / len(batches)).backward()
        mean += loss.item() / len(batches)
    for name, parameter in trained.items():
        constant = case["method"] == "simsiam" and name.startswith("predictor.")
        update(case, parameter, velocities[name], case["base-rate"] if constant else rate(case, step))
    if model.follows:
        model.follow(step, case["steps"])
    assert set(state) == {prefix + name for name in given} | {"optimizer." + name for name in trained}
    state.update({prefix + name: tensor for name, tensor in model.state_dict().items() if name in given})
    return mean


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    arguments = sys.argv[1:]
    for place in range(0, len(arguments), 2):
        run(arguments[place], arguments[place + 1])
