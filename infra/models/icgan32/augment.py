"""Batched augmentations of images [n, 3, 32, 32] in [0, 1], drawn from PyTorch's global random state."""
import math

import torch
import torch.nn.functional as functional

_LUMA = torch.tensor([.299, .587, .114]).view(1, 3, 1, 1)
_TO_YIQ = torch.tensor([[.299, .587, .114], [.596, -.274, -.321], [.211, -.523, .311]])
_FROM_YIQ = torch.inverse(_TO_YIQ)


def random_crop(images, smallest_area, flip):
    """Crops a random window (area from smallest_area to 1, sides 3:4 to 4:3), resizes it back, perhaps mirrored."""
    return _sample(images, _crop_transform(images, smallest_area, flip))


def colour_jitter(images, strength=.5, probability=.8, grey_probability=.2):
    """Brightness, contrast, saturation (0.8 x strength) and hue (0.2 x strength of a turn), sometimes grey."""
    count, device = len(images), images.device
    luma = _LUMA.to(device)
    applied = (torch.rand(count, 1, 1, 1, device=device) < probability).float()

    def factor():
        return 1 + applied * _uniform((count, 1, 1, 1), -.8 * strength, .8 * strength, device)

    images = (images * factor()).clamp(0, 1)
    contrast = factor()
    mean = (images * luma).sum(1, keepdim=True).mean((2, 3), keepdim=True)
    images = (images * contrast + mean * (1 - contrast)).clamp(0, 1)
    saturation = factor()
    grey = (images * luma).sum(1, keepdim=True)
    images = images * saturation + grey * (1 - saturation)
    turn = 2 * math.pi * applied.view(count) * _uniform((count,), -.2 * strength, .2 * strength, device)
    images = _turn_hue(images, turn).clamp(0, 1)
    greyed = (torch.rand(count, 1, 1, 1, device=device) < grey_probability).float()
    return images * (1 - greyed) + (images * luma).sum(1, keepdim=True) * greyed


def simclr(images):
    """Standard augmentation of contrastive learning at 32x32: crop from a fifth of the area, flip, colour, grey."""
    return colour_jitter(random_crop(images, .2, flip=True))


def photometric(images):
    """A view without a model, by the law of the `photometric` generator: warp, crop, mirror and colour.

    Crop of .35 to 1 of the area, turn of up to 12 degrees, flip, displacements of 2 % of the crop's side on a 5x5 grid;
    tone curve, black and white level of each channel, saturation.
    """
    count, device = len(images), images.device
    crop = _crop_transform(images, .35, flip=True)
    angle = _uniform((count,), -12, 12, device) * math.pi / 180
    turn = torch.zeros(count, 2, 2, device=device)
    turn[:, 0, 0], turn[:, 0, 1] = angle.cos(), -angle.sin()
    turn[:, 1, 0], turn[:, 1, 1] = angle.sin(), angle.cos()
    transform = torch.cat([turn @ crop[:, :, :2], crop[:, :, 2:]], 2)
    displacement = functional.interpolate(torch.randn(count, 2, 5, 5, device=device) * 2 * .02, size=images.shape[2:],
                                          mode="bicubic", align_corners=True)
    displacement = torch.einsum("nij,njhw->nihw", crop[:, :, :2].abs(), displacement)
    images = _sample(images, transform, displacement)
    gamma = _uniform((count, 1, 1, 1), -math.log(1.5), math.log(1.5), device).exp()
    black = _uniform((count, 3, 1, 1), 0, 48 / 255, device)
    white = _uniform((count, 3, 1, 1), 200 / 255, 1, device)
    images = black + (white - black) * images.clamp(0, 1) ** gamma
    grey = (images * _LUMA.to(device)).sum(1, keepdim=True)
    return (grey + _uniform((count, 1, 1, 1), .3, 1.5, device) * (images - grey)).clamp(0, 1)


def _uniform(shape, low, high, device):
    return torch.empty(shape, device=device).uniform_(low, high)


def _crop_transform(images, smallest_area, flip):
    """Affine maps [n, 2, 3] from output to input coordinates in [-1, 1]."""
    count, device = len(images), images.device
    area = _uniform((count,), smallest_area, 1., device)
    ratio = _uniform((count,), math.log(3 / 4), math.log(4 / 3), device).exp()
    width, height = (area * ratio).sqrt().clamp(max=1.), (area / ratio).sqrt().clamp(max=1.)
    transform = torch.zeros(count, 2, 3, device=device)
    transform[:, 0, 2] = _uniform((count,), -1., 1., device) * (1 - width)
    transform[:, 1, 2] = _uniform((count,), -1., 1., device) * (1 - height)
    mirror = (torch.rand(count, device=device) < .5).float() * 2 - 1 if flip else torch.ones(count, device=device)
    transform[:, 0, 0], transform[:, 1, 1] = width * mirror, height
    return transform


def _sample(images, transform, displacement=None):
    """Reads images at transformed positions; displacement [n, 2, height, width] is in half sides."""
    grid = functional.affine_grid(transform, images.shape, align_corners=False)
    if displacement is not None:
        grid = grid + displacement.permute(0, 2, 3, 1)
    return functional.grid_sample(images, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def _turn_hue(images, turn):
    """Turns the two chroma axes of each image by an angle [n] in radians."""
    rotation = torch.zeros(len(images), 3, 3, device=images.device)
    rotation[:, 0, 0] = 1
    rotation[:, 1, 1], rotation[:, 1, 2] = turn.cos(), -turn.sin()
    rotation[:, 2, 1], rotation[:, 2, 2] = turn.sin(), turn.cos()
    matrix = _FROM_YIQ.to(images.device) @ rotation @ _TO_YIQ.to(images.device)
    return torch.bmm(matrix, images.flatten(2)).view_as(images)
