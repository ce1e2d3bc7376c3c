/* The person's pixels on the template. */
#include <math.h>
#include <string.h>

#include "avatar2d/photo.h"
#include "avatar2d/photo_filter.h"
#include "avatar2d/photo_heads.h"
#include "avatar2d/photo_matte.h"

#define FADE                                                                   \
  46.f /* from the photo's edge to the whole picture, at PA_CANVAS             \
        */

static const struct {
  const char *label;
  pa_photo_part part;
} parts[] = {
    {"face", PA_PHOTO_SKIN},          {"torso_skin", PA_PHOTO_SKIN},
    {"left_arm", PA_PHOTO_SKIN},      {"right_arm", PA_PHOTO_SKIN},
    {"left_leg", PA_PHOTO_SKIN},      {"right_leg", PA_PHOTO_SKIN},
    {"nose", PA_PHOTO_SKIN},          {"left_ear", PA_PHOTO_SKIN},
    {"right_ear", PA_PHOTO_SKIN},     {"left_eye", PA_PHOTO_FEATURE},
    {"right_eye", PA_PHOTO_FEATURE},  {"left_brow", PA_PHOTO_FEATURE},
    {"right_brow", PA_PHOTO_FEATURE}, {"upper_lip", PA_PHOTO_FEATURE},
    {"lower_lip", PA_PHOTO_FEATURE},  {"mouth", PA_PHOTO_FEATURE},
    {"hair", PA_PHOTO_HAIR},          {"upper_clothes", PA_PHOTO_UPPER},
    {"dress", PA_PHOTO_UPPER},        {"scarf", PA_PHOTO_UPPER},
    {"coat", PA_PHOTO_COAT},          {"pants", PA_PHOTO_LOWER},
    {"skirt", PA_PHOTO_LOWER},        {"belt", PA_PHOTO_LOWER},
    {"socks", PA_PHOTO_LOWER},        {"left_shoe", PA_PHOTO_SHOES},
    {"right_shoe", PA_PHOTO_SHOES},   {"hat", PA_PHOTO_HAT},
};

/* ------------------------------------------------------------ masks */

/* Photo pixels of one person, as parts. Beyond the photo its edge goes on, so
 * that the person's outline does not follow the photo's. */
typedef struct lookup {
  const uint8_t *labels, *persons;
  int width, height;
  unsigned id;
  uint8_t table[256];
  bool of_head[256]; /* labels: hair, the face and its parts */
  pa_photo_heads heads;
} lookup;

/* The part of every label; what is not named is a thing. */
static void part_table(lookup *from) {
  memset(from->table, PA_PHOTO_THING, sizeof from->table);
  from->table[0] = PA_PHOTO_NOTHING;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    int label = pa_label_find(parts[i].label);
    if (label < 0) continue;
    from->table[label] = (uint8_t)parts[i].part;
    from->of_head[label] = parts[i].part == PA_PHOTO_HAIR ||
                           parts[i].part == PA_PHOTO_FEATURE ||
                           !strcmp(parts[i].label, "face");
  }
}

/* Whether what the person map gives to somebody is this person's: hair and
 * faces go to the head that they are much nearer to. */
static bool is_own(const lookup *from, float x, float y, unsigned id,
                   uint8_t label) {
  const float nearer = .75f;
  bool own = id == from->id;
  if (!from->heads.count || !id || !from->of_head[label]) return own;
  float mine, theirs;
  pa_photo_heads_far(&from->heads, x, y, &mine, &theirs);
  return own ? theirs > 1 || theirs > nearer * mine
             : mine < 1 && mine < nearer * theirs;
}

static uint8_t part_at(const lookup *from, float x, float y) {
  int ix = (int)pa_clampf(x, 0, (float)(from->width - 1));
  int iy = (int)pa_clampf(y, 0, (float)(from->height - 1));
  size_t i = (size_t)iy * (size_t)from->width + (size_t)ix;
  uint8_t id = from->persons[i];
  if (id != from->id && (!id || !from->heads.count)) return PA_PHOTO_NOTHING;
  uint8_t label = from->labels[i];
  return is_own(from, x, y, id, label) ? from->table[label] : PA_PHOTO_NOTHING;
}

/* alpha: the share of a canvas pixel that is the person; part: at its middle.
 */
