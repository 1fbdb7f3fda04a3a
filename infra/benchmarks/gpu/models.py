"""Writes the models of the GPU benchmark as ONNX, in float32 and float16, for infra/benchmarks/gpu/run.

    python3 models.py OUTPUT [--tiny]

  icgan32      the bundled small generator, with its trained weights
  icgan256     the shape of IC-GAN at 256x256 (a BigGAN generator, 96 channels), random weights
  unclip-unet  the shape of Stable Diffusion 2.1 unCLIP's denoiser, random weights

Random weights are not written but described (weights.txt: type, count, mean, deviation), and filled in where the models are run.
--tiny makes the last two small, for a dry run. Needs torch and onnx.
"""
import argparse
import pathlib
import sys

import numpy
import torch
from torch import nn

try:
    import onnx
    from onnx import TensorProto, numpy_helper
except ModuleNotFoundError:
    # The peer only takes the networks from here.
    onnx = None

HERE = pathlib.Path(__file__).resolve().parent
MODELS = HERE.parent.parent / "models"
OPSET = 17
# Tensors below this stay inside the ONNX file.
INLINE_NUMBERS = 256

UNET = {"attention_head_dim": [5, 10, 20, 20], "block_out_channels": [320, 640, 1280, 1280], "class_embed_type": "projection",
        "cross_attention_dim": 1024,
        "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
        "in_channels": 4, "layers_per_block": 2, "out_channels": 4, "projection_class_embeddings_input_dim": 1536,
        "sample_size": 96, "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
        "use_linear_projection": True}
TINY_UNET = dict(UNET, attention_head_dim=[1, 2, 2, 2], block_out_channels=[32, 64, 64, 64], sample_size=16)


def icgan256(channels):
    """IC-GAN's own definition at 256x256: image_embeds [n, 2048], noise [n, 119] to sample [n, 3, 256, 256]."""
    sys.path[:0] = [str(MODELS / "icgan"), str(MODELS / "shared")]
    import biggan
    multiples, shared, chunk, attention_after = [16, 16, 8, 8, 4, 2, 1], 512, 17, 3
    widths = [channels * multiple for multiple in multiples]
    # The sizes from which the network takes its own.
    sizes = {"shared_feat.weight": (shared, 2048), "linear.weight": (widths[0] * 16, chunk),
             "blocks.0.0.bn1.gain.weight": (widths[0], shared + chunk),
             f"blocks.{attention_after}.1.theta.weight": (widths[attention_after + 1] // 8, widths[attention_after + 1])}
    for i, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        sizes[f"blocks.{i}.0.conv1.weight"] = (outputs, inputs)
    generator = biggan.Generator({name: torch.empty(size) for name, size in sizes.items()})
    # New, it is zero and hides what the attention computes.
    nn.init.ones_(generator.blocks[attention_after][1].gamma)
    return generator


def unclip_unet(tiny):
    sys.path[:0] = [str(MODELS / "unclip"), str(MODELS / "shared")]
    import unet
    from configuration import Configuration
    return unet.Unet(Configuration(pathlib.Path("unet/config.json"), TINY_UNET if tiny else UNET))


def network(name, tiny=False):
    """A model with random weights, and example inputs by name."""
    torch.manual_seed(1)
    if name == "icgan32":
        sys.path.insert(0, str(MODELS / "icgan32"))
        import networks
        return networks.Generator(304).eval(), {"condition": torch.randn(2, 304), "noise": torch.randn(2, networks.NOISE_SIZE)}
    if name == "icgan256":
        return icgan256(8 if tiny else 96).eval(), {"image_embeds": torch.randn(2, 2048), "noise": torch.randn(2, 119)}
    side = (TINY_UNET if tiny else UNET)["sample_size"]
    return unclip_unet(tiny).eval(), {"sample": torch.randn(2, 4, side, side), "timestep": torch.tensor([999.0, 99.0]),
                                      "encoder_hidden_states": torch.randn(2, 77, 1024), "class_labels": torch.randn(2, 1536)}


def to_half(model):
    """The same network in float16 between inputs and outputs of float32."""
    # Sizes and scales of a resize are float32 by the standard.
    kept = {name for node in model.graph.node if node.op_type == "Resize" for name in node.input[1:]}
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and tensor.name not in kept:
            half(tensor)
    for node in model.graph.node:
        for attribute in node.attribute:
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i == TensorProto.FLOAT:
                attribute.i = TensorProto.FLOAT16
            if attribute.HasField("t") and attribute.t.data_type == TensorProto.FLOAT and not kept.intersection(node.output):
                half(attribute.t)
    before = [onnx.helper.make_node("Cast", [value.name], [value.name + "_half"], to=TensorProto.FLOAT16) for value in model.graph.input]
    for node in model.graph.node:
        replace(node.input, {value.name: value.name + "_half" for value in model.graph.input})
        replace(node.output, {value.name: value.name + "_half" for value in model.graph.output})
        replace(node.input, {value.name: value.name + "_half" for value in model.graph.output})
    after = [onnx.helper.make_node("Cast", [value.name + "_half"], [value.name], to=TensorProto.FLOAT) for value in model.graph.output]
    nodes = before + list(model.graph.node) + after
    del model.graph.node[:], model.graph.value_info[:]
    model.graph.node.extend(nodes)
    return model


def half(tensor):
    tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(numpy.float16), tensor.name))


