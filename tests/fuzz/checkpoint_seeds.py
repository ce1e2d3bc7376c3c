#!/usr/bin/python3
"""Writes checkpoints for the fuzzer and its replay: sound ones of every format, and damaged and hostile ones.

usage: checkpoint_seeds.py DIR
"""
import os
import pathlib
import pickle
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "m2fp"))
from test_convert import old_file, safetensors  # noqa: E402  (the paths come from the line before)
from architecture import TINY, random_state  # noqa: E402
from checkpoint import Pickle, checkpoint_bytes, zip_of  # noqa: E402


class Evil:
    def __reduce__(self):
        return os.system, ("true",)


def seeds():
    few = {"a.weight": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.ones(2, np.float16),
           "c.num_batches_tracked": np.array(3, np.int64)}
    floats = {"a.weight": few["a.weight"], "d": np.ones((1, 2, 1), np.float32)}
    tiny = random_state(TINY, 21)
    for name, data in (("zip", checkpoint_bytes(few)), ("zip-root", checkpoint_bytes(few, None)),
                       ("old", old_file(floats)), ("safetensors", safetensors(few))):
        yield name, data
        for part in (0.3, 0.6, 0.95):
            yield f"{name}-{part}", data[:int(part * len(data))]
        for at in range(0, len(data), max(1, len(data) // 12)):
            yield f"{name}-byte-{at}", data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1:]
    yield "tiny", checkpoint_bytes(tiny)
    yield "tiny-nan", checkpoint_bytes({k: v * np.float32("nan") if "adapter" in k else v for k, v in tiny.items()})
    for protocol in range(6):
        yield f"evil-{protocol}", zip_of(pickle.dumps({"model": Evil()}, protocol), {})
    yield "marks", zip_of(b"\x80\x02" + b"(" * 5000, {})
    yield "nested", zip_of(b"\x80\x02" + b"]" * 5000 + b"a" * 4999 + b".", {})
    yield "itself", zip_of(b"\x80\x02}q\x00X\x05\x00\x00\x00modelh\x00s.", {})
    for number, (offset, shape, strides) in enumerate((
            (0, [1 << 20, 1 << 20], [0, 0]), (60, [8], [1]), (0, [8, 8], [1 << 27, 1]), (0, [0], [1]), (0, [], []))):
        p = Pickle().op(b"}").text("a").tensor("FloatStorage", "0", 64, offset, shape, strides).op(b"s")
        yield f"tensor-{number}", zip_of(p.bytes(), {"0": bytes(256)})


def main(folder):
    os.makedirs(folder, exist_ok=True)
    for name, data in seeds():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main(sys.argv[1])
