"""parsona convert: M2FP at a small size, stage by stage against NumPy, and checkpoints that must be refused."""
import json
import pathlib
import pickle
import shutil
import struct
import tempfile
import unittest

import numpy as np

from support import RUN_NET, parsona

import stages
from architecture import PIXEL, QUERY, R101, TINY, random_image, random_state, tensors
from checkpoint import Pickle, checkpoint_bytes, pickle_of, zip_of
from reference_numpy import Reference

TABLE = {"name": "toy", "people": "many",
         "labels": [["Background", "background"], ["Cap", "hat"], ["Face", "face"], ["Arm", "arm"], ["Leg", "leg"],
                    ["Coat", "coat"], ["Human", "person"]]}
CLASSES = len(TABLE["labels"])


def safetensors(state):
    data, header = b"", {}
    for name, x in state.items():
        header[name] = {"dtype": {"float32": "F32", "float16": "F16", "int64": "I64"}[str(x.dtype)],
                        "shape": list(x.shape), "data_offsets": [len(data), len(data) + x.nbytes]}
        data += x.tobytes()
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def old_file(state):
    """As torch.save wrote before its version 1.6: five pickles and the storages."""
    keys = [str(i) for i in range(len(state))]
    out = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2)
    out += pickle.dumps({"protocol_version": 1001, "little_endian": True, "type_sizes": {"int": 4}}, 2)
    p = Pickle().ordered_dict().op(b"(")
    for key, (name, x) in zip(keys, state.items()):
        p.text(name).name("torch._utils", "_rebuild_tensor_v2").op(b"((").text("storage")
        p.name("torch", "FloatStorage").text(key).text("cpu").number(x.size).op(b"NtQ")
        p.number(0).numbers(x.shape).numbers([s // 4 for s in x.strides]).op(b"\x89").ordered_dict().op(b"tR")
    out += p.op(b"u").bytes() + pickle.dumps(keys, 2)
    for x in state.values():
        out += struct.pack("<q", x.size) + x.tobytes()
    return out


class Convert(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.state = random_state(TINY, CLASSES)

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.dir, True)
        (self.dir / "table.json").write_text(json.dumps(TABLE))

    def convert(self, data, *options, table="table.json"):
        (self.dir / "in.pt").write_bytes(data)
        return parsona("convert", self.dir / "in.pt", "-o", self.dir / "out", "--sizes", "tiny", "--labels",
                       self.dir / table, *options)

    def fails(self, data, *words, **options):
        done = self.convert(data, **options)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertEqual(sorted(p.name for p in self.dir.iterdir()), ["in.pt", "table.json"])

    def test_published_names(self):
        """822 tensors and 63.2 M values, as in the published checkpoint for CIHP."""
        shapes = dict(tensors(R101, 21))
        self.assertEqual(len(shapes), 822)
        self.assertEqual(sum(int(np.prod(s)) for s in shapes.values()), 63229846)
        self.assertEqual(shapes[QUERY + "class_embed.weight"], (22, 256))
        self.assertEqual(shapes[PIXEL + "input_proj.0.0.weight"], (256, 2048, 1, 1))

    def test_stages(self):
        image = random_image(64, 96)
        want = Reference(TINY, self.state).run(image)
        for dtype, most in (("f32", 1e-5), ("f16", 1e-2), ("i8", .1)):
            done = self.convert(checkpoint_bytes(self.state), "--dtype", dtype)
            self.assertEqual(done.returncode, 0, done.stderr)
            got, _ = stages.run(str(RUN_NET), self.dir / "out", image, stages.stage_names(TINY), self.dir)
            for name, x in got.items():
                self.assertLess(stages.relative_error(x, want[name]), most, f"{dtype} {name}")

    def test_formats_agree(self):
        results = []
        noise = {"x.norm.num_batches_tracked": np.array(3, np.int64), "criterion.empty_weight": np.ones(8, np.float32)}
        half = {k: v.astype(np.float16).astype(np.float32) for k, v in self.state.items()}
        for data in (checkpoint_bytes(half), checkpoint_bytes(half, "state_dict"), checkpoint_bytes(half, None),
                     checkpoint_bytes({**noise, **half}), safetensors(half), old_file(half),
                     checkpoint_bytes({k: v.astype(np.float16) for k, v in half.items()}),
                     checkpoint_bytes({k: v.astype(np.float64) for k, v in half.items()})):
            done = self.convert(data)
            self.assertEqual(done.returncode, 0, done.stderr)
            results.append((self.dir / "out").read_bytes())
        for result in results[1:]:
            self.assertEqual(result, results[0])

    def test_metadata(self):
        self.assertEqual(self.convert(checkpoint_bytes(self.state)).returncode, 0)
        raw = (self.dir / "out").read_bytes()
        meta = json.loads(raw[8:8 + struct.unpack("<Q", raw[:8])[0]])["__metadata__"]
        self.assertEqual(meta["license"], "CC-BY-NC-4.0")
        self.assertEqual(meta["role"], "m2fp")
        self.assertEqual(meta["people"], "many")
        self.assertEqual(json.loads(meta["labels"]), [name for name, _ in TABLE["labels"]])
        self.assertEqual(json.loads(meta["label_map"]), [ours for _, ours in TABLE["labels"]])

    def test_other_strides(self):
        """A transposed tensor's numbers lie in another order."""
        name = PIXEL + "transformer.encoder.layers.0.linear1.weight"
        p = Pickle().ordered_dict().op(b"(")
        storages = {}
        for key, (own, x) in enumerate(self.state.items()):
            strides = [s // 4 for s in x.strides]
            if own == name:
                strides, x_stored = [1, x.shape[0]], np.ascontiguousarray(x.T)
            else:
                x_stored = x
            storages[str(key)] = x_stored.tobytes()
            p.text(own).tensor("FloatStorage", str(key), x.size, 0, x.shape, strides)
        self.assertEqual(self.convert(zip_of(p.op(b"u").bytes(), storages)).returncode, 0)
        turned = (self.dir / "out").read_bytes()
        self.assertEqual(self.convert(checkpoint_bytes(self.state)).returncode, 0)
        self.assertEqual(turned, (self.dir / "out").read_bytes())

    def test_missing_extra_misshapen(self):
        state = dict(self.state)
        del state[QUERY + "decoder_norm.weight"], state["backbone.res3.1.conv2.weight"]
        self.fails(checkpoint_bytes(state), "2 tensors missing", "backbone.res3.1.conv2.weight is missing")
        self.fails(checkpoint_bytes({**self.state, "stranger.weight": np.ones(3, np.float32)}), "1 too many",
                   "stranger.weight is not of it")
        state = {**self.state, QUERY + "query_feat.weight": np.ones((13, 32), np.float32)}
        self.fails(checkpoint_bytes(state), "1 misshapen", "query_feat.weight is 13x32, not 12x32")
        state = {name.replace("backbone", "encoder"): x for name, x in self.state.items()}
        self.fails(checkpoint_bytes(state), "tensors missing", "too many")

    def test_another_model(self):
        self.fails(checkpoint_bytes({"conv.weight": np.ones((3, 3), np.float32)}), "not an M2FP")
        self.fails(safetensors({"conv.weight": np.ones((3, 3), np.float32)}), "not an M2FP")
        self.fails(b"GIF89a nothing of the kind", "neither a PyTorch checkpoint")
        self.fails(checkpoint_bytes(random_state(TINY, CLASSES + 1)), "has 7 labels", "8 classes")

    def test_numbers(self):
        for value in (np.nan, np.inf, -np.inf):
            state = {k: v.copy() for k, v in self.state.items()}
            state[PIXEL + "layer_1.weight"][3, 2, 1, 0] = value
            self.fails(checkpoint_bytes(state), "layer_1.weight", "not finite")
        state = {k: v.copy() for k, v in self.state.items()}
        state["backbone.res2.0.conv1.norm.running_var"][0] = -1
        self.fails(checkpoint_bytes(state), "variance is negative")
        state = {**self.state, QUERY + "decoder_norm.bias": np.ones(32, np.int64)}
        self.fails(checkpoint_bytes(state), "whole numbers")

    def test_label_tables(self):
        def table(**changes):
            (self.dir / "table.json").write_text(json.dumps({**TABLE, **changes}))
        data = checkpoint_bytes(self.state)
        table(labels=TABLE["labels"][:-1])
        self.fails(data, "has 6 labels", "7 classes")
        table(labels=[["a", "no-such-label"]] * CLASSES)
        self.fails(data, "no no-such-label in our vocabulary")
        table(people="some")
        self.fails(data, "neither")
        table(labels=[["a"]] * CLASSES)
        self.fails(data, "no [name, our name]")
        (self.dir / "table.json").write_text("{")
        self.fails(data, "label table")
        (self.dir / "in.pt").write_bytes(data)
        for name, word in (("cihp", "has 21 labels"), ("nothing", "no label table")):
            done = parsona("convert", self.dir / "in.pt", "-o", self.dir / "out", "--sizes", "tiny", "--labels", name)
            self.assertIn(word, done.stderr)
        done = parsona("convert", self.dir / "in.pt", "-o", self.dir / "out", "--sizes", "tiny")
        self.assertIn("no label table is of 7 classes", done.stderr)

    def test_cut_and_damaged(self):
        whole = checkpoint_bytes(self.state)
        for size in (0, 1, 30, 1000, len(whole) // 2, len(whole) - 1):
            done = self.convert(whole[:size])
            self.assertNotEqual(done.returncode, 0)
            self.assertFalse((self.dir / "out").exists())
        for part in (0.1, 0.5, 0.9):
            self.fails(safetensors(self.state)[:int(len(whole) * part)], "in.pt")
            self.fails(old_file(self.state)[:int(len(whole) * part)], "in.pt")

    def test_malicious_pickles(self):
        class Evil:
            def __reduce__(self):
                import os
                return os.system, ("touch " + str(TARGET),)
        TARGET = self.dir / "executed"
        for protocol in range(6):
            data = zip_of(pickle.dumps({"model": Evil()}, protocol), {})
            self.fails(data, "pickle")
        self.fails(zip_of(pickle.dumps({"model": Evil()}, 2), {}), "posix.system")
        self.assertFalse(TARGET.exists())

    def test_storages(self):
        good = pickle_of(self.state)
        storages = {str(k): x.tobytes() for k, x in enumerate(self.state.values())}
        self.fails(zip_of(good, {**storages, "5": storages["5"][:-4]}), "a storage of")
        self.fails(zip_of(good, {k: v for k, v in storages.items() if k != "7"}), "not in the archive")
        p = Pickle().op(b"}").text("a").tensor("FloatStorage", "0", 64, 60, [8], [1]).op(b"s")
        self.fails(zip_of(p.bytes(), {"0": bytes(256)}), "beyond its storage")
        p = Pickle().op(b"}").text("a").tensor("FloatStorage", "0", 64, 0, [8, 8], [1 << 27, 1]).op(b"s")
        self.fails(zip_of(p.bytes(), {"0": bytes(256)}), "beyond its storage")
        p = Pickle().op(b"}").text("a").tensor("FloatStorage", "0", 64, 0, [1 << 20, 1 << 20], [0, 0]).op(b"s")
        self.fails(zip_of(p.bytes(), {"0": bytes(256)}), "2^28")
        p = Pickle().op(b"}").text("a").tensor("FloatStorage", "0", 64, -1, [8], [1]).op(b"s")
        self.fails(zip_of(p.bytes(), {"0": bytes(256)}), "out of range")

    def test_usage(self):
        for arguments in ((), ("a",), ("a", "b", "-o", "c"), ("a", "-o", "c", "--what")):
            done = parsona("convert", *arguments)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("convert", done.stderr)
        done = self.convert(checkpoint_bytes(self.state), "--dtype", "i4")
        self.assertIn("none of i8, f16, f32", done.stderr)
        (self.dir / "in.pt").write_bytes(checkpoint_bytes(self.state))
        done = parsona("convert", self.dir / "in.pt", "-o", self.dir / "no/out", "--sizes", "tiny", "--labels",
                       self.dir / "table.json")
        self.assertIn("cannot be written", done.stderr)


if __name__ == "__main__":
    unittest.main()
