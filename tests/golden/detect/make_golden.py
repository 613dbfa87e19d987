"""Makes detect_golden.json with torchvision 0.14 (not needed to build or to test).

    apt-get install python3-torchvision && /usr/bin/python3 make_golden.py

Tensors are {"shape": [...], "values": [...]}; inputs are rounded before torchvision sees them.
"""
import json
import pathlib
from types import SimpleNamespace

import torch
from torchvision.models.detection._utils import BoxCoder, Matcher
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.retinanet import RetinaNet, RetinaNetHead, _default_anchorgen
from torchvision.models.detection.roi_heads import paste_masks_in_image
from torchvision.ops import MultiScaleRoIAlign, batched_nms, box_iou, nms, roi_align, sigmoid_focal_loss
from torchvision.ops.poolers import LevelMapper

torch.manual_seed(7)


def rounded(tensor, digits):
    return torch.round(tensor * 10**digits) / 10**digits


def stored(tensor):
    values = tensor.flatten().tolist()
    if tensor.dtype.is_floating_point:
        values = [float(f"{value:.7g}") for value in values]
    return {"shape": list(tensor.shape), "values": values}


def boxes(count, extent, largest):
    corner = torch.rand(count, 2) * extent
    side = torch.rand(count, 2) * largest + 0.5
    return rounded(torch.cat([corner, corner + side], 1), 2)


golden = {}

sizes = ((24, 36), (48, 72))
ratios = ((0.7, 1.0, 1.4),) * 2
generator = AnchorGenerator(sizes, ratios)
images = ImageList(torch.zeros(1, 3, 70, 96), [(70, 96)])  # 70 / 8 is not whole
maps = [torch.zeros(1, 1, 8, 12), torch.zeros(1, 1, 4, 6)]
golden["anchors"] = {
    "sizes": [24.0, 36.0, 48.0, 72.0], "ratios": list(ratios[0]), "image": [70, 96],
    "maps": [[8, 12], [4, 6]], "all": stored(generator(images, maps)[0].to(torch.int64)),
    "torchvision_base": stored(torch.cat(
        [AnchorGenerator(((s,),), ((0.5, 1.0, 2.0),)).cell_anchors[0] for s in (32, 64, 128, 256, 512)])),
}

anchors, truths = boxes(8, 100, 60), boxes(8, 100, 60)
golden["coder"] = {"anchors": stored(anchors), "boxes": stored(truths), "cases": []}
for weights in ((1.0, 1.0, 1.0, 1.0), (10.0, 10.0, 5.0, 5.0)):
    coder = BoxCoder(weights)
    deltas = rounded(torch.randn(8, 12) * 2, 3)
    deltas[0, 2:4] = 40  # beyond the clamp
    golden["coder"]["cases"].append({
        "weights": list(weights), "encoded": stored(coder.encode_single(truths, anchors)),
        "deltas": stored(deltas), "decoded": stored(coder.decode_single(deltas, anchors).view(8, 3, 4))})

crowd, scores = boxes(60, 50, 40), rounded(torch.rand(60), 3)
groups = torch.randint(0, 3, (60,))
golden["nms"] = {"boxes": stored(crowd), "scores": stored(scores), "groups": stored(groups), "cases": [
    {"threshold": t, "kept": nms(crowd, scores, t).tolist(),
     "kept_in_groups": batched_nms(crowd, scores, groups, t).tolist()} for t in (0.2, 0.3, 0.5, 0.7)]}

golden["iou"] = {"a": stored(crowd[:6]), "b": stored(crowd[6:13]), "iou": stored(box_iou(crowd[:6], crowd[6:13]))}

quality = rounded(torch.rand(5, 40) ** 3, 2)  # two decimals: ties happen
quality[4] = quality[4] * 0.2  # one truth that no anchor covers well
golden["matcher"] = {"iou": stored(quality), "cases": []}
for fg, bg, keep in ((0.7, 0.3, True), (0.6, 0.3, True), (0.7, 0.3, False), (0.5, 0.5, False)):
    golden["matcher"]["cases"].append({"fg": fg, "bg": bg, "keep_best": keep,
                                       "matches": Matcher(fg, bg, keep)(quality).tolist()})

features = rounded(torch.randn(2, 3, 12, 10), 2)
rois = torch.tensor([[4.0, 6.0, 50.0, 60.0], [10.3, 20.7, 33.1, 29.9], [-12.0, -9.0, 20.0, 30.0],
                     [60.0, 70.0, 110.0, 140.0], [5.0, 5.0, 6.0, 7.0], [0.0, 0.0, 80.0, 96.0],
                     [200.0, 200.0, 240.0, 240.0]])
index = torch.tensor([0, 1, 0, 1, 0, 1, 0])
golden["roi_align"] = {"features": stored(features), "boxes": stored(rois), "image": stored(index),
                       "scale": 0.125, "output": 3, "cases": []}
for sampling in (2, -1):
    for aligned in (False, True):
        out = roi_align(features, torch.cat([index[:, None].float(), rois], 1), 3, 0.125, sampling, aligned)
        golden["roi_align"]["cases"].append({"sampling": sampling, "aligned": aligned, "out": stored(out)})

sides = torch.tensor([8.0, 55.9, 56.0, 111.99, 112.0, 223.9, 224.0, 224.1, 447.9, 448.0, 900.0, 2000.0])
squares = torch.stack([torch.zeros(12), torch.zeros(12), sides, sides], 1)
squares = torch.cat([squares, torch.tensor([[10.0, 20.0, 410.0, 60.0], [3.0, 4.0, 3.0, 4.0]])])
golden["levels"] = {"boxes": stored(squares), "cases": [
    {"first": a, "levels": b - a + 1, "level": LevelMapper(a, b)([squares]).tolist()}
    for a, b in ((2, 5), (3, 4), (3, 6))]}

