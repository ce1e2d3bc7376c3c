/* The face's form, from the mesh seen from the front. Each measure is brought a
 * little towards that of a common face: the mesh errs, and a drawing that
 * follows it to the letter is no better likeness. */
#include <math.h>
#include <string.h>

#include "avatar2d/measure.h"

static float toward(float value, float usual, float share) {
  return value + (usual - value) * share;
}

/* ------------------------------------------------------------ outline */

#define RIM 19

/* From the hairline down to the chin, the person's left; then the right. */
static const int rims[2][RIM] = {{10, 338, 297, 332, 284, 251, 389, 356, 454,
                                  323, 361, 288, 397, 365, 379, 378, 400, 377,
                                  152},
                                 {10, 109, 67, 103, 54, 21, 162, 127, 234, 93,
                                  132, 58, 172, 136, 150, 149, 176, 148, 152}};

static float rim_x(const pa_head *head, int side, float y) {
  for (int i = 1; i < RIM; i++) {
    const float *a = head->points[rims[side][i - 1]];
    const float *b = head->points[rims[side][i]];
    if (b[1] < y && i < RIM - 1) continue;
    float t = b[1] > a[1] ? (y - a[1]) / (b[1] - a[1]) : 1;
    return fabsf(a[0] + (b[0] - a[0]) * fminf(fmaxf(t, 0), 1));
  }
  return 0;
}

static void measure_outline(const pa_head *head, pa_traits *t) {
  /* The nearer side of a turned head is seen, the other guessed. */
  float left = .5f - .45f * fminf(fmaxf(head->yaw / .6f, -1), 1);
  float chin = head->points[PA_FACE_CHIN][1];
  t->face.chin = toward(chin, 100, .15f);
  for (int i = 1; i < PA_OUTLINE; i++) {
    float y = pa_outline_heights[i] * chin;
    float half = left * rim_x(head, 0, y) + (1 - left) * rim_x(head, 1, y);
    t->face.outline[i] = toward(half, t->face.outline[i], .15f);
  }
}

/* ------------------------------------------------------------ eyes, brows */

static float y_of(const pa_head *head, int point) {
  return head->points[point][1];
}

static float x_of(const pa_head *head, int point) {
  return head->points[point][0];
}

static float middle_y(const pa_head *head, int a, int b) {
  return (y_of(head, a) + y_of(head, b)) / 2;
}

static float openness(const pa_head *head, const int *top, const int *bottom,
                      float width) {
  float sum = 0;
  for (int i = 0; i < 3; i++)
    sum += y_of(head, bottom[i]) - y_of(head, top[i]);
  return sum / 3 / fmaxf(width, 1) * 1.12f;
}

static void measure_eyes(const pa_head *head, pa_traits *t) {
  static const int left_top[] = {386, 385, 387}, left_low[] = {374, 380, 373};
  static const int right_top[] = {159, 158, 160}, right_low[] = {145, 153, 144};
  float lo = x_of(head, 263), li = x_of(head, 362);
  float ro = x_of(head, 33), ri = x_of(head, 133);
  float width = (lo - li + ri - ro) / 2;
  t->eyes.x = toward((lo + li - ro - ri) / 4, t->eyes.x, .2f);
  t->eyes.width = toward(width, t->eyes.width, .2f);
  t->eyes.open_left = openness(head, left_top, left_low, width);
  t->eyes.open_right = openness(head, right_top, right_low, width);
  /* A mesh of few pixels shuts the eyes of who smiles or wears glasses. */
  const float fine = 12, squint = .16f; /* photo pixels */
  if (width * head->unit < fine) {
    t->eyes.open_left = fmaxf(t->eyes.open_left, squint);
    t->eyes.open_right = fmaxf(t->eyes.open_right, squint);
  }
  /* On large faces the mesh gives shut eyes .15 to .16, open ones .2 and more.
   */
  const float large = 40, shut = .172f, closed = .1f;
  bool seen = width * head->unit > large && fabsf(head->yaw) < 1;
  if (seen && t->eyes.open_left < shut) t->eyes.open_left = closed;
  if (seen && t->eyes.open_right < shut) t->eyes.open_right = closed;
  /* Both eyes alike, unless one is shut. */
  float mean = (t->eyes.open_left + t->eyes.open_right) / 2;
  if (fabsf(t->eyes.open_left - t->eyes.open_right) < .14f)
    t->eyes.open_left = t->eyes.open_right = mean;
  float drop =
      (y_of(head, 362) - y_of(head, 263) + y_of(head, 133) - y_of(head, 33)) /
      2;
  t->eyes.tilt = toward(drop / fmaxf(width, 1), .05f, .3f);
}

