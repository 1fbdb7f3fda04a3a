"""The decoder of Stable Diffusion's autoencoder."""
from torch import nn
from torch.nn import functional

import fault
from layers import Block, Resampling, ResidualBlock, SpatialAttention

EPSILON = 1e-6


class Decoder(nn.Module):
    """[n, latent_channels, R, R] to [n, 3, R·2^k, R·2^k], where k is the number of its blocks less one."""

    def __init__(self, configuration):
        super().__init__()
        widths = configuration.get("block_out_channels")
        groups = configuration.get("norm_num_groups", 32)
        layers = configuration.get("layers_per_block", 1) + 1
        width = widths[-1]
        self.conv_in = nn.Conv2d(configuration.get("latent_channels", 4), width, 3, padding=1)
        attention = configuration.get("mid_block_add_attention", True)
        self.mid_block = Block(
            [ResidualBlock(width, width, groups, EPSILON), ResidualBlock(width, width, groups, EPSILON)],
            [SpatialAttention(width, 1, bias=True, groups=groups, epsilon=EPSILON)] if attention else [])
        self.up_blocks = nn.ModuleList()
        for i in reversed(range(len(widths))):
            resnets = []
            for _ in range(layers):
                resnets.append(ResidualBlock(width, widths[i], groups, EPSILON))
                width = widths[i]
            self.up_blocks.append(Block(resnets, upsampler=Resampling(width, True) if i else None))
        self.conv_norm_out = nn.GroupNorm(groups, width, EPSILON)
        self.conv_out = nn.Conv2d(width, configuration.get("out_channels", 3), 3, padding=1)

    def forward(self, latents):
        maps = self.mid_block.resnets[0](self.conv_in(latents))
        if hasattr(self.mid_block, "attentions"):
            maps = self.mid_block.attentions[0](maps)
        maps = self.mid_block.resnets[1](maps)
        for block in self.up_blocks:
            for resnet in block.resnets:
                maps = resnet(maps)
            if hasattr(block, "upsamplers"):
                maps = block.upsamplers[0](maps)
        return self.conv_out(functional.silu(self.conv_norm_out(maps)))


class LatentDecoder(nn.Module):
    """The part of the autoencoder that decodes: latent_sample, not scaled, to sample in [−1, 1]."""

    def __init__(self, configuration):
        super().__init__()
        configuration.require(act_fn="silu", out_channels=3)
        for key in ("shift_factor", "latents_mean", "latents_std"):
            configuration.require(**{key: None})
        types = configuration.get("up_block_types")
        if set(types) != {"UpDecoderBlock2D"} or len(types) != len(configuration.get("block_out_channels")):
            raise fault.Fault(f"{configuration.path}: up_block_types is {types}, only UpDecoderBlock2D is supported, "
                              "as many as block_out_channels")
        channels = configuration.get("latent_channels", 4)
        self.factor = 2 ** (len(types) - 1)
        if configuration.get("use_post_quant_conv", True):
            self.post_quant_conv = nn.Conv2d(channels, channels, 1)
        self.decoder = Decoder(configuration)

    def forward(self, latent_sample):
        if hasattr(self, "post_quant_conv"):
            latent_sample = self.post_quant_conv(latent_sample)
        return self.decoder(latent_sample)
