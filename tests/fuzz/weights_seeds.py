#!/usr/bin/python3
"""Writes small weights files for the fuzzer and its replay: sound ones, one for each of many ops, and
damaged ones.

usage: weights_seeds.py DIR
"""
import json
import os
import struct
import sys

OPS = [  # name, operands' shapes, extra attributes, weight shape or None
    ("conv2d", {"stride": [1, 1], "pad": "same", "dilation": [1, 1], "groups": 1}, [3, 3, 3, 2]),
    ("conv2d", {"stride": [2, 2], "pad": [1, 1, 1, 1], "dilation": [1, 1], "groups": 2, "act": "relu6"}, [4, 3, 3, 1]),
    ("depthwise_conv2d", {"stride": [1, 1], "pad": "valid", "dilation": [2, 2]}, [3, 3, 2]),
    ("fully_connected", {"act": {"min": 0.0}}, [5, 2]),
    ("relu", {}, None),
    ("softmax", {}, None),
    ("max_pool2d", {"size": [2, 2], "stride": [2, 2], "pad": "valid"}, None),
    ("mean", {"axes": [1, 2], "keep_dims": True}, None),
    ("reshape", {"shape": [1, -1]}, None),
    ("transpose", {"perm": [0, 2, 1, 3]}, None),
    ("pad", {"before": [0, 1, 1, 0], "after": [0, 1, 1, 0], "value": 0.5}, None),
    ("resize_bilinear", {"size": [12, 12], "mode": "half_pixel"}, None),
    ("resize_nearest", {"scale": [2, 2]}, None),
    ("slice", {"begin": [0, 1, 1, 0], "size": [1, -1, 3, 2]}, None),
    ("argmax", {}, None),
]


def weights_file(op, attributes, weight):
    node = {"op": op, "in": ["image"], "out": ["y"], **attributes}
    tensors, data = {}, b""
    if weight:
        count = 1
        for size in weight:
            count *= size
        node["weight"] = "w"
        tensors["w"] = {"dtype": "F32", "shape": weight, "data_offsets": [0, 4 * count]}
        data = struct.pack(f"<{count}f", *[(i % 7 - 3) / 4 for i in range(count)])
    graph = {"inputs": [{"name": "image", "shape": [1, 6, 6, 2]}], "outputs": [{"name": "out", "value": "y"}],
             "ops": [node]}
    meta = {"format": "parsona-1", "role": "parts", "name": op, "license": "Apache-2.0", "source": "seed",
            "graph": json.dumps(graph)}
    header = json.dumps({"__metadata__": meta, **tensors}).encode()
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + data


def main(folder):
    os.makedirs(folder, exist_ok=True)
    for number, (op, attributes, weight) in enumerate(OPS):
        whole = weights_file(op, attributes, weight)
        damaged = {"": whole, "-cut": whole[: len(whole) * 2 // 3], "-long": whole + b"more",
                   "-length": struct.pack("<Q", 1 << 60) + whole[8:],
                   "-json": whole.replace(b'"image"', b'"imagf"', 1), "-nan": whole[:-4] + b"\xff\xff\xff\x7f"}
        for name, data in damaged.items():
            with open(os.path.join(folder, f"{number:02}-{op}{name}"), "wb") as file:
                file.write(data)


if __name__ == "__main__":
    main(sys.argv[1])
