#include "avatar3d/tread.h"

#include <string.h>

#define GRID 56     /* cells across a foot's surroundings; at most 64 */
#define REACH .21f  /* metres from the ankle to the sides of them */
#define ABOVE .10f  /* and to their upper edge */
#define SHAFT .03f  /* above the ankle: of a boot there is no foot */
#define FEW 60      /* cells of a shoe that tell nothing */
#define HEADING 100 /* degrees to either side of the camera */
#define STEEPEST 70 /* degrees that the floor is seen from above */
#define STEP 20     /* degrees between turns that are tried first */
#define LIKELY 16   /* degrees that the floor is most often seen from above */
#define MOST 2048   /* triangles of a foot */
#define WANTED .03f /* by how much of the agreement a turn must be better */
#define MOVED 3     /* cells that the ankle may be off */
/* What the agreement loses for each square of a radian off the landmark's
 * heading and LIKELY, and of a cell that the ankle is moved. */
#define TURNED .03f
#define STEEP .05f
#define FAR .008f

/* The photo around an ankle, a bit a cell: where the shoe or its bare instep
 * is, and where nothing of the person is. What hides a shoe or is called
 * otherwise by mistake says nothing. And the foot that would be seen there. */
typedef struct ground {
  const pa_figure *figure;
  unsigned count; /* the foot's triangles */
  uint16_t triangle[MOST];
  pa_vec ankle;
  float toes; /* heading of the landmark, degrees */
  uint64_t shoe[GRID], nothing[GRID];
  unsigned size; /* cells of the shoe */
} ground;

/* How a foot stands: it heads `heading` degrees from the camera to the photo's
 * right, on a floor that is seen from `above`; its ankle lies x cells to the
 * right of the landmark, y below it. */
typedef struct stand {
  float heading, above;
  int x, y;
  float score;
} stand;

static float radians(float degrees) {
  return degrees * PA_PI / 180;
}

static pa_mat turn_of(const stand *t) {
  float s = sinf(radians(t->heading)), c = cosf(radians(t->heading));
  float up = sinf(radians(t->above)), along = cosf(radians(t->above));
  const pa_mat columns = {pa_v(c, up * s, -along * s), pa_v(0, along, up),
                          pa_v(s, -up * c, along * c)};
  return pa_transpose(&columns);
}

/* False where the shoe is not seen. */
static bool look(const pa_sight *s, int side, float scale, ground *g) {
  const pa_keypoint *at = &s->person.keypoints[PA_KP_LEFT_ANKLE + side];
  const unsigned skin = PA_BIT(PA_LABEL_LEG_L + side);
  float step = 2 * REACH * scale / GRID;
  unsigned shod = 0;
  for (int j = 0; j < GRID; j++)
    for (int i = 0; i < GRID; i++) {
      float x = at->x + step * ((float)i + .5f - GRID / 2.f);
      float y = at->y + step * ((float)j + .5f) - ABOVE * scale;
      if (y < at->y - SHAFT * scale || !pa_sight_inside(s, x, y)) continue;
      bool shoe = pa_sight_shoe(s, side, x, y);
      /* the skin of insteps, too */
      bool bare = y > at->y && pa_sight_is(s, skin, x, y);
      bool nobody = pa_sight_label(s, x, y) == 0;
      g->shoe[j] |= (uint64_t)(shoe || bare) << i;
      g->nothing[j] |= (uint64_t)nobody << i;
      g->size += shoe || bare;
      shod += shoe;
    }
  return shod >= FEW;
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

/* Sets the bits of a triangle's cells. */
static void draw(const pa_vec p[3], uint64_t seen[GRID]) {
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
      if (b >= -.02f && c >= -.02f && b + c <= 1.02f)
        seen[j] |= (uint64_t)1 << i;
    }
}

