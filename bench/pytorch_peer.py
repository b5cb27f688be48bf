#!/usr/bin/env python3
"""One VGG training step in PyTorch, timed: what bench/pytorch.mjs puts beside `antitransfer bench step`.

Needs PyTorch (Debian: apt-get install python3-torch). Ways to write the step:

  official  as the published code of arXiv 2006.06494 computes it: the penalty's maps by forward passes of their own
            through the lower halves of both networks, gradients recorded for all of them, one Gram matrix over the
            batch and the channels, cosines of its rows
  tuned     as a careful user writes it: the penalty taps the classifier's pass, the frozen network runs only up to the
            tap and without gradients, one Gram matrix a sample
  plain     without a penalty

The head is the mean over time and frequency and one linear layer. Prints one line of JSON.
"""
import argparse
import json
import resource
import statistics
import time

import torch
from torch import nn
from torch.nn import functional

LAYOUTS = {"contiguous": torch.contiguous_format, "channels-last": torch.channels_last}
BLOCKS = [(64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3]
CLASSES = 10


def vgg16(width, inputs):
    """The convolutions of VGG16, and where each one's ReLU ends."""
    layers, ends = [], []
    for block in BLOCKS:
        for channels in block:
            outputs = max(1, round(channels * width))
            layers.append(nn.Conv2d(inputs, outputs, kernel_size=3, padding=1))
            layers.append(nn.ReLU())
            ends.append(len(layers))
            inputs = outputs
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers), ends, inputs


def gram_of_batch(maps):
    rows = maps.reshape(-1, maps.shape[2] * maps.shape[3])
    return (rows @ rows.T) / maps.numel()


def gram_of_each(maps):
    rows = maps.flatten(start_dim=2)
    return torch.bmm(rows, rows.mT).flatten(start_dim=1)


class Step:
    """A network, a frozen one, and an optimizer."""

    def __init__(self, way, width, shape, batch, conv, layout):
        self.way = way
        self.network, ends, channels = vgg16(width, shape[0])
        self.frozen, _, _ = vgg16(width, shape[0])
        self.head = nn.Linear(channels, CLASSES)
        self.tap = ends[conv - 1]
        self.features = torch.randn(batch, *shape).to(memory_format=layout)
        self.network, self.frozen = (one.to(memory_format=layout) for one in (self.network, self.frozen))
        self.labels = torch.arange(batch) % CLASSES
        weights = [*self.network.parameters(), *self.head.parameters()]
        self.optimizer = torch.optim.Adam(weights, lr=5e-5)

    def classify(self, maps):
        return functional.cross_entropy(self.head(maps.mean(dim=(2, 3))), self.labels)

    def loss(self):
        if self.way == "plain":
            return self.classify(self.network(self.features))
        return self.official() if self.way == "official" else self.tuned()

    def official(self):
        entropy = self.classify(self.network(self.features))
        frozen = gram_of_batch(self.frozen[: self.tap](self.features))
        current = gram_of_batch(self.network[: self.tap](self.features))
        cosines = functional.cosine_similarity(current, frozen, dim=-1)
        return entropy + cosines.abs().mean().square()

    def tuned(self):
        maps = self.network[: self.tap](self.features)
        with torch.no_grad():
            frozen = gram_of_each(self.frozen[: self.tap](self.features))
        cosines = functional.cosine_similarity(gram_of_each(maps), frozen, dim=-1)
        return self.classify(self.network[self.tap :](maps)) + cosines.square().mean()

    def run(self):
        begin = time.perf_counter()
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss()
        loss.backward()
        self.optimizer.step()
        loss.item()
        return 1000 * (time.perf_counter() - begin)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=["vgg16"], default="vgg16")
    parser.add_argument("--width", type=float, default=1.0, help="multiplies the number of channels")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--input", default="1x126x129", help="channels x frames x bins")
    parser.add_argument("--conv", type=int, default=4, help="the tap: which convolution, from 1")
    parser.add_argument("--way", choices=["official", "tuned", "plain"], default="tuned")
    parser.add_argument("--steps", type=int, default=5, help="steps that are timed, after one that is not")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--layout", choices=[*LAYOUTS], default="contiguous", help="of maps and filters in memory")
    return parser.parse_args()


def main():
    given = arguments()
    torch.set_num_threads(given.threads)
    torch.manual_seed(1)
    shape = [int(size) for size in given.input.split("x")]
    step = Step(given.way, given.width, shape, given.batch, given.conv, LAYOUTS[given.layout])
    step.run()
    times = [step.run() for _ in range(given.steps)]
    measured = {
        "peer": f"PyTorch {torch.__version__}",
        **vars(given),
        "msPerStep": round(statistics.median(times), 1),
        "msPerStepMin": round(min(times), 1),
        "peakRssMiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(measured))


main()
