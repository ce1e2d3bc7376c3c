#include "nn/names.h"

#include <string.h>

#include "base/mem.h"

bool pa_nn_names_init(pa_nn_names *names, size_t count) {
  size_t slots = 8;
  while (slots < 2 * count)
    slots *= 2;
  names->mask = slots - 1;
  names->keys = pa_mem_calloc(slots, sizeof *names->keys);
  names->numbers = pa_mem_calloc(slots, sizeof *names->numbers);
  if (names->keys && names->numbers) return true;
  pa_nn_names_free(names);
  return false;
}

void pa_nn_names_free(pa_nn_names *names) {
  pa_mem_free(names->keys);
  pa_mem_free(names->numbers);
  *names = (pa_nn_names){0};
}

/* FNV-1a. The slot of the key, or the free one where it would go. */
static size_t slot_of(const pa_nn_names *names, const char *key) {
  uint32_t hash = 2166136261u;
  for (const char *c = key; *c; c++)
    hash = (hash ^ (unsigned char)*c) * 16777619u;
  size_t slot = hash & names->mask;
  while (names->keys[slot] && strcmp(names->keys[slot], key) != 0)
    slot = (slot + 1) & names->mask;
  return slot;
}

bool pa_nn_names_add(pa_nn_names *names, const char *key, uint32_t number) {
  size_t slot = slot_of(names, key);
  if (names->keys[slot]) return false;
  names->keys[slot] = key;
  names->numbers[slot] = number;
  return true;
}

bool pa_nn_names_find(const pa_nn_names *names, const char *key,
                      uint32_t *number) {
  size_t slot = slot_of(names, key);
  if (!names->keys[slot]) return false;
  *number = names->numbers[slot];
  return true;
}
