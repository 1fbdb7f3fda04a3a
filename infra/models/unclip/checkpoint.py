"""Reads the weights of a checkpoint folder in diffusers' layout: safetensors or PyTorch's own files, whole or sharded."""
import json

import torch

import fault
import weights
from configuration import Configuration

STEMS = ("diffusion_pytorch_model", "model", "pytorch_model")
SUFFIXES = (".safetensors", ".bin", ".fp16.safetensors", ".fp16.bin")
# Names of the autoencoder's attention before diffusers had one class for all.
FORMER_NAMES = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}


def configuration(folder, part):
    """The config.json of one part of a checkpoint."""
    return Configuration.read(folder / part / "config.json")


def load(network, folder, part):
    """Fills a network with the weights of one part, as float32, and sets it to inference.

    Every parameter must be there in its shape; parameters that the network does not have are ignored (an autoencoder's
    encoder, for example).
    """
    state = read_part(folder / part)
    own = network.state_dict()
    for name, parameter in own.items():
        if name not in state:
            raise fault.Fault(f"{folder / part}: the weights have no {name}")
        found = state[name]
        if found.shape != parameter.shape and found.numel() == parameter.numel():
            # A 1×1 convolution where we have a linear layer.
            found = found.reshape(parameter.shape)
        if found.shape != parameter.shape:
            raise fault.Fault(f"{folder / part}: {name} has the shape {list(found.shape)}, config.json asks for "
                              f"{list(parameter.shape)}")
        own[name] = found.to(torch.float32)
    network.load_state_dict(own)
    return network.eval()


def read_part(folder):
    """All tensors of a part by name."""
    for stem in STEMS:
        for suffix in SUFFIXES:
            file = folder / (stem + suffix)
            if file.is_file():
                return with_present_names(weights.read(file))
            index = folder / f"{stem}{suffix}.index.json"
            if index.is_file():
                state = {}
                for shard in sorted(set(json.loads(index.read_text())["weight_map"].values())):
                    state.update(weights.read(folder / shard))
                return with_present_names(state)
    raise fault.Fault(f"{folder} has no weights: none of {', '.join(stem + '.safetensors' for stem in STEMS)}, nor .bin")


def with_present_names(state):
    renamed = {}
    for name, tensor in state.items():
        parts = name.split(".")
        if "attentions" in parts and parts[-2] in FORMER_NAMES:
            name = ".".join([*parts[:-2], FORMER_NAMES[parts[-2]], parts[-1]])
        renamed[name] = tensor
    return renamed
