#include "avatar3d/face.h"

#include <string.h>

#include "avatar3d/spline.h"

#define SURE .5f      /* score of a face mesh that is believed */
#define SMALLEST 14.f /* pixels between the eyes' outer corners */

static void add(pa_marks *m, int point, float x, float y, float z) {
  bool number = fabsf(x) < 1e6f && fabsf(y) < 1e6f && fabsf(z) < 1e6f;
  if (point < 0 || !number || m->count == PA_FACE_MARKS) return;
  m->point[m->count] = (uint16_t)point;
  m->photo[m->count++] = pa_v(x, y, z);
}

static bool usable(const pa_face *face) {
  if (!face || !(face->score > SURE)) return false;
  const float *a = face->points[PA_FACE_LEFT_EYE_OUTER];
  const float *b = face->points[PA_FACE_RIGHT_EYE_OUTER];
  float apart =
      sqrtf((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
            (a[2] - b[2]) * (a[2] - b[2]));
  return apart > SMALLEST;
}

/* ------------------------------------------------------------ shape */

static pa_vec mean_of(const pa_vec *v, unsigned count) {
  pa_vec sum = {0, 0, 0};
  for (unsigned i = 0; i < count; i++)
    sum = pa_add(sum, v[i]);
  return pa_mul(sum, 1 / (float)count);
}

static pa_mat inverse_transpose(const pa_mat *m) {
  pa_mat c = {pa_cross(m->y, m->z), pa_cross(m->z, m->x), pa_cross(m->x, m->y)};
  float det = pa_dot(m->x, c.x);
  float k = fabsf(det) > 1e-12f ? 1 / det : 0;
  return (pa_mat){pa_mul(c.x, k), pa_mul(c.y, k), pa_mul(c.z, k)};
}

static float size_of(const pa_mat *m) {
  return sqrtf(pa_dot(m->x, m->x) + pa_dot(m->y, m->y) + pa_dot(m->z, m->z));
}

/* The rotation nearest to a matrix: Newton's iteration for the polar
 * decomposition (Higham 1986). */
static pa_mat polar(pa_mat m) {
  for (int i = 0; i < 24; i++) {
    float k = 1 / fmaxf(size_of(&m), 1e-20f);
    pa_mat unit = {pa_mul(m.x, k), pa_mul(m.y, k), pa_mul(m.z, k)};
    pa_mat other = inverse_transpose(&unit);
    float balance = sqrtf(size_of(&other) / size_of(&unit));
    m = (pa_mat){
        pa_mix(pa_mul(unit.x, balance), pa_mul(other.x, 1 / balance), .5f),
        pa_mix(pa_mul(unit.y, balance), pa_mul(other.y, 1 / balance), .5f),
        pa_mix(pa_mul(unit.z, balance), pa_mul(other.z, 1 / balance), .5f)};
  }
  return m;
}

static pa_vec upright(pa_vec photo) {
  return pa_v(photo.x, -photo.y, photo.z);
}

/* The rotation that lays the body's marks best on the photo's (Kabsch). */
static pa_mat turn_of(const pa_figure *f, const pa_marks *m) {
  pa_vec center[PA_FACE_MARKS], photo[PA_FACE_MARKS];
  for (unsigned i = 0; i < m->count; i++) {
    center[i] = f->point[m->point[i]];
    photo[i] = upright(m->photo[i]);
  }
  pa_vec cb = mean_of(center, m->count), cp = mean_of(photo, m->count);
  pa_mat h = {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}};
  for (unsigned i = 0; i < m->count; i++) {
    pa_vec b = pa_sub(center[i], cb), p = pa_sub(photo[i], cp);
    h.x = pa_add(h.x, pa_mul(b, p.x));
    h.y = pa_add(h.y, pa_mul(b, p.y));
    h.z = pa_add(h.z, pa_mul(b, p.z));
  }
  return polar(h);
}

/* A point of the mesh as the T-pose would have it, in photo pixels. */
static pa_vec unturned(const pa_face *face, const pa_mat *back, unsigned i) {
  const float *p = face->points[i];
  return pa_apply(back, pa_v(p[0], -p[1], -p[2]));
}

