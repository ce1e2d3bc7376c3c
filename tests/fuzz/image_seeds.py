#!/usr/bin/python3
"""Writes small pictures of every kind that is read, for test_image_files and as the fuzzer's seeds.

usage: image_seeds.py DIR

DIR/files/NAME is a picture, DIR/expected/NAME what it must decode to: width and height as 32-bit
little-endian numbers, then RGBA. The decoder behind `expected` is PIL's, or nobody's where the
picture is made by hand and its values are known.
"""
import io
import os
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageOps

W, H = 37, 23


def picture():
    """Smooth, so that JPEG keeps it, and like none of its mirror images."""
    y, x = np.mgrid[0:H, 0:W].astype(float)
    rgb = np.stack([40 + 5 * x, 30 + 8 * y, 200 - 3 * x - 4 * y], -1)
    rgb[:6, :9] = (250, 240, 20)
    return np.clip(rgb, 0, 255).astype(np.uint8)


def alpha():
    y, x = np.mgrid[0:H, 0:W]
    return ((x * 7 + y * 5) % 256).astype(np.uint8)


class Writer:
    def __init__(self, folder):
        self.folder = folder
        for sub in ("files", "expected"):
            os.makedirs(os.path.join(folder, sub), exist_ok=True)

    def write(self, name, data, rgba=None):
        """rgba: an array, "pil", or None for a file that must be refused."""
        with open(os.path.join(self.folder, "files", name), "wb") as f:
            f.write(data)
        if rgba is None:
            return
        if isinstance(rgba, str):
            image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
            if image.mode == "CMYK":
                image = image.convert("RGB")
            rgba = np.array(image.convert("RGBA"))
        with open(os.path.join(self.folder, "expected", name), "wb") as f:
            f.write(struct.pack("<II", rgba.shape[1], rgba.shape[0]) + rgba.tobytes())

    def save(self, name, image, **options):
        self.write(name, saved(name, image, **options), "pil")


def saved(name, image, **options):
    out = io.BytesIO()
    kind = {"jpg": "JPEG", "png": "PNG", "gif": "GIF", "bmp": "BMP"}[name.rsplit(".", 1)[1]]
    image.save(out, kind, **options)
    return out.getvalue()


def opaque(rgb):
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


# ------------------------------------------------------------------ PNG by hand

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_rows(values):
    """values: [h][w][bytes of a pixel]; no filter."""
    return b"".join(b"\0" + row.tobytes() for row in values)


def png(values, depth, color, interlaced=False, extra=b""):
    h, w = values.shape[:2]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
        data = b"".join(png_rows(values[y::dy, x::dx]) for x, y, dx, dy in passes if x < w and y < h)
    else:
        data = png_rows(values)
    header = struct.pack(">IIBBBBB", w, h, depth, color, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(data)) +
            chunk(b"IEND", b""))


def write_png(out, rgb, a):
    image = Image.fromarray(rgb)
    rgba = np.dstack([rgb, a])
    out.save("rgb.png", image)
    out.save("rgba.png", Image.fromarray(rgba))
    out.save("grey.png", image.convert("L"))
    out.save("grey_alpha.png", Image.merge("LA", (image.convert("L"), Image.fromarray(a))))
    out.save("palette.png", image.quantize(200))
    out.save("palette_transparent.png", image.quantize(7), transparency=3)
    for bits, colors in ((1, 2), (2, 4), (4, 16)):
        out.save(f"palette_{bits}.png", image.quantize(colors), bits=bits)
    out.save("one_bit.png", image.convert("1"))
    out.save("transparent_color.png", image, transparency=tuple(int(v) for v in rgb[0, 0]))
    out.write("interlaced.png", png(rgb, 8, 2, True), opaque(rgb))
    out.write("interlaced_alpha.png", png(rgba, 8, 6, True), rgba)
    # 16 bits: the high byte is the value, the low one anything.
    noise = (np.arange(W * H * 4).reshape(H, W, 4) % 251).astype(np.uint8)
    deep = np.stack([rgba, noise], -1).reshape(H, W, 8)
    out.write("rgba16.png", png(deep, 16, 6), rgba)
    out.write("rgb16.png", png(deep[..., :6].copy(), 16, 2), opaque(rgb))
    grey = np.repeat(rgb[..., :1], 3, 2)
    out.write("grey16.png", png(deep[..., :2].copy(), 16, 0), opaque(grey))
    out.write("grey16_interlaced.png", png(deep[..., :2].copy(), 16, 0, True), opaque(grey))
    frames = [image, ImageOps.mirror(image), ImageOps.flip(image)]
    out.write("animated.png", saved("x.png", image, save_all=True, append_images=frames[1:]), opaque(rgb))
    exif = Image.Exif()
    for orientation in range(1, 9):
        exif[0x0112] = orientation
        out.save(f"orientation_{orientation}.png", image, exif=exif)
    # More data than the header's size has use for.
    bomb = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    out.write("bomb.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bomb) +
              chunk(b"IDAT", zlib.compress(bytes(40 << 20))) + chunk(b"IEND", b""))
    out.write("huge.png", png(np.zeros((1, 1, 3), np.uint8), 8, 2).replace(
        struct.pack(">II", 1, 1), struct.pack(">II", 20000, 20000)))
    out.write("no_size.png", png(np.zeros((1, 1, 3), np.uint8), 8, 2).replace(
        struct.pack(">II", 1, 1), struct.pack(">II", 0, 1)))


# ----------------------------------------------------------------- JPEG by hand

def segments(data):
    """(marker, begin, end) of what stands before the scan."""
    at = 2
    while data[at + 1] != 0xDA:
        end = at + 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        yield data[at + 1], at, end
        at = end


