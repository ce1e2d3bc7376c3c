/* The table of fields. */
#include <stddef.h>

#include "avatar2d/hair.h"
#include "avatar2d/traits_json.h"
#include "avatar2d/wear.h"

static const char *hair_kind(unsigned i) {
  static const char *const names[] = {"none", "traced", "preset"};
  return i < 3 ? names[i] : NULL;
}

static const char *garment(unsigned i) {
  return pa_garment_name((pa_garment)i);
}

static const char *neck(unsigned i) {
  return pa_neckline_name((pa_neckline)i);
}

static const char *pattern(unsigned i) {
  return pa_pattern_name((pa_pattern)i);
}

static const char *lower(unsigned i) {
  return pa_lower_name((pa_lower)i);
}

static const char *beard(unsigned i) {
  return pa_beard_name((pa_beard)i);
}

static bool glasses(const char *name) {
  return pa_wear_known(PA_WEAR_GLASSES, name);
}

static bool hat(const char *name) {
  return pa_wear_known(PA_WEAR_HAT, name);
}

static bool earrings(const char *name) {
  return pa_wear_known(PA_WEAR_EARRINGS, name);
}

#define AT(member) offsetof(pa_traits, member)
#define LENGTHS -600, 600
#define ANGLES -360, 360, NULL, NULL

