"""The network of the examples, as PyTorch exports it, untrained: digits of 16 x 16 pixels in, ten scores out."""

import torch
from torch import nn

torch.manual_seed(1)
features = [(1, 8), (8, 16)]
blocks = [
    [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)]
    for inputs, outputs in features
]
network = nn.Sequential()
network.add_module("features", nn.Sequential(*blocks[0], *blocks[1]))
network.add_module("flatten", nn.Flatten())
network.add_module("classifier", nn.Linear(16 * 4 * 4, 10))

torch.onnx.export(
    network.eval(),
    torch.zeros(1, 1, 16, 16),
    "digits.onnx",
    opset_version=17,
    input_names=["images"],
    output_names=["scores"],
    dynamic_axes={"images": {0: "batch"}, "scores": {0: "batch"}},
    # EVAL would join batch normalization to the convolution before it.
    training=torch.onnx.TrainingMode.PRESERVE,
    do_constant_folding=False,
)
