/* What a face detector knows beside the people finder: close-up portraits,
 * whose bodies are mostly outside the photo, and where exactly a face lies. */
#ifndef PARSONA_PARSE_FACES_H
#define PARSONA_PARSE_FACES_H

#include "parse/grid.h"
#include "parse/people.h"
#include "pose/detect.h"

/* MediaPipe keeps faces from .6 on. */
#define PA_FACES_LEAST 0.6f

/* Photo pixels: the people of smaller faces have poor masks. */
#define PA_FACES_SIDE 24

typedef struct pa_faces {
  pa_detected_face list[PA_LIMIT_PERSONS];
  size_t count;
} pa_faces;

/* The faces of the photo, in which `count` people were found; none where the
 * detector is not loaded. Groups are looked at in tiles too (face_search.c). */
pa_status pa_faces_find(pa_context *context, const pa_image *image,
                        const pa_found *found, size_t count, pa_faces *faces);

/* The squares, at most PA_FACES_TILES, in which a photo of w x h pixels is
 * looked at more closely. Returns how many. */
#define PA_FACES_TILES 9
size_t pa_faces_tiles(float w, float h, pa_pose_roi *tiles);

/* True when the face lies in the tile, not cut by an edge that is not the
 * photo's too. */
bool pa_faces_within(const pa_detected_face *face, const pa_pose_roi *tile,
                     float w, float h);

/* Gives each face to one of the `count` people found (pa_found.face). A person
 * whose body cannot belong to the face gets one that can; a face that is
 * nobody's becomes a person, if there is room for `capacity`. Returns how many
 * people there are then. */
size_t pa_faces_join(const pa_faces *faces, pa_found *found, size_t count,
                     size_t capacity);

/* Moves the pose's head where the face is: the one that `found` was given, or
 * one that a closer look at the head finds, which `found` then owns. */
pa_status pa_faces_correct(pa_context *context, const pa_image *image,
                           pa_faces *faces, pa_found *found, pa_pose *pose);

/* Gives `found`, of that pose and without a face, a sure one that lies on the
 * pose's head: it joins the list as one seen closely, and makes the person
 * likely. */
void pa_faces_own(const pa_detected_face *face, const pa_pose *pose,
                  pa_faces *faces, pa_found *found);

/* How sure it is, 0..1, that the person is there: the pose network sees too
 * little of a close-up, of whom a face will do; one seen closely will not. */
float pa_faces_presence(const pa_faces *faces, const pa_found *found,
                        const pa_pose *pose);

/* Of two people who embrace, each owns the own face: what the grid of the
 * person whose face is number `own` (pa_found.face) says of the middles of the
 * faces of `count` people, `owned` their numbers, is put right, where somebody
 * is at all. */
void pa_faces_claim(const pa_faces *faces, const unsigned *owned, size_t count,
                    unsigned own, pa_grid *grid);

#endif
