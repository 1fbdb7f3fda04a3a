"""The denoising network of Stable Diffusion unCLIP (a UNet with cross-attention and a projected condition)."""
import math

import torch
from torch import nn
from torch.nn import functional

import fault
from layers import Block, Resampling, ResidualBlock, Transformer

DOWN = {"CrossAttnDownBlock2D": True, "DownBlock2D": False}
UP = {"CrossAttnUpBlock2D": True, "UpBlock2D": False}


class Embedding(nn.Module):
    """Two linear layers."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.linear_1 = nn.Linear(inputs, outputs)
        self.linear_2 = nn.Linear(outputs, outputs)

    def forward(self, values):
        return self.linear_2(functional.silu(self.linear_1(values)))


class Unet(nn.Module):
    """sample [n, C, R, R], timestep [] or [n], encoder_hidden_states [n, S, T], class_labels [n, d] to [n, C, R, R]."""

    def __init__(self, configuration):
        super().__init__()
        check(configuration)
        widths = configuration.get("block_out_channels")
        count = len(widths)
        self.channels = configuration.get("in_channels", 4)
        self.resolution = configuration.get("sample_size")
        self.context = configuration.get("cross_attention_dim")
        self.condition = configuration.get("projection_class_embeddings_input_dim")
        self.groups = configuration.get("norm_num_groups", 32)
        self.epsilon = configuration.get("norm_eps", 1e-5)
        self.linear = configuration.get("use_linear_projection", False)
        self.frequency_shift = configuration.get("freq_shift", 0)
        self.cosine_first = configuration.get("flip_sin_to_cos", True)
        self.first_width = widths[0]
        self.embedding = 4 * widths[0]
        # A name of the checkpoints that means the number of heads, not their size.
        heads = configuration.per_block("attention_head_dim", 8, count)
        layers = configuration.per_block("layers_per_block", 2, count)
        depths = configuration.per_block("transformer_layers_per_block", 1, count)
        down = flags(configuration, "down_block_types", DOWN, count)
        up = flags(configuration, "up_block_types", UP, count)

        self.conv_in = nn.Conv2d(self.channels, widths[0], 3, padding=1)
        self.time_embedding = Embedding(widths[0], self.embedding)
        self.class_embedding = Embedding(self.condition, self.embedding)
        self.down_blocks = nn.ModuleList()
        width = widths[0]
        # What each skip connection carries, in the order of the down blocks.
        skips = [width]
        for i in range(count):
            resnets = [self.residual(width if j == 0 else widths[i], widths[i]) for j in range(layers[i])]
            attentions = [self.transformer(widths[i], heads[i], depths[i]) for _ in resnets] if down[i] else []
            last = i == count - 1
            self.down_blocks.append(
                Block(resnets, attentions, downsampler=None if last else Resampling(widths[i], False)))
            width = widths[i]
            skips += [width] * (layers[i] + (0 if last else 1))
        self.mid_block = Block([self.residual(width, width), self.residual(width, width)],
                               [self.transformer(width, heads[-1], depths[-1])])
        self.up_blocks = nn.ModuleList()
        for i in reversed(range(count)):
            resnets = []
            for _ in range(layers[i] + 1):
                resnets.append(self.residual(width + skips.pop(), widths[i]))
                width = widths[i]
            attentions = [self.transformer(width, heads[i], depths[i]) for _ in resnets] if up[count - 1 - i] else []
            self.up_blocks.append(Block(resnets, attentions, upsampler=Resampling(width, True) if i else None))
        self.conv_norm_out = nn.GroupNorm(self.groups, width, self.epsilon)
        self.conv_out = nn.Conv2d(width, configuration.get("out_channels", 4), 3, padding=1)

    def residual(self, inputs, outputs):
        return ResidualBlock(inputs, outputs, self.groups, self.epsilon, self.embedding)

    def transformer(self, width, heads, depth):
        return Transformer(width, heads, self.context, depth, self.groups, self.linear)

    def forward(self, sample, timestep, encoder_hidden_states, class_labels):
        embedding = self.time_embedding(self.waves(timestep)) + self.class_embedding(class_labels)
        maps = self.conv_in(sample)
        skips = [maps]
        for block in self.down_blocks:
            for number in range(len(block.resnets)):
                maps = block.layer(number, maps, embedding, encoder_hidden_states)
                skips.append(maps)
            if hasattr(block, "downsamplers"):
                maps = block.downsamplers[0](maps)
                skips.append(maps)
        maps = self.mid_block.layer(0, maps, embedding, encoder_hidden_states)
        maps = self.mid_block.resnets[1](maps, embedding)
        for block in self.up_blocks:
            for number in range(len(block.resnets)):
                maps = torch.cat([maps, skips.pop()], 1)
                maps = block.layer(number, maps, embedding, encoder_hidden_states)
            if hasattr(block, "upsamplers"):
                maps = block.upsamplers[0](maps)
        return self.conv_out(functional.silu(self.conv_norm_out(maps)))

    def waves(self, timestep):
        """[n] or [] to sines and cosines of falling frequency: [n, width] or, for all rows, [1, width]."""
        half = self.first_width // 2
        steps = torch.arange(half, dtype=torch.float32)
        frequencies = torch.exp(-math.log(10_000) * steps / (half - self.frequency_shift))
        angles = timestep.to(torch.float32).reshape(-1, 1) * frequencies
        parts = [torch.sin(angles), torch.cos(angles)]
        return torch.cat(parts[::-1] if self.cosine_first else parts, 1).to(self.conv_in.weight.dtype)


def flags(configuration, key, known, count):
    types = configuration.get(key)
    unknown = [name for name in types if name not in known]
    if unknown or len(types) != count:
        raise fault.Fault(f"{configuration.path}: {key} is {types}, must be {count} of {', '.join(known)}")
    return [known[name] for name in types]


def check(configuration):
    """Refuses what other networks of the same class may have."""
    configuration.require(
        class_embed_type="projection", act_fn="silu", mid_block_type="UNetMidBlock2DCrossAttn",
        time_embedding_type="positional", resnet_time_scale_shift="default", downsample_padding=1,
        mid_block_scale_factor=1, conv_in_kernel=3, conv_out_kernel=3, center_input_sample=False,
        only_cross_attention=False, dual_cross_attention=False, class_embeddings_concat=False,
        resnet_skip_time_act=False, resnet_out_scale_factor=1.0, attention_type="default")
    for key in ("addition_embed_type", "encoder_hid_dim_type", "encoder_hid_dim", "time_embedding_dim",
                "time_embedding_act_fn", "timestep_post_act", "time_cond_proj_dim", "cross_attention_norm",
                "num_attention_heads", "num_class_embeds", "reverse_transformer_layers_per_block"):
        configuration.require(**{key: None})
