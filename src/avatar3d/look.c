#include "avatar3d/look.h"

#include <string.h>

#include "avatar3d/clean.h"
#include "avatar3d/outfit.h"
#include "base/mem.h"

#define BODY_CROP 640
#define HEAD_CROP 512

#define CLOTH (PA_SET_TOP | PA_SET_BOTTOM)
#define LEG (CLOTH | PA_SET_LEGS | PA_SET_SHOES | PA_BIT(PA_LABEL_SOCKS))
#define BARE_LEG (PA_SET_LEGS | PA_SET_SHOES | PA_BIT(PA_LABEL_SOCKS))
#define FACE (PA_SET_FACE | PA_SET_NECK | PA_BIT(PA_LABEL_GLASSES))
#define HAIR (PA_BIT(PA_LABEL_HAIR) | PA_BIT(PA_LABEL_HAT))
#define ARM (PA_SET_TOP | PA_SET_ARMS)
/* Pumps and sandals leave insteps bare. */
#define SHOD (PA_SET_SHOES | PA_SET_LEGS | PA_BIT(PA_LABEL_SOCKS))

/* Sets of labels a kind of surface is painted from: seen from the front, and
 * spread over its back. */
static const struct {
  unsigned front, back;
  bool head; /* from the head's crop */
  pa_part part;
} sources[PA_SOURCE_COUNT] = {
    [PA_SOURCE_HEAD] = {FACE, 0, true, PA_PART_HEAD},
    [PA_SOURCE_HAIRLINE] = {FACE | HAIR, 0, true, PA_PART_HEAD},
    [PA_SOURCE_TORSO] = {CLOTH | PA_SET_NECK, CLOTH, false, PA_PART_TRUNK},
    [PA_SOURCE_DRESSED] = {CLOTH, CLOTH, false, PA_PART_TRUNK},
    [PA_SOURCE_SHIRT] = {PA_SET_TOP, PA_SET_TOP, false, PA_PART_TRUNK},
    [PA_SOURCE_SEAT] = {PA_SET_BOTTOM, PA_SET_BOTTOM, false, PA_PART_TRUNK},
    [PA_SOURCE_NECK] = {PA_SET_TOP | PA_SET_NECK, PA_SET_TOP, false,
                        PA_PART_NONE},
    [PA_SOURCE_SHOULDER] = {PA_SET_TOP | PA_SET_NECK | PA_SET_ARMS, PA_SET_TOP,
                            false, PA_PART_TRUNK},
    [PA_SOURCE_ARM_L] = {ARM | PA_SET_NECK, ARM, false, PA_PART_ARM_L},
    [PA_SOURCE_FOREARM_L] = {ARM, ARM, false, PA_PART_FOREARM_L},
    [PA_SOURCE_ARM_R] = {ARM | PA_SET_NECK, ARM, false, PA_PART_ARM_R},
    [PA_SOURCE_FOREARM_R] = {ARM, ARM, false, PA_PART_FOREARM_R},
    [PA_SOURCE_BARE_ARM_L] = {PA_SET_ARMS | PA_SET_NECK, PA_SET_ARMS, false,
                              PA_PART_ARM_L},
    [PA_SOURCE_BARE_FOREARM_L] = {PA_SET_ARMS, PA_SET_ARMS, false,
                                  PA_PART_FOREARM_L},
    [PA_SOURCE_BARE_ARM_R] = {PA_SET_ARMS | PA_SET_NECK, PA_SET_ARMS, false,
                              PA_PART_ARM_R},
    [PA_SOURCE_BARE_FOREARM_R] = {PA_SET_ARMS, PA_SET_ARMS, false,
                                  PA_PART_FOREARM_R},
    [PA_SOURCE_BARE_LEG_L] = {BARE_LEG, BARE_LEG, false, PA_PART_LEG_L},
    [PA_SOURCE_BARE_LEG_R] = {BARE_LEG, BARE_LEG, false, PA_PART_LEG_R},
    [PA_SOURCE_LEG_L] = {LEG, LEG, false, PA_PART_LEG_L},
    [PA_SOURCE_LEG_R] = {LEG, LEG, false, PA_PART_LEG_R},
    /* Laces and tongues are not on the heel. */
    [PA_SOURCE_FOOT_L] = {SHOD, 0, false, PA_PART_LEG_L},
    [PA_SOURCE_FOOT_R] = {SHOD, 0, false, PA_PART_LEG_R},
    [PA_SOURCE_HAIR] = {HAIR, HAIR, true, PA_PART_NONE},
    [PA_SOURCE_EYE] = {PA_SET_FACE | PA_BIT(PA_LABEL_GLASSES), 0, true,
                       PA_PART_HEAD},
    [PA_SOURCE_GLASSES] = {PA_BIT(PA_LABEL_GLASSES), 0, true, PA_PART_NONE},
    [PA_SOURCE_FRAME] = {0, 0, true, PA_PART_NONE},
    [PA_SOURCE_BAG] = {PA_BIT(PA_LABEL_BAG), PA_BIT(PA_LABEL_BAG), false,
                       PA_PART_NONE},
    [PA_SOURCE_HAT] = {PA_BIT(PA_LABEL_HAT), PA_BIT(PA_LABEL_HAT), true,
                       PA_PART_NONE},
    [PA_SOURCE_SKIRT] = {CLOTH, CLOTH, false, PA_PART_NONE},
    [PA_SOURCE_COAT] = {PA_BIT(PA_LABEL_COAT), PA_BIT(PA_LABEL_COAT), false,
                        PA_PART_NONE},
};

