"""The reader of TensorFlow Lite files: storage types, sparse tensors, damaged files."""
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

CONVERT = Path(__file__).resolve().parents[2] / "weights" / "convert"
sys.path[:0] = [str(CONVERT), str(Path(__file__).resolve().parent)]

import interpret  # noqa: E402
import tflite  # noqa: E402
import tflite_graph  # noqa: E402
from graph import ConvertError  # noqa: E402
from make_tflite import Model, Scalar, conv_model, sparsity  # noqa: E402


def constant(data, shape, **options):
    m = Model()
    m.tensor("c", shape, data, **options)
    return tflite.read(m.data([], [])).tensors[0]


class Storage(unittest.TestCase):
    def test_float16_is_expanded(self):
        values = np.array([1.5, -2, 6e-5], "<f2")
        np.testing.assert_array_equal(constant(values, (3,)).data, values.astype(np.float32))

    def test_int8_with_scales_per_channel(self):
        q = np.array([[1, -2], [3, 127]], np.int8)
        tensor = constant(q, (2, 2), scale=[0.5, 0.25])
        np.testing.assert_array_equal(tensor.data, [[0.5, -1], [0.75, 31.75]])

    def test_integers_without_scale_stay(self):
        self.assertEqual(constant(np.array([3, 4], "<i4"), (2,)).data.dtype, np.int32)

    def test_scales_must_fit_the_axis(self):
        with self.assertRaisesRegex(ConvertError, "3 scales do not fit axis 0"):
            constant(np.zeros((2, 2), np.int8), (2, 2), scale=[1, 2, 3])

    def test_wrong_number_of_values(self):
        with self.assertRaisesRegex(ConvertError, "tensor 'c': 3 values for shape"):
            constant(np.zeros(3, "<f4"), (2, 2))

    def test_dequantize_folds_away(self):
        m = Model()
        x = m.tensor("x", (1, 2, 2, 1))
        half = m.tensor("half", (1,), np.array([0.5], "<f2"))
        full = m.tensor("full", (1,))
        y = m.tensor("y", (1, 2, 2, 1))
        m.operator(6, [half], [full])
        m.operator(0, [x, full], [y], {0: Scalar("b", 1)})
        graph = tflite_graph.build(m.data([x], [y]))
        self.assertEqual([op.kind for op in graph.ops], ["add"])
        found = interpret.run(graph, {"x": np.array([-2, -1, 0, 1]).reshape(1, 2, 2, 1)})
        np.testing.assert_array_equal(found["y"].reshape(-1), [0, 0, 0.5, 1.5])


class Sparse(unittest.TestCase):
    def test_rows_in_csr(self):
        tensor = constant(np.array([5, 6, 7], "<f4"), (3, 4),
                          sparsity=sparsity([0, 1], [], [3, ([0, 1, 1, 3], [2, 0, 3])]))
        np.testing.assert_array_equal(tensor.data, [[0, 0, 5, 0], [0, 0, 0, 0], [6, 0, 0, 7]])

    def test_blocks(self):
        # 4 x 4 in blocks of 2 x 2: block row 0 holds block 1, block row 1 holds block 0. Within a block: row-major.
        values = np.array([1, 2, 3, 4, 5, 6, 7, 8], "<f2")
        tensor = constant(values, (4, 4),
                          sparsity=sparsity([0, 1, 2, 3], [0, 1], [2, ([0, 1, 2], [1, 0]), 2, 2]))
        np.testing.assert_array_equal(tensor.data, [[0, 0, 1, 2], [0, 0, 3, 4], [5, 6, 0, 0], [7, 8, 0, 0]])

    def test_random_blocks_against_a_loop(self):
        random = np.random.RandomState(3)
        dense = random.randn(8, 6).astype("<f4").reshape(4, 2, 6)
        present = random.rand(4, 6) < 0.5
        dense[~present[:, None, :].repeat(2, 1)] = 0
        segments, indices, values = [0], [], []
        for row in range(4):  # blocks of 2 x 1
            for col in range(6):
                if present[row, col]:
                    indices.append(col)
                    values += list(dense[row, :, col])
            segments.append(len(indices))
        tensor = constant(np.array(values, "<f4"), (8, 6),
                          sparsity=sparsity([0, 1, 2], [0], [4, (segments, indices), 2]))
        np.testing.assert_array_equal(tensor.data, dense.reshape(8, 6))

    def test_damage(self):
        cases = {
            "damaged sparse segments": sparsity([0, 1], [], [3, ([0, 2, 1, 3], [2, 0, 3])]),
            "sparse index outside": sparsity([0, 1], [], [3, ([0, 1, 1, 3], [2, 0, 9])]),
            "does not fit rank": sparsity([0, 2], [], [3, ([0, 1, 1, 3], [2, 0, 3])]),
            "exceeds its 12 elements": sparsity([0, 1], [], [3, 2000000000]),
            "3 sparse values for 12 positions": sparsity([0, 1], [], [3, 4]),
            "exceeds": sparsity([0, 1], [], [3, -4]),
        }
        for message, bad in cases.items():
            with self.subTest(message), self.assertRaisesRegex(ConvertError, message):
                constant(np.array([5, 6, 7], "<f4"), (3, 4), sparsity=bad)