const pa_traits_field pa_traits_fields[] = {
    {NULL, "face_seen", PA_FIELD_TRUTH, AT(face_seen), 0, 0, NULL, NULL},
    {NULL, "yaw", PA_FIELD_NUMBER, AT(yaw), -2, 2, NULL, NULL},
    {NULL, "shoulders", PA_FIELD_NUMBER, AT(shoulders), LENGTHS, NULL, NULL},
    {NULL, "build", PA_FIELD_NUMBER, AT(build), -1, 1, NULL, NULL},
    {"face", "outline", PA_FIELD_NUMBERS, AT(face.outline), 0, 200, NULL, NULL},
    {"face", "chin", PA_FIELD_NUMBER, AT(face.chin), LENGTHS, NULL, NULL},
    {"face", "top", PA_FIELD_NUMBER, AT(face.top), LENGTHS, NULL, NULL},
    {"face", "dim", PA_FIELD_NUMBER, AT(face.dim), 0, 1, NULL, NULL},
    {"face", "grown", PA_FIELD_NUMBER, AT(face.grown), -1, 1, NULL, NULL},
    {"face", "skin", PA_FIELD_COLOR, AT(face.skin), 0, 0, NULL, NULL},
    {"eyes", "x", PA_FIELD_NUMBER, AT(eyes.x), LENGTHS, NULL, NULL},
    {"eyes", "width", PA_FIELD_NUMBER, AT(eyes.width), LENGTHS, NULL, NULL},
    {"eyes", "open_left", PA_FIELD_NUMBER, AT(eyes.open_left), 0, 2, NULL,
     NULL},
    {"eyes", "open_right", PA_FIELD_NUMBER, AT(eyes.open_right), 0, 2, NULL,
     NULL},
    {"eyes", "tilt", PA_FIELD_NUMBER, AT(eyes.tilt), -2, 2, NULL, NULL},
    {"eyes", "color", PA_FIELD_COLOR, AT(eyes.color), 0, 0, NULL, NULL},
    {"brows", "inner_x", PA_FIELD_NUMBER, AT(brows.inner_x), LENGTHS, NULL,
     NULL},
    {"brows", "outer_x", PA_FIELD_NUMBER, AT(brows.outer_x), LENGTHS, NULL,
     NULL},
    {"brows", "inner_y", PA_FIELD_NUMBER, AT(brows.inner_y), LENGTHS, NULL,
     NULL},
    {"brows", "peak_y", PA_FIELD_NUMBER, AT(brows.peak_y), LENGTHS, NULL, NULL},
    {"brows", "outer_y", PA_FIELD_NUMBER, AT(brows.outer_y), LENGTHS, NULL,
     NULL},
    {"brows", "thickness", PA_FIELD_NUMBER, AT(brows.thickness), LENGTHS, NULL,
     NULL},
    {"brows", "color", PA_FIELD_COLOR, AT(brows.color), 0, 0, NULL, NULL},
    {"nose", "y", PA_FIELD_NUMBER, AT(nose.y), LENGTHS, NULL, NULL},
    {"nose", "width", PA_FIELD_NUMBER, AT(nose.width), LENGTHS, NULL, NULL},
    {"mouth", "y", PA_FIELD_NUMBER, AT(mouth.y), LENGTHS, NULL, NULL},
    {"mouth", "width", PA_FIELD_NUMBER, AT(mouth.width), LENGTHS, NULL, NULL},
    {"mouth", "upper", PA_FIELD_NUMBER, AT(mouth.upper), LENGTHS, NULL, NULL},
    {"mouth", "lower", PA_FIELD_NUMBER, AT(mouth.lower), LENGTHS, NULL, NULL},
    {"mouth", "open", PA_FIELD_NUMBER, AT(mouth.open), LENGTHS, NULL, NULL},
    {"mouth", "smile", PA_FIELD_NUMBER, AT(mouth.smile), -2, 2, NULL, NULL},
    {"mouth", "teeth", PA_FIELD_TRUTH, AT(mouth.teeth), 0, 0, NULL, NULL},
    {"mouth", "color", PA_FIELD_COLOR, AT(mouth.color), 0, 0, NULL, NULL},
    {"hair", "kind", PA_FIELD_WORD, AT(hair.kind), 0, 0, hair_kind, NULL},
    {"hair", "preset", PA_FIELD_NAME, AT(hair.preset), 0, 0, NULL,
     pa_hair_preset_known},
    {"hair", "color", PA_FIELD_COLOR, AT(hair.color), 0, 0, NULL, NULL},
    {"hair", "curly", PA_FIELD_TRUTH, AT(hair.curly), 0, 0, NULL, NULL},
    {"hair", "shorn", PA_FIELD_TRUTH, AT(hair.shorn), 0, 0, NULL, NULL},
    {"hair", "parting", PA_FIELD_NUMBER, AT(hair.parting), LENGTHS, NULL, NULL},
    {"hair", "length", PA_FIELD_NUMBER, AT(hair.length), LENGTHS, NULL, NULL},
    {"hair", "back", PA_FIELD_SHAPE, AT(hair.back), LENGTHS, NULL, NULL},
    {"hair", "front", PA_FIELD_SHAPE, AT(hair.front), LENGTHS, NULL, NULL},
    {"beard", "kind", PA_FIELD_WORD, AT(beard.kind), 0, 0, beard, NULL},
    {"beard", "color", PA_FIELD_COLOR, AT(beard.color), 0, 0, NULL, NULL},
    {"glasses", "shape", PA_FIELD_NAME, AT(glasses.shape), 0, 0, NULL, glasses},
    {"glasses", "dark", PA_FIELD_TRUTH, AT(glasses.dark), 0, 0, NULL, NULL},
    {"glasses", "color", PA_FIELD_COLOR, AT(glasses.color), 0, 0, NULL, NULL},
    {"hat", "shape", PA_FIELD_NAME, AT(hat.shape), 0, 0, NULL, hat},
    {"hat", "color", PA_FIELD_COLOR, AT(hat.color), 0, 0, NULL, NULL},
    {"hat", "brim", PA_FIELD_NUMBER, AT(hat.brim), LENGTHS, NULL, NULL},
    {"earrings", "shape", PA_FIELD_NAME, AT(earrings.shape), 0, 0, NULL,
     earrings},
    {"earrings", "color", PA_FIELD_COLOR, AT(earrings.color), 0, 0, NULL, NULL},
    {"upper", "kind", PA_FIELD_WORD, AT(upper.kind), 0, 0, garment, NULL},
    {"upper", "neckline", PA_FIELD_WORD, AT(upper.neckline), 0, 0, neck, NULL},
    {"upper", "neck_depth", PA_FIELD_NUMBER, AT(upper.neck_depth), LENGTHS,
     NULL, NULL},
    {"upper", "neck_width", PA_FIELD_NUMBER, AT(upper.neck_width), LENGTHS,
     NULL, NULL},
    {"upper", "color", PA_FIELD_COLOR, AT(upper.color), 0, 0, NULL, NULL},
    {"upper", "second", PA_FIELD_COLOR, AT(upper.second), 0, 0, NULL, NULL},
    {"upper", "pattern", PA_FIELD_WORD, AT(upper.pattern), 0, 0, pattern, NULL},
    {"upper", "sleeves", PA_FIELD_TRUTH, AT(upper.sleeves), 0, 0, NULL, NULL},
    {"upper", "tie", PA_FIELD_TRUTH, AT(upper.tie), 0, 0, NULL, NULL},
    {"upper", "tie_color", PA_FIELD_COLOR, AT(upper.tie_color), 0, 0, NULL,
     NULL},
    {"lower", "kind", PA_FIELD_WORD, AT(lower.kind), 0, 0, lower, NULL},
    {"lower", "color", PA_FIELD_COLOR, AT(lower.color), 0, 0, NULL, NULL},
    {"lower", "shoes", PA_FIELD_COLOR, AT(lower.shoes), 0, 0, NULL, NULL},
    {"pose", "left_arm", PA_FIELD_NUMBER, AT(pose.left.upper), ANGLES},
    {"pose", "left_forearm", PA_FIELD_NUMBER, AT(pose.left.lower), ANGLES},
    {"pose", "right_arm", PA_FIELD_NUMBER, AT(pose.right.upper), ANGLES},
    {"pose", "right_forearm", PA_FIELD_NUMBER, AT(pose.right.lower), ANGLES},
    {"pose", "sitting", PA_FIELD_TRUTH, AT(pose.sitting), 0, 0, NULL, NULL},
};

const size_t pa_traits_field_count =
    sizeof pa_traits_fields / sizeof *pa_traits_fields;
