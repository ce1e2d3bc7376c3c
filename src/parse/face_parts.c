#include "parse/face_parts.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "parse/crops.h"
#include "parse/twins.h"
#include "pose/pose.h"

#define SIDE PA_GRID /* of the network's input */
#define CLASSES_MAX 32
/* Photo pixels; in a smaller head an eye is two pixels. */
#define MIN_SIDE 27.0f
/* Nose and eyes less visible than this are guessed. */
#define SEEN 0.4f
/* The outermost share of the square has seen too little around it. */
#define RIM 0.02f
/* Hair, hats and necks are not asked for: eyes, brows and lips have the pixels.
 * It is as close as the network was trained (FACE_CLOSER of scene.py). */
#define CLOSER 0.67f
/* The square moves at most so far towards the nearer ear, over the distance of
 * the ears. */
#define TURNED_MOST 0.3f

/* As weights/train/teachers.py cuts heads, but closer: from ear to ear when
 * frontal, from brow to shoulders when not. There upright, here turned with the
 * eyes, so that the extents are those of the turned head. */
pa_head_square pa_face_parts_square(const pa_keypoint keypoints[PA_KEYPOINTS]) {
  const pa_keypoint *l = &keypoints[PA_KP_LEFT_EYE],
                    *r = &keypoints[PA_KP_RIGHT_EYE];
  float angle = atan2f(l->y - r->y, l->x - r->x);
  /* Seen from behind, the eyes are the other way round: no turn. */
  if (fabsf(angle) > 1.6f) angle = 0;
  float c = cosf(angle), s = sinf(angle);
  float low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
  float mx = 0, my = 0;
  for (int i = 0; i <= PA_KP_MOUTH_RIGHT; i++) {
    float x = keypoints[i].x, y = keypoints[i].y;
    float u = c * x + s * y, v = c * y - s * x;
    low[0] = fminf(low[0], u), high[0] = fmaxf(high[0], u);
    low[1] = fminf(low[1], v), high[1] = fmaxf(high[1], v);
    mx += x / (PA_KP_MOUTH_RIGHT + 1), my += y / (PA_KP_MOUTH_RIGHT + 1);
  }
  const pa_keypoint *ls = &keypoints[PA_KP_LEFT_SHOULDER],
                    *rs = &keypoints[PA_KP_RIGHT_SHOULDER];
  float neck = hypotf((ls->x + rs->x) / 2 - mx, (ls->y + rs->y) / 2 - my);
  float wide = high[0] - low[0], tall = high[1] - low[1];
  float side = CLOSER * fmaxf(fmaxf(wide * 2.4f, tall * 3.4f), neck * 1.7f);
  /* Of a turned head the nearer ear lies far beyond its landmark, on the side
   * from which the nose points away. */
  const pa_keypoint *nose = &keypoints[PA_KP_NOSE];
  float middle = (low[0] + high[0]) / 2;
  float turn = c * nose->x + s * nose->y - middle, most = TURNED_MOST * wide;
  float u = middle - fminf(fmaxf(turn, -most), most);
  /* The face's middle lies a little below the square's. */
  float v = c * my - s * mx - 0.05f * side;
  return (pa_head_square){c * u - s * v, s * u + c * v, side, angle};
}

/* ------------------------------------------------------------ what it says */

/* What a class does to a pixel: nothing, or the label it gives. */
typedef struct table {
  size_t classes;
  int label[CLASSES_MAX];     /* -1: the body's label stays */
  uint8_t twin[CLASSES_MAX];  /* the class of the other side */
  bool head[PA_LIMIT_LABELS]; /* labels that may be overwritten */
} table;

/* Of a head the parser of bodies knows hair, skin, hats and glasses better:
 * with them taken from here, too, CelebAMask's classes have a mean IoU of .666
 * instead of .675, CCP's .454 instead of .486. */
static int label_of(const table *t, const char *name) {
  int jewellery = pa_label_find("accessory");
  if (!strcmp(name, "earring") || !strcmp(name, "necklace")) return jewellery;
  int label = pa_label_find(name);
  return label > 0 && !t->head[label] ? label : -1;
}

static pa_status read_table(pa_context *context, table *t) {
  static const char *const head[] = {"hat",  "hair",       "glasses",
                                     "face", "torso_skin", "accessory"};
  const pa_nn_weights *weights = context->networks[PA_ROLE_FACE_PARTS].weights;
  memset(t, 0, sizeof *t);
  t->classes = pa_nn_weights_label_count(weights);
  if (!t->classes || t->classes > CLASSES_MAX)
    return pa_error_set(&context->err, PA_ERROR_WEIGHTS,
                        "the face-part network has %zu labels, not 1 to %d",
                        t->classes, CLASSES_MAX);
  for (size_t i = 0; i < sizeof head / sizeof *head; i++)
    t->head[pa_label_find(head[i])] = true;
  for (size_t i = 0; i < t->classes; i++)
    t->label[i] = label_of(t, pa_nn_weights_label(weights, i));
  pa_twins_find(weights, t->classes, t->twin);
  return PA_OK;
}

typedef struct job {
  const table *table;
  float *logits; /* [cells][cells][classes] */
  size_t cells;
  pa_affine to_map; /* photo to map pixels */
  unsigned id;
  int x0, y0, x1;
  pa_scene *scene;
} job;

static size_t logit_bytes(const job *j) {
  return j->cells * j->cells * j->table->classes * sizeof *j->logits;
}

