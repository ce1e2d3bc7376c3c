"""Label tables: how each data set's labels are read in Parsona's vocabulary.

Every data set is measured in a list of classes of its own. A data set gives, for each of its labels, the class that
it counts as; this table gives, for each class, the Parsona labels that count as it. A Parsona label in no class of
the list counts as background.
"""

FACE_PARTS = ["left_eye", "right_eye", "left_brow", "right_brow", "nose", "upper_lip", "lower_lip", "mouth",
              "left_ear", "right_ear"]
LIMBS = ["left_arm", "right_arm", "left_leg", "right_leg"]
SHOES = ["left_shoe", "right_shoe"]
GARMENTS = ["upper_clothes", "dress", "coat", "pants", "skirt", "socks", "scarf", "belt"]
OTHERS = ["hat", "glasses", "bag", "accessory"]

IGNORE = 255

# The merged view: coarse enough for every parser and every data set.
MERGED = {
    "background": ["background"],
    "hair": ["hair"],
    "face+skin": ["face", "torso_skin"] + LIMBS + FACE_PARTS,
    "clothes": GARMENTS,
    "shoes": SHOES,
    "others": OTHERS,
}

# The 22 classes of a whole body; the face's parts count as the face.
BODY22 = {name: [name] for name in [
    "background", "hat", "hair", "glasses", "upper_clothes", "dress", "coat", "pants", "skirt", "socks", "scarf",
    "face", "left_arm", "right_arm", "left_leg", "right_leg", "left_shoe", "right_shoe", "bag", "belt", "torso_skin",
    "accessory"]}
BODY22["face"] = ["face"] + FACE_PARTS

# LIP's 20 labels. VITON's labels are of this kind, with the neck left out (see viton()).
LIP20_NAMES = ["background", "hat", "hair", "glove", "glasses", "upper_clothes", "dress", "coat", "socks", "pants",
               "jumpsuit", "scarf", "skirt", "face", "left_arm", "right_arm", "left_leg", "right_leg", "left_shoe",
               "right_shoe"]
LIP20 = {
    "background": ["background"], "hat": ["hat"], "hair": ["hair"], "glasses": ["glasses"],
    "upper_clothes": ["upper_clothes"], "dress": ["dress"], "coat": ["coat"], "socks": ["socks"],
    "pants": ["pants"], "scarf": ["scarf"], "skirt": ["skirt"], "face": ["face"] + FACE_PARTS,
    "left_arm": ["left_arm"], "right_arm": ["right_arm"], "left_leg": ["left_leg"], "right_leg": ["right_leg"],
    "left_shoe": ["left_shoe"], "right_shoe": ["right_shoe"], "accessory": ["accessory"],
}
LIP20_CLASS = {"glove": "accessory", "jumpsuit": "dress"}

# CelebAMask's 19 labels as the data folder numbers them; l_ is the person's left.
CELEBA19_NAMES = ["background", "skin", "nose", "glasses", "left_eye", "right_eye", "left_brow", "right_brow",
                  "left_ear", "right_ear", "mouth", "upper_lip", "lower_lip", "hair", "hat", "earring", "necklace",
                  "neck", "cloth"]
CELEBA19 = {
    "background": ["background"], "skin": ["face"], "nose": ["nose"], "glasses": ["glasses"],
    "left_eye": ["left_eye"], "right_eye": ["right_eye"], "left_brow": ["left_brow"],
    "right_brow": ["right_brow"], "left_ear": ["left_ear"], "right_ear": ["right_ear"], "mouth": ["mouth"],
    "upper_lip": ["upper_lip"], "lower_lip": ["lower_lip"], "hair": ["hair"], "hat": ["hat"],
    "jewellery": ["accessory"], "neck": ["torso_skin"], "cloth": [g for g in GARMENTS if g != "socks"],
}
CELEBA19_CLASS = {"earring": "jewellery", "necklace": "jewellery"}
CELEBA_MERGED_CLASS = {"cloth": "clothes", "hair": "hair", "background": "background", "hat": "others",
                       "glasses": "others", "earring": "others", "necklace": "others"}  # the rest is face+skin

# CCP's 59 human labels, merged. `null` is the background.
_CCP_CLASS = {
    "background": "null",
    "hair": "hair",
    "face+skin": "skin",
    "clothes": "belt blazer blouse bodysuit bra cape cardigan coat dress hoodie intimate jacket jeans jumper leggings "
               "panties pants romper scarf shirt shorts skirt socks stockings suit sweater sweatshirt swimwear "
               "t-shirt tie tights top vest",
    "shoes": "boots clogs flats heels loafers pumps sandals shoes sneakers wedges",
    "others": "accessories bag bracelet earrings glasses gloves hat necklace purse ring sunglasses wallet watch",
}
CCP_CLASS = {label: group for group, labels in _CCP_CLASS.items() for label in labels.split()}

# The 22 labels derived for CCP, as its parts22.txt names them.
PARTS22_CLASS = {"upper": "upper_clothes", "larm": "left_arm", "rarm": "right_arm", "lleg": "left_leg",
                 "rleg": "right_leg", "lshoe": "left_shoe", "rshoe": "right_shoe"}


def table(names, classes, alias=None, default=None):
    """Index into `classes` (a dict) for each of a data set's label names, as a 256-entry list.

    A name counts as alias[name] where that is given, as itself otherwise; what is no class counts as `default`.
    Values beyond `names` are ignored pixels."""
    order = list(classes)
    result = [IGNORE] * 256
    for value, name in enumerate(names):
        name = (alias or {}).get(name, name)
        if name not in classes:
            if default is None:
                raise KeyError(f"label {name} has no class")
            name = default
        result[value] = order.index(name)
    return result


def prediction_table(names, classes):
    """Index into `classes` for each of a parser's label names; a label in no class counts as background."""
    home = {label: index for index, labels in enumerate(classes.values()) for label in labels}
    background = list(classes).index("background")
    return [home.get(name, background) for name in names] + [background] * (256 - len(names))
