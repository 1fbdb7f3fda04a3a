#!/usr/bin/env python3
"""Makes a model package of a Stable Diffusion unCLIP checkpoint on this machine.

    infra/models/unclip/export.py CHECKPOINT PACKAGE --id sd21-unclip-small --licence openrail++

CHECKPOINT is a folder in diffusers' layout: image_encoder/, image_normalizer/, image_noising_scheduler/, text_encoder/,
tokenizer/, unet/, vae/, scheduler/, feature_extractor/. Nothing is fetched; needs PyTorch and ONNX alone (Debian:
python3-torch, python3-onnx). PACKAGE is a new folder, or a file ending in .zip.
"""
import argparse
import contextlib
import hashlib
import json
import pathlib
import tempfile
import warnings
import zipfile

import onnx
import torch

import checkpoint
import clip
import decoder
import fault
import unet
from configuration import Configuration

OPSET = 13
# What a protobuf file can hold, with room for the graph itself.
MAX_SINGLE_FILE_BYTES = 1_900_000_000


def main():
    options = parse()
    if options.package.exists():
        raise fault.Fault(f"{options.package} exists; give a path that does not")
    with tempfile.TemporaryDirectory(dir=options.package.absolute().parent) as scratch:
        folder = pathlib.Path(scratch) / "package"
        export(options, folder)
        if options.package.suffix != ".zip":
            folder.rename(options.package)
            return
        with zipfile.ZipFile(options.package, "w", zipfile.ZIP_STORED) as archive:
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    archive.write(file, file.relative_to(folder))


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=pathlib.Path)
    parser.add_argument("package", type=pathlib.Path)
    parser.add_argument("--id", required=True, help="names the generator in every view and its seed")
    parser.add_argument("--version", default="1", help="changes whenever the views change")
    parser.add_argument("--licence", required=True, help="of the weights, as an SPDX identifier where there is one")
    parser.add_argument("--summary", default="Stable Diffusion unCLIP image variations")
    parser.add_argument("--resolution", type=int, default=224, help="side of the views in pixels")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--guidance", type=float, default=10.0)
    parser.add_argument("--noise-level", type=int, default=0)
    parser.add_argument("--spacing", choices=["trailing", "leading", "as-checkpoint"], default="trailing",
                        help="of the timesteps (default: trailing, as in the paper)")
    parser.add_argument("--terminal-signal", choices=["zero", "as-checkpoint"], default="zero",
                        help="of the noise schedule (default: zero, as in the paper)")
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--call-deadline-seconds", type=int, default=600, help="for a call of the largest batch")
    parser.add_argument("--scalar-timestep", action="store_true", help="one timestep for the whole batch")
    parser.add_argument("--short-names", action="store_true",
                        help="numbers for names inside the graphs: smaller, but faults are harder to place")
    parser.add_argument("--max-single-file-bytes", type=int, default=MAX_SINGLE_FILE_BYTES,
                        help="larger weights get a file beside the graph")
    return parser.parse_args()


def export(options, package):
    """Writes the package's files, generator.json last."""
    source = options.checkpoint
    image_encoder = checkpoint.load(clip.ImageEncoder(checkpoint.configuration(source, "image_encoder")), source,
                                    "image_encoder")
    pixels = torch.randn(2, 3, image_encoder.resolution, image_encoder.resolution)
    write_network(options, image_encoder, package / "image_encoder", {"pixel_values": pixels}, "image_embeds",
                  [image_encoder.dimension])
    embedding = image_encoder.dimension
    del image_encoder

    constants = {"empty_prompt": empty_prompt(source), **normaliser(source, embedding)}
    checkpoint.write_safetensors(package / "constants.safetensors", constants)

    vae_configuration = checkpoint.configuration(source, "vae")
    network = checkpoint.load(unet.Unet(checkpoint.configuration(source, "unet")), source, "unet")
    check_fit(source, network, constants, embedding)
    side, channels = network.resolution, network.channels
    latents = torch.randn(2, channels, side, side)
    timestep = torch.tensor(7.0) if options.scalar_timestep else torch.tensor([7.0, 7.0])
    write_network(options, network, package / "unet",
                  {"sample": latents, "timestep": timestep,
                   "encoder_hidden_states": constants["empty_prompt"].expand(2, -1, -1),
                   "class_labels": torch.randn(2, 2 * embedding)}, "out_sample", [channels, side, side])
    del network

    latent_decoder = checkpoint.load(decoder.LatentDecoder(vae_configuration), source, "vae")
    decoded = side * latent_decoder.factor
    write_network(options, latent_decoder, package / "vae_decoder", {"latent_sample": latents}, "sample",
                  [3, decoded, decoded])
    (package / "generator.json").write_text(
        json.dumps(description(options, package, embedding, channels, side, decoded, vae_configuration), indent=2) + "\n")


