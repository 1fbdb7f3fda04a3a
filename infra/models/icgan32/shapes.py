"""Drawn shapes: labelled 32x32 RGB images whose colour, pose, texture and background say nothing about the class."""
import colorsys
import math

import numpy
from PIL import Image, ImageChops, ImageDraw

CLASSES = ["circle", "ring", "square", "triangle", "star", "cross", "crescent", "heart", "arrow", "bar"]
SIZE = 32
OVERSAMPLING = 4
CANVAS = SIZE * OVERSAMPLING


def draw_dataset(count, seed):
    """Draws images, classes in turn.

    Returns uint8 images [count, 3, 32, 32] and int64 labels [count].
    """
    random = numpy.random.RandomState(seed)
    labels = numpy.arange(count) % len(CLASSES)
    images = numpy.stack([draw(CLASSES[label], random) for label in labels])
    return images.transpose(0, 3, 1, 2).copy(), labels.astype(numpy.int64)


def draw(class_name, random):
    """Draws one image: uint8 [32, 32, 3]. `random` is a numpy RandomState."""
    foreground_colour, background_colour = _two_colours(random)
    background = _texture(background_colour, random)
    foreground = _texture(foreground_colour, random)
    mask = _mask(class_name, random)[:, :, None]
    pixels = foreground * mask + background * (1 - mask)
    pixels += random.normal(0, .01 + .02 * random.rand(), pixels.shape)
    image = Image.fromarray((pixels.clip(0, 1) * 255).astype(numpy.uint8))
    return numpy.asarray(image.resize((SIZE, SIZE), Image.BOX))


def _two_colours(random):
    """Two RGB colours in [0, 1] that differ enough for the shape to be seen."""
    while True:
        first, second = (numpy.array(colorsys.hsv_to_rgb(random.rand(), random.uniform(.1, 1), random.uniform(.15, 1)))
                         for _ in range(2))
        if numpy.abs(first - second).sum() > .8:
            return first, second


def _texture(colour, random):
    """A textured plane around one colour: float [CANVAS, CANVAS, 3] in [0, 1]."""
    row, column = numpy.mgrid[0:CANVAS, 0:CANVAS] / CANVAS
    angle = random.uniform(0, 2 * math.pi)
    along = column * math.cos(angle) + row * math.sin(angle)
    across = row * math.cos(angle) - column * math.sin(angle)
    frequency = random.uniform(3, 8)
    kind = random.randint(6)
    if kind == 0:
        pattern = numpy.zeros_like(row)
    elif kind == 1:
        pattern = along - along.mean()
    elif kind == 2:
        pattern = numpy.sin(2 * math.pi * frequency * along)
    elif kind == 3:
        pattern = numpy.sign(numpy.sin(2 * math.pi * frequency / 2 * along)
                             * numpy.sin(2 * math.pi * frequency / 2 * across))
    elif kind == 4:
        dots = numpy.cos(2 * math.pi * frequency * along) + numpy.cos(2 * math.pi * frequency * across)
        pattern = numpy.where(dots > .8, 1., -.3)
    else:
        coarse = Image.fromarray(random.uniform(-1, 1, (6, 6)).astype(numpy.float32))
        pattern = numpy.asarray(coarse.resize((CANVAS, CANVAS), Image.BICUBIC))
    tint = random.uniform(.3, 1, 3) * random.uniform(.08, .22)
    return (colour + pattern[:, :, None] * tint).clip(0, 1)


def _mask(class_name, random):
    """Coverage of the shape in [0, 1]: float [CANVAS, CANVAS], at a random place, size, turn and stretch."""
    radius = CANVAS * random.uniform(.26, .42)
    slack = CANVAS / 2 - radius
    centre = CANVAS / 2 + random.uniform(-slack, slack, 2) * .8
    angle = random.uniform(0, 2 * math.pi)
    stretch = random.uniform(.85, 1.15)

    def place(points):
        """Turns, stretches and moves points given in the unit circle."""
        x, y = numpy.asarray(points, dtype=float).T
        x = x * stretch
        return [(centre[0] + radius * (px * math.cos(angle) - py * math.sin(angle)),
                 centre[1] + radius * (px * math.sin(angle) + py * math.cos(angle))) for px, py in zip(x, y)]

    mask = _polygon(place(_OUTLINES[class_name]))
    if class_name in _HOLES:
        mask = ImageChops.subtract(mask, _polygon(place(_HOLES[class_name])))
    return numpy.asarray(mask, dtype=numpy.float32) / 255


def _polygon(points):
    image = Image.new("L", (CANVAS, CANVAS), 0)
    ImageDraw.Draw(image).polygon(points, fill=255)
    return image


def _circle(radius, centre_x=0.):
    turn = numpy.linspace(0, 2 * math.pi, 48, endpoint=False)
    return [(centre_x + radius * math.cos(t), radius * math.sin(t)) for t in turn]


def _regular(corners, inner_radius=None):
    """A regular polygon, or a star when an inner radius is given."""
    radii = [1.] if inner_radius is None else [1., inner_radius]
    count = corners * len(radii)
    return [(radii[i % len(radii)] * math.sin(2 * math.pi * i / count),
             -radii[i % len(radii)] * math.cos(2 * math.pi * i / count)) for i in range(count)]


def _heart():
    turn = numpy.linspace(0, 2 * math.pi, 64, endpoint=False)
    x = 16 * numpy.sin(turn) ** 3
    y = 13 * numpy.cos(turn) - 5 * numpy.cos(2 * turn) - 2 * numpy.cos(3 * turn) - numpy.cos(4 * turn)
    return list(zip(x / 17, -(y + 2.5) / 17))


def _cross(arm):
    return [(-arm, -1), (arm, -1), (arm, -arm), (1, -arm), (1, arm), (arm, arm),
            (arm, 1), (-arm, 1), (-arm, arm), (-1, arm), (-1, -arm), (-arm, -arm)]


_OUTLINES = {
    "circle": _circle(.9),
    "ring": _circle(1.),
    "square": [(-.78, -.78), (.78, -.78), (.78, .78), (-.78, .78)],
    "triangle": _regular(3),
    "star": _regular(5, .42),
    "cross": _cross(.3),
    "crescent": _circle(1.),
    "heart": _heart(),
    "arrow": [(0, -1), (.75, -.1), (.28, -.1), (.28, 1), (-.28, 1), (-.28, -.1), (-.75, -.1)],
    "bar": [(-1, -.3), (1, -.3), (1, .3), (-1, .3)],
}
_HOLES = {"ring": _circle(.55), "crescent": _circle(.85, .5)}
