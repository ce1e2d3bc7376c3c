#include "avatar3d/coat.h"

#include <string.h>

#define COAT PA_BIT(PA_LABEL_COAT)
#define STEP PA_COAT_STEP
#define CELL .008f  /* metres between places of a row */
#define WIDEST .4f  /* metres from the middle */
#define PANEL 4     /* cells of a row that a half of a coat has at least */
#define GAPS 4      /* rows without it that end it */
#define SHORT .16f  /* metres below the hips: no coat */
#define LEGS .25f   /* of the rows that show legs between both halves */
#define CLOSED .02f /* metres to the side within which it is not open */
#define BACK .001f  /* metres a row by which they may */
#define LIKE .3f    /* its colour, of 1 */
#define ROUNDS 6    /* of neighbours' means over the edges */

/* What a row shows from the middle to one side. */
typedef struct half {
  unsigned coat;         /* cells */
  unsigned leg, dressed; /* of bare legs and trousers, before its inner edge */
  float inner;
} half;

/* Labels of plain coats run over into what is worn below them. */
static bool is_coat(const pa_sight *s, const pa_swatches *w, pa_vec at) {
  if (!pa_sight_is(s, COAT, at.x, at.y)) return false;
  const uint8_t *c =
      s->image->rgba + 4 * ((size_t)at.y * s->width + (size_t)at.x);
  const float rgb[3] = {c[0], c[1], c[2]};
  return !w->plain_top || pa_likeness(w->top, rgb) > LIKE;
}

static half half_at(const pa_sight *s, const pa_swatches *w,
                    const pa_skirt_axis *a, float y, int side) {
  half h = {0, 0, 0, 0};
  unsigned legs = 0, dressed = 0;
  for (int i = 0; .004f + CELL * (float)i < WIDEST; i++) {
    float x = .004f + CELL * (float)i;
    pa_vec at = pa_skirt_map(a, pa_v(side ? -x : x, y, 0));
    bool coat = is_coat(s, w, at);
    legs += pa_sight_is(s, PA_SET_LEGS | PA_BIT(PA_LABEL_SOCKS), at.x, at.y);
    dressed += pa_sight_is(s, PA_SET_BOTTOM, at.x, at.y);
    if (coat && h.coat == 0)
      h.inner = x - .004f, h.leg = legs, h.dressed = dressed;
    h.coat += coat;
  }
  return h;
}

/* Its edges lead down and outwards without a step. */
static void smooth(pa_coat *c, int rows) {
  for (int side = 0; side < 2; side++)
    for (int round = 0; round < ROUNDS; round++) {
      float before = c->inner[0][side];
      for (int r = 1; r + 1 < rows; r++) {
        float own = c->inner[r][side];
        c->inner[r][side] = (before + 2 * own + c->inner[r + 1][side]) / 4;
        before = own;
      }
    }
}

bool pa_coat_find(const pa_sight *s, const pa_swatches *w,
                  const pa_skirt_axis *a, pa_coat *c) {
  int rows = 0, split = 0, gap = 0, last = 0;
  memset(c, 0, sizeof *c);
  c->bare = -1;
  for (int r = 0; r < PA_COAT_ROWS && gap < GAPS; r++) {
    float y = a->top - STEP * (float)(r + 1);
    half h[2] = {half_at(s, w, a, y, 0), half_at(s, w, a, y, 1)};
    bool both = h[0].coat >= PANEL && h[1].coat >= PANEL;
    rows = r + 1;
    gap = both ? 0 : gap + 1;
    if (both) last = r;
    bool bare = both && h[0].leg + h[1].leg > 2;
    split += bare || (both && h[0].dressed + h[1].dressed > 2);
    if (bare && c->bare < 0) c->bare = y;
    for (int side = 0; side < 2; side++) {
      float inner = both && h[side].inner > CLOSED ? h[side].inner : 0;
      /* edges that part do not come together again */
      if (r > 0) inner = fmaxf(inner, c->inner[r - 1][side] - BACK);
      c->inner[r][side] = inner;
    }
  }
  c->hem = a->top - STEP * (float)(last + 1);
  smooth(c, rows);
  for (int r = rows; r < PA_COAT_ROWS; r++)
    memcpy(c->inner[r], c->inner[rows - 1], sizeof c->inner[r]);
  return a->top - c->hem > SHORT && (float)split > LEGS * (float)(last + 1);
}

float pa_coat_inner(const pa_coat *c, const pa_skirt_axis *a, float y,
                    int side) {
  float t = pa_clamp((a->top - y) / STEP - 1, 0, PA_COAT_ROWS - 1.001f);
  int r = (int)t;
  float next = c->inner[r + 1][side] - c->inner[r][side];
  return c->inner[r][side] + (t - (float)r) * next;
}
