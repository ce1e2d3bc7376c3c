#include "avatar3d/hair.h"

#include <string.h>

#include "base/mem.h"

#define CAP 22         /* rows from the crown to below the ears */
#define LOWEST (-.62f) /* radians: where the cap ends, behind */
#define FALL 22        /* rows of hair that falls */
#define SIDE 2
#define STEP .003f /* metres, when looking along the photo */

/* The head's own form by direction. */
#define ELEVATIONS 28
#define AZIMUTHS 48

typedef struct hair {
  const pa_figure *figure;
  const pa_sight *sight;
  const pa_view *view;
  unsigned set; /* labels that count as hair */
  pa_vec center;
  pa_vec ear, chin;
  float skull[ELEVATIONS][AZIMUTHS];
  float thick[CAP][SIDE]; /* beyond the skull, by row */
  float open[CAP][SIDE];  /* azimuth at which the hair begins, from the front */
  float wide[FALL][SIDE]; /* half widths of the fall */
  float inner[FALL][SIDE]; /* where it begins, metres from the middle */
  bool falls[FALL][SIDE];
  float bottom; /* height of the lowest hair */
  unsigned fall_rows;
} hair;

static float cap_elevation(unsigned row) {
  float t = (float)row / (CAP - 1);
  return PA_PI / 2 + t * (LOWEST - PA_PI / 2);
}

static pa_vec direction(float elevation, float azimuth) {
  return pa_v(cosf(elevation) * sinf(azimuth), sinf(elevation),
              cosf(elevation) * cosf(azimuth));
}

pa_vec pa_hair_map(const void *data, pa_vec place) {
  const pa_face_map *map = data;
  const float(*w)[2] = map->affine;
  return pa_v(
      w[0][0] + w[1][0] * place.x + w[2][0] * place.y + w[3][0] * place.z,
      w[0][1] + w[1][1] * place.x + w[2][1] * place.y + w[3][1] * place.z, 0);
}

static bool hair_at(const hair *h, pa_vec place) {
  pa_vec at = pa_hair_map(&h->view->face, place);
  return pa_sight_is(h->sight, h->set, at.x, at.y);
}

static bool outside_photo(const hair *h, pa_vec place) {
  pa_vec at = pa_hair_map(&h->view->face, place);
  return at.x < 1 || at.y < 1 || at.x > (float)h->sight->width - 1 ||
         at.y > (float)h->sight->height - 1;
}

/* ------------------------------------------------------------ the skull */

static void measure_skull(hair *h) {
  const pa_figure *f = h->figure;
  float weight[ELEVATIONS][AZIMUTHS] = {{0}};
  memset(h->skull, 0, sizeof h->skull);
  for (unsigned i = 0; i < f->body->points; i++) {
    if (f->body->point[i].region != PA_REGION_HEAD) continue;
    pa_vec d = pa_sub(f->point[i], h->center);
    if (fabsf(f->point[i].x) > fabsf(h->ear.x) + .001f &&
        fabsf(f->point[i].y - h->ear.y) < .045f)
      continue; /* ears */
    float r = pa_length(d);
    if (r < .03f || r > .2f) continue;
    pa_vec u = pa_mul(d, 1 / r);
    for (int e = 0; e < ELEVATIONS; e++)
      for (int a = 0; a < AZIMUTHS; a++) {
        float el = PA_PI / 2 - (float)e * PA_PI / (ELEVATIONS - 1);
        float az = (float)a * 2 * PA_PI / AZIMUTHS;
        float near = pa_dot(u, direction(el, az));
        if (near < .97f) continue;
        float w = near - .97f;
        w = w * w * w;
        h->skull[e][a] += w * r;
        weight[e][a] += w;
      }
  }
  for (int e = 0; e < ELEVATIONS; e++)
    for (int a = 0; a < AZIMUTHS; a++)
      h->skull[e][a] = weight[e][a] > 0 ? h->skull[e][a] / weight[e][a] : .085f;
}