/* The head as its points lie in the photo. */
static void head_box(const pa_mesh *mesh, const pa_brush *brush, float box[4]) {
  box[0] = box[1] = 1e9f, box[2] = box[3] = -1e9f;
  for (unsigned i = 0; i < mesh->vertices; i++) {
    const pa_brush *b = &brush[i];
    if (b->source != PA_SOURCE_HEAD && b->source != PA_SOURCE_HAIR) continue;
    box[0] = fminf(box[0], b->x), box[1] = fminf(box[1], b->y);
    box[2] = fmaxf(box[2], b->x), box[3] = fmaxf(box[3], b->y);
  }
}

#define FACE_REACH .05f /* of the head's height */

/* On a face a nearest pixel tells less: of who is seen whole, what is near
 * beside a trunk is a third of the face. */
static float face_reach(const pa_mesh *mesh, const pa_brush *brush) {
  float top = 1e9f, low = -1e9f;
  for (unsigned i = 0; i < mesh->vertices; i++)
    if (brush[i].source == PA_SOURCE_HEAD ||
        brush[i].source == PA_SOURCE_HAIRLINE)
      top = fminf(top, brush[i].y), low = fmaxf(low, brush[i].y);
  return FACE_REACH * fmaxf(low - top, 0);
}

static pa_status open_crops(pa_error *err, const pa_sight *s,
                            const pa_mesh *mesh, const pa_brush *brush,
                            pa_look *p) {
  const pa_person *person = &s->person;
  float box[4] = {person->x, person->y, person->x + person->width,
                  person->y + person->height};
  float top[4];
  head_box(mesh, brush, top);
  p->reach = .035f * fmaxf(person->width, person->height);
  pa_status status = pa_crop_create(err, s, box, BODY_CROP, &p->body);
  if (status == PA_OK)
    status = pa_crop_create(err, s, top, HEAD_CROP, &p->head);
  p->reach_on_face = fminf(p->reach, face_reach(mesh, brush));
  if (status == PA_OK)
    status = pa_cover_create(err, &p->body, mesh, brush, &p->body_cover);
  if (status == PA_OK)
    status = pa_cover_create(err, &p->head, mesh, brush, &p->head_cover);
  if (status != PA_OK) return status;
  size_t body = (size_t)p->body.width * p->body.height;
  size_t head = (size_t)p->head.width * p->head.height;
  p->hidden = pa_mem_alloc(body > head ? body : head);
  p->foul = pa_mem_alloc(body);
  if (!p->hidden || !p->foul) return pa_error_memory(err, body, "a view");
  return pa_clean_mark(err, &p->body, p->foul);
}

