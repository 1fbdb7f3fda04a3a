#!/usr/bin/env python3
"""Training steps of SimCLR in plain PyTorch: the peer that `viewstream bench train` measures its steps against.

The same work as ours: a ResNet-18 with the stem for small images, a projector of two layers, NT-Xent over two views of a
batch of noise that is always at hand, backward, and SGD with momentum or LARS, as solo-learn writes it, tensor by tensor. Each view
passes the network on its own. With the layout channels-last, network and batch are in that layout, else in PyTorch's own.

Answers each line of standard input, "LAYOUT THREADS SECONDS", by one JSON object a line: steps, images and CPU
seconds of that round; ends with its input. Networks keep their state between rounds. Before the first round of a layout some
steps warm it up. Needs torch; nothing is downloaded.
"""

import argparse
import json
import os
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

LAYOUTS = {"default": torch.contiguous_format, "channels-last": torch.channels_last}
WARM_UP_STEPS = 3


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


def network(width, hidden, output):
    stages = [nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    inputs = width
    for stage in range(4):
        for block in range(2):
            stages.append(Block(inputs, width << stage, 2 if stage > 0 and block == 0 else 1))
            inputs = width << stage
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, output)]
    return nn.Sequential(*stages, *head)


def nt_xent(z1, z2, temperature):
    z = F.normalize(torch.cat((z1, z2)))
    n = len(z1)
    logits = z @ z.T / temperature
    logits = logits.masked_fill(torch.eye(2 * n, dtype=torch.bool), -1e9)
    return F.cross_entropy(logits, torch.cat((torch.arange(n, 2 * n), torch.arange(n))))


class Lars:
    """Layer-wise adaptive rates before torch's own SGD; tensors of one dimension are left as they are."""

    def __init__(self, parameters, rate, momentum, decay, trust):
        self.parameters = [p for p in parameters if p.ndim > 1]
        self.decay = decay
        self.trust = trust
        self.rate = rate
        self.sgd = torch.optim.SGD(parameters, lr=rate, momentum=momentum)

    def zero_grad(self):
        self.sgd.zero_grad()

    @torch.no_grad()
    def step(self):
        for p in self.parameters:
            weight, gradient = torch.norm(p), torch.norm(p.grad)
            if weight != 0 and gradient != 0:
                ratio = self.trust * weight / (gradient + self.decay * weight + 1e-8)
                ratio = min(ratio / self.rate, 1)
                p.grad.add_(p, alpha=self.decay).mul_(ratio)
        self.sgd.step()


class Training:
    def __init__(self, options, layout):
        torch.manual_seed(1)
        self.layout = LAYOUTS[layout]
        self.temperature = options.temperature
        self.views = [torch.randn(options.batch_size, 3, options.resolution, options.resolution) for _ in range(2)]
        self.network = network(options.width, options.hidden, options.output).to(memory_format=self.layout)
        parameters = list(self.network.parameters())
        if options.optimizer == "lars":
            self.optimizer = Lars(parameters, options.rate, options.momentum, options.decay, options.trust)
        else:
            groups = [
                {"params": [p for p in parameters if p.ndim > 1], "weight_decay": options.decay},
                {"params": [p for p in parameters if p.ndim == 1]},
            ]
            self.optimizer = torch.optim.SGD(groups, lr=options.rate, momentum=options.momentum)

    def step(self):
        # A copy of the batch, as ours makes one, and the layout's, if it is another.
        first, second = (view.clone().contiguous(memory_format=self.layout) for view in self.views)
        loss = nt_xent(self.network(first), self.network(second), self.temperature)
        value = loss.item()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return value


def measure(training, layout, threads, seconds, options):
    torch.set_num_threads(threads)
    begun, cpu = time.monotonic(), time.process_time()
    steps = 0
    loss = float("nan")
    while steps == 0 or time.monotonic() - begun < seconds:
        loss = training.step()
        steps += 1
    return {
        "layout": layout,
        "threads": torch.get_num_threads(),
        "steps": steps,
        "images": steps * options.batch_size,
        "seconds": time.monotonic() - begun,
        "cpuSeconds": time.process_time() - cpu,
        "loss": loss,
        "torch": torch.__version__,
        "ompNumThreads": os.environ.get("OMP_NUM_THREADS", ""),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--resolution", type=int, default=32)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--hidden", type=int, default=256, help="width of the projector's hidden layer")
    parser.add_argument("--output", type=int, default=128, help="dimension of the projection")
    parser.add_argument("--temperature", type=float, default=0.2)
    parser.add_argument("--optimizer", choices=("sgd", "lars"), default="sgd")
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--decay", type=float, default=1e-4)
    parser.add_argument("--trust", type=float, default=0.02)
    options = parser.parse_args()
    trainings = {}
    for line in sys.stdin:
        layout, threads, seconds = line.split()
        if layout not in trainings:
            trainings[layout] = Training(options, layout)
            torch.set_num_threads(int(threads))
            for _ in range(WARM_UP_STEPS):
                trainings[layout].step()
        print(json.dumps(measure(trainings[layout], layout, int(threads), float(seconds), options)), flush=True)


if __name__ == "__main__":
    main()
