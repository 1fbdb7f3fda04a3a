"""The networks: encoder and generator, which are exported, and what only training needs."""
import torch
from torch import nn
import torch.nn.functional as functional

NOISE_SIZE = 64


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with batch normalisation and a shortcut."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.convolution1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.normalisation1 = nn.BatchNorm2d(outputs)
        self.convolution2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.normalisation2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = functional.relu(self.normalisation1(self.convolution1(x)))
        return functional.relu(self.normalisation2(self.convolution2(y)) + self.shortcut(x))


class Encoder(nn.Module):
    """ResNet-18 for 32x32 images: 3x3 stem, no pooling before the stages, `width` channels in the first stage."""

    def __init__(self, width):
        super().__init__()
        self.width = width
        self.features = 8 * width
        self.stem = nn.Sequential(nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU())
        channels = [width, width, 2 * width, 4 * width, 8 * width]
        self.stages = nn.ModuleList(
            nn.Sequential(ResidualBlock(channels[i], channels[i + 1], 1 if i == 0 else 2),
                          ResidualBlock(channels[i + 1], channels[i + 1], 1)) for i in range(4))

    def maps(self, images):
        """Normalised images [n, 3, 32, 32] to the four stages' maps: 32, 16, 8 and 4 pixels wide."""
        x = self.stem(images)
        result = []
        for stage in self.stages:
            x = stage(x)
            result.append(x)
        return result

    def forward(self, images):
        """Normalised images [n, 3, 32, 32] to features [n, 8 * width]."""
        return self.maps(images)[-1].mean((2, 3))


class ConditionEncoder(nn.Module):
    """The exported image encoder: normalised images [n, 3, 32, 32] to the condition [n, size].

    The condition joins three parts, each with entries of about unit size:
    pooled features (centred, normalised), which know the content;
    the third stage's map at 4x4 (its principal components, normalised), which knows the layout;
    the image at 4x4, which knows the colours that the contrastive features forget.
    """

    THUMBNAIL = 3 * 4 * 4

    def __init__(self, encoder, layout_size=128):
        super().__init__()
        self.encoder = encoder
        self.layout_size = layout_size
        map_size = 4 * encoder.width * 4 * 4
        self.register_buffer("content_mean", torch.zeros(encoder.features))
        self.register_buffer("layout_mean", torch.zeros(map_size))
        self.register_buffer("layout_projection", torch.zeros(map_size, layout_size))
        self.semantic_size = encoder.features + layout_size
        self.size = self.semantic_size + self.THUMBNAIL

    @torch.no_grad()
    def fit(self, images, sample=4000):
        """Fits means and principal components to normalised images, given as a list of batches."""
        contents, layouts = zip(*(self._pool(self.encoder.maps(batch)) for batch in images))
        content, layout = torch.cat(contents), torch.cat(layouts)
        self.content_mean.copy_(content.mean(0))
        self.layout_mean.copy_(layout.mean(0))
        chosen = (layout - self.layout_mean)[torch.randperm(len(layout), device=layout.device)[:sample]]
        _, scale, directions = torch.linalg.svd(chosen, full_matrices=False)
        deviation = scale[:self.layout_size].clamp(min=1e-3) / len(chosen) ** .5
        self.layout_projection.copy_(directions[:self.layout_size].T / deviation.sqrt())

    def forward(self, images):
        return torch.cat([self.semantic(self.encoder.maps(images)), thumbnail(images)], 1)

    def semantic(self, maps):
        """The encoder's maps to the first two parts of the condition, [n, semantic_size]."""
        content, layout = self._pool(maps)
        content = _unit_entries(content - self.content_mean, self.encoder.features)
        layout = _unit_entries((layout - self.layout_mean) @ self.layout_projection, self.layout_size)
        return torch.cat([content, layout], 1)

    @staticmethod
    def _pool(maps):
        return maps[3].float().mean((2, 3)), functional.avg_pool2d(maps[2].float(), 2).flatten(1)


def thumbnail(images):
    """Normalised images [n, 3, 32, 32] to their colours at 4x4, [n, 48]."""
    return functional.avg_pool2d(images, 8).flatten(1)


def _unit_entries(rows, size):
    """Scales rows [n, size] to a root mean square of one."""
    return rows * (size ** .5 / rows.norm(dim=1, keepdim=True))


class ModulatedBlock(nn.Module):
    """Residual block whose normalised channels are scaled and shifted by the condition; may double the side."""

    def __init__(self, inputs, outputs, modulation_size, upsample):
        super().__init__()
        self.inputs, self.outputs, self.upsample = inputs, outputs, upsample
        self.normalisation1 = nn.BatchNorm2d(inputs)
        self.normalisation2 = nn.BatchNorm2d(outputs)
        self.modulation1 = nn.Linear(modulation_size, 2 * inputs)  # scales, then shifts
        self.modulation2 = nn.Linear(modulation_size, 2 * outputs)
        self.convolution1 = nn.Conv2d(inputs, outputs, 3, 1, 1)
        self.convolution2 = nn.Conv2d(outputs, outputs, 3, 1, 1)
        self.shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()
        for modulation in (self.modulation1, self.modulation2):
            nn.init.normal_(modulation.weight, std=.02)
            nn.init.zeros_(modulation.bias)

    def forward(self, x, modulation):
        y = self.convolution1(_modulate(self.normalisation1(x), self.modulation1(modulation), self.inputs))
        x = self.shortcut(x)
        if self.upsample:
            y = functional.interpolate(y, scale_factor=2., mode="nearest")
            x = functional.interpolate(x, scale_factor=2., mode="nearest")
        return x + self.convolution2(_modulate(self.normalisation2(y), self.modulation2(modulation), self.outputs))


