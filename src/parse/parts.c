#include "parse/parts.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "parse/crops.h"
#include "parse/limbs.h"
#include "parse/owner.h"
#include "parse/selfie.h"
#include "parse/twins.h"
#include "parse/waist.h"

/* The labels that come out. */
enum {
  CH_HAIR,
  CH_FACE,
  CH_TORSO_SKIN,
  CH_LEFT_ARM,
  CH_RIGHT_ARM,
  CH_LEFT_LEG,
  CH_RIGHT_LEG,
  CH_UPPER_CLOTHES,
  CH_PANTS,
  CH_LEFT_SHOE,
  CH_RIGHT_SHOE,
  CH_ACCESSORY,
  CHANNELS
};
static const char *const channel_names[CHANNELS] = {
    "hair",      "face",      "torso_skin", "left_arm",
    "right_arm", "left_leg",  "right_leg",  "upper_clothes",
    "pants",     "left_shoe", "right_shoe", "accessory"};

/* Sleeves reach this far from the arm's axis, in radii of the arm. */
#define SLEEVE 1.6f
/* Hips less visible than this are guessed: the photo ends above them. */
#define HIPS_SEEN 0.4f
/* A torso is at least this many times as long as the face is large (the root of
 * its area): in close-ups the landmarks crowd into what there is to see. */
#define TORSO_FACES 2.0f

#define CELLS ((size_t)PA_GRID * PA_GRID)

typedef struct fill_job {
  float *classes; /* [PA_GRID][PA_GRID][PA_SELFIE_CLASSES], probabilities */
  const float *mask;
  pa_affine to_mask; /* grid pixels to the pose mask's */
  float closeness;   /* pa_owner_closeness */
  pa_body body;
  float waist; /* height where lower clothes end; -INFINITY: none are seen */
  pa_grid *grid;
} fill_job;

static int nearest(const float *distance, const pa_limb *limbs, int count) {
  int best = limbs[0];
  for (int i = 1; i < count; i++)
    if (distance[limbs[i]] < distance[best]) best = limbs[i];
  return best;
}

static int skin_channel(const float *distance) {
  static const pa_limb limbs[] = {
      PA_LIMB_TORSO,     PA_LIMB_LEFT_ARM,  PA_LIMB_RIGHT_ARM, PA_LIMB_LEFT_LEG,
      PA_LIMB_RIGHT_LEG, PA_LIMB_LEFT_FOOT, PA_LIMB_RIGHT_FOOT};
  switch (nearest(distance, limbs, 7)) {
  case PA_LIMB_LEFT_ARM:
    return CH_LEFT_ARM;
  case PA_LIMB_RIGHT_ARM:
    return CH_RIGHT_ARM;
  case PA_LIMB_LEFT_LEG:
  case PA_LIMB_LEFT_FOOT:
    return CH_LEFT_LEG;
  case PA_LIMB_RIGHT_LEG:
  case PA_LIMB_RIGHT_FOOT:
    return CH_RIGHT_LEG;
  default:
    return CH_TORSO_SKIN;
  }
}

static int clothes_channel(const fill_job *job, const float *distance, float x,
                           float y) {
  float arm = fminf(distance[PA_LIMB_LEFT_ARM], distance[PA_LIMB_RIGHT_ARM]);
  float leg = fminf(distance[PA_LIMB_LEFT_LEG], distance[PA_LIMB_RIGHT_LEG]);
  float torso = distance[PA_LIMB_TORSO];
  if (arm < SLEEVE && arm < leg && arm < torso) return CH_UPPER_CLOTHES;
  if (job->waist == -INFINITY) return CH_UPPER_CLOTHES;
  /* Sitting people's thighs may lie higher than their waist. */
  if (job->body.thighs_raised && leg < torso && leg < 1) return CH_PANTS;
  return pa_body_height(&job->body, x, y) < job->waist ? CH_PANTS
                                                       : CH_UPPER_CLOTHES;
}

static int others_channel(const float *distance) {
  static const pa_limb limbs[] = {PA_LIMB_LEFT_FOOT, PA_LIMB_RIGHT_FOOT};
  int foot = nearest(distance, limbs, 2);
  if (distance[foot] > 2) return CH_ACCESSORY;
  return foot == PA_LIMB_LEFT_FOOT ? CH_LEFT_SHOE : CH_RIGHT_SHOE;
}

