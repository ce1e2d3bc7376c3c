"""The passes keep a graph's function, and do make it smaller."""
import sys
import unittest
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "weights" / "convert"))

import interpret  # noqa: E402
import passes  # noqa: E402
from graph import Graph  # noqa: E402


class Passes(unittest.TestCase):
    def setUp(self):
        self.random = np.random.RandomState(2)
        self.graph = Graph()
        self.graph.inputs["x"] = [1, 6, 6, 4]

    def array(self, *shape):
        return self.graph.const(self.random.randn(*shape).astype(np.float32))

    def conv(self, x, out, y, kernel=1, channels=4, **attrs):
        attrs.setdefault("pad", "same")
        return self.graph.add("conv2d", [x], y, weight=self.array(out, kernel, kernel, channels),
                              bias=self.array(out), stride=[1, 1], dilation=[1, 1], groups=1, **attrs)

    def check(self, kinds, **outputs):
        """simplify leaves ops of these kinds, and the outputs as they were."""
        self.graph.outputs = outputs or {"y": self.graph.ops[-1].outs[0]}
        x = {"x": self.random.randn(*self.graph.inputs["x"])}
        before = interpret.run(self.graph, x)
        passes.simplify(self.graph)
        after = interpret.run(self.graph, x)
        self.assertEqual([op.kind for op in self.graph.ops], kinds)
        for name in before:
            np.testing.assert_allclose(after[name], before[name], rtol=2e-4, atol=2e-4)
        named = {n for op in self.graph.ops for n in op.ins + op.const_names()}
        self.assertLessEqual(set(self.graph.consts), named)

    def test_scale_and_shift_after_a_convolution(self):
        self.conv("x", 5, "a", 3)
        self.graph.add("mul", ["a", self.array(5)], "b")
        self.graph.add("add", [self.array(1, 1, 1, 5), "b"], "c")
        self.graph.add("relu6", ["c"], "d")
        self.check(["conv2d"])
        self.assertEqual(self.graph.ops[0].attrs["act"], "relu6")

    def test_subtraction_from_a_constant(self):
        self.conv("x", 5, "a")
        self.graph.add("sub", [self.array(5), "a"], "b")
        self.check(["conv2d"])

    def test_depthwise_scale(self):
        self.graph.add("depthwise_conv2d", ["x"], "a", weight=self.array(3, 3, 4), stride=[2, 2], pad="same",
                       dilation=[1, 1])
        self.graph.add("div", ["a", self.array(4)], "b")
        self.check(["depthwise_conv2d"])

    def test_a_value_read_twice_stays(self):
        self.conv("x", 4, "a")
        self.graph.add("mul", ["a", self.array(4)], "b")
        self.graph.add("add", ["a", "b"], "c")
        self.check(["conv2d", "mul", "add"])

    def test_an_output_stays(self):
        self.conv("x", 4, "a")
        self.graph.add("relu", ["a"], "b")
        self.check(["conv2d", "relu"], before="a", after="b")

    def test_a_map_that_is_not_per_channel_stays(self):
        self.conv("x", 4, "a")
        self.graph.add("mul", ["a", self.array(1, 6, 6, 1)], "b")
        self.check(["conv2d", "mul"])

    def test_scale_and_shift_before_pointwise_convolutions(self):
        self.graph.add("relu", ["x"], "r")
        self.graph.add("mul", ["r", self.array(4)], "a")
        self.graph.add("add", ["a", self.array(4)], "b")
        self.conv("b", 3, "c", act="relu")
        self.conv("b", 3, "d", act="relu")
        self.graph.add("add", ["c", "d"], "e")
        self.check(["relu", "conv2d", "conv2d", "add"])

    def test_shift_before_a_padded_convolution_stays(self):
        self.graph.add("add", ["x", self.array(4)], "b")
        self.conv("b", 3, "c", 3)
        self.check(["add", "conv2d"])

    def test_pad_goes_into_the_convolution(self):
        self.graph.add("pad", ["x"], "p", before=[0, 0, 1, 0], after=[0, 2, 1, 0], value=0.0)
        self.conv("p", 3, "y", 3, pad="valid")
        self.check(["conv2d"])
        self.assertEqual(self.graph.ops[0].attrs["pad"], [0, 1, 2, 1])

    def test_pads_that_do_not(self):
        self.graph.add("pad", ["x"], "p", before=[0, 1, 1, 0], after=[0, 1, 1, 0], value=1.0)
        self.conv("p", 3, "y", 3, pad="valid")
        self.graph.add("pad", ["y"], "q", before=[0, 0, 0, 0], after=[0, 0, 0, 2], value=0.0)
        self.conv("q", 3, "z", 3, channels=5, pad="valid")
        self.check(["pad", "conv2d", "pad", "conv2d"])

    def test_two_linear_layers_become_one(self):
        self.conv("x", 16, "a", 3)
        self.conv("a", 4, "b", channels=16, act="relu")
        self.check(["conv2d"])
        self.assertEqual(self.graph.weight(self.graph.ops[0]).shape, (4, 3, 3, 4))

    def test_a_bottleneck_is_cheaper_as_two(self):
        self.conv("x", 1, "a", 3)
        self.conv("a", 16, "b", channels=1)
        self.check(["conv2d", "conv2d"])

    def test_deconvolution_and_pointwise(self):
        self.graph.add("deconv2d", ["x"], "a", weight=self.array(8, 2, 2, 4), bias=self.array(8), stride=[2, 2],
                       pad=[0, 0, 0, 0], output_pad=[0, 0])
        self.conv("a", 3, "b", channels=8)
        self.check(["deconv2d"])

    def test_reshapes_and_transposes_that_do_nothing(self):
        self.graph.add("reshape", ["x"], "a", shape=[1, 36, 4])
        self.graph.add("transpose", ["a"], "b", perm=[0, 1, 2])
        self.graph.add("reshape", ["b"], "c", shape=[1, 4, 36])
        self.check(["reshape"])

    def test_projection_moves_behind_the_weighted_sum(self):
        self.conv("x", 1, "s")
        self.graph.add("reshape", ["s"], "s2", shape=[1, 6, 1, 6])
        self.graph.add("softmax", ["s2"], "p")
        self.graph.add("reshape", ["p"], "p2", shape=[1, 6, 6, 1])
        self.conv("x", 4, "v")
        self.graph.add("mul", ["v", "p2"], "m")
        self.graph.add("sum", ["m"], "c", axes=[2], keep_dims=True)
        self.graph.add("relu", ["c"], "y")
        self.check(["conv2d", "reshape", "softmax", "reshape", "mul", "sum", "conv2d", "relu"])

    def test_constants_are_folded(self):
        self.graph.add("mul", [self.array(4), self.array(4)], "k")
        self.graph.add("add", ["x", "k"], "y")
        self.check(["add"])


if __name__ == "__main__":
    unittest.main()
