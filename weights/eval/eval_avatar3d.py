#!/usr/bin/python3
"""3D avatars against their photos: re-posed as photographed and seen by the photo's camera. Silhouette IoU against the
person's mask, CIEDE2000 per part, distance of joints from landmarks, time and bytes.

    eval_avatar3d.py [PHOTO]... [--person K] [--limit N] [--sheet FILE] [--json]"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

from eval_avatar import ciede2000, lab
from raster import fragments
from render_glb import Avatar

ROOT = Path(__file__).resolve().parents[2]
SIZE = 320  # pixels of the photo's longer side while comparing
PARTS = {
    "hair": ["hair"],
    "face": ["face", "nose", "left_brow", "right_brow", "left_eye", "right_eye", "upper_lip", "lower_lip"],
    "skin": ["left_arm", "right_arm", "left_leg", "right_leg", "torso_skin"],
    "top": ["upper_clothes", "coat", "dress", "scarf"],
    "bottom": ["pants", "skirt"],
    "shoes": ["left_shoe", "right_shoe"],
}
JOINTS = {f"{side}_{name}": f"{bone}_{side[0]}" for side in ("left", "right") for name, bone in (
    ("shoulder", "upperarm"), ("elbow", "lowerarm"), ("wrist", "hand"), ("hip", "thigh"), ("knee", "calf"), ("ankle", "foot"))}


def run(photo, folder, person):
    """The files of one person; seconds of making the avatar alone are not told by the command: see `parsona bench`."""
    program = ROOT / "build/native/parsona"
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [["parse"], ["avatar3d", "--person", str(person)], ["avatar3d", "--person", str(person), "--format", "pose"]]
    seconds = []
    for job in jobs:
        begin = time.monotonic()
        done = subprocess.run([program, job[0], photo, "-o", folder, *job[1:], "--threads", "1"], capture_output=True, text=True)
        seconds.append(time.monotonic() - begin)
        if done.returncode:
            return None
    # the same work but for surface, atlas and file
    return max(0, seconds[1] - seconds[2])


def posed(avatar, pose):
    """The mesh and the skeleton's joints as photographed, the root at the origin."""
    avatar = avatar
    nodes = avatar.json["nodes"]
    turns = {b["name"]: b["rotation"] for b in pose["bones"]}
    for node in nodes:
        if node.get("name") in turns:
            node["rotation"] = turns[node["name"]]
    nodes[0]["translation"] = [0, 0, 0]
    joints = {}

    def walk(i, matrix):
        x, y, z, w = nodes[i].get("rotation", [0, 0, 0, 1])
        own = np.eye(4)
        own[:3, :3] = [[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                       [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                       [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]]
        own[:3, 3] = nodes[i].get("translation", [0, 0, 0])
        joints[nodes[i].get("name")] = matrix @ own
        for child in nodes[i].get("children", []):
            walk(child, matrix @ own)
    walk(0, np.eye(4))
    return avatar.posed(), {name: m[:3, 3] for name, m in joints.items()}


def picture(avatar, points, camera, width, height, shrink):
    """The avatar's texels as the photo's camera sees them, and where it is."""
    screen = np.stack([(camera["x"] + camera["scale"] * points[:, 0]) * shrink,
                       (camera["y"] - camera["scale"] * points[:, 1]) * shrink, points[:, 2]], 1)
    owner, bary = fragments(screen, avatar.triangles, width, height, avatar.visible)
    hit = owner >= 0
    uv = (avatar.uv[avatar.triangles[owner[hit]]] * bary[hit][:, :, None]).sum(1)
    size = avatar.image.shape[0]
    texel = np.clip((uv * size).astype(int), 0, size - 1)
    out = np.full((height, width, 3), 255, np.uint8)
    out[hit] = avatar.image[texel[:, 1], texel[:, 0]]
    return out, hit


def measure(photo, folder, person):
    result = json.loads((folder / "result.json").read_text())
    names = result["labels"]
    labels, persons = (np.asarray(Image.open(folder / f"{n}.png")) for n in ("labels", "persons"))
    avatar = Avatar(folder / f"person_{person}.glb")
    pose = json.loads((folder / f"person_{person}.pose.json").read_text())
    full_height, full_width = labels.shape
    shrink = min(1, SIZE / max(full_width, full_height))
    width, height = round(full_width * shrink), round(full_height * shrink)
    small = lambda a: np.asarray(Image.fromarray(a).resize((width, height), Image.Resampling.NEAREST))
    labels, mine = small(labels), small(persons) == person
    pixels = np.asarray(Image.open(photo).convert("RGB").resize((width, height), Image.Resampling.BOX))
    tall = avatar.position[:, 1].max()
    points, joints = posed(avatar, pose)
    drawn, hit = picture(avatar, points, pose["camera"], width, height, shrink)
    out = {"iou": float((hit & mine).sum() / max(1, (hit | mine).sum()))}
    for part, members in PARTS.items():
        where = mine & hit & np.isin(labels, [names.index(m) for m in members if m in names])
        if where.sum() < 20:
            continue
        at = np.argwhere(where)
        at = at[np.linspace(0, len(at) - 1, min(400, len(at))).astype(int)]
        out[part] = statistics.median(ciede2000(lab(drawn[y, x]), lab(pixels[y, x])) for y, x in at)
    camera, errors = pose["camera"], []
    for mark in pose["landmarks"]:
        bone = JOINTS.get(mark["name"])
        if not bone or mark["trust"] < .5:
            continue
        x, y = camera["x"] + camera["scale"] * joints[bone][0], camera["y"] - camera["scale"] * joints[bone][1]
        errors.append(np.hypot(x - mark["photo"][0], y - mark["photo"][1]) / (camera["scale"] * tall))
    out["joints"] = float(np.mean(errors)) if errors else None
    out["bytes"] = (folder / f"person_{person}.glb").stat().st_size
    drawn[~hit] = 235
    return out, np.concatenate([pixels, drawn, np.where(mine[:, :, None], pixels, 235).astype(np.uint8)], 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photo", nargs="*", type=Path)
    parser.add_argument("--person", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--results", type=Path, default=ROOT / "build/eval/avatar3d")
    parser.add_argument("--keep", action="store_true", help="measure files of a run before")
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    data = Path(os.environ.get("PARSONA_DATA", ROOT.parent / "shared/data"))
    photos = args.photo or sorted((data / "photos").glob("*.jpg"))
    rows, pictures = [], []
    for photo in photos[:args.limit or None]:
        folder = args.results / photo.stem
        ready = args.keep and (folder / f"person_{args.person}.pose.json").exists()
        seconds = None if ready else run(photo, folder, args.person)
        if not ready and seconds is None:
            print(f"{photo.name}: no avatar", file=sys.stderr)
            continue
        row, image = measure(photo, folder, args.person)
        rows.append({"photo": photo.name, **row, "seconds": seconds})
        pictures.append(image)
    if args.json:
        print(json.dumps(rows, indent=1))
    else:
        keys = ["iou", *PARTS, "joints", "seconds", "bytes"]
        print("photo".ljust(18), *[k.rjust(8) for k in keys])
        for r in rows:
            print(r["photo"][:18].ljust(18), *[("-" if r.get(k) is None else f"{r[k]:.3g}" if k != "bytes" else str(r[k])).rjust(8) for k in keys])
        known = {k: [r[k] for r in rows if r.get(k) is not None] for k in keys}
        print("median".ljust(18), *[(f"{statistics.median(v):.3g}" if k != "bytes" else str(int(statistics.median(v))) if v else "-").rjust(8) if v else "-".rjust(8) for k, v in known.items()])
    if args.sheet and pictures:
        width = max(p.shape[1] for p in pictures)
        Image.fromarray(np.concatenate([np.pad(p, ((0, 2), (0, width - p.shape[1]), (0, 0)), constant_values=255) for p in pictures])).save(args.sheet)


if __name__ == "__main__":
    warnings.simplefilter("ignore", RuntimeWarning)
    main()
