"""Writes random weights of the structure of IC-GAN's, small, for the test of export.py.

    python3 infra/models/icgan/tiny.py FOLDER

FOLDER gets generator.pth (16×16, with spectral normalisation not yet divided out) and encoder.pth.
"""
import pathlib
import sys

import torch

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1] / "shared"))

import biggan
import fault
import resnet

SEED = 5
ENCODER_WIDTH = 4
EMBEDDING = 32 * ENCODER_WIDTH
SHARED, CHUNK = 6, 3


def main():
    if len(sys.argv) != 2:
        raise fault.Fault(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    # The sizes from which the network takes its own.
    sizes = {"shared_feat.weight": (SHARED, EMBEDDING), "linear.weight": (16 * 16, CHUNK),
             "blocks.0.0.conv1.weight": (16, 16), "blocks.0.0.bn1.gain.weight": (16, SHARED + CHUNK),
             "blocks.1.0.conv1.weight": (8, 16), "blocks.1.1.theta.weight": (1, 8)}
    state = random(biggan.Generator({name: torch.empty(size) for name, size in sizes.items()}))
    for name in list(state):
        if name.endswith("weight") and state[name].dim() > 1:
            state[name.removesuffix("weight") + "u0"] = torch.randn(1, len(state[name]))
    torch.save(state, folder / "generator.pth")
    encoder = random(resnet.Encoder(ENCODER_WIDTH))
    torch.save({f"module.{name}": tensor for name, tensor in encoder.items()}, folder / "encoder.pth")


def random(network):
    """Its weights, with statistics that differ from those of a new network."""
    state = network.state_dict()
    for name, tensor in state.items():
        if tensor.dim() <= 1 and tensor.is_floating_point():
            tensor += 0.3 * torch.rand_like(tensor)
    return state


if __name__ == "__main__":
    fault.run(main)