const pa_cover *pa_look_cover(const pa_look *p, int source) {
  return sources[source].head ? &p->head_cover : &p->body_cover;
}

static void hide(int i, pa_look *p) {
  if (pa_source_hangs((pa_source)i))
    pa_cover_hide_forearms(pa_look_cover(p, i), p->hidden);
  else
    pa_cover_hide(pa_look_cover(p, i), sources[i].part, p->hidden);
}

static bool is_top(const pa_look *p, size_t pixel) {
  const float *c = p->body.rgb + 3 * pixel;
  float dark = fabsf(c[1] - p->top.g);
  return dark < 45 && pa_likeness(p->top, c) > .5f;
}

/* A print, a shirt under an open jacket, a tie: what is not as most of the top
 * is, is not on its back. Of tops of many colours all is. */
static void hide_prints(unsigned set, pa_look *p) {
  const pa_crop *c = &p->body;
  size_t pixels = (size_t)c->width * c->height, all = 0, like = 0;
  for (size_t k = 0; k < pixels; k++) {
    if (p->hidden[k] || !((set & PA_SET_TOP) >> c->label[k] & 1)) continue;
    all++;
    like += is_top(p, k);
  }
  if (like * 2 < all) return;
  for (size_t k = 0; k < pixels; k++)
    if (PA_SET_TOP >> c->label[k] & 1 && !is_top(p, k)) p->hidden[k] = 1;
}

/* The frames of clear glasses are geometry: what is called glasses and looks
 * unlike the skin is not painted on the face, too. */
static void hide_frames(pa_look *p) {
  const pa_crop *c = &p->head;
  size_t pixels = (size_t)c->width * c->height;
  for (size_t k = 0; k < pixels; k++)
    if (c->label[k] == PA_LABEL_GLASSES &&
        (c->rgb[3 * k + 1] < .8f * p->skin.g ||
         pa_likeness(p->skin, c->rgb + 3 * k) < .6f))
      p->hidden[k] = 1;
}

/* Sleeves and hems that hang over trousers are not of them. */
static bool are_trousers_told(const pa_sight *s) {
  unsigned pants = pa_sight_pixels(s, PA_BIT(PA_LABEL_PANTS));
  return pants * 4 > pa_sight_pixels(s, PA_BIT(PA_LABEL_UPPER));
}

/* Of who is seen to the chin or the neck alone. */
static bool is_portrait(const pa_sight *s) {
  return fmaxf(s->trust[PA_KP_LEFT_SHOULDER],
               s->trust[PA_KP_LEFT_SHOULDER + 1]) < .3f;
}

/* Garments and limbs, whose backs are made of what is clean before. An arm in a
 * sleeve is both cloth and skin, which would fill each other's holes. */
static bool has_back(int source) {
  bool sleeved = source >= PA_SOURCE_ARM_L && source <= PA_SOURCE_FOREARM_R;
  return !sleeved && !sources[source].head && sources[source].back &&
         source != PA_SOURCE_BAG;
}

static void hide_foul(pa_look *p) {
  size_t pixels = (size_t)p->body.width * p->body.height;
  for (size_t k = 0; k < pixels; k++)
    p->hidden[k] |= p->foul[k];
}

/* The heights in the photo at which brushes of each source ask. */
typedef struct heights {
  float top[PA_SOURCE_COUNT + 1], bottom[PA_SOURCE_COUNT + 1];
} heights;

static void widen(heights *h, int source, float y) {
  h->top[source] = fminf(h->top[source], y);
  h->bottom[source] = fmaxf(h->bottom[source], y);
}

