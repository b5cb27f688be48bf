"""Exports networks with random weights to ONNX, and stores what PyTorch's autograd says of them.

    python3 model-zoo.py <folder> [network ...]
    python3 model-zoo.py --list
    python3 model-zoo.py ../test/fixtures/networks tiny_tdnn tiny_shuffle tiny_se_resnet tiny_mobile tiny_modern

For each network: `<name>.onnx`, exported in evaluation mode, and if it has batch normalization `<name>.training.onnx`;
for each mode `<name>.<mode>.safetensors` with the input, the labels, the loss (mean cross-entropy), `gradient.<parameter>`
of every parameter, and how far these are from double precision. Needs torch and torchvision.
"""

import copy
import json
import struct
import sys
import warnings
from pathlib import Path

import torch
import torchvision
from torch import nn
from torch.nn import functional
from torch.onnx import TrainingMode

sys.path.insert(0, str(Path(__file__).parent))
import speech_networks as speech  # noqa: E402
import tiny_networks  # noqa: E402

warnings.filterwarnings("ignore")
CLASSES = 10


def image(size):
    return (3, size, size)


def vision(name, **options):
    return lambda: torchvision.models.get_model(name, weights=None, num_classes=CLASSES, **options)


# name: (constructor, shape of one sample, opset, seed)
NETWORKS = {
    "m5": (speech.M5, (1, 4000), 11, 1),
    "ds_cnn": (speech.DsCnn, (1, 49, 10), 13, 1),
    "tdnn": (speech.Tdnn, (24, 60), 12, 1),
    "se_resnet": (speech.SqueezeExcitationResnet, (1, 24, 20), 15, 1),
    "squeezenet1_1": (vision("squeezenet1_1"), image(64), 11, 1),
    "shufflenet_v2_x0_5": (vision("shufflenet_v2_x0_5"), image(64), 12, 1),
    "mobilenet_v3_small": (vision("mobilenet_v3_small"), image(64), 14, 1),
    "mobilenet_v2": (vision("mobilenet_v2"), image(64), 13, 1),
    "mnasnet0_5": (vision("mnasnet0_5"), image(64), 15, 1),
    "regnet_y_400mf": (vision("regnet_y_400mf"), image(64), 12, 1),
    "efficientnet_b0": (vision("efficientnet_b0"), image(64), 16, 1),
    "resnet18": (vision("resnet18"), image(64), 11, 1),
    "googlenet": (vision("googlenet", aux_logits=False, init_weights=False), image(64), 16, 1),
    "densenet121": (vision("densenet121"), image(64), 13, 1),
    "resnet50": (vision("resnet50"), image(64), 17, 1),
    "convnext_tiny": (vision("convnext_tiny"), image(64), 17, 1),
    "alexnet": (vision("alexnet"), image(224), 11, 1),
    "vgg11": (vision("vgg11"), image(224), 12, 1),
    "vgg13": (vision("vgg13"), image(224), 14, 1),
    "vgg16": (vision("vgg16"), image(224), 17, 2),
    "vgg16_bn": (vision("vgg16_bn"), image(224), 15, 1),
}


def write_safetensors(path, tensors):
    """The safetensors format: the header's length, the header as JSON, the bytes."""
    header, position = {}, 0
    for name, tensor in tensors.items():
        size = tensor.numel() * tensor.element_size()
        kind = {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype]
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [position, position + size]}
        position += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.detach().contiguous().numpy().tobytes())


def without_chance(network):
    """Nothing is dropped: what is drawn at random in PyTorch cannot be drawn again elsewhere."""
    for module in network.modules():
        if isinstance(module, (nn.Dropout, torchvision.ops.StochasticDepth)):
            module.p = 0.0
    for module in network.modules():
        if hasattr(module, "dropout") and isinstance(module.dropout, float):
            module.dropout = 0.0
    return network


def randomized(network):
    """Random weights, but few numbers near a kink: which side of a ReLU they fall on is decided by rounding, so that
    two correct programs differ by percents. Large biases keep most channels well on or off."""
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                module.weight.uniform_(0.5, 1)
                module.bias.copy_(2 * torch.sign(torch.randn_like(module.bias)))
    return network


def gradients(network, x, labels):
    network.zero_grad()
    loss = functional.cross_entropy(network(x), labels)
    loss.backward()
    return loss.detach(), {name: value.grad.clone() for name, value in network.named_parameters()}


def largest_error(found, exact):
    total = torch.sqrt(sum((value**2).sum() for value in exact.values()))
    return max(
        ((found[name].double() - value).norm() / max(value.norm(), 1e-3 * total)).item()
        for name, value in exact.items()
    )


def samples(shape, everywhere):
    """Two samples of noise. Large images have it in the middle alone: of ten million numbers some lie at a kink.
    (Not where batch normalization trains, which would make the most of the rounding in what is left.)"""
    if everywhere or shape[-1] < 200 or len(shape) < 3:
        return torch.randn(2, *shape)
    margin = (shape[-1] - 32) // 2
    return functional.pad(torch.randn(2, shape[0], 32, 32), [margin] * 4)


def reference(network, shape):
    """Loss and gradients for a batch on which single precision agrees with double: the best of a few at random. Double
    precision takes a minute for large images, so that few of them are tried, and less is asked of them."""
    state, best = copy.deepcopy(network.state_dict()), None
    large = shape[-1] > 200 and len(shape) == 3
    attempts, enough = (3, 5e-4) if large else (8, 1e-4)
    for _ in range(attempts):
        x = samples(shape, everywhere=network.training)
        labels = torch.randint(network(x).shape[1], (2,))
        network.load_state_dict(state)
        loss, found = gradients(network, x, labels)
        double = copy.deepcopy(network).double()
        double.load_state_dict(state)
        error = largest_error(found, gradients(double, x.double(), labels)[1])
        del double
        if best is None or error < best["error"].item():
            named = {f"gradient.{name}": value for name, value in found.items()}
            best = {"x": x, "labels": labels, "loss": loss, "error": torch.tensor(error), **named}
        if error < enough:
            break
    network.load_state_dict(state)
    return best


def export(folder, name):
    make, shape, opset, seed = {**NETWORKS, **tiny_networks.NETWORKS}[name]
    torch.manual_seed(seed)
    network = randomized(without_chance(make()))
    # Running statistics as after some training, not those of a new network.
    with torch.no_grad():
        network.train()
        for _ in range(5):
            network(torch.randn(4, *shape))
    state = copy.deepcopy(network.state_dict())
    x = torch.randn(2, *shape)

    def to_onnx(file, training):
        torch.onnx.export(
            network,
            x,
            folder / file,
            opset_version=opset,
            input_names=["x"],
            output_names=["scores"],
            training=training,
            # Folding would join weights, which then have other names.
            do_constant_folding=False,
            dynamic_axes={"x": {0: "batch"}, "scores": {0: "batch"}},
        )

    network.eval()
    # PRESERVE, for EVAL joins batch normalization to the convolution before it.
    to_onnx(f"{name}.onnx", TrainingMode.PRESERVE)
    write_safetensors(folder / f"{name}.evaluation.safetensors", reference(network, shape))
    if any("running_mean" in key for key in state):
        network.train()
        to_onnx(f"{name}.training.onnx", TrainingMode.TRAINING)
        network.load_state_dict(state)
        write_safetensors(folder / f"{name}.training.safetensors", reference(network, shape))


if __name__ == "__main__":
    if sys.argv[1] == "--list":
        print("\n".join(NETWORKS))
        sys.exit()
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for chosen in sys.argv[2:] or NETWORKS:
        export(target, chosen)
