#include "m2fp/tables.h"

#include <string.h>

/* Crowd Instance-level Human Parsing (Gong et al. 2018). */
static const pa_m2fp_label cihp[] = {
    {"Background", "background"},
    {"Hat", "hat"},
    {"Hair", "hair"},
    {"Gloves", "accessory"},
    {"Sunglasses", "glasses"},
    {"UpperClothes", "upper_clothes"},
    {"Dress", "dress"},
    {"Coat", "coat"},
    {"Socks", "socks"},
    {"Pants", "pants"},
    {"Torso-skin", "torso_skin"},
    {"Scarf", "scarf"},
    {"Skirt", "skirt"},
    {"Face", "face"},
    {"Left-arm", "left_arm"},
    {"Right-arm", "right_arm"},
    {"Left-leg", "left_leg"},
    {"Right-leg", "right_leg"},
    {"Left-shoe", "left_shoe"},
    {"Right-shoe", "right_shoe"},
    {"Human", "person"},
};

/* Look Into Person (Gong et al. 2017); differs from CIHP at index 10. */
static const pa_m2fp_label lip[] = {
    {"Background", "background"},
    {"Hat", "hat"},
    {"Hair", "hair"},
    {"Glove", "accessory"},
    {"Sunglasses", "glasses"},
    {"UpperClothes", "upper_clothes"},
    {"Dress", "dress"},
    {"Coat", "coat"},
    {"Socks", "socks"},
    {"Pants", "pants"},
    {"Jumpsuits", "dress"},
    {"Scarf", "scarf"},
    {"Skirt", "skirt"},
    {"Face", "face"},
    {"Left-arm", "left_arm"},
    {"Right-arm", "right_arm"},
    {"Left-leg", "left_leg"},
    {"Right-leg", "right_leg"},
    {"Left-shoe", "left_shoe"},
    {"Right-shoe", "right_shoe"},
};

/* PASCAL-Person-Part (Chen et al. 2014): heads with hair, limbs with sleeves,
 * no sides. */
static const pa_m2fp_label ppp[] = {
    {"Background", "background"},
    {"Lower-arm", "arm"},
    {"Head", "face"},
    {"Upper-leg", "leg"},
    {"Torso", "upper_clothes"},
    {"Lower-leg", "leg"},
    {"Upper-arm", "arm"},
    {"Human", "person"},
};

/* Multi-Human Parsing v2 (Zhao et al. 2018). */
static const pa_m2fp_label mhp[] = {
    {"Background", "background"},
    {"Cap/hat", "hat"},
    {"Helmet", "hat"},
    {"Face", "face"},
    {"Hair", "hair"},
    {"Left-arm", "left_arm"},
    {"Right-arm", "right_arm"},
    {"Left-hand", "left_arm"},
    {"Right-hand", "right_arm"},
    {"Protector", "accessory"},
    {"Bikini/bra", "upper_clothes"},
    {"Jacket/windbreaker/hoodie", "coat"},
    {"Tee-shirt", "upper_clothes"},
    {"Polo-shirt", "upper_clothes"},
    {"Sweater", "upper_clothes"},
    {"Singlet", "upper_clothes"},
    {"Torso-skin", "torso_skin"},
    {"Pants", "pants"},
    {"Shorts/swim-shorts", "pants"},
    {"Skirt", "skirt"},
    {"Stockings", "socks"},
    {"Socks", "socks"},
    {"Left-boot", "left_shoe"},
    {"Right-boot", "right_shoe"},
    {"Left-shoe", "left_shoe"},
    {"Right-shoe", "right_shoe"},
    {"Left-highheel", "left_shoe"},
    {"Right-highheel", "right_shoe"},
    {"Left-sandal", "left_shoe"},
    {"Right-sandal", "right_shoe"},
    {"Left-leg", "left_leg"},
    {"Right-leg", "right_leg"},
    {"Left-foot", "left_leg"},
    {"Right-foot", "right_leg"},
    {"Coat", "coat"},
    {"Dress", "dress"},
    {"Robe", "dress"},
    {"Jumpsuit", "dress"},
    {"Other-full-body-clothes", "dress"},
    {"Headwear", "hat"},
    {"Backpack", "bag"},
    {"Ball", "background"},
    {"Bats", "background"},
    {"Belt", "belt"},
    {"Bottle", "background"},
    {"Carrybag", "bag"},
    {"Cases", "bag"},
    {"Sunglasses", "glasses"},
    {"Eyewear", "glasses"},
    {"Glove", "accessory"},
    {"Scarf", "scarf"},
    {"Umbrella", "background"},
    {"Wallet/purse", "bag"},
    {"Watch", "accessory"},
    {"Wristband", "accessory"},
    {"Tie", "accessory"},
    {"Other-accessary", "accessory"},
    {"Other-upper-body-clothes", "upper_clothes"},
    {"Other-lower-body-clothes", "pants"},
    {"Human", "person"},
};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const pa_m2fp_table tables[] = {
    {"cihp", "many", cihp, COUNT(cihp)},
    {"lip", "one", lip, COUNT(lip)},
    {"ppp", "many", ppp, COUNT(ppp)},
    {"mhp-v2", "many", mhp, COUNT(mhp)},
};

const pa_m2fp_table *pa_m2fp_table_named(const char *name) {
  for (size_t i = 0; i < COUNT(tables); i++)
    if (strcmp(tables[i].name, name) == 0) return &tables[i];
  return NULL;
}

const pa_m2fp_table *pa_m2fp_table_of(size_t classes) {
  for (size_t i = 0; i < COUNT(tables); i++)
    if (tables[i].count == classes) return &tables[i];
  return NULL;
}
