/* Where the head is in the photo: the template that every person is brought
 * to. */
#ifndef PARSONA_AVATAR2D_HEAD_H
#define PARSONA_AVATAR2D_HEAD_H

#include "avatar2d/draw.h"
#include "parse/context.h"
#include "pose/face.h"

typedef struct pa_head {
  bool mesh; /* the face's 468 points are known */
  bool face; /* a face is seen at all */
  /* From head units with level eyes to photo pixels; turned and scaled, never
   * mirrored or sheared. */
  pa_affine to_photo;
  float unit; /* photo pixels a head unit */
  float yaw;  /* radians, to the picture's right */
  /* The mesh as seen from the front, head units; z towards the back. */
  float points[PA_FACE_POINTS][3];
  /* x of the face's left edge, middle and right edge as seen in the photo, head
   * units, and half its width as seen from the front. */
  float left, middle, right, half;
  float shoulders; /* half their distance, head units; 0: not seen */
} pa_head;

/* The person of that id. */
pa_status pa_head_person(pa_error *err, const pa_scene *scene, unsigned id,
                         pa_person *person);

/* Finds the head from the face's mesh (when its network is loaded), else from
 * the body's landmarks, else from the pixels of face, hair and body. `image`
 * may be NULL: then there is no mesh. */
pa_status pa_head_find(pa_context *context, const pa_image *image,
                       const pa_scene *scene, const pa_person *person,
                       pa_head *head);

/* From the canvas (PA_CANVAS pixels square) of a view to photo pixels: where
 * the photo's person lies on the template. */
pa_affine pa_head_canvas(const pa_head *head, pa_figure_view view);

/* x in head units as seen from the front -> as seen in the photo: the face's
 * three x above are brought to the edges of a face seen from the front, beyond
 * which lengths stay. */
float pa_head_turned(const pa_head *head, float x);

#endif
