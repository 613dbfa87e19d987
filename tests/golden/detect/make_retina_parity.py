"""What torchvision's RetinaNet R50-FPN computes, for src/detect/retina_parity_test.cc.

    apt-get install python3-torchvision && /usr/bin/python3 make_retina_parity.py [FOLDER]

writes retina_parity_golden.json beside itself or, into the folder, a larger case as whole tensors, as
make_parity.py does for Mask R-CNN. torchvision 0.14.

The model is retinanet_resnet50_fpn's with frozen batch norm, for two classes; the score floor is 0. Its parts
are called one after the other, as RetinaNet.forward does, without the resize.
"""
import torch
from torchvision.models import resnet50
from torchvision.models.detection import RetinaNet
from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import box_iou, clip_boxes_to_image
from torchvision.ops.feature_pyramid_network import LastLevelP6P7
from torchvision.ops.misc import FrozenBatchNorm2d

from parity import HERE, Margins, fill, images, main, normalised, write_case, write_golden, write_models

SMALLEST_PX = 0.01  # ours drops smaller boxes, torchvision's RetinaNet does not


def make_model(case, classes=2):
    backbone = _resnet_fpn_extractor(resnet50(weights=None, norm_layer=FrozenBatchNorm2d), 5,
                                     returned_layers=[2, 3, 4], extra_blocks=LastLevelP6P7(256, 256))
    model = RetinaNet(backbone, classes, score_thresh=0.0, topk_candidates=case["candidates"],
                      detections_per_img=case["max_detections"])
    fill(model, case)
    return model


def run_head(model, x):
    """Pyramid, head's outputs, anchors of an image, and how many anchors each level has."""
    features = list(model.backbone(x).values())
    outputs = model.head(features)
    anchors = model.anchor_generator(ImageList(x, [tuple(x.shape[2:])] * len(x)), features)
    per_location = model.anchor_generator.num_anchors_per_location()
    sizes = [level.shape[2] * level.shape[3] * count for level, count in zip(features, per_location)]
    return features, outputs, anchors, sizes


def detection_margins(margins, model, logits, deltas, anchors, sizes, shape):
    """Of one image; in logits, which are further apart than scores."""
    values, boxes, labels, start = [], [], [], 0
    for size in sizes:
        level = logits[start:start + size].flatten()
        count = min(model.topk_candidates, len(level))
        margins.cut("best of a level", level, count)
        index = level.topk(count).indices
        anchor = start + index // logits.shape[1]
        values.append(level[index])
        labels.append(index % logits.shape[1])
        boxes.append(clip_boxes_to_image(model.box_coder.decode_single(deltas[anchor], anchors[anchor]), shape))
        start += size
    values, boxes, labels = torch.cat(values), torch.cat(boxes), torch.cat(labels)
    margins.nms("detections", boxes, values, labels, model.nms_thresh, model.detections_per_img)


def inference(model, grey, margins):
    model.eval()
    x, shape = normalised(grey), tuple(grey.shape[2:])
    with torch.no_grad():
        result = {f"c{level + 3}": c for level, c in enumerate(model.backbone.body(x).values())}
        features, outputs, anchors, sizes = run_head(model, x)
        result.update({f"p{level + 3}": p for level, p in enumerate(features)})
        logits, deltas = outputs["cls_logits"], outputs["bbox_regression"]
        result.update({"logits": logits, "deltas": deltas, "anchors": anchors[0]})
        split = {name: list(tensor.split(sizes, 1)) for name, tensor in outputs.items()}
        found = model.postprocess_detections(split, [a.split(sizes) for a in anchors], [shape] * len(x))
        for n, image in enumerate(found):
            result.update({f"found.{n}.{what}": tensor for what, tensor in image.items()})
            margins.add("smallest detection", image["boxes"][:, 2:] - image["boxes"][:, :2] - SMALLEST_PX)
            margins.add("rank of a detection", -torch.logit(image["scores"]).diff())
            detection_margins(margins, model, logits[n], deltas[n], anchors[n], sizes, shape)
    return result


def choose_truth(found):
    """Two masses of each class where detections are, and one that no anchor matches well; an image without."""
    boxes = found[((found[:, 2:] - found[:, :2]) > 24).all(1)]
    by_area = boxes[((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).argsort()]
    chosen = by_area[[0, len(boxes) // 3, len(boxes) * 2 // 3, len(boxes) - 1]]
    shrunk = chosen + torch.tensor([0.06, 0.05, -0.04, -0.07]) * (chosen[:, 2:] - chosen[:, :2]).repeat(1, 2)
    tiny = torch.tensor([[101.25, 54.5, 113.5, 69.75]])
    boxes = (torch.cat([shrunk, tiny]) * 4).round().div(4)
    assert len(boxes.unique(dim=0)) == len(boxes), "an anchor could take either of two equal masses"
    return [{"boxes": boxes.tolist(), "labels": [0, 1, 0, 1, 1]}, {"boxes": [], "labels": []}]


def training_margins(margins, model, outputs, anchors, target):
    """Of an image with masses: L1's kink, where the gradient turns. Overlaps with anchors fp32 knows to 1e-7."""
    iou = box_iou(target["boxes"], anchors)
    best = iou.max(0).values
    for threshold in (model.proposal_matcher.low_threshold, model.proposal_matcher.high_threshold):
        assert ((best - threshold).abs() > 1e-6).all(), "fp32 could see this anchor's overlap on the other side"
    matches = model.proposal_matcher(iou)
    positive = matches >= 0
    assert (best[positive] < 0.4).any(), "no anchor is positive only because it is the best"
    regression = model.box_coder.encode_single(target["boxes"][matches[positive]], anchors[positive])
    margins.add("kink of L1", (outputs[positive] - regression).abs())


def training(model, grey, truth, margins):
    model.train()
    targets = [{"boxes": torch.tensor(image["boxes"]).view(-1, 4),
                "labels": torch.tensor(image["labels"], dtype=torch.int64)} for image in truth]
    model.zero_grad()
    _, outputs, anchors, _ = run_head(model, normalised(grey))
    losses = model.compute_loss(targets, outputs, anchors)
    sum(losses.values()).backward()
    training_margins(margins, model, outputs["bbox_regression"][0].detach(), anchors[0], targets[0])
    return {**{f"loss.{name}": value.detach() for name, value in losses.items()},
            **{f"grad.{name}": p.grad for name, p in model.named_parameters()}}


def run(case):
    margins = Margins()
    model = make_model(case)
    grey = images(case["seed"], 2, *case["size"])
    tensors = inference(model, grey, margins)
    case["truth"] = choose_truth(tensors["found.0.boxes"])
    tensors.update(training(model, grey, case["truth"], margins))
    case["margins"] = {what: float(f"{value:.3g}") for what, value in margins.least.items()}
    return model, grey, tensors


def make_golden():
    write_golden(HERE / "retina_parity_golden.json", [
        {"seed": "retina-32", "bn_eps": 1e-5, "size": [128, 192], "candidates": 24, "max_detections": 20}], run)


def make_folder(folder):
    case = {"seed": "large-retina-12", "bn_eps": 0.0, "size": [320, 384], "candidates": 1000, "max_detections": 300}
    model = write_case(folder, "case", case, run)
    write_models(folder, model, make_model(case, 91))


if __name__ == "__main__":
    main(make_golden, make_folder)