static void read_masks(const lookup *from, const pa_affine *m,
                       pa_photo *photo) {
  const int taps = (int)pa_clampf(ceilf(1 / photo->enlarged), 1, 3);
  const float step = 1 / (float)taps;
  for (int y = 0; y < photo->side; y++)
    for (int x = 0; x < photo->side; x++) {
      size_t at = (size_t)y * (size_t)photo->side + (size_t)x;
      int count = 0;
      for (int k = 0; k < taps * taps; k++) {
        int column = k % taps, row = k / taps;
        float u = (float)x + ((float)column + .5f) * step;
        float v = (float)y + ((float)row + .5f) * step;
        uint8_t part = part_at(from, m->xx * u + m->xy * v + m->x0,
                               m->yx * u + m->yy * v + m->y0);
        count += part != PA_PHOTO_NOTHING;
        if (k == taps * taps / 2) photo->part[at] = part;
      }
      photo->alpha[at] = (float)count * step * step;
    }
}

/* A hat that is not on the crown is background beside a cheek, mostly. */
static void drop_stray_hat(pa_photo *photo) {
  float eyes = pa_view_affine(photo->view).y0 * photo->scale;
  size_t crown = (size_t)fmaxf(eyes - 55 * photo->unit, 0);
  size_t hat = 0, above = 0;
  for (size_t i = 0; i < photo->area; i++) {
    if (photo->part[i] != PA_PHOTO_HAT) continue;
    hat++, above += i < crown * (size_t)photo->side;
  }
  if (!hat || (float)above > .3f * (float)hat) return;
  for (size_t i = 0; i < photo->area; i++)
    if (photo->part[i] == PA_PHOTO_HAT)
      photo->part[i] = PA_PHOTO_NOTHING, photo->alpha[i] = 0;
}

/* Hair farther off the head than any reaches is another person's. */
static void drop_far_hair(pa_photo *photo) {
  const float wide = 145, high = 168, middle = -20; /* head units */
  float eyes = pa_view_affine(photo->view).y0 * photo->scale;
  for (int y = 0; y < photo->side; y++)
    for (int x = 0; x < photo->side; x++) {
      size_t at = (size_t)y * (size_t)photo->side + (size_t)x;
      float u = ((float)x - .5f * (float)photo->side) / photo->unit / wide;
      float v = (((float)y - eyes) / photo->unit - middle) / high;
      if (photo->part[at] != PA_PHOTO_HAIR || v > 0 || u * u + v * v < 1)
        continue;
      photo->part[at] = PA_PHOTO_NOTHING, photo->alpha[at] = 0;
    }
}

/* Lists in `piece`, which has room for every pixel, the piece around `start`
 * that the person covers or leaves free (4 neighbours), marks it and returns
 * its size; `open` says whether it reaches the canvas's edge. */
static size_t list_piece(const pa_photo *photo, bool covered, uint8_t *marks,
                         int *piece, int start, bool *open) {
  const int side = photo->side;
  size_t size = 1;
  *open = false;
  piece[0] = start, marks[start] = 1;
  for (size_t i = 0; i < size; i++) {
    int at = piece[i], y = at / side, x = at - y * side;
    if (!x || !y || x == side - 1 || y == side - 1) *open = true;
    const int near[4] = {x ? at - 1 : at, x < side - 1 ? at + 1 : at,
                         y ? at - side : at, y < side - 1 ? at + side : at};
    for (int k = 0; k < 4; k++)
      if (!marks[near[k]] && (photo->alpha[near[k]] >= .5f) == covered)
        marks[near[k]] = 1, piece[size++] = near[k];
  }
  return size;
}

/* Turns pieces of at most `most` pixels, covered ones or free ones that are
 * enclosed, into what is around them. */
static void drop_pieces(pa_photo *photo, bool covered, size_t most) {
  int *piece = (int *)photo->scratch[4];
  uint8_t *marks = (uint8_t *)photo->scratch[5];
  memset(marks, 0, photo->area);
  for (size_t i = 0; i < photo->area; i++) {
    bool open;
    if (marks[i] || (photo->alpha[i] >= .5f) != covered) continue;
    size_t size = list_piece(photo, covered, marks, piece, (int)i, &open);
    if (size > most || (open && !covered)) continue;
    for (size_t k = 0; k < size; k++) {
      photo->alpha[piece[k]] = covered ? 0 : 1;
      if (covered) photo->part[piece[k]] = PA_PHOTO_NOTHING;
    }
  }
}

/* Small gaps that the person encloses are the labels', below a chin mostly;
 * between arm and trunk they are larger. */
static void fill_gaps(pa_photo *photo) {
  drop_pieces(photo, false, photo->area / 90);
}

