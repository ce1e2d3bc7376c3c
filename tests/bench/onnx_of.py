#!/usr/bin/env python3
"""Writes a weights file's graph as ONNX, so that onnxruntime can be measured on the same network.

    python3 tests/bench/onnx_of.py build/weights/NAME.safetensors NAME.onnx SIDE     (needs onnx from PyPI)

SIDE is the size of an input whose size the file leaves open.

Our values are NHWC, ONNX's convolutions want NCHW: a value is turned where an op needs the other layout, at most
once. int8 weights become float32, which is what both sides compute with. Covers the ops that the measured networks
have, and says so when it meets another."""
import json
import struct
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

DTYPES = {"F32": np.float32, "F16": np.float16, "I8": np.int8, "U8": np.uint8, "I32": np.int32}
TO_NCHW, TO_NHWC = [0, 3, 1, 2], [0, 2, 3, 1]


def read(path):
    with open(path, "rb") as f:
        data = f.read()
    size, = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + size])
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + size + o for o in entry["data_offsets"])
        tensors[name] = np.frombuffer(data[begin:end], DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return json.loads(metadata["graph"]), tensors


class Writer:
    def __init__(self, tensors):
        self.tensors = tensors
        self.nodes, self.constants = [], []
        self.names = {}  # (value, layout) -> ONNX name

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))

    def constant(self, name, array):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def weight(self, name, axis):
        """A weight as float32; `axis` is that of its output channels."""
        array = self.tensors[name].astype(np.float32)
        scale = self.tensors.get(name + ".scale")
        if scale is None:
            return array
        shape = [1] * array.ndim
        shape[axis] = -1
        return array * scale.reshape(shape)

    def value(self, name, layout):
        """The ONNX name of a value in the layout."""
        if (name, layout) not in self.names:
            if name in self.tensors:
                array = self.tensors[name].astype(np.float32)
                if layout == "nchw" and array.ndim == 4:
                    array = array.transpose(TO_NCHW)
                self.names[name, layout] = self.constant(f"{name}.{layout}", array)
            else:
                other = "nhwc" if layout == "nchw" else "nchw"
                turned = f"{name}.{layout}"
                self.node("Transpose", [self.names[name, other]], turned,
                          perm=TO_NCHW if layout == "nchw" else TO_NHWC)
                self.names[name, layout] = turned
        return self.names[name, layout]

    def result(self, op, layout):
        """The name for an op's output, and the act's node after it."""
        name = f"{op['out'][0]}.{layout}.out"
        self.names[op["out"][0], layout] = name
        act = op.get("act", "none")
        if act == "none":
            return name, lambda: None
        before = name + ".before"
        bounds = {"relu": (0, None), "relu6": (0, 6), "relu_n1_to_1": (-1, 1)}.get(act) or (act.get("min"), act.get("max"))
        limits = ["" if b is None else self.constant(f"{name}.{i}", np.float32(b)) for i, b in enumerate(bounds)]
        return before, lambda: self.node("Clip", [before, *limits], name)

    # ---------------------------------------------------------------- ops
    def write(self, op):
        method = getattr(self, "op_" + op["op"], None)
        if not method:
            sys.exit(f"onnx_of: the op {op['op']} is not covered")
        method(op)

    def conv(self, op, kind, weight, groups, **more):
        output, act = self.result(op, "nchw")
        inputs = [self.value(op["in"][0], "nchw"), self.constant(op["weight"] + ".onnx", weight)]
        if "bias" in op:
            inputs.append(self.constant(op["bias"] + ".onnx", self.tensors[op["bias"]].astype(np.float32)))
        pad = op["pad"]
        if isinstance(pad, list):
            more["pads"] = [pad[0], pad[3], pad[2], pad[1]]
        else:
            more["auto_pad"] = {"same": "SAME_UPPER", "valid": "VALID"}[pad]
        self.node(kind, inputs, output, strides=op.get("stride", [1, 1]), group=groups, **more)
        act()

    def op_conv2d(self, op):
        weight = self.weight(op["weight"], 0).transpose(0, 3, 1, 2)
        self.conv(op, "Conv", weight, op.get("groups", 1), dilations=op.get("dilation", [1, 1]))

    def op_depthwise_conv2d(self, op):
        weight = self.weight(op["weight"], 2).transpose(2, 0, 1)[:, None]
        self.conv(op, "Conv", weight, weight.shape[0], dilations=op.get("dilation", [1, 1]))

    def op_deconv2d(self, op):
        weight = self.weight(op["weight"], 0).transpose(3, 0, 1, 2)
        self.conv(op, "ConvTranspose", weight, 1)

    def binary(self, kind, op):
        # In the layout that the operands have already, so that nothing is turned in vain.
        values = [v for v in op["in"] if v not in self.tensors]
        layout = "nchw" if all((v, "nchw") in self.names for v in values) else "nhwc"
        output, act = self.result(op, layout)
        self.node(kind, [self.value(v, layout) for v in op["in"]], output)
        act()

    def op_add(self, op):
        self.binary("Add", op)

    def op_mul(self, op):
        self.binary("Mul", op)

    def op_sigmoid(self, op):
        layout = "nchw" if (op["in"][0], "nchw") in self.names else "nhwc"
        output, _ = self.result(op, layout)
        self.node("Sigmoid", [self.value(op["in"][0], layout)], output)

    def op_reshape(self, op):
        output, _ = self.result(op, "nhwc")
        shape = self.constant(output + ".shape", np.array(op["shape"], np.int64))
        self.node("Reshape", [self.value(op["in"][0], "nhwc"), shape], output)

    def op_transpose(self, op):
        output, _ = self.result(op, "nhwc")
        self.node("Transpose", [self.value(op["in"][0], "nhwc")], output, perm=op["perm"])

    def op_softmax(self, op):
        output, _ = self.result(op, "nhwc")
        self.node("Softmax", [self.value(op["in"][0], "nhwc")], output, axis=-1)

    def op_sum(self, op):
        output, _ = self.result(op, "nhwc")
        axes = self.constant(output + ".axes", np.array(op["axes"], np.int64))
        self.node("ReduceSum", [self.value(op["in"][0], "nhwc"), axes], output, keepdims=int(op["keep_dims"]))

    def resize(self, op, **attributes):
        output, _ = self.result(op, "nchw")
        inputs = [self.value(op["in"][0], "nchw"), ""]
        if "size" in op:
            inputs += ["", self.constant(output + ".size", np.array(op["size"], np.int64))]
        else:
            inputs += [self.constant(output + ".scale", np.array(op["scale"], np.float32))]
        self.node("Resize", inputs, output, axes=[2, 3], **attributes)

    def op_resize_bilinear(self, op):
        self.resize(op, mode="linear", coordinate_transformation_mode=op["mode"])

    def op_resize_nearest(self, op):
        self.resize(op, mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")


def main():
    source, target, side = sys.argv[1:]
    graph, tensors = read(source)
    writer = Writer(tensors)
    for given in graph["inputs"]:
        writer.names[given["name"], "nhwc"] = given["name"]
    for op in graph["ops"]:
        writer.write(op)
    for wanted in graph["outputs"]:
        writer.node("Identity", [writer.value(wanted["value"], "nhwc")], wanted["name"])
    model = helper.make_model(helper.make_graph(
        writer.nodes, "network",
        [helper.make_tensor_value_info(i["name"], TensorProto.FLOAT, [d or int(side) for d in i["shape"]]) for i in graph["inputs"]],
        [helper.make_tensor_value_info(o["name"], TensorProto.FLOAT, [None] * 4) for o in graph["outputs"]],
        writer.constants), opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, target)


main()