def _modulate(x, parameters, channels):
    """Scales and shifts maps x [n, channels, height, width] by parameters [n, 2 * channels], then rectifies."""
    parameters = parameters.unsqueeze(-1).unsqueeze(-1)
    return functional.relu(x * (1 + parameters[:, :channels]) + parameters[:, channels:])


class Generator(nn.Module):
    """Condition [n, condition_size] and noise [n, 64] to views [n, 3, 32, 32] in [-1, 1].

    The blocks draw what is added to the source's enlarged 4x4 colours.
    """

    def __init__(self, condition_size, channels=(192, 128, 64, 32), modulation_size=128):
        super().__init__()
        self.channels = channels
        inputs = condition_size + NOISE_SIZE
        self.colours_from = condition_size - ConditionEncoder.THUMBNAIL
        self.modulation = nn.Sequential(nn.Linear(inputs, modulation_size), nn.ReLU(),
                                        nn.Linear(modulation_size, modulation_size), nn.ReLU())
        self.start = nn.Linear(inputs, channels[0] * 4 * 4)
        self.blocks = nn.ModuleList(
            [ModulatedBlock(channels[0], channels[0], modulation_size, upsample=False)]
            + [ModulatedBlock(channels[i], channels[i + 1], modulation_size, upsample=True) for i in range(3)])
        self.normalisation = nn.BatchNorm2d(channels[3])
        self.output = nn.Conv2d(channels[3], 3, 3, 1, 1)
        self.colour = nn.Conv2d(3, 3, 1)
        with torch.no_grad():
            self.colour.weight.copy_(torch.eye(3).view(3, 3, 1, 1) * .6)
            self.colour.bias.zero_()

    def forward(self, condition, noise):
        inputs = torch.cat([condition, noise], 1)
        modulation = self.modulation(inputs)
        x = self.start(inputs).view(-1, self.channels[0], 4, 4)
        if not torch.onnx.is_in_onnx_export():
            x = x.contiguous(memory_format=torch.channels_last)
        for block in self.blocks:
            x = block(x, modulation)
        detail = self.output(functional.relu(self.normalisation(x))).float()
        colour = self.colour(condition[:, self.colours_from:].reshape(-1, 3, 4, 4)).float()
        return torch.tanh(detail + functional.interpolate(colour, scale_factor=8., mode="bilinear",
                                                          align_corners=False))


class WidenedGenerator(nn.Module):
    """The generator as it is exported: noise is multiplied by a gain first, so that views differ more."""

    def __init__(self, generator, noise_gain):
        super().__init__()
        self.generator, self.noise_gain = generator, noise_gain

    def forward(self, condition, noise):
        return self.generator(condition, noise * self.noise_gain)


class Posterior(nn.Module):
    """Training only: which noise would draw this view? Mean and log variance, each [n, 64]."""

    def __init__(self, condition_size):
        super().__init__()
        layers = []
        for inputs, outputs in ((3, 32), (32, 64), (64, 128)):
            layers += [nn.Conv2d(inputs, outputs, 4, 2, 1), nn.BatchNorm2d(outputs), nn.LeakyReLU(.2)]
        self.convolutions = nn.Sequential(*layers)
        self.hidden = nn.Linear(128 * 4 * 4 + condition_size, 256)
        self.output = nn.Linear(256, 2 * NOISE_SIZE)
        nn.init.normal_(self.output.weight, std=.01)

    def forward(self, images, condition):
        """Images [n, 3, 32, 32] in [-1, 1] and their source's condition [n, size]."""
        x = self.convolutions(images).flatten(1)
        x = functional.leaky_relu(self.hidden(torch.cat([x, condition.to(x.dtype) * .5], 1)), .2)
        mean, log_variance = self.output(x).float().chunk(2, 1)
        return mean, log_variance.clamp(-8, 2)


class Discriminator(nn.Module):
    """Training only: small heads on the frozen encoder's four maps (and the image) judge view and condition."""

    def __init__(self, encoder_width, condition_size):
        super().__init__()
        normalised = nn.utils.spectral_norm
        self.heads, self.scores, self.projections = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        widths = [(encoder_width + 3, (32, 64, 64)), (2 * encoder_width, (64, 96)), (4 * encoder_width, (128,)),
                  (8 * encoder_width, (128,))]
        for level, (inputs, outputs) in enumerate(widths):
            kernel, stride = (4, 2) if level < 3 else (3, 1)
            layers = []
            for channels in outputs:
                layers += [normalised(nn.Conv2d(inputs, channels, kernel, stride, 1)), nn.BatchNorm2d(channels),
                           nn.LeakyReLU(.2)]
                inputs = channels
            self.heads.append(nn.Sequential(*layers))
            self.scores.append(normalised(nn.Conv2d(inputs, 1, 1)))
            self.projections.append(normalised(nn.Linear(condition_size, inputs)))

    def forward(self, images, maps, condition):
        """Images [n, 3, 32, 32] in [-1, 1], the encoder's maps of them and the condition to scores [n, places]."""
        maps = [torch.cat([images.to(maps[0].dtype), maps[0]], 1), *maps[1:]]
        result = []
        for x, head, score, projection in zip(maps, self.heads, self.scores, self.projections):
            x = head(x)
            match = (x.float() * projection(condition * .5).float()[:, :, None, None]).sum(1).flatten(1)
            result.append(score(x).float().flatten(1) + match / x.shape[1] ** .5)
        return torch.cat(result, 1)


def load_condition_encoder(state, encoder_width, device):
    """Rebuilds a frozen condition encoder from its saved state."""
    result = ConditionEncoder(Encoder(encoder_width))
    result.load_state_dict(state)
    result = result.to(device, memory_format=torch.channels_last).eval()
    for parameter in result.parameters():
        parameter.requires_grad_(False)
    return result
