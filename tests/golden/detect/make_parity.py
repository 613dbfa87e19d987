"""What torchvision's Mask R-CNN R50-FPN computes, for src/detect/parity_test.cc.

    apt-get install python3-torchvision && /usr/bin/python3 make_parity.py

writes parity_golden.json beside itself: small cases as samples, norms and projections. With a folder,

    /usr/bin/python3 make_parity.py FOLDER

writes larger ones into it as whole tensors, and the model under every name that torchvision has given its
parameters; tests/torchvision_parity.py compares with those. torchvision 0.14.

The model is torchvision's with frozen batch norm, as its constructor builds it for pretrained weights.
Both sides compute weights, images and masks of the golden cases (parity.py, ellipse()).
Its parts are called one after the other, as GeneralizedRCNN.forward does, without the resize.
"""
import torch
from torchvision.models import resnet50
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.roi_heads import maskrcnn_inference
from torchvision.models.detection.rpn import concat_box_prediction_layers
from torchvision.ops import box_iou
from torchvision.ops.misc import FrozenBatchNorm2d

from parity import HERE, Margins, fill, images, main, normalised, write_case, write_golden, write_models

ALL = 1 << 20  # samples: every candidate, so that no chance is left


def ellipse(box, height, width):
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    u = (2 * x + 1 - box[0] - box[2]) / (box[2] - box[0])
    v = (2 * y + 1 - box[1] - box[3]) / (box[3] - box[1])
    return (u * u + v * v < 1).byte()


def make_model(case, classes=2):
    rpn, roi = case["rpn"], case["roi"]
    backbone = _resnet_fpn_extractor(resnet50(weights=None, norm_layer=FrozenBatchNorm2d), 5)
    model = MaskRCNN(
        backbone, classes, rpn_pre_nms_top_n_train=rpn["pre_nms_train"],
        rpn_post_nms_top_n_train=rpn["post_nms_train"], rpn_pre_nms_top_n_test=rpn["pre_nms_test"],
        rpn_post_nms_top_n_test=rpn["post_nms_test"], rpn_batch_size_per_image=ALL,
        box_batch_size_per_image=ALL, box_score_thresh=0.0, box_detections_per_img=roi["max_detections"])
    fill(model, case)
    # All samples: whatever the share of positives, none may be left out.
    for sampler in (model.rpn.fg_bg_sampler, model.roi_heads.fg_bg_sampler):
        sampler.positive_fraction = 0.5
    keep_precision(model.rpn)
    return model


def keep_precision(rpn):
    """torchvision's labels are fp32, and so would be the loss that is computed in their place."""
    assign = rpn.assign_targets_to_anchors

    def assign_in_fp64(anchors, targets):
        labels, boxes = assign(anchors, targets)
        return [of_image.double() for of_image in labels], boxes

    rpn.assign_targets_to_anchors = assign_in_fp64


