"""The images that the stages work on: real ones from the archive, drawn shapes beside them."""
import io
import tarfile

import numpy
import torch
from PIL import Image

import shapes
import stage

TRAINING_SHAPES = 2000
TRAINING_SHAPES_SEED = 101
TEST_SHAPES = 500
TEST_SHAPES_SEED = 202
CHANNEL_MEAN = [.4914, .4822, .4465]
CHANNEL_DEVIATION = [.247, .243, .261]


class Images:
    """Real images of the archive and drawn shapes, all uint8 [n, 3, 32, 32], labels int64 [n].

    Labels are used by the evaluator and for measuring alone; encoder and generator never see them.
    """

    def __init__(self, archive, work_dir, log):
        cache = work_dir / "images.pt"
        fingerprint = f"{archive.name}, {archive.stat().st_size} bytes"
        content = torch.load(cache) if cache.exists() else None
        if content is None or content["fingerprint"] != fingerprint:
            log(f"reading {archive.name}")
            content = {"fingerprint": fingerprint, **_read_archive(archive)}
            torch.save(content, cache)
        self.classes = content["classes"]
        self.train, self.train_labels = content["train"]
        self.test, self.test_labels = content["test"]
        drawn, labels = shapes.draw_dataset(TRAINING_SHAPES, TRAINING_SHAPES_SEED)
        self.train_shapes, self.train_shape_labels = torch.from_numpy(drawn), torch.from_numpy(labels)
        drawn, labels = shapes.draw_dataset(TEST_SHAPES, TEST_SHAPES_SEED)
        self.test_shapes, self.test_shape_labels = torch.from_numpy(drawn), torch.from_numpy(labels)
        log(f"{len(self.train)} training images and {len(self.train_shapes)} drawn shapes, "
            f"{len(self.test)} test images and {len(self.test_shapes)} drawn shapes")

    def train_with_shapes(self):
        """Returns real training images followed by the drawn ones, uint8 [n, 3, 32, 32]."""
        return torch.cat([self.train, self.train_shapes])


def _read_archive(archive):
    """Decodes every JPEG of the archive, sorted by path."""
    members = {"train": [], "test": []}
    with tarfile.open(archive) as tar:
        for member in tar:
            parts = member.name.split("/")
            if member.isfile() and len(parts) == 3 and parts[0] in members:
                members[parts[0]].append((member.name, parts[1], tar.extractfile(member).read()))
    if not members["train"] or not members["test"]:
        stage.fail(f"{archive} holds {len(members['train'])} train/<class>/ and {len(members['test'])} "
                   "test/<class>/ files; both are needed")
    classes = sorted({class_name for _, class_name, _ in members["train"]})
    result = {"classes": classes}
    for split, files in members.items():
        files.sort(key=lambda file: file[0])
        pixels = []
        for name, _, content in files:
            image = numpy.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
            if image.shape != (32, 32, 3):
                stage.fail(f"{name} in {archive} is {image.shape[1]}x{image.shape[0]}; 32x32 is needed")
            pixels.append(image)
        labels = [classes.index(class_name) for _, class_name, _ in files]
        result[split] = (torch.from_numpy(numpy.stack(pixels)).permute(0, 3, 1, 2).contiguous(), torch.tensor(labels))
    return result


def unit(images):
    """uint8 images to float in [0, 1]."""
    return images.float() / 255


def normalise(images):
    """Images [n, 3, height, width] in [0, 1] to the encoder's input: minus mean, over deviation of each channel."""
    mean = torch.tensor(CHANNEL_MEAN, device=images.device).view(1, 3, 1, 1)
    deviation = torch.tensor(CHANNEL_DEVIATION, device=images.device).view(1, 3, 1, 1)
    return (images - mean) / deviation


class Shuffler:
    """Endless shuffled batches of indices; each pass sees every index once, the ragged tail is dropped."""

    def __init__(self, count):
        self.count = count
        self.order = torch.randperm(count)
        self.position = 0

    def next(self, batch_size):
        """Returns int64 indices [batch_size]."""
        if self.position + batch_size > self.count:
            self.order = torch.randperm(self.count)
            self.position = 0
        self.position += batch_size
        return self.order[self.position - batch_size:self.position]
