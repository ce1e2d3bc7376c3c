#include "avatar2d/hair.h"

#include <math.h>
#include <string.h>

#include "avatar2d/hair_form.h"

/* Outlines are for a face 70 units wide to either side. Symmetric ones list
 * their right half, from the top down and up again on the inner side; the left
 * half is its mirror image. */
#define POINTS 26

typedef struct outline {
  int count;
  bool mirrored;
  pa_vec v[POINTS];
} outline;

typedef struct preset {
  const char *name;
  outline back, front;
  float curls; /* radius of curls along the outer edge; 0: none */
} preset;

static const preset presets[] = {
    {"buzz",
     {0},
     {9,
      true,
      {{0, -119},
       {40, -111},
       {64, -84},
       {73, -44},
       {73, -6},
       {67, -10},
       {63, -44},
       {48, -66},
       {0, -74}}},
     0},
    {"short",
     {6,
      true,
      {{0, -128}, {50, -116}, {74, -78}, {78, -30}, {72, 12}, {0, 20}}},
     {11,
      true,
      {{0, -132},
       {42, -126},
       {70, -98},
       {80, -54},
       {77, -8},
       {70, 8},
       {67, -18},
       {61, -46},
       {44, -62},
       {20, -60},
       {0, -66}}},
     0},
    {"side",
     {6,
      true,
      {{0, -128}, {50, -116}, {74, -78}, {78, -30}, {72, 12}, {0, 20}}},
     {19,
      false,
      {{-8, -134},
       {38, -136},
       {72, -106},
       {81, -58},
       {77, -6},
       {69, 6},
       {66, -26},
       {60, -50},
       {40, -54},
       {4, -66},
       {-22, -86},
       {-36, -70},
       {-56, -52},
       {-64, -28},
       {-69, 4},
       {-76, -6},
       {-80, -52},
       {-68, -98},
       {-38, -122}}},
     0},
    {"quiff",
     {6, true, {{0, -122}, {50, -112}, {73, -78}, {77, -30}, {71, 8}, {0, 20}}},
     {19,
      false,
      {{-30, -146},
       {16, -158},
       {58, -140},
       {74, -98},
       {79, -52},
       {75, -6},
       {69, 2},
       {66, -30},
       {58, -58},
       {34, -74},
       {0, -78},
       {-34, -70},
       {-56, -56},
       {-66, -30},
       {-69, 2},
       {-75, -6},
       {-79, -52},
       {-72, -92},
       {-58, -126}}},
     0},
    {"curly", {0}, {0}, 21},
    {"afro", {0}, {0}, 25},
    {"bob",
     {8,
      true,
      {{0, -134},
       {56, -122},
       {86, -78},
       {94, -10},
       {94, 60},
       {84, 98},
       {50, 104},
       {0, 96}}},
     {13,
      true,
      {{0, -136},
       {48, -128},
       {80, -96},
       {92, -44},
       {95, 20},
       {92, 84},
       {74, 92},
       {66, 60},
       {66, 8},
       {63, -30},
       {48, -40},
       {22, -34},
       {0, -38}}},
     0},
    {"long",
     {9,
      true,
      {{0, -134},
       {56, -122},
       {88, -78},
       {97, 0},
       {102, 90},
       {104, 170},
       {88, 226},
       {48, 236},
       {0, 220}}},
     {20, false, {{0, -138}, {48, -130}, {82, -96},  {95, -40},  {99, 40},
                  {94, 110}, {82, 120},  {72, 60},   {67, 0},    {56, -42},
                  {30, -66}, {8, -92},   {-14, -68}, {-48, -44}, {-67, 0},
                  {-72, 60}, {-82, 120}, {-94, 110}, {-99, 40},  {-95, -40}}},
     0},
    {"wavy",
     {12,
      true,
      {{0, -138},
       {60, -126},
       {94, -80},
       {100, -20},
       {112, 30},
       {106, 80},
       {120, 126},
       {110, 172},
       {118, 206},
       {84, 232},
       {44, 226},
       {0, 216}}},
     {19,
      false,
      {{20, -142},
       {64, -126},
       {94, -84},
       {100, -24},
       {106, 28},
       {98, 84},
       {84, 92},
       {74, 46},
       {68, -4},
       {54, -46},
       {22, -80},
       {-24, -54},
       {-58, -34},
       {-68, 0},
       {-76, 46},
       {-88, 92},
       {-102, 60},
       {-98, -30},
       {-70, -118}}},
     0},
    {"bun",
     {6,
      true,
      {{0, -124}, {50, -112}, {74, -76}, {77, -28}, {70, 10}, {0, 20}}},
     {18,
      true,
      {{0, -172},
       {20, -167},
       {31, -151},
       {28, -135},
       {20, -127},
       {46, -122},
       {68, -96},
       {78, -52},
       {75, -6},
       {70, 10},
       {67, -14},
       {62, -44},
       {46, -64},
       {20, -76},
       {0, -80},
       {0, -80},
       {0, -80},
       {0, -80}}},
     0},
    {"ponytail",
     {15,
      false,
      {{0, -126},
       {52, -114},
       {76, -78},
       {100, -70},
       {128, -30},
       {138, 40},
       {128, 120},
       {112, 170},
       {96, 120},
       {98, 50},
       {84, 4},
       {70, 14},
       {-70, 14},
       {-78, -30},
       {-52, -112}}},
     {13,
      true,
      {{0, -132},
       {46, -124},
       {70, -98},
       {79, -54},
       {76, -6},
       {70, 12},
       {67, -14},
       {62, -42},
       {46, -62},
       {22, -74},
       {8, -76},
       {0, -76},
       {0, -76}}},
     0},
    {"bald", {0}, {0}, 0},
};

