"""The reader of TensorFlow.js graph models."""
import base64
import json
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "weights" / "convert"))

import interpret  # noqa: E402
import passes  # noqa: E402
import tfjs  # noqa: E402
import tfjs_graph  # noqa: E402
from graph import ConvertError  # noqa: E402


def text(value):
    return {"s": base64.b64encode(value.encode()).decode()}


def numbers(*values):
    return {"list": {"i": [str(v) for v in values]}}


class Folder(unittest.TestCase):
    def setUp(self):
        self.random = np.random.RandomState(8)
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name, "model.json")
        self.nodes, self.weights, self.data = [], [], b""

    def node(self, op, name, *ins, **attrs):
        self.nodes.append({"op": op, "name": name, "input": list(ins), "attr": attrs})

    def const(self, name, values, quantization=None):
        """values as stored."""
        values = np.asarray(values)
        spec = {"name": name, "shape": list(values.shape), "dtype": values.dtype.name}
        if quantization is not None:
            spec.update(dtype="float32", quantization={"dtype": values.dtype.name, **quantization})
        self.weights.append(spec)
        self.data += values.tobytes()
        self.node("Const", name)

    def write(self, shards=1):
        cut = len(self.data) // shards
        parts = [self.data[k * cut:None if k == shards - 1 else (k + 1) * cut] for k in range(shards)]
        for k, part in enumerate(parts):
            self.path.with_name(f"w{k}.bin").write_bytes(part)
        self.path.write_text(json.dumps({
            "modelTopology": {"node": self.nodes},
            "weightsManifest": [{"paths": [f"w{k}.bin" for k in range(shards)], "weights": self.weights}]}))

    def build(self, outputs, shape=(1, 0, 0, 3), source="image"):
        return tfjs_graph.build(self.path, {source: ("x", list(shape))}, outputs, [[8, 12], [16, 20]])


class Weights(Folder):
    def test_storage(self):
        half = np.array([1.5, -3], np.float16)
        self.const("f32", np.array([[1, 2.5]], np.float32))
        self.const("f16", half, {})
        self.const("u8", np.array([0, 10, 255], np.uint8), {"scale": 0.5, "min": -3})
        self.const("u16", np.array([0, 60000], np.uint16), {"scale": 0.001, "min": 1})
        self.const("i32", np.array(7, np.int32))
        self.write(shards=3)
        _, found = tfjs.read(self.path)
        np.testing.assert_array_equal(found["f32"], [[1, 2.5]])
        np.testing.assert_array_equal(found["f16"], half.astype(np.float32))
        np.testing.assert_allclose(found["u8"], [-3, 2, 124.5])
        np.testing.assert_allclose(found["u16"], [1, 61])
        self.assertEqual(found["i32"], 7)

    def test_damage(self):
        self.const("a", np.zeros(10, np.float32))
        self.write()
        good = self.path.read_text()
        weights = self.path.with_name("w0.bin")
        weights.write_bytes(self.data[:-1])
        with self.assertRaisesRegex(ConvertError, "weight 'a': ends at byte 40 of 39"):
            tfjs.read(self.path)
        weights.write_bytes(self.data + b"1")
        with self.assertRaisesRegex(ConvertError, "hold 41 bytes, the model lists 40"):
            tfjs.read(self.path)
        for bad in ("", "{", "[]", "{}", good[:-9], '{"modelTopology": {"node": 3}, "weightsManifest": []}'):
            self.path.write_text(bad)
            with self.subTest(bad), self.assertRaisesRegex(ConvertError, "not a TensorFlow.js graph model"):
                tfjs.read(self.path)
        self.path.write_text(good.replace("w0.bin", "../w0.bin"))
        with self.assertRaisesRegex(ConvertError, "leaves the model's folder"):
            tfjs.read(self.path)


