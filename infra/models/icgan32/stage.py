"""What every stage shares: command-line options, log, seeds, device and finished-stage files.

A stage writes one file `<name>.pt` into the work folder when it is done: its result, the settings it ran with
and the SHA-256 of the files it was made from. A stage whose file is already there is not repeated; a file made
with other settings is an error, never silently reused.
"""
import argparse
import contextlib
import datetime
import hashlib
import pathlib
import sys

import torch


def parser(description):
    """Returns an argument parser with the options of every stage."""
    result = argparse.ArgumentParser(description=description)
    result.add_argument("--images", type=pathlib.Path, required=True,
                        help="tar with train/<class>/*.jpg and test/<class>/*.jpg, 32x32 RGB")
    result.add_argument("--work-dir", type=pathlib.Path, required=True,
                        help="folder for checkpoints, logs and contact sheets")
    result.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    result.add_argument("--threads", type=int, default=2, help="CPU threads of PyTorch")
    return result


def start(options, name, seed):
    """Seeds PyTorch, sets the threads and returns the stage's Log."""
    if not options.images.is_file():
        fail(f"no image archive at {options.images}; give its path with --images")
    if options.device == "cuda" and not torch.cuda.is_available():
        fail("--device cuda was asked for, but PyTorch finds no CUDA device; use --device cpu")
    options.work_dir.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    torch.manual_seed(seed)
    return Log(options.work_dir / "training-log.txt", name)


def fail(message):
    """Ends the stage with one line on standard error."""
    print(f"error: {message}", file=sys.stderr)
    sys.exit(1)


class Log:
    """Writes lines to standard output and appends them to one file that all stages share."""

    def __init__(self, path, stage_name):
        self.path = path
        self.stage_name = stage_name

    def __call__(self, message):
        time = datetime.datetime.now().strftime("%H:%M:%S")
        line = f"{time} {self.stage_name}: {message}"
        print(line, flush=True)
        with self.path.open("a") as file:
            file.write(line + "\n")


def sha256(path):
    """Returns the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def finished(path, settings, log):
    """Says whether the stage's file exists and was made with these settings."""
    if not path.exists():
        return False
    recorded = torch.load(path, map_location="cpu")["settings"]
    for key in sorted(settings.keys() | recorded.keys()):
        if settings.get(key) != recorded.get(key):
            fail(f"{path} was made with {key} = {recorded.get(key)}, now {settings.get(key)} is asked for; "
                 "use the same settings, another --work-dir, or delete the file to train again")
    log(f"already done: {path.name}")
    return True


def save(path, settings, **content):
    """Writes the stage's file under its final name only when it is complete."""
    partial = path.with_suffix(".partial")
    torch.save({"settings": settings, **content}, partial)
    partial.replace(path)


def load(path, device="cpu"):
    """Reads the file of an earlier stage."""
    if not path.exists():
        fail(f"{path} is missing; run the earlier stage first")
    return torch.load(path, map_location=device)


def autocast(device):
    """bfloat16 where it is safe, on CPU as on GPU."""
    return torch.autocast(device, dtype=torch.bfloat16)


def channels_last(images):
    """Lays images [n, channels, height, width] out channels-last, the fast layout of the convolutions."""
    return images.contiguous(memory_format=torch.channels_last)


@contextlib.contextmanager
def frozen(module):
    """Turns gradients of a module's parameters off for a while."""
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in module.parameters():
            parameter.requires_grad_(True)
