"""Runs a .tflite file with LiteRT's own kernels (no XNNPACK). For the Python of build/venv.

    reference_tflite.py MODEL OUT_FOLDER IN_FILE

IN_FILE holds any number of inputs; OUT_FOLDER/NAME.f32 gets as many results of each output.
"""
import sys
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def main():
    model, folder, source = sys.argv[1:]
    interpreter = Interpreter(
        model, experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES, num_threads=2)
    interpreter.allocate_tensors()
    entry, = interpreter.get_input_details()
    inputs = np.fromfile(source, "<f4").reshape([-1, *entry["shape"]])
    results = {}
    for x in inputs:
        interpreter.set_tensor(entry["index"], x)
        interpreter.invoke()
        for out in interpreter.get_output_details():
            results.setdefault(out["name"], []).append(interpreter.get_tensor(out["index"]))
    for name, values in results.items():
        np.stack(values).astype("<f4").tofile(Path(folder) / (name.replace("/", "_") + ".f32"))


if __name__ == "__main__":
    main()
