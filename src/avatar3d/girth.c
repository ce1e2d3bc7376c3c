#include "avatar3d/girth.h"

#define SEEN .5f
#define STEPS PA_GIRTH_STEPS

typedef struct line {
  float x0, y0, x1, y1;
} line;

/* ------------------------------------------------------------ silhouettes */

/* Pixels from (x, y) along (dx, dy) to the end of a set of labels; `most` when
 * it does not end before. Gaps of a few pixels are stepped over. */
static float extent(const pa_sight *s, unsigned set, float x, float y, float dx,
                    float dy, float most) {
  float last = 0;
  for (int i = 0; (float)i < most; i++) {
    float d = (float)i;
    if (pa_sight_is(s, set, x + d * dx, y + d * dy))
      last = d + 1;
    else if (d - last > 3)
      return last;
  }
  return most;
}

/* The half width of the figure's own outline there: the mean of both sides'
 * farthest points across the line at that step. */
static void own_widths(const pa_figure *f, const pa_view *view,
                       pa_region region, line l, float widths[STEPS]) {
  float dx = l.x1 - l.x0, dy = l.y1 - l.y0, side[2][STEPS] = {{0}};
  float length = fmaxf(hypotf(dx, dy), 1e-3f);
  for (unsigned i = 0; i < f->body->points; i++) {
    if (f->body->point[i].region != region) continue;
    float x = view->point[i].x - l.x0, y = view->point[i].y - l.y0;
    float t = (x * dx + y * dy) / (length * length) * STEPS - .5f;
    float across = (x * dy - y * dx) / length;
    float *of = side[across < 0];
    for (int k = (int)floorf(t); k <= (int)floorf(t) + 1; k++)
      if (k >= 0 && k < STEPS) of[k] = fmaxf(of[k], fabsf(across));
  }
  for (int i = 0; i < STEPS; i++)
    widths[i] = (side[0][i] + side[1][i]) / 2;
}

/* Half widths of the photo against the figure's along a line; steps that cannot
 * be told are left. */
static void compare(const pa_sight *s, unsigned set, line l,
                    const float own[STEPS], float sum[STEPS],
                    float weight[STEPS]) {
  float dx = l.x1 - l.x0, dy = l.y1 - l.y0;
  float length = hypotf(dx, dy);
  if (!(length > 8)) return;
  float nx = -dy / length, ny = dx / length;
  for (int i = 0; i < STEPS; i++) {
    float t = ((float)i + .5f) / STEPS;
    float x = l.x0 + t * dx, y = l.y0 + t * dy;
    if (!(own[i] > 2) || !pa_sight_is(s, set, x, y)) continue;
    float most = 2.6f * own[i];
    float a = extent(s, set, x, y, nx, ny, most);
    float b = extent(s, set, x, y, -nx, -ny, most);
    /* One that does not end runs into something else. */
    float half = a < most && b < most ? (a + b) / 2 : fminf(a, b);
    if (half >= most || half < .35f * own[i]) continue;
    sum[i] += half / own[i];
    weight[i] += 1;
  }
}

static void settle(const float sum[STEPS], const float weight[STEPS], float low,
                   float high, float out[STEPS]) {
  float last = 1;
  int first = -1;
  for (int i = 0; i < STEPS; i++) {
    if (weight[i] > 0) {
      last = pa_clamp(sum[i] / weight[i], low, high);
      if (first < 0) first = i;
    }
    out[i] = last;
  }
  for (int i = 0; i < first; i++)
    out[i] = out[first];
  for (int round = 0; round < 2; round++) {
    float before = out[0];
    for (int i = 1; i + 1 < STEPS; i++) {
      float own = out[i];
      out[i] = (before + 2 * own + out[i + 1]) / 4;
      before = own;
    }
  }
}

static line between(const pa_sight *s, int a, int b) {
  const pa_keypoint *k = s->person.keypoints;
  return (line){k[a].x, k[a].y, k[b].x, k[b].y};
}

