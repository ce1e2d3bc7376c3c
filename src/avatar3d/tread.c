#include "avatar3d/tread.h"

#include <string.h>

#define GRID 56     /* cells across a foot's surroundings */
#define REACH .21f  /* metres from the ankle to the sides of them */
#define ABOVE .10f  /* and to their upper edge */
#define SHAFT .03f  /* above the ankle: of a boot there is no foot */
#define FEW 60      /* cells of a shoe that tell nothing */
#define HEADING 100 /* degrees to either side of the camera */
#define STEEPEST 70 /* degrees that the floor is seen from above */
#define STEP 20     /* degrees between turns that are tried first */
#define LIKELY 16   /* degrees that the floor is most often seen from above */
#define MOST 2048   /* triangles of a foot */
#define WANTED .03f /* by how much of the score a turn must be better */

enum { NOTHING, SHOE, COVERED };

/* The photo around an ankle, and the foot as it would be seen there. */
typedef struct ground {
  const pa_figure *figure;
  unsigned count; /* the foot's triangles */
  uint16_t triangle[MOST];
  pa_vec ankle;
  float toes; /* heading of the landmark, degrees */
  uint8_t cell[GRID][GRID];
  unsigned shoe; /* cells of it */
} ground;

static float radians(float degrees) {
  return degrees * PA_PI / 180;
}

/* Of a foot that heads `heading` from the camera to the photo's right, on a
 * floor that is seen from `above`. */
static pa_mat standing(float heading, float above) {
  float s = sinf(radians(heading)), c = cosf(radians(heading));
  float up = sinf(radians(above)), along = cosf(radians(above));
  const pa_mat columns = {pa_v(c, up * s, -along * s), pa_v(0, along, up),
                          pa_v(s, -up * c, along * c)};
  return pa_transpose(&columns);
}

/* What hides a shoe or is called otherwise by mistake says nothing. */
static uint8_t cell_of(const pa_sight *s, int side, float x, float y) {
  if (!pa_sight_inside(s, x, y)) return COVERED;
  unsigned label = pa_sight_label(s, x, y);
  if (label == PA_LABEL_SHOE_L + (unsigned)side) return SHOE;
  return label ? COVERED : NOTHING;
}

static void look(const pa_sight *s, int side, float scale, ground *g) {
  const pa_keypoint *at = &s->person.keypoints[PA_KP_LEFT_ANKLE + side];
  float step = 2 * REACH * scale / GRID;
  for (int j = 0; j < GRID; j++)
    for (int i = 0; i < GRID; i++) {
      float x = at->x + step * ((float)i + .5f - GRID / 2.f);
      float y = at->y + step * ((float)j + .5f) - ABOVE * scale;
      bool shaft = y < at->y - SHAFT * scale;
      g->cell[j][i] = shaft ? COVERED : cell_of(s, side, x, y);
      g->shoe += g->cell[j][i] == SHOE;
    }
}

static void find_triangles(const pa_body *body, unsigned region, ground *g) {
  for (unsigned i = 0; i < body->triangles && g->count < MOST; i++) {
    unsigned inside = 0;
    for (int c = 0; c < 3; c++)
      inside += body->point[body->corner[body->triangle[i][c]].point].region ==
                region;
    if (inside == 3) g->triangle[g->count++] = (uint16_t)i;
  }
}

