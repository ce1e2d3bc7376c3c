/* The body that every 3D avatar is made from: weights/body/body.bin.
 *
 * A file of sections, little-endian, each padded to 4 bytes:
 *   header    64 bytes: "PABODY1\n", then u32 size of the file, points,
 *             corners, triangles, bones, targets, marks, 0; f32 metres a step
 *   bones     char name[16], u16 parent (0xffff: none), u16 0, f32 head[3],
 *             f32 tail[3]; parents come first
 *   points    i16 position[3] in steps: T-pose, Y up, facing +Z, soles at 0
 *             u8 region; u8 bone[4]; u8 weight[4], which sum to 255
 *   corners   u16 point, u16 u, u16 v: v = 0 is the atlas's upper edge
 *   triangles u16 corner[3], counterclockwise from outside
 *   marks     u16 number in MediaPipe's face mesh, u16 point
 *   targets   char name[16], u32 count, f32 metres a step, i16 of each bone's
 *             head and tail, u16 point[count], i16 displacement[count][3]
 * Everything is checked on reading; nothing of a damaged file is used. */
#ifndef PARSONA_POSE_BODY_H
#define PARSONA_POSE_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Parts of the body's skin, and what stands behind it. */
typedef enum pa_region {
  PA_REGION_HEAD, /* neck included */
  PA_REGION_TORSO,
  PA_REGION_ARM_L, /* upper arm and forearm */
  PA_REGION_ARM_R,
  PA_REGION_HAND_L,
  PA_REGION_HAND_R,
  PA_REGION_LEG_L, /* thigh and calf */
  PA_REGION_LEG_R,
  PA_REGION_FOOT_L,
  PA_REGION_FOOT_R,
  PA_REGION_EYE_L,
  PA_REGION_EYE_R,
  PA_REGION_LASH,
  PA_REGION_TEETH,
  PA_REGION_TONGUE,
  PA_REGION_INNER, /* the mouth's inside, the sockets */
  PA_REGION_COUNT
} pa_region;

#define PA_BODY_NO_PARENT 0xffff

typedef struct pa_body_bone {
  char name[17];
  unsigned parent;
  float head[3], tail[3];
} pa_body_bone;

typedef struct pa_body_point {
  float position[3];
  uint8_t region, bone[4], weight[4];
} pa_body_point;

typedef struct pa_body_corner {
  uint16_t point;
  float uv[2];
} pa_body_corner;

typedef struct pa_body_mark {
  uint16_t number, point;
} pa_body_mark;

typedef struct pa_body_target {
  char name[17];
  unsigned count;
  uint16_t *point;
  float (*delta)[3];
  float (*head)[3], (*tail)[3]; /* a bone */
} pa_body_target;

typedef struct pa_body {
  unsigned points, corners, triangles, bones, targets, marks;
  pa_body_bone *bone;
  pa_body_point *point;
  pa_body_corner *corner;
  uint16_t (*triangle)[3];
  pa_body_mark *mark;
  pa_body_target *target;
  size_t bytes; /* memory that it holds */
} pa_body;

/* True when the bytes begin as a body's file does. */
bool pa_body_is(const void *bytes, size_t size);

/* Reads a file; PA_ERROR_WEIGHTS, with the reason, for a damaged one. The bytes
 * may be released afterwards. */
pa_status pa_body_open(pa_error *err, const void *bytes, size_t size,
                       pa_body **body);
void pa_body_close(pa_body *body);

/* Index of the bone or target of this name; -1 when there is none. */
int pa_body_bone_find(const pa_body *body, const char *name);
int pa_body_target_find(const pa_body *body, const char *name);
/* The point of the face mesh's number; -1 when it has none. */
int pa_body_mark_find(const pa_body *body, unsigned number);

#endif