def replace(names, changes):
    for i, name in enumerate(names):
        names[i] = changes.get(name, name)


def describe_weights(model, folder):
    """Takes the weights out of the model and lists them."""
    offset, lines = 0, []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype not in (numpy.float32, numpy.float16) or values.size < INLINE_NUMBERS:
            continue
        spread = values.astype(numpy.float64)
        lines.append(f"{values.dtype} {values.size} {spread.mean():.6g} {spread.std():.6g}")
        tensor.ClearField("raw_data")
        tensor.ClearField("float_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", "weights.bin"), ("offset", offset), ("length", values.nbytes)):
            tensor.external_data.add(key=key, value=str(value))
        offset += values.nbytes
    (folder / "weights.txt").write_text("\n".join(lines) + "\n")


def write(output, name, precision, model, inputs, random, **more):
    folder = output / f"{name}-{precision}"
    folder.mkdir(parents=True, exist_ok=True)
    if precision == "float16":
        model = to_half(model)
    if random:
        describe_weights(model, folder)
    onnx.save(model, str(folder / "model.onnx"))
    described = ",".join(f"{key}:{'x'.join(map(str, shape))}" if shape else key for key, shape in inputs.items())
    values = {"name": name, "precision": precision, "inputs": described, **more}
    (folder / "model.properties").write_text("".join(f"{key}={value}\n" for key, value in values.items()))
    print(f"{folder.name}: {(folder / 'model.onnx').stat().st_size} bytes", flush=True)


def export(name, tiny, scratch):
    """Exports a network; one above 2 GiB gets files beside it, which are read back."""
    model, examples = network(name, tiny)
    scratch.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        torch.onnx.export(model, tuple(examples.values()), str(scratch / "model.onnx"), opset_version=OPSET,
                          input_names=list(examples), output_names=["output"], do_constant_folding=True,
                          dynamic_axes={key: {0: "batch"} for key in [*examples, "output"]})
    return {key: list(value.shape[1:]) for key, value in examples.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--models", default="icgan32,icgan256,unclip-unet")
    options = parser.parse_args()
    for name in options.models.split(","):
        random, scratch, more = name != "icgan32", options.output / "scratch" / name, {}
        if random:
            inputs = export(name, options.tiny, scratch)
            path = scratch / "model.onnx"
        else:
            inputs, path = {"image_embeds": None, "noise": None}, MODELS / "icgan32/package/generator/model.onnx"
        if name == "unclip-unet":
            more = {"rowsPerView": 2, "callsPerView": 10}
        for precision in ("float32", "float16"):
            model = onnx.load(str(path))
            if not random:
                inputs = {value.name: [size.dim_value for size in value.type.tensor_type.shape.dim][1:] for value in model.graph.input}
            write(options.output, name, precision, model, inputs, random, **more)
        if random:
            for file in scratch.iterdir():
                file.unlink()
            scratch.rmdir()
    scratch_root = options.output / "scratch"
    if scratch_root.exists():
        scratch_root.rmdir()


if __name__ == "__main__":
    main()
