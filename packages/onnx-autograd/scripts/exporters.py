"""Exports networks by both of PyTorch's exporters, with what PyTorch itself computes of them.

    python3 exporters.py <folder> <network> [way ...]
    python3 exporters.py --list

For the network: a folder a way with `network.onnx` in it (and what lies beside it), or `failure.txt`; and
`reference.safetensors`: input, labels, `value.<parameter>`, `evaluation.<parameter>` and `training.<parameter>` gradients of the mean
cross-entropy, `loss.evaluation`, `loss.training`, and the losses of six steps on the same batch with its statistics by
SGD (`sgd`, rate 1e-3, momentum 0.9) and Adam (`adam`, rate 1e-4). Needs torch, torchvision and onnxscript.
"""

import contextlib
import copy
import importlib
import io
import sys
import warnings
from pathlib import Path

import torch
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parent))
zoo = importlib.import_module("model-zoo")
import audio_networks  # noqa: E402

warnings.filterwarnings("ignore")

NETWORKS = {
    **{name: zoo.NETWORKS[name][:2] for name in ("m5", "ds_cnn", "tdnn", "se_resnet")},
    **audio_networks.NETWORKS,
    **{
        name: zoo.NETWORKS[name][:2]
        for name in ("squeezenet1_1", "shufflenet_v2_x0_5", "mobilenet_v3_small", "mobilenet_v2", "resnet18")
    },
}
# The ways of exporting: name to arguments.
WAYS = {
    **{f"legacy-{opset}": {"dynamo": False, "opset_version": opset} for opset in (13, 17, 18)},
    **{f"dynamo-{opset}": {"dynamo": True, "external_data": False, "opset_version": opset} for opset in (18, 20, 22, 23)},
    "dynamo-20-not-optimized": {"dynamo": True, "external_data": False, "opset_version": 20, "optimize": False},
    "dynamo-20-external": {"dynamo": True, "external_data": True, "opset_version": 20},
}


def losses(network, state, x, labels, make):
    network.load_state_dict(state)
    network.train()
    optimizer = make(network.parameters())
    found = []
    for _ in range(6):
        optimizer.zero_grad()
        loss = functional.cross_entropy(network(x), labels)
        loss.backward()
        optimizer.step()
        found.append(loss.item())
    return torch.tensor(found)


def main():
    folder, name, ways = Path(sys.argv[1]), sys.argv[2], sys.argv[3:] or list(WAYS)
    make, shape = NETWORKS[name]
    torch.manual_seed(1)
    network = zoo.randomized(zoo.without_chance(make()))
    with torch.no_grad():
        network.train()
        for _ in range(5):
            network(torch.randn(4, *shape))
    state = copy.deepcopy(network.state_dict())
    x = torch.randn(4, *shape)
    labels = torch.randint(0, 10, (4,))
    values = {f"value.{key}": value.detach().clone() for key, value in network.named_parameters()}
    reference = {"x": x, "labels": labels, **values}
    for mode in ("evaluation", "training"):
        network.load_state_dict(state)
        network.train(mode == "training")
        loss, found = zoo.gradients(network, x, labels)
        reference[f"loss.{mode}"] = loss
        reference |= {f"{mode}.{key}": value for key, value in found.items()}
    reference["sgd"] = losses(network, state, x, labels, lambda w: torch.optim.SGD(w, 1e-3, 0.9))
    reference["adam"] = losses(network, state, x, labels, lambda w: torch.optim.Adam(w, 1e-4))
    folder.mkdir(parents=True, exist_ok=True)
    zoo.write_safetensors(folder / "reference.safetensors", reference)

    for way in ways:
        network.load_state_dict(state)
        network.eval()
        target = folder / way
        target.mkdir(exist_ok=True)
        options = dict(WAYS[way])
        if options["dynamo"]:
            options["dynamic_shapes"] = ({0: torch.export.Dim("batch")},)
        else:
            options |= {
                "training": torch.onnx.TrainingMode.PRESERVE,
                "do_constant_folding": False,
                "dynamic_axes": {"x": {0: "batch"}, "scores": {0: "batch"}},
            }
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                torch.onnx.export(
                    network, (x,), target / "network.onnx", input_names=["x"], output_names=["scores"], **options
                )
        except Exception as error:
            (target / "failure.txt").write_text(f"{type(error).__name__}: {error}"[:400])


if __name__ == "__main__":
    if sys.argv[1] == "--list":
        print("\n".join([" ".join(NETWORKS), " ".join(WAYS)]))
    else:
        main()
