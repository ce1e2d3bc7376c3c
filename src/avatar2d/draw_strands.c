/* Lines within hair. */
#include <math.h>

#include "avatar2d/brush.h"
#include "avatar2d/draw_hair.h"

static pa_vec between(pa_vec a, pa_vec b, float t) {
  return (pa_vec){a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t};
}

static pa_vec unit(pa_vec from, pa_vec to) {
  float dx = to.x - from.x, dy = to.y - from.y;
  float length = fmaxf(hypotf(dx, dy), 1e-3f);
  return (pa_vec){dx / length, dy / length};
}

/* ------------------------------------------------------------ locks */

static float area_of(const pa_contour *c) {
  float sum = 0;
  for (size_t i = 0; i < c->count; i++) {
    pa_vec a = c->points[i], b = c->points[(i + 1) % c->count];
    sum += a.x * b.y - b.x * a.y;
  }
  return sum;
}

static bool same(pa_vec a, pa_vec b) {
  return a.x == b.x && a.y == b.y;
}

/* From a notch into the hair: on the head towards the root of the locks, beside
 * the face upwards. */
static void add_line(pa_picture *p, pa_vec notch, pa_vec into, pa_vec root,
                     float width) {
  const float ear = 34;
  bool hangs = notch.y > ear;
  pa_vec to = hangs ? (pa_vec){notch.x + 3 * into.x, notch.y - 80} : root;
  float far = hypotf(to.x - notch.x, to.y - notch.y);
  float length =
      hangs ? fminf(.62f * (notch.y - 10), 64) : fminf(.62f * far, 46);
  pa_vec end = between(notch, to, length / fmaxf(far, 1));
  pa_vec begin = {notch.x - into.x, notch.y - into.y};
  pa_vec a = {notch.x + .38f * length * into.x,
              notch.y + .38f * length * into.y};
  pa_brush_add(p, begin, a, between(a, end, .6f), end,
               (pa_brush){1.1f * width, .8f * width, .15f * width});
}

static void add_notches(pa_picture *p, const pa_contour *c, pa_vec root,
                        float width) {
  float way = area_of(c) > 0 ? 1 : -1;
  for (size_t i = 0; i < c->count; i++) {
    pa_vec at = c->points[i], before = c->points[(i + c->count - 1) % c->count];
    if (!same(at, c->points[(i + 1) % c->count])) continue;
    pa_vec after = c->points[(i + 2) % c->count];
    pa_vec u = unit(at, before), v = unit(at, after);
    float turn = (v.x * u.y - v.y * u.x) * way;
    if (turn > -.25f) continue; /* a tip, or hardly bent */
    pa_vec out = unit((pa_vec){0, 0}, (pa_vec){u.x + v.x, u.y + v.y});
    add_line(p, at, (pa_vec){-out.x, -out.y}, root, width);
  }
}

void pa_draw_locks(pa_draw *draw, const pa_shape *shape, pa_vec root,
                   pa_color color, float width) {
  pa_picture *p = draw->picture;
  size_t path = pa_picture_path(p), before = p->op_count;
  for (size_t i = 0; i < shape->count; i++)
    add_notches(p, &shape->contours[i], root, width);
  if (p->op_count > before) pa_picture_fill(p, path, color);
}

/* ------------------------------------------------------------ strands */

/* Over the crown to both sides. */
static void add_over(pa_picture *p, float x0, float half, float top, float k,
                     pa_brush brush) {
  for (int i = 0; i < 2; i++) {
    float x = k * (.44f + .34f * (float)i) * half;
    float y = top + 13 + 4 * (float)i, down = -72 + 26 * (float)i;
    pa_brush_add(p, (pa_vec){x0 + k * (4 + 7 * (float)i), y},
                 (pa_vec){x0 + .55f * (x - x0), y - 1},
                 (pa_vec){x, .6f * y + .4f * down}, (pa_vec){1.04f * x, down},
                 brush);
  }
}

/* Beside the face, following how the hair falls. */
static void add_beside(pa_picture *p, float half, float low, float k,
                       pa_brush brush) {
  for (int i = 0; i < 2; i++) {
    float x = k * (half + 8 + 11 * (float)i);
    float from = -34 + 44 * (float)i, to = (.7f - .16f * (float)i) * low;
    pa_brush_add(p, (pa_vec){x - k * 4, from},
                 (pa_vec){x + k * 5, from + .3f * (to - from)},
                 (pa_vec){x - k * 4, from + .7f * (to - from)},
                 (pa_vec){x + k * 2, to}, brush);
  }
}

/* Arcs that open downwards, in rings around the head's middle. */
static void add_curls(pa_picture *p, float half, float top, float width) {
  const float middle = -22;
  for (int ring = 0; ring < 2; ring++)
    for (int i = 0; i < 7 + 2 * ring; i++) {
      float a = (-1.45f + 2.9f * ((float)i + .3f * (float)(i & 1)) /
                              (float)(6 + 2 * ring));
      float r = (.7f + .19f * (float)ring) * (middle - top);
      float x = r * sinf(a) * (half + 18) / 82, y = middle - r * cosf(a);
      float s = 6.5f + 2 * sinf(4.1f * (float)(i + 3 * ring));
      pa_brush_add(p, (pa_vec){x - s, y + .6f * s}, (pa_vec){x - s, y - s},
                   (pa_vec){x + s, y - s}, (pa_vec){x + s, y + .5f * s},
                   (pa_brush){.3f * width, width, .3f * width});
    }
}

void pa_draw_strands(pa_draw *draw, const pa_drawn_hair *hair, float top,
                     pa_color color, float width) {
  pa_picture *p = draw->picture;
  float half = draw->traits->face.outline[2], root = .7f * hair->parting;
  if (hair->shorn) return;
  size_t path = pa_picture_path(p);
  if (hair->curly) {
    add_curls(p, half, top, .8f * width);
    pa_picture_fill(p, path, color);
    return;
  }
  pa_brush brush = {.2f * width, width, .2f * width};
  for (int side = -1; side <= 1; side += 2) {
    add_over(p, root, half, top, (float)side, brush);
    if (hair->low > 50) add_beside(p, half, hair->low, (float)side, brush);
  }
  pa_picture_fill(p, path, color);
  pa_draw_locks(draw, &hair->front, (pa_vec){root, top + 10}, color, width);
}