#define PRESETS (sizeof presets / sizeof *presets)

size_t pa_hair_preset_count(void) {
  return PRESETS;
}

const char *pa_hair_preset_name(size_t index) {
  return index < PRESETS ? presets[index].name : NULL;
}

static const preset *find(const char *name) {
  for (size_t i = 0; name && i < PRESETS; i++)
    if (!strcmp(presets[i].name, name)) return &presets[i];
  return NULL;
}

bool pa_hair_preset_known(const char *name) {
  return find(name) != NULL;
}

/* ------------------------------------------------------------ curly hair */

/* Standing off the head by `volume` all around. */
static void round_form(const pa_traits *t, float volume, float line, float low,
                       float curls, pa_hair_form *f) {
  *f = (pa_hair_form){.half = fmaxf(t->face.outline[2], t->face.outline[1]),
                      .full = true,
                      .behind = low,
                      .curls = curls};
  for (int i = 0; i < PA_CROWN; i++)
    f->crown[i] = pa_hair_skull(f, pa_hair_ray(i)) + volume;
  for (int i = 0; i < PA_HAIRLINE; i++)
    f->line[i] = line;
  for (int side = 0; side < 2; side++) {
    pa_hair_side *s = &f->side[side];
    s->low = low;
    for (int i = 0; i < PA_FALL; i++) {
      s->inner[i] = f->half - 4;
      s->outer[i] = f->half + volume;
    }
  }
  pa_hair_form_limit(f);
}

static void add_round(pa_picture *p, const pa_traits *t, const char *name,
                      float curls, bool back) {
  pa_contour store[2][PA_CONTOURS];
  pa_shape front = {0, store[0]}, behind = {0, store[1]};
  pa_hair_form form;
  bool afro = !strcmp(name, "afro");
  round_form(t, afro ? 50 : 26, afro ? -62 : -56, afro ? 52 : 38, curls, &form);
  pa_hair_form_shapes(&form, &front, &behind);
  const pa_shape *s = back ? &behind : &front;
  for (size_t i = 0; i < s->count; i++)
    pa_picture_smooth(p, s->contours[i].points, s->contours[i].count, true);
}

void pa_hair_preset(pa_picture *picture, const pa_traits *traits,
                    const char *name, bool back) {
  const preset *found = find(name);
  if (!found) return;
  if (found->curls > 0) {
    add_round(picture, traits, name, found->curls, back);
    return;
  }
  const outline *o = back ? &found->back : &found->front;
  if (!o->count) return;
  float scale = fmaxf(traits->face.outline[2], traits->face.outline[1]) / 70;
  pa_vec round[2 * POINTS];
  size_t n = 0;
  for (int i = 0; i < o->count; i++)
    if (!i || o->v[i].x != o->v[i - 1].x || o->v[i].y != o->v[i - 1].y)
      round[n++] = (pa_vec){o->v[i].x * scale, o->v[i].y};
  size_t half = n;
  if (o->mirrored)
    for (size_t i = half - 1; i-- > 1;)
      round[n++] = (pa_vec){-round[i].x, round[i].y};
  pa_picture_smooth(picture, round, n, true);
}
