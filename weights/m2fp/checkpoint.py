"""Writes a checkpoint as torch.save does, without torch: a zip of stored entries, a pickle among them.

The opcodes are written one by one, so that tests can also write what torch.save never would.
"""
import io
import struct
import zipfile

TYPES = {"float32": "FloatStorage", "float16": "HalfStorage", "float64": "DoubleStorage", "int64": "LongStorage"}


class Pickle:
    """Opcodes of protocol 2."""

    def __init__(self):
        self.out = io.BytesIO()
        self.op(b"\x80\x02")

    def op(self, *parts):
        for part in parts:
            self.out.write(part)
        return self

    def text(self, text):
        raw = text.encode()
        return self.op(b"X", struct.pack("<I", len(raw)), raw)

    def number(self, n):
        if 0 <= n < 256:
            return self.op(b"K", struct.pack("<B", n))
        if -1 << 31 <= n < 1 << 31:
            return self.op(b"J", struct.pack("<i", n))
        return self.op(b"\x8a\x08", struct.pack("<q", n))

    def numbers(self, numbers):
        self.op(b"(")
        for n in numbers:
            self.number(n)
        return self.op(b"t")

    def name(self, module, name):
        return self.op(b"c", module.encode(), b"\n", name.encode(), b"\n")

    def ordered_dict(self):
        return self.name("collections", "OrderedDict").op(b")R")

    def storage(self, kind, key, count):
        self.op(b"(").text("storage").name("torch", kind).text(key).text("cpu").number(count)
        return self.op(b"tQ")

    def tensor(self, kind, key, count, offset, shape, strides):
        self.name("torch._utils", "_rebuild_tensor_v2").op(b"(").storage(kind, key, count)
        self.number(offset).numbers(shape).numbers(strides).op(b"\x89").ordered_dict()
        return self.op(b"tR")

    def bytes(self):
        return self.out.getvalue() + b"."


def strides_of(shape):
    strides, n = [], 1
    for size in reversed(shape):
        strides.insert(0, n)
        n *= size
    return strides


def pickle_of(state, wrap="model"):
    p = Pickle()
    if wrap:
        p.op(b"}").text(wrap)
    p.ordered_dict().op(b"(")
    for key, (name, array) in enumerate(state.items()):
        p.text(name).tensor(TYPES[str(array.dtype)], str(key), array.size, 0, array.shape, strides_of(array.shape))
    p.op(b"u")
    if wrap:
        p.op(b"s")
    return p.bytes()


def zip_of(pickle, storages, folder="archive"):
    """`storages`: {key: bytes}."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        def add(name, data):
            archive.writestr(zipfile.ZipInfo(f"{folder}/{name}"), data)
        add("data.pkl", pickle)
        add("byteorder", b"little")
        for key, data in storages.items():
            add(f"data/{key}", data)
        add("version", b"3\n")
    return out.getvalue()


def checkpoint_bytes(state, wrap="model"):
    return zip_of(pickle_of(state, wrap), {str(k): a.tobytes() for k, a in enumerate(state.values())})
