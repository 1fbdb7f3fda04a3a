#!/usr/bin/env python3
"""Makes a model package of a Stable Diffusion unCLIP checkpoint on this machine.

    infra/models/unclip/export.py CHECKPOINT PACKAGE --id sd21-unclip-small --licence openrail++

CHECKPOINT is a folder in diffusers' layout: image_encoder/, image_normalizer/, image_noising_scheduler/, text_encoder/,
tokenizer/, unet/, vae/, scheduler/, feature_extractor/. Nothing is fetched; needs PyTorch and ONNX alone (Debian:
python3-torch, python3-onnx). PACKAGE is a new folder, or a file ending in .zip.
"""
import argparse
import pathlib
import sys

import torch

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "shared"))

import checkpoint
import clip
import decoder
import fault
import package
import unet
import weights
from configuration import Configuration


def main():
    options = parse()
    package.write(options, lambda folder: export(options, folder))


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=pathlib.Path)
    package.add_options(parser, [1, 2, 4, 8], 600)
    parser.add_argument("--resolution", type=int, default=224, help="side of the views in pixels")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--guidance", type=float, default=10.0)
    parser.add_argument("--noise-level", type=int, default=0)
    parser.add_argument("--spacing", choices=["trailing", "leading", "as-checkpoint"], default="trailing",
                        help="of the timesteps (default: trailing, as in the paper)")
    parser.add_argument("--terminal-signal", choices=["zero", "as-checkpoint"], default="zero",
                        help="of the noise schedule (default: zero, as in the paper)")
    parser.add_argument("--scalar-timestep", action="store_true", help="one timestep for the whole batch")
    return parser.parse_args()


def export(options, folder):
    """Writes the package's files; returns the content of generator.json. The largest network comes first."""
    source = options.checkpoint
    image_configuration = checkpoint.configuration(source, "image_encoder")
    vae_configuration = checkpoint.configuration(source, "vae")
    embedding = image_configuration.get("projection_dim")
    constants = {"empty_prompt": empty_prompt(source), **normaliser(source, embedding)}
    weights.write_safetensors(folder / "constants.safetensors", constants)

    network = checkpoint.load(unet.Unet(checkpoint.configuration(source, "unet")), source, "unet")
    check_fit(source, network, constants, embedding)
    side, channels = network.resolution, network.channels
    latents = torch.randn(2, channels, side, side)
    timestep = torch.tensor(7.0) if options.scalar_timestep else torch.tensor([7.0, 7.0])
    package.write_network(options, network, folder / "unet",
                          {"sample": latents, "timestep": timestep,
                           "encoder_hidden_states": constants["empty_prompt"].expand(2, -1, -1),
                           "class_labels": torch.randn(2, 2 * embedding)}, "out_sample", [channels, side, side])
    del network

    latent_decoder = checkpoint.load(decoder.LatentDecoder(vae_configuration), source, "vae")
    decoded = side * latent_decoder.factor
    package.write_network(options, latent_decoder, folder / "vae_decoder", {"latent_sample": latents}, "sample",
                          [3, decoded, decoded])
    del latent_decoder

    image_encoder = checkpoint.load(clip.ImageEncoder(image_configuration), source, "image_encoder")
    pixels = torch.randn(2, 3, image_encoder.resolution, image_encoder.resolution)
    package.write_network(options, image_encoder, folder / "image_encoder", {"pixel_values": pixels}, "image_embeds",
                          [embedding])
    return description(options, embedding, channels, side, decoded)


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


def description(options, embedding, channels, side, decoded):
    """The content of generator.json."""
    image_configuration = checkpoint.configuration(options.checkpoint, "image_encoder")
    processor = preprocessor(options.checkpoint, image_configuration)
    return {
        "kind": "unclip",
        "id": options.id,
        "version": options.version,
        "summary": options.summary or "Stable Diffusion unCLIP image variations",
        "licence": options.licence,
        "resolution": options.resolution,
        "components": {"image_encoder": "image_encoder/model.onnx", "unet": "unet/model.onnx",
                       "vae_decoder": "vae_decoder/model.onnx", "constants": "constants.safetensors"},
        "encoderResolution": image_configuration.get("image_size"),
        "normalisation": {"mean": processor.get("image_mean"), "standardDeviation": processor.get("image_std")},
        "embeddingDimension": embedding,
        "latent": {"channels": channels, "resolution": side,
                   "scalingFactor": checkpoint.configuration(options.checkpoint, "vae").get("scaling_factor", 0.18215)},
        "decodedResolution": decoded,
        "sampler": sampler(options),
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


if __name__ == "__main__":
    fault.run(main)
