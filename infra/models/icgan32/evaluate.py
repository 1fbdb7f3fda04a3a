"""Stage 4: measures views of the 2,000 test images and of drawn shapes, with baselines, and draws contact sheets.

Every row of the table is K = 4 views of each source. Features are the evaluator's, centred on the training images and
normalised unless said otherwise. Numbers, table and sheets go to the work folder under the generator file's name.
"""
import json

import numpy
import torch
import torch.nn.functional as functional
from PIL import Image

import augment
import data
import networks
import stage
import train_evaluator
import train_generator

SEED = 4
VIEWS = 4
NOISE_BOUND = 2.
NOISE_GAIN = 2.3
COLUMNS = [("top1", "own source nearest, top-1 %"), ("top10", "top-10 %"), ("agreement", "class agrees %"),
           ("true_class", "true class %"), ("diversity", "diversity"), ("source_distance", "distance to source"),
           ("training_distance", "nearest training image"), ("training_pixels", "the same in pixels"),
           ("frechet", "Fréchet")]


def main():
    parser = stage.parser(__doc__)
    parser.add_argument("--generator", default="generator", help="name of the file in the work folder, without .pt")
    parser.add_argument("--noise-bound", type=float, default=NOISE_BOUND,
                        help="noise is normal, truncated at +-bound; 0 does not truncate")
    parser.add_argument("--noise-gain", type=float, default=NOISE_GAIN,
                        help="the generator multiplies noise by this; above 1, views differ more")
    options = parser.parse_args()
    log = stage.start(options, "evaluate", SEED)
    generator_file = options.work_dir / f"{options.generator}.pt"
    saved = stage.load(generator_file, options.device)
    target = options.work_dir / f"{options.generator}-measures.json"
    settings = {"seed": SEED, "views": VIEWS, "noise_bound": options.noise_bound,
                "noise_gain": options.noise_gain, "generator_sha256": stage.sha256(generator_file),
                "evaluator_sha256": stage.sha256(options.work_dir / "evaluator.pt")}
    if target.exists() and json.loads(target.read_text())["settings"] == settings:
        log(f"already done: {target.name}")
        return
    images = data.Images(options.images, options.work_dir, log)
    evaluators, accuracies = train_evaluator.load(options.work_dir, options.device)
    sampler = Sampler(saved, options.device, options.noise_bound, options.noise_gain)
    log(f"{generator_file.name}: {saved['steps']} steps; noise bound {options.noise_bound}, "
        f"gain {options.noise_gain}; evaluators' accuracies {accuracies}")
    real = Measure(evaluators["real"], images.train, images.test, images.test_labels, options.device)
    drawn = Measure(evaluators["shapes"], images.train_shapes, images.test_shapes, images.test_shape_labels,
                    options.device)
    result = {"settings": settings, "steps": saved["steps"], "evaluator_accuracies": accuracies,
              "real": rows(real, sampler), "shapes": rows(drawn, sampler),
              "frechet_floor": real.frechet_floor(), "frechet_floor_shapes": drawn.frechet_floor()}
    table = ["Test images:", "", *table_of(result["real"]), "", "Drawn shapes:", "", *table_of(result["shapes"]), "",
             f"Fréchet distance of real training images: {result['frechet_floor']:.3f}, "
             f"of drawn ones: {result['frechet_floor_shapes']:.3f}."]
    for line in table:
        log(line)
    (options.work_dir / f"{options.generator}-table.md").write_text("\n".join(table) + "\n")
    chosen = torch.arange(20) * (len(images.test) // 20) + 7
    contact_sheet(images.test[chosen], sampler, options.work_dir / f"{options.generator}-test.png")
    contact_sheet(images.test_shapes[:20], sampler, options.work_dir / f"{options.generator}-shapes.png")
    target.write_text(json.dumps(result, indent=1) + "\n")


class Sampler:
    """Draws views with a trained generator."""

    def __init__(self, saved, device, noise_bound=NOISE_BOUND, noise_gain=NOISE_GAIN):
        self.device, self.noise_bound = device, noise_bound
        self.condition_encoder = networks.load_condition_encoder(saved["condition_encoder"], saved["encoder_width"],
                                                                 device)
        size = self.condition_encoder.size
        generator = networks.Generator(size)
        generator.load_state_dict(saved["generator"])
        self.generator = networks.WidenedGenerator(generator, noise_gain)
        self.generator.to(device, memory_format=torch.channels_last).eval()
        self.posterior = networks.Posterior(size)
        self.posterior.load_state_dict(saved["posterior"])
        self.posterior.to(device).eval()

    def noise(self, count):
        """Noise [count, 64]: normal, truncated at the bound if there is one."""
        noise = torch.randn(count, networks.NOISE_SIZE)
        while self.noise_bound and (noise.abs() > self.noise_bound).any():
            noise = torch.where(noise.abs() > self.noise_bound, torch.randn_like(noise), noise)
        return noise

    @torch.no_grad()
    def views(self, sources, noise_scale=1.):
        """uint8 sources [n, 3, 32, 32] to one view of each, in [0, 1], rounded to 8 bits."""
        conditions = train_generator.conditions_of(self.condition_encoder, sources, self.device)
        return self._draw(conditions, self.noise(len(sources)) * noise_scale)

    @torch.no_grad()
    def reconstructions(self, sources):
        """uint8 sources to the views that come closest to them: the noise is the posterior's mean."""
        conditions = train_generator.conditions_of(self.condition_encoder, sources, self.device)
        noise = torch.cat([self.posterior(data.unit(batch.to(self.device)) * 2 - 1, condition.to(self.device))[0].cpu()
                           for batch, condition in zip(sources.split(500), conditions.split(500))])
        return self._draw(conditions, noise / self.generator.noise_gain)

    def _draw(self, conditions, noise):
        drawn = [self.generator(condition.to(self.device), z.to(self.device)).cpu()
                 for condition, z in zip(conditions.split(500), noise.split(500))]
        return eight_bits(torch.cat(drawn) * .5 + .5)


def eight_bits(images):
    """Rounds images in [0, 1] to what 8-bit pixels can hold."""
    return (images.clamp(0, 1) * 255).round() / 255


def rows(measure, sampler):
    """Measures the generator and the baselines; returns numbers by row name."""
    sources = data.unit(measure.sources)
    shuffle = torch.randperm(len(sources))
    generated = [sampler.views(measure.sources) for _ in range(VIEWS)]
    sets = {
        "source itself": [sources],
        "standard augmentation, light (crop .6-1, flip)":
            [eight_bits(augment.random_crop(sources, .6, flip=True)) for _ in range(VIEWS)],
        "standard augmentation, SimCLR": [eight_bits(augment.simclr(sources)) for _ in range(VIEWS)],
        "photometric": [eight_bits(augment.photometric(sources)) for _ in range(VIEWS)],
        "source at 4x4 pixels, enlarged": [eight_bits(functional.interpolate(
            functional.avg_pool2d(sources, 8), scale_factor=8., mode="bilinear", align_corners=False))],
        "plain reconstruction": [sampler.reconstructions(measure.sources)],
        "**icgan32**": generated,
        "icgan32 without noise gain":
            [sampler.views(measure.sources, 1 / sampler.generator.noise_gain) for _ in range(VIEWS)],
        "icgan32, sources shuffled": [views[shuffle] for views in generated],
    }
    return {name: measure(views) for name, views in sets.items()}


class Measure:
    """Compares views with their sources in an evaluator's space."""

    def __init__(self, evaluator, training_images, sources, labels, device):
        self.evaluator, self.sources, self.labels, self.device = evaluator, sources, labels, device
        self.training_features, _ = train_evaluator.judge(evaluator, data.unit(training_images), device)
        self.source_features, self.source_classes = train_evaluator.judge(evaluator, data.unit(sources), device)
        self.centre = self.training_features.mean(0)
        self.training = self._place(self.training_features)
        self.source = self._place(self.source_features)
        self.training_pixels = data.unit(training_images).flatten(1)
        other = torch.randperm(len(sources))
        self.image_distance = (self.source - self.source[other]).norm(dim=1).mean()
        self.scale = self.source_features.var(0).sum().sqrt()

    def _place(self, features):
        return functional.normalize(features - self.centre)

    def __call__(self, views):
        """views: list of tensors [n, 3, 32, 32] in [0, 1], one for each view index. Returns numbers by column key."""
        judged = [train_evaluator.judge(self.evaluator, view, self.device) for view in views]
        places = [self._place(features) for features, _ in judged]
        own = torch.arange(len(self.source))[:, None]
        nearest = torch.cat([(place @ self.source.T).topk(10, 1)[1] == own for place in places])
        between = [(places[i] - places[j]).norm(dim=1).mean() for i in range(len(places)) for j in range(i)]
        result = {
            "top1": nearest[:, 0].float().mean() * 100,
            "top10": nearest.any(1).float().mean() * 100,
            "agreement": torch.stack([classes.eq(self.source_classes).float().mean() for _, classes in judged]).mean()
            * 100,
            "true_class": torch.stack([classes.eq(self.labels).float().mean() for _, classes in judged]).mean() * 100,
            "diversity": torch.stack(between).mean() / self.image_distance if between else float("nan"),
            "source_distance": torch.stack([(place - self.source).norm(dim=1).mean() for place in places]).mean()
            / self.image_distance,
            "training_distance": torch.cdist(places[0], self.training).min(1)[0].mean() / self.image_distance,
            "training_pixels": self._pixel_distance(views[0]),
            "frechet": frechet_distance(judged[0][0] / self.scale, self.source_features / self.scale),
        }
        return {key: float(value) for key, value in result.items()}

    def _pixel_distance(self, views):
        """Mean root-mean-square pixel difference to the nearest training image, in [0, 1]."""
        nearest = [torch.cdist(batch, self.training_pixels).min(1)[0] for batch in views.flatten(1).split(250)]
        return torch.cat(nearest).mean() / self.training_pixels.shape[1] ** .5

    def frechet_floor(self):
        """Fréchet distance of as many real training images, which no generator can be expected to undercut."""
        chosen = torch.randperm(len(self.training_features))[:len(self.source_features)]
        return frechet_distance(self.training_features[chosen] / self.scale, self.source_features / self.scale)


def frechet_distance(first, second):
    """Fréchet distance between normal distributions fitted to features [n, d] and [m, d]."""
    first, second = first.double().numpy(), second.double().numpy()
    difference = first.mean(0) - second.mean(0)
    first_covariance, second_covariance = numpy.cov(first.T), numpy.cov(second.T)
    values, vectors = numpy.linalg.eigh(first_covariance)
    root = (vectors * numpy.sqrt(values.clip(0))) @ vectors.T
    cross = numpy.sqrt(numpy.linalg.eigvalsh(root @ second_covariance @ root).clip(0)).sum()
    traces = numpy.trace(first_covariance) + numpy.trace(second_covariance)
    return max(0., float((difference ** 2).sum() + traces - 2 * cross))


def table_of(measured):
    """Numbers by row to the lines of a Markdown table."""
    lines = ["| views | " + " | ".join(title for _, title in COLUMNS) + " |",
             "|---" * (len(COLUMNS) + 1) + "|"]
    for name, numbers in measured.items():
        cells = []
        for key, _ in COLUMNS:
            digits = 1 if key in ("top1", "top10", "agreement", "true_class") else 3
            cells.append("–" if numbers[key] != numbers[key] else f"{numbers[key]:.{digits}f}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def contact_sheet(sources, sampler, path, views=6, columns=2, enlargement=2):
    """Draws sources, each followed by its views, in columns; magnified pixels."""
    tiles = torch.stack([data.unit(sources), *[sampler.views(sources) for _ in range(views)]], 1)
    tiles = (tiles * 255).round().byte().permute(0, 1, 3, 4, 2).numpy()
    count, across, gap, side = len(tiles), tiles.shape[1], 3, tiles.shape[2]
    lines = (count + columns - 1) // columns
    width = across * (side + 1) + gap + 6
    sheet = numpy.full((lines * (side + 1) + 1, columns * width, 3), 255, dtype=numpy.uint8)
    for index, row in enumerate(tiles):
        top, left = (index % lines) * (side + 1) + 1, (index // lines) * width + 3
        for position, tile in enumerate(row):
            x = left + position * (side + 1) + (gap if position else 0)
            sheet[top:top + side, x:x + side] = tile
    image = Image.fromarray(sheet)
    image.resize((image.width * enlargement, image.height * enlargement), Image.NEAREST).save(path, optimize=True)


if __name__ == "__main__":
    main()
