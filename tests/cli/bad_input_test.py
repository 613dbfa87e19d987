#!/usr/bin/env python3
"""Bad input of every kind: one clear line naming file and field, the documented exit code (docs/formats.md), nothing
half-written under a final name. What a reader says of each wrong byte and value its unit test knows, at no start of the
program: src/image/image_io_test.cc, src/cohort/cohort_test.cc, coco_file_test.cc and detections_test.cc,
src/prepare/coco_test.cc and mias_test.cc, src/exchange/results_csv_test.cc, src/detect/detector_file_test.cc."""

import functools
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import tempfile

from program import (BAD_INPUT, CANCELLED, IO, TINY, USAGE, ProgramTest, breast_png, breast_rows, finish,
                     main, png, run, start, wait_for)

_shared = {}


def setUpModule():
    _shared["folder"] = pathlib.Path(tempfile.mkdtemp(prefix="mammograft-cli-shared-"))


def tearDownModule():
    shutil.rmtree(_shared["folder"], ignore_errors=True)


def made(path, *arguments):
    result = run(*arguments)
    if result.code != 0:
        raise AssertionError(str(result))
    return path


@functools.lru_cache
def phantom():
    path = _shared["folder"] / "phantom"
    return made(path, "phantom", "--patients", 4, "--mm-per-px", 1, "--mass-fraction", 1, "--out", path)


@functools.lru_cache
def model():
    path = _shared["folder"] / "run"
    made(path, "train", "detector", "--cohort", phantom(), "--out", path, "--lengths", 2, *TINY)
    return path / "model.safetensors"


def coco(**changes):
    """A COCO file of one image with one box; a change replaces keys of the image or the annotation."""
    image = {"id": 1, "file_name": "a.png", "width": 96, "height": 128, "patient": "1"}
    annotation = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 40, 30, 30]}
    image.update(changes.pop("image", {}))
    annotation.update(changes.pop("annotation", {}))
    return {"images": [image], "annotations": [annotation], "categories": [{"id": 1, "name": "mass"}],
            **changes}


