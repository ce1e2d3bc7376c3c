/* What the photo says of places on the surface: which pixels may paint which
 * kind of surface, with what stands before it left out. */
#ifndef PARSONA_AVATAR3D_LOOK_H
#define PARSONA_AVATAR3D_LOOK_H

#include "avatar3d/cover.h"
#include "avatar3d/crop.h"
#include "avatar3d/paint.h"

typedef struct pa_look {
  const pa_sight *sight;
  pa_crop body, head;
  pa_cover body_cover, head_cover;
  uint8_t *hidden; /* scratch while opening, of the larger crop */
  uint8_t *foul;   /* of the body's crop: pa_clean_mark */
  pa_spread front[PA_SOURCE_COUNT], back[PA_SOURCE_COUNT];
  /* Of the head's crop, 0..1: how much it is hair, nobody, glasses. */
  float *hair, *clear, *glasses;
  float *rows; /* of each row of the head's crop the hair's colour */
  pa_rgb top, bottom, skin, locks; /* most of their colour */
  bool contrast; /* a place is told to be top or bottom by colour */
  bool pattern;  /* what is worn below is of light and dark */
  float twin[3]; /* the far half of a turned face against the near one */
  bool sheet;    /* glasses are a surface of their own */
  bool trousers; /* enough of them is seen to need no other cloth */
  bool boots;    /* shoes reach up the legs */
  bool frame;    /* or clear ones' frame is */
  bool portrait; /* where the shoulders are is a guess from the face */
  float reach;   /* photo pixels beyond which a nearest pixel tells nothing */
  float reach_on_face; /* the same there */
} pa_look;

/* Released with pa_look_close; nothing is held on failure. */
pa_status pa_look_open(pa_error *err, const pa_sight *sight,
                       const pa_mesh *mesh, const pa_brush *brush,
                       pa_look *look);
void pa_look_close(pa_look *look);

/* What stands before what in the crop that a pa_source is painted from. */
const pa_cover *pa_look_cover(const pa_look *look, int source);

/* The photo's colour for a place on the surface, 0..255, and how surely it is
 * that, 0..1. Without sources (a look that was not opened) 0. */
float pa_look_at(const pa_look *look, const pa_brush *brush, float rgb[3]);

/* How much what the photo has there may creep to where it shows nothing, 0..1.
 */
float pa_look_clean(const pa_look *look, const pa_brush *brush);

/* How much a place of the photo belongs to what cuts the brush's surface, 0..1;
 * of a whole one, nobody does too; -1 outside. */
float pa_look_cut(const pa_look *look, const pa_brush *brush, float x, float y);

#endif