/* A limb of two bones, each with half of the steps. */
static void limb(const pa_figure *f, const pa_sight *s, const pa_view *view,
                 pa_region region, const int joint[3], unsigned set,
                 float sum[STEPS], float weight[STEPS]) {
  for (int bone = 0; bone < 2; bone++) {
    if (s->trust[joint[bone]] < SEEN || s->trust[joint[bone + 1]] < SEEN)
      continue;
    line l = between(s, joint[bone], joint[bone + 1]);
    float own[STEPS], part[STEPS] = {0}, count[STEPS] = {0};
    own_widths(f, view, region, l, own);
    compare(s, set, l, own, part, count);
    for (int i = 0; i < STEPS; i++) {
      int to = bone * STEPS / 2 + i / 2;
      sum[to] += part[i];
      weight[to] += count[i];
    }
  }
}

static void trunk(const pa_figure *f, const pa_sight *s, const pa_view *view,
                  pa_girth *girth) {
  const pa_keypoint *k = s->person.keypoints;
  for (int i = PA_KP_LEFT_SHOULDER; i <= PA_KP_RIGHT_HIP; i++)
    if ((i <= PA_KP_RIGHT_SHOULDER || i >= PA_KP_LEFT_HIP) &&
        s->trust[i] < SEEN)
      return;
  pa_vec across =
      pa_sub(s->world[PA_KP_LEFT_SHOULDER], s->world[PA_KP_RIGHT_SHOULDER]);
  if (fabsf(across.x) < .7f * pa_length(across)) return; /* from the side */
  line l = {(k[11].x + k[12].x) / 2, (k[11].y + k[12].y) / 2,
            (k[23].x + k[24].x) / 2, (k[23].y + k[24].y) / 2};
  float own[STEPS], sum[STEPS] = {0}, weight[STEPS] = {0};
  own_widths(f, view, PA_REGION_TORSO, l, own);
  compare(s, PA_SET_TOP | PA_SET_BOTTOM | PA_SET_NECK, l, own, sum, weight);
  /* Above the armpits the arms are part of the outline. */
  for (int i = 0; i < STEPS / 4; i++)
    weight[i] = 0;
  settle(sum, weight, .88f, 1.3f, girth->trunk);
}

static bool is_told(const float weight[STEPS]) {
  for (int i = 0; i < STEPS; i++)
    if (weight[i] > 0) return true;
  return false;
}

/* Limbs that the photo does not tell are as the trunk is, less so towards their
 * ends. */
static void guess_limbs(const float arms[STEPS], const float legs[STEPS],
                        pa_girth *girth) {
  float waist = (girth->trunk[STEPS - 1] + girth->trunk[STEPS / 2]) / 2 - 1;
  for (int i = 0; i < STEPS; i++) {
    float share = .9f - .5f * (float)i / STEPS;
    if (!is_told(legs)) girth->leg[i] = 1 + share * waist;
    if (!is_told(arms)) girth->arm[i] = 1 + .5f * share * waist;
  }
}

void pa_girth_measure(const pa_figure *f, const pa_sight *s,
                      const pa_view *view, const pa_outfit *outfit,
                      pa_girth *girth) {
  /* A coat hangs beside legs. */
  unsigned legs_set = PA_SET_BOTTOM | PA_SET_LEGS | PA_BIT(PA_LABEL_SOCKS) |
                      (PA_SET_TOP & ~PA_BIT(PA_LABEL_COAT));
  if (outfit->boot < 2) legs_set |= PA_SET_SHOES;
  for (int i = 0; i < STEPS; i++)
    girth->trunk[i] = girth->arm[i] = girth->leg[i] = 1;
  trunk(f, s, view, girth);
  float arm[STEPS] = {0}, arms[STEPS] = {0}, leg[STEPS] = {0},
        legs[STEPS] = {0};
  for (int side = 0; side < 2; side++) {
    const int a[3] = {PA_KP_LEFT_SHOULDER + side, PA_KP_LEFT_ELBOW + side,
                      PA_KP_LEFT_WRIST + side};
    const int b[3] = {PA_KP_LEFT_HIP + side, PA_KP_LEFT_KNEE + side,
                      PA_KP_LEFT_ANKLE + side};
    limb(f, s, view, PA_REGION_ARM_L + side, a, PA_SET_TOP | PA_SET_ARMS, arm,
         arms);
    limb(f, s, view, PA_REGION_LEG_L + side, b, legs_set, leg, legs);
  }
  settle(arm, arms, .8f, 1.5f, girth->arm);
  settle(leg, legs, .82f, 1.9f, girth->leg);
  guess_limbs(arms, legs, girth);
}

