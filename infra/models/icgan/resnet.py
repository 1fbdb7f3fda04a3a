"""ResNet-50 without its head: images to the means of its last maps. Parameter names are torchvision's."""
from torch import nn
from torch.nn import functional

import fault

LAYERS = (3, 4, 6, 3)
WIDTH = 64
EXPANSION = 4


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        outputs = EXPANSION * width
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, maps):
        inner = functional.relu(self.bn1(self.conv1(maps)))
        inner = functional.relu(self.bn2(self.conv2(inner)))
        shortcut = maps if self.downsample is None else self.downsample(maps)
        return functional.relu(self.bn3(self.conv3(inner)) + shortcut)


class Encoder(nn.Module):
    """pixel_values [n, 3, 224, 224] to image_embeds [n, 32·first_width]; not yet of unit length."""

    def __init__(self, first_width=WIDTH):
        super().__init__()
        self.conv1 = nn.Conv2d(3, first_width, 7, 2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(first_width)
        inputs = first_width
        for number, layers in enumerate(LAYERS, 1):
            width = first_width * 2 ** (number - 1)
            blocks = [Bottleneck(inputs, width, 1 if number == 1 else 2)]
            inputs = EXPANSION * width
            blocks += [Bottleneck(inputs, width, 1) for _ in range(layers - 1)]
            setattr(self, f"layer{number}", nn.Sequential(*blocks))
        self.dimension = inputs

    def forward(self, pixel_values):
        maps = functional.relu(self.bn1(self.conv1(pixel_values)))
        maps = functional.max_pool2d(maps, 3, 2, padding=1)
        for number in range(1, 1 + len(LAYERS)):
            maps = getattr(self, f"layer{number}")(maps)
        return maps.mean((2, 3))


def load(state):
    """An encoder with these weights, ready for inference; a head or projection that they hold is left out."""
    state = {name.removeprefix("module."): tensor for name, tensor in state.items()}
    if "conv1.weight" not in state:
        raise fault.Fault("the weights have no conv1.weight, so they are not a ResNet-50's")
    network = Encoder(len(state["conv1.weight"]))
    own = network.state_dict()
    for name in own:
        if name.endswith("num_batches_tracked"):
            continue
        if name not in state or state[name].shape != own[name].shape:
            raise fault.Fault(f"the encoder's weights have no {name} of the shape {list(own[name].shape)}, so they are not "
                              "a ResNet-50's")
        own[name] = state[name].float()
    network.load_state_dict(own)
    return network.eval()