static float skull_radius(const hair *h, float el, float az) {
  float e = pa_clamp((PA_PI / 2 - el) * (ELEVATIONS - 1) / PA_PI, 0,
                     ELEVATIONS - 1.001f);
  float a = az * AZIMUTHS / (2 * PA_PI);
  a -= floorf(a / AZIMUTHS) * AZIMUTHS;
  int e0 = (int)e, a0 = (int)a % AZIMUTHS, a1 = (a0 + 1) % AZIMUTHS;
  float fe = e - (float)e0, fa = a - floorf(a);
  float top = h->skull[e0][a0] * (1 - fa) + h->skull[e0][a1] * fa;
  float low = h->skull[e0 + 1][a0] * (1 - fa) + h->skull[e0 + 1][a1] * fa;
  return top * (1 - fe) + low * fe;
}

/* ------------------------------------------------------------ measures */

/* How far the hair reaches beyond the skull to one side. */
static float reach_of(const hair *h, float el, int side) {
  float az = side ? -PA_PI / 2 : PA_PI / 2;
  float skull = skull_radius(h, el, az), last = 0;
  unsigned gap = 0;
  for (float d = -.012f; d < .11f && gap < 4; d += STEP) {
    pa_vec p = pa_add(h->center, pa_mul(direction(el, az), skull + d));
    if (hair_at(h, p))
      last = d, gap = 0;
    else
      gap++;
  }
  return last;
}

static void measure_cap(hair *h) {
  for (unsigned r = 0; r < CAP; r++)
    for (int s = 0; s < SIDE; s++) {
      float reach = reach_of(h, cap_elevation(r), s);
      h->thick[r][s] = pa_clamp(reach, .006f, .075f);
    }
}

/* The azimuth at which the hair ends towards the face, seen from the side. */
static float opening(const hair *h, unsigned row, int side) {
  float el = cap_elevation(row), found = PA_PI / 2;
  unsigned gap = 0;
  for (float az = PA_PI / 2; az > 0 && gap < 3; az -= .04f) {
    float r = skull_radius(h, el, side ? -az : az) + .004f;
    pa_vec p = pa_add(h->center, pa_mul(direction(el, side ? -az : az), r));
    if (hair_at(h, p))
      found = az, gap = 0;
    else
      gap++;
  }
  return found < .1f ? 0 : found;
}

static void measure_opening(hair *h) {
  for (unsigned r = 0; r < CAP; r++)
    for (int s = 0; s < SIDE; s++) {
      float el = cap_elevation(r);
      float a = el > 1.05f ? 0 : opening(h, r, s);
      /* behind the ears where nothing else is seen */
      if (a >= PA_PI / 2 - .02f)
        a = PA_PI / 2 + (el > .25f ? 0 : .35f + .5f * pa_clamp(-el, 0, 1));
      h->open[r][s] = a;
    }
}

static float fall_height(const hair *h, unsigned row) {
  float top = h->center.y + .085f * sinf(LOWEST);
  float t = (float)(row + 1) / (float)h->fall_rows;
  return top + t * (h->bottom - top);
}

/* The row's hair on one side: from the middle outwards, the first and the last
 * place of the widest run. */
static bool run_of(const hair *h, float y, int side, float *inner,
                   float *outer) {
  float best = 0, begin = 0, x;
  bool inside = false;
  for (x = .004f; x < .30f; x += STEP) {
    bool is = hair_at(h, pa_v(side ? -x : x, y, h->ear.z));
    if (is && !inside) begin = x;
    if (!is && inside && x - begin > best)
      best = x - begin, *inner = begin, *outer = x;
    inside = is;
  }
  return best > .008f;
}

/* How low the hair comes on either side. */
static void measure_bottom(hair *h) {
  h->bottom = h->chin.y + .02f;
  for (int s = 0; s < SIDE; s++) {
    unsigned gap = 0;
    for (float y = h->chin.y + .05f; y > h->chin.y - .55f && gap < 5;
         y -= .01f) {
      float a, b;
      if (outside_photo(h, pa_v(0, y, 0))) break;
      if (!run_of(h, y, s, &a, &b)) {
        gap++;
        continue;
      }
      gap = 0;
      h->bottom = fminf(h->bottom, y);
    }
  }
}

