#!/usr/bin/env python3
"""Finds masses in a mammogram with an exported detector: NumPy, Pillow and ONNX Runtime only.

    mammograft export --model run/model.safetensors --onnx exported
    onnx_detect.py exported image.png [--mm-per-px 0.1] [--out found.json]

Prints the detections as JSON: boxes [x, y, width, height] in pixels of the image, scores, and
masks as rows of 0 and 1 from a corner (x, y) of the image on. It is a guide to the files: what `mammograft
detect --precision fp32` finds, this finds. detector.json says all the numbers; docs/formats.md
explains them. For research use only.
"""

import argparse
import json
import math
import pathlib

import numpy as np
import onnxruntime
import PIL.Image

import breast

PIL.Image.MAX_IMAGE_PIXELS = None  # mammograms are large


# Boxes [n, 4]: x0, y0, x1, y1 in pixels of the network's image.

def clipped(boxes, height, width):
    return np.clip(boxes, 0, np.array([width, height, width, height], np.float32))


def large_enough(boxes, least):
    return (boxes[:, 2] - boxes[:, 0] >= least) & (boxes[:, 3] - boxes[:, 1] >= least)


def decoded(deltas, anchors, weights, largest_log_scale):
    """(dx, dy, dw, dh) [n, 4] relative to anchors or proposals -> boxes."""
    width, height = anchors[:, 2] - anchors[:, 0], anchors[:, 3] - anchors[:, 1]
    dx, dy, dw, dh = (deltas / np.array(weights, np.float32)).T
    x = dx * width + anchors[:, 0] + 0.5 * width
    y = dy * height + anchors[:, 1] + 0.5 * height
    w = np.exp(np.minimum(dw, np.float32(largest_log_scale))) * width
    h = np.exp(np.minimum(dh, np.float32(largest_log_scale))) * height
    return np.stack([x - 0.5 * w, y - 0.5 * h, x + 0.5 * w, y + 0.5 * h], 1)


def nms(boxes, scores, groups, limit):
    """What stays, by falling score: nothing of its group overlaps it more that scores higher."""
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept, left = [], np.argsort(-scores, kind="stable")
    while left.size:
        best, left = left[0], left[1:]
        kept.append(best)
        low = np.maximum(boxes[best, :2], boxes[left, :2])
        high = np.minimum(boxes[best, 2:], boxes[left, 2:])
        common = np.prod(np.maximum(high - low, 0), 1)
        overlaps = common > np.float32(limit) * (area[best] + area[left] - common)
        left = left[~overlaps | (groups[left] != groups[best])]
    return np.array(kept, int)


def best_first(scores, most):
    return np.argsort(-scores, kind="stable")[:most]


def softmax(logits):
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


def between_cells(at, cells):
    """Linear interpolation as a matrix [places, cells]; what is missing beside the cells is zero."""
    return np.maximum(0, 1 - np.abs(at[:, None] - np.arange(cells)))


# The maps.

