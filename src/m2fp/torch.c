/* PyTorch's files, as torch.save writes them: the description of the objects is
 * a pickle, the numbers ("storages") lie beside it. */
#include <string.h>

#include "base/mem.h"
#include "m2fp/checkpoint.h"
#include "m2fp/zip.h"

/* Where a storage's numbers are. Old files have a table of them; an archive has
 * an entry for each. */
typedef struct storage {
  const uint8_t *data;
  uint64_t count;
} storage;

typedef struct reader {
  pa_error *err;
  pa_pickle pickle;
  pa_checkpoint *checkpoint;
  pa_zip zip;
  const char *folder; /* of the archive's entries */
  size_t folder_length;
  /* An old file's: a list of keys, and where each begins. */
  uint32_t keys;
  storage *storages;
  size_t storage_count;
} reader;

static pa_status bad(const reader *r, const char *what) {
  return pa_error_set(r->err, PA_ERROR_WEIGHTS, "checkpoint: %s", what);
}

static bool same_text(const pa_pickle_value *a, const pa_pickle_value *b) {
  return a->kind == PA_PICKLE_TEXT && b->kind == PA_PICKLE_TEXT &&
         a->u.text.length == b->u.text.length &&
         !memcmp(a->u.text.start, b->u.text.start, a->u.text.length);
}

/* ------------------------------------------------------------- storages */

static pa_status find_in_zip(const reader *r, const pa_pickle_value *s,
                             storage *found) {
  char name[128] = "data/";
  const pa_pickle_value *key = &r->pickle.values[s->u.storage.key];
  if (key->u.text.length > sizeof name - 6)
    return bad(r, "a storage with an endless name");
  memcpy(name + 5, key->u.text.start, key->u.text.length);
  const pa_zip_entry *entry = pa_zip_find(&r->zip, r->folder, r->folder_length,
                                          name, 5 + key->u.text.length);
  if (!entry) return bad(r, "a storage that is not in the archive");
  size_t size = pa_pickle_type_size(s->u.storage.type);
  if (entry->size % size != 0 || entry->size / size != s->u.storage.count)
    return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                        "checkpoint: a storage of %zu bytes, expected %llu "
                        "elements of %zu",
                        entry->size, (unsigned long long)s->u.storage.count,
                        size);
  *found = (storage){entry->data, s->u.storage.count};
  return PA_OK;
}

static pa_status find_in_table(const reader *r, const pa_pickle_value *s,
                               storage *found) {
  const pa_pickle_value *key = &r->pickle.values[s->u.storage.key];
  uint32_t cell = r->pickle.values[r->keys].u.items.first;
  for (size_t i = 0; i < r->storage_count; i++) {
    const pa_pickle_cell *c = &r->pickle.cells[cell];
    cell = c->next;
    if (!same_text(&r->pickle.values[c->value], key)) continue;
    if (r->storages[i].count != s->u.storage.count)
      return bad(r, "a storage of another size than it says");
    *found = r->storages[i];
    return PA_OK;
  }
  return bad(r, "a storage that is not in the file");
}

static pa_status find_storage(const reader *r, const pa_pickle_value *s,
                              storage *found) {
  return r->zip.count ? find_in_zip(r, s, found) : find_in_table(r, s, found);
}

/* -------------------------------------------------------------- tensors */

/* A tuple of whole numbers from 0 to `most`; its length is the rank. */
static pa_status read_sizes(const reader *r, uint32_t tuple, size_t *rank,
                            size_t *sizes) {
  const pa_pickle_value *v = &r->pickle.values[tuple];
  if (v->kind != PA_PICKLE_TUPLE || v->u.items.count > PA_LIMIT_TENSOR_RANK)
    return bad(r, "a tensor's shape is none");
  *rank = v->u.items.count;
  for (uint32_t d = 0; d < *rank; d++) {
    const pa_pickle_value *n =
        &r->pickle.values[pa_pickle_item(&r->pickle, tuple, d)];
    if (n->kind != PA_PICKLE_INT || n->u.integer < 0 ||
        n->u.integer > PA_LIMIT_TENSOR_ELEMENTS)
      return bad(r, "a tensor's shape is out of range");
    sizes[d] = (size_t)n->u.integer;
  }
  return PA_OK;
}

