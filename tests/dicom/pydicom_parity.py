"""Stored values of the files in pydicom's wheel: mammograft's beside pydicom's own.

usage: pydicom_parity.py build/bin/dicom_test [--table]

Skips (77) where pydicom, numpy or pylibjpeg are not installed.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy
    import pydicom
    import libjpeg  # noqa: F401  (of pylibjpeg: without them pydicom decodes little)
    import openjpeg  # noqa: F401
except ImportError as error:
    print(f"skipped: {error}; python -m pip install pydicom numpy pylibjpeg pylibjpeg-libjpeg pylibjpeg-openjpeg")
    sys.exit(77)

LOSSY = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.91"}
# What mammograft does not read on purpose, by the words of its refusal.
MEANT = ["frames (tomosynthesis?)", "another kind of colour", "found colour", "a palette", "Bits Allocated: found",
         "holds no pixels", "Rows: missing", "which is not read"]
# pydicom decodes these after repairing them; why ours refuses them stands beside.
KNOWN = {
    "SC_rgb_jpeg.dcm": "its length of Pixel Data is wrong",
    "SC_ybr_full_422_uncompressed.dcm": "colour at half resolution",
}


def files():
    root = Path(pydicom.__file__).parent / "data"
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix not in (".py", ".json", ".txt", ".md", ".zip", ".pyc"):
            yield path


def by_pydicom(path):
    """Values as [rows, columns], or the reason why there are none."""
    try:
        data = pydicom.dcmread(path, force=True)
        if "PixelData" not in data:
            return "no pixels"
        values = data.pixel_array
        return values if values.ndim == 2 else "colour or frames"
    except Exception as error:  # whatever pydicom throws
        return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"


def decoded(folder, number):
    raw = folder / f"{number}.raw"
    if not raw.exists():
        return (folder / f"{number}.txt").read_text()
    words = numpy.fromfile(raw, dtype="<i4")
    return words[2:].reshape(words[0], words[1])


def verdict(path, theirs, ours):
    if isinstance(theirs, str):
        return ("both refuse" if isinstance(ours, str) else "only ours reads"), theirs
    if isinstance(ours, str):
        meant = any(words in ours for words in MEANT) or path.name in KNOWN
        return ("refused" if meant else "WRONG"), ours.split(": ", 1)[-1]
    if theirs.shape != ours.shape:
        return "WRONG", f"{theirs.shape} and {ours.shape}"
    syntax = str(pydicom.dcmread(path, force=True, stop_before_pixels=True).file_meta.get("TransferSyntaxUID", ""))
    difference = int(numpy.abs(theirs.astype(numpy.int64) - ours).max())
    if difference > (1 if syntax in LOSSY else 0):
        return "WRONG", f"differs by up to {difference}"
    return "same", "" if difference == 0 else f"within {difference} (lossy)"


def main():
    program = sys.argv[1]
    paths = list(files())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "list").write_text("".join(f"{path}\n" for path in paths))
        subprocess.run([program, "--gtest_filter=Pydicom.*", "--gtest_brief=1"], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "MAMMOGRAFT_DICOM_LIST": str(folder / "list"),
                            "MAMMOGRAFT_DICOM_DECODED": name})
        counts = {}
        for number, path in enumerate(paths):
            word, why = verdict(path, by_pydicom(path), decoded(folder, number))
            counts[word] = counts.get(word, 0) + 1
            if "--table" in sys.argv or word == "WRONG":
                print(f"{word:16}{path.name:45}{why}")
    print(", ".join(f"{count} {word}" for word, count in sorted(counts.items())), f"of {len(paths)} files")
    if counts.get("same", 0) < 40:
        sys.exit("too few files were compared")
    sys.exit(1 if counts.get("WRONG") else 0)


if __name__ == "__main__":
    main()
