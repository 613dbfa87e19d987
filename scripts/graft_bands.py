#!/usr/bin/env python3
"""How rough grafts are inside, beside their lesions on their own film: power by band, by how far a lesion was resized.

    graft_bands.py --lesions COHORT --mm-per-px 0.3 GRAFTS [GRAFTS ...]

COHORT is that of the lesions, GRAFTS were made of them by `mammograft synthesize`. All images have the spacing given. Bands lie
between Gaussian blurs of 0, 0.14, 0.28, 0.56, 1.12 and 2.2 mm; "inside" is the mask without a rim of 2 px. 1 is as on its own
film. Needs numpy, scipy and pillow.
"""

import argparse
import json
import pathlib

import numpy
from PIL import Image, ImageDraw
from scipy import ndimage

BLURS_MM = (0.14, 0.28, 0.56, 1.12, 2.2)
SCALES = ((0.7, 0.9), (0.9, 1.1), (1.1, 1.4), (0, numpy.inf))


def masses(folder, wanted):
    """(image record, annotation, pixels) of the masses with an outline that are wanted."""
    table = json.loads((folder / "cohort.json").read_text())
    images = {image["id"]: image for image in table["images"]}
    for annotation in table["annotations"]:
        image = images[annotation["image_id"]]
        if wanted(image, annotation) and isinstance(annotation.get("segmentation"), list):
            yield image, annotation, numpy.asarray(Image.open(folder / image["file_name"])).astype(float)


def filled(annotation, pixels):
    mask = Image.new("1", pixels.shape[::-1])
    for ring in annotation["segmentation"]:
        ImageDraw.Draw(mask).polygon(list(zip(ring[::2], ring[1::2])), fill=1)
    return numpy.array(mask)


def power_inside(annotation, pixels, mm_per_px):
    """Natural logarithm of the mean square of each band inside of the mass; None for one that is all rim."""
    mask = filled(annotation, pixels)
    if not mask.any():
        return None
    rows, columns = ndimage.find_objects(mask.astype(int))[0]
    margin = int(4 * BLURS_MM[-1] / mm_per_px)
    part = (slice(max(0, rows.start - margin), rows.stop + margin),
            slice(max(0, columns.start - margin), columns.stop + margin))
    inside = ndimage.distance_transform_edt(mask[part]) > 2
    if not inside.any():
        return None
    blurred = [pixels[part]] + [ndimage.gaussian_filter(pixels[part], mm / mm_per_px) for mm in BLURS_MM]
    return numpy.array([numpy.log(numpy.mean((a - b)[inside] ** 2) + 1e-9) for a, b in zip(blurred, blurred[1:])])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lesions", type=pathlib.Path, required=True)
    parser.add_argument("--mm-per-px", type=float, required=True)
    parser.add_argument("grafts", type=pathlib.Path, nargs="+")
    arguments = parser.parse_args()

    of_graft, scale, key = [], [], []
    for folder in arguments.grafts:
        for image, annotation, pixels in masses(folder, lambda i, a: a.get("attributes", {}).get("grafted")):
            power = power_inside(annotation, pixels, arguments.mm_per_px)
            if power is not None:
                source = image["source"]
                of_graft.append(power)
                scale.append(source["transform"]["scale"])
                key.append((source["lesion"]["file_name"], source["lesion"]["annotation_id"]))
    wanted, of_source = set(key), {}
    for image, annotation, pixels in masses(arguments.lesions, lambda i, a: (i["file_name"], a["id"]) in wanted):
        of_source[image["file_name"], annotation["id"]] = power_inside(annotation, pixels, arguments.mm_per_px)

    pairs = [(s, g - of_source[k]) for s, g, k in zip(scale, of_graft, key) if of_source.get(k) is not None]
    print("scale           grafts  " + "".join(f"  to {mm} mm" for mm in BLURS_MM))
    for low, high in SCALES:
        rows = [ratio for s, ratio in pairs if low <= s < high]
        if rows:
            name = f"{low} to {high}" if high < numpy.inf else "all"
            print(f"{name:14} {len(rows):8} " + "".join(f"{r:11.2f}" for r in numpy.exp(numpy.median(rows, axis=0))))


if __name__ == "__main__":
    main()
