/* The structure of a GIF up to the end of its first frame: CompuServe, GIF89a
 * specification (1990). */
#include "image/bytes.h"
#include "image/probe.h"

typedef struct walk {
  const uint8_t *bytes;
  size_t size, at;
} walk;

/* Moves on by `n` bytes; false when there are fewer. */
static bool skip(walk *w, size_t n) {
  if (w->size - w->at < n) return false;
  w->at += n;
  return true;
}

static bool skip_color_table(walk *w, unsigned flags) {
  return !(flags & 0x80) || skip(w, (size_t)3 << ((flags & 7) + 1));
}

static bool skip_blocks(walk *w) {
  for (;;) {
    if (w->at == w->size) return false;
    size_t length = w->bytes[w->at++];
    if (length == 0) return true;
    if (!skip(w, length)) return false;
  }
}

/* false at the file's early end. */
static bool skip_picture(walk *w) {
  size_t flags = w->at + 8;
  return skip(w, 9) && skip_color_table(w, w->bytes[flags]) && skip(w, 1) &&
         skip_blocks(w);
}

pa_status pa_image_probe_gif(pa_error *err, const uint8_t *bytes, size_t size,
                             pa_image_probe *probe) {
  walk w = {bytes, size, 6};
  probe->kind = PA_IMAGE_GIF;
  if (!skip(&w, 7)) goto truncated;
  probe->width = pa_le16(bytes + 6);
  probe->height = pa_le16(bytes + 8);
  if (probe->width == 0 || probe->height == 0)
    return pa_error_set(err, PA_ERROR_IMAGE, "damaged GIF: no size");
  if (!skip_color_table(&w, bytes[10])) goto truncated;
  while (w.at < w.size) {
    switch (bytes[w.at++]) {
    case ',':
      if (!skip_picture(&w)) goto truncated;
      probe->ended = true;
      return PA_OK;
    case '!':
      if (!skip(&w, 1) || !skip_blocks(&w)) goto truncated;
      break;
    case ';':
      return pa_error_set(err, PA_ERROR_IMAGE, "a GIF without a picture");
    default:
      return pa_error_set(err, PA_ERROR_IMAGE, "damaged GIF: unknown block");
    }
  }
truncated:
  return pa_error_set(err, PA_ERROR_IMAGE, "truncated GIF");
}
