"""Where the breast is in a mammogram, and what a mammograft network sees of it. NumPy only.

The numbers are those of src/image/breast.cc and src/nn/input.cc, which say why; docs/formats.md
("What a network sees") has the formula. Lengths belong to a reduced image of 256 px.
"""

import collections
import math

import numpy as np

WORKING_SIZE = 256     # px, longer side of the reduced image
SMALLEST_SIDE = 16     # px, reduced: below that the whole image counts as breast
SMALLEST_SHARE = 0.02  # of the image: a smaller component is no breast


def rounded(value):  # halves up, where round() goes to even
    return math.floor(value + 0.5)


# Resampling: matrices that turn one axis of an image into another length.

def area_matrix(source, target):
    """Each pixel becomes the mean of what it covers (OpenCV's INTER_AREA)."""
    scale = source / target
    matrix = np.zeros((target, source))
    for i in range(target):
        low, high = i * scale, (i + 1) * scale
        first, last = math.ceil(low), min(math.floor(high), source - 1)
        first = min(first, last)
        width = min(scale, source - low)
        matrix[i, first:last] = 1 / width
        if first - low > 1e-3:
            matrix[i, first - 1] = (first - low) / width
        if high - last > 1e-3:
            matrix[i, last] = min(high - last, 1, width) / width
    return matrix


def linear_matrix(source, target):
    """Between pixels' centres; beyond the outermost ones the border (INTER_LINEAR)."""
    at = ((np.arange(target) + 0.5) * (source / target) - 0.5).astype(np.float32)
    at = np.clip(at, 0, source - 1)
    low = np.minimum(np.floor(at).astype(int), source - 1)
    high = np.minimum(low + 1, source - 1)
    matrix = np.zeros((target, source), np.float32)
    np.add.at(matrix, (np.arange(target), low), 1 - (at - low))
    np.add.at(matrix, (np.arange(target), high), at - low)
    return matrix


def resized(image, height, width):
    """Means where the image shrinks, linear where it grows."""
    for axis, length in enumerate((height, width)):
        if length == image.shape[axis]:
            continue
        matrix = (area_matrix if length < image.shape[axis] else linear_matrix)(image.shape[axis], length)
        image = matrix @ image if axis == 0 else image @ matrix.T
    return image


def blurred(image, sigma):
    """Gaussian of OpenCV's width, the border repeated."""
    radius = (rounded(sigma * 8 + 1) | 1) // 2
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        pad = [(0, 0), (0, 0)]
        pad[axis] = (radius, radius)
        wide = np.pad(image, pad, mode="edge")
        length = image.shape[axis]
        image = sum(k * np.take(wide, range(i, i + length), axis) for i, k in enumerate(kernel))
    return image.astype(np.float32)


# Shapes: masks are arrays of bool.

def disk(radius):
    """The offsets (dy, dx) of OpenCV's ellipse of 2 radius + 1."""
    offsets = []
    for dy in range(-radius, radius + 1):
        reach = round(radius * math.sqrt((radius * radius - dy * dy) / (radius * radius)))
        offsets += [(dy, dx) for dx in range(-reach, reach + 1)]
    return offsets


def square(radius):
    return [(dy, dx) for dy in range(-radius, radius + 1) for dx in range(-radius, radius + 1)]


def dilated(mask, offsets):
    height, width = mask.shape
    reach = max(max(abs(dy), abs(dx)) for dy, dx in offsets)
    wide = np.pad(mask, reach)
    result = np.zeros_like(mask)
    for dy, dx in offsets:
        result |= wide[reach + dy:reach + dy + height, reach + dx:reach + dx + width]
    return result


def opened(mask, offsets):
    """Eroded, then dilated; beyond the image is neither mask nor background."""
    return dilated(~dilated(~mask, offsets), offsets)


def components(mask, diagonal):
    """Numbers 1, 2, ... of the connected parts, 0 outside; and how many there are."""
    labels, count = np.zeros(mask.shape, int), 0
    steps = [(-1, 0), (1, 0), (0, -1), (0, 1)]
    if diagonal:
        steps += [(-1, -1), (-1, 1), (1, -1), (1, 1)]
    height, width = mask.shape
    for start in zip(*np.nonzero(mask)):
        if labels[start]:
            continue
        count += 1
        labels[start] = count
        queue = collections.deque([start])
        while queue:
            y, x = queue.popleft()
            for dy, dx in steps:
                v, u = y + dy, x + dx
                if 0 <= v < height and 0 <= u < width and mask[v, u] and not labels[v, u]:
                    labels[v, u] = count
                    queue.append((v, u))
    return labels, count


