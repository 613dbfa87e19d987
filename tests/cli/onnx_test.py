#!/usr/bin/env python3
"""Exported detectors run by ONNX Runtime (examples/onnx_detect.py) find what `mammograft detect` finds. Skipped (77)
where no Python has it: scripts/setup.sh --tests, or MAMMOGRAFT_ONNX_PYTHON, a Python with numpy, pillow, onnxruntime."""

import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

from program import BAD_INPUT, IO, TINY, USAGE, ProgramTest, main, run

TREE = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = TREE / "examples" / "onnx_detect.py"
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="mammograft-onnx-"))
SMALL = [*TINY, "--model-backbone-fpn-channels", 16, "--calibration-images", 8]
BOX_PX, SCORE = 0.01, 1e-4  # how far apart the two may be

# Between them every kind of layer and pyramid: with and without P2 and layer4, P6 subsampled, strided and P7.
DETECTORS = {
    "light": ["--model-input-long-side-px", 128, "--lengths", 10],
    "light-p2": ["--model-input-long-side-px", 128, "--lengths", 10, "--model-backbone-p2", "--model-anchors-sizes",
                 "14,19,29,38,58,77,109,154,205,260"],
    "torchvision": ["--preset", "torchvision", "--model-input-long-side-px", 160, "--lengths", "1,1,1"],
    "retinanet": ["--arch", "retinanet", "--model-input-long-side-px", 128, "--lengths", 10],
    "retinanet-torchvision": ["--arch", "retinanet", "--preset", "torchvision", "--model-input-long-side-px", 160,
                              "--lengths", "3,3,3"],
    "millimetres": ["--model-input-mm-per-px", 1.5, "--lengths", 10],
}


def python_with_onnx():
    for python in (os.environ.get("MAMMOGRAFT_ONNX_PYTHON"), TREE / ".venv" / "bin" / "python", sys.executable):
        if python and shutil.which(python):
            probe = subprocess.run([python, "-c", "import numpy, onnxruntime, PIL"], capture_output=True, check=False)
            if probe.returncode == 0:
                return str(python)
    return None


PYTHON = python_with_onnx()


def tearDownModule():
    shutil.rmtree(FOLDER, ignore_errors=True)


def make(path, *command):
    """What a command makes, once."""
    if not path.exists():
        result = run(*command)
        assert result.code == 0, result
    return path


def cohort():
    return make(FOLDER / "cohort", "phantom", "--patients", 4, "--mm-per-px", 0.6, "--mass-fraction", 0.5,
                "--out", FOLDER / "cohort")


def folds():
    return make(FOLDER / "folds.json", "split", cohort(), "--folds", 2, "--out", FOLDER / "folds.json")


def model(name):
    out = FOLDER / name
    make(out, "train", "detector", "--cohort", cohort(), "--folds", folds(), "--fold", 0, *SMALL, *DETECTORS[name],
         "--out", out)
    return out / "model.safetensors"


def exported(name):
    return make(FOLDER / f"{name}-onnx", "export", "--model", model(name), "--onnx", FOLDER / f"{name}-onnx")


def runs_of(text):
    """COCO's compressed run lengths."""
    runs, at = [], 0
    while at < len(text):
        value, shift, more = 0, 0, True
        while more:
            bits = ord(text[at]) - 48
            value |= (bits & 31) << shift
            at, shift, more = at + 1, shift + 5, bits & 32
        if bits & 16:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
    return runs


def pixels_of_runs(segmentation):
    height, _ = segmentation["size"]
    pixels, place = set(), 0
    for i, run_length in enumerate(runs_of(segmentation["counts"])):
        if i % 2:
            pixels.update(divmod(p, height) for p in range(place, place + run_length))
        place += run_length
    return pixels


def pixels_of_rows(mask):
    return {(mask["x"] + x, mask["y"] + y) for y, row in enumerate(mask["rows"]) for x, inside in enumerate(row) if inside}


def distance(a, b):
    corners = [(d["bbox"][0], d["bbox"][1], d["bbox"][0] + d["bbox"][2], d["bbox"][1] + d["bbox"][3]) for d in (a, b)]
    return max(abs(p - q) for p, q in zip(*corners))


