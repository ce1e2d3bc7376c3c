#include "avatar3d/bag.h"

#include <string.h>

#include "base/mem.h"

#define GRID 128 /* places of the person's surroundings, each way */
#define FEW 40   /* of them: no bag */
#define BANDS 14 /* of its height that have a width of their own */
#define LAST (PA_SHELL_COLUMNS - 1)
#define SEEN .4f
#define LARGEST .8f /* metres */
#define SMALLEST .08f
#define NEAR .16f /* metres from a wrist to what the hand holds */

/* The largest connected piece of the bags' mask. */
typedef struct piece {
  float x0, y0, dx, dy; /* the grid's origin and step, photo pixels */
  uint8_t is[GRID][GRID];
  uint16_t stack[GRID * GRID];
  unsigned count;
  int top, bottom; /* rows */
  float left[BANDS], right[BANDS];
} piece;

static void look(const pa_sight *s, piece *p) {
  const pa_person *who = &s->person;
  float w = who->width * 1.3f, h = who->height * 1.1f;
  p->x0 = who->x - .15f * who->width, p->y0 = who->y - .05f * who->height;
  p->dx = w / GRID, p->dy = h / GRID;
  for (int j = 0; j < GRID; j++)
    for (int i = 0; i < GRID; i++)
      p->is[j][i] =
          pa_sight_is(s, PA_BIT(PA_LABEL_BAG), p->x0 + ((float)i + .5f) * p->dx,
                      p->y0 + ((float)j + .5f) * p->dy);
}

/* Marks all that is connected with a place by `mark`; how much that is. */
static unsigned fill(piece *p, int x, int y, uint8_t mark) {
  unsigned size = 0, waiting = 0;
  p->stack[waiting++] = (uint16_t)(y * GRID + x);
  p->is[y][x] = mark;
  while (waiting) {
    unsigned at = p->stack[--waiting];
    size++;
    for (int k = 0; k < 4; k++) {
      int nx = (int)(at % GRID) + (k == 0) - (k == 1);
      int ny = (int)(at / GRID) + (k == 2) - (k == 3);
      if (nx < 0 || ny < 0 || nx >= GRID || ny >= GRID || p->is[ny][nx] != 1)
        continue;
      p->is[ny][nx] = mark;
      p->stack[waiting++] = (uint16_t)(ny * GRID + nx);
    }
  }
  return size;
}

static bool find_piece(const pa_sight *s, piece *p) {
  look(s, p);
  uint8_t mark = 2, best = 0;
  for (int j = 0; j < GRID; j++)
    for (int i = 0; i < GRID; i++) {
      if (p->is[j][i] != 1 || mark == 255) continue;
      unsigned size = fill(p, i, j, mark);
      if (size > p->count) p->count = size, best = mark;
      mark++;
    }
  p->top = GRID, p->bottom = -1;
  for (int j = 0; j < GRID; j++)
    for (int i = 0; i < GRID; i++) {
      p->is[j][i] = best && p->is[j][i] == best;
      if (!p->is[j][i]) continue;
      p->top = j < p->top ? j : p->top;
      p->bottom = j > p->bottom ? j : p->bottom;
    }
  return p->count >= FEW && p->bottom - p->top >= 3;
}

/* Each band's sides: as wide as it has places, so that a strap's loop is no
 * plate. */
static void measure_bands(piece *p) {
  float high = (float)(p->bottom + 1 - p->top);
  for (int b = 0; b < BANDS; b++) {
    int from = p->top + (int)(high * (float)b / BANDS);
    int to = p->top + (int)ceilf(high * (float)(b + 1) / BANDS);
    float sum = 0, count = 0;
    for (int j = from; j < to && j < GRID; j++)
      for (int i = 0; i < GRID; i++)
        if (p->is[j][i]) sum += (float)i + .5f, count++;
    float middle = count > 0 ? sum / count : 0;
    float half = count / (float)(to - from) / 2;
    if (count == 0 && b > 0) {
      p->left[b] = p->left[b - 1], p->right[b] = p->right[b - 1];
      continue;
    }
    p->left[b] = p->x0 + p->dx * (middle - half);
    p->right[b] = p->x0 + p->dx * (middle + half);
  }
}

static void smooth(float *v) {
  float before = v[0];
  for (int b = 1; b + 1 < BANDS; b++) {
    float own = v[b];
    v[b] = (before + 2 * own + v[b + 1]) / 4;
    before = own;
  }
}

