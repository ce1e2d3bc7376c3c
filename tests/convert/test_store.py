"""Quantisation and the file."""
import json
import struct
import sys
import unittest
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "weights" / "convert"))

import calibrate  # noqa: E402
import quantize  # noqa: E402
import writer  # noqa: E402
from graph import Graph  # noqa: E402


class Quantize(unittest.TestCase):
    def setUp(self):
        self.random = np.random.RandomState(4)

    def test_error_is_at_most_half_a_step(self):
        weight = self.random.randn(8, 3, 3, 5).astype(np.float32) * np.logspace(-3, 3, 8).reshape(8, 1, 1, 1)
        q, scale = quantize.to_int8(weight, 0)
        self.assertEqual((q.dtype, scale.shape), (np.int8, (8,)))
        error = np.abs(quantize.from_int8(q, scale, 0) - weight) / scale.reshape(8, 1, 1, 1)
        self.assertLessEqual(error[np.abs(q) < 127].max(), 0.5 + 1e-3)
        self.assertLess(np.square(error).mean(), 1 / 11)

    def test_round_trip_of_what_is_already_quantised(self):
        q = self.random.randint(-127, 128, (3, 3, 6)).astype(np.int8)
        q[0, 0] = 127
        scale = np.linspace(0.1, 2, 6).astype(np.float32)
        again, found = quantize.to_int8(quantize.from_int8(q, scale, 2), 2)
        np.testing.assert_array_equal(again, q)
        np.testing.assert_allclose(found, scale, rtol=1e-6)

    def test_shortened_floats(self):
        values = np.concatenate([self.random.randn(1000) * np.logspace(-20, 20, 1000),
                                 [0, -0.0, 1, -1, 2047, 0.75]]).astype(np.float32)
        short = quantize.shortened(values)
        self.assertFalse((short.view(np.uint32) & 0x1fff).any())  # 13 of 24 bits
        np.testing.assert_allclose(short, values, rtol=2.0 ** -quantize.SIGNIFICANT)
        np.testing.assert_array_equal(short[1000:], values[1000:])

    def test_a_channel_of_zeros(self):
        q, scale = quantize.to_int8(np.zeros((2, 1, 1, 3), np.float32), 0)
        self.assertFalse(q.any())
        self.assertTrue((scale > 0).all())

    def test_levels(self):
        q, _ = quantize.to_int8(self.random.randn(4, 1, 1, 64).astype(np.float32), 0, levels=31)
        self.assertEqual(np.abs(q.astype(int)).max(), 31)

    def outputs_error(self, weight, inputs, moments):
        q, scale = quantize.to_int8(weight, 0, levels=15, moments=moments)
        difference = quantize.from_int8(q, scale, 0) - weight
        return np.square(inputs @ difference.reshape(weight.shape[0], -1).T).mean()

    def test_moments_lower_the_error_of_the_output(self):
        weight = self.random.randn(16, 1, 1, 80).astype(np.float32)
        inputs = self.random.randn(500, 20) @ self.random.randn(20, 80) + self.random.randn(500, 80) * 0.1
        moments = inputs.T @ inputs
        self.assertLess(self.outputs_error(weight, inputs, moments),
                        0.5 * self.outputs_error(weight, inputs, None))

    def test_moments_of_a_depthwise_layer(self):
        weight = self.random.randn(3, 3, 6).astype(np.float32)
        taps = self.random.randn(6, 9, 1) + 0.1 * self.random.randn(6, 9, 400)
        moments = taps @ taps.transpose(0, 2, 1)
        errors = []
        for m in (moments, None):
            q, scale = quantize.to_int8(weight, 2, levels=7, moments=m)
            difference = (quantize.from_int8(q, scale, 2) - weight).reshape(9, 6)
            errors.append(np.square(np.einsum("kc,ckp->cp", difference, taps)).mean())
        self.assertLess(errors[0], 0.5 * errors[1])

    def test_the_order_of_sums_does_not_show(self):
        """Another BLAS adds up in another order: here channels come in another order, and the weights with them."""
        order = self.random.permutation(96)
        first, second = self.random.randn(96, 3, 3, 3), self.random.randn(64, 1, 1, 96)
        found = []
        for at in (np.arange(96), order):
            g = Graph()
            g.inputs["image"] = [1, 64, 64, 3]
            g.add("conv2d", ["image"], "a", weight=g.const(first[at].astype(np.float32)), stride=[2, 2], pad="same",
                  dilation=[1, 1], groups=1, act="relu")
            g.add("conv2d", ["a"], "b", weight=g.const(second[..., at].astype(np.float32), "second"), stride=[1, 1],
                  pad="same", dilation=[1, 1], groups=1, act="none")
            g.outputs["logits"] = "b"
            moments = calibrate.moments(g, -1, 1, 1)
            found.append(moments[g.ops[1].attrs["weight"]])
        self.assertEqual(found[0].dtype, np.float64)
        np.testing.assert_allclose(found[1], found[0][np.ix_(order, order)], rtol=1e-12, atol=1e-9)


