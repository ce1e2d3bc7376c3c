/* Styles of drawing, and the colours that follow from one. */
#ifndef PARSONA_AVATAR2D_STYLE_H
#define PARSONA_AVATAR2D_STYLE_H

#include "avatar2d/picture.h"

typedef enum pa_eye_style {
  PA_EYES_ALMOND, /* white, iris, lid */
  PA_EYES_ANIME,  /* tall, with a shining iris */
  PA_EYES_DOT,    /* two dots */
  PA_EYES_INK     /* drawn with a brush */
} pa_eye_style;

typedef enum pa_shade_style {
  PA_SHADE_NONE,
  PA_SHADE_CEL,      /* one hard shadow */
  PA_SHADE_SOFT,     /* gradients */
  PA_SHADE_HALFTONE, /* a hard shadow of dots */
  PA_SHADE_NEON      /* dark side, coloured rims */
} pa_shade_style;

typedef enum pa_backdrop {
  PA_BACKDROP_NONE,
  PA_BACKDROP_DISC,
  PA_BACKDROP_PLAIN,
  PA_BACKDROP_GLOW,
  PA_BACKDROP_RAYS,
  PA_BACKDROP_DOTS,
  PA_BACKDROP_SKY,
  PA_BACKDROP_CITY,
  PA_BACKDROP_WAVES,
  PA_BACKDROP_CONFETTI,
  PA_BACKDROP_COUNT
} pa_backdrop;

typedef struct pa_style {
  const char *name;
  const char *about; /* one line for people */
  pa_eye_style eyes;
  pa_shade_style shade;
  pa_backdrop backdrop;
  float line; /* width of outlines in head units; 0: none */
  bool inked; /* outlines in one ink, not in a shade of what they bound */
  pa_color ink;
  float eye_scale;
  float chroma;   /* colours' chroma is multiplied by this */
  float contrast; /* of shadows and lights */
  bool border;    /* a white rim around the person, as a sticker has */
  bool neon;      /* hair and lights in the colours of a sign */
  bool grey;      /* white skin and clothes, grey hair: ink on paper */
} pa_style;

size_t pa_style_count(void);
const pa_style *pa_style_at(size_t index); /* NULL out of range */
const pa_style *pa_style_find(const char *name);

const char *pa_backdrop_name(pa_backdrop backdrop);

/* `color` lightened (0..1) or darkened (-1..0) as light does it: shadows turn
 * to violet and gain chroma, lights turn to yellow. */
pa_color pa_tone(pa_color color, float by);
pa_color pa_fade(pa_color color, float alpha);
/* From a to b by t, in OKLab. */
pa_color pa_mix(pa_color a, pa_color b, float t);
/* 0..1, OKLab. */
float pa_lightness(pa_color color);
pa_color pa_hex(unsigned rgb);

#endif