static void draw(const pa_vec p[3], uint8_t seen[GRID][GRID]) {
  float area = (p[1].x - p[0].x) * (p[2].y - p[0].y) -
               (p[2].x - p[0].x) * (p[1].y - p[0].y);
  if (!(fabsf(area) > 1e-6f)) return;
  int x0 = (int)pa_clamp(fminf(p[0].x, fminf(p[1].x, p[2].x)), 0, GRID - 1);
  int y0 = (int)pa_clamp(fminf(p[0].y, fminf(p[1].y, p[2].y)), 0, GRID - 1);
  int x1 = (int)pa_clamp(fmaxf(p[0].x, fmaxf(p[1].x, p[2].x)), 0, GRID - 1);
  int y1 = (int)pa_clamp(fmaxf(p[0].y, fmaxf(p[1].y, p[2].y)), 0, GRID - 1);
  for (int j = y0; j <= y1; j++)
    for (int i = x0; i <= x1; i++) {
      float x = (float)i + .5f - p[0].x, y = (float)j + .5f - p[0].y;
      float b = (x * (p[2].y - p[0].y) - (p[2].x - p[0].x) * y) / area;
      float c = ((p[1].x - p[0].x) * y - x * (p[1].y - p[0].y)) / area;
      if (b >= -.02f && c >= -.02f && b + c <= 1.02f) seen[j][i] = 1;
    }
}

/* The share of shoe and foot that agrees, 0..1. */
static float agreement(const ground *g, const pa_mat *turn) {
  const pa_body *body = g->figure->body;
  uint8_t seen[GRID][GRID];
  memset(seen, 0, sizeof seen);
  const float k = GRID / (2 * REACH);
  for (unsigned i = 0; i < g->count; i++) {
    pa_vec p[3];
    for (int c = 0; c < 3; c++) {
      unsigned point = body->corner[body->triangle[g->triangle[i]][c]].point;
      pa_vec q = pa_apply(turn, pa_sub(g->figure->point[point], g->ankle));
      p[c] = pa_v(GRID / 2.f + k * q.x, k * (ABOVE - q.y), 0);
    }
    draw(p, seen);
  }
  unsigned both = 0, beside = 0;
  for (int j = 0; j < GRID; j++)
    for (int i = 0; i < GRID; i++) {
      both += seen[j][i] && g->cell[j][i] == SHOE;
      beside += seen[j][i] && g->cell[j][i] == NOTHING;
    }
  return (float)both / (float)(g->shoe + beside);
}

/* Far from the landmark, and on a steep floor, it must agree better. */
static float score(const ground *g, float heading, float above) {
  const pa_mat turn = standing(heading, above);
  float off = radians(heading - g->toes), steep = radians(above - LIKELY);
  return agreement(g, &turn) - .06f * off * off - .05f * steep * steep;
}

/* The best of nine turns `step` apart about (*heading, *above), which it
 * becomes. */
static float improve(const ground *g, float step, float best, float *heading,
                     float *above) {
  float h0 = *heading, a0 = *above;
  for (int i = -1; i <= 1; i++)
    for (int j = -1; j <= 1; j++) {
      if (i == 0 && j == 0) continue;
      float h = h0 + step * (float)i;
      float a = pa_clamp(a0 + step * (float)j, 0, STEEPEST);
      float s = score(g, h, a);
      if (s > best) best = s, *heading = h, *above = a;
    }
  return best;
}

bool pa_tread_find(const pa_figure *f, const pa_sight *s, int side, float scale,
                   pa_vec toes, const pa_mat *other, pa_mat *rotation) {
  ground g = {.figure = f,
              .ankle = f->head[f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)]],
              .toes = atan2f(toes.x, fmaxf(toes.z, 0)) * 180 / PA_PI};
  if (!s->labels || !(scale * REACH > 4)) return false;
  find_triangles(f->body, PA_REGION_FOOT_L + (unsigned)side, &g);
  look(s, side, scale, &g);
  if (g.shoe < FEW) return false;
  float best = -9, heading = 0, above = 0;
  for (int h = -HEADING; h <= HEADING; h += STEP)
    for (int a = 0; a <= STEEPEST; a += STEP) {
      float now = score(&g, (float)h, (float)a);
      if (now > best) best = now, heading = (float)h, above = (float)a;
    }
  for (int step = STEP / 2; step > 3; step /= 2)
    best = improve(&g, (float)step, best, &heading, &above);
  *rotation = standing(heading, above);
  return agreement(&g, rotation) > agreement(&g, other) + WANTED;
}
