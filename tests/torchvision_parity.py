"""Compares the `torchvision` preset with torchvision itself, tensor by tensor.

    /usr/bin/python3 tests/torchvision_parity.py build/bin/detect_test

Of Mask R-CNN and of RetinaNet torchvision writes a model, an input and all that it computes from it into a temporary
folder (up to 1.3 GB); the tests ParitySlow of src/detect/parity_test.cc and RetinaParitySlow of
src/detect/retina_parity_test.cc read them. Exit code 77, which ctest shows as skipped, where this Python has no
torchvision.
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

golden = pathlib.Path(__file__).parent / "golden" / "detect"


def compare(maker, tests):
    """Whether the tests ran on what the maker wrote, and passed."""
    with tempfile.TemporaryDirectory(prefix="mammograft-parity-") as folder:
        subprocess.run([sys.executable, "-B", golden / maker, folder], check=True)
        test = subprocess.run([sys.argv[1], f"--gtest_filter={tests}.*"], stdout=subprocess.PIPE, text=True,
                              env={**os.environ, "MAMMOGRAFT_PARITY_FOLDER": folder})
    print(test.stdout, flush=True)
    return test.returncode == 0 and "[       OK ]" in test.stdout and "SKIPPED" not in test.stdout


print(f"torchvision {torchvision.__version__}", flush=True)
same = [compare("make_parity.py", "ParitySlow"), compare("make_retina_parity.py", "RetinaParitySlow")]
sys.exit(0 if all(same) else 1)
