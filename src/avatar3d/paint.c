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

/* A triangle that is being painted. */
typedef struct facet {
  painter *painter;
  uint16_t name;         /* 1 + its index */
  const uint16_t *point; /* its corners' vertices */
  const pa_brush *corner[3];
  bool same;      /* its corners are of the same materials */
  pa_brush brush; /* that of the texel in hand */
} facet;

typedef void (*visit)(facet *f, const pa_texel *t);

static float between(const pa_texel *t, float a, float b, float c) {
  return t->share[0] * a + t->share[1] * b + t->share[2] * c;
}

#define MIX(field) m->field = between(t, a->field, b->field, c->field)

static void blend(facet *f, const pa_texel *t) {
  const pa_brush *a = f->corner[0], *b = f->corner[1], *c = f->corner[2];
  pa_brush *m = &f->brush;
  MIX(x), MIX(y), MIX(z);
  MIX(facing), MIX(edge);
  MIX(out_x), MIX(out_y);
  MIX(twin_x), MIX(twin_y), MIX(twin_facing);
  MIX(ahead), MIX(twin_ahead);
  MIX(across), MIX(down), MIX(turn);
}

static bool same_materials(const pa_brush *const corner[3]) {
  for (int layer = 0; layer < 2; layer++)
    for (int k = 1; k < 3; k++)
      if (corner[0]->material[layer] != corner[k]->material[layer])
        return false;
  return true;
}

static facet facet_of(painter *p, unsigned index) {
  facet f = {.painter = p,
             .name = (uint16_t)(index + 1),
             .point = p->mesh->triangle[index]};
  bool hidden = false;
  for (int k = 0; k < 3; k++) {
    f.corner[k] = &p->brush[f.point[k]];
    hidden = hidden || f.corner[k]->hidden;
  }
  f.same = same_materials(f.corner);
  f.brush = *f.corner[0];
  f.brush.hidden = hidden;
  return f;
}

typedef struct painting {
  facet *facet;
  visit call;
} painting;

static void visit_one(void *context, const pa_texel *t) {
  const painting *one = context;
  blend(one->facet, t);
  one->call(one->facet, t);
}

/* Triangles without an extent in the atlas share a patch of one colour. */
static void plain_patch(painting *one, float x, float y) {
  const painter *p = one->facet->painter;
  float last = (float)p->atlas->size - 1;
  pa_texel t = {(unsigned)x, (unsigned)y, {1, 0, 0}};
  if (p->done[(size_t)t.y * p->atlas->size + t.x]) return;
  for (int j = -6; j <= 6; j++)
    for (int i = -6; i <= 6; i++) {
      t.x = (unsigned)pa_clamp(x + (float)i, 0, last);
      t.y = (unsigned)pa_clamp(y + (float)j, 0, last);
      visit_one(one, &t);
    }
}

static void each_texel(painter *p, visit call) {
  float size = (float)p->atlas->size, x[3], y[3];
  for (unsigned i = 0; i < p->mesh->triangles; i++) {
    facet f = facet_of(p, i);
    painting one = {&f, call};
    for (int k = 0; k < 3; k++) {
      x[k] = p->mesh->vertex[f.point[k]].uv[0] * size;
      y[k] = p->mesh->vertex[f.point[k]].uv[1] * size;
    }
    if (!pa_texels_each(x, y, p->atlas->size, visit_one, &one))
      plain_patch(&one, x[0], y[0]);
  }
}

#define EDGE .0015f /* metres over which two materials mix */

/* The colour of what the photo does not show. */
static void unseen(const facet *f, const pa_texel *t, float rgb[3]) {
  const painter *p = f->painter;
  rgb[0] = rgb[1] = rgb[2] = 0;
  for (int k = 0; k < 3; k++) {
    const pa_brush *b = f->corner[k];
    float edge = f->same ? f->brush.edge : b->edge;
    float second = pa_smoothstep(-EDGE, EDGE, edge);
    const pa_rgb *c0 = &p->color[0][b->point], *c1 = &p->color[1][b->point];
    float w0 = t->share[k] * (1 - second), w1 = t->share[k] * second;
    rgb[0] += w0 * c0->r + w1 * c1->r;
    rgb[1] += w0 * c0->g + w1 * c1->g;
    rgb[2] += w0 * c0->b + w1 * c1->b;
  }
}

/* Where a triangle's corners take from different sources, each has its share:
 * a border between them is no row of teeth. */
