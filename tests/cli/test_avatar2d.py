"""parsona avatar2d as its users meet it: files, agreement of SVG and PNG, bad input.

Run by `./dev test`; needs build/native/parsona and build/weights.
"""
import base64
import io
import json
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree

import numpy as np
from PIL import Image

from test_cli import CommandLine, portrait

SVG = "{http://www.w3.org/2000/svg}"
STYLES = ("flat", "anime", "comic", "cyberpunk", "sticker", "soft", "ink")


def ids(svg):
    return [g.get("id") for g in ElementTree.fromstring(svg).iter(f"{SVG}g")]


class Avatar(CommandLine):
    def avatar(self, *args, out="out"):
        run = self.parsona("avatar2d", *args, "-o", self.dir / out)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        folder = self.dir / out
        return ((folder / "person_1.svg").read_text(), np.asarray(Image.open(folder / "person_1.png")),
                json.loads((folder / "person_1.json").read_text()))

    def traits(self, text="{}"):
        return self.write("traits.json", text.encode())

    def test_portrait(self):
        svg, png, traits = self.avatar(portrait(), "--style", "flat")
        self.assertEqual(png.shape, (512, 512, 4))
        for part in ("background", "neck", "clothes", "face", "eyes", "mouth", "hair-front"):
            self.assertIn(part, ids(svg))
        self.assertTrue(traits["face_seen"])
        self.assertEqual(traits["hair"]["kind"], "traced")
        red, green, blue = (int(traits["face"]["skin"][i:i + 2], 16) for i in (1, 3, 5))
        self.assertTrue(red > green > blue > 90)
        red, green, blue = (int(traits["upper"]["color"][i:i + 2], 16) for i in (1, 3, 5))
        self.assertTrue(red > 1.3 * green > blue)  # an orange suit
        self.assertGreater(traits["mouth"]["smile"], 0.15)
        self.assertTrue(traits["mouth"]["teeth"])
        self.assertEqual(sorted(p.name for p in (self.dir / "out").iterdir()),
                         ["person_1.json", "person_1.png", "person_1.svg"])

    def test_framing_does_not_matter(self):
        """Turned, shrunk or with more around it, a person has nearly the same traits."""
        image = Image.open(portrait()).convert("RGB")
        wide = Image.new("RGB", (900, 700), (70, 80, 90))
        wide.paste(image.resize((400, 400)), (260, 150))
        wide.rotate(12, Image.Resampling.BICUBIC, fillcolor=(70, 80, 90)).save(self.dir / "wide.png")
        _, _, a = self.avatar(portrait())
        _, _, b = self.avatar(self.dir / "wide.png")
        for group, name, slack in (("eyes", "x", 2.5), ("eyes", "width", 2.5), ("mouth", "width", 5), ("nose", "y", 4),
                                   ("face", "chin", 5)):
            self.assertAlmostEqual(a[group][name], b[group][name], delta=slack, msg=f"{group}.{name}")

    def test_traits_alone(self):
        """The written traits give the same avatar without the photo, and can be edited."""
        svg, png, traits = self.avatar(portrait(), "--style", "anime")
        again, same, _ = self.avatar("--traits", self.dir / "out/person_1.json", "--style", "anime", out="again")
        self.assertLess(np.abs(png.astype(int) - same).mean(), 0.6)
        traits["hair"]["color"] = "#00ff00"
        edited, green, _ = self.avatar("--traits", self.traits(json.dumps(traits)), "--style", "anime", out="green")
        self.assertGreater(np.abs(png.astype(int) - green).mean(), 3)

    def test_painted_over_the_photo(self):
        svg, png, traits = self.avatar(portrait(), "--style", "pencil")
        self.assertEqual(ids(svg), ["background", "person"])
        self.assertEqual(png.shape, (512, 512, 4))
        self.assertTrue(traits["face_seen"])
        self.assertGreater(png[150:400, 150:360, :3].std(), 20)
        _, bare, _ = self.avatar(portrait(), "--style", "pencil", "--accessory", "background:none", out="bare")
        self.assertEqual(bare[:40, :40].max(), 0)
        self.assertEqual(bare[280, 256, 3], 255)
        worn, hat, _ = self.avatar(portrait(), "--style", "pencil", "--accessory", "hat:tophat", out="hat")
        self.assertIn("hat", ids(worn))
        self.assertGreater(np.abs(hat[20:120, 200:310].astype(int) - png[20:120, 200:310]).mean(), 10)
        run = self.parsona("avatar2d", portrait(), "--style", "pencil", "--accessory", "beard:full", "-o", self.dir / "no")
        self.assertIn("beard: the style pencil shows the photo's", run.stderr)
        run = self.parsona("avatar2d", "--traits", self.traits(), "--style", "pencil", "-o", self.dir / "no")
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("needs the photo", run.stderr)

    def test_painted_large(self):
        """At 1024 a photo style is painted anew, in the SVG too: sharper than 512 enlarged, and the same picture."""
        for style in ("pencil", "popart"):
            with self.subTest(style):
                _, small, _ = self.avatar(portrait(), "--style", style, out="small")
                svg, large, _ = self.avatar(portrait(), "--style", style, "--size", 1024, out="large")
                self.assertEqual(large.shape, (1024, 1024, 4))
                layers = [i.get("{http://www.w3.org/1999/xlink}href") for i in ElementTree.fromstring(svg).iter(f"{SVG}image")]
                sizes = [Image.open(io.BytesIO(base64.b64decode(href.split(",")[1]))).size for href in layers]
                self.assertEqual(sizes, [(1024, 1024)] * 2)
                shrunk = np.asarray(Image.fromarray(large).resize((512, 512), Image.BOX)).astype(int)
                self.assertLess(np.abs(shrunk - small).mean(), 16)
                if style == "popart":
                    continue  # flat: an enlarged one has as many steps, and blurred ones
                enlarged = np.asarray(Image.fromarray(small).resize((1024, 1024), Image.BICUBIC)).astype(int)
                steps = [np.abs(np.diff(p[..., :3].astype(int), axis=1)).mean() for p in (large, enlarged)]
                self.assertGreater(steps[0], 1.05 * steps[1])

    def test_styles_differ(self):
        seen = []
        for style in STYLES:
            _, png, _ = self.avatar("--traits", self.traits(), "--style", style, out=style)
            face = png[200:380, 170:340, :3].astype(int)
            for name, other in seen:
                self.assertGreater(np.abs(face - other).mean(), 2, f"{style} looks like {name}")
            seen.append((style, face))

    def test_svg_and_png_agree(self):
        """librsvg, which knows nothing of our rasteriser, draws the same picture."""
        if not shutil.which("rsvg-convert"):
            self.skipTest("skipped: no rsvg-convert (Debian's librsvg2-bin)")
        for style in STYLES:
            with self.subTest(style):
                svg, png, _ = self.avatar("--traits", self.traits(), "--style", style, "--accessory", "hat:straw",
                                          "--accessory", "glasses:cat", "--accessory", "scarf:bandana", out=style)
                other = subprocess.run(["rsvg-convert"], input=svg.encode(), capture_output=True, check=True).stdout
                theirs = np.asarray(Image.open(io.BytesIO(other)).convert("RGBA")).astype(int)
                # Over grey: colours of transparent pixels mean nothing.
                ours = png.astype(int)
                flat = [p[..., :3] * (p[..., 3:] / 255) + 128 * (1 - p[..., 3:] / 255) for p in (ours, theirs)]
                difference = np.abs(flat[0] - flat[1])
                self.assertLess(difference.mean(), 0.35)
                self.assertLess((difference.max(axis=2) > 24).mean(), 0.002)

    def test_accessories(self):
        svg, _, _ = self.avatar("--traits", self.traits(), "--accessory", "hat:cap:#ff00ff", "--accessory", "mask:hero")
        self.assertIn("hat", ids(svg))
        self.assertIn("mask", ids(svg))
        svg, _, _ = self.avatar("--traits", self.traits(), "--accessory", "hair:none")
        self.assertNotIn("hair-front", ids(svg))

    def test_size_seed_frame(self):
        _, png, _ = self.avatar("--traits", self.traits(), "--size", 100)
        self.assertEqual(png.shape, (100, 100, 4))
        one, _, _ = self.avatar("--traits", self.traits(), "--seed", 5)
        two, _, _ = self.avatar("--traits", self.traits(), "--seed", 5)
        other, _, _ = self.avatar("--traits", self.traits(), "--seed", 6)
        self.assertEqual(one, two)
        self.assertNotEqual(one, other)
        full, _, _ = self.avatar("--traits", self.traits(), "--frame", "full")
        self.assertIn("legs", ids(full))

    def test_everybody(self):
        """Two people of one photo, one file each; --person takes one."""
        tile = Image.open(portrait()).convert("RGB")
        pair = Image.new("RGB", (1024, 512))
        pair.paste(tile, (0, 0))
        pair.paste(tile, (512, 0))
        pair.save(self.dir / "pair.png")
        self.avatar(self.dir / "pair.png")
        self.assertTrue((self.dir / "out/person_2.svg").exists())
        run = self.parsona("avatar2d", self.dir / "pair.png", "-o", self.dir / "one", "--person", 2)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(sorted(p.name for p in (self.dir / "one").iterdir()),
                         ["person_2.json", "person_2.png", "person_2.svg"])
        self.fails("avatar2d", self.dir / "pair.png", "-o", self.dir / "no", "--person", 9, says="no person 9")

    def test_without_the_face_mesh(self):
        """Without that network the avatar has a common face and this person's colours."""
        weights = self.dir / "weights"
        weights.mkdir()
        source = json.loads((self.weights() / "manifest.json").read_text())
        keep = [e for e in source if e["role"] != "face-mesh"]
        for entry in keep:
            (weights / entry["file"]).symlink_to(self.weights() / entry["file"])
        (weights / "manifest.json").write_text(json.dumps(keep))
        run = self.parsona("avatar2d", portrait(), "-o", self.dir / "out", PARSONA_WEIGHTS=str(weights))
        self.assertEqual(run.returncode, 0, run.stderr)
        traits = json.loads((self.dir / "out/person_1.json").read_text())
        self.assertEqual(traits["face"]["chin"], 100)
        self.assertNotEqual(traits["face"]["skin"], "#e0ac88")

    @staticmethod
    def weights():
        from test_cli import WEIGHTS
        return WEIGHTS.resolve()


