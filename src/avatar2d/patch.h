/* The upper part of a person brought to head units: colours, labels. */
#ifndef PARSONA_AVATAR2D_PATCH_H
#define PARSONA_AVATAR2D_PATCH_H

#include "avatar2d/head.h"
#include "stitch/color.h"

/* One cell a head unit; cell (0, 0) has its corner at (X0, Y0). */
#define PA_PATCH_X0 (-208)
#define PA_PATCH_Y0 (-212)
#define PA_PATCH_WIDTH 416
#define PA_PATCH_HEIGHT 540

#define PA_PATCH_OUTSIDE 255 /* beyond the photo */

typedef struct pa_patch {
  const pa_image *image;
  pa_affine to_photo;
  pa_oklab *colors;  /* see pa_patch_color */
  uint8_t *ready;    /* which of them have been read */
  float linear[256]; /* sRGB's bytes as linear light */
  uint8_t *labels;   /* of this person, 0: nobody or somebody else */
  uint8_t *anybody;  /* of whoever is there */
  float gain[3];     /* of the white balance, on linear RGB */
  bool grey;         /* the photo has no colours */
} pa_patch;

/* `image` must live as long as the patch, which reads from it when asked. */
pa_status pa_patch_create(pa_error *err, const pa_image *image,
                          const pa_scene *scene, unsigned id,
                          const pa_head *head, pa_patch *patch);
void pa_patch_free(pa_patch *patch);

/* 0 outside of the patch's area. */
uint8_t pa_patch_label(const pa_patch *patch, float x, float y);
uint8_t pa_patch_anybody(const pa_patch *patch, float x, float y);

/* White-balanced, of labelled cells and the skull's; black elsewhere. */
pa_oklab pa_patch_color(const pa_patch *patch, float x, float y);

/* A photo's pixel as it is, without the white balance. */
pa_oklab pa_patch_oklab(const pa_patch *patch, const uint8_t *rgba);

/* A set of labels, one bit each. */
typedef uint64_t pa_labels;

/* Whether a label, which may be none at all, is of the set. */
static inline bool pa_labels_have(uint8_t label, pa_labels set) {
  return label < 64 && (set >> label & 1);
}
pa_labels pa_labels_of(const char *const *names, size_t count);

/* Colours gathered to be judged together. */
#define PA_SAMPLES 4096
typedef struct pa_samples {
  size_t count;
  pa_oklab colors[PA_SAMPLES];
} pa_samples;

/* Adds cells within the ellipse whose label is of the set, evenly thinned. */
void pa_samples_ellipse(pa_samples *samples, const pa_patch *patch,
                        pa_labels labels, float x, float y, float rx, float ry);
/* The median colour of the samples whose lightness lies between these shares
 * when they are put in order (.5, .85: the well-lit ones), channel by channel.
 * Puts them in another order. */
pa_oklab pa_samples_median(pa_samples *samples, float from, float to);

#endif
