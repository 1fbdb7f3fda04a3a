#!/usr/bin/env python3
"""PyTorch's DataLoader with torchvision: the peer that the feed is measured against.

Two views of every image of a folder, by the symmetric augmentation of the paper (solo-learn's: bicubic random resized
crop, colour jitter, grey, PIL's Gaussian blur, flip, normalise), in batches of float32 tensors. For every number of workers it
prints one JSON object a line: images per second, CPU seconds per 1,000 images (of this process and all its workers,
after a warm-up), and how it was run. Needs torch, torchvision and Pillow; nothing is downloaded.
"""

import argparse
import json
import multiprocessing
import os
import random
import time

import PIL
import torch
import torchvision
from PIL import Image, ImageFilter
from torchvision import transforms

MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)
EXTENSIONS = (".jpg", ".jpeg", ".png")


class GaussianBlur:
    """The paper's blur: PIL's, with a radius uniform in [0.1, 2]."""

    def __call__(self, image):
        return image.filter(ImageFilter.GaussianBlur(radius=random.uniform(0.1, 2.0)))


def augmentation(resolution, small):
    strength = 0.4 if small else 0.8
    jitter = transforms.ColorJitter(strength, strength, strength, strength / 4)
    steps = [
        transforms.RandomResizedCrop(
            resolution,
            scale=(0.2 if small else 0.08, 1.0),
            interpolation=transforms.InterpolationMode.BICUBIC,
        ),
        transforms.RandomApply([jitter], p=0.8),
        transforms.RandomGrayscale(p=0.2),
    ]
    if not small:
        steps.append(transforms.RandomApply([GaussianBlur()], p=0.5))
    steps += [
        transforms.RandomHorizontalFlip(p=0.5),
        transforms.ToTensor(),
        transforms.Normalize(MEAN, DEVIATION),
    ]
    return transforms.Compose(steps)


class TwoViews(torch.utils.data.Dataset):
    """An endless walk over the files: item i is two views of file i modulo their number."""

    def __init__(self, files, count, transform):
        self.files = files
        self.count = count
        self.transform = transform

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        with open(self.files[index % len(self.files)], "rb") as file:
            image = Image.open(file).convert("RGB")
        return self.transform(image), self.transform(image)


def image_files(folder, limit):
    found = []
    for place, folders, names in os.walk(folder):
        folders.sort()
        found += [os.path.join(place, n) for n in sorted(names) if n.lower().endswith(EXTENSIONS)]
    if limit and len(found) > limit:
        # Evenly over all files, since folders are classes.
        found = [found[i * len(found) // limit] for i in range(limit)]
    return found


def cpu_seconds(pids):
    """User and system time of processes, in seconds."""
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(files, resolution, small, workers, batch_size, seconds):
    dataset = TwoViews(files, 1 << 30, augmentation(resolution, small))
    loader = torch.utils.data.DataLoader(dataset, batch_size=batch_size, num_workers=workers)
    batches = iter(loader)
    # The workers are up and their queues full when the first batches have come.
    for _ in range(max(2, 2 * workers)):
        next(batches)
    pids = [os.getpid()] + [child.pid for child in multiprocessing.active_children()]
    images = 0
    cpu = cpu_seconds(pids)
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        first, second = next(batches)
        images += first.shape[0]
    wall = time.monotonic() - begun
    cpu = cpu_seconds(pids) - cpu
    del batches
    return {
        "peer": "PyTorch DataLoader",
        "workers": workers,
        "resolution": resolution,
        "batchSize": batch_size,
        "images": images,
        "seconds": round(wall, 3),
        "imagesPerSecond": round(images / wall, 2),
        "cpuSeconds": round(cpu, 2),
        "cpuSecondsPer1000Images": round(1000 * cpu / images, 3),
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "pillow": PIL.__version__,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--images", required=True, help="folder of JPEG and PNG files")
    parser.add_argument("--resolution", type=int, default=224)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=10, help="for each number of workers")
    parser.add_argument("--workers", default="1,2", help="numbers of workers to try, separated by commas")
    parser.add_argument("--limit", type=int, default=0, help="use so many of the files")
    options = parser.parse_args()
    torch.set_num_threads(1)
    files = image_files(options.images, options.limit)
    if not files:
        parser.error(f"--images {options.images}: no JPEG or PNG file in it")
    for workers in [int(number) for number in options.workers.split(",")]:
        result = measure(
            files, options.resolution, options.resolution < 64, workers, options.batch_size, options.seconds
        )
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