/* Splinters of a neighbour, afloat. A hand is larger. */
static void drop_islands(pa_photo *photo) {
  drop_pieces(photo, true, photo->area / 150);
}

/* Pixels that no mask reached take the part beside them, so that an alpha that
 * goes beyond the mask finds one. */
static void spread_parts(const pa_photo *photo) {
  const int side = photo->side;
  for (int y = 0; y < side; y++) {
    uint8_t *row = photo->part + (size_t)y * (size_t)side;
    for (int x = 0; x < side; x++) {
      if (!row[x] && x) row[x] = row[x - 1];
      if (!row[x] && y) row[x] = row[x - side];
    }
  }
  for (int y = side - 1; y >= 0; y--) {
    uint8_t *row = photo->part + (size_t)y * (size_t)side;
    for (int x = side - 1; x >= 0; x--) {
      if (!row[x] && x + 1 < side) row[x] = row[x + 1];
      if (!row[x] && y + 1 < side) row[x] = row[x + side];
    }
  }
}

/* The rows that show a part; features' holes in the face are face. */
typedef struct rows {
  int first, last; /* last < first: none */
} rows;

static bool shows(uint8_t seen, int part) {
  return seen == part || (part == PA_PHOTO_SKIN && seen == PA_PHOTO_FEATURE);
}

static void find_rows(const pa_photo *photo, rows *found) {
  const int side = photo->side;
  for (int part = 0; part < PA_PHOTO_PARTS; part++)
    found[part] = (rows){side, -1};
  for (int y = 0; y < side; y++) {
    bool seen[PA_PHOTO_PARTS] = {false};
    const uint8_t *row = photo->part + (size_t)y * (size_t)side;
    for (int x = 0; x < side; x++)
      seen[row[x]] = true;
    seen[PA_PHOTO_SKIN] |= seen[PA_PHOTO_FEATURE];
    for (int part = 0; part < PA_PHOTO_PARTS; part++)
      if (seen[part]) {
        if (y < found[part].first) found[part].first = y;
        found[part].last = y;
      }
  }
}

/* Parts with smooth borders, and one for every pixel that alpha reached: the
 * part of the largest blurred mask. Features are kept as they are. */
static void smooth_parts(pa_photo *photo) {
  float *best = photo->scratch[3], *mask = photo->scratch[4];
  uint8_t *chosen = (uint8_t *)photo->scratch[5];
  const float k = photo->scale;
  const int side = photo->side;
  int broad =
      (int)pa_clampf(photo->enlarged * .8f + 2 * photo->unit, 2 * k, 6 * k);
  rows found[PA_PHOTO_PARTS];
  find_rows(photo, found);
  memset(best, 0, photo->area * sizeof *best);
  memset(chosen, PA_PHOTO_NOTHING, photo->area);
  for (int part = 1; part < PA_PHOTO_PARTS; part++) {
    if (found[part].last < 0) continue;
    bool small = part == PA_PHOTO_FEATURE || part == PA_PHOTO_THING;
    int radius = small ? pa_photo_radius(photo, 1) : broad;
    int first = found[part].first - 2 * radius - 1;
    int last = found[part].last + 2 * radius + 1;
    if (first < 0) first = 0;
    if (last > side - 1) last = side - 1;
    size_t from = (size_t)first * (size_t)side;
    size_t to = (size_t)(last + 1) * (size_t)side;
    for (size_t i = from; i < to; i++)
      mask[i] = shows(photo->part[i], part) ? 1 : 0;
    pa_blur(mask + from, mask + from, side, last + 1 - first, radius);
    float weight = part == PA_PHOTO_FEATURE ? 2.f : 1;
    for (size_t i = from; i < to; i++)
      if (weight * mask[i] > best[i])
        best[i] = weight * mask[i], chosen[i] = (uint8_t)part;
  }
  memcpy(photo->part, chosen, photo->area);
  spread_parts(photo);
}

/* ------------------------------------------------------------ colours */

static void smooth_enlarged(pa_photo *photo, float *rgb) {
  if (photo->enlarged < 1.4f) return;
  int radius = (int)fminf(.4f * photo->enlarged + .5f, 8 * photo->scale);
  float *plane = photo->tx;
  for (size_t c = 0; c < 3; c++) {
    for (size_t i = 0; i < photo->area; i++)
      plane[i] = rgb[3 * i + c];
    pa_blur(plane, plane, photo->side, photo->side, radius);
    for (size_t i = 0; i < photo->area; i++)
      rgb[3 * i + c] = plane[i];
  }
}

