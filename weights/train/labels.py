"""The vocabularies of the two networks and what each data set says in them.

A label map holds one byte a pixel, a *code*. Codes below the number of classes
are classes; the codes from FIRST_SET on name sets of classes: "one of these,
the data set does not say which". A set of all classes is IGNORE. The loss of a
set is -log of the summed probability of its classes, so that no data set
punishes an answer that it cannot judge.
"""
import numpy as np

IGNORE = 255
FIRST_SET = 64

# Numbers of a people map that are no person: one whose extent is not known,
# and pixels of which nothing is known.
SOMEBODY, UNKNOWN = 30, 31

# ------------------------------------------------------------- body parts

PARTS = (
    'background hat hair glasses upper_clothes dress coat pants skirt socks '
    'scarf face left_arm right_arm left_leg right_leg left_shoe right_shoe '
    'bag belt torso_skin accessory').split()
P = {name: i for i, name in enumerate(PARTS)}

# Binary masks beside the classes: the crop's own person, and two masks that
# overlap the garments.
MASKS = ['person', 'left_sleeve', 'right_sleeve']

TOPS = ['upper_clothes', 'dress', 'coat']
ARMS = ['left_arm', 'right_arm']
LEGS = ['left_leg', 'right_leg']
SHOES = ['left_shoe', 'right_shoe']

# Small things (accessory, belt) stand in no set of large ones: nothing would
# punish them there, and they grew over whole garments and backgrounds.
PART_SETS = {
    'person': [p for p in PARTS[1:] if p not in ('belt', 'accessory')],
    'head': ['hat', 'hair', 'glasses', 'face'],
    'face_glasses': ['face', 'glasses'],
    'hair_face': ['hair', 'face'],
    'face_neck': ['face', 'torso_skin', 'glasses'],
    'body_skin': ARMS + LEGS + ['torso_skin'],
    'arms': ARMS,
    'legs': LEGS,
    'shoes': SHOES,
    'feet': SHOES + LEGS + ['socks'],
    'clothes': TOPS + ['pants', 'skirt', 'socks', 'scarf'],
    'tops': TOPS,
    'upper_dress': ['upper_clothes', 'dress'],
    'jumpsuit': ['upper_clothes', 'dress', 'pants'],
    'bottoms': ['pants', 'skirt', 'dress', 'coat', 'socks', 'upper_clothes'],
    'others': ['hat', 'glasses', 'bag', 'belt', 'scarf', 'socks'] + SHOES,
    'torso': TOPS + ['torso_skin', 'bag'],
    'left_arm_any': TOPS + ['left_arm'],
    'right_arm_any': TOPS + ['right_arm'],
    'left_leg_any': ['left_leg', 'pants', 'skirt', 'dress', 'coat', 'socks'],
    'right_leg_any': ['right_leg', 'pants', 'skirt', 'dress', 'coat',
                      'socks'],
    'left_foot': ['left_shoe', 'left_leg', 'socks'],
    'right_foot': ['right_shoe', 'right_leg', 'socks'],
}

# ------------------------------------------------------------------ faces

FACES = (
    'background face nose glasses left_eye right_eye left_brow right_brow '
    'left_ear right_ear mouth upper_lip lower_lip hair hat earring necklace '
    'torso_skin clothes').split()
F = {name: i for i, name in enumerate(FACES)}

FACE_SETS = {
    'hair_brows': ['hair', 'left_brow', 'right_brow'],
    'skin': ['face', 'left_ear', 'right_ear', 'torso_skin'],
    'eyes': ['left_eye', 'right_eye'],
    'lips': ['mouth', 'upper_lip', 'lower_lip'],
    'around': ['background', 'clothes', 'hat', 'earring', 'necklace'],
    'not_face': ['background', 'clothes', 'hat', 'hair', 'necklace',
                 'earring', 'torso_skin'],
}

SWAPS = [('left_arm', 'right_arm'), ('left_leg', 'right_leg'),
         ('left_shoe', 'right_shoe'), ('left_eye', 'right_eye'),
         ('left_brow', 'right_brow'), ('left_ear', 'right_ear'),
         ('left_arm_any', 'right_arm_any'), ('left_leg_any', 'right_leg_any'),
         ('left_foot', 'right_foot')]


