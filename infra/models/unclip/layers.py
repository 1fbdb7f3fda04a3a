"""What the denoising network and the decoder are built of.

Attribute names are those of the checkpoints' parameters. Spatial sizes are read as Python numbers, so that an exported
graph has constants for them and only the batch stays free.
"""
import math

import torch
from torch import nn
from torch.nn import functional


class ResidualBlock(nn.Module):
    """Two convolutions, each behind a group norm; the embedding of time and condition, if any, goes in between."""

    def __init__(self, inputs, outputs, groups, epsilon, embedding=None):
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, inputs, epsilon)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.time_emb_proj = nn.Linear(embedding, outputs) if embedding else None
        self.norm2 = nn.GroupNorm(groups, outputs, epsilon)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else None

    def forward(self, maps, embedding=None):
        inner = self.conv1(functional.silu(self.norm1(maps)))
        if self.time_emb_proj is not None:
            inner = inner + self.time_emb_proj(functional.silu(embedding))[:, :, None, None]
        inner = self.conv2(functional.silu(self.norm2(inner)))
        return inner + (maps if self.conv_shortcut is None else self.conv_shortcut(maps))


class Attention(nn.Module):
    """Heads of scaled dot products from tokens [n, s, width] to themselves or to a context [n, t, context]."""

    def __init__(self, width, heads, context=None, bias=False, groups=None, epsilon=1e-6):
        super().__init__()
        self.heads = heads
        self.group_norm = nn.GroupNorm(groups, width, epsilon) if groups else None
        self.to_q = nn.Linear(width, width, bias)
        self.to_k = nn.Linear(context or width, width, bias)
        self.to_v = nn.Linear(context or width, width, bias)
        self.to_out = nn.ModuleList([nn.Linear(width, width)])

    def forward(self, tokens, context=None):
        context = tokens if context is None else context
        return self.to_out[0](attend(self.to_q(tokens), self.to_k(context), self.to_v(context), self.heads))


def attend(queries, keys, values, heads, mask=None):
    """Attention of all heads; queries are [n, s, width], keys and values [n, t, width], a mask is added [s, t]."""
    size = int(queries.shape[2]) // heads

    def split(tokens):
        return tokens.reshape(-1, int(tokens.shape[1]), heads, size).transpose(1, 2)

    scores = split(queries) @ split(keys).transpose(2, 3) / math.sqrt(size)
    weights = torch.softmax(scores if mask is None else scores + mask, -1)
    return (weights @ split(values)).transpose(1, 2).reshape(-1, int(queries.shape[1]), heads * size)


class SpatialAttention(Attention):
    """One head over the pixels of a map, with its own norm and a residual."""

    def forward(self, maps, context=None):
        return maps + to_maps(super().forward(to_tokens(self.group_norm(maps))), maps)


def to_tokens(maps):
    """[n, c, h, w] to [n, h·w, c]."""
    return maps.flatten(2).transpose(1, 2)


def to_maps(tokens, like):
    """[n, h·w, c] to [n, c, h, w] with the size of another map."""
    return tokens.transpose(1, 2).reshape(-1, int(tokens.shape[2]), int(like.shape[2]), int(like.shape[3]))


class GatedProjection(nn.Module):
    """One half times the GELU of the other."""

    def __init__(self, width, inner):
        super().__init__()
        self.proj = nn.Linear(width, 2 * inner)

    def forward(self, tokens):
        value, gate = self.proj(tokens).chunk(2, -1)
        return value * functional.gelu(gate)


class FeedForward(nn.Module):
    """The middle of the three is the dropout of training, which has no parameters."""

    def __init__(self, width):
        super().__init__()
        self.net = nn.ModuleList([GatedProjection(width, 4 * width), nn.Identity(), nn.Linear(4 * width, width)])

    def forward(self, tokens):
        return self.net[2](self.net[0](tokens))


class TransformerLayer(nn.Module):
    """Attention to itself, to the prompt, and a feed-forward, each behind a layer norm and with a residual."""

    def __init__(self, width, heads, context):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attn1 = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.attn2 = Attention(width, heads, context)
        self.norm3 = nn.LayerNorm(width)
        self.ff = FeedForward(width)

    def forward(self, tokens, context):
        tokens = tokens + self.attn1(self.norm1(tokens))
        tokens = tokens + self.attn2(self.norm2(tokens), context)
        return tokens + self.ff(self.norm3(tokens))


class Transformer(nn.Module):
    """Transformer layers over the pixels of a map, with a residual around them."""

    def __init__(self, width, heads, context, layers, groups, linear):
        super().__init__()
        self.linear = linear
        self.norm = nn.GroupNorm(groups, width, 1e-6)
        self.proj_in = nn.Linear(width, width) if linear else nn.Conv2d(width, width, 1)
        self.transformer_blocks = nn.ModuleList([TransformerLayer(width, heads, context) for _ in range(layers)])
        self.proj_out = nn.Linear(width, width) if linear else nn.Conv2d(width, width, 1)

    def forward(self, maps, context):
        inner = self.norm(maps)
        tokens = self.proj_in(to_tokens(inner)) if self.linear else to_tokens(self.proj_in(inner))
        for layer in self.transformer_blocks:
            tokens = layer(tokens, context)
        if self.linear:
            return maps + to_maps(self.proj_out(tokens), maps)
        return maps + self.proj_out(to_maps(tokens, maps))


class Resampling(nn.Module):
    """Half or twice the size, with a convolution."""

    def __init__(self, width, up):
        super().__init__()
        self.up = up
        self.conv = nn.Conv2d(width, width, 3, stride=1 if up else 2, padding=1)

    def forward(self, maps):
        return self.conv(functional.interpolate(maps, scale_factor=2.0, mode="nearest") if self.up else maps)


class Block(nn.Module):
    """Residual blocks, each followed by a transformer where the block has them, and a change of size at the end."""

    def __init__(self, resnets, attentions=(), downsampler=None, upsampler=None):
        super().__init__()
        self.resnets = nn.ModuleList(resnets)
        if attentions:
            self.attentions = nn.ModuleList(attentions)
        if downsampler is not None:
            self.downsamplers = nn.ModuleList([downsampler])
        if upsampler is not None:
            self.upsamplers = nn.ModuleList([upsampler])

    def layer(self, number, maps, embedding, context):
        """One residual block and its transformer."""
        maps = self.resnets[number](maps, embedding)
        return self.attentions[number](maps, context) if hasattr(self, "attentions") else maps