def empty_prompt(source):
    """What the text encoder gives for no words: [S, T]."""
    network = checkpoint.load(clip.TextEncoder(checkpoint.configuration(source, "text_encoder")), source, "text_encoder")
    with torch.no_grad():
        return network(torch.tensor([empty_tokens(source / "tokenizer", network.length)]))[0]


def empty_tokens(folder, length):
    """Beginning and end, then padding."""
    vocabulary = Configuration.read(folder / "vocab.json")
    special = Configuration.read(folder / "special_tokens_map.json")
    return [token(vocabulary, special, "bos_token"), token(vocabulary, special, "eos_token"),
            *[token(vocabulary, special, "pad_token")] * (length - 2)]


def token(vocabulary, special, key):
    text = special.get(key)
    return vocabulary.get(text["content"] if isinstance(text, dict) else text)


def normaliser(source, dimension):
    """Mean and deviation of the image embeddings in training."""
    state = checkpoint.read_part(source / "image_normalizer")
    tensors = {}
    for name in ("mean", "std"):
        if name not in state or state[name].numel() != dimension:
            raise fault.Fault(f"{source / 'image_normalizer'}: the weights have no {name} of {dimension} numbers")
        tensors[f"image_embeds_{name}"] = state[name].to(torch.float32).reshape(-1)
    noise = Configuration.read(source / "image_noising_scheduler" / "scheduler_config.json")
    noise.require(beta_schedule="squaredcos_cap_v2", num_train_timesteps=1000, trained_betas=None)
    return tensors


def check_fit(source, network, constants, embedding):
    """Refuses parts that do not belong together."""
    if network.condition != 2 * embedding:
        raise fault.Fault(f"{source}: the unet's condition has {network.condition} numbers, must have twice the image "
                          f"encoder's {embedding}")
    width = constants["empty_prompt"].shape[1]
    if network.context != width:
        raise fault.Fault(f"{source}: the unet's cross_attention_dim is {network.context}, the text encoder gives {width}")


def write_network(options, network, folder, inputs, output_name, output_shape):
    """Writes one network with a free batch; `output_shape` is the output's without it."""
    folder.mkdir(parents=True)
    path = folder / "model.onnx"
    names = [*inputs, output_name]
    free = {name: {0: "batch"} for name in names if name == output_name or inputs[name].dim() > 0}
    with tempfile.TemporaryDirectory(dir=folder) as scratch, warnings.catch_warnings():
        # Spatial sizes become constants on purpose.
        warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
        warnings.filterwarnings("ignore", category=UserWarning)
        first = pathlib.Path(scratch) / "model.onnx"
        with torch.no_grad(), contextlib.redirect_stdout(None):
            torch.onnx.export(network, tuple(inputs.values()), str(first), opset_version=OPSET, input_names=list(inputs),
                              output_names=[output_name], dynamic_axes=free, do_constant_folding=True)
        model = onnx.load(str(first))
        for dimension, size in zip(model.graph.output[0].type.tensor_type.shape.dim[1:], output_shape):
            dimension.dim_value = size
        if options.short_names:
            shorten(model.graph)
        if sum(len(weight.raw_data) for weight in model.graph.initializer) > options.max_single_file_bytes:
            onnx.save_model(model, str(path), save_as_external_data=True, all_tensors_to_one_file=True,
                            location="model.onnx_data", size_threshold=1024)
        else:
            onnx.save(model, str(path))
    onnx.checker.check_model(str(path))
    model = onnx.load(str(path), load_external_data=False)
    found = [value.name for value in [*model.graph.input, *model.graph.output]]
    if found != names:
        raise fault.Fault(f"{path} has the tensors {found} instead of {names}")