static pa_status check_places(const reader *r, pa_checkpoint_tensor *t,
                              uint64_t offset, uint64_t elements) {
  uint64_t last = offset;
  t->count = 1;
  for (size_t d = 0; d < t->rank; d++) {
    if (t->dim[d] && t->count > PA_LIMIT_TENSOR_ELEMENTS / t->dim[d])
      return bad(r, "a tensor of over 2^28 elements");
    t->count *= t->dim[d];
    /* Both are at most 2^28: no overflow. */
    if (t->dim[d]) last += (uint64_t)(t->dim[d] - 1) * t->stride[d];
  }
  if (t->count > 0 && last >= elements)
    return bad(r, "a tensor reaches beyond its storage");
  return PA_OK;
}

static pa_status read_tensor(const reader *r, uint32_t tensor,
                             pa_checkpoint_tensor *t) {
  const pa_pickle *p = &r->pickle;
  const pa_pickle_value *s = &p->values[pa_pickle_item(p, tensor, 0)];
  const pa_pickle_value *offset = &p->values[pa_pickle_item(p, tensor, 1)];
  storage found;
  size_t rank;
  *t = (pa_checkpoint_tensor){.type = s->u.storage.type};
  if (offset->kind != PA_PICKLE_INT || offset->u.integer < 0 ||
      (uint64_t)offset->u.integer > PA_LIMIT_WEIGHTS_FILE)
    return bad(r, "a tensor's offset is out of range");
  pa_status status =
      read_sizes(r, pa_pickle_item(p, tensor, 2), &t->rank, t->dim);
  if (status == PA_OK)
    status = read_sizes(r, pa_pickle_item(p, tensor, 3), &rank, t->stride);
  if (status == PA_OK && rank != t->rank)
    status = bad(r, "a tensor's shape and strides differ in length");
  if (status == PA_OK) status = find_storage(r, s, &found);
  if (status == PA_OK)
    status = check_places(r, t, (uint64_t)offset->u.integer, found.count);
  if (status == PA_OK && t->count > 0)
    t->data =
        found.data + (size_t)offset->u.integer * pa_pickle_type_size(t->type);
  return status;
}

/* Every tensor of the dict; what else is in it is passed over. */
static pa_status read_dict(const reader *r, uint32_t dict) {
  const pa_pickle *p = &r->pickle;
  uint32_t cell = p->values[dict].u.items.first;
  while (cell != PA_PICKLE_NOTHING) {
    const pa_pickle_value *key = &p->values[p->cells[cell].value];
    cell = p->cells[cell].next;
    uint32_t value = p->cells[cell].value;
    cell = p->cells[cell].next;
    if (p->values[value].kind != PA_PICKLE_TENSOR) continue;
    if (key->kind != PA_PICKLE_TEXT) return bad(r, "a tensor without a name");
    pa_checkpoint_tensor tensor;
    pa_status status = read_tensor(r, value, &tensor);
    if (status == PA_OK)
      status = pa_checkpoint_add(r->err, r->checkpoint, key->u.text.start,
                                 key->u.text.length, &tensor);
    if (status != PA_OK) return status;
  }
  return PA_OK;
}

static pa_status read_root(const reader *r, uint32_t root) {
  const pa_pickle *p = &r->pickle;
  uint32_t dict = pa_pickle_get(p, root, "model");
  if (dict == PA_PICKLE_NOTHING) dict = pa_pickle_get(p, root, "state_dict");
  if (dict == PA_PICKLE_NOTHING) dict = root;
  if (p->values[dict].kind != PA_PICKLE_DICT)
    return bad(r, "it holds no dict of tensors");
  pa_status status = read_dict(r, dict);
  if (status == PA_OK && r->checkpoint->count == 0)
    return bad(r, "it holds no tensors");
  return status;
}

/* ---------------------------------------------------------------- archives */

static const pa_zip_entry *find_pickle(reader *r) {
  static const char name[] = "data.pkl";
  const size_t length = sizeof name - 1;
  for (size_t i = 0; i < r->zip.count; i++) {
    const pa_zip_entry *e = &r->zip.entries[i];
    if (e->name_length < length ||
        memcmp(e->name + e->name_length - length, name, length) != 0)
      continue;
    size_t before = e->name_length - length;
    if (before > 0 && e->name[before - 1] != '/') continue;
    r->folder = e->name;
    r->folder_length = before > 0 ? before - 1 : 0;
    return e;
  }
  return NULL;
}

