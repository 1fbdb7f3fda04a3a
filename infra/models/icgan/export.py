#!/usr/bin/env python3
"""Makes a model package of the weights of IC-GAN's authors, on BigGAN's backbone, from files on this machine.

    infra/models/icgan/export.py G_ema_best0.pth swav_800ep_pretrain.pth.tar PACKAGE --id icgan-256

GENERATOR holds the averaged weights of an instance-conditioned generator without classes, ENCODER a ResNet-50 (theirs is
SwAV's). The authors' weights are CC-BY-NC-4.0. Nothing is fetched; needs PyTorch and ONNX (Debian: python3-torch,
python3-onnx).
"""
import argparse
import pathlib
import sys

import torch

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "shared"))

import biggan
import fault
import package
import resnet
import weights

ENCODER_RESOLUTION = 224


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("generator", type=pathlib.Path)
    parser.add_argument("encoder", type=pathlib.Path)
    package.add_options(parser, [1, 4, 8, 16], 60)
    parser.add_argument("--noise-bound", type=float, default=1.4,
                        help="noise is drawn again outside ± this (default: 1.4, the paper's truncation 0.7 twice)")
    options = parser.parse_args()
    package.write(options, lambda folder: export(options, folder))


def export(options, folder):
    """Writes the package's files; returns the content of generator.json."""
    generator = load(options.generator, biggan.load)
    encoder = load(options.encoder, resnet.load)
    if generator.embedding != encoder.dimension:
        raise fault.Fault(f"{options.generator} takes {generator.embedding} features, the encoder gives {encoder.dimension}")
    side = generator.resolution
    package.write_network(options, generator, folder / "generator",
                          {"image_embeds": torch.randn(2, generator.embedding), "noise": torch.randn(2, generator.noise)},
                          "sample", [3, side, side])
    package.write_network(options, encoder, folder / "image_encoder",
                          {"pixel_values": torch.randn(2, 3, ENCODER_RESOLUTION, ENCODER_RESOLUTION)}, "image_embeds",
                          [encoder.dimension])
    return {
        "kind": "icgan",
        "id": options.id,
        "version": options.version,
        "summary": options.summary or f"IC-GAN on BigGAN, {side}×{side}",
        "licence": options.licence,
        "resolution": side,
        "components": {"image_encoder": "image_encoder/model.onnx", "generator": "generator/model.onnx"},
        "encoderResolution": ENCODER_RESOLUTION,
        "normalisation": {"mean": [0.485, 0.456, 0.406], "standardDeviation": [0.229, 0.224, 0.225]},
        "embeddingDimension": encoder.dimension,
        "normalisesEmbedding": True,
        "sampler": {"noiseDimension": generator.noise, "noiseDistribution": "truncated-normal",
                    "noiseBound": options.noise_bound},
    }


def load(file, network):
    """A network from a file of weights; a fault names the file."""
    if not file.is_file():
        raise fault.Fault(f"{file} is missing")
    state = weights.read(file)
    state = state.get("state_dict", state)
    try:
        return network(state)
    except fault.Fault as wrong:
        raise fault.Fault(f"{file}: {wrong}")


if __name__ == "__main__":
    fault.run(main)
