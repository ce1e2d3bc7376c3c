/* The vocabulary of Parsona. Its order is the label map's values and must not
 * change within a version of the result format. */
#include <string.h>

#include "parsona.h"

static const char *const names[] = {
    "background", "hat",       "hair",       "glasses",   "upper_clothes",
    "dress",      "coat",      "pants",      "skirt",     "socks",
    "scarf",      "face",      "left_arm",   "right_arm", "left_leg",
    "right_leg",  "left_shoe", "right_shoe", "bag",       "belt",
    "torso_skin", "accessory", "left_eye",   "right_eye", "left_brow",
    "right_brow", "nose",      "upper_lip",  "lower_lip", "mouth",
    "left_ear",   "right_ear",
};

#define COUNT (sizeof names / sizeof names[0])

size_t pa_label_count(void) {
  return COUNT;
}

const char *pa_label_name(size_t label) {
  return label < COUNT ? names[label] : NULL;
}

int pa_label_find(const char *name) {
  if (!name) return -1;
  for (size_t i = 0; i < COUNT; i++)
    if (strcmp(names[i], name) == 0) return (int)i;
  return -1;
}
