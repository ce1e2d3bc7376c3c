#include "avatar3d/paint.h"

#include <string.h>

#include "avatar3d/creep.h"
#include "avatar3d/features.h"
#include "avatar3d/look.h"
#include "avatar3d/strands.h"
#include "avatar3d/texels.h"
#include "base/mem.h"

/* What the photo shows at a texel, as it is kept until all is gathered. */
typedef struct shown {
  uint16_t owner;  /* 1 + the last triangle that asked; 0: none */
  uint16_t rgb[3]; /* 0..255, in steps of 1 / 256 */
  uint16_t sure;   /* 0..1, in steps of 1 / 65535 */
} shown;

typedef struct painter {
  const pa_mesh *mesh;
  const pa_brush *brush;
  const pa_features *features;
  pa_look look;
  bool flat;
  pa_rgb *color[2]; /* the spread colours of each point, one a material */
  pa_rgb *sum[2];   /* what the photo showed of each point, times `weight` */
  float *weight[2];
  shown *shown;  /* of each texel */
  uint8_t *done; /* texels that are painted */
  pa_atlas *atlas;
} painter;

/* ------------------------------------------------------------ triangles */

typedef void (*visit)(painter *p, const uint16_t *triangle, const pa_texel *t);

typedef struct painting {
  painter *painter;
  const uint16_t *triangle;
  visit call;
} painting;

static void visit_one(void *context, const pa_texel *t) {
  const painting *one = context;
  one->call(one->painter, one->triangle, t);
}

/* Triangles without an extent in the atlas share a patch of one colour. */
static void plain_patch(painter *p, const uint16_t *triangle, float x, float y,
                        visit call) {
  pa_texel t = {(unsigned)x, (unsigned)y, {1, 0, 0}};
  if (p->done[(size_t)t.y * p->atlas->size + t.x]) return;
  for (int j = -6; j <= 6; j++)
    for (int i = -6; i <= 6; i++) {
      t.x = (unsigned)pa_clamp(x + (float)i, 0, (float)p->atlas->size - 1);
      t.y = (unsigned)pa_clamp(y + (float)j, 0, (float)p->atlas->size - 1);
      call(p, triangle, &t);
    }
}

static void each_texel(painter *p, const uint16_t *triangle, visit call) {
  float size = (float)p->atlas->size, x[3], y[3];
  for (int k = 0; k < 3; k++) {
    x[k] = p->mesh->vertex[triangle[k]].uv[0] * size;
    y[k] = p->mesh->vertex[triangle[k]].uv[1] * size;
  }
  painting one = {p, triangle, call};
  if (!pa_texels_each(x, y, p->atlas->size, visit_one, &one))
    plain_patch(p, triangle, x[0], y[0], call);
}

static float between(const pa_texel *t, float a, float b, float c) {
  return t->share[0] * a + t->share[1] * b + t->share[2] * c;
}

#define MIX(field) between(t, a->field, b->field, c->field)

static pa_brush blend(const painter *p, const uint16_t *triangle,
                      const pa_texel *t) {
  const pa_brush *a = &p->brush[triangle[0]], *b = &p->brush[triangle[1]],
                 *c = &p->brush[triangle[2]];
  pa_brush m = *a;
  m.x = MIX(x), m.y = MIX(y), m.z = MIX(z);
  m.facing = MIX(facing), m.edge = MIX(edge);
  m.out_x = MIX(out_x), m.out_y = MIX(out_y);
  m.twin_x = MIX(twin_x), m.twin_y = MIX(twin_y);
  m.twin_facing = MIX(twin_facing);
  m.ahead = MIX(ahead), m.twin_ahead = MIX(twin_ahead);
  m.across = MIX(across), m.down = MIX(down);
  m.hidden = a->hidden || b->hidden || c->hidden;
  return m;
}

static bool same_materials(const painter *p, const uint16_t *triangle) {
  const pa_brush *a = &p->brush[triangle[0]];
  for (int k = 1; k < 3; k++) {
    const pa_brush *b = &p->brush[triangle[k]];
    if (a->material[0] != b->material[0] || a->material[1] != b->material[1])
      return false;
  }
  return true;
}

