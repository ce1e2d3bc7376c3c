/* The person's pixels on the template. */
#include <math.h>
#include <string.h>

#include "avatar2d/photo.h"
#include "avatar2d/photo_filter.h"
#include "avatar2d/photo_heads.h"
#include "avatar2d/photo_matte.h"
#include "avatar2d/photo_parts.h"

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
  int ix = (int)pa_clamp(x, 0, (float)(from->width - 1));
  int iy = (int)pa_clamp(y, 0, (float)(from->height - 1));
  size_t i = (size_t)iy * (size_t)from->width + (size_t)ix;
  uint8_t id = from->persons[i];
  if (id != from->id && (!id || !from->heads.count)) return PA_PHOTO_NOTHING;
  uint8_t label = from->labels[i];
  return is_own(from, x, y, id, label) ? from->table[label] : PA_PHOTO_NOTHING;
}

/* alpha: the share of a canvas pixel that is the person; part: at its middle.
 */
PA_APART static void read_row(const lookup *from, const pa_affine *m, int taps,
                              int y, pa_photo *photo) {
  const float step = 1 / (float)taps;
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

static void read_masks(const lookup *from, const pa_affine *m,
                       pa_photo *photo) {
  const int taps = (int)pa_clamp(ceilf(1 / photo->enlarged), 1, 3);
  for (int y = 0; y < photo->side; y++)
    read_row(from, m, taps, y, photo);
}

/* ------------------------------------------------------------ colours */

PA_APART static void copy_row(const float *from, size_t from_step, size_t n,
                              float *to, size_t to_step) {
  for (size_t i = 0; i < n; i++)
    to[i * to_step] = from[i * from_step];
}

static void smooth_enlarged(pa_photo *photo, float *rgb) {
  if (photo->enlarged < 1.4f) return;
  int radius = (int)fminf(.4f * photo->enlarged + .5f, 8 * photo->scale);
  float *plane = photo->tx;
  const size_t side = (size_t)photo->side;
  for (size_t c = 0; c < 3; c++) {
    for (size_t i = 0; i < photo->area; i += side)
      copy_row(rgb + 3 * i + c, 3, side, plane + i, 1);
    pa_blur(plane, plane, photo->side, photo->side, radius);
    for (size_t i = 0; i < photo->area; i += side)
      copy_row(plane + i, 1, side, rgb + 3 * i + c, 3);
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

/* A row of shares that one edge leaves: from `far` on, `step` more a pixel. */
PA_APART static void fade_row(float *row, int n, float far, float step) {
  for (int x = 0; x < n; x++) {
    float share = far + step * (float)x;
    share = share > 0 ? share : 0;
    row[x] = share < row[x] ? share : row[x];
  }
}

static void find_fade(const pa_affine *m, float width, float height,
                      pa_photo *photo) {
  float k[4][3];
  const float per = 1 / (FADE * photo->scale);
  size_t count = edges_of(m, width, height, photo, k);
  for (int y = 0; y < photo->side; y++) {
    float *row = photo->fade + (size_t)y * (size_t)photo->side;
    for (int x = 0; x < photo->side; x++)
      row[x] = 1;
    for (size_t e = 0; e < count; e++) {
      float far = .5f * k[e][0] + k[e][1] * ((float)y + .5f) + k[e][2];
      fade_row(row, photo->side, per * far, per * k[e][0]);
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
                       const pa_head *head, pa_figure_view view,
                       pa_photo *photo) {
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
  if (head->face) pa_photo_drop_islands(photo);
  pa_photo_fill_gaps(photo);
  float *rgb = photo->scratch[0]; /* and the two that follow */
  const int side = photo->side;
  pa_image_sample(image, m, side, side, 1, 0, -1, 0, side, rgb);
  smooth_enlarged(photo, rgb);
  find_fade(&m, (float)from.width, (float)from.height, photo);
  const float profile = .6f; /* radians: its neck lies elsewhere */
  if (head->face && view != PA_VIEW_FULL && fabsf(head->yaw) < profile)
    pa_photo_add_bust(photo, rgb);
  const float k = photo->scale;
  int radius = (int)pa_clamp(8 * photo->unit + .5f, 3 * k, 12 * k);
  pa_photo_matte(photo, rgb, radius);
  pa_photo_unfringe(photo, rgb, radius);
  pa_lab_planes(rgb, photo->area, photo->l, photo->a, photo->b);
  pa_photo_smooth_parts(photo);
  find_eyes(person, head, &m, photo);
  return PA_OK;
}