def by_place(level_map, values):
    """[1, A * values, h, w] -> [h * w * A, values]: the order of the anchors."""
    _, channels, height, width = level_map.shape
    split = level_map.reshape(channels // values, values, height, width)
    return split.transpose(2, 3, 0, 1).reshape(-1, values)


def anchors_of(level, rows, columns, height, width):
    """The level's anchors, moved to every place of its map: [rows * columns * A, 4]."""
    y, x = np.arange(rows) * (height // rows), np.arange(columns) * (width // columns)
    shift = np.stack(np.broadcast_arrays(x[None, :], y[:, None], x[None, :], y[:, None]), 2)
    boxes = shift[:, :, None, :] + np.array(level["anchors"])
    return boxes.reshape(-1, 4).astype(np.float32)


def roi_align(features, boxes, stride, bins, samples):
    """Means of bilinear samples on a regular grid in each box: [C, h, w], [n, 4] -> [n, C, bins, bins]."""
    def weights(low, high, cells):  # [bins, cells]: what a bin takes of every row, or column
        start = low / np.float32(stride)
        length = max(high / np.float32(stride) - start, np.float32(1))  # less than a cell is read as one
        at = start + (np.arange(bins * samples) + 0.5) * (length / (bins * samples))
        inside = (at >= -1) & (at <= cells)  # up to a cell beside the map its border is read, then zeros
        of_samples = between_cells(np.clip(at, 0, cells - 1), cells) * inside[:, None]
        return of_samples.reshape(bins, samples, cells).mean(1).astype(np.float32)
    height, width = features.shape[1:]
    return np.stack([weights(y0, y1, height) @ features @ weights(x0, x1, width).T
                     for x0, y0, x1, y1 in boxes])


class Detector:
    def __init__(self, folder, threads=1):
        folder = pathlib.Path(folder)
        self.recipe = json.loads((folder / "detector.json").read_text())
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.networks = {name: onnxruntime.InferenceSession(str(folder / file), options,
                                                            providers=["CPUExecutionProvider"])
                         for name, file in self.recipe["files"].items()}

    def run(self, network, **inputs):
        session = self.networks[network]
        return dict(zip([output.name for output in session.get_outputs()], session.run(None, inputs)))

    def candidates(self, maps, height, width, values, options):
        """The best of every level: boxes, logits, class (from 0) and level of each."""
        boxes, logits, classes, levels = [], [], [], []
        for number, level in enumerate(self.recipe["levels"]):
            scores = by_place(maps[level["logits"]], values).ravel()  # an anchor's classes together
            chosen = best_first(scores, options["candidates"])
            anchors = anchors_of(level, *maps[level["logits"]].shape[2:], height, width)
            place = chosen // values
            boxes.append(decoded(by_place(maps[level["deltas"]], 4)[place], anchors[place],
                                 options["delta_weights"], self.recipe["largest_log_scale"]))
            logits.append(scores[chosen])
            classes.append(chosen % values)
            levels.append(np.full(len(chosen), number))
        return (clipped(np.concatenate(boxes), height, width), *map(np.concatenate, (logits, classes, levels)))

    def proposals(self, maps, height, width):
        options = self.recipe["proposals"]
        boxes, logits, _, levels = self.candidates(maps, height, width, 1, options)
        large = large_enough(boxes, options["least_side_px"])
        boxes, logits, levels = boxes[large], logits[large], levels[large]
        return boxes[nms(boxes, logits, levels, options["nms_iou"])[:options["most"]]]

    def regions(self, maps, boxes, bins):
        """What the heads read of each box: from the level that its size asks for (FPN, eq. 1)."""
        options = self.recipe["regions"]
        strides = {level["name"]: level["stride"] for level in self.recipe["levels"]}
        names = options["levels"]
        first = round(math.log2(strides[names[0]]))
        side = np.sqrt((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))
        level = np.floor(options["canonical_level"] + np.log2(side / options["canonical_size_px"]) + 1e-6)
        level = np.clip(level, first, first + len(names) - 1) - first
        result = np.zeros((len(boxes), maps[names[0]].shape[1], bins, bins), np.float32)
        for number, name in enumerate(names):
            here = np.nonzero(level == number)[0]
            if here.size:
                result[here] = roi_align(maps[name][0], boxes[here], strides[name], bins, options["samples"])
        return result

    def selected(self, boxes, scores, labels):
        """What is reported: above the floor, not empty, after NMS within a class."""
        options = self.recipe["detections"]
        keep = np.nonzero(scores > options["score_floor"])[0]
        keep = keep[large_enough(boxes[keep], options["least_side_px"])]
        keep = keep[nms(boxes[keep], scores[keep], labels[keep], options["nms_iou"])][:options["most"]]
        return boxes[keep], scores[keep], labels[keep]

    def of_two_stages(self, maps, height, width):
        """Mask R-CNN: proposals, then the box head on what RoIAlign reads of each."""
        proposals = self.proposals(maps, height, width)
        options, classes = self.recipe["box_head"], self.recipe["classes"]
        if not len(proposals):
            return proposals, np.zeros(0, np.float32), np.zeros(0, int)
        out = self.run("box_head", regions=self.regions(maps, proposals, options["bins"]))
        boxes = decoded(out["box_deltas"].reshape(-1, 4), np.repeat(proposals, classes, 0),
                        options["delta_weights"], self.recipe["largest_log_scale"])
        boxes = clipped(boxes, height, width).reshape(-1, classes, 4)[:, 1:].reshape(-1, 4)
        scores = softmax(out["class_logits"])[:, 1:].ravel()  # class 0 is the background
        return self.selected(boxes, scores, np.tile(np.arange(1, classes), len(proposals)))

    def of_one_stage(self, maps, height, width):
        """RetinaNet: the anchors are the detections."""
        values = self.recipe["classes"] - 1
        boxes, logits, classes, _ = self.candidates(maps, height, width, values, self.recipe["candidates"])
        return self.selected(boxes, sigmoid(logits), classes + 1)

    def masks(self, maps, boxes, scores, labels):
        """Probabilities [n, 28, 28] over the boxes of the first n, which score high enough."""
        count = int(np.count_nonzero(scores >= self.recipe["mask_head"]["score_floor"]))
        if not count:
            return np.zeros((0, 0, 0), np.float32)
        regions = self.regions(maps, boxes[:count], self.recipe["mask_head"]["bins"])
        logits = self.run("mask_head", regions=regions)["mask_logits"]
        return sigmoid(logits[np.arange(count), labels[:count]])

    def detect(self, pixels, mm_per_px=None):
        """pixels: uint8 or uint16 [height, width] -> a list of detections by falling score."""
        image, (offset_x, offset_y, scale_x, scale_y) = breast.network_input(
            breast.full_scale(pixels), self.recipe["input"], mm_per_px)
        height, width = image.shape[2:]
        maps = self.run("dense", image=image)
        find = self.of_two_stages if "box_head" in self.networks else self.of_one_stage
        boxes, scores, labels = find(maps, height, width)
        masks = self.masks(maps, boxes, scores, labels) if "mask_head" in self.networks else []
        scale = np.array([scale_x, scale_y, scale_x, scale_y])
        whole = boxes / scale + np.array([offset_x, offset_y, offset_x, offset_y])
        shown = clipped(whole, *pixels.shape)
        found = []
        for i, (x0, y0, x1, y1) in enumerate(shown.tolist()):
            if x1 <= x0 or y1 <= y0:
                continue  # wholly beside the image
            mass = {"bbox": [x0, y0, x1 - x0, y1 - y0], "score": float(scores[i]), "category_id": int(labels[i])}
            if i < len(masks):
                mass["mask"] = pasted(masks[i], whole[i], pixels.shape, self.recipe["mask_head"]["threshold"])
            found.append(mass)
        return found


def pasted(probability, box, shape, threshold):
    """The pixels of the image inside a mask: {"x", "y", "rows"} of the window that the box covers."""
    def axis(low, high, length, cells):
        first, last = max(0, math.floor(low)), min(length, math.ceil(high))
        at = (np.arange(first, last) + 0.5 - low) * (cells / (high - low)) - 0.5
        return first, between_cells(at, cells)
    x, across = axis(box[0], box[2], shape[1], probability.shape[1])
    y, down = axis(box[1], box[3], shape[0], probability.shape[0])
    return {"x": x, "y": y, "rows": (down @ probability @ across.T >= threshold).astype(int).tolist()}


def read(path):
    with PIL.Image.open(path) as image:
        if image.mode not in ("L", "I;16"):
            raise SystemExit(f"{path}: found an image of mode {image.mode}, expected 8 or 16 bit grey")
        return np.asarray(image)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", help="of mammograft export --onnx")
    parser.add_argument("images", nargs="+", help="8 or 16 bit grey PNGs")
    parser.add_argument("--mm-per-px", type=float, help="size of a pixel, for detectors that work in mm")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", help="a file, instead of the terminal")
    options = parser.parse_args()
    detector = Detector(options.folder, options.threads)
    spacing = options.mm_per_px and (options.mm_per_px, options.mm_per_px)
    text = json.dumps([{"file_name": path, **mass}
                       for path in options.images for mass in detector.detect(read(path), spacing)], indent=1)
    if options.out:
        pathlib.Path(options.out).write_text(text + "\n")
    else:
        print(text)


if __name__ == "__main__":
    main()
