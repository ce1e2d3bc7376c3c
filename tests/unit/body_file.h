/* The body that every 3D avatar is made from, for the tests of src/avatar3d and
 * of what uses it. */
#ifndef PARSONA_TESTS_BODY_FILE_H
#define PARSONA_TESTS_BODY_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "pose/body.h"

#define BODY_UNUSED __attribute__((unused))

/* weights/body/body.bin, to be freed, and its size in bytes; NULL where it
 * cannot be read. */
BODY_UNUSED static uint8_t *body_file_read(size_t *size) {
  FILE *file = fopen(PARSONA_SOURCE_DIR "/weights/body/body.bin", "rb");
  if (!file) return NULL;
  fseek(file, 0, SEEK_END);
  *size = (size_t)ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(*size);
  size_t got = bytes ? fread(bytes, 1, *size, file) : 0;
  fclose(file);
  if (got == *size) return bytes;
  free(bytes);
  return NULL;
}

/* The same opened, to be closed with pa_body_close; NULL on failure. */
BODY_UNUSED static pa_body *body_file_open(void) {
  size_t size;
  pa_body *body = NULL;
  uint8_t *bytes = body_file_read(&size);
  if (bytes && pa_body_open(NULL, bytes, size, &body) != PA_OK) body = NULL;
  free(bytes);
  return body;
}

#endif
