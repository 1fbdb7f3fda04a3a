"""Writes a checkpoint of random weights with the structure of Stable Diffusion unCLIP, a few thousand parameters small.

    python3 infra/models/unclip/tiny.py CHECKPOINT

The folder has diffusers' layout, with files of every kind that export.py reads: safetensors, PyTorch's own, and shards.
"""
import json
import pathlib
import sys

import torch

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "shared"))

import checkpoint
import clip
import decoder
import fault
import unet
import weights
from configuration import Configuration

SEED = 4
EMBEDDING = 8
PROMPT_WIDTH = 12

VISION = {"architectures": ["CLIPVisionModelWithProjection"], "model_type": "clip_vision_model", "hidden_act": "quick_gelu",
          "hidden_size": 16, "intermediate_size": 24, "image_size": 20, "layer_norm_eps": 1e-05,
          "num_attention_heads": 2, "num_channels": 3, "num_hidden_layers": 2, "patch_size": 5,
          "projection_dim": EMBEDDING}
TEXT = {"architectures": ["CLIPTextModel"], "model_type": "clip_text_model", "hidden_act": "gelu",
        "hidden_size": PROMPT_WIDTH, "intermediate_size": 20, "layer_norm_eps": 1e-05, "max_position_embeddings": 7,
        "num_attention_heads": 3, "num_hidden_layers": 2, "projection_dim": 5, "vocab_size": 11}
UNET = {"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.15.0", "act_fn": "silu",
        "addition_embed_type": None, "attention_head_dim": [1, 2], "block_out_channels": [4, 8],
        "center_input_sample": False, "class_embed_type": "projection", "class_embeddings_concat": False,
        "conv_in_kernel": 3, "conv_out_kernel": 3, "cross_attention_dim": PROMPT_WIDTH, "cross_attention_norm": None,
        "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"], "downsample_padding": 1,
        "dual_cross_attention": False, "encoder_hid_dim": None, "flip_sin_to_cos": True, "freq_shift": 0,
        "in_channels": 4, "layers_per_block": 1, "mid_block_scale_factor": 1,
        "mid_block_type": "UNetMidBlock2DCrossAttn", "norm_eps": 1e-05, "norm_num_groups": 2, "num_class_embeds": None,
        "only_cross_attention": False, "out_channels": 4, "projection_class_embeddings_input_dim": 2 * EMBEDDING,
        "resnet_time_scale_shift": "default", "sample_size": 6, "time_embedding_type": "positional",
        "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D"], "upcast_attention": True, "use_linear_projection": True}
VAE = {"_class_name": "AutoencoderKL", "_diffusers_version": "0.15.0", "act_fn": "silu", "block_out_channels": [4, 8],
       "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"], "in_channels": 3, "latent_channels": 4,
       "layers_per_block": 1, "norm_num_groups": 2, "out_channels": 3, "sample_size": 12, "scaling_factor": 0.18215,
       "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"]}
SCHEDULER = {"_class_name": "DDIMScheduler", "_diffusers_version": "0.15.0", "beta_end": 0.012,
             "beta_schedule": "scaled_linear", "beta_start": 0.00085, "clip_sample": False, "num_train_timesteps": 1000,
             "prediction_type": "v_prediction", "set_alpha_to_one": False, "skip_prk_steps": True, "steps_offset": 1,
             "trained_betas": None}
NOISE_SCHEDULER = {"_class_name": "DDPMScheduler", "_diffusers_version": "0.15.0", "beta_schedule": "squaredcos_cap_v2",
                   "num_train_timesteps": 1000, "prediction_type": "epsilon", "trained_betas": None}
PROCESSOR = {"crop_size": {"height": 20, "width": 20}, "do_center_crop": True, "do_normalize": True, "do_resize": True,
             "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711],
             "resample": 3, "size": {"shortest_edge": 20}}
VOCABULARY = {"!": 0, "a": 1, "<|startoftext|>": 9, "<|endoftext|>": 10}
SPECIAL_TOKENS = {"bos_token": {"content": "<|startoftext|>"}, "eos_token": {"content": "<|endoftext|>"},
                  "pad_token": "!", "unk_token": {"content": "<|endoftext|>"}}


def main():
    if len(sys.argv) != 2:
        raise fault.Fault(__doc__)
    folder = pathlib.Path(sys.argv[1])
    torch.manual_seed(SEED)
    safetensors(folder / "image_encoder", "model.safetensors", part(folder, "image_encoder", VISION, clip.ImageEncoder))
    torch.save(part(folder, "text_encoder", TEXT, clip.TextEncoder), folder / "text_encoder" / "pytorch_model.bin")
    shards(folder / "unet", part(folder, "unet", UNET, unet.Unet))
    safetensors(folder / "vae", "diffusion_pytorch_model.safetensors",
                with_former_names(part(folder, "vae", VAE, decoder.LatentDecoder)))
    write(folder / "image_normalizer" / "config.json", {"embedding_dim": EMBEDDING})
    torch.save({"mean": torch.randn(1, EMBEDDING) / 2, "std": torch.rand(1, EMBEDDING) + 0.5},
               folder / "image_normalizer" / "diffusion_pytorch_model.bin")
    write(folder / "image_noising_scheduler" / "scheduler_config.json", NOISE_SCHEDULER)
    write(folder / "scheduler" / "scheduler_config.json", SCHEDULER)
    write(folder / "feature_extractor" / "preprocessor_config.json", PROCESSOR)
    write(folder / "tokenizer" / "vocab.json", VOCABULARY)
    write(folder / "tokenizer" / "special_tokens_map.json", SPECIAL_TOKENS)


def write(file, content):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2) + "\n")


def part(folder, name, content, network):
    """Writes a part's config.json and returns random weights for it; norms and biases differ from those of a new network."""
    write(folder / name / "config.json", content)
    state = network(Configuration(folder / name / "config.json", content)).state_dict()
    return {key: value + 0.2 * torch.randn_like(value) if value.dim() == 1 else 1.2 * value for key, value in state.items()}


def safetensors(folder, name, state):
    weights.write_safetensors(folder / name, state)


def shards(folder, state):
    """Two files and the index that says which parameter is in which."""
    names = list(state)
    files = {"diffusion_pytorch_model-00001-of-00002.safetensors": names[::2],
             "diffusion_pytorch_model-00002-of-00002.safetensors": names[1::2]}
    for file, content in files.items():
        safetensors(folder, file, {name: state[name] for name in content})
    write(folder / "diffusion_pytorch_model.safetensors.index.json",
          {"metadata": {}, "weight_map": {name: file for file, content in files.items() for name in content}})


def with_former_names(state):
    """The attention of the autoencoder as the checkpoints of 2023 have it."""
    former = {present: name for name, present in checkpoint.FORMER_NAMES.items()}
    renamed = {}
    for name, value in state.items():
        for present, old in former.items():
            if ".attentions." in name:
                name = name.replace(f".{present}.", f".{old}.")
        renamed[name] = value
    return renamed


if __name__ == "__main__":
    fault.run(main)
