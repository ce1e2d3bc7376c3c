/* What a face expresses, from the points of its mesh. */
#ifndef PARSONA_TRACK_EXPRESSION_H
#define PARSONA_TRACK_EXPRESSION_H

#include "pose/face.h"

/* Lengths of the face in its own plane, hence independent of how the head is
 * turned and how large it is; in distances of the eyes' outer corners. Left and
 * right are the person's own. */
typedef struct pa_face_lengths {
  float lids[2]; /* left, right: height of the eye's opening by its width */
  float brows;   /* of the brows above the line of the eyes */
  float gap;     /* between the lips */
  float mouth;   /* width */
  float corners; /* of the mouth's corners above the middle of the lips */
} pa_face_lengths;

/* What this person's face measures when it expresses nothing, learned from
 * frame to frame. */
typedef struct pa_face_rest {
  bool known;
  pa_face_lengths at;
} pa_face_rest;

/* False, and nothing written, when the points make no face. */
bool pa_face_measure(const pa_face *mesh, pa_face_lengths *lengths);

/* Lets the face at rest approach what is seen: `seconds` after the frame
 * before, 0 for a person who is new. */
void pa_face_rest_learn(const pa_face_lengths *seen, float seconds,
                        pa_face_rest *rest);

/* Fills values[PA_TRACK_EXPRESSIONS], each 0..1; `rest` must be known. */
void pa_face_express(const pa_face_lengths *seen, const pa_face_rest *rest,
                     float *values);

#endif
