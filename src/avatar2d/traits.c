#include "avatar2d/traits.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

const float pa_outline_heights[PA_OUTLINE] = {-.72f, -.4f, 0,   .25f, .45f,
                                              .62f,  .78f, .9f, .97f};

static const char *const garments[PA_GARMENT_COUNT] = {
    "none",   "tshirt",  "tank",  "shirt", "suit",
    "hoodie", "sweater", "dress", "coat",  "waistcoat"};
static const char *const necklines[PA_NECK_COUNT] = {
    "crew", "v", "scoop", "boat", "off", "high", "collar"};
static const char *const patterns[PA_PATTERN_COUNT] = {
    "plain", "stripes", "pinstripes", "plaid", "dots"};
static const char *const lowers[PA_LOWER_COUNT] = {"none", "pants", "shorts",
                                                   "skirt"};
static const char *const beards[PA_BEARD_COUNT] = {
    "none", "stubble", "moustache", "goatee", "short", "full"};

const char *pa_garment_name(pa_garment garment) {
  return garment < PA_GARMENT_COUNT ? garments[garment] : NULL;
}

const char *pa_neckline_name(pa_neckline neckline) {
  return neckline < PA_NECK_COUNT ? necklines[neckline] : NULL;
}

const char *pa_pattern_name(pa_pattern pattern) {
  return pattern < PA_PATTERN_COUNT ? patterns[pattern] : NULL;
}

const char *pa_lower_name(pa_lower lower) {
  return lower < PA_LOWER_COUNT ? lowers[lower] : NULL;
}

const char *pa_beard_name(pa_beard beard) {
  return beard < PA_BEARD_COUNT ? beards[beard] : NULL;
}

static pa_color rgb(unsigned hex) {
  return (pa_color){(uint8_t)(hex >> 16), (uint8_t)(hex >> 8), (uint8_t)hex,
                    255};
}

/* The proportions of MediaPipe's canonical face, eyes a little wider. */
void pa_traits_default(pa_traits *t) {
  static const float outline[PA_OUTLINE] = {50, 65, 70, 67, 61, 52, 39, 25, 13};
  memset(t, 0, sizeof *t);
  memcpy(t->face.outline, outline, sizeof outline);
  t->face.chin = 100;
  t->face.top = -112;
  t->face.skin = rgb(0xe0ac88);
  t->eyes.x = 31;
  t->eyes.width = 25;
  t->eyes.open_left = t->eyes.open_right = .36f;
  t->eyes.tilt = .04f;
  t->eyes.color = rgb(0x5b3a22);
  t->brows.inner_x = 14, t->brows.outer_x = 48;
  t->brows.inner_y = -17, t->brows.peak_y = -22, t->brows.outer_y = -15;
  t->brows.thickness = 5;
  t->brows.color = rgb(0x3a2a20);
  t->nose.y = 42, t->nose.width = 26;
  t->mouth.y = 62, t->mouth.width = 42;
  t->mouth.upper = 5, t->mouth.lower = 7;
  t->mouth.smile = .1f;
  t->mouth.color = rgb(0xb8645c);
  t->hair.kind = PA_HAIR_PRESET;
  strcpy(t->hair.preset, "short");
  t->hair.color = rgb(0x3a2a20);
  t->hair.parting = 12;
  t->hair.length = 20;
  t->beard.color = rgb(0x3a2a20);
  t->glasses.color = rgb(0x222222);
  t->hat.color = rgb(0x37474f);
  t->earrings.color = rgb(0xd9b24c);
  t->upper.kind = PA_GARMENT_TSHIRT;
  t->upper.sleeves = true;
  t->upper.neck_depth = 142, t->upper.neck_width = 48;
  t->upper.color = rgb(0x6f9c97);
  t->upper.second = rgb(0xffffff);
  t->upper.tie_color = rgb(0x7a2e3a);
  t->lower.kind = PA_LOWER_PANTS;
  t->lower.color = rgb(0x3d4f6b);
  t->lower.shoes = rgb(0x3a3a40);
  t->shoulders = 142;
}

pa_status pa_shape_create(pa_error *err, pa_shape *shape) {
  shape->count = 0;
  shape->contours = pa_mem_calloc(PA_CONTOURS, sizeof *shape->contours);
  if (shape->contours) return PA_OK;
  return pa_error_memory(err, PA_CONTOURS * sizeof *shape->contours,
                         "an outline");
}

void pa_traits_free(pa_traits *traits) {
  pa_mem_free(traits->hair.back.contours);
  pa_mem_free(traits->hair.front.contours);
  memset(&traits->hair.back, 0, sizeof traits->hair.back);
  memset(&traits->hair.front, 0, sizeof traits->hair.front);
}

static void limit(float *v, float least, float most) {
  if (!(*v >= least)) *v = least;
  if (*v > most) *v = most;
}

void pa_traits_limit(pa_traits *t) {
  static const float least[PA_OUTLINE] = {38, 54, 60, 56, 48, 38, 26, 15, 6};
  static const float most[PA_OUTLINE] = {64, 76, 82, 80, 76, 68, 58, 44, 28};
  for (int i = 0; i < PA_OUTLINE; i++)
    limit(&t->face.outline[i], least[i], most[i]);
  limit(&t->yaw, -2, 2);
  limit(&t->face.chin, 86, 122);
  limit(&t->face.top, -122, -60);
  limit(&t->face.grown, -1, 1);
  limit(&t->eyes.x, 26, 37);
  limit(&t->eyes.width, 19, 31);
  limit(&t->eyes.open_left, 0, .62f);
  limit(&t->eyes.open_right, 0, .62f);
  limit(&t->eyes.tilt, -.15f, .25f);
  limit(&t->brows.inner_x, 8, 20);
  limit(&t->brows.outer_x, 40, 58);
  limit(&t->brows.inner_y, -32, -10);
  limit(&t->brows.peak_y, -38, -14);
  limit(&t->brows.outer_y, -32, -6);
  limit(&t->brows.thickness, 2, 10);
  limit(&t->nose.y, 32, 54);
  limit(&t->nose.width, 18, 40);
  limit(&t->mouth.y, t->nose.y + 10, t->face.chin - 18);
  limit(&t->mouth.width, 28, 66);
  limit(&t->mouth.upper, 2, 12);
  limit(&t->mouth.lower, 3, 14);
  limit(&t->mouth.open, 0, 40);
  limit(&t->mouth.smile, -.35f, .6f);
  limit(&t->hair.parting, -60, 60);
  limit(&t->hair.length, -100, 400);
  limit(&t->upper.neck_depth, 105, 220);
  limit(&t->upper.neck_width, 30, 130);
  limit(&t->hat.brim, 0, 170);
  limit(&t->shoulders, 112, 172);
  limit(&t->build, -1, 1);
  limit(&t->pose.left.upper, -25, 195);
  limit(&t->pose.right.upper, -25, 195);
  limit(&t->pose.left.lower, -160, 235);
  limit(&t->pose.right.lower, -160, 235);
}