static void find_heights(const pa_mesh *mesh, const pa_brush *brush,
                         heights *h) {
  for (int i = 0; i <= PA_SOURCE_COUNT; i++)
    h->top[i] = INFINITY, h->bottom[i] = -INFINITY;
  for (unsigned i = 0; i < mesh->vertices; i++) {
    const pa_brush *b = &brush[i];
    widen(h, b->source, b->y);
    if (b->twin_facing > 0) widen(h, b->source, b->twin_y);
  }
  /* Each asks the other beyond the hem. */
  const int shirt = PA_SOURCE_SHIRT, seat = PA_SOURCE_SEAT;
  widen(h, shirt, h->top[seat]), widen(h, shirt, h->bottom[seat]);
  widen(h, seat, h->top[shirt]), widen(h, seat, h->bottom[shirt]);
}

#define STEP 32 /* rows, so that cells of pa_fill_holes stay where they are */

/* The rows of the body's crop that can tell a source anything; *first: the
 * first of them. */
static pa_crop rows_for(const pa_look *p, const heights *h, int i,
                        unsigned *first) {
  const pa_crop *c = &p->body;
  float last = (float)c->height - 1, far = 2 * p->reach;
  float top = (h->top[i] - far - c->y) * c->scale;
  float bottom = (h->bottom[i] + far - c->y) * c->scale;
  *first = (unsigned)pa_clamp(top, 0, last) / STEP * STEP;
  return pa_crop_rows(
      c, *first, (unsigned)pa_clamp(bottom, (float)*first, last) - *first + 1);
}

static pa_status open_source(pa_error *err, int i, const heights *h,
                             pa_look *p) {
  unsigned first = 0;
  pa_crop rows = sources[i].head ? p->head : rows_for(p, h, i, &first);
  const pa_crop *crop = &rows;
  size_t skip = (size_t)first * crop->width;
  hide(i, p);
  if (p->frame && sources[i].part == PA_PART_HEAD) hide_frames(p);
  /* Along rows, and a quarter as far across them: hems and stripes stay. */
  unsigned radius = (unsigned)(p->reach * crop->scale * .6f) + 1;
  unsigned down = radius / 4;
  bool trunk = sources[i].part == PA_PART_TRUNK;
  if (trunk) radius *= 4;
  if (i == PA_SOURCE_HAIR) radius = crop->width / 2; /* both halves alike */
  unsigned front = sources[i].front, behind = sources[i].back;
  bool leg =
      sources[i].part == PA_PART_LEG_L || sources[i].part == PA_PART_LEG_R;
  if (leg && p->trousers)
    front &= ~PA_BIT(PA_LABEL_UPPER), behind &= ~PA_BIT(PA_LABEL_UPPER);
  if (leg && behind && !p->boots)
    front &= ~PA_SET_SHOES, behind &= ~PA_SET_SHOES;
  if (i == PA_SOURCE_NECK && p->portrait) front = PA_SET_NECK, behind = 0;
  if (p->sheet && i != PA_SOURCE_GLASSES) front &= ~PA_BIT(PA_LABEL_GLASSES);
  /* Labels of coats run over into what is worn below them. */
  if (i == PA_SOURCE_COAT) hide_prints(front, p);
  pa_status status =
      pa_spread_create(err, crop, front, p->hidden + skip, 0, 0, &p->front[i]);
  if (status == PA_OK && has_back(i))
    status = pa_spread_add_clean(err, p->foul + skip, &p->front[i]);
  /* Prints go round legs and skirts; a chest's is not on the back. */
  if (leg || pa_source_hangs((pa_source)i)) radius = 0;
  if (trunk) hide_prints(behind, p);
  if (has_back(i) && p->front[i].fill) hide_foul(p);
  if (status == PA_OK && behind)
    status = pa_spread_create(err, crop, behind, p->hidden + skip, radius, down,
                              &p->back[i]);
  return status;
}

