#include "parse/limbs.h"

#include <math.h>

#include "pose/pose.h"

typedef struct point {
  float x, y;
} point;

/* Radii in lengths of the torso, from the breadths and girths of NASA-STD-3000
 * (50th percentile), rounded. */
#define UPPER_ARM 0.14f
#define ELBOW 0.10f
#define WRIST 0.075f
#define HAND 0.10f
#define THIGH 0.20f
#define KNEE 0.14f
#define ANKLE 0.10f
#define FOOT 0.12f
#define NECK 0.15f
#define HEAD 0.28f

static void add(pa_body *body, pa_limb limb, point a, float ra, point b,
                float rb) {
  float unit = body->length;
  body->capsules[body->count++] =
      (pa_capsule){a.x, a.y, b.x, b.y, ra * unit, rb * unit, limb};
}

static point middle(point a, point b) {
  return (point){(a.x + b.x) / 2, (a.y + b.y) / 2};
}

/* The point `share` of the way from a to b. */
static point along(point a, point b, float share) {
  return (point){a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share};
}

static void add_arm(pa_body *body, pa_limb limb, point shoulder, point elbow,
                    point wrist, point fingers) {
  /* From a little down the arm: the shoulder's cap is the torso's too. */
  add(body, limb, along(shoulder, elbow, 0.15f), UPPER_ARM, elbow, ELBOW);
  add(body, limb, elbow, ELBOW, wrist, WRIST);
  add(body, limb, wrist, WRIST, along(wrist, fingers, 1.3f), HAND);
}

static void add_leg(pa_body *body, pa_limb leg, pa_limb foot, point hip,
                    point knee, point ankle, point heel, point toes) {
  add(body, leg, hip, THIGH, knee, KNEE);
  add(body, leg, knee, KNEE, ankle, ANKLE);
  add(body, foot, ankle, ANKLE, heel, FOOT);
  add(body, foot, heel, FOOT, along(heel, toes, 1.1f), FOOT);
}

/* The trunk as ribs: capsules from shoulder to shoulder and side to side, so
 * that a turned or bent torso is covered too. */
static void add_torso(pa_body *body, point ls, point rs, point lh, point rh,
                      point head) {
  float half = hypotf(ls.x - rs.x, ls.y - rs.y) / 2 / body->length;
  float breadth = fmaxf(half, 0.2f);
  point shoulders = middle(ls, rs), hips = middle(lh, rh);
  add(body, PA_LIMB_TORSO, along(shoulders, hips, 0.1f), breadth,
      along(shoulders, hips, 0.9f), fmaxf(breadth * 0.8f, 0.2f));
  add(body, PA_LIMB_TORSO, shoulders, NECK, along(shoulders, head, 0.4f), NECK);
}

void pa_body_init(const pa_keypoint keypoints[PA_KEYPOINTS],
                  const pa_affine *to_grid, pa_body *body) {
  point p[PA_KEYPOINTS];
  for (int i = 0; i < PA_KEYPOINTS; i++)
    pa_affine_apply(to_grid, keypoints[i].x, keypoints[i].y, &p[i].x, &p[i].y);
  point ls = p[PA_KP_LEFT_SHOULDER], rs = p[PA_KP_RIGHT_SHOULDER];
  point lh = p[PA_KP_LEFT_HIP], rh = p[PA_KP_RIGHT_HIP];
  point shoulders = middle(ls, rs), hips = middle(lh, rh);
  point head = middle(p[PA_KP_LEFT_EAR], p[PA_KP_RIGHT_EAR]);

  float dx = shoulders.x - hips.x, dy = shoulders.y - hips.y;
  float seen = fmaxf(hypotf(dx, dy), 1);
  /* A torso bent towards the camera looks short; the shoulders tell. */
  float width = hypotf(ls.x - rs.x, ls.y - rs.y);
  *body = (pa_body){.hx = hips.x,
                    .hy = hips.y,
                    .ux = dx / seen,
                    .uy = dy / seen,
                    .length = fmaxf(seen, width)};

  add_torso(body, ls, rs, lh, rh, head);
  add(body, PA_LIMB_HEAD, head, HEAD, p[PA_KP_NOSE], HEAD);
  add_arm(body, PA_LIMB_LEFT_ARM, ls, p[PA_KP_LEFT_ELBOW], p[PA_KP_LEFT_WRIST],
          p[PA_KP_LEFT_INDEX]);
  add_arm(body, PA_LIMB_RIGHT_ARM, rs, p[PA_KP_RIGHT_ELBOW],
          p[PA_KP_RIGHT_WRIST], p[PA_KP_RIGHT_INDEX]);
  add_leg(body, PA_LIMB_LEFT_LEG, PA_LIMB_LEFT_FOOT, lh, p[PA_KP_LEFT_KNEE],
          p[PA_KP_LEFT_ANKLE], p[PA_KP_LEFT_HEEL], p[PA_KP_LEFT_FOOT]);
  add_leg(body, PA_LIMB_RIGHT_LEG, PA_LIMB_RIGHT_FOOT, rh, p[PA_KP_RIGHT_KNEE],
          p[PA_KP_RIGHT_ANKLE], p[PA_KP_RIGHT_HEEL], p[PA_KP_RIGHT_FOOT]);
  point knees = middle(p[PA_KP_LEFT_KNEE], p[PA_KP_RIGHT_KNEE]);
  body->thighs_raised = pa_body_height(body, knees.x, knees.y) > -0.55f;
}

void pa_body_drop_legs(pa_body *body) {
  size_t kept = 0;
  for (size_t i = 0; i < body->count; i++)
    if (body->capsules[i].limb < PA_LIMB_LEFT_LEG)
      body->capsules[kept++] = body->capsules[i];
  body->count = kept;
}

/* Distance to the axis over the radius at the nearest point of it. */
static float capsule_distance(const pa_capsule *c, float x, float y) {
  float dx = c->x1 - c->x0, dy = c->y1 - c->y0;
  float square = dx * dx + dy * dy;
  float t = square > 0 ? ((x - c->x0) * dx + (y - c->y0) * dy) / square : 0;
  t = t < 0 ? 0 : t > 1 ? 1 : t;
  float ex = x - (c->x0 + t * dx), ey = y - (c->y0 + t * dy);
  return sqrtf(ex * ex + ey * ey) / (c->r0 + t * (c->r1 - c->r0));
}

void pa_body_distances(const pa_body *body, float x, float y,
                       float distance[PA_LIMB_COUNT]) {
  for (int i = 0; i < PA_LIMB_COUNT; i++)
    distance[i] = INFINITY;
  for (size_t i = 0; i < body->count; i++) {
    const pa_capsule *c = &body->capsules[i];
    float d = capsule_distance(c, x, y);
    if (d < distance[c->limb]) distance[c->limb] = d;
  }
}

float pa_body_height(const pa_body *body, float x, float y) {
  return ((x - body->hx) * body->ux + (y - body->hy) * body->uy) / body->length;
}