def level_margins(margins, boxes):
    side = ((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).sqrt()
    level = 4 + torch.log2(side / 224)
    inside = level[(level > 2.5) & (level < 5.5)]
    margins.add("pyramid level", (inside - inside.round()).abs())


def rpn_margins(margins, model, logits, deltas, anchors, sizes, shape):
    height, width = shape
    for n in range(len(logits)):
        boxes = model.rpn.box_coder.decode_single(deltas[n], anchors)
        boxes = torch.stack([boxes[:, 0].clamp(0, width), boxes[:, 1].clamp(0, height),
                             boxes[:, 2].clamp(0, width), boxes[:, 3].clamp(0, height)], 1)
        chosen, groups, offset = [], [], 0
        for level, size in enumerate(sizes):
            count = min(model.rpn.pre_nms_top_n(), size)
            scores = logits[n, offset:offset + size]
            margins.cut("best of a level", scores, count)
            chosen.append(scores.topk(count).indices + offset)
            groups.append(torch.full((count,), level))
            offset += size
        index = torch.cat(chosen)
        margins.nms("proposals", boxes[index], logits[n, index], torch.cat(groups), model.rpn.nms_thresh,
                    model.rpn.post_nms_top_n())


def run_rpn(model, x, features, shape):
    """Logits and deltas of all anchors, finest level first, location-major."""
    logits, deltas = model.rpn.head(features)
    sizes = [level[0].numel() for level in logits]
    logits, deltas = concat_box_prediction_layers(logits, deltas)
    anchors = model.rpn.anchor_generator(ImageList(x, [shape] * len(x)), features)[0]
    return logits.view(len(x), -1), deltas.view(len(x), -1, 4), anchors, sizes


def inference(model, grey, margins):
    model.eval()
    x, shape = normalised(grey), tuple(grey.shape[2:])
    shapes = [shape] * len(x)
    result = {}
    with torch.no_grad():
        for level, tensor in enumerate(model.backbone.body(x).values()):
            result[f"c{level + 2}"] = tensor
        features = model.backbone(x)
        for level, tensor in enumerate(features.values()):
            result[f"p{level + 2}"] = tensor
        logits, deltas, anchors, sizes = run_rpn(model, x, list(features.values()), shape)
        result.update({"rpn.logits": logits, "rpn.deltas": deltas})
        rpn_margins(margins, model, logits, deltas, anchors, sizes, shape)
        decoded = model.rpn.box_coder.decode(deltas.reshape(-1, 4), [anchors] * len(x)).view(len(x), -1, 4)
        proposals, scores = model.rpn.filter_proposals(decoded, logits, shapes, sizes)
        heads = model.roi_heads
        aligned = heads.box_roi_pool(features, proposals, shapes)
        hidden = heads.box_head(aligned)
        class_logits, box_deltas = heads.box_predictor(hidden)
        result.update({"box.features": aligned, "box.hidden": hidden, "box.logits": class_logits,
                       "box.deltas": box_deltas})
        boxes, box_scores, labels = heads.postprocess_detections(class_logits, box_deltas, proposals, shapes)
        mask_logits = heads.mask_predictor(heads.mask_head(heads.mask_roi_pool(features, boxes, shapes)))
        result["mask.logits"] = mask_logits
        masks = maskrcnn_inference(mask_logits, labels)
        offset = 0
        for n in range(len(x)):
            result.update({f"proposals.{n}.boxes": proposals[n], f"proposals.{n}.scores": scores[n],
                           f"found.{n}.boxes": boxes[n], f"found.{n}.scores": box_scores[n],
                           f"found.{n}.masks": masks[n][:, 0]})
            level_margins(margins, proposals[n])
            level_margins(margins, boxes[n])
            # The candidates of the last NMS: class 1 of every proposal.
            part = slice(offset, offset + len(proposals[n]))
            offset += len(proposals[n])
            candidates = heads.box_coder.decode(box_deltas[part], [proposals[n]])[:, 1]
            candidates[:, 0::2] = candidates[:, 0::2].clamp(0, shape[1])
            candidates[:, 1::2] = candidates[:, 1::2].clamp(0, shape[0])
            log_odds = class_logits[part, 1] - class_logits[part, 0]
            margins.nms("detections", candidates, log_odds, torch.zeros(len(candidates)), heads.nms_thresh,
                        heads.detections_per_img)
        # The parts, called by hand, are the whole.
        whole = heads(features, model.rpn(ImageList(x, shapes), features)[0], shapes)[0]
        for n in range(len(x)):
            assert torch.equal(whole[n]["boxes"], boxes[n]) and torch.equal(whole[n]["masks"], masks[n])
    return result


def choose_truth(proposals):
    """Masses where proposals are, so that some match: three in the first image, none in the other."""
    boxes = proposals[((proposals[:, 2:] - proposals[:, :2]) > 16).all(1)]
    by_area = boxes[((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).argsort()]
    chosen = by_area[[len(boxes) // 3, len(boxes) * 2 // 3, len(boxes) - 1]]
    shrunk = chosen + torch.tensor([0.06, 0.05, -0.04, -0.07]) * (chosen[:, 2:] - chosen[:, :2]).repeat(1, 2)
    return [(shrunk * 4).round().div(4).tolist(), []]


def training(model, grey, truth, margins):
    model.train()
    x, shape = normalised(grey), tuple(grey.shape[2:])
    shapes = [shape] * len(x)
    targets = [{"boxes": torch.tensor(boxes).view(-1, 4), "labels": torch.ones(len(boxes), dtype=torch.int64),
                "masks": torch.stack([ellipse(b, *shape) for b in boxes]) if boxes
                else torch.zeros(0, *shape, dtype=torch.uint8)} for boxes in truth]
    model.zero_grad()
    features = model.backbone(x)
    proposals, rpn_losses = model.rpn(ImageList(x, shapes), features, targets)
    _, roi_losses = model.roi_heads(features, proposals, shapes, targets)
    losses = {**rpn_losses, **roi_losses}
    sum(losses.values()).backward()
    with torch.no_grad():
        logits, deltas, anchors, sizes = run_rpn(model, x, list(features.values()), shape)
        rpn_margins(margins, model, logits, deltas, anchors, sizes, shape)
        for boxes, target in zip(proposals, targets):
            level_margins(margins, boxes)
            margins.add("RoI's overlap", (box_iou(boxes, target["boxes"]) - 0.5).abs())
    result = {f"train.proposals.{n}": boxes for n, boxes in enumerate(proposals)}
    result.update({f"loss.{name}": value.detach() for name, value in losses.items()})
    result.update({f"grad.{name}": p.grad for name, p in model.named_parameters()})
    return result


def run(case):
    torch.manual_seed(0)
    margins = Margins()
    model = make_model(case)
    grey = images(case["seed"], 2, *case["size"])
    tensors = inference(model, grey, margins)
    if case["train"]:
        case["truth"] = choose_truth(tensors["proposals.0.boxes"])
        tensors.update(training(model, grey, case["truth"], margins))
    case["margins"] = {what: float(f"{value:.3g}") for what, value in margins.least.items()}
    return model, grey, tensors


def small(seed, bn_eps, train):
    return {"seed": seed, "bn_eps": bn_eps, "size": [128, 192], "train": train,
            "rpn": {"pre_nms_train": 50, "post_nms_train": 130, "pre_nms_test": 40, "post_nms_test": 100},
            "roi": {"max_detections": 30}}


def make_golden():
    write_golden(HERE / "parity_golden.json", [small("golden-a1", 1e-5, True), small("golden-b6", 0.0, False)], run)


def make_folder(folder):
    case = {"seed": "large", "bn_eps": 1e-5, "size": [320, 384], "train": True,
            "rpn": {"pre_nms_train": 1000, "post_nms_train": 1000, "pre_nms_test": 500, "post_nms_test": 500},
            "roi": {"max_detections": 100}}
    write_case(folder, "case", case, run)
    model = write_case(folder, "coco", {**case, "bn_eps": 0.0, "train": False}, run)
    write_models(folder, model, make_model(case, 91))


if __name__ == "__main__":
    main(make_golden, make_folder)