/* The class of most logit, bilinear between the cells. */
static size_t best_class(const job *j, float u, float v) {
  size_t n = j->table->classes, side = j->cells;
  u = fminf(fmaxf(u - 0.5f, 0), (float)(side - 1));
  v = fminf(fmaxf(v - 0.5f, 0), (float)(side - 1));
  size_t x0 = (size_t)u, y0 = (size_t)v;
  size_t x1 = x0 + (x0 + 1 < side), y1 = y0 + (y0 + 1 < side);
  float fx = u - (float)x0, fy = v - (float)y0;
  const float *a = j->logits + (y0 * side + x0) * n;
  const float *b = j->logits + (y0 * side + x1) * n;
  const float *c = j->logits + (y1 * side + x0) * n;
  const float *d = j->logits + (y1 * side + x1) * n;
  size_t best = 0;
  float most = -INFINITY;
  for (size_t i = 0; i < n; i++) {
    float value = (a[i] * (1 - fx) + b[i] * fx) * (1 - fy) +
                  (c[i] * (1 - fx) + d[i] * fx) * fy;
    if (value > most) most = value, best = i;
  }
  return best;
}

static void label_row(void *user, size_t row) {
  const job *j = user;
  const float low = RIM * (float)j->cells, high = (float)j->cells - low;
  size_t y = (size_t)j->y0 + row;
  uint8_t *labels = j->scene->labels + y * j->scene->width;
  const uint8_t *persons = j->scene->persons + y * j->scene->width;
  for (int x = j->x0; x < j->x1; x++) {
    if (persons[x] != j->id || !j->table->head[labels[x]]) continue;
    float u, v;
    pa_affine_apply(&j->to_map, (float)x + 0.5f, (float)y + 0.5f, &u, &v);
    if (u < low || v < low || u > high || v > high) continue;
    int label = j->table->label[best_class(j, u, v)];
    if (label >= 0) labels[x] = (uint8_t)label;
  }
}

/* ------------------------------------------------------------ the network */

typedef struct look {
  pa_context *context;
  const pa_image *image;
  pa_nn_net *net;
  float *input;
  const float *output;
} look;

/* Sets the job's cells: the masks may be of any stride. */
static pa_status open_net(look *l, job *j) {
  pa_context *context = l->context;
  pa_status status = pa_context_net(context, PA_ROLE_FACE_PARTS, NULL, &l->net);
  if (status != PA_OK) return status;
  pa_nn_shape in, out;
  l->input = pa_nn_net_input(l->net, "image", &in);
  l->output = pa_nn_net_output(l->net, "masks", &out);
  j->cells = l->output && out.rank == 4 ? out.dim[1] : 0;
  if (l->input && j->cells && pa_nn_shape_is(&in, SIDE, SIDE, 3) &&
      pa_nn_shape_is(&out, j->cells, j->cells, j->table->classes))
    return PA_OK;
  return pa_error_set(&context->err, PA_ERROR_WEIGHTS,
                      "the face-part network does not map image [1, %d, %d, 3] "
                      "to square masks [1, n, n, %zu]",
                      SIDE, SIDE, j->table->classes);
}

static pa_status look_at(const look *l, pa_affine crop) {
  return pa_crops_look(l->context, l->net, l->image, crop, l->input);
}

/* Fills the job's logits. */
static pa_status look_at_face(const look *l, pa_affine crop, bool twice,
                              job *j) {
  pa_status status = look_at(l, crop);
  if (status != PA_OK) return status;
  memcpy(j->logits, l->output, logit_bytes(j));
  if (!twice) return PA_OK;
  status = look_at(l, pa_crops_mirrored(crop));
  if (status == PA_OK)
    pa_twins_blend(l->output, j->cells, j->table->classes, j->table->twin,
                   j->logits);
  return status;
}

/* ------------------------------------------------------------ one face */

static bool face_seen(const pa_person *person) {
  return person->keypoints[PA_KP_NOSE].score > SEEN &&
         fmaxf(person->keypoints[PA_KP_LEFT_EYE].score,
               person->keypoints[PA_KP_RIGHT_EYE].score) > SEEN;
}

static int bound(float v, unsigned high) {
  return (int)fminf(fmaxf(v, 0), (float)high);
}

static void label_face(const pa_context *context, const pa_head_square *head,
                       job *j) {
  j->to_map = pa_affine_inverse(pa_affine_square(
      head->cx, head->cy, head->side, head->angle, (unsigned)j->cells));
  float turned = fabsf(cosf(head->angle)) + fabsf(sinf(head->angle));
  float reach = head->side * turned;
  j->x0 = bound(head->cx - reach / 2, j->scene->width);
  j->x1 = bound(head->cx + reach / 2 + 1, j->scene->width);
  j->y0 = bound(head->cy - reach / 2, j->scene->height);
  int y1 = bound(head->cy + reach / 2 + 1, j->scene->height);
  if (y1 > j->y0)
    pa_nn_parallel(context->engine, (size_t)(y1 - j->y0), label_row, j);
}

pa_status pa_face_parts_run(pa_context *context, const pa_image *image,
                            const pa_person *person, bool twice,
                            pa_scene *scene) {
  pa_head_square head = pa_face_parts_square(person->keypoints);
  if (!face_seen(person) || !(head.side >= MIN_SIDE)) return PA_OK;
  table t;
  look l = {.context = context, .image = image};
  job j = {.table = &t, .id = person->id, .scene = scene};
  pa_status status = read_table(context, &t);
  if (status == PA_OK) status = open_net(&l, &j);
  if (status != PA_OK) return status;
  j.logits = pa_mem_alloc(logit_bytes(&j));
  if (!j.logits)
    return pa_error_memory(&context->err, logit_bytes(&j), "a face's parts");
  pa_affine crop =
      pa_affine_square(head.cx, head.cy, head.side, head.angle, SIDE);
  status = look_at_face(&l, crop, twice, &j);
  if (status == PA_OK) label_face(context, &head, &j);
  pa_mem_free(j.logits);
  return status;
}
