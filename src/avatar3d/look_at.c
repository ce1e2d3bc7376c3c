/* A place of the surface as an opened look shows it. */
#include "avatar3d/look.h"

/* Surfaces that turn away from the camera, and how far round what the front
 * shows goes on: cloth round a limb has one pattern, a chest's print is not on
 * the back. */
static float round_of(const pa_brush *b) {
  switch ((pa_source)b->source) {
  case PA_SOURCE_ARM_L:
  case PA_SOURCE_ARM_R:
  case PA_SOURCE_BARE_ARM_L:
  case PA_SOURCE_BARE_ARM_R:
  case PA_SOURCE_LEG_L:
  case PA_SOURCE_LEG_R:
  case PA_SOURCE_BARE_LEG_L:
  case PA_SOURCE_BARE_LEG_R:
  case PA_SOURCE_SKIRT:
  case PA_SOURCE_COAT:
    return 1;
  case PA_SOURCE_TORSO:
  case PA_SOURCE_DRESSED:
  case PA_SOURCE_SHIRT:
  case PA_SOURCE_SEAT:
    /* The seat of patterned trousers is as their legs are. */
    if (b->pattern) return 1;
    return pa_smoothstep(-.3f, .05f, b->facing);
  default:
    return 0;
  }
}

#define TURN .42f /* of facing: where the pattern turns back */

/* Where a place that is turned away by more than TURN takes the pattern from:
 * as far from the turn as it is along the surface, mirrored. */
static void turn_back(const pa_brush *b, float *x, float *y) {
  const float edge = sqrtf(1 - TURN * TURN);
  float across = sqrtf(fmaxf(1e-4f, 1 - b->facing * b->facing));
  float angle = acosf(pa_clamp(b->facing, -1, 1)) - acosf(TURN);
  float want = edge - angle;
  if (want < -edge) want = -2 * edge - want;
  float back = (across - want) / across;
  *x = b->x - back * b->out_x, *y = b->y - back * b->out_y;
}

/* What may colour a place, each with how surely it is that. */
enum { AHEAD, BACK, TWIN, ROUND, WAYS };
typedef struct ways {
  float seen[WAYS], color[WAYS][3];
  float ahead; /* how much the place faces the camera, 0..1 */
} ways;

/* What the head's own place says where it is. */
static bool is_on_head(pa_source source) {
  return source <= PA_SOURCE_HAIRLINE || source == PA_SOURCE_NECK ||
         source == PA_SOURCE_HAIR || source == PA_SOURCE_HAT ||
         (source >= PA_SOURCE_EYE && source <= PA_SOURCE_FRAME);
}

static bool is_face(pa_source source) {
  return source == PA_SOURCE_HEAD || source == PA_SOURCE_EYE ||
         source == PA_SOURCE_HAIRLINE;
}

/* Where head and neck turn away, what is beside them mixes in, a bright wall or
 * dark hair: how much a colour is that, 0..1. What a beard there has creeps
 * from where the head faces the camera. */
static float strange(const pa_brush *b, float facing, const float rgb[3]) {
  bool neck = b->source == PA_SOURCE_NECK && b->edge < 0; /* no collar */
  if (b->source != PA_SOURCE_HEAD && !neck) return 0;
  float brighter = pa_smoothstep(22, 55, rgb[1] - b->color[0].g);
  float unlike = 1 - pa_likeness(b->color[0], rgb);
  return (1 - pa_smoothstep(.3f, .6f, facing)) * fmaxf(brighter, unlike);
}

#define LIGHTER .6f

/* The jaw's and the hair's shadow on a neck would stay where the light is
 * another: the darker skin is, the more it is as most skin is. Returns how much
 * it is skin at all, 0..1. */
static float lighten_neck(const pa_look *p, const pa_brush *b, float rgb[3]) {
  if (b->source != PA_SOURCE_NECK && b->source != PA_SOURCE_SHOULDER) return 1;
  if (pa_sight_is(p->sight, PA_SET_TOP, b->x, b->y)) return 1;
  const float own[3] = {p->skin.r, p->skin.g, p->skin.b};
  float dark = rgb[1] / fmaxf(p->skin.g, 1);
  float like = pa_smoothstep(.2f, .6f, pa_likeness(p->skin, rgb));
  float k = LIGHTER * like * (1 - pa_smoothstep(.45f, .92f, dark));
  for (int i = 0; i < 3; i++)
    rgb[i] += k * (.95f * own[i] - rgb[i]);
  bool neck = b->source == PA_SOURCE_NECK ||
              pa_sight_is(p->sight, PA_SET_NECK, b->x, b->y);
  return neck ? like : 1;
}