static void measure_fall(hair *h) {
  measure_bottom(h);
  bool is_long = h->bottom < h->chin.y - .015f;
  h->fall_rows = is_long ? FALL : 0;
  for (unsigned r = 0; r < h->fall_rows; r++)
    for (int s = 0; s < SIDE; s++) {
      float y = fall_height(h, r), a = 0, b = 0;
      h->falls[r][s] = run_of(h, y, s, &a, &b);
      h->inner[r][s] = h->falls[r][s] ? a : .12f;
      h->wide[r][s] = h->falls[r][s] ? pa_clamp(b, .06f, .165f) : .07f;
    }
}

static void smooth(float (*v)[SIDE], unsigned rows, int rounds) {
  for (int k = 0; k < rounds; k++)
    for (int s = 0; s < SIDE; s++) {
      float before = v[0][s];
      for (unsigned r = 1; r + 1 < rows; r++) {
        float own = v[r][s];
        v[r][s] = (before + 2 * own + v[r + 1][s]) / 4;
        before = own;
      }
    }
}

/* ------------------------------------------------------------ the surface */

/* Column c of a row: azimuth from the left edge round the back to the right
 * one; the outermost columns turn under. */
static float column_azimuth(float left, float right, unsigned c, bool *under) {
  const float n = PA_SHELL_COLUMNS - 3;
  *under = c == 0 || c == PA_SHELL_COLUMNS - 1;
  float t = pa_clamp(((float)c - 1) / n, 0, 1);
  return left + t * (2 * PA_PI - right - left);
}

static pa_vec cap_place(const hair *h, unsigned row, float az, bool under) {
  float el = cap_elevation(row);
  float side = sinf(az), front = cosf(az);
  float own = h->thick[row][side < 0];
  float mean = (h->thick[row][0] + h->thick[row][1]) / 2;
  float behind = pa_clamp(mean, .012f, .035f);
  float ahead = pa_clamp(.6f * mean, .006f, .022f);
  float along = front > 0 ? ahead : behind;
  float t = own * side * side + along * front * front;
  /* the crown is one place whatever the side */
  float crown = pa_smoothstep(.9f, 1.5f, el);
  t += crown * (pa_clamp(mean, .006f, .06f) - t);
  if (under) t = -.004f;
  float r = skull_radius(h, el, az) + t;
  pa_vec p = pa_add(h->center, pa_mul(direction(el, az), r));
  /* Beside the cheeks it hangs down from the temples. */
  float most = h->ear.z + .015f + .09f * pa_smoothstep(-.1f, .55f, el);
  p.z = fminf(p.z, most);
  return p;
}

static pa_vec fall_place(const hair *h, const pa_relief *relief, unsigned row,
                         float az, bool under) {
  float y = fall_height(h, row);
  bool right = sinf(az) < 0;
  float wide = h->wide[row][right];
  float neck = h->figure->head[h->figure->bone[PA_BONE_NECK]].z;
  float deep = .07f + .015f * (1 - (float)row / (float)h->fall_rows);
  /* Beside the neck it hangs straight down; what lies on the chest is moved
   * before it below. */
  if (cosf(az) > 0) deep = .02f;
  pa_vec p = pa_v(wide * sinf(az), y, neck - .005f + deep * cosf(az));
  pa_vec start = cap_place(h, CAP - 1, az, false);
  float s = pa_smoothstep(-1, 5, (float)row);
  p = pa_v(start.x + s * (p.x - start.x), y, start.z + s * (p.z - start.z));
  /* Before the chin is reached it does not come before the ears. */
  float shoulder = h->figure->head[h->figure->bone[PA_BONE_UPPERARM]].y;
  float low = pa_clamp((h->chin.y - y) / (h->chin.y - shoulder), 0, 1);
  p.z = fminf(p.z, h->ear.z + .012f + .12f * low * low);
  p = pa_relief_clear(relief, p, under ? .004f : .016f);
  if (under) p.x *= .93f;
  return p;
}

static float fall_opening(const hair *h, unsigned row, int side) {
  unsigned mine = 0, theirs = 0;
  for (unsigned r = 0; r < h->fall_rows; r++)
    mine += h->falls[r][side], theirs += h->falls[r][!side];
  /* One tress alone does not go round the neck. */
  if (mine * 3 < h->fall_rows && theirs * 2 > h->fall_rows) return PA_PI * 1.2f;
  if (!h->falls[row][side]) return PA_PI * .62f;
  float ratio = h->inner[row][side] / fmaxf(h->wide[row][side], .01f);
  return pa_clamp(asinf(pa_clamp(ratio, 0, .98f)), .25f, 2.2f);
}