/* ------------------------------------------------------------ fade */

/* Distances to the photo's four edges, in canvas pixels, are linear in x and
 * y: k[0] x + k[1] y + k[2]. Edges beyond the canvas do not count. */
static size_t edges_of(const pa_affine *m, float width, float height,
                       const pa_photo *photo, float k[4][3]) {
  const float side = (float)photo->side, enlarged = photo->enlarged;
  const float all[4][3] = {{m->xx, m->xy, m->x0},
                           {m->yx, m->yy, m->y0},
                           {-m->xx, -m->xy, width - m->x0},
                           {-m->yx, -m->yy, height - m->y0}};
  size_t count = 0;
  for (int e = 0; e < 4; e++) {
    float least = INFINITY;
    for (int corner = 0; corner < 4; corner++) {
      float x = corner & 1 ? side : 0, y = corner & 2 ? side : 0;
      least = fminf(least, all[e][0] * x + all[e][1] * y + all[e][2]);
    }
    if (least * enlarged > -2) continue;
    for (int i = 0; i < 3; i++)
      k[count][i] = all[e][i] * enlarged;
    count++;
  }
  return count;
}

static void find_fade(const pa_affine *m, float width, float height,
                      pa_photo *photo) {
  float k[4][3];
  const float fade = FADE * photo->scale;
  size_t count = edges_of(m, width, height, photo, k);
  for (int y = 0; y < photo->side; y++) {
    float *row = photo->fade + (size_t)y * (size_t)photo->side;
    for (int x = 0; x < photo->side; x++)
      row[x] = 1;
    for (size_t e = 0; e < count; e++)
      for (int x = 0; x < photo->side; x++) {
        float far = k[e][0] * ((float)x + .5f) + k[e][1] * ((float)y + .5f);
        far = fmaxf(far + k[e][2], 0) / fade;
        row[x] = far < row[x] ? far : row[x];
      }
  }
}

/* ------------------------------------------------------------ face */

static void find_eyes(const pa_person *person, const pa_head *head,
                      const pa_affine *m, pa_photo *photo) {
  pa_affine to_canvas = pa_affine_inverse(*m);
  const int eyes[2] = {PA_KP_RIGHT_EYE, PA_KP_LEFT_EYE};
  photo->face = head->face;
  for (int e = 0; e < 2; e++)
    pa_affine_apply(&to_canvas, person->keypoints[eyes[e]].x,
                    person->keypoints[eyes[e]].y, &photo->eyes[e][0],
                    &photo->eyes[e][1]);
}

pa_status pa_photo_cut(pa_error *err, const pa_image *image,
                       const pa_scene *scene, const pa_person *person,
                       const pa_head *head, pa_view view, pa_photo *photo) {
  pa_affine m = pa_head_canvas(head, view);
  const float pixel = 1 / photo->scale;
  m.xx *= pixel, m.xy *= pixel, m.yx *= pixel, m.yy *= pixel;
  float scale = hypotf(m.xx, m.yx);
  if (!(scale > 1e-6f) || !isfinite(scale))
    return pa_error_set(err, PA_ERROR_INTERNAL, "a head without a size");
  photo->view = view;
  photo->enlarged = 1 / scale;
  photo->unit = pa_view_affine(view).xx * photo->scale;
  lookup from = {.labels = pa_scene_labels(scene),
                 .persons = pa_scene_persons(scene),
                 .width = (int)pa_scene_width(scene),
                 .height = (int)pa_scene_height(scene),
                 .id = person->id};
  part_table(&from);
  pa_photo_heads_find(scene, person, &from.heads);
  read_masks(&from, &m, photo);
  if (head->face) {
    drop_stray_hat(photo);
    drop_far_hair(photo);
    drop_islands(photo);
  }
  fill_gaps(photo);
  float *rgb = photo->scratch[0]; /* and the two that follow */
  const int side = photo->side;
  pa_image_sample(image, m, side, side, 1, 0, -1, 0, side, rgb);
  smooth_enlarged(photo, rgb);
  const float k = photo->scale;
  int radius = (int)pa_clampf(8 * photo->unit + .5f, 3 * k, 12 * k);
  pa_photo_matte(photo, rgb, radius);
  pa_photo_unfringe(photo, rgb, radius);
  pa_lab_planes(rgb, photo->area, photo->l, photo->a, photo->b);
  smooth_parts(photo);
  find_fade(&m, (float)from.width, (float)from.height, photo);
  find_eyes(person, head, &m, photo);
  return PA_OK;
}
