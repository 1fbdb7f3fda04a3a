"""Stage 3: trains two classifiers with labels, which measure the views and are used for nothing else.

One knows the classes of the real images, one the drawn shapes. They differ from the encoder in seed, width, data order
and in what they are trained for, so that they judge the views independently.
"""
import time

import torch
from torch import nn
import torch.nn.functional as functional

import augment
import data
import networks
import shapes
import stage

SETTINGS = {"seed": 3, "learning_rate": .2, "batch_size": 128, "weight_decay": 5e-4, "smoothing": .1,
            "smallest_crop": .4, "real_width": 12, "real_epochs": 30,
            "shapes_width": 8, "shapes_epochs": 15, "shapes_count": 4000, "shapes_seed": 303}


class Evaluator(nn.Module):
    """Encoder with a linear classifier; its features are the space of the measures."""

    def __init__(self, width, classes):
        super().__init__()
        self.encoder = networks.Encoder(width)
        self.classifier = nn.Linear(self.encoder.features, classes)

    def forward(self, images):
        """Normalised images [n, 3, 32, 32] to features [n, d] and class scores [n, classes]."""
        features = self.encoder(images).float()
        return features, self.classifier(features)


def main():
    options = stage.parser(__doc__).parse_args()
    log = stage.start(options, "evaluator", SETTINGS["seed"])
    target = options.work_dir / "evaluator.pt"
    if stage.finished(target, SETTINGS, log):
        return
    images = data.Images(options.images, options.work_dir, log)
    log(f"settings {SETTINGS}, {options.device}, {options.threads} threads")
    drawn, drawn_labels = shapes.draw_dataset(SETTINGS["shapes_count"], SETTINGS["shapes_seed"])
    of_shapes = train(torch.from_numpy(drawn), torch.from_numpy(drawn_labels), "shapes", options.device, log)
    of_real = train(images.train, images.train_labels, "real", options.device, log)
    accuracies = {"real": accuracy(of_real, images.test, images.test_labels, options.device),
                  "shapes": accuracy(of_shapes, images.test_shapes, images.test_shape_labels, options.device)}
    log(f"accuracy on test images {accuracies['real'] * 100:.1f} %, on shapes {accuracies['shapes'] * 100:.1f} %")
    stage.save(target, SETTINGS, real=of_real.state_dict(), shapes=of_shapes.state_dict(), accuracies=accuracies)


def load(work_dir, device):
    """Returns the two evaluators by name and their accuracies on test images."""
    saved = stage.load(work_dir / "evaluator.pt")
    result = {}
    for name in ("real", "shapes"):
        evaluator = Evaluator(saved["settings"][f"{name}_width"], saved[name]["classifier.bias"].shape[0])
        evaluator.load_state_dict(saved[name])
        result[name] = evaluator.to(device, memory_format=torch.channels_last).eval()
    return result, saved["accuracies"]


def train(images, labels, name, device, log):
    """Trains on uint8 images [n, 3, 32, 32] with labels [n]."""
    classes = int(labels.max()) + 1
    evaluator = Evaluator(SETTINGS[f"{name}_width"], classes).to(device, memory_format=torch.channels_last).train()
    optimiser = torch.optim.SGD(evaluator.parameters(), SETTINGS["learning_rate"], momentum=.9,
                                weight_decay=SETTINGS["weight_decay"], nesterov=True)
    epochs, batch_size = SETTINGS[f"{name}_epochs"], SETTINGS["batch_size"]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, SETTINGS["learning_rate"], pct_start=.2,
                                                   total_steps=epochs * (len(images) // batch_size))
    shuffler = data.Shuffler(len(images))
    begin = time.monotonic()
    for epoch in range(epochs):
        total = 0.
        for _ in range(len(images) // batch_size):
            indices = shuffler.next(batch_size)
            batch = augment.random_crop(data.unit(images[indices].to(device)), SETTINGS["smallest_crop"], flip=True)
            batch = augment.colour_jitter(batch, strength=.25, grey_probability=0.)
            with stage.autocast(device):
                _, scores = evaluator(stage.channels_last(data.normalise(batch)))
            loss = functional.cross_entropy(scores.float(), labels[indices].to(device),
                                            label_smoothing=SETTINGS["smoothing"])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        if (epoch + 1) % 5 == 0:
            log(f"{name}: epoch {epoch + 1}/{epochs} loss {total / (len(images) // batch_size):.3f}, "
                f"{(time.monotonic() - begin) / (epoch + 1):.1f} s an epoch")
    return evaluator.eval()


@torch.no_grad()
def judge(evaluator, images, device, batch_size=500):
    """Images [n, 3, 32, 32] in [0, 1] to features [n, d] and predicted classes [n], both on the CPU."""
    results = [evaluator(stage.channels_last(data.normalise(batch.to(device)))) for batch in images.split(batch_size)]
    return (torch.cat([features.cpu() for features, _ in results]),
            torch.cat([scores.argmax(1).cpu() for _, scores in results]))


def accuracy(evaluator, images, labels, device):
    """Share of uint8 images [n, 3, 32, 32] that are classified rightly."""
    _, predicted = judge(evaluator, data.unit(images), device)
    return predicted.eq(labels).float().mean().item()


if __name__ == "__main__":
    main()
