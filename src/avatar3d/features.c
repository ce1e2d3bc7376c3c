#include "avatar3d/features.h"

#define BROW PA_FACE_BROW
#define IRIS .0058f /* metres, on the body's own head */
#define STEPS 8     /* along a lid */

/* ------------------------------------------------------------ places */

static bool mark(const pa_figure *f, unsigned number, pa_vec *place) {
  int point = pa_body_mark_find(f->body, number);
  if (point >= 0) *place = f->point[point];
  return point >= 0;
}

static bool find_marks(const pa_figure *f, pa_features *o) {
  static const unsigned eyes[2][4] = {{362, 263, 386, 374},
                                      {133, 33, 159, 145}};
  static const char *const bones[] = {"eye_l", "eye_r"};
  bool found = mark(f, 291, &o->corner) && mark(f, 267, &o->peak) &&
               mark(f, 0, &o->top) && mark(f, 13, &o->middle) &&
               mark(f, 17, &o->bottom) && mark(f, 294, &o->wing) &&
               mark(f, 2, &o->base) && mark(f, 425, &o->cheek);
  for (int s = 0; s < 2; s++) {
    int bone = pa_body_bone_find(f->body, bones[s]);
    found = found && bone >= 0 && mark(f, eyes[s][0], &o->inner[s]) &&
            mark(f, eyes[s][1], &o->outer[s]) &&
            mark(f, eyes[s][2], &o->upper[s]) &&
            mark(f, eyes[s][3], &o->lower[s]);
    if (found) o->eye[s] = f->head[bone];
  }
  return found;
}

/* Where the photo shows no brows: a common face's. */
static const float common[BROW][2] = {
    {-.21f, .125f}, {-.11f, .165f}, {.03f, .19f}, {.15f, .175f}, {.25f, .12f}};

static void place_brows(const pa_marks *m, pa_features *o) {
  float wide = fabsf(o->outer[0].x - o->outer[1].x);
  for (int s = 0; s < 2; s++) {
    pa_vec eye = pa_mix(o->inner[s], o->outer[s], .5f);
    for (int k = 0; k < BROW; k++) {
      const float *at = m->solid ? m->brow[k] : common[k];
      o->brow[s][k] =
          pa_add(eye, pa_v((s ? -wide : wide) * at[0], wide * at[1], 0));
    }
  }
  static const float thick[BROW] = {.0029f, .0034f, .0031f, .0023f, .001f};
  for (int k = 0; k < BROW; k++)
    o->thick[k] = thick[k] * o->size;
}

static pa_rgb times(pa_rgb c, float r, float g, float b) {
  return (pa_rgb){fminf(255, c.r * r), fminf(255, c.g * g),
                  fminf(255, c.b * b)};
}

/* Never as light as the skin: fair brows are still seen. */
static pa_rgb brows_of(const pa_swatches *w) {
  pa_rgb c = times(w->hair, .85f, .82f, .8f);
  float most = .62f * w->skin.g;
  float k = c.g > most ? most / c.g : 1;
  return times(c, k, k, k);
}

/* Between what the photo has and the skin: thin lips are read too dark. */
static pa_rgb lips_of(const pa_swatches *w) {
  const float k = .45f;
  pa_rgb likely = times(w->skin, .93f, .7f, .68f);
  return (pa_rgb){w->lips.r + k * (likely.r - w->lips.r),
                  w->lips.g + k * (likely.g - w->lips.g),
                  w->lips.b + k * (likely.b - w->lips.b)};
}

bool pa_features_of(const pa_figure *f, const pa_marks *m,
                    const pa_outfit *outfit, bool bold, pa_features *o) {
  pa_vec ear;
  *o = (pa_features){.bold = bold};
  if (!mark(f, 454, &ear) || !find_marks(f, o)) return false;
  o->size = fabsf(ear.x) / .068f;
  o->back = o->outer[0].z - .02f * o->size;
  const pa_swatches *w = &outfit->swatches;
  o->skin = w->skin;
  o->lips = lips_of(w);
  o->brows = brows_of(w);
  o->iris = w->hair.g > 110 ? (pa_rgb){96, 104, 104} : (pa_rgb){92, 60, 40};
  place_brows(m, o);
  return true;
}

