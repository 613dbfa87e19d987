"""Numbers that Python and C++ compute alike (src/nn/testing.h has the other half)."""
import math

import torch


def fnv1a(name):
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 % 2**32
    return value


def noise(name, shape):
    """Uniform in [-1, 1), mixed from the element's index and the 32-bit FNV-1a hash of the name; float64."""
    v = (torch.arange(math.prod(shape), dtype=torch.int64) * 2654435761 + fnv1a(name)) % 2**32
    v = (v ^ (v >> 16)) * 0x45D9F3B % 2**32
    v = v ^ (v >> 16)
    return (v.double() / 2**31 - 1).reshape(shape)
