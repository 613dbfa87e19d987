"""Writes reference.safetensors with the reference implementation.

pip install safetensors numpy ml_dtypes  (made with safetensors 0.8.0)
"""

import os

import ml_dtypes
import numpy as np
from safetensors.numpy import save_file


def main():
    tensors = {
        "layer.weight": np.array([[0, 0.5, -1.25], [1e-30, 3, -7]], np.float32),
        "half": np.array([1.5, -0.25], np.float16),
        "brain": np.array([1, -10], ml_dtypes.bfloat16),
        "steps": np.array(-123456789012, np.int64),
        "flags": np.array([True, False, True]),
        "bytes": np.frombuffer(b"hello", np.uint8).reshape(1, 5),
        "empty": np.zeros((0, 4), np.float32),
    }
    metadata = {"format": "pt", "note": 'quoted "text", \u00e9'}
    folder = os.path.dirname(os.path.abspath(__file__))
    save_file(tensors, os.path.join(folder, "reference.safetensors"), metadata=metadata)


if __name__ == "__main__":
    main()