static void measure_brows(const pa_head *head, pa_traits *t) {
  static const int upper[2][5] = {{336, 296, 334, 293, 300},
                                  {107, 66, 105, 63, 70}};
  static const int lower[2][5] = {{285, 295, 282, 283, 276},
                                  {55, 65, 52, 53, 46}};
  float inner_x = 0, outer_x = 0, inner = 0, peak = 0, outer = 0, thick = 0;
  for (int s = 0; s < 2; s++) {
    inner_x += fabsf(x_of(head, upper[s][0]) + x_of(head, lower[s][0])) / 4;
    outer_x += fabsf(x_of(head, upper[s][4]) + x_of(head, lower[s][4])) / 4;
    inner += middle_y(head, upper[s][0], lower[s][0]) / 2;
    peak += middle_y(head, upper[s][2], lower[s][2]) / 2;
    outer += middle_y(head, upper[s][4], lower[s][4]) / 2;
    thick += (y_of(head, lower[s][2]) - y_of(head, upper[s][2])) / 2;
  }
  t->brows.inner_x = toward(inner_x, t->brows.inner_x, .2f);
  t->brows.outer_x = toward(outer_x, t->brows.outer_x, .2f);
  t->brows.inner_y = toward(inner, t->brows.inner_y, .15f);
  t->brows.peak_y = toward(peak, t->brows.peak_y, .15f);
  t->brows.outer_y = toward(outer, t->brows.outer_y, .15f);
  t->brows.thickness = toward(.62f * thick, t->brows.thickness, .3f);
}

/* ------------------------------------------------------------ nose, mouth */

static void measure_nose(const pa_head *head, pa_traits *t) {
  t->nose.y = toward(y_of(head, PA_FACE_NOSE_BASE), t->nose.y, .2f);
  float width = x_of(head, 358) - x_of(head, 129);
  t->nose.width = toward(.85f * width, t->nose.width, .3f);
}

static void measure_mouth(const pa_head *head, pa_traits *t) {
  float top = y_of(head, PA_FACE_LIP_INNER_TOP);
  float low = y_of(head, PA_FACE_LIP_INNER_BOTTOM);
  float width =
      x_of(head, PA_FACE_MOUTH_LEFT) - x_of(head, PA_FACE_MOUTH_RIGHT);
  float corners = middle_y(head, PA_FACE_MOUTH_LEFT, PA_FACE_MOUTH_RIGHT);
  t->mouth.width = toward(width, t->mouth.width, .1f);
  t->mouth.upper = toward(top - y_of(head, PA_FACE_LIP_TOP), 5, .3f);
  t->mouth.lower = toward(y_of(head, PA_FACE_LIP_BOTTOM) - low, 7, .3f);
  t->mouth.open = low - top < 2.5f ? 0 : low - top;
  t->mouth.y = (top + low) / 2;
  /* The middle of lips at rest lies a little above the corners. */
  float rise = (t->mouth.y - corners) / fmaxf(width / 2, 1);
  /* People look friendlier to those who know them than a still picture is. */
  t->mouth.smile = 1.25f * (rise + .04f) + .06f;
}

void pa_measure_face(pa_measure *m, pa_traits *traits) {
  const pa_head *head = &m->head;
  if (head->shoulders > 0)
    traits->shoulders = toward(.92f * head->shoulders, 140, .4f);
  traits->yaw = head->yaw / .6f;
  if (!head->mesh) return;
  measure_outline(head, traits);
  measure_eyes(head, traits);
  measure_brows(head, traits);
  measure_nose(head, traits);
  measure_mouth(head, traits);
}
