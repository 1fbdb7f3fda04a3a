"""Image variations in PyTorch, step by step and in float64: what the generator of a package must give.

    python3 infra/models/unclip/reference.py CHECKPOINT REFERENCE.json

For two drawn sources it computes the views of several sampler settings, random numbers included, from the networks of a
tiny checkpoint. Needs PyTorch, NumPy and Pillow (Debian: python3-torch, python3-numpy, python3-pil).
"""
import json
import math
import pathlib
import sys

import numpy
import torch
from PIL import Image

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "shared"))

import checkpoint
import clip
import decoder
import export
import fault
import unet
from configuration import Configuration

RESOLUTION = 9
SEEDS = [1, -7_046_029_254_386_353_131]
TOLERANCE = 2e-5
# By name: what generator.json's sampler has instead of what export.py writes.
VARIANTS = {
    "as in the paper": {},
    "no guidance": {"guidance": 1.0},
    "leading": {"spacing": "leading", "steps": 7, "guidance": 3.0},
    "epsilon, leading": {"prediction": "epsilon", "spacing": "leading", "zeroTerminalSignal": False, "guidance": 2.5},
    "epsilon, trailing": {"prediction": "epsilon", "zeroTerminalSignal": False, "steps": 6, "guidance": 1.5},
    "noise level": {"noiseLevel": 600, "steps": 3},
    "ends without noise": {"endsWithoutNoise": True, "steps": 4, "stepsOffset": 0, "spacing": "leading"},
}


class Philox:
    """Philox4x32-10 (Salmon et al., 2011) with the key (seed) and the counter (block, stream), word by word."""

    def __init__(self, seed, stream):
        self.seed, self.stream, self.block, self.words = seed & (2 ** 64 - 1), stream, 0, []

    def next(self):
        if not self.words:
            counter = [self.block & 0xffffffff, self.block >> 32, self.stream & 0xffffffff, self.stream >> 32]
            key = [self.seed & 0xffffffff, self.seed >> 32]
            for _ in range(10):
                first, second = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
                counter = [(second >> 32) ^ counter[1] ^ key[0], second & 0xffffffff,
                           (first >> 32) ^ counter[3] ^ key[1], first & 0xffffffff]
                key = [(key[0] + 0x9E3779B9) & 0xffffffff, (key[1] + 0xBB67AE85) & 0xffffffff]
            self.words, self.block = counter, self.block + 1
        return self.words.pop(0)

    def normal(self, count):
        """Standard normal numbers by Box and Muller, two of two words, as float32."""
        numbers = []
        while len(numbers) < count:
            first, second = ((self.next() + 0.5) * 2.0 ** -32 for _ in range(2))
            radius, angle = math.sqrt(-2 * math.log(first)), 2 * math.pi * second
            numbers += [radius * math.cos(angle), radius * math.sin(angle)]
        return torch.tensor(numbers[:count], dtype=torch.float32).double()


class Pipeline:
    """The networks of a checkpoint and the loop around them."""

    def __init__(self, folder):
        def load(part, network):
            return checkpoint.load(network(checkpoint.configuration(folder, part)), folder, part).double()
        self.image_encoder = load("image_encoder", clip.ImageEncoder)
        self.unet = load("unet", unet.Unet)
        self.decoder = load("vae", decoder.LatentDecoder)
        self.prompt = export.empty_prompt(folder).double()
        normaliser = checkpoint.read_part(folder / "image_normalizer")
        self.mean, self.deviation = normaliser["mean"][0].double(), normaliser["std"][0].double()
        self.scaling = checkpoint.configuration(folder, "vae").get("scaling_factor")
        processor = Configuration.read(folder / "feature_extractor" / "preprocessor_config.json")
        self.channel_mean, self.channel_deviation = processor.get("image_mean"), processor.get("image_std")

    def preprocess(self, image):
        """The square of the image with each channel normalised: [3, R, R]."""
        levels = square(image, self.image_encoder.resolution).astype(numpy.float64) / 255
        normal = (levels - numpy.array(self.channel_mean)) / numpy.array(self.channel_deviation)
        return torch.from_numpy(normal).permute(2, 0, 1)

    def condition(self, embedding, noise, level):
        """The noisy embedding and the embedding of its noise level."""
        cosine = [math.cos((t / 1000 + 0.008) / 1.008 * math.pi / 2) ** 2 for t in range(1001)]
        kept = numpy.cumprod([1 - min(1 - cosine[t + 1] / cosine[t], 0.999) for t in range(1000)])[level]
        noisy = math.sqrt(kept) * (embedding - self.mean) / self.deviation + math.sqrt(1 - kept) * noise
        half = len(embedding) // 2
        angles = level * torch.exp(-math.log(10_000) * torch.arange(half, dtype=torch.float64) / half)
        return torch.cat([noisy * self.deviation + self.mean, torch.cos(angles), torch.sin(angles)])

    @torch.no_grad()
    def sample(self, image, seed, settings):
        """One view before it is cut to eight bits: [3, D, D]."""
        embedding = self.image_encoder(self.preprocess(image)[None])[0]
        condition = self.condition(embedding, Philox(seed, 0).normal(len(embedding)), settings["noiseLevel"])
        shape = (self.unet.channels, self.unet.resolution, self.unet.resolution)
        latent = Philox(seed, 1).normal(math.prod(shape)).reshape(shape)
        kept = kept_signal(settings)
        steps, training, guidance = settings["steps"], settings["trainingTimesteps"], settings["guidance"]
        for t in timesteps(settings):
            output = self.predict(latent, t, condition, guidance)
            signal, noisiness = math.sqrt(kept[t]), math.sqrt(1 - kept[t])
            if settings["prediction"] == "epsilon":
                clean, noise = (latent - noisiness * output) / signal, output
            else:
                clean, noise = signal * latent - noisiness * output, signal * output + noisiness * latent
            before = t - training // steps
            last = 1.0 if settings["endsWithoutNoise"] else kept[0]
            target = kept[before] if before >= 0 else last
            latent = math.sqrt(target) * clean + math.sqrt(1 - target) * noise
        return self.decoder(latent[None] / self.scaling)[0]

    def predict(self, latent, timestep, condition, guidance):
        if guidance == 1:
            return self.unet(latent[None], torch.tensor([timestep]), self.prompt[None], condition[None])[0]
        both = self.unet(torch.stack([latent, latent]), torch.tensor([timestep, timestep]),
                         self.prompt.expand(2, -1, -1), torch.stack([torch.zeros_like(condition), condition]))
        return both[0] + guidance * (both[1] - both[0])