/* ------------------------------------------------------------ the figure */

/* The factor at `t`, 0..1 along the steps. */
static float at(const float steps[STEPS], float t) {
  float x = pa_clamp(t * STEPS - .5f, 0, STEPS - 1.001f);
  int i = (int)x;
  return steps[i] + (x - (float)i) * (steps[i + 1] - steps[i]);
}

static pa_vec about_axis(pa_vec p, pa_vec a, pa_vec b, float k) {
  pa_vec axis = pa_unit(pa_sub(b, a), pa_v(0, -1, 0));
  pa_vec off = pa_sub(p, a);
  pa_vec across = pa_sub(off, pa_mul(axis, pa_dot(off, axis)));
  return pa_mul(across, k - 1);
}

#define LEATHER .1f /* of a shin's girth that a boot's shaft stands off it */
#define RIM .03f    /* of a bone over which it does so */

/* How much wider a leg is where a boot goes round it. */
static float shaft(float boot, float along) {
  if (boot >= 2) return 0;
  return LEATHER * pa_smoothstep(boot - RIM, boot, along) *
         (1 - pa_smoothstep(1.85f, 2, along));
}

/* Where a point of a limb goes, by how much it hangs on the limb's bones. */
static pa_vec limb_move(const pa_figure *f, const pa_girth *g,
                        const pa_outfit *o, unsigned i, bool leg, int side,
                        float *weight) {
  unsigned root =
      f->bone[PA_BONE_SIDE(leg ? PA_BONE_THIGH : PA_BONE_UPPERARM, side)];
  unsigned joint =
      f->bone[PA_BONE_SIDE(leg ? PA_BONE_CALF : PA_BONE_LOWERARM, side)];
  unsigned end = f->bone[PA_BONE_SIDE(leg ? PA_BONE_FOOT : PA_BONE_HAND, side)];
  float w = pa_figure_weight(f, i, root) + pa_figure_weight(f, i, joint);
  *weight = w;
  if (w <= 0) return pa_v(0, 0, 0);
  float along = fminf(pa_outfit_along(f, i), 2);
  float k = at(leg ? g->leg : g->arm, along / 2);
  /* The skin beyond a sleeve or leg is not loose. */
  float cut = leg ? o->trouser : o->sleeve;
  if (along > cut && !(leg && along > o->boot)) k = pa_clamp(k, .88f, 1.12f);
  if (leg) k += shaft(o->boot, along);
  bool lower = along >= 1;
  pa_vec move = about_axis(f->point[i], f->head[lower ? joint : root],
                           f->head[lower ? end : joint], k);
  move = pa_mul(move, w);
  if (leg &&
      (side ? f->point[i].x + move.x > -.004f : f->point[i].x + move.x < .004f))
    move.x = 0; /* legs do not meet */
  return move;
}

static pa_vec trunk_move(const pa_girth *g, pa_vec p, float top, float low) {
  float t = (top - p.y) / fmaxf(top - low, .1f);
  float k = (at(g->trunk, t) - 1) * pa_smoothstep(-.05f, .25f, t);
  return pa_v(p.x * k, 0, p.z * .7f * k);
}

void pa_girth_apply(const pa_girth *g, const pa_outfit *o, pa_figure *f) {
  float top = f->head[f->bone[PA_BONE_UPPERARM]].y;
  float low = f->head[f->bone[PA_BONE_THIGH]].y;
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_region region = f->body->point[i].region;
    if (region < PA_REGION_TORSO || region > PA_REGION_FOOT_R ||
        region == PA_REGION_HAND_L || region == PA_REGION_HAND_R)
      continue;
    pa_vec move = {0, 0, 0};
    float limbs = 0;
    for (int s = 0; s < 2; s++)
      for (int leg = 0; leg < 2; leg++) {
        float w;
        move = pa_add(move, limb_move(f, g, o, i, leg, s, &w));
        limbs += w;
      }
    pa_vec own = trunk_move(g, f->point[i], top, low);
    move = pa_add(move, pa_mul(own, 1 - pa_clamp(limbs, 0, 1)));
    f->point[i] = pa_add(f->point[i], move);
  }
}
