/* The structure of a JPEG: ITU-T T.81, annex B. */
#include <string.h>

#include "image/bytes.h"
#include "image/probe.h"

enum {
  SOF0 = 0xc0,
  SOF1 = 0xc1,
  SOF2 = 0xc2,
  DHT = 0xc4,
  JPG = 0xc8,
  DAC = 0xcc,
  SOF15 = 0xcf,
  RST0 = 0xd0,
  RST7 = 0xd7,
  SOI = 0xd8,
  EOI = 0xd9,
  SOS = 0xda,
  DRI = 0xdd,
  APP1 = 0xe1,
  TEM = 0x01
};

typedef struct walk {
  const uint8_t *bytes;
  size_t size, at;
  int frame; /* the SOF marker, 0 before it */
  unsigned components;
  uint8_t sampling[4]; /* h << 4 | v */
  unsigned h_max, v_max;
  unsigned restart_interval;
  unsigned scanned; /* components of all scans */
  /* Of the scan last seen. */
  unsigned scan_components, scan_sampling;
  size_t restarts;
} walk;

static pa_status truncated(pa_error *err) {
  return pa_error_set(err, PA_ERROR_IMAGE, "truncated JPEG");
}

static bool is_frame(int m) {
  return m >= SOF0 && m <= SOF15 && m != DHT && m != JPG && m != DAC;
}

static bool stands_alone(int m) {
  return (m >= RST0 && m <= SOI) || m == TEM || m == 0;
}

/* The next marker; -1 at the end of the bytes. */
static int next_marker(walk *w) {
  while (w->at + 1 < w->size) {
    const uint8_t *p = memchr(w->bytes + w->at, 0xff, w->size - 1 - w->at);
    if (!p) break;
    w->at = (size_t)(p - w->bytes) + 1;
    int m = w->bytes[w->at];
    if (m == 0xff) continue; /* a fill byte: the next one decides */
    w->at++;
    return m;
  }
  w->at = w->size;
  return -1;
}

/* Entropy-coded data: up to the marker that ends it, which is left unread. */
static void skip_scan(walk *w) {
  w->restarts = 0;
  for (;;) {
    int m = next_marker(w);
    if (m < 0) return;
    if (m >= RST0 && m <= RST7) {
      w->restarts++;
    } else if (m != 0) {
      w->at -= 2;
      return;
    }
  }
}

static pa_status read_frame(pa_error *err, walk *w, int marker,
                            const uint8_t *p, size_t length,
                            pa_image_probe *probe) {
  if (marker > SOF2)
    return pa_error_set(err, PA_ERROR_IMAGE,
                        "a lossless, hierarchical or arithmetic-coded JPEG, "
                        "which is not read");
  if (length < 6)
    return pa_error_set(err, PA_ERROR_IMAGE, "damaged JPEG: bad frame header");
  if (p[0] != 8)
    return pa_error_set(err, PA_ERROR_IMAGE,
                        "a JPEG of %u bits a sample; only 8 are read", p[0]);
  w->frame = marker;
  probe->height = pa_be16(p + 1);
  probe->width = pa_be16(p + 3);
  w->components = p[5];
  if ((w->components != 1 && w->components != 3 && w->components != 4) ||
      length != 6 + 3 * (size_t)w->components)
    return pa_error_set(err, PA_ERROR_IMAGE,
                        "a JPEG of %u components; 1, 3 and 4 are read",
                        w->components);
  for (unsigned i = 0; i < w->components; i++) {
    unsigned s = w->sampling[i] = p[7 + 3 * i];
    if (s >> 4 > w->h_max) w->h_max = s >> 4;
    if ((s & 15) > w->v_max) w->v_max = s & 15;
  }
  if (probe->width == 0 || probe->height == 0)
    return pa_error_set(err, PA_ERROR_IMAGE,
                        "a JPEG whose header gives no size");
  return PA_OK;
}

/* Which component a scan of one is about matters for its number of blocks. */
static void read_scan(walk *w, const uint8_t *p, size_t length,
                      const uint8_t *frame_ids) {
  w->scan_components = length ? p[0] : 0;
  w->scanned += w->scan_components;
  if (w->scan_components != 1 || length < 2 || !frame_ids) return;
  for (unsigned i = 0; i < w->components; i++)
    if (frame_ids[3 * i] == p[1]) w->scan_sampling = w->sampling[i];
}

static void read_exif(pa_image_probe *probe, const uint8_t *p, size_t length) {
  if (probe->exif || length < 6 || memcmp(p, "Exif\0", 6) != 0) return;
  probe->exif = p + 6;
  probe->exif_size = length - 6;
}

static size_t units(size_t pixels, size_t factor, size_t of) {
  return (pixels * factor + 8 * of - 1) / (8 * of);
}

/* Whether the last scan holds all its restart intervals. stb takes a scan that
 * ends at the border of one for whole. */
static bool intervals_complete(const walk *w, const pa_image_probe *probe) {
  if (w->restart_interval == 0) return true;
  if (w->h_max == 0 || w->v_max == 0) return false;
  size_t across = units(probe->width, 1, w->h_max);
  size_t down = units(probe->height, 1, w->v_max);
  if (w->scan_components == 1) {
    across = units(probe->width, w->scan_sampling >> 4, w->h_max);
    down = units(probe->height, w->scan_sampling & 15, w->v_max);
  }
  size_t intervals =
      (across * down + w->restart_interval - 1) / w->restart_interval;
  return w->restarts + 1 >= intervals;
}

/* No end marker. A baseline picture may yet be whole: the decoder finds out,
 * see decode.c. A progressive one cannot be told from one that lacks scans. */
static pa_status ended_early(pa_error *err, const walk *w,
                             const pa_image_probe *probe) {
  if (!w->frame || w->frame == SOF2 || w->scanned < w->components ||
      !intervals_complete(w, probe))
    return truncated(err);
  return PA_OK;
}

pa_status pa_image_probe_jpeg(pa_error *err, const uint8_t *bytes, size_t size,
                              pa_image_probe *probe) {
  walk w = {.bytes = bytes, .size = size, .at = 2};
  const uint8_t *frame_ids = NULL;
  probe->kind = PA_IMAGE_JPEG;
  for (;;) {
    int m = next_marker(&w);
    if (m < 0) break;
    if (m == EOI) {
      probe->ended = true;
      break;
    }
    if (stands_alone(m)) continue;
    if (size - w.at < 2) return truncated(err);
    size_t length = pa_be16(bytes + w.at);
    if (length < 2)
      return pa_error_set(err, PA_ERROR_IMAGE,
                          "damaged JPEG: a segment of length %zu", length);
    if (size - w.at < length) return truncated(err);
    const uint8_t *body = bytes + w.at + 2;
    w.at += length;
    length -= 2;
    if (is_frame(m) && !w.frame) {
      pa_status status = read_frame(err, &w, m, body, length, probe);
      if (status) return status;
      frame_ids = body + 6;
    } else if (m == DRI && length >= 2) {
      w.restart_interval = pa_be16(body);
    } else if (m == APP1) {
      read_exif(probe, body, length);
    } else if (m == SOS) {
      read_scan(&w, body, length, frame_ids);
      skip_scan(&w);
    }
  }
  if (!probe->ended) {
    pa_status status = ended_early(err, &w, probe);
    if (status) return status;
  }
  if (!w.frame || w.scanned == 0)
    return pa_error_set(err, PA_ERROR_IMAGE, "a JPEG without a picture");
  return PA_OK;
}