class Onnx(ProgramTest):
    def both(self, name):
        """The detections of both programs by the file's name: [(ours, theirs)]."""
        images = sorted((cohort() / "images").rglob("*.png"))[:3]
        millimetres = "--mm-per-px", 0.6
        self.succeeds("detect", *images, "--model", model(name), "--precision", "fp32", *millimetres, "--overlays", "none",
                      "--out", self.folder / "ours")
        theirs = self.folder / "theirs.json"
        subprocess.run([PYTHON, "-B", EXAMPLE, exported(name), *images, *map(str, millimetres), "--out", theirs], check=True)
        lists = [json.loads(path.read_text()) for path in (self.folder / "ours/detections.json", theirs)]
        return [[[d for d in one if pathlib.Path(d["file_name"]).name == image.name] for one in lists] for image in images]

    def partner(self, mass, others):
        """The one among the others that says the same; its score and box are near enough."""
        near = [o for o in others if abs(o["score"] - mass["score"]) <= SCORE and o["category_id"] == mass["category_id"]]
        self.assertTrue(near, f"no score of {mass['score']} among the others")
        best = min(near, key=lambda o: distance(mass, o))
        self.assertLessEqual(distance(mass, best), BOX_PX, (mass["bbox"], best["bbox"]))
        return best

    def finds_the_same(self, name):
        boxes, scores, masks, count = [0], [0], [], 0
        for ours, theirs in self.both(name):
            self.assertEqual(len(ours), len(theirs))
            floor = max(0.01, ours[0]["score"] / 100) if ours else 0.01  # below, few hundred of a kind are cut off
            for own, others in ((ours, theirs), (theirs, ours)):
                for mass in (d for d in own if d["score"] >= floor):
                    other = self.partner(mass, others)
                    count += 1
                    boxes.append(distance(mass, other))
                    scores.append(abs(mass["score"] - other["score"]))
                    if "segmentation" in mass:
                        drawn, expected = pixels_of_rows(other["mask"]), pixels_of_runs(mass["segmentation"])
                        masks.append(len(drawn ^ expected) / max(1, len(expected)))
        self.assertGreater(count, 20)
        print(f"{name}: {count} compared, boxes within {max(boxes):.2g} px, scores within {max(scores):.2g}, "
              f"{len(masks)} masks, {max(masks, default=0):.2g} of their pixels differ")
        return masks

    def test_light(self):
        masks = self.finds_the_same("light")
        self.assertTrue(masks, "no mask was compared")
        self.assertLess(max(masks), 0.01)

    def test_light_with_p2(self):
        self.finds_the_same("light-p2")

    def test_torchvision(self):
        self.finds_the_same("torchvision")

    def test_retinanet(self):
        self.finds_the_same("retinanet")

    def test_retinanet_torchvision(self):
        self.finds_the_same("retinanet-torchvision")

    def test_millimetres(self):
        self.finds_the_same("millimetres")

    def test_says_what_it_is(self):
        recipe = json.loads((exported("light") / "detector.json").read_text())
        self.assertIn("research use only", recipe["use"])
        self.assertEqual(sorted(recipe["files"]), ["box_head", "dense", "mask_head"])
        self.assertEqual(len(recipe["patients_hashed"]), 2)
        self.assertEqual(sorted(json.loads((exported("retinanet") / "detector.json").read_text())["files"]), ["dense"])

    def test_scores_go_along(self):
        """What operating-points keeps in the detector's file."""
        data = model("retinanet").read_bytes()
        (length,) = struct.unpack("<Q", data[:8])
        header = json.loads(data[8:8 + length])
        description = json.loads(header["__metadata__"]["detector"])
        description["scores"] = {
            "rule": "a test", "patients": 1, "images": 2, "masses": 3, "made_with": {}, "patients_hashed": ["ab" * 16],
            "operating_points": [{"fppi": 0.5, "threshold": 0.25, "reached": 0.5, "tpr": 0.75, "tpr_low": 0.5, "tpr_high": 1.0}],
            "isotonic": {"scores": [0.0, 1.0], "values": [0.0, 1.0]}, "platt": {"slope": 1.0, "offset": 0.0}}
        header["__metadata__"]["detector"] = json.dumps(description)
        text = json.dumps(header).encode()
        file = self.write("scores.safetensors", struct.pack("<Q", len(text)) + text + data[8 + length:])
        self.succeeds("export", "--model", file, "--onnx", self.folder / "onnx")
        recipe = json.loads((self.folder / "onnx/detector.json").read_text())
        self.assertEqual(recipe["scores"]["operating_points"][0]["threshold"], 0.25)

    def test_export_again(self):
        out = self.folder / "onnx"
        one, other = model("light"), model("retinanet")
        self.succeeds("export", "--model", one, "--onnx", out)
        self.assertIn("finished before", self.succeeds("export", "--model", one, "--onnx", out).err)
        self.fails(USAGE, ["--force", "detector.json"], "export", "--model", other, "--onnx", out)
        self.succeeds("export", "--model", other, "--onnx", out, "--force")
        self.assertEqual(sorted(p.name for p in out.iterdir()), ["dense.onnx", "detector.json", "stage.json"])

    def test_bad_input(self):
        out = self.folder / "onnx"
        header = json.dumps({"__metadata__": {"kind": "mammograft-blender", "format": "1"}}).encode()
        blender = self.write("blender.safetensors", struct.pack("<Q", len(header)) + header)
        text = self.write("text.safetensors", "no model at all")
        for file in (blender, text):
            self.fails(BAD_INPUT, [file], "export", "--model", file, "--onnx", out, absent=[out])
        missing = self.folder / "missing.safetensors"
        self.fails(IO, [missing], "export", "--model", missing, "--onnx", out, absent=[out])
        self.fails(IO, [text / "onnx"], "export", "--model", model("light"), "--onnx", text / "onnx")
        self.fails(IO, [out], "export", "--model", model("light"), "--onnx", out, out=out, absent=[out / "detector.json"],
                   limit_file_bytes=100000)
        self.fails(USAGE, ["--onnx"], "export", "--model", model("light"))


if __name__ == "__main__":
    if not PYTHON:
        print("skipped: no Python with onnxruntime, numpy and pillow (scripts/setup.sh --tests)")
        sys.exit(77)
    main()
