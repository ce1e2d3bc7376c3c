"""Checks of the training code that need no data:  python test_train.py"""
import math
import os
import pathlib
import tempfile
import unittest

import numpy as np
import torch

import blocks
import export
import labels
import limbs
import losses
import model
import photometric
import prompt
import restore
import runner
import scene
import targets
import trunk


def lively(network):
    """Weights and statistics that a trained network could have: identity
    norms would hide a wrong fold."""
    torch.manual_seed(1)
    for part in network.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.running_mean.normal_(0, .3)
            part.running_var.uniform_(.4, 2)
            torch.nn.init.uniform_(part.weight, .3, 1)
            torch.nn.init.normal_(part.bias, 0, .2)
    return network.eval()


def fresh(name):
    """What export.py writes as a graph: of `lite`, the head."""
    config = model.CONFIGS[name]
    return model.Face(config) if name == 'face' else model.Lite(config)


class Export(unittest.TestCase):
    def same(self, name):
        network = lively(fresh(name))
        inputs = {k: torch.rand_like(v) * 2 - 1 for k, v in
                  export.inputs_of(network.config).items()}
        g, names, outputs = export.build(network)
        graph = {'inputs': names,
                 'outputs': [{'name': k, 'value': v}
                             for k, v in outputs.items()], 'ops': g.ops}
        drift = {}
        for kind in 'float32', 'int8':
            path = os.path.join(tempfile.mkdtemp(), 'net.safetensors')
            export.write(path, export.pack(g, kind),
                         {'graph': export.json.dumps(graph)})
            with torch.no_grad():
                want = network(**inputs)['masks']
                got = runner.Network(path).masks(inputs)
            drift[kind] = float((got - want).norm() / want.norm())
            if kind == 'float32':
                back = restore.restore(fresh(name), path)
                with torch.no_grad():
                    got = back(**inputs)['masks']
                drift['restored'] = float((got - want).norm() / want.norm())
            os.remove(path)
        self.assertLess(drift['float32'], 1e-4)
        self.assertLess(drift['restored'], 1e-4)
        self.assertLess(drift['int8'], .1)

    def test_lite(self):
        self.same('lite')

    def test_face(self):
        self.same('face')

    def test_restored_norms_undo_themselves(self):
        network = lively(model.build('face'))
        pictures = [torch.rand(16, 3, 64, 64) for _ in range(16)]
        with torch.no_grad():
            for norm in network.modules():  # as restored: nothing to undo
                if isinstance(norm, torch.nn.BatchNorm2d):
                    norm.running_mean.zero_()
                    norm.running_var.fill_(1 - norm.eps)
                    norm.weight.fill_(1)
            asked = pictures[0]
            want = network(asked)['masks']
            restore.calibrate(network, lambda: {'image': pictures.pop()})
            got = network(asked)['masks']
        self.assertFalse(pictures)  # all were looked at
        self.assertGreater(float(network.backbone.stem.bn.running_mean.abs()
                                 .max()), .01)
        self.assertLess(float((got - want).norm() / want.norm()), 1e-3)


BASE = pathlib.Path(__file__).parents[2] / 'build/weights' / \
    'selfie_multiclass_256x256.safetensors'


@unittest.skipUnless(BASE.exists(), 'skipped: the weights are not built')
class Trunk(unittest.TestCase):
    def test_stored_and_filled(self):
        torch.manual_seed(2)
        tuned, back = trunk.Trunk(BASE), trunk.Trunk(BASE)
        for p in tuned.parameters():
            p.data += torch.randn_like(p) * p.data.abs().mean() * .1
        tensors = trunk.stored(tuned, BASE, export.quantised)
        base = runner.Network(BASE).tensors
        for name, array in tensors.items():
            self.assertEqual((array.shape, array.dtype),
                             (base[name].shape, base[name].dtype))
        path = os.path.join(tempfile.mkdtemp(), 'trunk.safetensors')
        export.write(path, export.by_size(tensors), {})
        trunk.fill(back, path)
        os.remove(path)
        got = dict(back.named_parameters())
        for name, p in tuned.named_parameters():
            step = float(p.detach().abs().max()) / trunk.LEVELS
            off = float((got[name] - p).detach().abs().max())
            self.assertLessEqual(off, .51 * step + 1e-6, name)

    def test_batches_do_not_mix(self):
        deep = trunk.Trunk(BASE)
        # As small as what it was trained on: its products explode.
        stem, skip = (.1 * torch.randn(3, c, s, s)
                      for c, s in ((256, 32), (64, 64)))
        with torch.no_grad():
            all_, one = deep(stem, skip), deep(stem[1:2], skip[1:2])
        for name, x in one.items():
            torch.testing.assert_close(all_[name][1:2], x, rtol=1e-3,
                                       atol=1e-3)