/* ------------------------------------------------------------ drawing */

static void lay(pa_rgb c, float cover, float rgb[3]) {
  cover = pa_clamp(cover, 0, 1);
  rgb[0] += cover * (c.r - rgb[0]);
  rgb[1] += cover * (c.g - rgb[1]);
  rgb[2] += cover * (c.b - rgb[2]);
}

static void shade(float r, float g, float b, float cover, float rgb[3]) {
  lay((pa_rgb){fminf(255, rgb[0] * r), fminf(255, rgb[1] * g),
               fminf(255, rgb[2] * b)},
      cover, rgb);
}

static float blot(pa_vec p, float x, float y, float wide, float tall) {
  float dx = (p.x - x) / wide, dy = (p.y - y) / tall;
  return 1 - pa_smoothstep(.2f, 1, sqrtf(dx * dx + dy * dy));
}

/* The distance from a place to a line from a to b, seen from the front; how far
 * along it the nearest place lies, 0..1. */
static float from_line(pa_vec p, pa_vec a, pa_vec b, float *along) {
  float dx = b.x - a.x, dy = b.y - a.y;
  float square = fmaxf(dx * dx + dy * dy, 1e-12f);
  *along = pa_clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / square, 0, 1);
  return hypotf(p.x - a.x - *along * dx, p.y - a.y - *along * dy);
}

/* How much of a line as thick as `half` is at a distance from its middle. */
static float line(float distance, float half, float soft) {
  return 1 - pa_smoothstep(half - soft, half + soft, distance);
}

static void draw_brow(const pa_features *o, int side, pa_vec p, float rgb[3]) {
  float most = 0, soft = (o->bold ? .0006f : .0016f) * o->size;
  for (int k = 0; k + 1 < BROW; k++) {
    float t, d = from_line(p, o->brow[side][k], o->brow[side][k + 1], &t);
    float half = o->thick[k] + t * (o->thick[k + 1] - o->thick[k]);
    most = fmaxf(most, line(d, half, soft));
  }
  lay(o->brows, (o->bold ? .95f : .72f) * most, rgb);
}

/* The distance to a lid, an arc from corner to corner through its middle;
 * *along: from the inner corner, 0..1. */
static float from_lid(pa_vec a, pa_vec through, pa_vec b, pa_vec p,
                      float *along) {
  pa_vec bend = pa_sub(pa_mul(through, 2), pa_mul(pa_add(a, b), .5f));
  pa_vec last = a;
  float least = 1;
  for (int i = 1; i <= STEPS; i++) {
    float t = (float)i / STEPS, s = 1 - t, here;
    pa_vec next = pa_add(pa_add(pa_mul(a, s * s), pa_mul(bend, 2 * s * t)),
                         pa_mul(b, t * t));
    float d = from_line(p, last, next, &here);
    if (d < least) least = d, *along = (here + (float)i - 1) / STEPS;
    last = next;
  }
  return least;
}

static void draw_lids(const pa_features *o, int side, pa_vec p, float rgb[3]) {
  const pa_rgb dark = {38, 28, 26};
  float k = o->size, soft = (o->bold ? .0005f : .0008f) * k, t = 0;
  pa_vec wing = pa_v((side ? -.003f : .003f) * k, .0012f * k, 0);
  pa_vec end = o->bold ? pa_add(o->outer[side], wing) : o->outer[side];
  pa_vec top = o->upper[side], crease = pa_v(0, .0042f * k, 0);
  float d = from_lid(pa_add(o->inner[side], crease), pa_add(top, crease),
                     pa_add(o->outer[side], crease), p, &t);
  shade(.72f, .64f, .62f, .6f * line(d, .0005f * k, soft), rgb);
  d = from_lid(o->inner[side], top, end, p, &t);
  float half = (o->bold ? .0007f + .0013f * t : .0004f + .0006f * t) * k;
  lay(dark, (o->bold ? 1 : .8f) * line(d, half, soft), rgb);
  d = from_lid(o->inner[side], o->lower[side], o->outer[side], p, &t);
  lay(dark, (o->bold ? .5f : .3f) * t * line(d, .0005f * k, soft), rgb);
}

