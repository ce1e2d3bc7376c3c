#include "m2fp/zip.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

#define LOCAL 0x04034b50u
#define CENTRAL 0x02014b50u
#define END 0x06054b50u
#define LOCAL_BYTES 30
#define CENTRAL_BYTES 46
#define END_BYTES 22
#define MOST_COMMENT 65535

/* Tensors and what else is beside them. */
#define MOST_ENTRIES (PA_LIMIT_TENSORS + 64)

static uint32_t get16(const uint8_t *p) {
  return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t get32(const uint8_t *p) {
  return get16(p) | get16(p + 2) << 16;
}

static pa_status bad(pa_error *err, const char *what) {
  return pa_error_set(err, PA_ERROR_WEIGHTS, "zip: %s", what);
}

bool pa_zip_is(const uint8_t *bytes, size_t size) {
  return size >= 4 && get32(bytes) == LOCAL;
}

/* The record at the archive's end, NULL when there is none. Its comment is the
 * last thing in the file. */
static const uint8_t *find_end(const uint8_t *bytes, size_t size) {
  for (size_t at = END_BYTES; at <= size && at <= END_BYTES + MOST_COMMENT;
       at++) {
    const uint8_t *end = bytes + size - at;
    if (get32(end) == END && get16(end + 20) == at - END_BYTES) return end;
  }
  return NULL;
}

/* Where an entry's data are: behind a header of its own, whose length the
 * directory does not tell. They end before the directory begins. */
static pa_status find_data(pa_error *err, const uint8_t *bytes, size_t limit,
                           size_t at, pa_zip_entry *entry) {
  if (limit < LOCAL_BYTES || at > limit - LOCAL_BYTES ||
      get32(bytes + at) != LOCAL)
    return bad(err, "an entry without a header");
  size_t header = LOCAL_BYTES + get16(bytes + at + 26) + get16(bytes + at + 28);
  if (header > limit - at || entry->size > limit - at - header)
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "zip: entry %.*s reaches beyond the archive",
                        (int)(entry->name_length % 100), entry->name);
  entry->data = bytes + at + header;
  return PA_OK;
}

static pa_status read_entry(pa_error *err, const uint8_t *bytes, size_t limit,
                            const uint8_t *record, pa_zip_entry *entry) {
  uint32_t method = get16(record + 10), packed = get32(record + 20);
  entry->name = (const char *)record + CENTRAL_BYTES;
  entry->name_length = get16(record + 28);
  entry->size = get32(record + 24);
  if (get16(record + 8) & 1) return bad(err, "an entry is encrypted");
  if (method != 0 || packed != entry->size)
    return bad(err, "an entry is compressed");
  if (packed == UINT32_MAX) return bad(err, "an entry of 4 GB and more");
  return find_data(err, bytes, limit, get32(record + 42), entry);
}

/* Shell sort by place. */
static void sort(pa_zip_entry *e, size_t count) {
  for (size_t gap = count / 2; gap > 0; gap /= 2)
    for (size_t i = gap; i < count; i++) {
      pa_zip_entry moved = e[i];
      size_t j = i;
      for (; j >= gap && e[j - gap].data > moved.data; j -= gap)
        e[j] = e[j - gap];
      e[j] = moved;
    }
}

static pa_status check_overlap(pa_error *err, const pa_zip *zip) {
  for (size_t i = 1; i < zip->count; i++)
    if (zip->entries[i - 1].data + zip->entries[i - 1].size >
        zip->entries[i].data)
      return bad(err, "entries overlap");
  return PA_OK;
}

static pa_status read_directory(pa_error *err, const uint8_t *bytes,
                                size_t start, size_t end, pa_zip *zip) {
  size_t at = start;
  for (size_t i = 0; i < zip->count; i++) {
    if (end - at < CENTRAL_BYTES || get32(bytes + at) != CENTRAL)
      return bad(err, "the directory ends early");
    size_t length = CENTRAL_BYTES + get16(bytes + at + 28) +
                    get16(bytes + at + 30) + get16(bytes + at + 32);
    if (length > end - at) return bad(err, "the directory ends early");
    pa_status status =
        read_entry(err, bytes, start, bytes + at, &zip->entries[i]);
    if (status != PA_OK) return status;
    at += length;
  }
  sort(zip->entries, zip->count);
  return check_overlap(err, zip);
}

pa_status pa_zip_open(pa_error *err, const uint8_t *bytes, size_t size,
                      pa_zip *zip) {
  *zip = (pa_zip){0};
  const uint8_t *end = find_end(bytes, size);
  if (!end) return bad(err, "the archive is cut off: no directory at its end");
  size_t directory = get32(end + 16), length = get32(end + 12);
  size_t before = (size_t)(end - bytes);
  zip->count = get16(end + 10);
  if (get16(end + 4) || get16(end + 6) || get16(end + 8) != zip->count)
    return bad(err, "an archive of several files");
  if (directory > before || length > before - directory)
    return bad(err, "the directory reaches beyond the archive");
  if (zip->count == 0 || zip->count > MOST_ENTRIES)
    return pa_error_set(err, PA_ERROR_WEIGHTS, "zip: %zu entries", zip->count);
  zip->entries = pa_mem_calloc(zip->count, sizeof *zip->entries);
  if (!zip->entries)
    return pa_error_memory(err, zip->count * sizeof *zip->entries, "entries");
  return read_directory(err, bytes, directory, directory + length, zip);
}

void pa_zip_close(pa_zip *zip) {
  pa_mem_free(zip->entries);
  *zip = (pa_zip){0};
}

const pa_zip_entry *pa_zip_find(const pa_zip *zip, const char *folder,
                                size_t folder_length, const char *name,
                                size_t name_length) {
  size_t slash = folder_length > 0;
  for (size_t i = 0; i < zip->count; i++) {
    const pa_zip_entry *e = &zip->entries[i];
    if (e->name_length == folder_length + slash + name_length &&
        !memcmp(e->name, folder, folder_length) &&
        (!slash || e->name[folder_length] == '/') &&
        !memcmp(e->name + folder_length + slash, name, name_length))
      return e;
  }
  return NULL;
}