#define EDGE .0015f /* metres over which two materials mix */

/* The colour of what the photo does not show. */
static void unseen(const painter *p, const uint16_t *triangle,
                   const pa_texel *t, float edge, float rgb[3]) {
  bool same = same_materials(p, triangle);
  rgb[0] = rgb[1] = rgb[2] = 0;
  for (int k = 0; k < 3; k++) {
    const pa_brush *b = &p->brush[triangle[k]];
    float second = pa_smoothstep(-EDGE, EDGE, same ? edge : b->edge);
    const pa_rgb *c0 = &p->color[0][b->point], *c1 = &p->color[1][b->point];
    float w0 = t->share[k] * (1 - second), w1 = t->share[k] * second;
    rgb[0] += w0 * c0->r + w1 * c1->r;
    rgb[1] += w0 * c0->g + w1 * c1->g;
    rgb[2] += w0 * c0->b + w1 * c1->b;
  }
}

/* Where a triangle's corners take from different sources, each has its share:
 * a border between them is no row of teeth. */
static float look_mixed(const painter *p, const uint16_t *triangle,
                        const pa_texel *t, pa_brush *b, float rgb[3]) {
  rgb[0] = rgb[1] = rgb[2] = 0;
  const uint8_t s[3] = {p->brush[triangle[0]].source,
                        p->brush[triangle[1]].source,
                        p->brush[triangle[2]].source};
  *b = blend(p, triangle, t);
  if (p->flat) return 0;
  if (s[0] == s[1] && s[0] == s[2]) return pa_look_at(&p->look, b, rgb);
  float sum = 0, mixed[3] = {0, 0, 0};
  for (int k = 0; k < 3; k++) {
    float own[3], share = fmaxf(0, t->share[k]);
    const pa_brush *c = &p->brush[triangle[k]];
    pa_brush one = *b;
    one.source = s[k], one.part = c->part, one.plain = c->plain;
    memcpy(one.color, c->color, sizeof one.color);
    if (!same_materials(p, triangle)) one.edge = c->edge;
    float sure = share * pa_look_at(&p->look, &one, own);
    for (int i = 0; i < 3 && sure > 0; i++)
      mixed[i] += sure * own[i];
    sum += sure;
  }
  for (int c = 0; c < 3; c++)
    rgb[c] = sum > 0 ? mixed[c] / sum : 0;
  return sum;
}

/* Below the collar's plane a wide neckline shows skin, and above the waist
 * there is a bit of the trousers: what creeps round to the back must be the
 * garment itself. */
static float belongs(const pa_brush *b, int layer, const float rgb[3]) {
  bool collar = b->source == PA_SOURCE_SHOULDER || b->source == PA_SOURCE_NECK;
  bool trunk = pa_source_is_trunk((pa_source)b->source);
  if (!collar && !(trunk && b->plain)) return 1;
  return pa_smoothstep(.35f, .8f, pa_likeness(b->color[layer], rgb));
}

static uint16_t name_of(const painter *p, const uint16_t *triangle) {
  return (uint16_t)((triangle - p->mesh->triangle[0]) / 3 + 1);
}

static void keep(painter *p, const uint16_t *triangle, const pa_texel *t,
                 const float rgb[3], float sure) {
  shown *s = &p->shown[(size_t)t->y * p->atlas->size + t->x];
  s->owner = name_of(p, triangle);
  s->sure = (uint16_t)(pa_clamp(sure, 0, 1) * 65535 + .5f);
  for (int k = 0; k < 3; k++)
    s->rgb[k] = (uint16_t)(pa_clamp(rgb[k], 0, 255) * 256 + .5f);
}

/* What was gathered; false where another triangle has the texel, too, and asked
 * later. */
static bool recall(const painter *p, const uint16_t *triangle,
                   const pa_texel *t, float rgb[3], float *sure) {
  const shown *s = &p->shown[(size_t)t->y * p->atlas->size + t->x];
  if (s->owner != name_of(p, triangle)) return false;
  *sure = (float)s->sure / 65535;
  for (int k = 0; k < 3; k++)
    rgb[k] = (float)s->rgb[k] / 256;
  return true;
}

