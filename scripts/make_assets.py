#!/usr/bin/env python3
"""Makes assets/resnet50-imagenet-c1-c4-bf16.safetensors, the weights that training starts from.

    .venv/bin/python scripts/make_assets.py resnet50-imagenet-c1-c4.safetensors assets/

The input holds conv1 to layer3 (C1-C4) of an ImageNet ResNet-50 as float32, under torchvision's
parameter names: the Keras conversion of the weights released by Kaiming He et al. (MIT licence).
The output holds the same tensors as bfloat16, rounded to nearest even. The product never runs this;
it stands here so that the shipped file can be checked and made again, byte for byte.

Needs numpy: .venv/bin/python -m pip install numpy
"""

import argparse
import hashlib
import json
import pathlib
import struct
import sys

import numpy as np

NAME = "resnet50-imagenet-c1-c4-bf16.safetensors"
METADATA = {
    "format": "pt",
    "architecture": "resnet50",
    "content": "conv1, bn1, layer1, layer2, layer3 (C1-C4); no layer4, no classifier",
    "variant": "stride_in_1x1=true",
    "stride_in_1x1": "true",
    "input": "RGB in [0, 1]",
    "mean": "0.485 0.456 0.406",
    "std": "0.229 0.224 0.225",
    "bn_eps": "1e-5",
    "trained_on": "ImageNet",
    "origin": "ResNet-50 released by Kaiming He et al., Keras conversion, torchvision names",
    "licence": "MIT",
}


def read_float32(path):
    """{name: float32 array} of a safetensors file."""
    data = path.read_bytes()
    (header_size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + header_size])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if entry["dtype"] != "F32":
            sys.exit(f"{path}: {name}: found dtype {entry['dtype']}, expected F32")
        begin, end = (8 + header_size + offset for offset in entry["data_offsets"])
        tensors[name] = np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"])
    return tensors


def to_bfloat16(values):
    """The upper 16 bits of each float32 after rounding to nearest, ties to even, as uint16."""
    if not np.isfinite(values).all():
        raise ValueError("not finite")
    bits = np.ascontiguousarray(values).view(np.uint32).astype(np.uint64)
    last_kept_bit = (bits >> 16) & 1
    return ((bits + 0x7FFF + last_kept_bit) >> 16).astype("<u2")


def write_bfloat16(path, tensors):
    """Writes a safetensors file with the tensors in name order. Returns its bytes."""
    header = {"__metadata__": METADATA}
    parts = []
    offset = 0
    for name in sorted(tensors):
        part = to_bfloat16(tensors[name]).tobytes()
        header[name] = {
            "dtype": "BF16",
            "shape": list(tensors[name].shape),
            "data_offsets": [offset, offset + len(part)],
        }
        parts.append(part)
        offset += len(part)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # tensors start at a multiple of 8 bytes
    data = struct.pack("<Q", len(text)) + text + b"".join(parts)
    path.write_bytes(data)
    return data


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=pathlib.Path, help="float32 weights, .safetensors")
    parser.add_argument("folder", type=pathlib.Path, help="where the bfloat16 file goes")
    arguments = parser.parse_args()
    tensors = read_float32(arguments.source)
    path = arguments.folder / NAME
    data = write_bfloat16(path, tensors)
    print(f"{path}: {len(tensors)} tensors, {len(data)} bytes")
    print(f"sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