class File(unittest.TestCase):
    def setUp(self):
        random = np.random.RandomState(6)
        self.graph = g = Graph()
        g.inputs["image"] = [1, 0, 0, 3]
        g.add("conv2d", ["image"], "first", weight=g.const(random.randn(5, 3, 3, 3).astype(np.float32)),
              bias=g.const(random.randn(5).astype(np.float32)), stride=[2, 2], pad="same", dilation=[1, 1],
              groups=1, act="relu")
        g.add("fully_connected", ["first"], "second",
              weight=g.const(random.randn(600, 5).astype(np.float32)))
        g.add("mul", ["second", g.const(np.float32([2]))], "third")
        g.outputs["logits"] = "third"
        g.extras["anchors"] = random.rand(7, 2).astype(np.float32)
        writer.rename(g)

    def read(self, data):
        size, = struct.unpack_from("<Q", data)
        self.assertEqual((8 + size) % 64, 0)
        header = json.loads(data[8:8 + size])
        return header.pop("__metadata__"), header, data[8 + size:]

    def test_layout(self):
        stored = quantize.store(self.graph)
        metadata, header, data = self.read(writer.pack(self.graph, stored, {"role": "test"}))
        self.assertEqual(metadata["role"], "test")
        at = 0
        for name, entry in header.items():
            size = {"F32": 4, "F16": 2, "I8": 1}[entry["dtype"]]
            self.assertEqual(entry["data_offsets"][0], at)
            self.assertEqual(at % size, 0, name)
            at += size * int(np.prod(entry["shape"]))
            self.assertEqual(entry["data_offsets"][1], at)
        self.assertEqual(at, len(data))
        self.assertEqual(header["v0.w"]["dtype"], "F16")  # small
        self.assertEqual(header["v1.w"]["dtype"], "I8")
        self.assertEqual(header["v1.w.scale"]["shape"], [600])
        self.assertEqual(header["anchors"]["shape"], [7, 2])

    def test_graph(self):
        found = json.loads(writer.graph_json(self.graph))
        self.assertEqual(found["inputs"], [{"name": "image", "shape": [1, 0, 0, 3]}])
        self.assertEqual(found["outputs"], [{"name": "logits", "value": "v2"}])
        self.assertEqual(found["ops"], [
            {"op": "conv2d", "in": ["image"], "out": ["v0"], "weight": "v0.w", "bias": "v0.b", "stride": [2, 2],
             "pad": "same", "act": "relu"},
            {"op": "fully_connected", "in": ["v0"], "out": ["v1"], "weight": "v1.w"},
            {"op": "mul", "in": ["v1", "v2.c1"], "out": ["v2"]}])

    def test_values_come_back(self):
        for dtype, tolerance in (("f32", 0), ("f16", 1e-3), ("i8", 0.02)):
            stored = quantize.store(self.graph, dtype)
            before = self.graph.consts["v1.w"]
            _, header, data = self.read(writer.pack(self.graph, stored, {}))
            begin, end = header["v1.w"]["data_offsets"]
            kind = {"F32": "<f4", "F16": "<f2", "I8": "i1"}[header["v1.w"]["dtype"]]
            values = np.frombuffer(data[begin:end], kind).reshape(600, 5).astype(np.float32)
            if dtype == "i8":
                begin, end = header["v1.w.scale"]["data_offsets"]
                values = values * np.frombuffer(data[begin:end], "<f4")[:, None]
            np.testing.assert_allclose(values, before, atol=tolerance, rtol=tolerance)


if __name__ == "__main__":
    unittest.main()