static void measure_brows(const pa_face *face, pa_marks *m) {
  /* The corners of the eyes, and the brows' lower and upper edges. */
  static const unsigned eyes[2][2] = {{362, 263}, {133, 33}};
  static const unsigned edges[2][PA_FACE_BROW][2] = {
      {{285, 336}, {295, 296}, {282, 334}, {283, 293}, {276, 300}},
      {{55, 107}, {65, 66}, {52, 105}, {53, 63}, {46, 70}}};
  const pa_mat back = pa_transpose(&m->turn);
  float wide =
      pa_length(pa_sub(unturned(face, &back, 263), unturned(face, &back, 33)));
  for (int s = 0; s < 2; s++) {
    pa_vec eye = pa_mix(unturned(face, &back, eyes[s][0]),
                        unturned(face, &back, eyes[s][1]), .5f);
    for (int k = 0; k < PA_FACE_BROW; k++) {
      pa_vec at = pa_mix(unturned(face, &back, edges[s][k][0]),
                         unturned(face, &back, edges[s][k][1]), .5f);
      float out = (s ? -1.f : 1.f) * (at.x - eye.x) / wide;
      m->brow[k][0] += .5f * pa_clamp(out, -.4f, .4f);
      m->brow[k][1] += .5f * pa_clamp((at.y - eye.y) / wide, .05f, .35f);
    }
  }
}

/* The body's landmarks and the face mesh's numbers of the same places. */
static const struct {
  int keypoint;
  unsigned number;
} coarse[] = {{0, 1},   {1, 362}, {3, 263}, {4, 133}, {6, 33},
              {7, 454}, {8, 234}, {9, 291}, {10, 61}};

/* Whether the photo's upper edge runs below the brows: then it shows eyes only
 * to networks that guess. */
static bool is_cut_off(const pa_sight *s) {
  const pa_keypoint *k = s->person.keypoints;
  float eye = (k[PA_KP_LEFT_EYE].y + k[PA_KP_RIGHT_EYE].y) / 2;
  float mouth = (k[PA_KP_MOUTH_LEFT].y + k[PA_KP_MOUTH_RIGHT].y) / 2;
  return eye < .45f * (mouth - eye);
}

void pa_face_marks(const pa_figure *f, const pa_sight *s, const pa_face *face,
                   pa_marks *m) {
  memset(m, 0, sizeof *m);
  m->blind = is_cut_off(s);
  if (usable(face)) {
    m->solid = true;
    for (unsigned i = 0; i < f->body->marks; i++) {
      unsigned number = f->body->mark[i].number;
      if (number >= PA_FACE_POINTS) continue;
      const float *p = face->points[number];
      add(m, f->body->mark[i].point, p[0], p[1], -p[2]);
    }
    m->turn = turn_of(f, m);
    measure_brows(face, m);
    return;
  }
  /* Without eyes in the photo a nose and a mouth are no face. */
  float eyes = fmaxf(s->trust[PA_KP_LEFT_EYE], s->trust[PA_KP_RIGHT_EYE]);
  if (s->trust[PA_KP_NOSE] < .4f) return;
  m->blind = m->blind || eyes < .3f;
  for (size_t i = 0; i < sizeof coarse / sizeof *coarse; i++) {
    const pa_keypoint *k = &s->person.keypoints[coarse[i].keypoint];
    add(m, pa_body_mark_find(f->body, coarse[i].number), k->x, k->y, 0);
  }
}

/* The marks in the T-pose's frame and size, as displacements from the body's
 * own; false when they make no sense. */
static bool displacements(const pa_figure *f, const pa_marks *m, pa_vec *center,
                          float (*move)[3]) {
  pa_vec photo[PA_FACE_MARKS];
  for (unsigned i = 0; i < m->count; i++) {
    center[i] = f->point[m->point[i]];
    photo[i] = upright(m->photo[i]);
  }
  pa_vec cb = mean_of(center, m->count), cp = mean_of(photo, m->count);
  float along = 0, square = 0;
  pa_mat r = m->turn; /* from the body's frame to the photo's */
  for (unsigned i = 0; i < m->count; i++) {
    pa_vec b = pa_apply(&r, pa_sub(center[i], cb)), p = pa_sub(photo[i], cp);
    along += pa_dot(b, p);
    square += pa_dot(b, b);
  }
  float scale = along / fmaxf(square, 1e-12f);
  if (!(scale > 1e-3f)) return false;
  pa_mat back = pa_transpose(&r);
  for (unsigned i = 0; i < m->count; i++) {
    pa_vec p = pa_apply(&back, pa_mul(pa_sub(photo[i], cp), 1 / scale));
    pa_vec d = pa_sub(pa_add(p, cb), center[i]);
    float length = pa_length(d), most = .014f;
    if (length > most) d = pa_mul(d, most / length);
    move[i][0] = d.x, move[i][1] = d.y, move[i][2] = .4f * d.z;
  }
  return true;
}