static float look_mixed(const facet *f, const pa_texel *t, float rgb[3]) {
  const pa_look *look = &f->painter->look;
  const pa_brush *const *c = f->corner;
  rgb[0] = rgb[1] = rgb[2] = 0;
  if (f->painter->flat) return 0;
  if (c[0]->source == c[1]->source && c[0]->source == c[2]->source)
    return pa_look_at(look, &f->brush, rgb);
  float sum = 0, mixed[3] = {0, 0, 0};
  for (int k = 0; k < 3; k++) {
    float own[3], share = pa_clamp(t->share[k], 0, 2);
    pa_brush one = f->brush;
    one.source = c[k]->source, one.part = c[k]->part, one.plain = c[k]->plain;
    memcpy(one.color, c[k]->color, sizeof one.color);
    if (!f->same) one.edge = c[k]->edge;
    float sure = share * pa_look_at(look, &one, own);
    for (int i = 0; i < 3 && sure > 0; i++)
      mixed[i] += sure * own[i];
    sum += sure;
  }
  for (int i = 0; i < 3; i++)
    rgb[i] = sum > 0 ? mixed[i] / sum : 0;
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

static size_t place_of(const facet *f, const pa_texel *t) {
  return (size_t)t->y * f->painter->atlas->size + t->x;
}

static void keep(const facet *f, const pa_texel *t, const float rgb[3],
                 float sure) {
  shown *s = &f->painter->shown[place_of(f, t)];
  s->owner = f->name;
  s->sure = (uint16_t)(pa_clamp(sure, 0, 1) * 65535 + .5f);
  for (int k = 0; k < 3; k++)
    s->rgb[k] = (uint16_t)(pa_clamp(rgb[k], 0, 255) * 256 + .5f);
}

/* What was gathered; false where another triangle has the texel, too, and asked
 * later. */
static bool recall(const facet *f, const pa_texel *t, float rgb[3],
                   float *sure) {
  const shown *s = &f->painter->shown[place_of(f, t)];
  if (s->owner != f->name) return false;
  *sure = (float)s->sure / 65535;
  for (int k = 0; k < 3; k++)
    rgb[k] = (float)s->rgb[k] / 256;
  return true;
}

static void gather(facet *f, const pa_texel *t) {
  painter *p = f->painter;
  float rgb[3], sure = look_mixed(f, t, rgb);
  keep(f, t, rgb, sure);
  if (sure > 0) sure *= pa_look_clean(&p->look, &f->brush);
  for (int k = 0; k < 3 && sure > 0; k++) {
    const pa_brush *c = f->corner[k];
    int layer = (f->same ? f->brush.edge : c->edge) > 0;
    float w = sure * pa_clamp(t->share[k], 0, 2) * belongs(c, layer, rgb);
    pa_rgb *sum = &p->sum[layer][c->point];
    sum->r += w * rgb[0];
    sum->g += w * rgb[1];
    sum->b += w * rgb[2];
    p->weight[layer][c->point] += w;
  }
}

/* Eyes, brows, nose and mouth over the colour of an unseen head. */
static void add_features(const facet *f, const pa_texel *t, float rgb[3]) {
  const painter *p = f->painter;
  pa_source source = (pa_source)f->brush.source;
  bool skin = source == PA_SOURCE_HEAD || source == PA_SOURCE_HAIRLINE;
  if (!p->features || (!skin && source != PA_SOURCE_EYE)) return;
  pa_vec place = {0, 0, 0};
  for (int k = 0; k < 3; k++)
    place = pa_add(place,
                   pa_mul(p->mesh->vertex[f->point[k]].position, t->share[k]));
  if (skin)
    pa_features_skin(p->features, place, rgb);
  else
    pa_features_eye(p->features, place, rgb);
}

static void put(facet *f, const pa_texel *t) {
  painter *p = f->painter;
  const pa_brush *b = &f->brush;
  uint8_t *texel = p->atlas->rgba + 4 * place_of(f, t);
  float rgb[3], fall[3], sure;
  if (!recall(f, t, rgb, &sure)) sure = look_mixed(f, t, rgb);
  unseen(f, t, fall);
  if (sure < 1) add_features(f, t, fall);
  float strands = b->cut == PA_CUT_HAIR && !p->flat ? pa_strands_at(b) : 1;
  for (int k = 0; k < 3; k++)
    texel[k] = (uint8_t)pa_clamp(
        strands * (rgb[k] * sure + fall[k] * (1 - sure)) + .5f, 0, 255);
  float alpha = b->cut ? pa_strands_alpha(&p->look, b) : 1;
  texel[3] = (uint8_t)(255 * pa_clamp(alpha, 0, 1) + .5f);
  p->done[place_of(f, t)] = 1;
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
  if (!flat) each_texel(p, gather);
  for (int layer = 0; status == PA_OK && layer < 2; layer++)
    status = pa_creep(err, p->mesh, p->brush, layer, p->sum[layer],
                      p->weight[layer], p->color[layer]);
  if (status == PA_OK) each_texel(p, put);
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