def without_holes(mask):
    background, _ = components(np.pad(~mask, 1, constant_values=True), diagonal=False)
    return (background != background[0, 0])[1:-1, 1:-1]


def grown(mask, allowed, steps):
    """Into `allowed`, at most so many pixels far."""
    result = mask
    for _ in range(steps):
        result = dilated(result, disk(1)) & allowed
    return result | mask


# The breast.

def otsu(image):
    """Otsu's threshold of the pixels that are not saturated, 0 to 1."""
    bins = np.floor(image[image <= 0.9] * 255 + 0.5).astype(int)
    histogram = np.bincount(bins, minlength=256).astype(float)
    below, sums = np.cumsum(histogram), np.cumsum(histogram * np.arange(256))
    inner = (below > 0) & (below < below[-1])
    gap = np.zeros(256)
    gap[inner] = sums[inner] / below[inner] - (sums[-1] - sums[inner]) / (below[-1] - below[inner])
    return np.argmax(np.where(inner, below * (below[-1] - below) * gap * gap, -1)) / 255 if inner.any() else 0


def strips(image, px):
    """Bright bands along the image's sides that end in a step: the film's edges."""
    found, deepest, step = np.zeros(image.shape, bool), px(16), px(2)
    for turns in range(4):  # each side in turn is brought to the left
        lines, mark = np.rot90(image, turns), np.rot90(found, turns)  # mark is a view
        along, across = lines.shape
        if across < 4 * deepest:
            continue
        widths = np.zeros(along, int)
        for line in range(along):
            start = 0
            while start < step and lines[line, start] < np.float32(0.8):
                start += 1
            end = start
            while end < deepest and lines[line, end] >= np.float32(0.8):
                end += 1
            if end == start or end >= deepest:
                continue
            if lines[line, max(start, end - step)] - lines[line, end + step] >= np.float32(0.2):
                widths[line] = min(across, end + step)
        if np.count_nonzero(widths) >= 0.15 * along:
            mark |= np.arange(across) < widths[:, None]
    return found


def small_white_regions(image, air, px):
    """Labels: white, small, and ringed by air."""
    found, reach = np.zeros(image.shape, bool), px(4)
    labels, count = components(image > 0.85, diagonal=True)
    for k in range(1, count + 1):
        ys, xs = np.nonzero(labels == k)
        if len(ys) < 4 or len(ys) > 0.3 * image.size:
            continue
        around = (slice(max(0, ys.min() - reach), ys.max() + 1 + reach),
                  slice(max(0, xs.min() - reach), xs.max() + 1 + reach))
        region = labels[around] == k
        ring = dilated(region, disk(reach)) & ~dilated(region, disk(max(1, reach - 1)))
        dark = np.count_nonzero(ring & (image[around] < air))
        if ring.any() and dark >= 0.6 * np.count_nonzero(ring):
            found[around] |= dilated(region, disk(px(2)))
    return found


def breast_part(image, mask):
    """The largest part that is not mostly white; None where none is large enough."""
    labels, count = components(mask, diagonal=False)
    areas = np.bincount(labels.ravel(), minlength=count + 1)
    white = np.bincount(labels.ravel(), weights=(image > 0.9).ravel(), minlength=count + 1)
    best, best_area = 0, SMALLEST_SHARE * mask.size
    for k in range(1, count + 1):
        strip = white[k] > 0.75 * areas[k] and areas[k] < 0.5 * mask.size
        if not strip and areas[k] > best_area:
            best, best_area = k, areas[k]
    return labels == best if best else None


def air_level(image, tissue, artefacts, threshold, px):
    """The upper end of the grey values beside the breast."""
    far = ~dilated(tissue, square(px(10))) & ~artefacts
    values = image[far & (image > np.float32(0.004)) & (image < threshold)]
    if values.size < 50:
        return 0
    at = int(0.9 * values.size)
    return np.partition(values, at)[at]


