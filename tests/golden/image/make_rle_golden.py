"""Makes rle_golden.json: masks and polygons as pycocotools sees them.

    pip install pycocotools numpy && python make_rle_golden.py

Each case: a polygon list (COCO order x0, y0, x1, y1, ...), the image's size, and the run-length
string, area, bounding box (xywh) of their union. `pairs`: IoU of neighbouring cases of one size.
"""
import json
import pathlib

import numpy as np
from pycocotools import mask as coco

rng = np.random.default_rng(7)
cases = []


def add(name, polygons, height, width):
    polygons = [[round(float(v), 3) for v in p] for p in polygons]
    # frPyObjects refuses fewer than three points; the C code below it does not.
    rle = coco.merge(coco.frPyObjects(polygons, height, width))
    cases.append(dict(name=name, polygons=polygons, height=height, width=width,
                      counts=rle["counts"].decode(), area=int(coco.area(rle)),
                      bbox=[float(v) for v in coco.toBbox(rle)]))


def star(cx, cy, r, n, jitter):
    angle = np.sort(rng.uniform(0, 2 * np.pi, n))
    radius = r * (1 + jitter * rng.standard_normal(n))
    return np.stack([cx + radius * np.cos(angle), cy + radius * np.sin(angle)], 1).ravel().tolist()


add("integer rectangle", [[3, 2, 11, 2, 11, 9, 3, 9]], 20, 30)
add("half-pixel rectangle", [[3.5, 2.5, 11.5, 2.5, 11.5, 9.5, 3.5, 9.5]], 20, 30)
add("whole image", [[0, 0, 30, 0, 30, 20, 0, 20]], 20, 30)
add("beyond the image", [[-50, -50, 80, -50, 80, 70, -50, 70]], 20, 30)
add("outside", [[40, 5, 50, 5, 50, 15, 40, 15]], 20, 30)
add("partly outside, left and above", [[-5.3, -4.2, 8.7, -3, 9.1, 6.6, -6, 7]], 20, 30)
add("partly outside, right and below", [[25.2, 14.1, 41, 15, 38, 27.7, 24, 26]], 20, 30)
add("smaller than a pixel", [[5.1, 5.1, 5.3, 5.1, 5.3, 5.3, 5.1, 5.3]], 20, 30)
add("one pixel", [[5, 5, 6, 5, 6, 6, 5, 6]], 20, 30)
add("triangle of no area", [[2, 2, 10, 10, 20, 20]], 30, 30)
add("one point three times", [[7, 7, 7, 7, 7, 7]], 20, 30)
add("bow tie", [[2, 2, 18, 18, 18, 2, 2, 18]], 20, 30)
add("horizontal line", [[2, 5, 20, 5, 10, 5]], 20, 30)
add("two, apart", [[1, 1, 6, 1, 6, 6, 1, 6], [12, 10, 20, 10, 20, 18, 12, 18]], 20, 30)
add("two, overlapping", [[1, 1, 12, 1, 12, 12, 1, 12], [6, 6, 20, 6, 20, 18, 6, 18]], 20, 30)
add("image of one pixel", [[0, 0, 1, 0, 1, 1, 0, 1]], 1, 1)
add("image of one row", [[2, -3, 7, -3, 7, 3, 2, 3]], 1, 12)
for i in range(40):
    height, width = 64, 80
    add(f"star {i}", [star(rng.uniform(-10, 90), rng.uniform(-10, 74), rng.uniform(1, 40),
                           int(rng.integers(3, 25)), 0.3)], height, width)
for i in range(3):
    add(f"large {i}", [star(600, 500, 350, 80, 0.1)], 1024, 1200)

pairs = []
for i in range(len(cases) - 1):
    a, b = cases[i], cases[i + 1]
    if (a["height"], a["width"]) == (b["height"], b["width"]):
        ra, rb = [dict(size=[c["height"], c["width"]], counts=c["counts"].encode()) for c in (a, b)]
        if a["area"] + b["area"] > 0:  # pycocotools divides by zero otherwise
            pairs.append([i, i + 1, float(coco.iou([ra], [rb], [0])[0][0])])

out = pathlib.Path(__file__).with_name("rle_golden.json")
lines = ",\n".join("  " + json.dumps(c) for c in cases)
out.write_text('{"cases": [\n' + lines + '\n],\n"pairs": ' + json.dumps(pairs) + "}\n")