#define FADE .3f /* of the distance from the photo's edge */

/* What has a pattern of light and dark, whose mean would be a grey bar. */
static bool has_pattern(const pa_look *p, const pa_brush *b) {
  return p->pattern && (b->pattern || b->source == PA_SOURCE_SKIRT ||
                        b->source == PA_SOURCE_SEAT);
}

/* What the front shows at a place: clean, where that was asked for. */
static void show(const pa_look *p, const pa_brush *b, bool clean, float x,
                 float y, float rgb[3], float *away) {
  const pa_spread *front = &p->front[b->source];
  if (has_pattern(p, b))
    pa_spread_mirrored(front, x, y, rgb, away);
  else if (clean)
    pa_spread_clean(front, x, y, rgb, away);
  else
    pa_spread_sharp(front, x, y, rgb, away);
}

/* Where the photo ends across a leg what it shows last goes on for a while: an
 * edge there would be seen all round. So do patterns. */
static float distance_of(const pa_look *p, const pa_brush *b, float x, float y,
                         float away) {
  bool leg = b->part == PA_PART_LEG_L || b->part == PA_PART_LEG_R;
  bool ends = leg && !pa_sight_inside(p->sight, x, y);
  return ends || has_pattern(p, b) ? FADE * away : away;
}

static float reach_of(const pa_look *p, const pa_brush *b) {
  return is_face((pa_source)b->source) ? p->reach_on_face : p->reach;
}

static void look_ahead(const pa_look *p, const pa_brush *b, ways *w) {
  const pa_spread *front = &p->front[b->source];
  if (!(w->ahead > 0) || !front->nearest) return;
  float away = 0;
  show(p, b, false, b->x, b->y, w->color[AHEAD], &away);
  away = distance_of(p, b, b->x, b->y, away);
  float reach = reach_of(p, b);
  float near = 1 - pa_smoothstep(.5f * reach, reach, away);
  /* Single strands at its rim are no colour for much of it; where the photo
   * ends it goes on. */
  if (b->source == PA_SOURCE_HAIR) {
    bool within = pa_sight_inside(p->sight, b->x, b->y);
    near = 1 - pa_smoothstep(0, (within ? .2f : 2.f) * p->reach, away);
  }
  near *= 1 - strange(b, b->facing, w->color[AHEAD]);
  /* Of who leans forward, or is photographed from near, the chin is seen there.
   */
  if (b->source == PA_SOURCE_SHOULDER &&
      pa_sight_is(p->sight, PA_SET_FACE, b->x, b->y))
    near = 0;
  near *= lighten_neck(p, b, w->color[AHEAD]);
  if (b->source == PA_SOURCE_NECK && p->portrait)
    near *= pa_smoothstep(.4f, .8f, pa_likeness(p->skin, w->color[AHEAD]));
  w->seen[AHEAD] = w->ahead * near;
}

#define COLLAR .002f /* metres over which skin and cloth mix there */

/* The hair's colour at a height of the photo; false where none is near. */
static bool hair_row(const pa_look *p, float y, float rgb[3]) {
  const pa_crop *c = &p->head;
  if (!p->rows) return false;
  float v = pa_clamp((y - c->y) * c->scale - .5f, 0, (float)c->height - 1.01f);
  size_t row = (size_t)v, next = row + (row + 1 < c->height);
  const float *a = p->rows + 3 * row, *b = p->rows + 3 * next;
  if (a[0] < 0 || b[0] < 0) return false;
  for (int k = 0; k < 3; k++)
    rgb[k] = a[k] + (v - (float)row) * (b[k] - a[k]);
  return true;
}

static void look_back(const pa_look *p, const pa_brush *b, ways *w) {
  const pa_spread *back = &p->back[b->source];
  float rest = b->source == PA_SOURCE_HAIR ? 1 - w->seen[AHEAD] : 1 - w->ahead;
  /* What is spread over shoulders is cloth: above the collar it is none. */
  if (b->source == PA_SOURCE_SHOULDER || b->source == PA_SOURCE_NECK)
    rest *= pa_smoothstep(-COLLAR, COLLAR, b->edge);
  if (!(rest > 0) || !back->nearest) return;
  float away = 0;
  if (b->source == PA_SOURCE_HAIR && hair_row(p, b->y, w->color[BACK])) {
    w->seen[BACK] = rest;
    return;
  }
  const pa_spread *front = &p->front[b->source];
  if (front->fill && !back->blurred) {
    /* Behind a coat's gap there is coat, however far it is to the next. */
    show(p, b, true, b->x, b->y, w->color[BACK], &away);
    if (pa_source_hangs((pa_source)b->source)) away = 0;
  } else {
    pa_spread_blurred(back, b->x, b->y, w->color[BACK], &away);
  }
  w->seen[BACK] = rest * (1 - pa_smoothstep(p->reach, 2 * p->reach, away));
}

