#!/usr/bin/env python3
"""Shows the DICOM objects that mammograft writes to programs that know the standard better.

    validate.py build/bin/dicom_test

Each that is installed judges them: dciodvfy (dicom3tools), DicomSRValidator (PixelMed), pydicom, highdicom.
Exit code 0: all of them are here and none has an objection; 1: one has; 77: none has, but one is missing.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

# Where scripts/setup.sh --tests puts pydicom and highdicom.
VENV = pathlib.Path(__file__).resolve().parents[2] / ".venv"
PIXELMED = pathlib.Path("/usr/share/java/pixelmed.jar")
# The templates of PS3.16 as one style sheet exceed the limits of Java's XPath.
JAVA_OPTIONS = [f"-Djdk.xml.xpath{name}=0" for name in ("ExprGrpLimit", "ExprOpLimit", "TotalOpLimit")]
# A short run: no time for optimising, no second processor for tidying up.
JAVA_OPTIONS += ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]


def write_examples(program, folder):
    environment = dict(os.environ, MAMMOGRAFT_EXAMPLES=str(folder))
    subprocess.run([program, "--gtest_filter=ObjectExamples.*", "--gtest_brief=1"], env=environment,
                   check=True)
    files = sorted(folder.glob("*.dcm"))
    assert len(files) == 15, f"found {len(files)} examples, expected 15"
    return files


def output_of(command):
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                         errors="replace")
    return run.stdout.splitlines()


def is_report(path):
    return path.stem.endswith(("_cad", "_sr"))


def by_dciodvfy(files):
    for path in files:
        lines = output_of(["dciodvfy", str(path)])
        if not lines:
            yield path, "dciodvfy said nothing, not even what the object is"
        for line in lines:
            if line.startswith("Error"):
                yield path, line


def by_pixelmed(files):
    for path in filter(is_report, files):
        lines = output_of(["java", *JAVA_OPTIONS, "-cp", str(PIXELMED),
                           "com.pixelmed.validate.DicomSRValidator", str(path)])
        if not any("Root Template Validation Complete" in line for line in lines):
            yield path, "DicomSRValidator did not get to the end: " + " / ".join(lines[-3:])
        for line in lines:
            if line.startswith("Error"):
                yield path, line


def count_named(item, code):
    """How many content items below have this code as their concept's name."""
    count = 0
    for child in item.get("ContentSequence", []):
        names = child.get("ConceptNameCodeSequence", [])
        count += sum(name.CodeValue == code for name in names) + count_named(child, code)
    return count


# Findings in the first image of an example, and in all of them (dicom/object_examples_test.cc).
FINDINGS = {"0": (0, 0), "1": (1, 1), "20": (20, 30), "bare": (2, 2)}


def found_by_pydicom(path, data):
    of_first, of_all = FINDINGS[path.stem.split("_")[0]]
    kind = path.stem.split("_")[1]
    if kind == "cad":
        return count_named(data, "111059"), of_all
    if kind == "sr":
        return count_named(data, "125007"), of_all
    if kind == "ps":
        drawn = [a for a in data.GraphicAnnotationSequence if "GraphicObjectSequence" in a]
        return len(drawn), of_first
    return len(data.SegmentSequence), of_first


def by_pydicom(files):
    import pydicom

    pydicom.config.settings.reading_validation_mode = pydicom.config.RAISE
    for path in files:
        try:
            data = pydicom.dcmread(path)
            str(data)  # reads every element
            found, expected = found_by_pydicom(path, data)
        except Exception as error:
            yield path, f"pydicom: {error}"
            continue
        if found != expected:
            yield path, f"pydicom sees {found} findings, expected {expected}"


def segments_by_highdicom(path):
    import highdicom
    import pydicom

    segmentation = highdicom.seg.segread(path)
    source = segmentation.get_source_image_uids()
    assert len(source) == 1, f"found {len(source)} source images"
    masks = segmentation.get_pixels_by_source_instance(
        source_sop_instance_uids=[source[0][2]], ignore_spatial_locations=True)
    raw = pydicom.dcmread(path).pixel_array.reshape(-1, segmentation.Rows, segmentation.Columns)
    for number in range(segmentation.number_of_segments):
        pixels = (masks[0, :, :, number] != raw[number]).sum()
        assert pixels == 0 and raw[number].any(), f"segment {number + 1}: {pixels} other pixels"
    return segmentation.number_of_segments


def groups_by_highdicom(path):
    import highdicom

    report = highdicom.sr.srread(path)
    groups = report.content.get_planar_roi_measurement_groups()
    for group in groups:
        assert group.roi.graphic_type == highdicom.sr.GraphicTypeValues.POLYLINE
        assert group.tracking_uid and group.finding_type.meaning == "Mass"
        assert len(group.get_measurements()) >= 1
    return len(groups)


def by_highdicom(files):
    for path in files:
        of_first, of_all = FINDINGS[path.stem.split("_")[0]]
        try:
            if path.stem.endswith("_seg"):
                found, expected = segments_by_highdicom(path), of_first
            elif path.stem.endswith("_sr"):
                found, expected = groups_by_highdicom(path), of_all
            else:
                continue
        except Exception as error:
            yield path, f"highdicom: {type(error).__name__}: {error}"
            continue
        if found != expected:
            yield path, f"highdicom sees {found} findings, expected {expected}"


def has_module(name):
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def use_venv():
    python = VENV / "bin" / "python"
    if python.exists() and pathlib.Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(python, [str(python), "-B", *sys.argv])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    use_venv()
    judges = {
        "dciodvfy (Debian: dicom3tools)": (by_dciodvfy, shutil.which("dciodvfy")),
        "DicomSRValidator (Debian: libpixelmed-java, default-jre-headless)": (
            by_pixelmed, PIXELMED.exists() and shutil.which("java")),
        "pydicom": (by_pydicom, has_module("pydicom")),
        "highdicom": (by_highdicom, has_module("highdicom")),
    }
    objections = 0
    with tempfile.TemporaryDirectory() as folder:
        files = write_examples(sys.argv[1], pathlib.Path(folder))
        for name, (judge, is_here) in judges.items():
            if not is_here:
                continue
            for path, objection in judge(files):
                print(f"{path.name}: {objection}")
                objections += 1
            print(f"{name}: asked about {len(files)} files", flush=True)
    missing = [name for name, (_, is_here) in judges.items() if not is_here]
    if missing:
        print(f"not here: {'; '.join(missing)} (scripts/setup.sh --tests installs them)")
    sys.exit(1 if objections else 77 if missing else 0)


if __name__ == "__main__":
    main()