def soft_breast(image, options):
    """Of the reduced image: above 0.5 inside; None where there is no breast."""
    unit = max(image.shape) / WORKING_SIZE

    def px(length):
        return max(1, rounded(length * unit))

    smooth = blurred(image, unit)
    floor = options["threshold_floor"]
    threshold = max(floor, options["threshold_share"] * otsu(smooth))
    artefacts = strips(image, px) | small_white_regions(image, max(threshold, 0.12), px)
    tissue = breast_part(image, opened((smooth > threshold) & ~artefacts, disk(px(4))))
    if tissue is None:
        return None
    air = air_level(image, tissue, artefacts, threshold, px)
    faint = min(threshold, max(floor, air + 0.015))
    tissue = without_holes(grown(tissue, (smooth > faint) & ~artefacts, px(6)))
    radius = px(6)  # what hangs on by a narrow band is cut off
    border = radius + 1
    core = opened(np.pad(tissue, border), disk(radius))[border:-border, border:-border]
    tissue = breast_part(image, grown(core, tissue, radius))
    if tissue is None:
        return None
    return blurred(without_holes(tissue).astype(np.float32), 1.5 * unit)


def breast_mask(pixels, options):
    """pixels: uint16 at full scale -> bool; all true where no breast is found."""
    height, width = pixels.shape
    scale = min(1, WORKING_SIZE / max(height, width))
    small = np.rint(resized(pixels.astype(float), max(1, rounded(height * scale)), max(1, rounded(width * scale))))
    image = (small / 65535).astype(np.float32)
    soft = soft_breast(image, options) if min(image.shape) >= SMALLEST_SIDE else None
    return np.ones(pixels.shape, bool) if soft is None else resized(soft, height, width) > 0.5


# What the network sees.

def percentile(values, share):
    """The smallest value that at least `share` % of them do not exceed."""
    rank = max(1, math.ceil(share / 100 * values.size))
    return int(np.partition(values, rank - 1)[rank - 1])


def network_input(pixels, options, mm_per_px=None):
    """pixels: uint16 at full scale; options: "input" of detector.json; mm_per_px: (row, column).

    Returns the network's image [1, 1, H, W] and (offset_x, offset_y, scale_x, scale_y):
    network x = (original x - offset_x) * scale_x.
    """
    height, width = pixels.shape
    mask = breast_mask(pixels, options["breast"])
    x0, y0, x1, y1 = 0, 0, width, height
    if options["crop"] and mask.any():
        ys, xs = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
        margin = options["margin_px"]
        x0, x1 = max(0, xs[0] - margin), min(width, xs[-1] + 1 + margin)
        y0, y1 = max(0, ys[0] - margin), min(height, ys[-1] + 1 + margin)
    rim = max(1, round(options["rim_share"] * max(y1 - y0, x1 - x0)))
    rows = dilated(mask, [(d, 0) for d in range(-rim, rim + 1)])
    seen = dilated(rows, [(0, d) for d in range(-rim, rim + 1)])[y0:y1, x0:x1]
    crop, inside = pixels[y0:y1, x0:x1], mask[y0:y1, x0:x1]
    low, high = 0, 65535
    if inside.any():
        low, high = (percentile(crop[inside], options[key]) for key in ("low_percentile", "high_percentile"))
    grey = (crop.astype(np.float32) - np.float32(low)) * np.float32(1 / np.float32(max(1, high - low)))
    grey = np.where(seen, np.clip(grey, 0, 1), 0)
    scale_y = scale_x = options["long_side_px"] / max(crop.shape)
    if options["mm_per_px"] > 0:
        if mm_per_px is None:
            raise ValueError("this detector works in millimetres: the size of a pixel is needed")
        scale_y, scale_x = (mm / options["mm_per_px"] for mm in mm_per_px)
    rows, columns = max(1, round(crop.shape[0] * scale_y)), max(1, round(crop.shape[1] * scale_x))
    multiple = options["side_multiple"]
    canvas = np.zeros((1, 1, -(-rows // multiple) * multiple, -(-columns // multiple) * multiple), np.float32)
    canvas[0, 0, :rows, :columns] = resized(grey, rows, columns)
    return canvas, (x0, y0, columns / crop.shape[1], rows / crop.shape[0])


def full_scale(pixels):
    """uint8 or uint16 as decoded -> uint16 whose full scale is 65535 (src/image/value_bits.h)."""
    if pixels.dtype == np.uint8:
        return pixels.astype(np.uint16) * 257
    largest = int(pixels.max())
    bits = next(b for b in (8, 10, 12, 14, 16) if largest >> b == 0) if largest else 16
    if bits == 16 or not np.any(pixels % 257):
        return pixels
    top = 2 ** bits - 1
    return ((pixels.astype(np.uint32) * 65535 + top // 2) // top).astype(np.uint16)