class BadInput(CommandLine):
    def test_usage(self):
        out, traits = self.dir / "out", self.write("t.json", b"{}")
        self.fails("avatar2d", "-o", out, says="no photo")
        self.fails("avatar2d", "--traits", traits, says="-o")
        self.fails("avatar2d", "a.jpg", "--traits", traits, "-o", out, says="not both")
        self.fails("avatar2d", "--traits", traits, "-o", out, "--style", "mud", says="mud.*flat")
        self.fails("avatar2d", "--traits", traits, "-o", out, "--frame", "foot", says="foot")
        self.fails("avatar2d", "--traits", traits, "-o", out, "--accessory", "hat", says="KIND:NAME")
        self.fails("avatar2d", "--traits", traits, "-o", out, "--accessory", "hat:fez", says="fez")
        self.fails("avatar2d", "--traits", traits, "-o", out, "--accessory", "hat:cap:red", says="red")
        self.fails("avatar2d", "--traits", traits, "-o", out, "--size", "0", says="--size")
        for size in ("15", "4097", "1e9", "-5", "12.5", "100.5", "big", ""):
            self.fails("avatar2d", "--traits", traits, "-o", out, "--size", size, says="--size")

    def test_nobody(self):
        Image.new("RGB", (640, 480), (90, 140, 200)).save(self.dir / "sky.png")
        self.fails("avatar2d", self.dir / "sky.png", "-o", self.dir / "out", says="sky.png: no person")

    def test_hostile_traits(self):
        for number, text in enumerate((b"{", b"[]", b'{"face":{"chin":"long"}}', b"\xff\xfe", b'{"unknown":1}')):
            self.fails("avatar2d", "--traits", self.write(f"{number}.json", text), "-o", self.dir / "out",
                       says=f"{number}.json: ")


if __name__ == "__main__":
    unittest.main()
