"""Reads and writes files of weights: safetensors and, to read, PyTorch's own."""
import json
import math
import struct

import torch

import fault

DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
          "I64": torch.int64, "I32": torch.int32, "U8": torch.uint8, "BOOL": torch.bool}


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
