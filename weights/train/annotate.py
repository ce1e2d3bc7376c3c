"""Turns each set's own labels, and the teachers' words, into one form.

annotate(set, stem) -> Sample: the photo, a map of codes (labels.py), a map of
people, a map of sleeves, and a pose for each person where there is one.

People: 0 nobody, 1..29 a person, SOMEBODY a person whose extent is not known,
UNKNOWN nothing is known.
"""
import dataclasses
import functools
import pathlib

import cv2
import numpy as np

import data
import limbs
from labels import (BODY, CELEB_BODY, FREIBURG, IGNORE, LIP,
                    PARTS, SELFIE, SOMEBODY, UNKNOWN, ccp_table)

MEET = BODY.meet()
CODE = BODY.code
REGION = np.array([CODE[n] for n in (
    'body_skin', 'torso_skin', 'left_arm', 'right_arm', 'left_leg',
    'right_leg')], np.uint8)
SHOE = np.array([CODE[n] for n in ('shoes', 'left_shoe', 'right_shoe')],
                np.uint8)


@dataclasses.dataclass
class Sample:
    image: np.ndarray    # [h, w, 3] RGB bytes
    codes: np.ndarray    # [h, w]
    people: np.ndarray   # [h, w]
    sleeves: np.ndarray  # [h, w] 0 none, 1 left, 2 right, 3 unknown
    poses: dict          # person -> [33, 3]


def is_in(codes, names):
    """Pixels whose code can only be one of the classes `names`."""
    inside = np.zeros(len(PARTS), bool)
    inside[[CODE[n] for n in names]] = True
    return ~(BODY.members & ~inside).any(1)[codes]


