/* The zip archives that PyTorch writes: entries are stored, not compressed
 * (APPNOTE.TXT of PKWARE, 4.3; without encryption, spanning and zip64). */
#ifndef PARSONA_M2FP_ZIP_H
#define PARSONA_M2FP_ZIP_H

#include <stdint.h>

#include "base/error.h"

typedef struct pa_zip_entry {
  const char *name; /* in the archive's bytes, not ended by a zero */
  size_t name_length;
  const uint8_t *data;
  size_t size;
} pa_zip_entry;

typedef struct pa_zip {
  pa_zip_entry *entries; /* in the order of their data */
  size_t count;
} pa_zip;

/* Whether the bytes begin as an archive does. */
bool pa_zip_is(const uint8_t *bytes, size_t size);

/* Indexes the archive; `bytes` must outlive it. Every entry lies inside the
 * file, none overlaps another, and none is compressed: else PA_ERROR_WEIGHTS.
 */
pa_status pa_zip_open(pa_error *err, const uint8_t *bytes, size_t size,
                      pa_zip *zip);
void pa_zip_close(pa_zip *zip);

/* The entry named `folder` + "/" + `name` (no slash when the folder is empty);
 * NULL when there is none. Neither name need end with a zero. */
const pa_zip_entry *pa_zip_find(const pa_zip *zip, const char *folder,
                                size_t folder_length, const char *name,
                                size_t name_length);

#endif
