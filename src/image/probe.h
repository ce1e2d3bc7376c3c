/* A look at an image file without decoding it: what it is, how large, whether
 * it is whole, where its EXIF data lies. stb_image fills what is missing at the
 * end of a file with zeros and says nothing; this is what notices. */
#ifndef PARSONA_IMAGE_PROBE_H
#define PARSONA_IMAGE_PROBE_H

#include <stdbool.h>

#include "base/error.h"

typedef enum pa_image_kind {
  PA_IMAGE_UNKNOWN,
  PA_IMAGE_JPEG,
  PA_IMAGE_PNG,
  PA_IMAGE_BMP,
  PA_IMAGE_GIF
} pa_image_kind;

typedef struct pa_image_probe {
  pa_image_kind kind;
  unsigned width, height;
  /* The file ends where its format says so. false: a JPEG that lacks its end
   * marker, whose picture may be whole all the same. */
  bool ended;
  /* The TIFF structure of the EXIF data; NULL when there is none. */
  const uint8_t *exif;
  size_t exif_size;
} pa_image_probe;

/* The format's name: "JPEG". */
const char *pa_image_kind_name(pa_image_kind kind);

/* Reads the structure of the file. Fails on what is surely cut short or of a
 * kind that is not read; what passes may still be damaged inside. */
pa_status pa_image_probe_file(pa_error *err, const uint8_t *bytes, size_t size,
                              pa_image_probe *probe);

/* The single formats; `bytes` begins with the format's signature. */
pa_status pa_image_probe_jpeg(pa_error *err, const uint8_t *bytes, size_t size,
                              pa_image_probe *probe);
pa_status pa_image_probe_png(pa_error *err, const uint8_t *bytes, size_t size,
                             pa_image_probe *probe);
pa_status pa_image_probe_bmp(pa_error *err, const uint8_t *bytes, size_t size,
                             pa_image_probe *probe);
pa_status pa_image_probe_gif(pa_error *err, const uint8_t *bytes, size_t size,
                             pa_image_probe *probe);

#endif
