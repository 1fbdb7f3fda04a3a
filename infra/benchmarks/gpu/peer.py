"""Times the same networks in PyTorch, float16, eager and compiled, and adds rows to the benchmark's table.

    python3 peer.py TABLE [--batches 1,2,4] [--seconds 3] [--device cuda|cpu] [--models …] [--tiny]
"""
import argparse
import time

import torch

import models

CALLS = {"unclip-unet": (2, 10)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table")
    parser.add_argument("--batches", default="1,2,4,8,16,32,64")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--models", default="icgan32,icgan256,unclip-unet")
    parser.add_argument("--tiny", action="store_true")
    options = parser.parse_args()
    if options.device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("peer.py: PyTorch finds no GPU on this machine; nothing is timed")
    # float16 convolutions are missing on CPUs; a dry run there is in float32 and says so.
    precision = torch.float16 if options.device == "cuda" else torch.float32
    for name in options.models.split(","):
        for way in ("eager", "compiled"):
            network, examples = models.network(name, options.tiny)
            network = network.to(options.device, precision)
            if way == "compiled":
                if not hasattr(torch, "compile"):
                    print(f"{name}: PyTorch {torch.__version__} cannot compile")
                    continue
                network = torch.compile(network)
            rows, calls = CALLS.get(name, (1, 1))
            for batch in map(int, options.batches.split(",")):
                inputs = [value[:1].repeat(batch * rows, *[1] * (value.dim() - 1)).to(options.device, precision)
                          for value in examples.values()]
                milliseconds = measure(network, inputs, options)
                line = (f"| {name} | {str(precision).split('.')[1]} | PyTorch {torch.__version__}, {options.device}, {way} | {batch} "
                        f"| {milliseconds:.2f} | {batch * 1e3 / milliseconds / calls:.1f} | |")
                print(line, flush=True)
                with open(options.table, "a") as table:
                    table.write(line + "\n")


@torch.inference_mode()
def measure(network, inputs, options):
    """Milliseconds of a call, its result copied to the host as the engines do."""
    for _ in range(3):
        network(*inputs).cpu()
    start, calls = time.perf_counter(), 0
    while calls == 0 or time.perf_counter() - start < options.seconds:
        network(*inputs).cpu()
        calls += 1
    return (time.perf_counter() - start) * 1e3 / calls


if __name__ == "__main__":
    main()
