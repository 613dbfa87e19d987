#!/usr/bin/env python3
"""Grafts of several methods side by side, as in docs/img: one row a graft, the same lesion at the same place.

    graft_sheet.py --backgrounds COHORT --out sheet.png [--rows 8] [--side-px 192] NAME=GRAFTS [NAME=GRAFTS ...]

The cohorts of GRAFTS were made by `mammograft synthesize` with the same seed and options, so image i is the same
graft in all of them. A cohort without a place in the background (--method vanilla) shows its images whole.
Needs numpy and pillow.
"""

import argparse
import json
import pathlib
import re

import numpy
from PIL import Image, ImageDraw

TILE, GAP, HEAD = 160, 4, 18


def cohort(path):
    table = json.loads((path / "cohort.json").read_text())
    number = lambda image: int(re.search(r"-(\d+)\.png$", image["file_name"]).group(1))
    return {number(image): image for image in table["images"]}


def pixels(path):
    return numpy.asarray(Image.open(path)).astype(float)


def crop(image, center, side):
    x, y = (int(c) - side // 2 for c in center)
    padded = numpy.pad(image, side, mode="edge")
    return padded[y + side:y + 2 * side, x + side:x + 2 * side]


def tile(image, low, high):
    grey = numpy.clip((image - low) / max(high - low, 1) * 255, 0, 255).astype(numpy.uint8)
    return Image.fromarray(grey).resize((TILE, TILE), Image.Resampling.LANCZOS)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backgrounds", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--side-px", type=int, default=192)
    parser.add_argument("grafts", nargs="+", metavar="NAME=GRAFTS")
    args = parser.parse_args()
    sets = [(name, pathlib.Path(path)) for name, path in (g.split("=", 1) for g in args.grafts)]
    images = {name: cohort(path) for name, path in sets}
    placed = [name for name, _ in sets if next(iter(images[name].values()))["source"]["background"]]
    shared = sorted(set.intersection(*(set(images[name]) for name in placed)))
    numbers = [i for i in shared if i >= args.first][:args.rows]
    names = ["background"] + [name for name, _ in sets]
    step = TILE + GAP
    sheet = Image.new("L", (len(names) * step - GAP, HEAD + len(numbers) * step - GAP), 255)
    draw = ImageDraw.Draw(sheet)
    for column, name in enumerate(names):
        draw.text((column * step + 4, 3), name, fill=0)
    for row, number in enumerate(numbers):
        source = images[placed[0]][number]["source"]
        center = source["transform"]["center_px"]
        background = crop(pixels(args.backgrounds / source["background"]["file_name"]), center, args.side_px)
        quarter = args.side_px // 4  # levels of the middle: strips and labels lie at the sides
        last, folder = next((name, path) for name, path in reversed(sets) if name in placed)
        result = crop(pixels(folder / images[last][number]["file_name"]), center, args.side_px)
        shown = numpy.stack([background, result])[:, quarter:-quarter, quarter:-quarter]
        low, high = shown.min(), shown.max()
        place = lambda column, picture: sheet.paste(picture, (column * step, HEAD + row * step))
        place(0, tile(background, low, high))
        for column, (name, path) in enumerate(sets, start=1):
            if name in placed:
                shown = crop(pixels(path / images[name][number]["file_name"]), center, args.side_px)
                place(column, tile(shown, low, high))
            elif number in images[name]:
                place(column, tile(pixels(path / images[name][number]["file_name"]), 0, 65535))
    sheet.save(args.out)


if __name__ == "__main__":
    main()