/* How far the nearest place of the bag is from a point of the photo. */
static float distance(const piece *p, float x, float y) {
  float least = 1e9f;
  for (int j = p->top; j <= p->bottom; j++)
    for (int i = 0; i < GRID; i++)
      if (p->is[j][i])
        least = fminf(least, hypotf(p->x0 + ((float)i + .5f) * p->dx - x,
                                    p->y0 + ((float)j + .5f) * p->dy - y));
  return least;
}

/* The hand that a bag hangs from: near it, and not far below its top. -1: none.
 */
static int hand_of(const pa_sight *s, const piece *p, float scale) {
  int hand = -1;
  float least = NEAR * scale, high = p->dy * (float)(p->bottom - p->top);
  for (int side = 0; side < 2; side++) {
    const pa_keypoint *k = &s->person.keypoints[PA_KP_LEFT_WRIST + side];
    if (s->trust[PA_KP_LEFT_WRIST + side] < SEEN) continue;
    if (k->y > p->y0 + p->dy * (float)p->top + .35f * high) continue;
    float away = distance(p, k->x, k->y);
    if (away < least) least = away, hand = side;
  }
  return hand;
}

static bool find_frame(const pa_figure *f, const pa_sight *s,
                       const pa_view *view, const pa_marks *marks,
                       const piece *p, pa_bag_frame *frame) {
  pa_pose_of_bones *pose = pa_mem_calloc(1, sizeof *pose);
  if (!pose) return false;
  pa_posing_photo(f, s, marks, pose);
  const pa_keypoint *k = s->person.keypoints;
  frame->scale = view->camera.scale;
  int side = hand_of(s, p, frame->scale);
  frame->held = side >= 0;
  /* Fingers that close on a handle say nothing of how it hangs. */
  unsigned bone = f->bone[frame->held ? PA_BONE_SIDE(PA_BONE_LOWERARM, side)
                                      : (unsigned)PA_BONE_PELVIS];
  frame->turn = pose->rotation[bone];
  pa_mem_free(pose);
  if (frame->held) {
    frame->bone = f->head[f->bone[PA_BONE_SIDE(PA_BONE_HAND, side)]];
    frame->x = k[PA_KP_LEFT_WRIST + side].x;
    frame->y = k[PA_KP_LEFT_WRIST + side].y;
    return true;
  }
  frame->bone = pa_mix(f->head[f->bone[PA_BONE_THIGH]],
                       f->head[f->bone[PA_BONE_THIGH_R]], .5f);
  frame->x = (k[PA_KP_LEFT_HIP].x + k[PA_KP_RIGHT_HIP].x) / 2;
  frame->y = (k[PA_KP_LEFT_HIP].y + k[PA_KP_RIGHT_HIP].y) / 2;
  return s->trust[PA_KP_LEFT_HIP] > SEEN && s->trust[PA_KP_RIGHT_HIP] > SEEN;
}

pa_vec pa_bag_map(const void *data, pa_vec place) {
  const pa_bag_frame *a = data;
  pa_vec o = pa_apply(&a->turn, pa_sub(place, a->bone));
  return pa_v(a->x + a->scale * o.x, a->y - a->scale * o.y, o.z);
}

pa_vec pa_bag_towards(const pa_bag_frame *a) {
  pa_mat back = pa_transpose(&a->turn);
  return pa_apply(&back, pa_v(0, 0, 1));
}

/* The place of the T-pose that lies at (x, y) in the photo, `z` metres nearer
 * than the bone. */
static pa_vec place_of(const pa_bag_frame *a, float x, float y, float z) {
  pa_mat back = pa_transpose(&a->turn);
  pa_vec o = pa_v((x - a->x) / a->scale, (a->y - y) / a->scale, z);
  return pa_add(a->bone, pa_apply(&back, o));
}

static float power(float v) {
  return (v < 0 ? -1.f : 1.f) * powf(fabsf(v), .55f);
}

/* Rings from above to below, closed at both ends. Before the trunk it lies on
 * it, beside it at its middle. */