/* Sets one cell: who is there, and what of them. The two networks' opinions are
 * averaged: the parts network has the sharper edge, but takes whole people in
 * odd light for background (mean IoU on 157 people of COCO photos: pose mask
 * .818, average .822, product .797, parts network .62). */
static void fill_cell(const fill_job *job, int x, int y) {
  size_t cell = (size_t)y * PA_GRID + (size_t)x;
  const float *p = job->classes + cell * PA_SELFIE_CLASSES;
  float gx = (float)x + 0.5f, gy = (float)y + 0.5f;
  float owner = pa_owner_mask(job->mask, &job->to_mask, gx, gy);
  float person = 1 - p[PA_SELFIE_BACKGROUND];
  owner += job->closeness * (person - owner);
  float body = pa_owner_body(person, owner);
  job->grid->body[cell] = pa_grid_byte(body);
  job->grid->owner[cell] = pa_grid_byte(owner);
  if (body < 0.01f) return;

  float distance[PA_LIMB_COUNT];
  pa_body_distances(&job->body, gx, gy, distance);
  uint8_t *parts = job->grid->parts + cell * job->grid->stride;
  parts[CH_HAIR] = pa_grid_byte(p[PA_SELFIE_HAIR] / person);
  parts[CH_FACE] = pa_grid_byte(p[PA_SELFIE_FACE_SKIN] / person);
  parts[skin_channel(distance)] =
      pa_grid_byte(pa_selfie_skin_trust(p) * p[PA_SELFIE_BODY_SKIN] / person);
  parts[clothes_channel(job, distance, gx, gy)] =
      pa_grid_byte(p[PA_SELFIE_CLOTHES] / person);
  parts[others_channel(distance)] = pa_grid_byte(p[PA_SELFIE_OTHERS] / person);
}

static void fill_row(void *user, size_t y) {
  for (int x = 0; x < PA_GRID; x++)
    fill_cell(user, x, (int)y);
}

/* The root of the faces' area, in cells. */
static float face_size(const float *classes) {
  float cells = 0;
  for (size_t cell = 0; cell < CELLS; cell++) {
    const float *p = classes + cell * PA_SELFIE_CLASSES;
    bool face = true;
    for (int c = 0; c < PA_SELFIE_CLASSES; c++)
      face &= p[c] <= p[PA_SELFIE_FACE_SKIN];
    cells += face;
  }
  return sqrtf(cells);
}

static bool hips_seen(const pa_pose *pose, const fill_job *job) {
  float seen = fmaxf(pose->keypoints[PA_KP_LEFT_HIP].score,
                     pose->keypoints[PA_KP_RIGHT_HIP].score);
  return seen > HIPS_SEEN &&
         job->body.length > TORSO_FACES * face_size(job->classes);
}

static pa_status make_grid(pa_error *err, pa_affine to_photo, pa_grid *grid) {
  uint8_t labels[CHANNELS];
  for (int c = 0; c < CHANNELS; c++)
    labels[c] = (uint8_t)pa_label_find(channel_names[c]);
  return pa_grid_init(err, to_photo, labels, CHANNELS, 0, grid);
}

static pa_status check_net(pa_error *err, pa_nn_net *net, float **input,
                           const float **output) {
  pa_nn_shape in, out;
  *input = pa_nn_net_input(net, "image", &in);
  *output = pa_nn_net_output(net, "logits", &out);
  if (*input && *output && pa_nn_shape_is(&in, PA_GRID, PA_GRID, 3) &&
      pa_nn_shape_is(&out, PA_GRID, PA_GRID, PA_SELFIE_CLASSES))
    return PA_OK;
  return pa_error_set(err, PA_ERROR_WEIGHTS,
                      "the parts network does not map image [1, 256, 256, 3] "
                      "to logits [1, 256, 256, 6]");
}

/* ------------------------------------------------------------ the network */

typedef struct look {
  pa_context *context;
  const pa_image *image;
  pa_nn_net *net;
  float *input;
  const float *logits;
} look;

