"""Makes an ONNX encoder of a backbone that `viewstream export` wrote; needs torch alone.

usage: python3 to_onnx.py backbone.safetensors encoder.onnx

Input pixel_values, float32 [batch, 3, resolution, resolution], normalised; output features, float32 [batch,
featureCount]. The export's header (mean and standardDeviation among it) becomes the ONNX file's metadata.
"""
import argparse
import os
import pathlib

import torch

import backbone

OPSET = 13
METADATA_FIELD = 14  # metadata_props of onnx.proto's ModelProto


def length_delimited(field, content):
    """One field of a protocol buffer."""
    return varint(field << 3 | 2) + varint(len(content)) + content


def varint(value):
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def metadata_properties(metadata):
    """The texts as fields that can follow a serialised model: protocol buffers may be put one behind the other."""
    return b"".join(length_delimited(METADATA_FIELD, length_delimited(1, key.encode()) +
                                     length_delimited(2, value.encode())) for key, value in sorted(metadata.items()))


def convert(export, output):
    """Reads an export and writes the ONNX file, whole or not at all."""
    network, metadata = backbone.load(export)
    side = int(metadata["resolution"])
    temporary = output.with_name(output.name + ".tmp")
    try:
        torch.onnx.export(network, torch.zeros(2, 3, side, side), str(temporary), opset_version=OPSET,
                          do_constant_folding=True, input_names=["pixel_values"], output_names=["features"],
                          dynamic_axes={"pixel_values": {0: "batch"}, "features": {0: "batch"}})
        with open(temporary, "ab") as file:
            file.write(metadata_properties(metadata))
        os.replace(temporary, output)
    finally:
        temporary.unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export", type=pathlib.Path, help="what viewstream export wrote")
    parser.add_argument("output", type=pathlib.Path, help="the ONNX file to write")
    options = parser.parse_args()
    convert(options.export, options.output)
    print(f"{options.output}: {options.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