static void gather(painter *p, const uint16_t *triangle, const pa_texel *t) {
  pa_brush b;
  float rgb[3], sure = look_mixed(p, triangle, t, &b, rgb);
  keep(p, triangle, t, rgb, sure);
  if (sure > 0) sure *= pa_look_clean(&p->look, &b);
  for (int k = 0; k < 3 && sure > 0; k++) {
    const pa_brush *c = &p->brush[triangle[k]];
    int layer = (same_materials(p, triangle) ? b.edge : c->edge) > 0;
    float w = sure * fmaxf(0, t->share[k]) * belongs(c, layer, rgb);
    pa_rgb *sum = &p->sum[layer][c->point];
    sum->r += w * rgb[0];
    sum->g += w * rgb[1];
    sum->b += w * rgb[2];
    p->weight[layer][c->point] += w;
  }
}

/* Eyes, brows, nose and mouth over the colour of an unseen head. */
static void add_features(const painter *p, const uint16_t *triangle,
                         const pa_texel *t, float rgb[3]) {
  pa_source source = (pa_source)p->brush[triangle[0]].source;
  bool skin = source == PA_SOURCE_HEAD || source == PA_SOURCE_HAIRLINE;
  if (!p->features || (!skin && source != PA_SOURCE_EYE)) return;
  pa_vec place = {0, 0, 0};
  for (int k = 0; k < 3; k++)
    place = pa_add(place,
                   pa_mul(p->mesh->vertex[triangle[k]].position, t->share[k]));
  if (skin)
    pa_features_skin(p->features, place, rgb);
  else
    pa_features_eye(p->features, place, rgb);
}

static void put(painter *p, const uint16_t *triangle, const pa_texel *t) {
  size_t at = (size_t)t->y * p->atlas->size + t->x;
  float rgb[3], fall[3], sure;
  pa_brush b = blend(p, triangle, t);
  if (!recall(p, triangle, t, rgb, &sure))
    sure = look_mixed(p, triangle, t, &b, rgb);
  unseen(p, triangle, t, b.edge, fall);
  if (sure < 1) add_features(p, triangle, t, fall);
  float strands = b.cut == PA_CUT_HAIR && !p->flat ? pa_strands_at(&b) : 1;
  for (int k = 0; k < 3; k++)
    p->atlas->rgba[4 * at + k] = (uint8_t)pa_clamp(
        strands * (rgb[k] * sure + fall[k] * (1 - sure)) + .5f, 0, 255);
  float alpha = b.cut ? pa_strands_alpha(&p->look, &b) : 1;
  p->atlas->rgba[4 * at + 3] = (uint8_t)(255 * pa_clamp(alpha, 0, 1) + .5f);
  p->done[at] = 1;
}

/* A texel's neighbours; at the atlas's edges itself. */
typedef struct beside {
  size_t at[4];
} beside;

static beside beside_of(size_t size, size_t at) {
  size_t x = at % size;
  return (beside){{x ? at - 1 : at, x + 1 < size ? at + 1 : at,
                   at >= size ? at - size : at,
                   at + size < size * size ? at + size : at}};
}

/* Gives a bare texel the colour of a neighbour that had one before this round;
 * false where there is none. */
static bool take_colour(painter *p, size_t at, unsigned round) {
  beside from = beside_of(p->atlas->size, at);
  for (int k = 0; k < 4; k++)
    if (p->done[from.at[k]] && p->done[from.at[k]] <= round) {
      memcpy(p->atlas->rgba + 4 * at, p->atlas->rgba + 4 * from.at[k], 4);
      p->done[at] = (uint8_t)(round + 1);
      return true;
    }
  return false;
}

#define BLEED 8 /* texels */

/* Texels beside the charts take their neighbours' colour: what a smaller
 * version of the atlas mixes in. `rim`, room for all texels: those that got
 * theirs, round by round. */