static pa_status read_archive(reader *r, const uint8_t *bytes, size_t size) {
  size_t used;
  uint32_t root;
  pa_status status = pa_zip_open(r->err, bytes, size, &r->zip);
  if (status != PA_OK) return status;
  const pa_zip_entry *pickle = find_pickle(r);
  if (!pickle)
    return bad(r, "no data.pkl in the archive: not made by torch.save");
  const pa_zip_entry *order =
      pa_zip_find(&r->zip, r->folder, r->folder_length, "byteorder", 9);
  if (order && (order->size < 6 || memcmp(order->data, "little", 6) != 0))
    return bad(r, "numbers are not little-endian");
  status = pa_pickle_read(r->err, pickle->data, pickle->size, &r->pickle, &root,
                          &used);
  return status == PA_OK ? read_root(r, root) : status;
}

/* --------------------------------------------------------------- old files */

/* Where the storages begin: each is its number of elements in 8 bytes and then
 * those. Their element size is in the objects' description alone. */
static pa_status element_size(const reader *r, const pa_pickle_value *key,
                              size_t *size) {
  for (size_t v = 0; v < r->pickle.value_count; v++) {
    const pa_pickle_value *s = &r->pickle.values[v];
    if (s->kind != PA_PICKLE_STORAGE ||
        !same_text(&r->pickle.values[s->u.storage.key], key))
      continue;
    *size = pa_pickle_type_size(s->u.storage.type);
    return PA_OK;
  }
  return bad(r, "numbers that no tensor uses");
}

static pa_status read_table(reader *r, const uint8_t *at, size_t left) {
  const pa_pickle *p = &r->pickle;
  if (p->values[r->keys].kind != PA_PICKLE_LIST)
    return bad(r, "no list of storages");
  size_t count = p->values[r->keys].u.items.count;
  if (count == 0 || count > PA_LIMIT_TENSORS)
    return bad(r, "no storages, or too many");
  r->storages = pa_mem_calloc(count, sizeof *r->storages);
  if (!r->storages)
    return pa_error_memory(r->err, count * sizeof *r->storages, "storages");
  uint32_t cell = p->values[r->keys].u.items.first;
  for (; r->storage_count < count; cell = p->cells[cell].next) {
    size_t size;
    uint64_t elements = 0;
    pa_status status = element_size(r, &p->values[p->cells[cell].value], &size);
    if (status != PA_OK) return status;
    if (left < 8) return bad(r, "the file is cut off");
    for (int i = 7; i >= 0; i--)
      elements = elements << 8 | at[i];
    if (elements > (left - 8) / size) return bad(r, "the file is cut off");
    r->storages[r->storage_count++] = (storage){at + 8, elements};
    at += 8 + (size_t)elements * size;
    left -= 8 + (size_t)elements * size;
  }
  return PA_OK;
}

/* Five pickles in a row: a magic number, a version, what machine wrote it, the
 * objects, the storages' keys. */
static pa_status read_old(reader *r, const uint8_t *bytes, size_t size) {
  uint32_t root[5];
  size_t at = 0;
  for (int i = 0; i < 5; i++) {
    size_t used;
    pa_status status = pa_pickle_read(r->err, bytes + at, size - at, &r->pickle,
                                      &root[i], &used);
    if (status != PA_OK) return status;
    at += used;
  }
  uint32_t little = pa_pickle_get(&r->pickle, root[2], "little_endian");
  if (r->pickle.values[root[0]].kind != PA_PICKLE_INT ||
      little == PA_PICKLE_NOTHING ||
      r->pickle.values[little].kind != PA_PICKLE_INT)
    return bad(r, "a pickle, but not one of torch.save");
  if (r->pickle.values[little].u.integer != 1)
    return bad(r, "numbers are not little-endian");
  r->keys = root[4];
  pa_status status = read_table(r, bytes + at, size - at);
  return status == PA_OK ? read_root(r, root[3]) : status;
}

pa_status pa_checkpoint_torch(pa_error *err, const uint8_t *bytes, size_t size,
                              pa_checkpoint *checkpoint) {
  reader r = {.err = err, .checkpoint = checkpoint};
  pa_status status = pa_zip_is(bytes, size) ? read_archive(&r, bytes, size)
                                            : read_old(&r, bytes, size);
  pa_mem_free(r.storages);
  pa_zip_close(&r.zip);
  pa_pickle_free(&r.pickle);
  return status;
}
