"""Reads the weights of a checkpoint folder in diffusers' layout: safetensors or PyTorch's own files, whole or sharded."""
import json
import math
import struct

import torch

import fault
from configuration import Configuration

DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
          "I64": torch.int64, "I32": torch.int32, "U8": torch.uint8, "BOOL": torch.bool}
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
                return with_present_names(read(file))
            index = folder / f"{stem}{suffix}.index.json"
            if index.is_file():
                state = {}
                for shard in sorted(set(json.loads(index.read_text())["weight_map"].values())):
                    state.update(read(folder / shard))
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


def read(file):
    """The tensors of one file."""
    if file.suffix == ".safetensors":
        return read_safetensors(file)
    try:
        # Without this a file of weights could run any program.
        return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        raise fault.Fault(f"{file} cannot be read as weights: {str(error).splitlines()[0]}")


def read_safetensors(file):
    """Eight bytes of length, that many of JSON, which says where each tensor is, and the tensors."""
    with open(file, "rb") as stream:
        start = stream.read(8)
        size = struct.unpack("<Q", start)[0] if len(start) == 8 else -1
        end = file.stat().st_size
        if not 2 <= size <= end - 8:
            raise fault.Fault(f"{file} is not a safetensors file: it has no header")
        try:
            header = json.loads(stream.read(size))
        except ValueError as error:
            raise fault.Fault(f"{file} is not a safetensors file: {error}")
        tensors = {}
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            first, last = entry["data_offsets"]
            dtype = DTYPES.get(entry["dtype"])
            if dtype is None:
                raise fault.Fault(f"{file}: {name} is {entry['dtype']}, must be one of {', '.join(DTYPES)}")
            count = math.prod(entry["shape"])
            if last - first != count * torch.empty(0, dtype=dtype).element_size() or 8 + size + last > end:
                raise fault.Fault(f"{file}: {name} does not fit the file; it is damaged")
            stream.seek(8 + size + first)
            content = bytearray(stream.read(last - first))
            tensor = torch.frombuffer(content, dtype=dtype) if count else torch.empty(0, dtype=dtype)
            tensors[name] = tensor.reshape(entry["shape"])
    return tensors


def write_safetensors(file, tensors):
    """Writes float32 tensors by name."""
    header, offset = {}, 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + 4 * tensor.numel()]}
        offset += 4 * tensor.numel()
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(file, "wb") as stream:
        stream.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            stream.write(tensor.detach().to(torch.float32).contiguous().numpy().tobytes())