def square(image, side):
    """The shorter edge brought to this many pixels and the centre cut out, as CLIP was trained: levels [side, side, 3]."""
    shorter = min(image.size)
    image = image.resize((side * image.width // shorter, side * image.height // shorter), Image.BICUBIC)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return numpy.asarray(image.crop((left, top, left + side, top + side)))


def kept_signal(settings):
    """The share of the signal's variance that is left at each timestep."""
    roots = numpy.linspace(math.sqrt(settings["firstBeta"]), math.sqrt(settings["lastBeta"]),
                           settings["trainingTimesteps"])
    kept = numpy.cumprod(1 - roots ** 2)
    if settings["zeroTerminalSignal"]:
        amplitude = numpy.sqrt(kept)
        kept = ((amplitude - amplitude[-1]) * amplitude[0] / (amplitude[0] - amplitude[-1])) ** 2
    return kept.tolist()


def timesteps(settings):
    steps, training = settings["steps"], settings["trainingTimesteps"]
    if settings["spacing"] == "trailing":
        return [int(t) - 1 for t in numpy.round(numpy.arange(training, 0, -training / steps))]
    return [i * (training // steps) + settings["stepsOffset"] for i in reversed(range(steps))]


def view(sample):
    """Eight bits, then the resolution of the package: rows of pixels of three levels."""
    levels = ((sample / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    return numpy.asarray(Image.fromarray(levels).resize((RESOLUTION, RESOLUTION), Image.BILINEAR))


def sources(sizes):
    """Pictures of waves."""
    pictures = []
    for number, (width, height) in enumerate(sizes):
        x, y = numpy.meshgrid(numpy.arange(width), numpy.arange(height))
        planes = [numpy.sin(x / (3 + channel + number)) * numpy.cos(y / (5 - channel)) for channel in range(3)]
        pictures.append(Image.fromarray(numpy.stack([127 + 120 * plane for plane in planes], -1).astype(numpy.uint8)))
    return pictures


def rounded(values):
    return [float(f"{value:.5f}") for value in values.flatten().tolist()]


def main():
    if len(sys.argv) != 3:
        raise fault.Fault(__doc__)
    pipeline = Pipeline(pathlib.Path(sys.argv[1]))
    base = {"steps": 10, "guidance": 10.0, "noiseLevel": 0, "prediction": "v-prediction", "spacing": "trailing",
            "stepsOffset": 1, "trainingTimesteps": 1000, "firstBeta": 0.00085, "lastBeta": 0.012,
            "zeroTerminalSignal": True, "endsWithoutNoise": False}
    side = pipeline.image_encoder.resolution
    # The views' sources are only cut, so that their numbers do not depend on how an image is resized.
    pictures = sources([(side, side + 8), (side + 13, side)])
    large = sources([(47, 31)])[0]
    variants = []
    for name, changes in VARIANTS.items():
        samples = [pipeline.sample(picture, seed, {**base, **changes}) for picture, seed in zip(pictures, SEEDS)]
        variants.append({"name": name, "sampler": changes, "samples": [rounded(sample) for sample in samples],
                         "views": [view(sample).flatten().tolist() for sample in samples]})
    content = {
        "absoluteTolerance": TOLERANCE,
        "sources": [{"width": picture.width, "height": picture.height, "seed": seed,
                     "pixels": numpy.asarray(picture).flatten().tolist()}
                    for picture, seed in zip(pictures, SEEDS)],
        "resized": {"width": large.width, "height": large.height, "pixels": numpy.asarray(large).flatten().tolist(),
                    "side": side, "levels": square(large, side).flatten().tolist()},
        "variants": variants}
    pathlib.Path(sys.argv[2]).write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    fault.run(main)