class Nodes(Folder):
    def image(self):
        self.node("Placeholder", "image")

    def weight(self, name, *shape):
        values = self.random.randn(*shape).astype(np.float32)
        self.const(name, values)
        return values

    def conv(self, name, x, weight, *extra, steps=(), stride=1):
        self.node("_FusedConv2D", name, x, weight, *extra, strides=numbers(1, stride, stride, 1), padding=text("SAME"),
                  fused_ops={"list": {"s": [text(s)["s"] for s in steps]}})

    def test_convolution_with_batch_norm(self):
        self.image()
        w = self.weight("w", 3, 3, 3, 4)
        scale, offset, mean = (self.weight(n, 4) for n in ("scale", "offset", "mean"))
        variance = self.random.rand(4).astype(np.float32) + 0.5
        self.const("variance", variance)
        self.conv("conv", "image", "w")
        self.node("FusedBatchNormV3", "bn", "conv", "scale", "offset", "mean", "variance",
                  is_training={"b": False}, epsilon={"f": 0.001})
        self.node("Relu6", "y", "bn:0")
        self.write()
        graph = self.build({"y": "y"})
        passes.simplify(graph)
        self.assertEqual([op.kind for op in graph.ops], ["conv2d"])
        x = self.random.randn(1, 8, 8, 3).astype(np.float32)
        got = interpret.run(graph, {"x": x})["y"]
        padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
        plain = sum(padded[:, i:i + 8, j:j + 8] @ w[i, j] for i in range(3) for j in range(3))
        want = np.clip((plain - mean) / np.sqrt(variance + 0.001) * scale + offset, 0, 6)
        np.testing.assert_allclose(got, want, atol=1e-4)

    def test_resize_to_a_computed_size_becomes_a_scale(self):
        self.image()
        for name, value in (("one", [1]), ("three", [3]), ("step", [1]), ("two", [2, 2])):
            self.const(name, np.array(value, np.int32))
        self.node("Shape", "shape", "image")
        self.node("StridedSlice", "hw", "shape", "one", "three", "step", begin_mask={"i": "0"})
        self.node("Mul", "size", "hw", "two")
        self.node("ResizeBilinear", "y", "image", "size", half_pixel_centers={"b": True})
        self.write()
        op, = self.build({"y": "y"}).ops
        self.assertEqual((op.kind, op.attrs), ("resize_bilinear", {"scale": [2.0, 2.0], "mode": "half_pixel"}))

    def test_graph_is_cut_at_both_ends(self):
        self.image()
        self.const("k", np.float32(2))
        self.node("Frobnicate", "odd", "image")
        self.node("Mul", "inner", "odd", "k")
        self.node("Relu", "head", "inner")
        self.node("TopKV2", "tail", "head")
        self.write()
        graph = self.build({"head": "head"}, source="inner")
        self.assertEqual([op.kind for op in graph.ops], ["relu"])

    def test_depthwise_with_a_multiplier_is_a_grouped_convolution(self):
        self.image()
        w = self.weight("w", 1, 1, 3, 2)
        self.node("DepthwiseConv2dNative", "y", "image", "w", strides=numbers(1, 1, 1, 1), padding=text("VALID"))
        self.write()
        graph = self.build({"y": "y"})
        self.assertEqual((graph.ops[0].kind, graph.ops[0].attrs["groups"]), ("conv2d", 3))
        x = self.random.randn(1, 2, 2, 3).astype(np.float32)
        want = (x[..., None] * w[0, 0]).reshape(1, 2, 2, 6)
        np.testing.assert_allclose(interpret.run(graph, {"x": x})["y"], want, atol=1e-6)

    def test_what_is_refused(self):
        self.image()
        self.const("k", np.float32(2))
        self.node("Frobnicate", "odd", "image")
        self.node("Mul", "a", "b", "k")
        self.node("Mul", "b", "a", "k")
        self.node("Relu", "lost", "nowhere")
        self.weight("w", 3, 3)
        self.conv("flat", "image", "w")
        self.node("Mul", "sizes", "k", "k")
        self.write()
        for output, message in (("odd", "operation Frobnicate is not known"), ("a", "depends on itself"),
                                ("lost", "no node 'nowhere'"), ("absent", "no node 'absent'"),
                                ("flat", "operands or attributes do not fit"),
                                ("sizes", "does not depend on the input")):
            with self.subTest(output), self.assertRaisesRegex(ConvertError, message):
                self.build({"y": output})


if __name__ == "__main__":
    unittest.main()