static void look_twin(const pa_look *p, const pa_brush *b, ways *w) {
  const pa_spread *front = &p->front[b->source];
  float twin = (1 - w->ahead) * pa_smoothstep(.1f, .4f, b->twin_facing);
  if (!(twin > 0) || !front->nearest) return;
  float away = 0, *color = w->color[TWIN];
  pa_spread_sharp(front, b->twin_x, b->twin_y, color, &away);
  for (int k = 0; is_face((pa_source)b->source) && k < 3; k++)
    color[k] = fminf(255, color[k] * p->twin[k]);
  twin *= 1 - strange(b, b->twin_facing, color);
  float reach = reach_of(p, b);
  w->seen[TWIN] = twin * (1 - pa_smoothstep(.5f * reach, reach, away));
}

static void look_round(const pa_look *p, const pa_brush *b, float goes_on,
                       ways *w) {
  const pa_spread *front = &p->front[b->source];
  if (!(goes_on > 0) || !(w->ahead < 1) || !front->nearest) return;
  float x, y, away = 0;
  turn_back(b, &x, &y);
  float *color = w->color[ROUND];
  show(p, b, true, x, y, color, &away);
  away = distance_of(p, b, x, y, away);
  /* Behind, where both turns would meet in a whirl, it is the front's. */
  float behind = pa_smoothstep(.45f, .7f, -b->facing);
  if (behind > 0) {
    float rgb[3], off = 0;
    show(p, b, true, b->x, b->y, rgb, &off);
    for (int k = 0; k < 3; k++)
      color[k] += behind * (rgb[k] - color[k]);
    off = distance_of(p, b, b->x, b->y, off);
    away += behind * (off - away);
  }
  float near =
      goes_on * (1 - pa_smoothstep(.3f * p->reach, .8f * p->reach, away));
  w->seen[ROUND] = near * (1 - w->ahead);
  w->seen[BACK] *= 1 - near;
}

#define AMID .5f /* of the reach */
#define HIGH .1f /* metres above the hem, which may show what is beneath */

/* Whether a place is well within the top's labels: what is seen there, letters
 * on its chest, is on it. */
static bool is_amid_top(const pa_look *p, const pa_brush *b) {
  const float d = AMID * p->reach;
  return pa_sight_is(p->sight, PA_SET_TOP, b->x, b->y) &&
         pa_sight_is(p->sight, PA_SET_TOP, b->x - d, b->y) &&
         pa_sight_is(p->sight, PA_SET_TOP, b->x + d, b->y) &&
         pa_sight_is(p->sight, PA_SET_TOP, b->x, b->y - d) &&
         pa_sight_is(p->sight, PA_SET_TOP, b->x, b->y + d);
}

/* How well a colour suits a plain surface. Just above where the waist was
 * estimated it may be the lower garment's: that the photo tells. */
static float suits(const pa_look *p, const pa_brush *b, int way,
                   const float rgb[3]) {
  float own = pa_likeness(b->color[b->edge > 0], rgb);
  bool trunk = b->source == PA_SOURCE_TORSO || b->source == PA_SOURCE_DRESSED;
  bool chest = (trunk || b->source == PA_SOURCE_SHIRT) && b->edge < -HIGH;
  if (chest && way == AHEAD && is_amid_top(p, b)) return 1;
  if (!trunk || b->edge > 0 || (way != AHEAD && way != ROUND)) return own;
  float near = 1 - pa_smoothstep(.06f, .1f, -b->edge);
  return fmaxf(own, near * pa_likeness(b->color[1], rgb));
}

static float distance(pa_rgb a, const float rgb[3]) {
  return fabsf(a.r - rgb[0]) + fabsf(a.g - rgb[1]) + fabsf(a.b - rgb[2]);
}

/* Near the hem what looks like the other garment, or as bright as it in the
 * sun, would make its line ragged: how much a colour is that, 0..1. */
static float strays(const pa_look *p, const pa_brush *b, const float rgb[3]) {
  if (b->source != PA_SOURCE_SHIRT && b->source != PA_SOURCE_SEAT) return 0;
  if (!p->contrast) return 0;
  bool lower = b->source == PA_SOURCE_SEAT;
  float own = distance(lower ? p->bottom : p->top, rgb);
  float other = distance(lower ? p->top : p->bottom, rgb);
  float near = 1 - pa_smoothstep(.16f, .24f, fabsf(b->edge));
  return near * pa_smoothstep(-.1f, .15f, (own - other) / (own + other + 1));
}

