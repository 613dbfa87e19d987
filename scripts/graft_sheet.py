#!/usr/bin/env python3
"""Grafts of several methods side by side, as in docs/img: one row a graft, the same lesion at the same place.

    graft_sheet.py --backgrounds COHORT --out sheet.png [--lesions COHORT] [--rows 8] [--side-px 192] [--zoom 1]
                   NAME=GRAFTS [NAME=GRAFTS ...]

With --lesions the first tile is the lesion on its own film, at its own size and grey levels. --zoom 3 shows every pixel
as 3 x 3. The cohorts of GRAFTS were made by `mammograft synthesize` with the same seed and options, so image i is the
same graft in all of them. A cohort without a place in the background (--method vanilla) shows its images whole.
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


def lesion_centers(path):
    """(file, annotation id) -> middle of its box."""
    table = json.loads((path / "cohort.json").read_text())
    files = {image["id"]: image["file_name"] for image in table["images"]}
    middle = lambda box: (box[0] + box[2] / 2, box[1] + box[3] / 2)
    return {(files[a["image_id"]], a["id"]): middle(a["bbox"]) for a in table["annotations"]}


def pixels(path):
    return numpy.asarray(Image.open(path)).astype(float)


def crop(image, center, side):
    x, y = (int(c) - side // 2 for c in center)
    padded = numpy.pad(image, side, mode="edge")
    return padded[y + side:y + 2 * side, x + side:x + 2 * side]


def levels(pictures):
    quarter = pictures[0].shape[0] // 4  # of the middle: strips and labels lie at the sides
    middle = numpy.stack(pictures)[:, quarter:-quarter, quarter:-quarter]
    return middle.min(), middle.max()


def tile(image, low, high, side):
    grey = numpy.clip((image - low) / max(high - low, 1) * 255, 0, 255).astype(numpy.uint8)
    return Image.fromarray(grey).resize((side, side), Image.Resampling.LANCZOS)


class Sheet:
    def __init__(self, names, rows, side):
        self.side = side
        step = side + GAP
        self.image = Image.new("L", (len(names) * step - GAP, HEAD + rows * step - GAP), 255)
        draw = ImageDraw.Draw(self.image)
        for column, name in enumerate(names):
            draw.text((column * step + 4, 3), name, fill=0)

    def place(self, row, column, picture, low, high):
        step = self.side + GAP
        self.image.paste(tile(picture, low, high, self.side), (column * step, HEAD + row * step))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backgrounds", type=pathlib.Path, required=True)
    parser.add_argument("--lesions", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--side-px", type=int, default=192)
    parser.add_argument("--zoom", type=int, help="screen pixels a pixel (tiles of %d px)" % TILE)
    parser.add_argument("grafts", nargs="+", metavar="NAME=GRAFTS")
    args = parser.parse_args()
    sets = [(name, pathlib.Path(path)) for name, path in (g.split("=", 1) for g in args.grafts)]
    images = {name: cohort(path) for name, path in sets}
    placed = [name for name, _ in sets if next(iter(images[name].values()))["source"]["background"]]
    shared = sorted(set.intersection(*(set(images[name]) for name in placed)))
    numbers = [i for i in shared if i >= args.first][:args.rows]
    lesions = lesion_centers(args.lesions) if args.lesions else {}
    first = ["lesion", "background"] if lesions else ["background"]
    side = args.side_px * args.zoom if args.zoom else TILE
    sheet = Sheet(first + [name for name, _ in sets], len(numbers), side)
    for row, number in enumerate(numbers):
        source = images[placed[0]][number]["source"]
        center = source["transform"]["center_px"]
        at_place = lambda path: crop(pixels(path), center, args.side_px)
        if lesions:
            lesion = source["lesion"]
            own = crop(pixels(args.lesions / lesion["file_name"]),
                       lesions[lesion["file_name"], lesion["annotation_id"]], args.side_px)
            sheet.place(row, 0, own, *levels([own]))
        background = at_place(args.backgrounds / source["background"]["file_name"])
        last, folder = next((name, path) for name, path in reversed(sets) if name in placed)
        low, high = levels([background, at_place(folder / images[last][number]["file_name"])])
        sheet.place(row, len(first) - 1, background, low, high)
        for column, (name, path) in enumerate(sets, start=len(first)):
            if number not in images[name]:
                continue
            file = path / images[name][number]["file_name"]
            if name in placed:
                sheet.place(row, column, at_place(file), low, high)
            else:
                sheet.place(row, column, pixels(file), 0, 65535)
    sheet.image.save(args.out)


if __name__ == "__main__":
    main()