static void build(const piece *p, const pa_bag_frame *a,
                  const pa_relief *relief, pa_shell *shell) {
  float y0 = p->y0 + p->dy * (float)p->top;
  float y1 = p->y0 + p->dy * (float)(p->bottom + 1);
  float widest = 0;
  for (int b = 0; b < BANDS; b++)
    widest = fmaxf(widest, (p->right[b] - p->left[b]) / 2 / a->scale);
  float most = pa_clamp(.38f * widest, .012f, .075f);
  shell->rows = BANDS + 2;
  for (unsigned r = 0; r < shell->rows; r++) {
    int b = r == 0 ? 0 : r > BANDS ? BANDS - 1 : (int)r - 1;
    bool end = r == 0 || r > BANDS;
    float t = r == 0 ? 0 : r > BANDS ? 1 : ((float)b + .5f) / BANDS;
    float middle = (p->left[b] + p->right[b]) / 2;
    float half = end ? 0 : (p->right[b] - p->left[b]) / 2;
    float deep = end ? 0 : fminf(most, .8f * half / a->scale + .006f);
    float beside = fabsf(middle - a->x) / a->scale;
    float before = a->held ? 0 : .16f * (1 - pa_smoothstep(.12f, .22f, beside));
    for (unsigned c = 0; c <= LAST; c++) {
      float az = 2 * PA_PI * (float)c / LAST;
      pa_vec at = place_of(a, middle + half * power(sinf(az)),
                           y0 + t * (y1 - y0), before + deep * power(cosf(az)));
      if (!a->held && before > .08f)
        at = pa_relief_clear(relief, at, .006f + deep * (1 + cosf(az)));
      shell->at[r][c] = at;
    }
  }
}

static pa_rgb color_of(const pa_sight *s, const piece *p) {
  float sum[3] = {0}, all = 0;
  for (int j = p->top; j <= p->bottom; j++)
    for (int i = 0; i < GRID; i++) {
      float x = p->x0 + ((float)i + .5f) * p->dx;
      float y = p->y0 + ((float)j + .5f) * p->dy;
      if (!p->is[j][i] || !pa_sight_inside(s, x, y)) continue;
      const uint8_t *c =
          s->image->rgba + 4 * ((size_t)y * s->width + (size_t)x);
      for (int k = 0; k < 3; k++)
        sum[k] += c[k];
      all++;
    }
  all = fmaxf(all, 1);
  return (pa_rgb){sum[0] / all, sum[1] / all, sum[2] / all};
}

static bool is_sized(const piece *p, float scale) {
  float high = p->dy * (float)(p->bottom + 1 - p->top) / scale, wide = 0;
  for (int b = 0; b < BANDS; b++)
    wide = fmaxf(wide, (p->right[b] - p->left[b]) / scale);
  return high > SMALLEST && high < LARGEST && wide > .5f * SMALLEST &&
         wide < LARGEST;
}

bool pa_bag_shell(const pa_figure *f, const pa_sight *s, const pa_view *view,
                  const pa_marks *marks, pa_bag_frame *frame, pa_shell *shell) {
  *shell = (pa_shell){.rows = 0};
  *frame = (pa_bag_frame){.scale = 0};
  if (pa_sight_pixels(s, PA_BIT(PA_LABEL_BAG)) < FEW) return false;
  piece *p = pa_mem_calloc(1, sizeof *p);
  pa_relief *relief = pa_mem_alloc(sizeof *relief);
  bool made = p && relief && find_piece(s, p) &&
              find_frame(f, s, view, marks, p, frame);
  if (made) {
    measure_bands(p);
    smooth(p->left);
    smooth(p->right);
    made = is_sized(p, frame->scale);
  }
  if (made) {
    pa_relief_of(f, relief);
    build(p, frame, relief, shell);
    shell->color = color_of(s, p);
  }
  pa_mem_free(p);
  pa_mem_free(relief);
  const float rect[4] = {.7f, .71f, .3f, .09f};
  memcpy(shell->uv, rect, sizeof rect);
  shell->source = PA_SOURCE_BAG;
  shell->material = PA_MATERIAL_BAG;
  return made;
}

void pa_bag_skin_held(const pa_figure *f, pa_vec p, uint8_t bone[4],
                      uint8_t weight[4]) {
  const unsigned bones[1] = {f->bone[PA_BONE_SIDE(PA_BONE_LOWERARM, p.x < 0)]};
  pa_shell_weights(bones, (const float[]){1}, 1, bone, weight);
}

/* The trunk's bones by height, so that straps follow the back. */
void pa_bag_skin_worn(const pa_figure *f, pa_vec p, uint8_t bone[4],
                      uint8_t weight[4]) {
  static const pa_bone chain[4] = {PA_BONE_PELVIS, PA_BONE_SPINE_1,
                                   PA_BONE_SPINE_2, PA_BONE_SPINE_3};
  unsigned bones[4];
  float shares[4];
  for (int i = 0; i < 4; i++) {
    bones[i] = f->bone[chain[i]];
    float low = f->head[bones[i]].y, high = f->tail[bones[i]].y;
    float middle = i == 0 ? fminf(low, p.y) : (low + high) / 2;
    float away = (p.y - middle) / .12f;
    shares[i] = expf(-away * away);
  }
  if (p.y > f->tail[bones[3]].y) shares[3] = 1;
  pa_shell_weights(bones, shares, 4, bone, weight);
}
