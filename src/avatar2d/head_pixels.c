#include "avatar2d/head_pixels.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"

/* ------------------------------------------------------------ face */

#define GRID 64 /* parts of the person's box, either way */

/* The labels of a list of names, ended by NULL, as a table. */
static void pick(const char *const *names, bool *picked) {
  memset(picked, 0, PA_LIMIT_LABELS * sizeof *picked);
  for (; *names; names++)
    picked[pa_label_find(*names)] = true;
}

static const char *const face_labels[] = {
    "face",      "left_eye",  "right_eye", "left_brow", "right_brow", "nose",
    "upper_lip", "lower_lip", "mouth",     "glasses",   NULL};
static const char *const head_labels[] = {
    "face",      "left_eye",  "right_eye", "left_brow", "right_brow",
    "nose",      "upper_lip", "lower_lip", "mouth",     "left_ear",
    "right_ear", "glasses",   "hair",      "hat",       NULL};

static void count_faces(const pa_scene *scene, const pa_person *person,
                        uint32_t *grid) {
  const uint8_t *labels = pa_scene_labels(scene);
  const uint8_t *persons = pa_scene_persons(scene);
  size_t width = pa_scene_width(scene);
  unsigned w = (unsigned)person->width, h = (unsigned)person->height;
  bool face[PA_LIMIT_LABELS];
  pick(face_labels, face);
  for (unsigned y = 0; y < h; y++)
    for (unsigned x = 0; x < w; x++) {
      size_t i = ((size_t)person->y + y) * width + (size_t)person->x + x;
      if (persons[i] == person->id && face[labels[i]])
        grid[(size_t)y * GRID / h * GRID + (size_t)x * GRID / w]++;
    }
}

/* Empties the island of a part of the grid (8 neighbours) and measures it, in
 * parts; returns its pixels. */
static uint32_t take_island(uint32_t *grid, int start, pa_head_box *b) {
  int stack[GRID * GRID], depth = 0;
  uint32_t pixels = grid[start];
  grid[start] = 0;
  *b = (pa_head_box){GRID, GRID, 0, 0};
  stack[depth++] = start;
  while (depth) {
    int at = stack[--depth], x = at % GRID, y = at / GRID;
    b->x0 = fminf(b->x0, (float)x), b->x1 = fmaxf(b->x1, (float)x + 1);
    b->y0 = fminf(b->y0, (float)y), b->y1 = fmaxf(b->y1, (float)y + 1);
    for (int k = 0; k < 9; k++) {
      int nx = x + k % 3 - 1, ny = y + k / 3 - 1, next = ny * GRID + nx;
      if (nx < 0 || ny < 0 || nx >= GRID || ny >= GRID || !grid[next]) continue;
      pixels += grid[next];
      grid[next] = 0;
      stack[depth++] = next;
    }
  }
  return pixels;
}

bool pa_head_largest_face(const pa_scene *scene, const pa_person *person,
                          pa_head_box *face) {
  uint32_t grid[GRID * GRID] = {0}, most = 0;
  if (person->width < 1 || person->height < 1) return false;
  count_faces(scene, person, grid);
  for (int i = 0; i < GRID * GRID; i++) {
    pa_head_box b;
    if (!grid[i]) continue;
    uint32_t pixels = take_island(grid, i, &b);
    if (pixels > most) most = pixels, *face = b;
  }
  if (most < 12) return false;
  float sx = person->width / GRID, sy = person->height / GRID;
  face->x0 = person->x + face->x0 * sx, face->x1 = person->x + face->x1 * sx;
  face->y0 = person->y + face->y0 * sy, face->y1 = person->y + face->y1 * sy;
  return true;
}

float pa_head_share_on_face(const pa_scene *scene, const pa_person *person,
                            const pa_face *face) {
  const uint8_t *labels = pa_scene_labels(scene);
  const uint8_t *persons = pa_scene_persons(scene);
  float width = (float)pa_scene_width(scene);
  float height = (float)pa_scene_height(scene);
  bool is_face[PA_LIMIT_LABELS];
  pick(face_labels, is_face);
  int inside = 0;
  for (int i = 0; i < PA_FACE_POINTS; i++) {
    float x = face->points[i][0], y = face->points[i][1];
    if (!(x >= 0 && y >= 0 && x < width && y < height)) continue;
    size_t at = (size_t)y * (size_t)width + (size_t)x;
    inside += persons[at] == person->id && is_face[labels[at]];
  }
  return (float)inside / PA_FACE_POINTS;
}

/* ------------------------------------------------------------ head */

/* How many pixels lie in each of so many parts of the person's box. */
#define PARTS 256

typedef struct spread {
  uint32_t x[PARTS], y[PARTS], count;
} spread;

/* The place below which `share` of the pixels lie, as a part of the whole. */
static float quantile(const uint32_t *parts, uint32_t count, float share) {
  float sum = 0, wanted = share * (float)count;
  for (int i = 0; i < PARTS; i++) {
    sum += (float)parts[i];
    if (sum > wanted) return ((float)i + .5f) / PARTS;
  }
  return 1;
}

static void count_pixels(const pa_scene *scene, const pa_person *person,
                         bool head, spread *s) {
  const uint8_t *labels = pa_scene_labels(scene);
  const uint8_t *persons = pa_scene_persons(scene);
  size_t width = pa_scene_width(scene);
  unsigned w = (unsigned)person->width, h = (unsigned)person->height;
  bool wanted[PA_LIMIT_LABELS];
  pick(head_labels, wanted);
  memset(s, 0, sizeof *s);
  for (unsigned y = 0; y < h; y++)
    for (unsigned x = 0; x < w; x++) {
      size_t i = ((size_t)person->y + y) * width + (size_t)person->x + x;
      if (persons[i] != person->id || (head && !wanted[labels[i]])) continue;
      s->x[(size_t)x * PARTS / w]++;
      s->y[(size_t)y * PARTS / h]++;
      s->count++;
    }
}

pa_head_box pa_head_pixels_box(const pa_scene *scene, const pa_person *person) {
  spread s;
  const float stray = .03f;
  bool head = true;
  count_pixels(scene, person, true, &s);
  if (s.count < 20) {
    head = false;
    count_pixels(scene, person, false, &s);
  }
  pa_head_box b = {quantile(s.x, s.count, stray), quantile(s.y, s.count, stray),
                   quantile(s.x, s.count, 1 - stray),
                   quantile(s.y, s.count, 1 - stray)};
  b.x0 = person->x + b.x0 * person->width;
  b.x1 = person->x + b.x1 * person->width;
  b.y0 = person->y + b.y0 * person->height;
  b.y1 = person->y + b.y1 * person->height;
  if (head) return b;
  float size = (b.x1 - b.x0) / 3 + 2, middle = (b.x0 + b.x1) / 2;
  return (pa_head_box){middle - size / 2, b.y0 - size, middle + size / 2, b.y0};
}