static void draw_foot(const ground *g, const pa_mat *turn,
                      uint64_t seen[GRID]) {
  const pa_body *body = g->figure->body;
  const float k = GRID / (2 * REACH);
  memset(seen, 0, GRID * sizeof *seen);
  for (unsigned i = 0; i < g->count; i++) {
    pa_vec p[3];
    for (int c = 0; c < 3; c++) {
      unsigned point = body->corner[body->triangle[g->triangle[i]][c]].point;
      pa_vec q = pa_apply(turn, pa_sub(g->figure->point[point], g->ankle));
      p[c] = pa_v(GRID / 2.f + k * q.x, k * (ABOVE - q.y), 0);
    }
    draw(p, seen);
  }
}

static unsigned bits(uint64_t v) {
  return (unsigned)__builtin_popcountll(v);
}

/* The share of shoe and foot that agrees, 0..1, with the foot moved by x and y
 * cells. */
static float agreement(const ground *g, const uint64_t seen[GRID], int x,
                       int y) {
  unsigned both = 0, beside = 0;
  for (int j = 0; j < GRID; j++) {
    if (j - y < 0 || j - y >= GRID) continue;
    uint64_t row = x < 0 ? seen[j - y] >> -x : seen[j - y] << x;
    both += bits(row & g->shoe[j]);
    beside += bits(row & g->nothing[j]);
  }
  return (float)both / (float)(g->size + beside);
}

/* Far from the landmarks, and on a steep floor, it must agree better. Where the
 * ankle fits best is tried out. */
static void settle(const ground *g, stand *t) {
  const pa_mat turn = turn_of(t);
  uint64_t seen[GRID];
  draw_foot(g, &turn, seen);
  float off = radians(t->heading - g->toes), steep = radians(t->above - LIKELY);
  t->score = -9;
  for (int y = -MOVED; y <= MOVED; y++)
    for (int x = -MOVED; x <= MOVED; x++) {
      float s = agreement(g, seen, x, y) - TURNED * fminf(off * off, 1) -
                STEEP * steep * steep - FAR * (float)(x * x + y * y);
      if (s > t->score) t->score = s, t->x = x, t->y = y;
    }
}

/* The best of nine turns `step` degrees apart about *best, which it becomes. */
static void improve(const ground *g, float step, stand *best) {
  const stand about = *best;
  for (int i = -1; i <= 1; i++)
    for (int j = -1; j <= 1; j++) {
      if (i == 0 && j == 0) continue;
      stand t = about;
      t.heading += step * (float)i;
      t.above = pa_clamp(about.above + step * (float)j, 0, STEEPEST);
      settle(g, &t);
      if (t.score > best->score) *best = t;
    }
}

bool pa_tread_find(const pa_figure *f, const pa_sight *s, int side, float scale,
                   pa_vec toes, const pa_mat *other, pa_tread *tread) {
  ground g = {.figure = f,
              .ankle = f->head[f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)]],
              .toes = atan2f(toes.x, fmaxf(toes.z, 0)) * 180 / PA_PI};
  if (!s->labels || !(scale * REACH > 4)) return false;
  find_triangles(f->body, PA_REGION_FOOT_L + (unsigned)side, &g);
  if (!look(s, side, scale, &g)) return false;
  stand best = {.score = -9};
  for (int h = -HEADING; h <= HEADING; h += STEP)
    for (int a = 0; a <= STEEPEST; a += STEP) {
      stand t = {.heading = (float)h, .above = (float)a};
      settle(&g, &t);
      if (t.score > best.score) best = t;
    }
  for (int step = STEP / 2; step > 3; step /= 2)
    improve(&g, (float)step, &best);
  uint64_t now[GRID], seen[GRID];
  draw_foot(&g, other, now);
  tread->turn = turn_of(&best);
  draw_foot(&g, &tread->turn, seen);
  float cell = 2 * REACH / GRID * scale;
  tread->x = cell * (float)best.x, tread->y = cell * (float)best.y;
  tread->above = best.above;
  return agreement(&g, seen, best.x, best.y) >
         agreement(&g, now, 0, 0) + WANTED;
}