static void bleed(painter *p, uint32_t *rim) {
  size_t size = p->atlas->size, begin = 0, end = 0;
  for (size_t at = 0; at < size * size; at++)
    if (!p->done[at] && take_colour(p, at, 1)) rim[end++] = (uint32_t)at;
  for (unsigned round = 2; round <= BLEED; round++)
    for (size_t last = end; begin < last; begin++) {
      beside next = beside_of(size, rim[begin]);
      for (int k = 0; k < 4; k++)
        if (!p->done[next.at[k]] && take_colour(p, next.at[k], round))
          rim[end++] = (uint32_t)next.at[k];
    }
}

/* ------------------------------------------------------------ all of it */

static bool allocate(painter *p) {
  unsigned n = p->mesh->vertices;
  size_t texels = (size_t)p->atlas->size * p->atlas->size;
  bool made = true;
  for (int k = 0; k < 2; k++) {
    p->color[k] = pa_mem_calloc(n, sizeof *p->color[k]);
    p->sum[k] = pa_mem_calloc(n, sizeof *p->sum[k]);
    p->weight[k] = pa_mem_calloc(n, sizeof *p->weight[k]);
    made = made && p->color[k] && p->sum[k] && p->weight[k];
  }
  p->done = pa_mem_calloc(texels, 1);
  p->shown = pa_mem_calloc(texels, sizeof *p->shown);
  p->atlas->rgba = pa_mem_calloc(texels, 4);
  for (size_t i = 0; p->atlas->rgba && i < texels; i++)
    p->atlas->rgba[4 * i + 3] = 255;
  return made && p->done && p->shown && p->atlas->rgba;
}

static pa_status paint(pa_error *err, painter *p, bool flat) {
  pa_status status = PA_OK;
  if (!flat)
    for (unsigned i = 0; i < p->mesh->triangles; i++)
      each_texel(p, p->mesh->triangle[i], gather);
  for (int layer = 0; status == PA_OK && layer < 2; layer++)
    status = pa_creep(err, p->mesh, p->brush, layer, p->sum[layer],
                      p->weight[layer], p->color[layer]);
  for (unsigned i = 0; status == PA_OK && i < p->mesh->triangles; i++)
    each_texel(p, p->mesh->triangle[i], put);
  if (status != PA_OK) return status;
  size_t texels = (size_t)p->atlas->size * p->atlas->size;
  uint32_t *rim = pa_mem_alloc(texels * sizeof *rim);
  if (!rim) return pa_error_memory(err, texels * sizeof *rim, "an atlas");
  bleed(p, rim);
  pa_mem_free(rim);
  return PA_OK;
}

pa_status pa_atlas_paint(pa_error *err, const pa_sight *sight,
                         const pa_mesh *mesh, const pa_brush *brush,
                         const pa_features *features, unsigned size, bool flat,
                         pa_atlas *atlas) {
  *atlas = (pa_atlas){.size = size};
  painter *p = pa_mem_calloc(1, sizeof *p);
  if (!p) return pa_error_memory(err, sizeof *p, "an atlas");
  p->mesh = mesh;
  p->brush = brush;
  p->features = features;
  p->atlas = atlas;
  pa_status status = allocate(p) ? PA_OK : pa_error_memory(err, 0, "an atlas");
  p->flat = flat;
  if (status == PA_OK) status = pa_look_open(err, sight, mesh, brush, &p->look);
  if (status == PA_OK) status = paint(err, p, flat);
  pa_look_close(&p->look);
  for (int k = 0; k < 2; k++) {
    pa_mem_free(p->color[k]);
    pa_mem_free(p->sum[k]);
    pa_mem_free(p->weight[k]);
  }
  pa_mem_free(p->shown);
  pa_mem_free(p->done);
  pa_mem_free(p);
  if (status != PA_OK) pa_atlas_destroy(atlas);
  return status;
}

void pa_atlas_destroy(pa_atlas *atlas) {
  pa_mem_free(atlas->rgba);
  memset(atlas, 0, sizeof *atlas);
}
