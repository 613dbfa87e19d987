#!/usr/bin/env python3
"""Draws patients from a COCO file whose names begin with the patient: disjoint parts, each a COCO file of its own.

    draw_patients.py ANNOTATIONS OUT learn=100 held-out=180 [--seed 1]

writes OUT/learn.json with all images of 100 patients, and OUT/held-out.json with those of 180 others.
"""

import argparse
import json
import pathlib
import random


def patient(image):
    return image["file_name"].split("_")[0]


def part_of(release, patients):
    images = [image for image in release["images"] if patient(image) in patients]
    ids = {image["id"] for image in images}
    return {**release, "images": images, "annotations": [a for a in release["annotations"] if a["image_id"] in ids]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotations", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("parts", nargs="+", metavar="NAME=PATIENTS")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    release = json.loads(arguments.annotations.read_text())
    patients = sorted({patient(image) for image in release["images"]})
    random.Random(arguments.seed).shuffle(patients)
    for name, number in (part.split("=") for part in arguments.parts):
        drawn, patients = patients[: int(number)], patients[int(number) :]
        if len(drawn) < int(number):
            raise SystemExit(f"{name}: found {len(drawn)} patients left, expected {number}")
        part = part_of(release, set(drawn))
        (arguments.out / f"{name}.json").write_text(json.dumps(part))
        print(f"{name}: {number} patients, {len(part['images'])} images, {len(part['annotations'])} annotations")


if __name__ == "__main__":
    main()
