"""parsona avatar3d as its users meet it: files, what they say, bad input.

Run by `./dev test`; needs build/native/parsona and build/weights.
"""
import json
import struct
import unittest

import numpy as np

from test_cli import CommandLine, portrait


def document(path):
    """The JSON of a GLB or VRM file."""
    data = path.read_bytes()
    magic, version, size, length = struct.unpack_from("<4sIII", data)
    assert (magic, version, size) == (b"glTF", 2, len(data))
    return json.loads(data[20:20 + length])


class Avatar3D(CommandLine):
    def avatar(self, *args, out="out"):
        run = self.parsona("avatar3d", *args, "-o", self.dir / out)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        files = list((self.dir / out).iterdir())
        self.assertEqual(len(files), 1)
        return files[0]

    def test_formats(self):
        glb = self.avatar(portrait(), "--person", "1", "--height", "1.6", out="glb")
        self.assertEqual(glb.name, "person_1.glb")
        self.assertLess(glb.stat().st_size, 3e6)
        gltf = document(glb)
        self.assertEqual([a["name"] for a in gltf["animations"]], ["idle", "walk", "wave"])
        position = gltf["accessors"][gltf["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]
        self.assertAlmostEqual(position["max"][1], 1.6, delta=.15)  # with hair
        vrm = self.avatar(portrait(), "--person", "1", "--format", "vrm", "--name", "Ada", "--author", "Zoë",
                          "--license", "cc-by", out="vrm")
        meta = document(vrm)["extensions"]["VRMC_vrm"]["meta"]
        self.assertEqual((vrm.name, meta["name"], meta["authors"]), ("person_1.vrm", "Ada", ["Zoë"]))
        self.assertEqual((meta["avatarPermission"], meta["allowRedistribution"]), ("everyone", True))
        old = self.avatar(portrait(), "--person", "1", "--format", "vrm0", "--license", "cc0", out="vrm0")
        self.assertEqual(document(old)["extensions"]["VRM"]["meta"]["licenseName"], "CC0")

    def test_pose(self):
        path = self.avatar(portrait(), "--person", "1", "--format", "pose")
        self.assertEqual(path.name, "person_1.pose.json")
        pose = json.loads(path.read_text())
        turns = np.array([b["rotation"] for b in pose["bones"]])
        np.testing.assert_allclose(np.linalg.norm(turns, axis=1), 1, atol=1e-4)
        heads = {b["name"]: np.array(b["head"]) for b in pose["bones"]}
        self.assertTrue(all(b["parent"] in heads for b in pose["bones"][1:]))
        # the skeleton of the T-pose is symmetric, its left side at +X
        for name, head in heads.items():
            if name.endswith("_l"):
                self.assertGreater(head[0], 0)
                np.testing.assert_allclose(heads[name[:-1] + "r"], head * [-1, 1, 1], atol=.02)
        # the left shoulder is to the right of a person who faces the camera
        marks = {m["name"]: m["photo"] for m in pose["landmarks"]}
        self.assertGreater(marks["left_shoulder"][0], marks["right_shoulder"][0])

    def test_bad_input(self):
        for args in (["--format", "fbx"], ["--style", "oil"], ["--height", "9"], ["--license", "mine"],
                     ["--name", "a\nb"], ["--author", "x" * 129], ["--person", "9"]):
            run = self.parsona("avatar3d", portrait(), *args, "-o", self.dir / "bad")
            self.assertNotEqual(run.returncode, 0, args)
            self.assertEqual(run.stderr.count("\n"), 1, args)
            self.assertFalse((self.dir / "bad").exists() and list((self.dir / "bad").iterdir()), args)


if __name__ == "__main__":
    unittest.main()