class Labels(unittest.TestCase):
    def test_meet_is_tighter(self):
        meet, members = labels.BODY.meet(), labels.BODY.members
        for a in labels.BODY.code.values():
            for b in labels.BODY.code.values():
                inside = members[a] | ~members[meet[a, b]]
                self.assertTrue(inside.all())
        code = labels.BODY.code
        self.assertEqual(meet[code['left_arm_any'], code['body_skin']],
                         code['left_arm'])
        self.assertEqual(meet[code['head'], code['hair']], code['hair'])
        # Witnesses who disagree: the first is believed.
        self.assertEqual(meet[code['hat'], code['shoes']], code['hat'])

    def test_swap_is_its_own_inverse(self):
        for vocabulary in labels.BODY, labels.FACE:
            twice = vocabulary.swap[vocabulary.swap]
            self.assertTrue((twice == np.arange(256)).all())

    def test_sets_are_not_punished(self):
        loss = losses.PartLoss(face=False)
        code = labels.BODY.code
        logits = torch.zeros(1, len(labels.PARTS), 8, 8)
        logits[:, code['left_arm']] = 20
        inside = torch.full((1, 8, 8), code['arms'])
        wrong = torch.full((1, 8, 8), code['legs'])
        ignored = torch.full((1, 8, 8), labels.IGNORE)
        self.assertLess(float(loss(logits, inside)), 1e-3)
        self.assertGreater(float(loss(logits, wrong)), 10)
        self.assertEqual(float(loss(logits, ignored)), 0)


class Losses(unittest.TestCase):
    def test_quarters_make_up_twice_the_size(self):
        x = torch.randn(2, 3, 6, 5)
        want = torch.nn.functional.interpolate(x, scale_factor=2,
                                               mode='bilinear')
        for down in 0, 1:
            for right in 0, 1:
                got = losses.quarter(x, down, right)
                self.assertLess(float((got - want[:, :, down::2, right::2])
                                      .abs().max()), 1e-5)


class Scenes(unittest.TestCase):
    def test_affine_and_back(self):
        matrix = scene.affine(np.array([30., 40]), np.array([100., 90]), 2,
                              .3, 1.1, True)
        there = matrix @ [100, 90, 1]
        np.testing.assert_allclose(there, [30, 40])
        pose = np.array([[30., 40, 1]])
        np.testing.assert_allclose(scene.into_picture(matrix, pose),
                                   [[100, 90, 1]])

    def test_prompt_marks_the_person_meant(self):
        people = torch.zeros(1, 64, 64, dtype=torch.uint8)
        people[0, :, :20], people[0, :, 40:] = 1, 2
        torch.manual_seed(0)
        asked = targets.make_prompt(people, torch.tensor([2]),
                                    torch.zeros(1, 17, 3))
        self.assertTrue(bool(asked.has[0]))
        maps = asked.maps((64, 64))[0]
        self.assertEqual(maps.shape, (prompt.CHANNELS, 16, 16))
        self.assertEqual(float(maps[:6].max()), 0)
        self.assertGreater(float(maps[7, :, 10:].max()), .3)
        self.assertLess(float(maps[7, :, :6].max()), .01)
        self.assertGreater(float(maps[6, :, :5].max()), .3)
        self.assertLess(float(maps[6, :, 9:].max()), .01)

    def test_prompt_draws_bones(self):
        points = torch.full((1, 17, 2), prompt.FAR)
        points[0, 5], points[0, 7] = torch.tensor([8., 32]), \
            torch.tensor([56., 32])
        nobody = torch.full((1, 8, 2), prompt.FAR)
        arm = prompt.maps(points, nobody, nobody, (64, 64))[0, 2]
        self.assertLess(float(arm[0].max()), 1e-3)
        # Cells beside the bone: 2 pixels off, reach 1.92.
        self.assertAlmostEqual(float(arm[8, 8]), math.exp(-(2 / 1.92) ** 2),
                               places=4)


class Limbs(unittest.TestCase):
    def test_left_and_right(self):
        points = np.zeros((33, 3))
        # Facing the camera: the person's left is on the picture's right.
        for at, xy in {11: (60, 30), 12: (40, 30), 13: (75, 45),
                       14: (25, 45), 15: (85, 60), 16: (15, 60),
                       23: (56, 65), 24: (44, 65)}.items():
            points[at] = (*xy, 1)
        skin = np.zeros((100, 100), bool)
        skin[44:48, 72:78] = skin[44:48, 22:28] = True
        out = limbs.split_skin(skin, limbs.Pose(points))
        self.assertEqual(set(out[44:48, 72:78].ravel()), {2})
        self.assertEqual(set(out[44:48, 22:28].ravel()), {3})


class Pixels(unittest.TestCase):
    def test_jpeg_of_a_flat_picture(self):
        x = torch.full((4, 3, 32, 32), .5)
        y = photometric.jpeg(x, share=1)
        self.assertLess(float((y - x).abs().max()), .08)

    def test_fold_is_tensorflows_space_to_depth(self):
        x = torch.arange(2 * 8 * 8.).view(1, 2, 8, 8)
        y = blocks.Fold()(x)
        self.assertEqual(y.shape, (1, 32, 2, 2))
        # Row 1, column 2 of the cell, second channel.
        self.assertEqual(float(y[0, (1 * 4 + 2) * 2 + 1, 0, 1]),
                         float(x[0, 1, 1, 6]))


if __name__ == '__main__':
    unittest.main()
