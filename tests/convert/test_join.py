"""Joining a head to the network whose values it reads."""
import json
import struct
import sys
import unittest
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "weights" / "convert"))

import join  # noqa: E402
import writer  # noqa: E402
from graph import ConvertError  # noqa: E402


def file(graph, tensors, **metadata):
    return writer.pack_text(json.dumps(graph), tensors, {"format": "parsona-1", **metadata})


def header(data):
    length, = struct.unpack_from("<Q", data)
    return json.loads(data[8:8 + length])


class Join(unittest.TestCase):
    def setUp(self):
        self.weight = np.arange(12, dtype=np.float32).reshape(4, 1, 1, 3)
        self.base = file(
            {"inputs": [{"name": "image", "shape": [1, 8, 8, 3]}], "outputs": [{"name": "logits", "value": "v1"}],
             "ops": [{"op": "conv2d", "in": ["image"], "out": ["v0"], "weight": "v0.w", "stride": [1, 1], "pad": "same"},
                     {"op": "relu", "in": ["v0"], "out": ["v1"]}]}, {"v0.w": self.weight}, name="base")
        self.head = file(
            {"inputs": [{"name": "deep", "shape": [1, 2, 2, 4]}, {"name": "image", "shape": [1, 8, 8, 3]},
                        {"name": "prompt", "shape": [1, 2, 2, 4]}],
             "outputs": [{"name": "masks", "value": "v2"}],
             "ops": [{"op": "add", "in": ["deep", "prompt"], "out": ["v0"]},
                     {"op": "space_to_depth", "in": ["image"], "out": ["v1"], "block": 4},
                     {"op": "concat", "in": ["v0", "v1", "c3"], "out": ["v2"], "axis": 3}]},
            {"c3": np.zeros((1, 2, 2, 1), np.float32)}, labels='["a"]')

    def test_names_and_inputs(self):
        data = join.join(self.base, self.head, {"deep": "v1/4"}, {"name": "both", "role": "r"})
        metadata, graph, tensors = join.read(data)
        self.assertEqual(metadata, {"format": "parsona-1", "labels": '["a"]', "name": "both", "role": "r"})
        self.assertEqual([i["name"] for i in graph["inputs"]], ["image", "prompt"])
        self.assertEqual({o["name"]: o["value"] for o in graph["outputs"]}, {"logits": "v1", "masks": "head.v2"})
        pool, add = graph["ops"][2], graph["ops"][3]
        self.assertEqual((pool["op"], pool["in"], pool["size"]), ("avg_pool2d", ["v1"], [4, 4]))
        self.assertEqual(add["in"], [pool["out"][0], "prompt"])
        self.assertEqual(graph["ops"][4]["in"], ["image"])
        self.assertEqual(graph["ops"][5]["in"], ["head.v0", "head.v1", "head.c3"])
        self.assertEqual(set(tensors), {"v0.w", "head.c3"})
        np.testing.assert_array_equal(tensors["v0.w"], self.weight)

    def test_tensors_are_aligned_and_touch(self):
        entries = [t["data_offsets"] for k, t in header(
            join.join(self.base, self.head, {"deep": "v1"}, {})).items() if k != "__metadata__"]
        at = 0
        for begin, end in sorted(entries):
            self.assertEqual(begin, at)
            at = end

    def tuned(self, name, array, kind="parsona-1-tuned"):
        return writer.pack_text("null", {name: array}, {"format": kind})

    def test_tuned_tensors_replace_the_bases(self):
        data = join.join(self.base, self.head, {"deep": "v1"}, {}, self.tuned("v0.w", self.weight + 1))
        np.testing.assert_array_equal(join.read(data)[2]["v0.w"], self.weight + 1)

    def test_tuned_tensors_of_another_base(self):
        for name, array in ("v9.w", self.weight), ("v0.w", self.weight[:2]), ("v0.w", self.weight.astype(np.float16)):
            with self.assertRaisesRegex(ConvertError, f"no tensor '{name}'"):
                join.join(self.base, self.head, {"deep": "v1"}, {}, self.tuned(name, array))
        with self.assertRaisesRegex(ConvertError, "parsona-1-tuned"):
            join.join(self.base, self.head, {"deep": "v1"}, {}, self.tuned("v0.w", self.weight, "parsona-1"))

    def test_a_value_that_the_base_lacks(self):
        with self.assertRaisesRegex(ConvertError, "no value 'v9'"):
            join.join(self.base, self.head, {"deep": "v9"}, {})

    def test_not_a_weights_file(self):
        for data in b"", b"\0" * 40, self.base[:60]:
            with self.assertRaises(ConvertError):
                join.join(data, self.head, {"deep": "v1"}, {})


if __name__ == "__main__":
    unittest.main()
