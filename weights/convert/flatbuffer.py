"""Reads FlatBuffers tables. Every offset comes from a file that may be damaged, so every access is checked."""
import struct

import numpy as np

from graph import ConvertError


class Buffer:
    def __init__(self, data):
        self.data = data

    def unpack(self, code, at):
        size = struct.calcsize("<" + code)
        if at < 0 or at + size > len(self.data):
            raise ConvertError(f"truncated or damaged: {size} bytes at {at} of {len(self.data)}")
        return struct.unpack_from("<" + code, self.data, at)[0]

    def follow(self, at):
        """The target of the unsigned offset stored at `at`."""
        return at + self.unpack("I", at)

    def root(self):
        return Table(self, self.follow(0))


class Table:
    def __init__(self, buffer, at):
        self.buffer = buffer
        self.at = at
        self.vtable = at - buffer.unpack("i", at)
        self.vtable_size = buffer.unpack("H", self.vtable)

    def _field(self, index):
        """Where field `index` is stored, None when the file leaves it out."""
        slot = 4 + 2 * index
        if slot + 2 > self.vtable_size:
            return None
        offset = self.buffer.unpack("H", self.vtable + slot)
        return self.at + offset if offset else None

    def scalar(self, index, code, default=0):
        at = self._field(index)
        return default if at is None else self.buffer.unpack(code, at)

    def table(self, index):
        at = self._field(index)
        return None if at is None else Table(self.buffer, self.buffer.follow(at))

    def _vector(self, index):
        """(start, count) of a vector field."""
        at = self._field(index)
        if at is None:
            return 0, 0
        at = self.buffer.follow(at)
        return at + 4, self.buffer.unpack("I", at)

    def array(self, index, dtype):
        start, count = self._vector(index)
        size = np.dtype(dtype).itemsize * count
        if start + size > len(self.buffer.data):
            raise ConvertError(f"truncated or damaged: vector of {size} bytes at {start} "
                               f"of {len(self.buffer.data)}")
        return np.frombuffer(self.buffer.data, dtype, count, start)

    def ints(self, index):
        return self.array(index, "<i4").tolist()

    def bytes(self, index):
        return self.array(index, "u1").tobytes()

    def text(self, index):
        return self.bytes(index).decode("utf-8", "replace")

    def tables(self, index):
        start, count = self._vector(index)
        if start + 4 * count > len(self.buffer.data):
            raise ConvertError(f"truncated or damaged: list of {count} tables at {start} "
                               f"of {len(self.buffer.data)}")
        return [Table(self.buffer, self.buffer.follow(start + 4 * k)) for k in range(count)]
