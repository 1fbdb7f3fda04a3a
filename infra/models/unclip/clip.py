"""CLIP: the image encoder with its projection, and the text encoder."""
import torch
from torch import nn
from torch.nn import functional

import fault
from layers import attend

ACTIVATIONS = {
    "gelu": functional.gelu,
    "quick_gelu": lambda values: values * torch.sigmoid(1.702 * values),
}


class SelfAttention(nn.Module):
    """Heads over tokens [n, s, width]."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width)
        self.v_proj = nn.Linear(width, width)
        self.out_proj = nn.Linear(width, width)

    def forward(self, tokens, mask):
        return self.out_proj(
            attend(self.q_proj(tokens), self.k_proj(tokens), self.v_proj(tokens), self.heads, mask))


class FeedForward(nn.Module):
    def __init__(self, width, inner, activation):
        super().__init__()
        self.activation = activation
        self.fc1 = nn.Linear(width, inner)
        self.fc2 = nn.Linear(inner, width)

    def forward(self, tokens):
        return self.fc2(self.activation(self.fc1(tokens)))


class EncoderLayer(nn.Module):
    def __init__(self, configuration):
        super().__init__()
        width = configuration.get("hidden_size")
        epsilon = configuration.get("layer_norm_eps", 1e-5)
        activation = configuration.get("hidden_act", "quick_gelu")
        if activation not in ACTIVATIONS:
            raise fault.Fault(f"{configuration.path}: hidden_act is {activation}, must be one of "
                              f"{', '.join(ACTIVATIONS)}")
        self.layer_norm1 = nn.LayerNorm(width, epsilon)
        self.self_attn = SelfAttention(width, configuration.get("num_attention_heads"))
        self.layer_norm2 = nn.LayerNorm(width, epsilon)
        self.mlp = FeedForward(width, configuration.get("intermediate_size"), ACTIVATIONS[activation])

    def forward(self, tokens, mask):
        tokens = tokens + self.self_attn(self.layer_norm1(tokens), mask)
        return tokens + self.mlp(self.layer_norm2(tokens))


class Encoder(nn.Module):
    def __init__(self, configuration):
        super().__init__()
        self.layers = nn.ModuleList([EncoderLayer(configuration)
                                     for _ in range(configuration.get("num_hidden_layers"))])

    def forward(self, tokens, mask=None):
        for layer in self.layers:
            tokens = layer(tokens, mask)
        return tokens


class VisionEmbeddings(nn.Module):
    """Patches of [n, 3, R, R] behind one learnt token: [n, 1 + patches, width]."""

    def __init__(self, configuration):
        super().__init__()
        width, patch = configuration.get("hidden_size"), configuration.get("patch_size")
        count = (configuration.get("image_size") // patch) ** 2
        self.class_embedding = nn.Parameter(torch.randn(width))
        self.patch_embedding = nn.Conv2d(configuration.get("num_channels", 3), width, patch, patch, bias=False)
        self.position_embedding = nn.Embedding(1 + count, width)

    def forward(self, pixel_values):
        patches = self.patch_embedding(pixel_values).flatten(2).transpose(1, 2)
        first = torch.zeros_like(patches[:, :1]) + self.class_embedding
        return torch.cat([first, patches], 1) + self.position_embedding.weight


class VisionTransformer(nn.Module):
    def __init__(self, configuration):
        super().__init__()
        width, epsilon = configuration.get("hidden_size"), configuration.get("layer_norm_eps", 1e-5)
        self.embeddings = VisionEmbeddings(configuration)
        # Spelt like this in every checkpoint.
        self.pre_layrnorm = nn.LayerNorm(width, epsilon)
        self.encoder = Encoder(configuration)
        self.post_layernorm = nn.LayerNorm(width, epsilon)

    def forward(self, pixel_values):
        return self.post_layernorm(self.encoder(self.pre_layrnorm(self.embeddings(pixel_values)))[:, 0])


class ImageEncoder(nn.Module):
    """pixel_values [n, 3, R, R] to image_embeds [n, d]."""

    def __init__(self, configuration):
        super().__init__()
        self.resolution = configuration.get("image_size")
        self.dimension = configuration.get("projection_dim")
        self.vision_model = VisionTransformer(configuration)
        self.visual_projection = nn.Linear(configuration.get("hidden_size"), self.dimension, bias=False)

    def forward(self, pixel_values):
        return self.visual_projection(self.vision_model(pixel_values))


class TextEmbeddings(nn.Module):
    def __init__(self, configuration):
        super().__init__()
        width = configuration.get("hidden_size")
        self.token_embedding = nn.Embedding(configuration.get("vocab_size"), width)
        self.position_embedding = nn.Embedding(configuration.get("max_position_embeddings", 77), width)

    def forward(self, tokens):
        return self.token_embedding(tokens) + self.position_embedding.weight[:tokens.shape[1]]


class TextTransformer(nn.Module):
    def __init__(self, configuration):
        super().__init__()
        self.embeddings = TextEmbeddings(configuration)
        self.encoder = Encoder(configuration)
        self.final_layer_norm = nn.LayerNorm(configuration.get("hidden_size"),
                                             configuration.get("layer_norm_eps", 1e-5))

    def forward(self, tokens):
        future = torch.full((tokens.shape[1], tokens.shape[1]), -torch.inf).triu(1)
        return self.final_layer_norm(self.encoder(self.embeddings(tokens), future))


class TextEncoder(nn.Module):
    """Tokens [n, s] to their last hidden states [n, s, width]; no token sees a later one."""

    def __init__(self, configuration):
        super().__init__()
        configuration.require(use_attention_mask=False)
        self.length = configuration.get("max_position_embeddings", 77)
        self.text_model = TextTransformer(configuration)

    def forward(self, tokens):
        return self.text_model(tokens)