/* The probabilities of the classes on one crop. */
static pa_status look_at(const look *l, pa_affine crop, float *classes) {
  pa_status status =
      pa_crops_look(l->context, l->net, l->image, crop, l->input);
  if (status != PA_OK) return status;
  for (size_t cell = 0; cell < CELLS; cell++)
    pa_nn_softmax(l->logits + cell * PA_SELFIE_CLASSES, PA_SELFIE_CLASSES,
                  classes + cell * PA_SELFIE_CLASSES);
  return PA_OK;
}

/* Mixes what was seen on another crop into the grid's cells that it covers, by
 * equal weights within, less towards its edges. */
static void blend(const pa_affine *to_other, const float *other,
                  float *classes) {
  for (int y = 0; y < PA_GRID; y++) {
    for (int x = 0; x < PA_GRID; x++) {
      float u, v;
      pa_affine_apply(to_other, (float)x + 0.5f, (float)y + 0.5f, &u, &v);
      float weight = pa_crops_weight(u, v);
      if (weight <= 0) continue;
      float *p =
          classes + ((size_t)y * PA_GRID + (size_t)x) * PA_SELFIE_CLASSES;
      for (unsigned c = 0; c < PA_SELFIE_CLASSES; c++) {
        float seen = pa_image_bilinear(other, PA_GRID, PA_GRID,
                                       PA_SELFIE_CLASSES, c, u, v);
        p[c] = (p[c] + weight * seen) / (1 + weight);
      }
    }
  }
}

/* Limbs and waist from the first crop, which shows the whole person. */
static void measure_body(const pa_pose *pose, const float *rgb, fill_job *job) {
  pa_body_init(pose->keypoints, &job->grid->to_grid, &job->body);
  job->waist = -INFINITY;
  if (hips_seen(pose, job))
    job->waist = pa_waist_find(&job->body, rgb, job->classes, PA_SELFIE_CLASSES,
                               PA_SELFIE_CLOTHES);
  else
    pa_body_drop_legs(&job->body);
}

static pa_status fill_grid(const look *l, const pa_crops *c,
                           const pa_pose *pose, bool twice, float *other,
                           fill_job *job) {
  pa_status status = look_at(l, c->square[0], job->classes);
  if (status != PA_OK) return status;
  measure_body(pose, l->input, job);
  if (twice) {
    status = look_at(l, pa_crops_mirrored(c->square[0]), other);
    if (status != PA_OK) return status;
    pa_twins_blend(other, PA_GRID, PA_SELFIE_CLASSES, NULL, job->classes);
  }
  if (c->count > 1) {
    status = look_at(l, c->square[1], other);
    if (status != PA_OK) return status;
    pa_affine to_other = pa_crops_to_second(c);
    blend(&to_other, other, job->classes);
  }
  job->to_mask = pa_crops_to_mask(c, pose);
  job->closeness = pa_owner_closeness(face_size(job->classes) / PA_GRID);
  pa_nn_parallel(l->context->engine, PA_GRID, fill_row, job);
  return PA_OK;
}

pa_status pa_parts_run(pa_context *context, const pa_image *image,
                       const pa_pose *pose, const float *mask, bool twice,
                       pa_grid *grid) {
  pa_error *err = &context->err;
  look l = {.context = context, .image = image};
  fill_job job = {.mask = mask, .grid = grid};
  memset(grid, 0, sizeof *grid);
  pa_status status = pa_context_net(context, PA_ROLE_PARTS, NULL, &l.net);
  if (status == PA_OK) status = check_net(err, l.net, &l.input, &l.logits);
  if (status != PA_OK) return status;

  pa_crops c = pa_crops_choose(image, pose, mask);
  size_t bytes = CELLS * PA_SELFIE_CLASSES * sizeof(float);
  float *classes = pa_mem_alloc(2 * bytes);
  if (!classes) return pa_error_memory(err, 2 * bytes, "a person's classes");
  job.classes = classes;
  status = make_grid(err, c.square[0], grid);
  if (status == PA_OK)
    status = fill_grid(&l, &c, pose, twice, classes + CELLS * PA_SELFIE_CLASSES,
                       &job);
  if (status != PA_OK) pa_grid_free(grid);
  pa_mem_free(classes);
  return status;
}
