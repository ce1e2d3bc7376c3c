"""Renders avatars (GLB or VRM) to a contact sheet: front, 45 degrees, side and back, and as animated.

    python3 weights/eval/render_glb.py SHEET.png AVATAR.glb[:PHOTO]...

Needs numpy and Pillow. A software rasteriser: flat ambient and one light, nearest texels."""
import io
import json
import struct
import sys

import numpy as np
from PIL import Image

from raster import fragments

TYPES = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


class Avatar:
    """A file's mesh, skin, morphs, animations and atlas."""

    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        magic, version, size = struct.unpack_from("<4sII", data)
        assert magic == b"glTF" and version == 2 and size == len(data)
        length = struct.unpack_from("<I", data, 12)[0]
        self.json = json.loads(data[20:20 + length])
        self.bin = data[28 + length:]
        primitive = self.json["meshes"][0]["primitives"][0]
        get = {k: self.accessor(i) for k, i in primitive["attributes"].items()}
        self.position, self.uv = get["POSITION"], get["TEXCOORD_0"]
        self.joints, self.weights = get["JOINTS_0"], get["WEIGHTS_0"] / 255
        self.triangles = self.accessor(primitive["indices"]).reshape(-1, 3)
        self.unlit = "KHR_materials_unlit" in self.json["materials"][0].get("extensions", {})
        names = self.json["meshes"][0].get("extras", {}).get("targetNames", [])
        self.morphs = {n: self.accessor(t["POSITION"]) for n, t in zip(names, primitive.get("targets", []))}
        view = self.json["bufferViews"][self.json["images"][0]["bufferView"]]
        begin = view.get("byteOffset", 0)
        picture = np.asarray(Image.open(io.BytesIO(self.bin[begin:begin + view["byteLength"]])).convert("RGBA"))
        self.image, self.alpha = picture[:, :, :3], picture[:, :, 3]
        self.inverse = self.accessor(self.json["skins"][0]["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)

    def visible(self, owner, bary):
        """Which fragments the atlas's alpha leaves (alphaMode MASK)."""
        uv = (self.uv[self.triangles[owner]] * bary[:, :, None]).sum(1)
        texel = np.clip((uv * len(self.alpha)).astype(int), 0, len(self.alpha) - 1)
        return self.alpha[texel[:, 1], texel[:, 0]] >= 128

    def view(self, index, kind, width, count):
        view = self.json["bufferViews"][index]
        begin = view.get("byteOffset", 0)
        return np.frombuffer(self.bin, kind, count * width, begin).reshape(count, width)

    def accessor(self, index):
        a = self.json["accessors"][index]
        kind, width = TYPES[a["componentType"]], WIDTH[a["type"]]
        if "bufferView" in a:
            out = self.view(a["bufferView"], kind, width, a["count"]).copy()
        else:
            out = np.zeros((a["count"], width), kind)
        if "sparse" in a:
            s = a["sparse"]
            at = self.view(s["indices"]["bufferView"], TYPES[s["indices"]["componentType"]], 1, s["count"])[:, 0]
            out[at] = self.view(s["values"]["bufferView"], kind, width, s["count"])
        return out[:, 0] if width == 1 else out

    def posed(self, animation=None, time=0, morphs=None):
        """Vertices at a time of an animation, with morph weights."""
        nodes = self.json["nodes"]
        local = [dict(t=np.array(n.get("translation", [0, 0, 0])), r=np.array(n.get("rotation", [0, 0, 0, 1])))
                 for n in nodes]
        for a in self.json.get("animations", []):
            if a["name"] != animation:
                continue
            for c in a["channels"]:
                s = a["samplers"][c["sampler"]]
                times, values = self.accessor(s["input"]), self.accessor(s["output"])
                i = min(np.searchsorted(times, time, "right") - 1, len(times) - 2)
                f = (time - times[i]) / (times[i + 1] - times[i])
                x, y = values[i], values[i + 1]
                value = x + f * ((y if x @ y >= 0 or len(x) == 3 else -y) - x)
                key = "t" if c["target"]["path"] == "translation" else "r"
                local[c["target"]["node"]][key] = value / np.linalg.norm(value) if key == "r" else value
        world = {}

        def walk(i, parent):
            x, y, z, w = local[i]["r"]
            m = np.eye(4)
            m[:3, :3] = [[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                         [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                         [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]]
            m[:3, 3] = local[i]["t"]
            world[i] = parent @ m
            for c in nodes[i].get("children", []):
                walk(c, world[i])
        for root in self.json["scenes"][0]["nodes"]:
            walk(root, np.eye(4))
        joints = np.array([world[j] for j in self.json["skins"][0]["joints"]]) @ self.inverse
        p = self.position.copy()
        for name, weight in (morphs or {}).items():
            p = p + weight * self.morphs[name]
        p = np.concatenate([p, np.ones((len(p), 1))], 1)
        out = np.zeros((len(p), 3))
        for k in range(4):
            out += self.weights[:, k:k + 1] * np.einsum("nij,nj->ni", joints[self.joints[:, k]], p)[:, :3]
        return out


def render(avatar, points, yaw, box, height, background=235):
    """An orthographic picture; yaw in degrees turns the avatar to its right."""
    a = np.radians(yaw)
    c, s = np.cos(a), np.sin(a)
    p = np.stack([c * points[:, 0] + s * points[:, 2], points[:, 1], -s * points[:, 0] + c * points[:, 2]], 1)
    x0, y0, x1, y1 = box
    k = 2 * height / (y1 - y0)                       # twice the size, for smooth edges
    w = 2 * int((x1 - x0) * k / 2)
    screen = np.stack([(p[:, 0] - x0) * k, (y1 - p[:, 1]) * k, p[:, 2]], 1)
    owner, bary = fragments(screen, avatar.triangles, w, 2 * height, avatar.visible)
    out = np.full((2 * height, w, 3), float(background))
    hit = owner >= 0
    t = avatar.triangles[owner[hit]]
    b = bary[hit][:, :, None]
    uv = (avatar.uv[t] * b).sum(1)
    size = avatar.image.shape[0]
    texel = np.clip((uv * size).astype(int), 0, size - 1)
    color = avatar.image[texel[:, 1], texel[:, 0]].astype(float)
    if not avatar.unlit:
        n = np.zeros_like(p)
        f = np.cross(p[avatar.triangles[:, 1]] - p[avatar.triangles[:, 0]],
                     p[avatar.triangles[:, 2]] - p[avatar.triangles[:, 0]])
        for j in range(3):
            np.add.at(n, avatar.triangles[:, j], f)
        n = (n[t] * b).sum(1)
        n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-12)
        n = np.where(n[:, 2:] < 0, -n, n)
        light = .72 + .34 * np.clip(n @ np.array([.25, .5, .83]), 0, 1)
        color = color * light[:, None]
    out[hit] = np.clip(color, 0, 255)
    out = out.reshape(height, 2, w // 2, 2, 3).mean((1, 3))
    return out.astype(np.uint8), hit


def sheet_row(path, photo, height):
    avatar = Avatar(path)
    rest = avatar.posed("idle", 0)
    top = rest[:, 1].max()
    box = (-.46, -.03 * top, .46, 1.03 * top)
    cells = []
    if photo:
        p = Image.open(photo).convert("RGB")
        p.thumbnail((height * 4 // 3, height))
        cell = np.full((height, p.width, 3), 255, np.uint8)
        cell[:p.height] = np.asarray(p)
        cells.append(cell)
    for yaw in (0, -45, -90, 180):
        cells.append(render(avatar, rest, yaw, box, height)[0])
    walk = avatar.posed("walk", .28)
    cells.append(render(avatar, walk, -35, box, height)[0])
    head = rest[:, 1] > top - .30
    middle = rest[head].mean(0)
    for yaw in (0, -60):
        cells.append(render(avatar, rest - [middle[0], 0, middle[2]], yaw, (-.19, top - .36, .19, top + .03), height)[0])
    return np.concatenate(cells, 1)


def main():
    rows = []
    for item in sys.argv[2:]:
        path, _, photo = item.partition(":")
        rows.append(sheet_row(path, photo, 330))
    width = max(r.shape[1] for r in rows)
    rows = [np.concatenate([r, np.full((r.shape[0], width - r.shape[1], 3), 255, np.uint8)], 1) for r in rows]
    Image.fromarray(np.concatenate(rows)).save(sys.argv[1])


if __name__ == "__main__":
    main()