/* The mask of a set of labels with an edge a pixel or two wide, so that a cut
 * along its middle is smooth; NULL without memory. */
static float *soft_mask(const pa_crop *c, unsigned set) {
  size_t pixels = (size_t)c->width * c->height;
  float *row = pa_mem_calloc(pixels, sizeof *row);
  float *mask = pa_mem_calloc(pixels, sizeof *mask);
  if (!row || !mask) {
    pa_mem_free(row);
    pa_mem_free(mask);
    return NULL;
  }
  for (size_t i = 0; i < pixels; i++)
    mask[i] = (float)(set >> c->label[i] & 1);
  unsigned least = c->width < c->height ? c->width : c->height;
  int r = 1 + (int)least / 140;
  for (int pass = 0; pass < 2; pass++) {
    pa_crop_blur(mask, row, c->width, c->height, r, 1, c->width);
    pa_crop_blur(row, mask, c->height, c->width, r, c->width, 1);
  }
  pa_mem_free(row);
  return mask;
}

#define STRAY .05f /* how much what is unlike most of the hair counts */

/* Adds up the hair's colours by rows, and how many pixels they are of: what is
 * unlike most of it is skin or a wall between its strands. */
static void add_rows(const pa_look *p, const uint32_t *nearest, float *sum,
                     float *count) {
  const pa_crop *c = &p->head;
  for (size_t i = 0; i < (size_t)c->width * c->height; i++) {
    if (nearest[i] != i) continue;
    const float *rgb = c->rgb + 3 * i;
    size_t y = i / c->width;
    float share = STRAY + (1 - STRAY) * pa_likeness(p->locks, rgb);
    count[y] += share;
    for (size_t k = 0; k < 3; k++)
      sum[k * c->height + y] += share * rgb[k];
  }
}

/* The hair's colour by rows: what the photo does not show of it lies over the
 * face's places, of which the nearest hair is now above and now beside. Hair
 * has no stripes round the head, so rows far apart are one colour; hats have.
 */
static pa_status open_rows(pa_error *err, pa_look *p) {
  const pa_crop *c = &p->head;
  const uint32_t *nearest = p->front[PA_SOURCE_HAIR].nearest;
  if (!nearest) return PA_OK;
  size_t h = c->height;
  p->rows = pa_mem_calloc(h, 3 * sizeof *p->rows);
  float *sum = pa_mem_calloc(8 * h, sizeof *sum);
  if (!p->rows || !sum) {
    pa_mem_free(sum);
    return pa_error_memory(err, 0, "hair");
  }
  float *even = sum + 4 * h;
  add_rows(p, nearest, sum, sum + 3 * h);
  bool hat = pa_sight_pixels(p->sight, PA_BIT(PA_LABEL_HAT)) > 0;
  int radius = 1 + (int)c->height / (hat ? 80 : 8);
  for (int pass = 0; pass < 2; pass++) {
    pa_crop_blur(sum, even, c->height, 4, radius, 1, h);
    pa_crop_blur(even, sum, c->height, 4, radius, 1, h);
  }
  for (size_t y = 0; y < h; y++) {
    float count = sum[3 * h + y];
    for (size_t k = 0; k < 3; k++)
      p->rows[3 * y + k] = count > 1e-3f ? sum[k * h + y] / count : -1;
  }
  pa_mem_free(sum);
  return PA_OK;
}

static pa_status open_hair(pa_error *err, pa_look *p) {
  p->hair = soft_mask(&p->head, HAIR);
  p->clear = soft_mask(&p->head, PA_BIT(PA_LABEL_BACKGROUND));
  p->glasses = soft_mask(&p->head, PA_BIT(PA_LABEL_GLASSES));
  return p->hair && p->clear && p->glasses ? PA_OK
                                           : pa_error_memory(err, 0, "a mask");
}

/* The light falls on one half of a face: a half that stands in for the other is
 * given the light of what is seen of that. */