def bad_images():
    """name -> (bytes, exit code, what the message must hold)."""
    grey = breast_rows()
    whole = breast_png()
    colour = [b"".join(bytes((v, v // 2, v // 3)) for v in row) for row in grey]
    clear = [b"".join(bytes((v, 100)) for v in row) for row in grey]
    rgba = [b"".join(bytes((v, v, v, 100)) for v in row) for row in grey]
    return {
        "truncated.png": (whole[:len(whole) // 2], BAD_INPUT, []),
        "header_only.png": (whole[:20], BAD_INPUT, []),
        "empty.png": (b"", BAD_INPUT, ["empty"]),
        "zero_size.png": (png(0, 128, []), BAD_INPUT, []),
        "colour.png": (png(96, 128, colour, colour_type=2), BAD_INPUT, ["colour"]),
        "alpha.png": (png(96, 128, clear, colour_type=4), BAD_INPUT, ["alpha"]),
        "rgba.png": (png(96, 128, rgba, colour_type=6), BAD_INPUT, ["alpha"]),
        "text.png": (b"patient 1, left breast\n", BAD_INPUT, ["expected a PNG, JPEG, PGM or PPM image"]),
        "tiff.jpg": (b"II*\0" + bytes(100), BAD_INPUT, ["TIFF"]),
        "truncated.pgm": (b"P5\n96 128\n255\n" + grey[0], BAD_INPUT, []),
        "zero_size.pgm": (b"P5\n0 128\n255\n", BAD_INPUT, []),
        "maximum.pgm": (b"P5\n96 128\n70000\n" + bytes(96 * 128 * 2), BAD_INPUT, ["70000"]),
    }


def good_images():
    """Odd but legal: name -> bytes, all 96 x 128."""
    grey = breast_rows()
    bits = [bytes(sum((row[8 * i + k] > 0) << (7 - k) for k in range(8)) for i in range(12)) for row in grey]
    return {
        "one_bit.png": png(96, 128, bits, bits=1),
        "grey_as_colour.png": png(96, 128, [b"".join(bytes((v, v, v)) for v in r) for r in grey], colour_type=2),
        "opaque_alpha.png": png(96, 128, [b"".join(bytes((v, 255)) for v in r) for r in grey], colour_type=4),
        "png_called.jpg": breast_png(),
        "pgm_called.png": b"P5\n96 128\n255\n" + b"".join(grey),
    }


class Usage(ProgramTest):
    def test_help_and_version(self):
        self.assertIn("Usage:", self.succeeds("--help").out)
        self.assertIn("LibTorch", self.succeeds("--version").out)
        for command in ("phantom", "prepare", "prepare mias", "prepare coco", "inspect", "split", "train",
                        "train detector", "train blender", "synthesize", "detect", "evaluate"):
            self.assertIn("Usage:", self.succeeds(*command.split(), "--help").out, command)

    def test_help_names_no_option_that_the_command_lacks(self):
        for command in ("train detector", "train blender", "synthesize", "evaluate", "operating-points"):
            own, named = set(), set()
            for line in self.succeeds(*command.split(), "--help").out.splitlines():
                flags, _, text = line.strip().partition(" ")
                if flags.startswith("-"):
                    own.update(flags.split(","))
                named.update(re.findall(r"--[a-z0-9-]+", text))
            self.assertEqual(named - own, set(), command)

    def test_wrong_command_lines(self):
        out = self.folder / "out"
        for names, line in (
                ([], []),
                (["grraft"], ["grraft"]),
                (["--frobnicate"], ["phantom", "--out", out, "--frobnicate"]),
                (["--patients", "many"], ["phantom", "--out", out, "--patients", "many"]),
                (["--patients", "1.5"], ["phantom", "--out", out, "--patients", "1.5"]),
                (["--mm-per-px", "nan"], ["phantom", "--out", out, "--mm-per-px", "nan"]),
                (["--device", "tpu"], ["phantom", "--out", out, "--device", "tpu"]),
                (["patients"], ["phantom", "--out", out, "--patients", "0"]),
                (["patients"], ["phantom", "--out", out, "--patients", "-3"]),
                (["--out"], ["phantom"]),
                (["grraft"], ["train", "grraft"]),
                (["--bootstrap-seed"], ["evaluate", "--truth", out, "--detections", out, "--out", out, "--bootstrap-seed", 2]),
                (["--margin"], ["operating-points", "--model", out, "--truth", out, "--detections", out, "--out", out,
                                "--margin", 0.1]),
                (["tiff"], ["prepare", "tiff"]),
                (["found 0.3", "0.1, 0.25, 0.5, 1"], ["detect", self.write("a.png", breast_png()), "--operating-point", 0.3,
                                                      "--out", out]),
                (["dataset"], ["prepare", "coco", self.write("c.json", json.dumps(coco())), "--images",
                               self.folder, "--out", out])):
            with self.subTest(line=line):
                self.fails(USAGE, names, *line, absent=[out / "cohort.json"], out=out)

    def test_a_finished_command_again(self):
        """The same inputs and options: nothing to do. Others: an error that names the first difference."""
        folds = self.folder / "folds.json"
        self.succeeds("split", phantom(), "--folds", 2, "--out", folds)
        before = folds.stat().st_mtime_ns
        self.assertIn("finished before", self.succeeds("split", phantom(), "--folds", 2, "--out", folds).err)
        self.assertEqual(folds.stat().st_mtime_ns, before)
        self.fails(USAGE, [folds, "--force", "options.folds: found 2, expected 3"], "split", phantom(), "--folds", 3,
                   "--out", folds)
        self.fails(USAGE, [folds, "--force", "seed: found 1, expected 2"], "split", phantom(), "--folds", 2, "--seed",
                   2, "--out", folds)
        self.succeeds("split", phantom(), "--folds", 3, "--out", folds, "--force")
        self.assertEqual(json.loads(folds.read_text())["count"], 3)

    def test_finished_output_stays(self):
        before = (phantom() / "cohort.json").read_bytes()
        self.fails(USAGE, [phantom() / "cohort.json", "--force", "mass_fraction"], "phantom", "--patients", 1,
                   "--mm-per-px", 2, "--out", phantom())
        self.assertEqual((phantom() / "cohort.json").read_bytes(), before)
        train = ("train", "detector", "--cohort", phantom(), "--out", model().parent, *TINY)
        self.assertIn("finished before", self.succeeds(*train, "--lengths", 2).err)
        self.fails(USAGE, [model(), "--force", "lengths"], *train, "--lengths", 3)

    def test_a_refused_command_leaves_no_folder(self):
        out = self.folder / "deep" / "out"
        bad = self.write("model.safetensors", b"not a model")
        for line in (("phantom", "--patients", -3), ("detect", "--model", bad, "--cohort", phantom()),
                     ("detect", "--model", self.folder / "none", self.write("a.png", breast_png())),
                     ("evaluate", "--truth", phantom(), "--detections", self.folder / "none.json"),
                     ("inspect", self.folder / "nowhere"), ("synthesize", "--cohort", phantom(), "--model", bad),
                     ("train", "detector", "--cohort", phantom(), "--init", bad, *TINY),
                     ("prepare", "mias", self.folder / "nowhere")):
            with self.subTest(line=line):
                result = run(*line, "--out", out)
                self.assertIn(result.code, (USAGE, BAD_INPUT, IO), result)
                self.assertFalse(out.parent.exists(), result)

    def test_the_launcher_alone(self):
        """bin/mammograft knows its version; the program that it starts for the rest is named where it is missing."""
        alone = self.folder / "bin" / "mammograft"
        alone.parent.mkdir()
        shutil.copy(os.environ["MAMMOGRAFT"], alone)
        version = subprocess.run([alone, "--version"], capture_output=True, text=True)
        self.assertEqual(version.returncode, 0)
        self.assertIn("LibTorch", version.stdout)
        missing = subprocess.run([alone, "phantom"], capture_output=True, text=True)
        self.assertEqual(missing.returncode, IO)
        self.assertIn("libexec/mammograft-program", missing.stderr)

    def test_presets_decide_the_defaults(self):
        """... from the command line and from a configuration file, which may be overridden."""
        def shown(*more):
            text = self.succeeds("train", "detector", *more, "--help").out
            return {flag: value for flag, value in re.findall(r"--(stages|model-input-long-side-px) \S+ \[(\S+)\]", text)}
        self.assertEqual(shown(), {"stages": "stage3", "model-input-long-side-px": "512"})
        paper = {"stages": "heads,stage4,all", "model-input-long-side-px": "1024"}
        self.assertEqual(shown("--preset", "torchvision"), paper)
        config = self.write("c.toml", "[train.detector]\npreset = 'torchvision'\n")
        self.assertEqual(shown("--config", config), paper)
        out = self.folder / "run"
        self.succeeds("train", "detector", "--config", config, "--preset", "light", "--cohort", phantom(), "--lengths",
                      1, "--out", out, *TINY)
        options = json.loads((out / "run.json").read_text())["options"]
        self.assertEqual((options["preset"], options["stages"]), ("light", ["stage3"]))

    def test_a_detector_brings_its_network(self):
        """--init with one of ours: its options are the defaults, unless another preset or arch is asked for."""
        def shown(*more):
            text = self.succeeds("train", "detector", "--init", model(), *more, "--help").out
            return re.search(r"--model-input-long-side-px \S+ \[(\S+)\]", text)[1]
        self.assertEqual(shown(), "64")
        self.assertEqual(shown("--preset", "light"), "64")
        self.assertEqual(shown("--preset", "torchvision"), "1024")
        self.assertEqual(shown("--arch", "retinanet"), "512")
        config = self.write("c.toml", "[train.detector]\npreset = 'torchvision'\n")
        self.assertEqual(shown("--config", config), "1024")
        out = self.folder / "run"
        train = ("train", "detector", "--cohort", phantom(), "--init", model(), "--lengths", 1, "--batch", 1,
                 "--threads", 1, "--force", "--out", out)
        self.assertIn(f"levels P3 to P6, as {model()}", self.succeeds(*train).err)
        options = json.loads((out / "run.json").read_text())["options"]["model"]
        before = json.loads((model().parent / "run.json").read_text())["options"]["model"]
        self.assertEqual({**options, "anchors": None}, {**before, "anchors": None})
        result = self.succeeds(*train, "--model-rpn-nms-iou", 0.5)
        self.assertIn(f"not as {model()}: model.rpn.nms_iou: found 0.5, expected 0.7", result.err)

    def test_a_network_that_cannot_be(self):
        """Told before any image is read."""
        out = self.folder / "out"
        self.fails(USAGE, ["model.anchors.sizes: found 8, expected 10"], "train", "detector", "--cohort",
                   self.folder / "nowhere", "--model-backbone-p2", "--out", out, absent=[out])


class Images(ProgramTest):
    def prepare(self, *names, size=(96, 128)):
        """The command that prepares these images, and its output folder."""
        table = coco(annotations=[])
        table["images"] = [{**table["images"][0], "id": i, "file_name": name, "width": size[0], "height": size[1]}
                           for i, name in enumerate(names, 1)]
        self.write("coco.json", json.dumps(table))
        out = self.folder / "cohort"
        return out, ("prepare", "coco", self.folder / "coco.json", "--images", self.folder, "--dataset", "test",
                     "--patient-key", "patient", "--out", out)

    def test_prepare(self):
        for name in ("truncated.png", "text.png", "zero_size.pgm"):
            content, code, words = bad_images()[name]
            with self.subTest(name):
                self.write(name, content)
                out, command = self.prepare(name)
                self.fails(code, [self.folder / name, *words], *command, absent=[out / "cohort.json"], out=out)

    def test_prepare_keeps_going(self):
        bad = {f"{i}_{name}": case for i, (name, case) in enumerate(bad_images().items())}  # stems that do not meet
        for name, (content, _, _) in bad.items():
            self.write(name, content)
        self.write("good.png", breast_png())
        out, command = self.prepare(*bad, "good.png")
        self.succeeds(*command, "--keep-going")
        cohort = json.loads((out / "cohort.json").read_text())
        self.assertEqual([pathlib.Path(image["file_name"]).stem for image in cohort["images"]], ["good"])
        reasons = {skipped["file_name"]: skipped["reason"] for skipped in cohort["info"]["skipped"]}
        self.assertEqual(sorted(reasons), sorted(bad))
        for name, (_, _, words) in bad.items():
            for word in words:
                self.assertIn(word, reasons[name], name)
        self.check_folder(out)

    def test_prepare_missing(self):
        out, command = self.prepare("missing.png")
        self.fails(IO, [self.folder / "missing.png"], *command, absent=[out / "cohort.json"], out=out)

    def test_prepare_odd_but_legal(self):
        for name, content in good_images().items():
            self.write(name, content)
        out, command = self.prepare(*good_images())
        self.succeeds(*command)
        self.assertEqual(len(json.loads((out / "cohort.json").read_text())["images"]), len(good_images()))
        self.check_folder(out)

    def test_one_pixel(self):
        self.write("pixel.png", png(1, 1, [b"\x80"]))
        out, command = self.prepare("pixel.png", size=(1, 1))
        result = run(*command)
        if result.code != 0:
            self.check_failure(result, BAD_INPUT, [self.folder / "pixel.png"], [out / "cohort.json"], out)

    def test_detect_one_by_one(self):
        out = self.folder / "found"
        for name in ("truncated.png", "colour.png"):
            with self.subTest(name):
                content, code, words = bad_images()[name]
                path = self.write(name, content)
                self.fails(code, [path, *words], "detect", "--model", model(), path, "--out", out, "--threads", 1,
                           absent=[out / "detections.json"], out=out)
        self.fails(IO, [self.folder / "no.png"], "detect", "--model", model(), self.folder / "no.png", "--out",
                   out, "--threads", 1, absent=[out / "detections.json"], out=out)

    def test_detect_keeps_going(self):
        """With --keep-going: a warning for each bad one, and the good ones are searched."""
        for name, (content, _, _) in bad_images().items():
            self.write("in/" + name, content)
        for name, content in good_images().items():
            self.write("in/" + name, content)
        self.write("in/pixel.png", png(1, 1, [b"\x80"]))
        out = self.folder / "found"
        result = self.succeeds("detect", "--model", model(), self.folder / "in", "--out", out, "--keep-going",
                               "--threads", 1)
        for name in bad_images():
            lines = [line for line in result.err.splitlines() if line.startswith("warning:") and name in line]
            self.assertEqual(len(lines), 1, f"{name}{result}")
        searched = json.loads((out / "detections.meta.json").read_text())["image_ids"]
        self.assertGreaterEqual(len(searched), len(good_images()), result)
        names = {d["file_name"] for d in json.loads((out / "detections.json").read_text())}
        for name in bad_images():
            self.assertNotIn(str(self.folder / "in" / name), names)
        self.check_folder(out, result)

    def test_folder_without_images(self):
        (self.folder / "in").mkdir()
        out = self.folder / "found"
        self.fails(BAD_INPUT, [self.folder / "in"], "detect", "--model", model(), self.folder / "in", "--out",
                   out, absent=[out / "detections.json"], out=out)

    def test_two_images_with_one_name(self):
        self.write("x/a.png", breast_png())
        self.write("x/a.pgm", b"P5\n96 128\n255\n" + b"".join(breast_rows()))
        found = self.folder / "found"  # detect searches both, and each has its picture
        result = self.succeeds("detect", "--model", model(), self.folder / "x", "--out", found, "--threads", 1)
        self.assertEqual(len(list((found / "overlays").iterdir())), 2, result)


class CocoFiles(ProgramTest):
    def test_each(self):
        self.write("a.png", breast_png())
        path = self.folder / "coco.json"
        out = self.folder / "out"
        command = ("prepare", "coco", path, "--images", self.folder, "--dataset", "test", "--patient-key", "patient",
                   "--out", out)
        for what, content, words in (
                ("truncated", json.dumps(coco())[:-20], []),
                ("unknown image", json.dumps(coco(annotation={"image_id": 7})), ["image_id", "7"]),
                ("partly outside", json.dumps(coco(annotation={"bbox": [80, 40, 30, 30]})), ["bbox"]),
                ("bad run lengths", json.dumps(
                    coco(annotation={"segmentation": {"size": [128, 96], "counts": "~~~"}})), ["segmentation"])):
            with self.subTest(what):
                path.write_text(content)
                self.fails(BAD_INPUT, [path, *words], *command, absent=[out / "cohort.json"], out=out)
        self.fails(BAD_INPUT, [path, "segmentation"], "inspect", path)
        path.write_text(json.dumps(coco()))
        self.succeeds(*command)

    def test_missing(self):
        self.fails(IO, [self.folder / "no.json"], "inspect", self.folder / "no.json")
        self.fails(IO, ["cohort.json"], "inspect", self.folder)
        self.fails(IO, ["nowhere"], "train", "detector", "--cohort", self.folder / "nowhere", "--out",
                   self.folder / "run")

    def test_folds(self):
        out = self.folder / "run"
        for content, code in (("{}", BAD_INPUT), ('{"count": 2', BAD_INPUT), ("[]", BAD_INPUT),
                              ('{"count": 2, "seed": 0, "fold_of": {"phantom/p0001": 7}}', BAD_INPUT)):
            with self.subTest(content):
                folds = self.write("folds.json", content)
                self.fails(code, [folds], "train", "detector", "--cohort", phantom(), "--folds", folds, "--fold", 0,
                           "--out", out, *TINY, absent=[out / "model.safetensors"], out=out)
        self.fails(USAGE, ["--fold"], "train", "detector", "--cohort", phantom(), "--fold", 0, "--out", out, *TINY,
                   out=out)

    def test_configuration_file(self):
        out = self.folder / "out"
        for content, words in (("patients = \n", []), ("patiens = 3\n", ["patiens"])):
            with self.subTest(content):
                config = self.write("c.toml", content)
                result = run("phantom", "--out", out, "--config", config)
                self.assertIn(result.code, (USAGE, BAD_INPUT), result)
                self.check_failure(result, result.code, [config, *words], [out / "cohort.json"], out)
        self.fails(IO, [self.folder / "no.toml"], "phantom", "--out", out, "--config", self.folder / "no.toml")


class Mias(ProgramTest):
    def test_info(self):
        out = self.folder / "out"
        self.write("src/mdb001.pgm", b"P5\n96 128\n255\n" + b"".join(breast_rows()))
        for what, content, words in (("letter", "Dear colleague,\nplease find the films enclosed.\n", []),
                                     ("place", "mdb001 G CIRC B 30 sixty 10\n", ["sixty"])):
            with self.subTest(what):
                info = self.write("src/Info.txt", content)
                self.fails(BAD_INPUT, [info, *words], "prepare", "mias", self.folder / "src", "--out", out,
                           absent=[out / "cohort.json"], out=out)

    def test_missing(self):
        out = self.folder / "out"
        self.write("src/Info.txt", "mdb001 G NORM\n")
        self.fails(IO, ["mdb001"], "prepare", "mias", self.folder / "src", "--out", out,
                   absent=[out / "cohort.json"], out=out)


class Models(ProgramTest):
    def detect(self, code, names, path):
        out = self.folder / "found"
        image = phantom() / "images" / "p0001_L_CC.png"
        self.fails(code, names, "detect", "--model", path, image, "--out", out, "--threads", 1,
                   absent=[out / "detections.json"], out=out)

    def safetensors(self, name, header, data=b""):
        text = json.dumps(header).encode()
        return self.write(name, struct.pack("<Q", len(text)) + text + data)

    def test_files_that_are_no_model(self):
        self.detect(IO, ["no.safetensors"], self.folder / "no.safetensors")
        self.detect(BAD_INPUT, ["text.safetensors"], self.write("text.safetensors", "not a model, only text\n"))
        self.detect(IO, [self.folder], self.folder)
        kind = self.safetensors("kind.safetensors", {"__metadata__": {"kind": "blender"}})
        self.detect(BAD_INPUT, [kind, "kind", "blender"], kind)

    def test_cut_short(self):
        whole = model().read_bytes()
        path = self.write("cut.safetensors", whole[:len(whole) // 2])
        self.detect(BAD_INPUT, [path], path)

    def test_another_architecture(self):
        """The header says 16 features where the tensors have another number."""
        whole = model().read_bytes()
        (length,) = struct.unpack("<Q", whole[:8])
        header = json.loads(whole[8:8 + length])
        detector = json.loads(header["__metadata__"]["detector"])
        detector["options"]["roi"]["box_features"] = 24
        header["__metadata__"]["detector"] = json.dumps(detector)
        path = self.safetensors("shape.safetensors", header, whole[8 + length:])
        self.detect(BAD_INPUT, [path, "roi_heads"], path)

    def test_a_tensor_that_cannot_be_a_weight(self):
        """Of a type that is not read, or not finite: named where it is needed, else of no matter."""
        whole = model().read_bytes()
        (length,) = struct.unpack("<Q", whole[:8])
        header = json.loads(whole[8:8 + length])
        data = bytearray(whole[8 + length:])
        name = "backbone.body.layer1.0.conv1.weight"
        out = self.folder / "run"
        train = ("train", "detector", "--cohort", phantom(), "--out", out, "--lengths", 1, *TINY, "--init")
        entry = header[name]
        header["surplus"] = {"dtype": "F8_E4M3", "shape": [2], "data_offsets": [len(data), len(data) + 2]}
        self.succeeds(*train, self.safetensors("surplus.safetensors", header, bytes(data) + bytes(2)))
        header[name] = {**entry, "dtype": "F8_E4M3"}
        odd = self.safetensors("odd.safetensors", header, bytes(data) + bytes(2))
        self.fails(BAD_INPUT, [odd, name, "F8_E4M3"], *train, odd, "--force", out=out)
        self.detect(BAD_INPUT, [odd, name, "F8_E4M3"], odd)
        header[name] = entry
        del header["surplus"]
        at = entry["data_offsets"][0]
        data[at:at + 4] = struct.pack("<f", float("nan"))
        nan = self.safetensors("nan.safetensors", header, bytes(data))
        self.fails(BAD_INPUT, [nan, name, "not finite"], *train, nan, "--force", out=out)
        self.detect(BAD_INPUT, [nan, name, "not finite"], nan)

    def test_training_starts_from_no_model(self):
        out = self.folder / "run"
        path = self.write("text.safetensors", "text")
        self.fails(BAD_INPUT, [path], "train", "detector", "--cohort", phantom(), "--init", path, "--out", out,
                   *TINY, absent=[out / "model.safetensors"], out=out)
        self.fails(IO, ["no.safetensors"], "train", "detector", "--cohort", phantom(), "--init",
                   self.folder / "no.safetensors", "--out", out, *TINY, absent=[out / "model.safetensors"], out=out)


class DetectionFiles(ProgramTest):
    def test_each(self):
        out = self.folder / "report"
        good = {"image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 20], "score": 0.5}
        for what, content, words in (
                ("truncated", json.dumps([good])[:-9], []),
                ("unknown image", json.dumps([{**good, "image_id": 4242}]), ["image_id", "4242"]),
                ("unknown category", json.dumps([{**good, "category_id": 9}]), ["category_id", "9"]),
                ("NaN score", json.dumps([{**good, "score": float("nan")}]), []),
                ("table, unknown image", "image,score,x,y,w,h\n4242,0.5,1,2,3,4\n", ["line 2", "4242"])):
            with self.subTest(what):
                path = self.write("found.json", content)
                self.fails(BAD_INPUT, [path, *words], "evaluate", "--truth", phantom(), "--detections", path,
                           "--out", out, absent=[out / "metrics.json", out / "report.html"], out=out)
        self.fails(IO, ["no.json"], "evaluate", "--truth", phantom(), "--detections", self.folder / "no.json",
                   "--out", out, absent=[out / "metrics.json"], out=out)

    def test_leak(self):
        """A model that learnt from the patients on whom it is scored."""
        found, out = self.folder / "found", self.folder / "report"
        self.succeeds("detect", "--model", model(), "--cohort", phantom(), "--out", found, "--threads", 1)
        command = ("evaluate", "--truth", phantom(), "--detections", found / "detections.json", "--out", out,
                   "--bootstrap-resamples", 20, "--cases", 0)
        self.fails(BAD_INPUT, ["detections.json"], *command, absent=[out / "metrics.json", out / "report.html"],
                   out=out)
        self.succeeds(*command, "--allow-leak")
        self.assertTrue((out / "report.html").exists())


class OddOnes(ProgramTest):
    """One odd file, key or number among good ones: found before the work, and never loses the others."""

    NOT_UTF8 = b"M\xfcller_L_CC.png"

    def detect(self, *more):
        return ("detect", "--model", model(), "--threads", 1, "--out", self.folder / "found", *more)

    def image_ids(self):
        return json.loads((self.folder / "found/detections.meta.json").read_text())["image_ids"]

    def prepare(self, table, *more):
        path = self.write("coco.json", json.dumps(table))
        return ("prepare", "coco", path, "--images", self.folder, "--dataset", "test", "--patient-key", "patient",
                "--out", self.folder / "cohort", "--force", *more)

    def cohort(self):
        return json.loads((self.folder / "cohort/cohort.json").read_text())

    def warnings(self, result):
        return [line for line in result.err.splitlines() if line.startswith("warning:")]

    def test_a_name_that_is_not_utf8(self):
        for name in (b"a.png", self.NOT_UTF8, b"z.png", "\u00e4 \u4e73%_#.png".encode()):
            path = os.fsencode(self.folder / "in") + b"/" + name
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(breast_png())
        found = self.folder / "found"
        self.fails(BAD_INPUT, ["M\\xfcller_L_CC.png", "UTF-8"], *self.detect(self.folder / "in"), out=found,
                   absent=[found / "detections.json", found / "detections.meta.json", found])
        result = self.succeeds(*self.detect(self.folder / "in", "--keep-going"))
        self.assertEqual(self.image_ids(), [1, 2, 3])
        self.assertEqual([line for line in self.warnings(result) if "xfcller" not in line], [], result)
        odd = os.fsdecode(os.fsencode(self.folder / "in") + b"/" + self.NOT_UTF8)
        self.succeeds(*self.detect(self.folder / "in/a.png", odd, "--keep-going", "--force"))
        self.assertEqual(self.image_ids(), [1])

    def test_what_is_no_image_is_found_before_the_search(self):
        self.write("in/a.png", breast_png())
        self.write("in/z.png", b"II*\0" + bytes(100))
        found = self.folder / "found"
        self.fails(BAD_INPUT, [self.folder / "in/z.png", "TIFF"], *self.detect(self.folder / "in"), out=found,
                   absent=[found])  # no picture of a.png either
        self.fails(BAD_INPUT, ["not one image could be searched", "z.png"],
                   *self.detect(self.folder / "in/z.png", "--keep-going"), out=found, absent=[found])

    def test_a_long_path(self):
        """Pictures are called after the whole path, which may be longer than a name can be."""
        deep = "/".join(["x" * 90] * 3)
        self.write(deep + "/a.png", breast_png())
        self.write(deep + "/b.png", breast_png())
        self.succeeds(*self.detect(self.folder / deep))
        self.assertEqual(len(list((self.folder / "found/overlays").glob("*.jpg"))), 2)

    def test_what_other_systems_leave(self):
        self.write("in/a.png", breast_png())
        for name in ("._a.png", "__MACOSX/._a.png", "__MACOSX/a.png", "@eaDir/a.png/SYNOPHOTO_THUMB_M.jpg",
                     ".mammograft-1-1.tmp.png", "$RECYCLE.BIN/a.png", ".DS_Store", "Thumbs.db", "desktop.ini"):
            self.write("in/" + name, b"\0\5\x16\7" + bytes(100))
        result = self.succeeds(*self.detect(self.folder / "in"))
        self.assertEqual(self.warnings(result), [], result)
        self.assertEqual(self.image_ids(), [1])
        self.write("mias/Info.txt", "mdb001 G NORM\n")
        self.write("mias/mdb001.pgm", b"P5\n1024 1024\n255\n" + b"".join(breast_rows(1024, 1024)))
        self.write("mias/._mdb001.pgm", b"\0\5\x16\7")
        self.succeeds("prepare", "mias", self.folder / "mias", "--out", self.folder / "mias-cohort")

    def test_temporaries_of_a_killed_run(self):
        """Those of a process that is gone go with the next write; those of a living one stay."""
        self.write("a.png", breast_png())
        gone = subprocess.Popen(["true"])
        gone.wait()
        left = [self.write(f"found/.mammograft-{gone.pid}-0.tmp.json", "half"),
                self.write(f"found/overlays/.mammograft-{gone.pid}-3.tmp.jpg", "half")]
        living = self.write(f"found/.mammograft-{os.getpid()}-0.tmp.json", "half")
        self.succeeds(*self.detect(self.folder / "a.png"))
        self.assertEqual([path for path in left if path.exists()], [])
        self.assertTrue(living.exists())

    def test_stray_parts_of_an_outline(self):
        self.write("a.png", breast_png())
        whole = [12, 42, 38, 42, 38, 68]
        table = coco(annotation={"segmentation": [whole, [30, 70]]})
        table["annotations"].append({**table["annotations"][0], "id": 2, "bbox": [50, 80, 20, 20], "segmentation": [[]]})
        result = self.succeeds(*self.prepare(table))
        stray, none = self.cohort()["annotations"]
        self.assertEqual(stray["segmentation"], [whole])
        self.assertIn("annotations[0].segmentation[1]", "\n".join(self.warnings(result)))
        self.assertEqual(none["mask_origin"], "box")

    def test_keep_going_skips_a_wrong_annotation_with_its_image(self):
        for name in ("a.png", "b.png"):
            self.write(name, breast_png())
        table = coco()
        table["images"].append({**table["images"][0], "id": 2, "file_name": "b.png"})
        table["annotations"].append({**table["annotations"][0], "id": 2, "image_id": 2, "bbox": [80, 40, 30, 30]})
        self.fails(BAD_INPUT, ["annotations[1].bbox"], *self.prepare(table), absent=[self.folder / "cohort"])
        self.succeeds(*self.prepare(table, "--keep-going"))
        self.assertEqual([image["id"] for image in self.cohort()["images"]], [1])
        self.assertEqual([skipped["file_name"] for skipped in self.cohort()["info"]["skipped"]], ["b.png"])

    def test_keys_that_mean_something_else(self):
        self.write("a.png", breast_png())
        table = coco(image={"status": "annotated", "split": 0, "view": 1, "laterality": "LEFT", "acquisition": "GE",
                            "source": "pacs", "patient_id": 12}, annotation={"attributes": "x"})
        self.succeeds(*self.prepare(table))
        self.evaluate([], truth=self.write("theirs_too.json", json.dumps(table)))
        self.succeeds(*self.prepare(coco(image={"laterality": "LEFT", "status": 1}, annotations=[]), "--laterality-key",
                                    "laterality", "--status-key", "status", "--normal-values", 1))
        image = self.cohort()["images"][0]
        self.assertEqual((image["laterality"], image["status"]), ("L", "normal"))

    def evaluate(self, detections, *more, truth=None):
        """Detections as they go into JSON, or as a path."""
        truth = truth or self.write("truth.json", json.dumps(coco()))
        if isinstance(detections, (list, dict)):
            detections = self.write("theirs.json", json.dumps(detections))
        return self.succeeds("evaluate", "--truth", truth, "--detections", detections, "--cases", 0,
                             "--bootstrap-resamples", 0, "--out", self.folder / "report", "--force", *more)

    def test_one_result_in_every_form(self):
        hit = {"image_id": 1, "category_id": 1, "bbox": [10, 40, 30, 30], "score": 0.9}
        corners = self.write("corners.tsv", "filename\tconfidence\txmin\tymin\txmax\tymax\na\t0.9\t10\t40\t40\t70\n")
        self.write("yolo/a.txt", f"0 {25 / 96} {55 / 128} {30 / 96} {30 / 128} 0.9\n")
        truth = self.write("truth.csv", "image,width,height,xmin,ymin,xmax,ymax\na.png,96,128,10,40,40,70\n")
        for detections, more, theirs in (
                ({"predictions": [hit]}, (), None), ([{**hit, "image_id": "a"}], (), None), (corners, (), None),
                (self.folder / "yolo", (), None), (corners, (), truth),
                ([{**hit, "bbox": [10, 40, 40, 70]}], ("--boxes", "xyxy"), None)):
            result = self.evaluate(detections, *more, truth=theirs)
            self.assertEqual(self.warnings(result), [], result)
            points = json.loads((self.folder / "report/metrics.json").read_text())["results"][0]["operating_points"]
            self.assertEqual([point["tpr"] for point in points], [1] * len(points))

    def test_what_is_said_of_odd_numbers(self):
        hit = {"image_id": 1, "category_id": 1, "bbox": [10, 40, 30, 30], "score": 7}
        (warning,) = self.warnings(self.evaluate([hit]))
        self.assertIn("1 of 1 scores lie outside of 0 to 1 (from 7 to 7)", warning)
        twice = coco()
        twice["annotations"].append({**twice["annotations"][0], "id": 2})
        (warning,) = self.warnings(self.evaluate([{**hit, "score": 0.7}],
                                                 truth=self.write("twice.json", json.dumps(twice))))
        self.assertIn("1 lesion is held twice", warning)

    def test_results_of_others(self):
        hit = {"category_id": 1, "bbox": [10, 40, 30, 30], "score": 0.9, "category_name": "mass", "area": 900,
               "iscrowd": 0}
        outlines = [[], None, [[10, 40, 40, 40, 40, 70, 10, 70]], [[3, 3]]]  # of an image each
        truth, one = coco(), coco()
        ids = range(1, len(outlines) + 1)
        truth["images"] = [{**one["images"][0], "id": i, "file_name": f"{i}.png"} for i in ids]
        truth["annotations"] = [{**one["annotations"][0], "id": i, "image_id": i} for i in ids]
        result = self.evaluate([{**hit, "image_id": i, "segmentation": outline} for i, outline in zip(ids, outlines)],
                               truth=self.write("truth.json", json.dumps(truth)))
        self.assertEqual(self.warnings(result), [], result)
        points = json.loads((self.folder / "report/metrics.json").read_text())["results"][0]["operating_points"]
        self.assertEqual([point["tpr"] for point in points], [1] * len(points))

    def test_boxes_in_another_form(self):
        box = {"image_id": 1, "category_id": 1, "score": 0.9}
        for bbox, words in (([50, 60, 80, 90], "leave their images"), ([0.5, 0.5, 0.1, 0.1], "fractions")):
            warnings = self.warnings(self.evaluate([{**box, "bbox": bbox}]))
            self.assertEqual(len(warnings), 1)
            self.assertIn(words, warnings[0])
        self.assertEqual(self.warnings(self.evaluate([{**box, "bbox": [60, 60, 30, 30]}])), [])


class Outputs(ProgramTest):
    def commands(self):
        """Every command that writes, with %s for its output."""
        path = self.write("coco.json", json.dumps(coco()))
        self.write("a.png", breast_png())
        found = self.write("none.json", "[]")
        self.write("mias/Info.txt", "mdb001 G NORM\n")
        self.write("mias/mdb001.pgm", b"P5\n1024 1024\n255\n" + b"".join(breast_rows(1024, 1024)))
        return {
            "phantom": ["phantom", "--patients", 1, "--mm-per-px", 1, "--out"],
            "coco": ["prepare", "coco", path, "--images", self.folder, "--dataset", "test", "--patient-key",
                     "patient", "--out"],
            "mias": ["prepare", "mias", self.folder / "mias", "--out"],
            "inspect": ["inspect", phantom(), "--out"],
            "train": ["train", "detector", "--cohort", phantom(), "--lengths", 1, *TINY, "--out"],
            "detect": ["detect", "--model", model(), self.folder / "a.png", "--threads", 1, "--out"],
            "evaluate": ["evaluate", "--truth", phantom(), "--detections", found, "--cases", 0,
                         "--bootstrap-resamples", 0, "--out"],
            "split": ["split", phantom(), "--folds", 2, "--out"],
        }

    def test_a_file_in_place_of_the_folder(self):
        self.write("file", "in the way")
        for name, command in self.commands().items():
            with self.subTest(name):
                self.fails(IO, [self.folder / "file"], *command, self.folder / "file" / "out")
                self.assertEqual((self.folder / "file").read_text(), "in the way")

    def test_no_permission(self):
        if os.geteuid() == 0:
            place = pathlib.Path("/proc/mammograft")  # not even root makes a file there
        else:
            place = self.folder / "locked"
            place.mkdir(mode=0o555)
        for name, command in self.commands().items():
            with self.subTest(name):
                self.fails(IO, [place], *command, place / "out")

    def test_limit_of_a_file(self):
        """Writes that fail half-way: the system allows files of 1000 bytes only."""
        for name, command in self.commands().items():
            if name in ("split",):
                continue  # its file is shorter
            with self.subTest(name):
                out = self.folder / ("limited-" + name)
                self.fails(IO, [out], *command, out, out=out, limit_file_bytes=1000,
                           absent=[out / m for m in ("cohort.json", "model.safetensors", "report.html")])

    def test_full_disk(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = os.geteuid() == 0 and shutil.which("mount") and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], stderr=subprocess.DEVNULL).returncode == 0
        if not mounted:
            self.skipTest("cannot mount a small disk here; test_limit_of_a_file stands for it")
        self.addCleanup(subprocess.run, ["umount", disk])
        for name in ("phantom", "train"):
            with self.subTest(name):
                out = disk / name
                self.fails(IO, [out, "No space left"], *self.commands()[name], out, out=out,
                           absent=[out / "cohort.json", out / "model.safetensors"])
                shutil.rmtree(out)


class CtrlC(ProgramTest):
    def cancelled(self, command, out, ready, marker, unblock=lambda: None):
        """Ctrl-C once ready(): exit code 5, all files whole; then the same command succeeds."""
        process = start(*command)
        wait_for(ready, process, "the signal")
        process.send_signal(signal.SIGINT)
        unblock()
        self.check_failure(finish(process, command), CANCELLED, [], [marker], out)

    def test_phantom(self):
        out = self.folder / "cohort"
        command = ("phantom", "--patients", 8, "--mm-per-px", 1, "--threads", 1, "--out", out)
        self.cancelled(command, out, lambda: any(out.glob("images/*.png")), out / "cohort.json")
        self.succeeds(*command)
        self.assertEqual(len(list(out.glob("images/*.png"))), 32)

    def blocked(self, pipe, command, out, marker):
        """Cancels a command that waits for the content of `pipe`, which is then a plain image."""
        os.mkfifo(pipe)
        writer = []

        def waits_for_content():
            try:
                writer.append(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))  # needs a reader
            except OSError:
                return False
            return True

        def give_content():
            os.set_blocking(writer[0], True)
            os.write(writer[0], breast_png())
            os.close(writer[0])

        self.cancelled(command, out, waits_for_content, marker, give_content)
        pipe.unlink()
        pipe.write_bytes(breast_png())
        self.succeeds(*command)
        self.check_folder(out)
        self.assertTrue(marker.exists())

    def test_prepare(self):
        table = coco(annotations=[])
        table["images"] = [{"id": i, "file_name": f"in/{i}.png", "width": 96, "height": 128, "patient": "1"}
                           for i in range(4)]
        for i in (0, 2, 3):
            self.write(f"in/{i}.png", breast_png())
        path = self.write("coco.json", json.dumps(table))
        out = self.folder / "cohort"
        self.blocked(self.folder / "in/1.png",
                     ("prepare", "coco", path, "--images", self.folder, "--dataset", "test", "--patient-key",
                      "patient", "--threads", 1, "--out", out), out, out / "cohort.json")

    def test_detect(self):
        for i in (0, 2, 3):
            self.write(f"in/{i}.png", breast_png())
        out = self.folder / "found"
        files = [self.folder / f"in/{i}.png" for i in range(4)]
        self.blocked(self.folder / "in/1.png",
                     ("detect", "--model", model(), *files, "--threads", 1, "--out", out), out,
                     out / "detections.json")

    def test_train(self):
        out = self.folder / "run"
        command = ("train", "detector", "--cohort", phantom(), "--lengths", 6, "--log-every", 1, "--out", out, *TINY)
        log = out / "log.jsonl"
        self.cancelled(command, out, lambda: log.exists() and log.stat().st_size > 0, out / "model.safetensors")
        self.succeeds(*command)
        self.check_folder(out)
        self.assertTrue((out / "model.safetensors").exists())


if __name__ == "__main__":
    main()