static void build(const hair *h, const pa_relief *relief, pa_shell *shell) {
  bool under;
  for (unsigned r = 0; r < CAP; r++)
    for (unsigned c = 0; c < PA_SHELL_COLUMNS; c++) {
      float az = column_azimuth(h->open[r][0], h->open[r][1], c, &under);
      bool last = r + 1 == CAP && !h->fall_rows;
      shell->at[r][c] = cap_place(h, r, az, under || last);
    }
  for (unsigned r = 0; r < h->fall_rows; r++) {
    float s = pa_smoothstep(-1, 4, (float)r);
    float left = h->open[CAP - 1][0], right = h->open[CAP - 1][1];
    left += s * (fall_opening(h, r, 0) - left);
    right += s * (fall_opening(h, r, 1) - right);
    for (unsigned c = 0; c < PA_SHELL_COLUMNS; c++) {
      float az = column_azimuth(left, right, c, &under);
      bool last = r + 1 == h->fall_rows;
      shell->at[CAP + r][c] = fall_place(h, relief, r, az, under || last);
    }
  }
  shell->rows = CAP + h->fall_rows;
}

bool pa_hair_shell(const pa_figure *f, const pa_sight *s, const pa_view *view,
                   const pa_outfit *outfit, pa_shell *shell) {
  int ear = pa_body_mark_find(f->body, 454);
  int chin = pa_body_mark_find(f->body, 152);
  shell->rows = 0;
  unsigned hair_pixels = pa_sight_pixels(s, PA_BIT(PA_LABEL_HAIR));
  if (ear < 0 || chin < 0 || !view->face.count || !outfit->swatches.has_hair ||
      hair_pixels < 60)
    return false;
  hair *h = pa_mem_calloc(1, sizeof *h);
  pa_relief *relief = pa_mem_calloc(1, sizeof *relief);
  if (!h || !relief) {
    pa_mem_free(h);
    pa_mem_free(relief);
    return false;
  }
  h->figure = f, h->sight = s, h->view = view;
  h->set = PA_BIT(PA_LABEL_HAIR) | PA_BIT(PA_LABEL_HAT);
  h->ear = f->point[ear];
  h->chin = f->point[chin];
  h->center = pa_v(0, h->ear.y + .03f, h->ear.z + .0f);
  measure_skull(h);
  measure_cap(h);
  measure_opening(h);
  measure_fall(h);
  smooth(h->thick, CAP, 3);
  smooth(h->open, CAP, 2);
  if (h->fall_rows) {
    smooth(h->wide, h->fall_rows, 6);
    smooth(h->inner, h->fall_rows, 6);
  }
  pa_relief_of(f, relief);
  build(h, relief, shell);
  pa_mem_free(h);
  pa_mem_free(relief);
  const float rect[4] = {.4f, .5f, .3f, .4f};
  memcpy(shell->uv, rect, sizeof rect);
  shell->source = PA_SOURCE_HAIR;
  shell->material = PA_MATERIAL_HAIR;
  shell->color = outfit->swatches.hair;
  return true;
}

void pa_hair_skin(const pa_figure *f, pa_vec p, uint8_t bone[4],
                  uint8_t weight[4]) {
  int chin = pa_body_mark_find(f->body, 152);
  float top = chin < 0 ? p.y : f->point[chin].y + .02f;
  float shoulder = f->head[f->bone[PA_BONE_UPPERARM]].y;
  float below = pa_smoothstep(top, shoulder - .06f, p.y);
  below = p.y > top ? 0 : below;
  if (p.y <= shoulder - .06f) below = 1;
  const unsigned bones[3] = {f->bone[PA_BONE_HEAD], f->bone[PA_BONE_NECK],
                             f->bone[PA_BONE_SPINE_3]};
  const float shares[3] = {1 - .85f * below, .3f * below * (1 - below),
                           .85f * below};
  pa_shell_weights(bones, shares, 3, bone, weight);
}