static void measure_twin(const pa_mesh *mesh, const pa_brush *brush,
                         pa_look *p) {
  const pa_spread *front = &p->front[PA_SOURCE_HEAD];
  float far[3] = {1, 1, 1}, near[3] = {1, 1, 1};
  for (int k = 0; k < 3; k++)
    p->twin[k] = 1;
  for (unsigned i = 0; front->nearest && i < mesh->vertices; i++) {
    const pa_brush *b = &brush[i];
    if (b->source != PA_SOURCE_HEAD || b->hidden || b->facing < .2f ||
        b->twin_facing < b->facing + .1f)
      continue;
    float own[3], other[3], away = 0;
    pa_spread_sharp(front, b->x, b->y, own, &away);
    pa_spread_sharp(front, b->twin_x, b->twin_y, other, &away);
    if (away > .1f * p->reach) continue;
    for (int k = 0; k < 3; k++)
      far[k] += own[k], near[k] += other[k];
  }
  for (int k = 0; k < 3; k++)
    p->twin[k] = pa_clamp(far[k] / near[k], .3f, 1.5f);
}

static bool is_boot(const pa_brush *b) {
  bool leg = b->source == PA_SOURCE_LEG_L || b->source == PA_SOURCE_LEG_R;
  return leg && b->material[1] == PA_MATERIAL_SHOES && b->edge > 0;
}

pa_status pa_look_open(pa_error *err, const pa_sight *sight,
                       const pa_mesh *mesh, const pa_brush *brush,
                       pa_look *look) {
  memset(look, 0, sizeof *look);
  look->sight = sight;
  bool used[PA_SOURCE_COUNT + 1] = {false}; /* the last: none */
  pa_swatches swatches;
  pa_swatches_of(sight, &swatches);
  look->top = swatches.top, look->bottom = swatches.bottom;
  look->contrast = swatches.contrast;
  look->pattern = swatches.pattern_bottom;
  look->skin = swatches.skin, look->locks = swatches.hair;
  look->trousers = are_trousers_told(sight);
  look->portrait = is_portrait(sight);
  for (unsigned i = 0; i < mesh->vertices; i++) {
    used[brush[i].source] = true;
    look->sheet = look->sheet || brush[i].source == PA_SOURCE_GLASSES;
    look->boots = look->boots || is_boot(&brush[i]);
    look->frame = look->frame || brush[i].source == PA_SOURCE_FRAME;
  }
  used[PA_SOURCE_SHIRT] = used[PA_SOURCE_SEAT] =
      used[PA_SOURCE_SHIRT] || used[PA_SOURCE_SEAT];
  heights asked;
  find_heights(mesh, brush, &asked);
  pa_status status = open_crops(err, sight, mesh, brush, look);
  for (int i = 0; status == PA_OK && i < PA_SOURCE_COUNT; i++)
    if (used[i]) status = open_source(err, i, &asked, look);
  if (status == PA_OK) status = open_hair(err, look);
  if (status == PA_OK) status = open_rows(err, look);
  if (status == PA_OK) measure_twin(mesh, brush, look);
  pa_mem_free(look->hidden);
  look->hidden = NULL;
  if (status != PA_OK) pa_look_close(look);
  return status;
}

void pa_look_close(pa_look *look) {
  for (int i = 0; i < PA_SOURCE_COUNT; i++) {
    pa_spread_destroy(&look->front[i]);
    pa_spread_destroy(&look->back[i]);
  }
  pa_mem_free(look->hair);
  pa_mem_free(look->clear);
  pa_mem_free(look->glasses);
  pa_mem_free(look->rows);
  pa_mem_free(look->foul);
  pa_cover_destroy(&look->body_cover);
  pa_cover_destroy(&look->head_cover);
  pa_crop_destroy(&look->body);
  pa_crop_destroy(&look->head);
  memset(look, 0, sizeof *look);
}