/* The mean of all ways; its sureness. */
static float mix(const pa_look *p, const pa_brush *b, ways *w, float rgb[3]) {
  float sum = 0;
  rgb[0] = rgb[1] = rgb[2] = 0;
  for (int i = 0; i < WAYS; i++) {
    if (b->plain) w->seen[i] *= suits(p, b, i, w->color[i]);
    w->seen[i] *= 1 - strays(p, b, w->color[i]);
    sum += w->seen[i];
    for (int k = 0; k < 3; k++)
      rgb[k] += w->seen[i] * w->color[i][k];
  }
  for (int k = 0; k < 3 && sum > 0; k++)
    rgb[k] /= sum;
  return sum;
}

static float look_at(const pa_look *p, const pa_brush *b, float rgb[3]) {
  if (!p->sight || b->source >= PA_SOURCE_COUNT || b->hidden) return 0;
  pa_source source = (pa_source)b->source;
  if (is_face(source) && !pa_sight_inside(p->sight, b->x, b->y)) return 0;
  /* Scraps of collars and walls would lie on chests and arms by chance. */
  if (p->portrait && !is_on_head(source)) return 0;
  if (b->facing > 0 &&
      pa_cover_behind(pa_look_cover(p, b->source), b->part, b->x, b->y, b->z))
    return 0;
  float goes_on = round_of(b), facing = b->facing;
  /* Its surface is too bumpy for a smooth border. */
  if (source == PA_SOURCE_HAIR) facing = (b->facing + b->ahead) / 2;
  ways w = {.ahead = goes_on > 0 ? pa_smoothstep(TURN - .1f, TURN + .1f, facing)
                                 : pa_smoothstep(.02f, .30f, facing)};
  look_ahead(p, b, &w);
  look_back(p, b, &w);
  look_twin(p, b, &w);
  look_round(p, b, goes_on, &w);
  return mix(p, b, &w, rgb);
}

#define HEM .0015f /* metres over which top and bottom mix */

/* Top and bottom each show their own garment alone: their line is the
 * outfit's, whatever the photo has beside it. */
float pa_look_at(const pa_look *p, const pa_brush *b, float rgb[3]) {
  if (b->source != PA_SOURCE_SHIRT && b->source != PA_SOURCE_SEAT)
    return look_at(p, b, rgb);
  if (b->source == (b->edge > 0 ? PA_SOURCE_SEAT : PA_SOURCE_SHIRT) &&
      fabsf(b->edge) >= HEM)
    return look_at(p, b, rgb);
  float lower = pa_smoothstep(-HEM, HEM, b->edge), sum = 0;
  rgb[0] = rgb[1] = rgb[2] = 0;
  for (int side = 0; side < 2; side++) {
    float share = side ? lower : 1 - lower, own[3] = {0};
    if (!(share > 0)) continue;
    pa_brush one = *b;
    one.source = side ? PA_SOURCE_SEAT : PA_SOURCE_SHIRT;
    one.edge = side ? fmaxf(b->edge, 1e-6f) : fminf(b->edge, 0);
    share *= look_at(p, &one, own);
    for (int k = 0; k < 3 && share > 0; k++)
      rgb[k] += share * own[k];
    sum += share;
  }
  for (int k = 0; k < 3 && sum > 0; k++)
    rgb[k] /= sum;
  return sum;
}

#define FOUL .03f /* of its weight: where nothing else is known */

float pa_look_clean(const pa_look *p, const pa_brush *b) {
  if (b->source >= PA_SOURCE_COUNT || !p->front[b->source].fill) return 1;
  const pa_crop *c = &p->body;
  float u = (b->x - c->x) * c->scale, v = (b->y - c->y) * c->scale;
  if (!(u >= 0 && v >= 0 && u < (float)c->width && v < (float)c->height))
    return FOUL;
  return p->foul[(size_t)v * c->width + (size_t)u] ? FOUL : 1;
}

float pa_look_cut(const pa_look *p, const pa_brush *b, float x, float y) {
  const pa_crop *c = &p->head;
  float u = (x - c->x) * c->scale, v = (y - c->y) * c->scale;
  if (!pa_sight_inside(p->sight, x, y)) return -1;
  if (!(u >= 0 && v >= 0 && u < (float)c->width && v < (float)c->height))
    return b->whole ? 1 : 0;
  const float *mask = b->cut == PA_CUT_GLASSES ? p->glasses : p->hair;
  float all = pa_image_bilinear(mask, c->width, c->height, 1, 0, u, v);
  if (!b->whole) return all;
  return all + pa_image_bilinear(p->clear, c->width, c->height, 1, 0, u, v);
}