def shorten(graph):
    """Gives everything inside a graph but its weights a number for a name."""
    kept = {value.name for value in [*graph.input, *graph.output, *graph.initializer]}
    numbers = {}
    for node in graph.node:
        node.ClearField("name")
        for names in (node.input, node.output):
            names[:] = [name if not name or name in kept else numbers.setdefault(name, str(len(numbers))) for name in names]


def description(options, package, embedding, channels, side, decoded, vae_configuration):
    """The content of generator.json."""
    processor = preprocessor(options.checkpoint, checkpoint.configuration(options.checkpoint, "image_encoder"))
    files = sorted(file for file in package.rglob("*") if file.is_file())
    image_encoder = checkpoint.configuration(options.checkpoint, "image_encoder")
    return {
        "kind": "unclip",
        "id": options.id,
        "version": options.version,
        "summary": options.summary,
        "licence": options.licence,
        "resolution": options.resolution,
        "components": {"image_encoder": "image_encoder/model.onnx", "unet": "unet/model.onnx",
                       "vae_decoder": "vae_decoder/model.onnx", "constants": "constants.safetensors"},
        "encoderResolution": image_encoder.get("image_size"),
        "normalisation": {"mean": processor.get("image_mean"), "standardDeviation": processor.get("image_std")},
        "embeddingDimension": embedding,
        "latent": {"channels": channels, "resolution": side,
                   "scalingFactor": vae_configuration.get("scaling_factor", 0.18215)},
        "decodedResolution": decoded,
        "sampler": sampler(options),
        "batchSizes": options.batch_sizes,
        "callDeadlineMillis": 1000 * options.call_deadline_seconds,
        "files": {str(file.relative_to(package)): {"sha256": sha256(file), "sizeBytes": file.stat().st_size}
                  for file in files},
    }


def preprocessor(source, image_encoder):
    """How images are made ready, as far as it is not what every CLIP does."""
    processor = Configuration.read(source / "feature_extractor" / "preprocessor_config.json")
    processor.require(do_resize=True, do_center_crop=True, do_normalize=True, resample=3)
    for key, side in (("size", "shortest_edge"), ("crop_size", "height")):
        value = processor.get(key)
        value = value.get(side) if isinstance(value, dict) else value
        if value != image_encoder.get("image_size"):
            raise fault.Fault(f"{processor.path}: {key} is {value}, the image encoder's image_size is "
                              f"{image_encoder.get('image_size')}")
    return processor


def sampler(options):
    """The checkpoint's own scheduler, but for what the options change."""
    scheduler = Configuration.read(options.checkpoint / "scheduler" / "scheduler_config.json")
    scheduler.require(beta_schedule="scaled_linear", trained_betas=None)
    predictions = {"epsilon": "epsilon", "v_prediction": "v-prediction"}
    prediction = scheduler.optional("prediction_type", "epsilon")
    spacing = scheduler.optional("timestep_spacing", "leading") if options.spacing == "as-checkpoint" else options.spacing
    if prediction not in predictions:
        raise fault.Fault(f"{scheduler.path}: prediction_type is {prediction}, must be one of {', '.join(predictions)}")
    if spacing not in ("leading", "trailing"):
        raise fault.Fault(f"{scheduler.path}: timestep_spacing is {spacing}, must be leading or trailing; see --spacing")
    return {
        "steps": options.steps,
        "guidance": options.guidance,
        "noiseLevel": options.noise_level,
        "prediction": predictions[prediction],
        "spacing": spacing,
        "stepsOffset": scheduler.optional("steps_offset", 0),
        "trainingTimesteps": scheduler.get("num_train_timesteps", 1000),
        "firstBeta": scheduler.get("beta_start"),
        "lastBeta": scheduler.get("beta_end"),
        "zeroTerminalSignal": (options.terminal_signal == "zero"
                               or bool(scheduler.optional("rescale_betas_zero_snr", False))),
        "endsWithoutNoise": scheduler.optional("set_alpha_to_one", True),
    }


def sha256(file):
    digest = hashlib.sha256()
    with open(file, "rb") as stream:
        for chunk in iter(lambda: stream.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


if __name__ == "__main__":
    fault.run(main)