def without(data, marker):
    for kind, begin, end in segments(data):
        if kind == marker:
            return data[:begin] + data[end:]
    raise ValueError("no such segment")


def patched(data, marker, offset, value):
    for kind, begin, _ in segments(data):
        if kind == marker:
            return data[:begin + offset] + bytes([value]) + data[begin + offset + 1:]
    raise ValueError("no such segment")


def restart_jpeg(blocks_across, blocks_down, interval):
    """A grey JPEG of level blocks. Two DC codes: 0 no difference, 10 one of 5 bits; one AC code: 0, end."""
    def segment(marker, body):
        return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body

    out = b"\xff\xd8" + segment(0xDB, bytes([0]) + bytes([1] * 64))
    out += segment(0xC0, struct.pack(">BHHB", 8, blocks_down * 8, blocks_across * 8, 1) + bytes([1, 0x11, 0]))
    out += segment(0xC4, bytes([0x00, 1, 1] + [0] * 14 + [0, 8]))
    out += segment(0xC4, bytes([0x10, 1] + [0] * 15 + [0]))
    out += segment(0xDD, struct.pack(">H", interval)) + segment(0xDA, bytes([1, 1, 0, 0, 63, 0]))
    bits, restarts = "", 0
    total = blocks_across * blocks_down
    scan = b""

    def flush(bits):
        bits += "1" * (-len(bits) % 8)
        raw = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
        return raw.replace(b"\xff", b"\xff\0")

    for i in range(total):
        if i % 3 == 1:
            bits += "10" + format(128 + i * 11 % 128, "08b")  # a positive difference of 8 bits
        elif i % 3 == 2:
            bits += "10" + format(127 - i * 7 % 128, "08b")  # a negative one
        else:
            bits += "0"
        bits += "0"
        if (i + 1) % interval == 0 and i + 1 < total:
            scan += flush(bits) + bytes([0xFF, 0xD0 + restarts % 8])
            restarts, bits = restarts + 1, ""
    return out + scan + flush(bits) + b"\xff\xd9"


def write_jpeg(out, rgb):
    image = Image.fromarray(rgb)
    for name, subsampling in (("444", 0), ("422", 1), ("420", 2)):
        out.save(f"rgb_{name}.jpg", image, quality=95, subsampling=subsampling)
        out.save(f"progressive_{name}.jpg", image, quality=95, subsampling=subsampling, progressive=True)
    out.save("grey.jpg", image.convert("L"), quality=95)
    cmyk = saved("x.jpg", image.convert("CMYK"), quality=95)
    out.write("cmyk.jpg", cmyk, "pil")
    out.write("cmyk_plain.jpg", without(cmyk, 0xEE), "pil")
    out.write("ycck.jpg", patched(cmyk, 0xEE, 15, 2), "pil")
    exif = Image.Exif()
    for orientation in range(1, 9):
        exif[0x0112] = orientation
        out.save(f"orientation_{orientation}.jpg", image, quality=95, subsampling=0, exif=exif)
    out.write("restart.jpg", restart_jpeg(5, 3, 2), "pil")
    plain = saved("x.jpg", image, quality=95)
    out.write("trailing.jpg", plain + b"\0" * 100 + b"more", "pil")
    out.write("no_end.jpg", plain[:-2], "pil")
    out.write("arithmetic.jpg", patched(plain, 0xC0, 1, 0xC9))
    out.write("lossless.jpg", patched(plain, 0xC0, 1, 0xC3))
    out.write("twelve_bits.jpg", patched(plain, 0xC0, 4, 12))
    out.write("huge.jpg", patched(patched(plain, 0xC0, 5, 0x4E), 0xC0, 7, 0x4E))


def write_gif(out, rgb):
    image = Image.fromarray(rgb)
    few = image.quantize(60)
    out.save("plain.gif", few, interlace=0)
    out.save("interlaced.gif", few, interlace=1)
    out.save("transparent.gif", few, transparency=2)
    frames = [few, ImageOps.mirror(few), ImageOps.flip(few)]
    out.write("animated.gif", saved("x.gif", few, save_all=True, append_images=frames[1:], duration=50),
              np.array(few.convert("RGBA")))


def write_bmp(out, rgb, a):
    image = Image.fromarray(rgb)
    out.save("rgb.bmp", image)
    out.save("palette.bmp", image.quantize(100))
    out.save("grey.bmp", image.convert("L"))
    out.save("one_bit.bmp", image.convert("1"))
    rgba = np.dstack([rgb, a])
    pixels = rgba[::-1, :, [2, 1, 0, 3]].tobytes()
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    info = struct.pack("<IiiHHIIiiII", 108, W, H, 1, 32, 3, len(pixels), 0, 0, 0, 0) + masks + bytes(52)
    out.write("rgba.bmp", b"BM" + struct.pack("<IHHI", 14 + 108 + len(pixels), 0, 0, 122) + info + pixels, rgba)
    down = bytearray(saved("x.bmp", image))
    stride = (W * 3 + 3) // 4 * 4
    rows = [bytes(down[54 + stride * y:54 + stride * (y + 1)]) for y in range(H)]
    down[22:26] = struct.pack("<i", -H)
    out.write("top_down.bmp", bytes(down[:54]) + b"".join(rows[::-1]), opaque(rgb))
    packed = bytearray(saved("x.bmp", image.quantize(100)))
    packed[30:34] = struct.pack("<I", 1)
    out.write("run_length.bmp", bytes(packed))


def main():
    out = Writer(sys.argv[1])
    rgb, a = picture(), alpha()
    write_png(out, rgb, a)
    write_jpeg(out, rgb)
    write_gif(out, rgb)
    write_bmp(out, rgb, a)


if __name__ == "__main__":
    main()
