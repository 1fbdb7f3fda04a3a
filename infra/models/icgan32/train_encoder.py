"""Stage 1: trains the encoder without labels (SimCLR: two augmented views of an image attract, others repel)."""
import math
import time

import torch
from torch import nn
import torch.nn.functional as functional

import augment
import data
import networks
import stage

SETTINGS = {"seed": 1, "width": 16, "batch_size": 256, "temperature": .2, "learning_rate": .5, "momentum": .9,
            "weight_decay": 5e-4, "warm_up": .05}


def main():
    parser = stage.parser(__doc__)
    parser.add_argument("--steps", type=int, default=1000)
    options = parser.parse_args()
    settings = {**SETTINGS, "steps": options.steps, "shapes": data.TRAINING_SHAPES}
    log = stage.start(options, "encoder", settings["seed"])
    target = options.work_dir / "encoder.pt"
    if stage.finished(target, settings, log):
        return
    images = data.Images(options.images, options.work_dir, log)
    log(f"settings {settings}, {options.device}, {options.threads} threads")
    encoder = train(images.train_with_shapes(), settings, options.device, log)
    accuracy = nearest_neighbour_accuracy(encoder, images, options.device)
    log(f"k-nearest-neighbour accuracy on the test images {accuracy * 100:.1f} % (labels for measuring alone)")
    stage.save(target, settings, encoder=encoder.state_dict(), nearest_neighbour_accuracy=accuracy)


def train(images, settings, device, log):
    """Trains on uint8 images [n, 3, 32, 32] and returns the encoder."""
    encoder = networks.Encoder(settings["width"]).to(device, memory_format=torch.channels_last)
    size = encoder.features
    projection = nn.Sequential(nn.Linear(size, 2 * size, bias=False), nn.BatchNorm1d(2 * size), nn.ReLU(),
                               nn.Linear(2 * size, 128)).to(device)
    optimiser = torch.optim.SGD([*encoder.parameters(), *projection.parameters()], settings["learning_rate"],
                                momentum=settings["momentum"], weight_decay=settings["weight_decay"], nesterov=True)
    shuffler = data.Shuffler(len(images))
    batch_size, steps = settings["batch_size"], settings["steps"]
    begin, losses = time.monotonic(), []
    for step in range(steps):
        rate = settings["learning_rate"] * min(1, (step + 1) / (settings["warm_up"] * steps))
        optimiser.param_groups[0]["lr"] = rate * .5 * (1 + math.cos(math.pi * step / steps))
        batch = data.unit(images[shuffler.next(batch_size)].to(device))
        views = data.normalise(augment.simclr(torch.cat([batch, batch])))
        with stage.autocast(device):
            features = encoder(stage.channels_last(views))
        loss = contrastive_loss(projection(features.float()), settings["temperature"])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        if (step + 1) % 50 == 0 or step + 1 == steps:
            seconds = time.monotonic() - begin
            log(f"step {step + 1}/{steps} loss {sum(losses) / len(losses):.3f}, {seconds / (step + 1):.2f} s a step")
            losses = []
    return encoder.eval()


def contrastive_loss(projected, temperature):
    """NT-Xent over projections [2n, d] whose rows i and i + n are views of one image."""
    projected = functional.normalize(projected)
    similarity = projected @ projected.T / temperature
    similarity.fill_diagonal_(-1e9)
    partner = torch.arange(len(projected), device=projected.device).roll(len(projected) // 2)
    return functional.cross_entropy(similarity, partner)


@torch.no_grad()
def features_of(encoder, images, device, batch_size=500):
    """uint8 images [n, 3, 32, 32] to features [n, d] on the CPU."""
    encoder.eval()
    return torch.cat([encoder(stage.channels_last(data.normalise(data.unit(batch.to(device))))).float().cpu()
                      for batch in images.split(batch_size)])


def nearest_neighbour_accuracy(encoder, images, device, neighbours=20, temperature=.1):
    """Share of test images whose class the weighted vote of the nearest training images finds."""
    train = functional.normalize(features_of(encoder, images.train, device))
    test = functional.normalize(features_of(encoder, images.test, device))
    similarity, nearest = (test @ train.T).topk(neighbours, 1)
    votes = torch.zeros(len(test), len(images.classes))
    votes.scatter_add_(1, images.train_labels[nearest], (similarity / temperature).exp())
    return votes.argmax(1).eq(images.test_labels).float().mean().item()


if __name__ == "__main__":
    main()