class Vocabulary:
    """Classes and sets of one network; code numbers by name."""

    def __init__(self, classes, sets):
        self.classes = classes
        self.code = {name: i for i, name in enumerate(classes)}
        self.members = np.zeros((256, len(classes)), bool)
        self.members[range(len(classes)), range(len(classes))] = True
        for i, (name, members) in enumerate(sets.items()):
            self.code[name] = FIRST_SET + i
            self.members[FIRST_SET + i, [classes.index(m)
                                         for m in members]] = True
        self.members[~self.members.any(1)] = True  # IGNORE and unused codes
        self.swap = np.arange(256, dtype=np.uint8)
        for a, b in SWAPS:
            if a in self.code:
                self.swap[self.code[a]] = self.code[b]
                self.swap[self.code[b]] = self.code[a]

    def meet(self):
        """meet[a, b]: the tightest code that holds what a and b have in
        common and says nothing that a does not say; a itself when they have
        nothing in common (then a, the better witness, is believed)."""
        known = sorted(set(self.code.values()),
                       key=lambda c: self.members[c].sum())
        table = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 256, 1)
        table[IGNORE] = np.arange(256)
        for a in known:
            for b in known:
                both = self.members[a] & self.members[b]
                if both.any():
                    table[a, b] = next(
                        (c for c in known if not (both & ~self.members[c])
                         .any() and not (self.members[c] & ~self.members[a])
                         .any()), a)
        return table

    def table(self, names):
        """A 256-entry lookup: names[i] is the code name of source value i;
        None and everything beyond is IGNORE."""
        lut = np.full(256, IGNORE, np.uint8)
        for i, name in enumerate(names):
            if name is not None:
                lut[i] = self.code[name]
        return lut


BODY = Vocabulary(PARTS, PART_SETS)
FACE = Vocabulary(FACES, FACE_SETS)

# --------------------------------------------- the data sets' own labels

# CCP's 59 garment names; skin and shoes are split later, with the pose.
CCP_GARMENTS = {
    'accessory': 'accessories bracelet earrings gloves necklace ring watch',
    'bag': 'bag purse wallet', 'belt': 'belt',
    'coat': 'blazer cape cardigan coat jacket suit',
    'upper_clothes': 'blouse bodysuit bra hoodie jumper shirt sweater '
                     'sweatshirt t-shirt top vest intimate',
    'dress': 'dress romper', 'glasses': 'glasses sunglasses',
    'hair': 'hair', 'hat': 'hat', 'pants': 'jeans leggings panties pants '
                                           'shorts',
    'skirt': 'skirt', 'scarf': 'scarf tie',
    'socks': 'socks stockings tights',
    'shoes': 'boots clogs flats heels loafers pumps sandals shoes sneakers '
             'wedges',
    'body_skin': 'skin', 'background': 'null', 'person': 'swimwear',
}


def ccp_table(names):
    """`names`: the 59 words of raw59.txt in order."""
    word = {w: k for k, ws in CCP_GARMENTS.items() for w in ws.split()}
    return BODY.table([word[n] for n in names])


# LIP's order as VITON's pseudo labels use it; dress and upper clothes are
# mixed up there, and jumpsuits are a class that we do not have.
LIP = BODY.table(
    ['background', 'hat', 'hair', 'accessory', 'glasses', 'upper_clothes',
     'upper_dress', 'coat', 'socks', 'pants', 'jumpsuit', 'scarf', 'skirt',
     'face', 'left_arm', 'right_arm', 'left_leg', 'right_leg', 'left_shoe',
     'right_shoe'])

CELEB_BODY = BODY.table(
    ['background', 'face', 'face', 'glasses'] + ['face'] * 9 +
    ['hair', 'hat', 'accessory', 'accessory', 'torso_skin', 'tops'])
CELEB_FACE = FACE.table(FACES)  # our order is the data set's

FASSEG_FACE = FACE.table(['around', 'hair_brows', 'skin', 'eyes', 'nose',
                          'lips'])

FREIBURG = BODY.table(
    ['background', 'head', 'torso', 'left_arm_any', 'left_arm_any',
     'left_arm_any', 'right_arm_any', 'right_arm_any', 'right_arm_any',
     'left_leg_any', 'left_leg_any', 'left_foot', 'right_leg_any',
     'right_leg_any', 'right_foot'])

# selfie_multiclass: background, hair, body skin, face skin, clothes, others.
SELFIE = BODY.table(['background', 'hair', 'body_skin', 'face_glasses',
                     'clothes', 'others'])

# BiSeNetV2's order of the same 19 face classes, its sides put right
# (teachers.py).
BISENET_FACE = FACE.table(
    ['background', 'face', 'left_brow', 'right_brow', 'left_eye', 'right_eye',
     'glasses', 'left_ear', 'right_ear', 'earring', 'nose', 'mouth',
     'upper_lip', 'lower_lip', 'torso_skin', 'necklace', 'clothes', 'hair',
     'hat'])