static float head_weight(const pa_figure *f, unsigned point) {
  pa_region region = f->body->point[point].region;
  if (region >= PA_REGION_EYE_L) return 1;
  if (region != PA_REGION_HEAD) return 0;
  return pa_figure_weight(f, point, f->bone[PA_BONE_HEAD]);
}

static pa_vec field(const pa_vec *center, const float *weight, unsigned count,
                    pa_vec p) {
  float v[3];
  pa_spline_at(center, weight, count, 3, p, v);
  return pa_v(v[0], v[1], v[2]);
}

pa_status pa_face_shape(pa_error *err, const pa_marks *m, float strength,
                        pa_figure *f) {
  pa_vec center[PA_FACE_MARKS];
  float move[PA_FACE_MARKS][3], weight[(PA_FACE_MARKS + 4) * 3];
  int ear = pa_body_mark_find(f->body, 454);
  if (!m->solid || m->count < 12 || ear < 0) return PA_OK;
  if (!displacements(f, m, center, move)) return PA_OK;
  bool found;
  pa_status status = pa_spline_fit(err, center, &move[0][0], m->count, 3, .01f,
                                   weight, &found);
  if (status != PA_OK || !found) return status;
  float back = f->point[ear].z - .03f, front = f->point[ear].z + .035f;
  static const char *const eyes[] = {"eye_l", "eye_r"};
  pa_vec eye_move[2] = {{0, 0, 0}, {0, 0, 0}};
  for (int s = 0; s < 2; s++) {
    int bone = pa_body_bone_find(f->body, eyes[s]);
    if (bone < 0) continue;
    eye_move[s] = pa_mul(field(center, weight, m->count,
                               pa_add(f->head[bone], pa_v(0, 0, .01f))),
                         strength);
    eye_move[s].z = fminf(eye_move[s].z, 0);
    f->head[bone] = pa_add(f->head[bone], eye_move[s]);
    f->tail[bone] = pa_add(f->tail[bone], eye_move[s]);
  }
  for (unsigned i = 0; i < f->body->points; i++) {
    float w = head_weight(f, i) * strength;
    if (w <= 0) continue;
    pa_region region = f->body->point[i].region;
    if (region == PA_REGION_EYE_L || region == PA_REGION_EYE_R) {
      f->point[i] = pa_add(f->point[i], eye_move[region - PA_REGION_EYE_L]);
      continue;
    }
    if (region == PA_REGION_HEAD)
      w *= pa_smoothstep(back, front, f->point[i].z);
    pa_vec d = field(center, weight, m->count, f->point[i]);
    f->point[i] = pa_add(f->point[i], pa_mul(d, w));
  }
  return PA_OK;
}

/* ------------------------------------------------------------ map */

pa_status pa_face_map_fit(pa_error *err, const pa_figure *f, const pa_marks *m,
                          pa_face_map *map) {
  float photo[PA_FACE_MARKS][2];
  memset(map, 0, sizeof *map);
  map->blind = m->blind;
  for (unsigned i = 0; i < m->count; i++) {
    map->center[i] = f->point[m->point[i]];
    photo[i][0] = m->photo[i].x, photo[i][1] = m->photo[i].y;
  }
  /* Stiff, it is nearly affine, which tells where the camera is. */
  bool found;
  pa_status status = pa_spline_fit(err, map->center, &photo[0][0], m->count, 2,
                                   1e3f, &map->weight[0][0], &found);
  if (status != PA_OK || !found) return status;
  float(*w)[2] = map->weight + m->count;
  memcpy(map->affine, w, sizeof map->affine);
  pa_vec right = pa_v(w[1][0], w[2][0], w[3][0]);
  pa_vec up = pa_v(-w[1][1], -w[2][1], -w[3][1]);
  map->towards = pa_unit(pa_cross(right, up), pa_v(0, 0, 1));
  /* Coarse landmarks deserve less faith. */
  float smooth = m->solid ? 2e-4f : .03f;
  status = pa_spline_fit(err, map->center, &photo[0][0], m->count, 2, smooth,
                         &map->weight[0][0], &found);
  if (found) map->count = m->count;
  return status;
}

pa_vec pa_face_map_apply(const pa_face_map *map, pa_vec place) {
  float v[2];
  pa_spline_at(map->center, &map->weight[0][0], map->count, 2, place, v);
  return pa_v(v[0], v[1], 0);
}
