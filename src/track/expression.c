#include "track/expression.h"

#include <math.h>

#include "avatar3d/vec.h"
#include "parsona.h"

/* A face of the mesh at rest: medians over faces of photos, which the person's
 * own approach with this time constant in seconds, but never leave farther than
 * `leeway`: who smiles all the time is still seen to smile. */
static const pa_face_lengths common = {{.30f, .30f}, .27f, .02f, .56f, 0};
static const pa_face_lengths leeway = {{.08f, .08f}, .04f, .02f, .06f, .03f};
#define LEARN_SECONDS 5.0f

/* ------------------------------------------------------------ measuring */

/* The face's own frame: X from its right to its left, Y up. */
typedef struct plane {
  pa_vec x, y;
  float unit;
} plane;

static pa_vec point(const pa_face *mesh, int index) {
  const float *p = mesh->points[index];
  return pa_v(p[0], -p[1], -p[2]);
}

static bool find_plane(const pa_face *mesh, plane *f) {
  pa_vec eyes = pa_sub(point(mesh, PA_FACE_LEFT_EYE_OUTER),
                       point(mesh, PA_FACE_RIGHT_EYE_OUTER));
  pa_vec sides =
      pa_sub(point(mesh, PA_FACE_LEFT_SIDE), point(mesh, PA_FACE_RIGHT_SIDE));
  pa_vec up = pa_sub(point(mesh, PA_FACE_TOP), point(mesh, PA_FACE_CHIN));
  f->unit = pa_length(eyes);
  f->x = pa_unit(pa_add(eyes, sides), pa_v(0, 0, 0));
  f->y = pa_unit(pa_sub(up, pa_mul(f->x, pa_dot(up, f->x))), pa_v(0, 0, 0));
  return f->unit > 1e-3f && pa_length(f->x) > 0 && pa_length(f->y) > 0;
}

/* How far `to` lies above `from`. */
static float above(const pa_face *mesh, const plane *f, int from, int to) {
  return pa_dot(pa_sub(point(mesh, to), point(mesh, from)), f->y) / f->unit;
}

static float beside(const pa_face *mesh, const plane *f, int from, int to) {
  return pa_dot(pa_sub(point(mesh, to), point(mesh, from)), f->x) / f->unit;
}

/* Three pairs of points on the lids; left, right. */
static const uint16_t lids[2][3][2] = {{{373, 387}, {374, 386}, {380, 385}},
                                       {{144, 160}, {145, 159}, {153, 158}}};
static const uint16_t corners[2][2] = {
    {PA_FACE_LEFT_EYE_INNER, PA_FACE_LEFT_EYE_OUTER},
    {PA_FACE_RIGHT_EYE_OUTER, PA_FACE_RIGHT_EYE_INNER}};
static const uint16_t brows[2][3] = {{334, 296, 293}, {105, 66, 63}};

bool pa_face_measure(const pa_face *mesh, pa_face_lengths *out) {
  plane f;
  if (!find_plane(mesh, &f)) return false;
  pa_face_lengths m = {0};
  for (int side = 0; side < 2; side++) {
    float open = 0;
    for (int i = 0; i < 3; i++) {
      open += above(mesh, &f, lids[side][i][0], lids[side][i][1]) / 3;
      for (int k = 0; k < 2; k++)
        m.brows += above(mesh, &f, corners[side][k], brows[side][i]) / 12;
    }
    float wide = beside(mesh, &f, corners[side][0], corners[side][1]);
    m.lids[side] = open / fmaxf(wide, .1f);
    int corner = side ? PA_FACE_MOUTH_RIGHT : PA_FACE_MOUTH_LEFT;
    m.corners += (above(mesh, &f, PA_FACE_LIP_INNER_TOP, corner) +
                  above(mesh, &f, PA_FACE_LIP_INNER_BOTTOM, corner)) /
                 4;
  }
  m.gap = above(mesh, &f, PA_FACE_LIP_INNER_BOTTOM, PA_FACE_LIP_INNER_TOP);
  m.mouth = beside(mesh, &f, PA_FACE_MOUTH_RIGHT, PA_FACE_MOUTH_LEFT);
  *out = m;
  return true;
}

/* ------------------------------------------------------------ at rest */

static void approach(float *at, float seen, float middle, float most,
                     float share) {
  *at += share * (pa_clamp(seen, middle - most, middle + most) - *at);
}

void pa_face_rest_learn(const pa_face_lengths *seen, float seconds,
                        pa_face_rest *rest) {
  if (!rest->known || !(seconds > 0)) rest->at = common;
  rest->known = true;
  float share = 1 - expf(-fmaxf(seconds, 0) / LEARN_SECONDS);
  for (int i = 0; i < 2; i++) {
    /* Eyes are mostly open: what is closed says nothing of them. */
    if (seen->lids[i] > .6f * rest->at.lids[i])
      approach(&rest->at.lids[i], seen->lids[i], common.lids[i], leeway.lids[i],
               share);
  }
  approach(&rest->at.brows, seen->brows, common.brows, leeway.brows, share);
  approach(&rest->at.gap, seen->gap, common.gap, leeway.gap, share);
  approach(&rest->at.mouth, seen->mouth, common.mouth, leeway.mouth, share);
  approach(&rest->at.corners, seen->corners, common.corners, leeway.corners,
           share);
}

/* ------------------------------------------------------------ expressing */

/* 0 at `none`, 1 at `full`, which may be less. */
static float ramp(float none, float full, float value) {
  return pa_clamp((value - none) / (full - none), 0, 1);
}

void pa_face_express(const pa_face_lengths *seen, const pa_face_rest *rest,
                     float *values) {
  const pa_face_lengths *at = &rest->at;
  for (int i = 0; i < 2; i++)
    values[PA_TRACK_BLINK_LEFT + i] =
        ramp(.75f * at->lids[i], .42f * at->lids[i], seen->lids[i]);
  float open = seen->gap - at->gap;
  values[PA_TRACK_AA] = ramp(.02f, .36f, open);
  values[PA_TRACK_OU] = ramp(at->mouth - .06f, at->mouth - .16f, seen->mouth);
  float smile = (seen->mouth - at->mouth) + (seen->corners - at->corners);
  values[PA_TRACK_HAPPY] = ramp(.05f, .20f, smile);
  values[PA_TRACK_SURPRISED] =
      ramp(at->brows + .02f, at->brows + .09f, seen->brows);
}