fine, coarse = rounded(torch.randn(2, 2, 64, 48), 1), rounded(torch.randn(2, 2, 32, 24), 1)
fine, coarse = fine[:, :, ::1, ::1], coarse
per_image = [boxes(5, 100, 300), boxes(4, 100, 300)]
per_image[0][0] = torch.tensor([0.0, 0.0, 300.0, 300.0])
pool = MultiScaleRoIAlign(["0", "1"], 2, 2)
golden["pyramid"] = {
    "features": [{"shape": list(f.shape), "tenths": (f * 10).round().int().flatten().tolist()}
                 for f in (fine, coarse)],
    "strides": [8, 16], "boxes": stored(torch.cat(per_image)), "image": [0] * 5 + [1] * 4, "output": 2,
    "out": stored(pool({"0": fine, "1": coarse}, per_image, [(512, 384)] * 2))}

yy, xx = torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij")
blob = torch.sigmoid((1 - ((xx - 12) / 9) ** 2 - ((yy - 15) / 11) ** 2) * 4)
blob = rounded(blob, 3)
golden["paste"] = {"height": 120, "width": 100, "probability": stored(blob), "cases": []}
for box in ([20.0, 30.0, 76.0, 86.0], [-15.3, 60.7, 40.2, 131.4], [50.25, 10.75, 99.5, 44.0]):
    mask = paste_masks_in_image(blob[None, None], torch.tensor([box]), (120, 100))[0, 0] >= 0.5
    golden["paste"]["cases"].append({"box": box, "rows": ["".join("#" if v else "." for v in row) for row in mask]})

logits = torch.cat([torch.tensor([-12.0, -8.0, 8.0, 12.0]), rounded(torch.randn(26) * 3, 2)])
truth = (torch.arange(30) % 3 == 0).float()
golden["focal"] = {"logits": stored(logits), "targets": stored(truth), "cases": []}
for alpha, gamma in ((0.25, 2.0), (0.6, 0.5), (0.5, 0.0)):
    leaf = logits.clone().requires_grad_()
    loss = sigmoid_focal_loss(leaf, truth, alpha, gamma, "sum")
    loss.backward()
    golden["focal"]["cases"].append({"alpha": alpha, "gamma": gamma, "sum": float(f"{loss.item():.7g}"),
                                     "gradient": stored(leaf.grad)})

# Two levels of strides 8 and 16 under a 48 x 64 image, two classes; an image without boxes.
head = RetinaNetHead(4, 2, 2)
for name, tensor in head.state_dict().items():
    scale = 0.02 if "bbox_reg" in name else 0.3
    tensor.copy_(rounded(torch.randn(tensor.shape) * scale, 2))
levels = [rounded(torch.randn(2, 4, 48 // s, 64 // s), 1).requires_grad_() for s in (8, 16)]
out = head(levels)
generator = AnchorGenerator(((14,), (28,)), ((0.7, 1.4),) * 2)
anchors = generator(ImageList(torch.zeros(2, 3, 48, 64), [(48, 64)] * 2), levels)
masses = torch.tensor([[6.0, 8.0, 19.0, 25.0], [30.0, 14.0, 60.0, 38.0], [2.0, 40.0, 5.0, 44.0]])
targets = [{"boxes": masses, "labels": torch.tensor([0, 1, 1])},
           {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64)}]
matcher = Matcher(0.5, 0.4, allow_low_quality_matches=True)
matches = [matcher(box_iou(masses, anchors[0])), torch.full((len(anchors[1]),), -1)]
losses = head.compute_loss(targets, out, anchors, matches)
sum(losses.values()).backward()
sizes = [level.shape[2] * level.shape[3] * 2 for level in levels]
split = {name: list(tensor.detach().split(sizes, 1)) for name, tensor in out.items()}
settings = {"topk_candidates": 20, "nms_thresh": 0.4, "detections_per_img": 12}
retina = SimpleNamespace(score_thresh=0, box_coder=BoxCoder((1.0, 1.0, 1.0, 1.0)), **settings)
found = RetinaNet.postprocess_detections(retina, split, [a.split(sizes) for a in anchors], [(48, 64)] * 2)
golden["retina"] = {
    "image": [48, 64], "sizes": [14.0, 28.0], "ratios": [0.7, 1.4],
    "weights": {name: stored(tensor) for name, tensor in head.state_dict().items()},
    "levels": [stored(level.detach()) for level in levels], "boxes": stored(masses),
    "classes": targets[0]["labels"].tolist(), "logits": stored(out["cls_logits"].detach()),
    "deltas": stored(out["bbox_regression"].detach()), "positive": int((matches[0] >= 0).sum()),
    "losses": {name: float(f"{value.item():.7g}") for name, value in losses.items()},
    "gradients": [stored(level.grad) for level in levels], **settings,
    "found": [{name: stored(tensor) for name, tensor in image.items()} for image in found],
    "torchvision_base": stored(torch.cat(_default_anchorgen().cell_anchors)),
}

path = pathlib.Path(__file__).parent / "detect_golden.json"
lines = ",\n".join(f'"{key}": {json.dumps(value, separators=(",", ":"))}' for key, value in golden.items())
path.write_text("{\n" + lines + "\n}\n")
