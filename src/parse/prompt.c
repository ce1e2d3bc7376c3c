#include "parse/prompt.h"

#include <math.h>
#include <string.h>

#include "parse/owner.h"

/* As in weights/train/prompt.py. */
#define REACH 0.03f
#define SEEN 0.3f
/* Detections of less are more often this person again than somebody else. */
#define SURE 0.5f
/* Of the pose's mask: the pixel is this person's. */
#define OWNED 0.5f
/* Detections whose keypoints are nearer than this many torsos are of one
 * person. */
#define NEAR 0.35f
/* Beyond this many reaches a value is 0 (exp(-16) is 1e-7). */
#define TRACE 4.0f

/* BlazePose's numbers of COCO's 17 keypoints. */
static const uint8_t blaze[PA_COCO_KEYPOINTS] = {
    0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28};

/* Bones between COCO's keypoints, by the channel they are drawn on. */
static const struct {
  uint8_t channel, a, b;
} bones[] = {{0, 0, 1},   {0, 0, 2},   {0, 1, 3},   {0, 2, 4},
             {1, 5, 6},   {1, 5, 11},  {1, 6, 12},  {1, 11, 12},
             {2, 5, 7},   {2, 7, 9},   {3, 6, 8},   {3, 8, 10},
             {4, 11, 13}, {4, 13, 15}, {5, 12, 14}, {5, 14, 16}};

enum { LEFT_ARM = 2, LEFT_LEG = 4, OTHERS = 6, OWN = 7 };

typedef struct point {
  float x, y;
} point;

/* Draws the segment from a to b, in cells, where it is nearer than what is
 * there. */
static void draw_bone(float *maps, int channel, point a, point b) {
  const float reach = REACH * PA_PROMPT, far = TRACE * reach;
  int x0 = (int)fmaxf(fminf(a.x, b.x) - far, 0);
  int y0 = (int)fmaxf(fminf(a.y, b.y) - far, 0);
  int x1 = (int)fminf(fmaxf(a.x, b.x) + far + 1, PA_PROMPT);
  int y1 = (int)fminf(fmaxf(a.y, b.y) + far + 1, PA_PROMPT);
  float dx = b.x - a.x, dy = b.y - a.y;
  float length = fmaxf(dx * dx + dy * dy, 1e-6f);
  for (int y = y0; y < y1; y++) {
    for (int x = x0; x < x1; x++) {
      float px = (float)x + 0.5f - a.x, py = (float)y + 0.5f - a.y;
      float t = fminf(fmaxf((px * dx + py * dy) / length, 0), 1);
      px -= t * dx, py -= t * dy;
      float value = expf(-(px * px + py * py) / (reach * reach));
      float *cell = maps + (y * PA_PROMPT + x) * PA_PROMPT_CHANNELS + channel;
      *cell = fmaxf(*cell, value);
    }
  }
}

static point at(const pa_affine *to_map, const pa_keypoint *k) {
  point p;
  pa_affine_apply(to_map, k->x, k->y, &p.x, &p.y);
  /* Whatever a network says: far outside is far enough. */
  p.x = fminf(fmaxf(p.x, -4 * PA_PROMPT), 5 * PA_PROMPT);
  p.y = fminf(fmaxf(p.y, -4 * PA_PROMPT), 5 * PA_PROMPT);
  return p;
}

bool pa_prompt_same(const pa_pose *pose, const pa_found *found) {
  const pa_keypoint *k = pose->keypoints;
  float torso = hypotf((k[PA_KP_LEFT_SHOULDER].x + k[PA_KP_RIGHT_SHOULDER].x -
                        k[PA_KP_LEFT_HIP].x - k[PA_KP_RIGHT_HIP].x) /
                           2,
                       (k[PA_KP_LEFT_SHOULDER].y + k[PA_KP_RIGHT_SHOULDER].y -
                        k[PA_KP_LEFT_HIP].y - k[PA_KP_RIGHT_HIP].y) /
                           2);
  float width = hypotf(k[PA_KP_LEFT_SHOULDER].x - k[PA_KP_RIGHT_SHOULDER].x,
                       k[PA_KP_LEFT_SHOULDER].y - k[PA_KP_RIGHT_SHOULDER].y);
  float sum = 0;
  int count = 0;
  for (int i = 0; i < PA_COCO_KEYPOINTS; i++) {
    const pa_keypoint *own = &k[blaze[i]], *other = &found->keypoints[i];
    if (own->score < SEEN || other->score < SEEN) continue;
    sum += hypotf(own->x - other->x, own->y - other->y);
    count++;
  }
  return count > 0 && sum / (float)count < NEAR * fmaxf(torso, width);
}

/* A detector finds people twice, and parts of them for people: what lies on
 * this one's mask says nothing about others. */
static void draw_others(const pa_affine *to_map, const pa_pose *pose,
                        const float *mask, const pa_found *others, size_t count,
                        float *maps) {
  pa_affine to_mask = pa_affine_inverse(pa_pose_affine(pose->roi));
  for (size_t p = 0; p < count; p++) {
    if (others[p].score < SURE || pa_prompt_same(pose, &others[p])) continue;
    for (int i = 0; i < PA_COCO_KEYPOINTS; i++) {
      const pa_keypoint *k = &others[p].keypoints[i];
      if (k->score < SEEN || pa_owner_mask(mask, &to_mask, k->x, k->y) > OWNED)
        continue;
      point other = at(to_map, k);
      draw_bone(maps, OTHERS, other, other);
    }
  }
}

void pa_prompt_draw(pa_affine to_photo, const pa_pose *pose, const float *mask,
                    const pa_found *others, size_t other_count, float *maps) {
  memset(maps, 0, sizeof *maps * PA_PROMPT * PA_PROMPT * PA_PROMPT_CHANNELS);
  pa_affine to_map = pa_affine_inverse(to_photo);
  point own[PA_COCO_KEYPOINTS];
  for (int i = 0; i < PA_COCO_KEYPOINTS; i++) {
    const pa_keypoint *k = &pose->keypoints[blaze[i]];
    own[i] = at(&to_map, k);
    if (k->score > SEEN) draw_bone(maps, OWN, own[i], own[i]);
  }
  for (size_t i = 0; i < sizeof bones / sizeof *bones; i++)
    if (pose->keypoints[blaze[bones[i].a]].score > SEEN &&
        pose->keypoints[blaze[bones[i].b]].score > SEEN)
      draw_bone(maps, bones[i].channel, own[bones[i].a], own[bones[i].b]);
  draw_others(&to_map, pose, mask, others, other_count, maps);
}

void pa_prompt_swap_sides(float *maps) {
  for (size_t cell = 0; cell < (size_t)PA_PROMPT * PA_PROMPT; cell++) {
    float *p = maps + cell * PA_PROMPT_CHANNELS;
    for (int left = LEFT_ARM; left <= LEFT_LEG; left += 2) {
      float value = p[left];
      p[left] = p[left + 1];
      p[left + 1] = value;
    }
  }
}
