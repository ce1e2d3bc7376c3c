/* The face: which places of the photo its points are, and its shape. */
#ifndef PARSONA_AVATAR3D_FACE_H
#define PARSONA_AVATAR3D_FACE_H

#include "avatar3d/sight.h"
#include "pose/face.h"

#define PA_FACE_MARKS 64
#define PA_FACE_BROW 5 /* places along a brow, from the nose outwards */

/* Places of the head that are known in the photo. */
typedef struct pa_marks {
  unsigned count;
  uint16_t point[PA_FACE_MARKS]; /* of the body */
  pa_vec photo[PA_FACE_MARKS];   /* x, y in pixels; z towards the camera in the
                                    same unit where `solid` */
  bool solid;
  bool blind;  /* the photo cuts the face off below the brows */
  pa_mat turn; /* of the head from the T-pose, where solid */
  /* Where solid: brows beside the middle of their eye, outwards and up, in the
   * distance between the eyes' outer corners; both sides' mean. */
  float brow[PA_FACE_BROW][2];
} pa_marks;

/* The marks from a face mesh, or (`mesh` NULL) from the body's landmarks. None
 * when no face is seen. */
void pa_face_marks(const pa_figure *figure, const pa_sight *sight,
                   const pa_face *mesh, pa_marks *marks);

/* Gives the head the face's shape: its marks, turned and scaled as the body's
 * own lie best on them, are approached by the points around (a biharmonic
 * spline, Carr et al. 2001), the back of the head not. Needs solid marks. */
pa_status pa_face_shape(pa_error *err, const pa_marks *marks, float strength,
                        pa_figure *figure);

/* A map from places of the T-pose's head to the photo: affine, and exact at the
 * marks. */
typedef struct pa_face_map {
  unsigned count; /* 0: there is no map */
  pa_vec center[PA_FACE_MARKS];
  float weight[PA_FACE_MARKS + 4][2];
  float affine[4][2]; /* for places far from the marks: 1, x, y, z */
  pa_vec towards;     /* the camera, in the T-pose's frame */
  bool blind;         /* as the marks' */
} pa_face_map;

pa_status pa_face_map_fit(pa_error *err, const pa_figure *figure,
                          const pa_marks *marks, pa_face_map *map);
pa_vec pa_face_map_apply(const pa_face_map *map, pa_vec place);

#endif