static void draw_nose(const pa_features *o, pa_vec p, float rgb[3]) {
  float k = o->size, x = fabsf(p.x);
  float nostril = blot(pa_v(x, p.y, 0), .55f * o->wing.x,
                       o->base.y + .0015f * k, .0046f * k, .0026f * k);
  shade(.5f, .4f, .38f, (o->bold ? .8f : .9f) * nostril, rgb);
  shade(.86f, .8f, .78f,
        .7f * blot(pa_v(x, p.y, 0), o->wing.x + .001f * k, o->wing.y, .004f * k,
                   .009f * k),
        rgb);
}

/* Height of the lips' upper edge, of their line and of their lower edge at a
 * share of the way from the middle to the corner. */
static void lips_at(const pa_features *o, float x, float y[3]) {
  float peak = o->peak.x / fmaxf(o->corner.x, 1e-4f);
  float t = x < peak ? x / peak : (x - peak) / fmaxf(1 - peak, 1e-3f);
  y[0] = x < peak ? o->top.y + t * t * (o->peak.y - o->top.y)
                  : o->peak.y + t * (o->corner.y - o->peak.y);
  y[1] = o->middle.y + x * x * (o->corner.y - o->middle.y);
  y[2] = o->corner.y +
         (o->bottom.y - o->corner.y) * sqrtf(fmaxf(0, 1 - x * x * x));
}

static void draw_mouth(const pa_features *o, pa_vec p, float rgb[3]) {
  float k = o->size, soft = (o->bold ? .0005f : .0011f) * k, y[3];
  float x = fabsf(p.x) / fmaxf(o->corner.x, 1e-4f);
  shade(.9f, .86f, .85f,
        .6f * blot(p, 0, o->bottom.y - .004f * k, .016f * k, .006f * k), rgb);
  if (x > 1.1f) return;
  lips_at(o, fminf(x, 1), y);
  float within = 1 - pa_smoothstep(.97f, 1.03f, x);
  float lip = pa_smoothstep(-soft, soft, y[0] - p.y) *
              pa_smoothstep(-soft, soft, p.y - y[2]);
  float upper = pa_smoothstep(-soft, soft, p.y - y[1]);
  float light = 1 - .14f * upper;
  lay(times(o->lips, light, light, light), within * lip * (o->bold ? 1 : .9f),
      rgb);
  float half = (o->bold ? .0007f : .0005f) * k * (1.2f - .5f * x);
  lay(times(o->lips, .48f, .4f, .4f),
      within * line(fabsf(p.y - y[1]), half, soft), rgb);
}

void pa_features_skin(const pa_features *o, pa_vec p, float rgb[3]) {
  if (p.z < o->back) return;
  float k = o->size, blush = o->bold ? .3f : .25f;
  shade(1.04f, .84f, .82f,
        blush * blot(pa_v(fabsf(p.x), p.y, 0), o->cheek.x, o->cheek.y,
                     .022f * k, .018f * k),
        rgb);
  int side = p.x < 0;
  draw_nose(o, p, rgb);
  draw_mouth(o, p, rgb);
  draw_lids(o, side, p, rgb);
  draw_brow(o, side, p, rgb);
}

void pa_features_eye(const pa_features *o, pa_vec p, float rgb[3]) {
  int side = p.x < 0;
  float k = o->size, soft = .0004f * k;
  float r = (o->bold ? 1.15f : 1) * IRIS * k;
  float x = p.x - o->eye[side].x, y = p.y - o->eye[side].y;
  float out = hypotf(x, y);
  if (p.z < o->eye[side].z) return;
  /* the lid's shadow */
  shade(.78f, .76f, .76f,
        pa_smoothstep(-.002f * k, .004f * k, p.y - o->eye[side].y), rgb);
  lay(times(o->iris, .45f, .45f, .45f), line(out, r, soft), rgb);
  lay(o->iris, line(out, .84f * r, 2 * soft), rgb);
  lay((pa_rgb){18, 14, 14}, line(out, .46f * r, soft), rgb);
  lay((pa_rgb){250, 250, 250},
      line(hypotf(x - .3f * r, y - .36f * r), .2f * r, soft), rgb);
}
