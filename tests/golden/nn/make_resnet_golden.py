"""Golden values of torchvision's ResNet-50 trunk with deterministic weights.

Needs torch and torchvision (Debian: python3-torchvision and libopenblas0-pthread):
    /usr/bin/python3 tests/golden/nn/make_resnet_golden.py
Writes resnet50_golden.json beside itself: every parameter and buffer with its shape, and for C2..C5 of
one 64 x 64 image the mean, the standard deviation and sampled values.

Both sides compute the weights: noise(name, shape) of noise.py, scaled as filler() says.
"""
import json
import math
import pathlib
import sys

import torch
import torchvision

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from noise import noise  # noqa: E402


def filler(name, shape):
    values = noise(name, shape)
    if len(shape) == 4:
        return values * math.sqrt(6 / (shape[1] * shape[2] * shape[3]))
    if name.endswith("running_var"):
        return 1 + 0.5 * values
    if name.endswith("weight"):
        return 0.6 + 0.2 * values
    return 0.1 * values  # bias, running_mean


def main():
    torch.set_num_threads(2)
    net = torchvision.models.resnet50(weights=None).eval()
    tensors = {k: v for k, v in net.state_dict().items()
               if not k.startswith("fc.") and not k.endswith("num_batches_tracked")}
    for name, tensor in tensors.items():
        tensor.copy_(filler(name, list(tensor.shape)))
    x = noise("input", [1, 3, 64, 64]).float()
    golden = {"tensors": {k: list(v.shape) for k, v in tensors.items()}, "outputs": []}
    with torch.no_grad():
        y = net.maxpool(net.relu(net.bn1(net.conv1(x))))
        for layer in (net.layer1, net.layer2, net.layer3, net.layer4):
            y = layer(y)
            flat = y.double().flatten()
            index = [int(k * (flat.numel() - 1) / 15) for k in range(16)]
            golden["outputs"].append({
                "shape": list(y.shape), "mean": flat.mean().item(), "std": flat.std(False).item(),
                "samples": [[k, flat[k].item()] for k in index]})
    path = pathlib.Path(__file__).with_name("resnet50_golden.json")
    path.write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")


main()