class Annotator:
    def __init__(self, root, cache):
        self.root, self.cache = root, cache
        words = pathlib.Path(root, 'ccp/raw59.txt').read_text().split('\n')
        self.ccp_lut = ccp_table([w.split()[1] for w in words if w])

    def __call__(self, name, stem):
        image = data.read_image(self.paths(name)[stem])
        codes, people, poses = getattr(self, name)(stem, image)
        for person, pose in poses.items():
            self.limbs(codes, people == person, pose)
        return Sample(image, codes, people,
                      self.sleeves(codes, people, poses), poses)

    @functools.lru_cache
    def paths(self, name):
        return dict(data.photos(self.root, name))

    def teacher(self, name, stem):
        classes = cv2.imread(str(pathlib.Path(
            self.cache, 'selfie', name, f'{stem}.png')), cv2.IMREAD_GRAYSCALE)
        return SELFIE[classes]

    def pose(self, name, stem):
        found = data.poses(self.root, self.cache, name, stem)
        return {1: found[0]} if found and found[0] is not None else {}

    # -------------------------------------------------- what a pose decides

    def limbs(self, codes, person, points):
        """Cuts body skin and shoes of one person to left and right."""
        pose = limbs.Pose(points)
        skin = person & (codes == CODE['body_skin'])
        codes[skin] = REGION[limbs.split_skin(skin, pose)][skin]
        shoes = person & (codes == CODE['shoes'])
        codes[shoes] = SHOE[limbs.split_shoes(shoes, pose)][shoes]

    def sleeves(self, codes, people, poses):
        garments = BODY.members[codes][..., [
            CODE['upper_clothes'], CODE['dress'], CODE['coat']]].any(-1)
        sure = is_in(codes, ['upper_clothes', 'dress', 'coat', 'scarf',
                             'belt', 'accessory'])
        out = np.where(garments, 3, 0).astype(np.uint8)
        for person, points in poses.items():
            own = (people == person) & sure
            out[own] = limbs.sleeves(own, limbs.Pose(points))[own]
        return out

    # --------------------------------------------------------------- sets

    def ccp(self, stem, image):
        """59 human labels of one person. The skin is face where the teacher
        says so; the rest is cut by the pose. What the teacher takes for a
        person and the set does not label is a bystander, or a gap."""
        codes = self.ccp_lut[data.read_labels(self.root, 'ccp/raw59', stem)]
        seen = self.teacher('ccp', stem)
        pose = self.pose('ccp', stem)
        skin = codes == CODE['body_skin']
        codes[skin & face_of(seen, skin, pose)] = CODE['face']
        people = (codes > 0).astype(np.uint8)
        stranger = (codes == 0) & (seen != 0)
        codes[stranger] = IGNORE
        # A gap touches the person; a bystander does not.
        near = cv2.dilate(people, np.ones((9, 9), np.uint8)) > 0
        people[stranger & near] = UNKNOWN
        return codes, people, pose

    def ccp_unlabelled(self, stem, image):
        codes = self.teacher('ccp_unlabelled', stem)
        people = largest(codes)
        return codes, people, self.pose('ccp_unlabelled', stem)

    def viton(self, stem, image):
        """LIP labels of a network that left out the neck."""
        codes = LIP[data.read_labels(self.root, 'viton/lip20', stem)]
        seen = self.teacher('viton', stem)
        bare = codes == 0
        codes[bare & (seen != 0)] = IGNORE
        rows = np.nonzero((codes == CODE['face']).any(1))[0]
        if len(rows):
            low = rows.max()
            band = np.zeros(codes.shape, bool)
            band[max(0, low - 16):low + 46] = True
            codes[bare & band & (seen == CODE['body_skin'])] = \
                CODE['torso_skin']
        return codes, (codes != 0).astype(np.uint8), self.pose('viton', stem)

    def celebamask(self, stem, image):
        codes = CELEB_BODY[data.read_labels(self.root, 'celebamask/parts19',
                                            stem)]
        return codes, (codes != 0).astype(np.uint8), {}

    def freiburg_sitting(self, stem, image):
        own = data.read_labels(self.root, 'freiburg_sitting/parts14', stem)
        seen = self.teacher('freiburg_sitting', stem)
        codes = MEET[FREIBURG[own], seen]
        codes[(own == 0) & (seen != 0)] = IGNORE
        return codes, (own > 0).astype(np.uint8), {}

    def coco_person(self, stem, image):
        """Person outlines and keypoints of people; parts by the teacher."""
        record, annotations = data.coco(self.root)[stem]
        seen = self.teacher('coco_person', stem)
        codes = np.where(seen == 0, 0, IGNORE).astype(np.uint8)
        people = np.zeros(codes.shape, np.uint8)
        poses = {}
        marked = data.poses(self.root, self.cache, 'coco_person', stem)
        # The nearest are the lowest: they are drawn last.
        order = sorted(range(len(annotations)), key=lambda i: (
            not annotations[i]['iscrowd'],
            annotations[i]['bbox'][1] + annotations[i]['bbox'][3]))
        for i in order:
            mask = data.coco_mask(record, annotations[i])
            if annotations[i]['iscrowd']:
                codes[mask], people[mask] = IGNORE, UNKNOWN
                continue
            people[mask] = i + 1
            codes[mask] = MEET[CODE['person'], seen[mask]]
            if marked[i] is not None:
                poses[i + 1] = marked[i]
        return codes, people, poses

    def person_mask(self, stem, image):
        mask = data.person_mask(self.root, stem)
        seen = self.teacher('person_mask', stem)
        codes = np.where(mask, MEET[CODE['person'], seen],
                         np.where(seen == 0, 0, IGNORE)).astype(np.uint8)
        people = mask.astype(np.uint8)
        if faces(seen) > 1:
            people[mask] = SOMEBODY
            return codes, people, {}
        return codes, people, self.pose('person_mask', stem)

    def cutouts(self, stem, image):
        mask = data.read_alpha(self.root, stem) > 127
        seen = self.teacher('cutouts', stem)
        codes = np.where(mask, MEET[CODE['person'], seen], 0).astype(np.uint8)
        return codes, mask.astype(np.uint8), self.pose('cutouts', stem)

    def backgrounds(self, stem, image):
        nothing = np.zeros(image.shape[:2], np.uint8)
        return nothing, nothing.copy(), {}


def face_of(seen, skin, pose):
    """Pixels of the skin that are face: by the teacher, and where it is not
    sure by the distance to the pose's face."""
    face = seen == CODE['face_glasses']
    if 1 in pose:
        points = limbs.Pose(pose[1])
        middle = points.middle(0, 2, 5, 9, 10)
        neck = points.middle(11, 12)
        if middle is not None and neck is not None:
            ys, xs = np.indices(skin.shape)
            d = np.hypot(xs - middle[0], ys - middle[1])
            reach = np.hypot(*(neck - middle))
            unsure = seen != CODE['body_skin']
            face |= unsure & (d < 0.6 * reach)
            face &= d < 1.2 * reach
    return face


def faces(seen):
    """How many faces the teacher sees."""
    mask = (seen == CODE['face_glasses']).astype(np.uint8)
    n, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    return int((stats[1:, 4] > max(30, 0.1 * stats[1:, 4].max(initial=0)))
               .sum())


def largest(codes):
    """The people map of a photo that shows one person: the largest piece."""
    mask = ((codes != 0) & (codes != IGNORE)).astype(np.uint8)
    n, pieces, stats, _ = cv2.connectedComponentsWithStats(mask)
    people = np.where(mask, SOMEBODY, 0).astype(np.uint8)
    if n > 1:
        people[pieces == 1 + stats[1:, 4].argmax()] = 1
    people[codes == IGNORE] = UNKNOWN
    return people
