/* What a face detector knows beside the people finder: close-up portraits,
 * whose bodies are mostly outside the photo, and where exactly a face lies. */
#ifndef PARSONA_PARSE_FACES_H
#define PARSONA_PARSE_FACES_H

#include "parse/grid.h"
#include "parse/people.h"
#include "pose/detect.h"

typedef struct pa_faces {
  pa_detected_face list[PA_LIMIT_PERSONS];
  size_t count;
} pa_faces;

/* The faces of the photo; none where the detector is not loaded. */
pa_status pa_faces_find(pa_context *context, const pa_image *image,
                        pa_faces *faces);

/* Gives each face to one of the `count` people found (pa_found.face). A person
 * whose body cannot belong to the face gets one that can; a face that is
 * nobody's becomes a person, if there is room for `capacity`. Returns how many
 * people there are then. */
size_t pa_faces_join(const pa_faces *faces, pa_found *found, size_t count,
                     size_t capacity);

/* Moves the pose's head where the face is: the one that `found` was given, or
 * one that a closer look at the head finds. */
pa_status pa_faces_correct(pa_context *context, const pa_image *image,
                           const pa_faces *faces, const pa_found *found,
                           pa_pose *pose);

/* Of two people who embrace, each owns the own face: what the grid of the
 * person whose face is number `own` (pa_found.face) says of the middles of the
 * faces of `count` people, `owned` their numbers, is put right. */
void pa_faces_claim(const pa_faces *faces, const unsigned *owned, size_t count,
                    unsigned own, pa_grid *grid);

#endif
