"""Compares the `torchvision` preset with torchvision itself, tensor by tensor.

    /usr/bin/python3 tests/torchvision_parity.py build/bin/detect_test

torchvision writes a model, an input and all that it computes from it into a temporary folder (1.1 GB); the
tests ParitySlow of src/detect/parity_test.cc read them. Exit code 77, which ctest shows as skipped, where this
Python has no torchvision.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import torchvision
except ImportError as error:
    print(f"SKIPPED: {error}; on Debian: apt-get install python3-torchvision")
    sys.exit(77)

maker = pathlib.Path(__file__).parent / "golden" / "detect" / "make_parity.py"
with tempfile.TemporaryDirectory(prefix="mammograft-parity-") as folder:
    print(f"torchvision {torchvision.__version__}", flush=True)
    subprocess.run([sys.executable, "-B", maker, folder], check=True)
    test = subprocess.run([sys.argv[1], "--gtest_filter=ParitySlow.*"],
                          env={**os.environ, "MAMMOGRAFT_PARITY_FOLDER": folder}, stdout=subprocess.PIPE, text=True)
print(test.stdout)
compared = "[       OK ]" in test.stdout and "SKIPPED" not in test.stdout
sys.exit(test.returncode if compared else 1)
