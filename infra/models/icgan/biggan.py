"""The generator of IC-GAN on BigGAN's backbone: features of an instance and noise to an image.

Attribute names are those of the authors' weights, and every size is read from the weights themselves. Spectral
normalisation is a division by a number that no longer changes, so the weights are divided once when they are loaded.
"""
import torch
from torch import nn
from torch.nn import functional

import fault

BATCH_NORM_EPSILON = 1e-5
# Weights whose statistics were shared between devices have them in a module of its own.
SYNCHRONISED_NAMES = {".bn.running_mean": ".stored_mean", ".bn.running_var": ".stored_var", ".bn.weight": ".gain",
                      ".bn.bias": ".bias"}


class ConditionalNorm(nn.Module):
    """Batch normalisation with the statistics of training; gain and bias are linear in the condition."""

    def __init__(self, channels, condition):
        super().__init__()
        self.gain = nn.Linear(condition, channels, bias=False)
        self.bias = nn.Linear(condition, channels, bias=False)
        self.register_buffer("stored_mean", torch.zeros(channels))
        self.register_buffer("stored_var", torch.ones(channels))

    def forward(self, maps, condition):
        normal = (maps - per_channel(self.stored_mean)) * per_channel(torch.rsqrt(self.stored_var + BATCH_NORM_EPSILON))
        return normal * (1 + self.gain(condition))[:, :, None, None] + self.bias(condition)[:, :, None, None]


def per_channel(numbers):
    return numbers[:, None, None]


class Norm(nn.Module):
    """Batch normalisation with the statistics of training."""

    def __init__(self, channels):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("stored_mean", torch.zeros(channels))
        self.register_buffer("stored_var", torch.ones(channels))

    def forward(self, maps):
        return functional.batch_norm(maps, self.stored_mean, self.stored_var, self.gain, self.bias,
                                     eps=BATCH_NORM_EPSILON)


class GrowingBlock(nn.Module):
    """Twice the size, by two convolutions and a shortcut."""

    def __init__(self, inputs, outputs, condition):
        super().__init__()
        self.bn1 = ConditionalNorm(inputs, condition)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.bn2 = ConditionalNorm(outputs, condition)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.conv_sc = nn.Conv2d(inputs, outputs, 1)

    def forward(self, maps, condition):
        inner = self.conv1(larger(functional.relu(self.bn1(maps, condition))))
        inner = self.conv2(functional.relu(self.bn2(inner, condition)))
        return inner + self.conv_sc(larger(maps))


def larger(maps):
    return functional.interpolate(maps, scale_factor=2.0, mode="nearest")


class Attention(nn.Module):
    """Attention from every pixel to those of a map of half the size."""

    def __init__(self, channels):
        super().__init__()
        self.theta = nn.Conv2d(channels, channels // 8, 1, bias=False)
        self.phi = nn.Conv2d(channels, channels // 8, 1, bias=False)
        self.g = nn.Conv2d(channels, channels // 2, 1, bias=False)
        self.o = nn.Conv2d(channels // 2, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.tensor(0.0))

    def forward(self, maps, condition):
        queries = self.theta(maps).flatten(2)
        keys = functional.max_pool2d(self.phi(maps), 2).flatten(2)
        values = functional.max_pool2d(self.g(maps), 2).flatten(2)
        shares = torch.softmax(queries.transpose(1, 2) @ keys, -1)
        seen = (values @ shares.transpose(1, 2)).reshape(-1, int(values.shape[1]), int(maps.shape[2]), int(maps.shape[3]))
        return self.gamma * self.o(seen) + maps


class Generator(nn.Module):
    """image_embeds [n, d] and noise [n, z] to sample [n, 3, S, S] in (−1, 1)."""

    def __init__(self, state):
        super().__init__()
        sizes = {name: list(tensor.shape) for name, tensor in state.items()}
        first = sizes["blocks.0.0.conv1.weight"][1]
        shared, self.embedding = sizes["shared_feat.weight"]
        self.chunk = sizes["linear.weight"][1]
        condition = sizes["blocks.0.0.bn1.gain.weight"][1]
        if condition != shared + self.chunk:
            raise fault.Fault(f"the condition has {condition} numbers, must have the {shared} of the instance and "
                              f"{self.chunk} of the noise; generators with classes are not supported")
        self.width = round((sizes["linear.weight"][0] / first) ** 0.5)
        self.shared_feat = nn.Linear(self.embedding, shared)
        self.linear = nn.Linear(self.chunk, sizes["linear.weight"][0])
        self.blocks = nn.ModuleList()
        while f"blocks.{len(self.blocks)}.0.conv1.weight" in state:
            number = len(self.blocks)
            outputs, inputs = sizes[f"blocks.{number}.0.conv1.weight"][:2]
            block = nn.ModuleList([GrowingBlock(inputs, outputs, condition)])
            if f"blocks.{number}.1.theta.weight" in state:
                block.append(Attention(outputs))
            self.blocks.append(block)
        self.noise = self.chunk * (1 + len(self.blocks))
        self.resolution = self.width * 2 ** len(self.blocks)
        # The middle one is the rectifier, which has no parameters.
        self.output_layer = nn.ModuleList([Norm(outputs), nn.Identity(), nn.Conv2d(outputs, 3, 3, padding=1)])

    def forward(self, image_embeds, noise):
        chunks = torch.split(noise, self.chunk, 1)
        instance = self.shared_feat(image_embeds)
        maps = self.linear(chunks[0]).reshape(-1, self.linear.out_features // self.width ** 2, self.width, self.width)
        for block, chunk in zip(self.blocks, chunks[1:]):
            condition = torch.cat([instance, chunk], 1)
            for layer in block:
                maps = layer(maps, condition)
        return torch.tanh(self.output_layer[2](functional.relu(self.output_layer[0](maps))))


def load(state):
    """A generator with these weights, ready for inference."""
    state = {name.removeprefix("module."): tensor for name, tensor in state.items()}
    for former, present in SYNCHRONISED_NAMES.items():
        state = {name.replace(former, present): tensor for name, tensor in state.items()}
    try:
        network = Generator(state)
    except KeyError as error:
        raise fault.Fault(f"the weights have no {error.args[0]}, so they are not those of an IC-GAN generator on BigGAN")
    own = network.state_dict()
    for name in own:
        if name not in state or state[name].shape != own[name].shape:
            found = list(state[name].shape) if name in state else "missing"
            raise fault.Fault(f"{name} is {found}, must have the shape {list(own[name].shape)}")
        own[name] = normalised(name, state)
    network.load_state_dict(own)
    return network.eval()


def normalised(name, state):
    """A weight divided by its largest singular value, as one step of power iteration from the stored vector has it."""
    tensor = state[name].double()
    vector = state.get(name.removesuffix("weight") + "u0") if name.endswith("weight") else None
    if vector is not None:
        matrix = tensor.reshape(tensor.shape[0], -1)
        right = functional.normalize(vector.double() @ matrix)
        left = functional.normalize(right @ matrix.t())
        tensor = tensor / (right @ matrix.t() @ left.t())
    return tensor.float()
