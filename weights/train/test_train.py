"""Checks of the training code that need no data:  python test_train.py"""
import os
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
import runner
import scene
import targets


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


class Export(unittest.TestCase):
    def same(self, name, size, **options):
        network = lively(model.build(name))
        image = torch.rand(1, network.config.inputs, *size) * 2 - 1
        g, shape, outputs = export.build(network, size,
                                         options.get('any_size', False))
        graph = {'inputs': [{'name': 'image', 'shape': shape}],
                 'outputs': [{'name': k, 'value': v}
                             for k, v in outputs.items()], 'ops': g.ops}
        drift = {}
        for kind in 'float32', 'int8':
            path = os.path.join(tempfile.mkdtemp(), 'net.safetensors')
            export.write(path, export.pack(g, kind),
                         {'graph': export.json.dumps(graph)})
            with torch.no_grad():
                want = network(image)['masks']
                got = runner.Network(path).masks(image)
            drift[kind] = float((got - want).norm() / want.norm())
            os.remove(path)
        self.assertLess(drift['float32'], 1e-4)
        self.assertLess(drift['int8'], .1)

    def test_lite(self):
        self.same('lite', (128, 96))

    def test_lite_any_size(self):
        self.same('lite', (96, 128), any_size=True)

    def test_selfie(self):
        self.same('lite-s', (128, 128))

    def test_face(self):
        self.same('face', (96, 96))


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


class Teacher(unittest.TestCase):
    def test_least_when_equal(self):
        torch.manual_seed(0)
        said = torch.randn(2, 25, 8, 8)
        same = losses.teacher_loss(said, said, 22)
        other = losses.teacher_loss(torch.randn(2, 25, 8, 8), said, 22)
        self.assertAlmostEqual(float(same), 0, places=4)
        self.assertGreater(float(other), .3)


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
        channel, has = targets.prompt(people, torch.tensor([2]),
                                      torch.zeros(1, 17, 3))
        self.assertTrue(bool(has[0]))
        self.assertGreater(int((channel[0, :, 36:] > 0).sum()), 0)
        self.assertEqual(int((channel[0, :, :34] > 0).sum()), 0)

    def test_centers(self):
        codes = torch.zeros(1, 64, 64, dtype=torch.uint8)
        people = torch.zeros_like(codes)
        people[0, 8:56, 16:32] = 3
        codes[0, 8:56, 16:32] = labels.BODY.code['coat']
        codes[0, 8:16, 20:28] = labels.BODY.code['face']
        heat, box, middle = targets.centers(codes, people)
        at = heat[0].flatten().argmax()
        y, x = int(at) // 8, int(at) % 8
        self.assertIn((y, x), [(1, 2), (1, 3)])
        left, top, right, bottom = box[0, :, y, x] * 64
        self.assertAlmostEqual(float(8 * x + 4 - left), 16, delta=3)
        self.assertAlmostEqual(float(8 * y + 4 + bottom), 56, delta=3)
        self.assertTrue(bool(middle[0, y, x]))


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

    def test_patches_and_back(self):
        x = torch.rand(2, 5, 16, 8)
        y = blocks.Unpatch()(blocks.Patches()(x), x)
        self.assertTrue(torch.equal(x, y))


if __name__ == '__main__':
    unittest.main()