class Damaged(unittest.TestCase):
    """Whatever is in the file: a ConvertError or a graph, no other exception."""

    def setUp(self):
        m, self.ins, self.outs = conv_model()
        self.data = m.data(self.ins, self.outs)

    def build(self, data):
        try:
            tflite_graph.build(bytes(data))
            return True
        except ConvertError as error:
            self.assertTrue(str(error))
            return False

    def test_whole_file_is_read(self):
        self.assertTrue(self.build(self.data))

    def test_not_tflite(self):
        for data in (b"", b"TFL3", b"\0" * 100, b"PK\3\4" + self.data):
            with self.assertRaisesRegex(ConvertError, "not a TensorFlow Lite file"):
                tflite_graph.build(data)

    def test_truncated_anywhere(self):
        read = sum(self.build(self.data[:size]) for size in range(len(self.data)))
        self.assertEqual(read, 0)

    def test_bits_flipped(self):
        random = np.random.RandomState(5)
        refused = 0
        for _ in range(1500):
            data = bytearray(self.data)
            for at in random.randint(0, len(data), random.randint(1, 4)):
                data[at] ^= 1 << random.randint(8)
            refused += not self.build(data)
        self.assertGreater(refused, 100)

    def test_offset_out_of_range(self):
        data = bytearray(self.data)
        struct.pack_into("<I", data, 0, len(data) + 1000)
        with self.assertRaisesRegex(ConvertError, "truncated or damaged"):
            tflite_graph.build(bytes(data))

    def test_operator_refers_to_missing_tensor(self):
        m, ins, outs = conv_model()
        m.operator(0, [99, 0], [outs[0]])
        with self.assertRaisesRegex(ConvertError, r"operator 1 \(ADD\): tensor 99 of 4"):
            tflite_graph.build(m.data(ins, outs))

    def test_unknown_operator(self):
        m, ins, outs = conv_model()
        m.operator(32, ins, outs, custom="Frobnicate")
        with self.assertRaisesRegex(ConvertError, "CUSTOM:Frobnicate is not known"):
            tflite_graph.build(m.data(ins, outs))

    def test_command_line_says_one_line(self):
        with tempfile.TemporaryDirectory() as folder:
            bad = Path(folder, "bad.tflite")
            bad.write_bytes(self.data[:200])
            run = subprocess.run([sys.executable, CONVERT / "convert.py", bad, "-o", Path(folder, "o.safetensors")],
                                 capture_output=True, text=True)
            self.assertEqual(run.returncode, 1)
            self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
            self.assertIn("bad.tflite", run.stderr)
            self.assertEqual([p.name for p in Path(folder).iterdir()], ["bad.tflite"])


if __name__ == "__main__":
    unittest.main()
