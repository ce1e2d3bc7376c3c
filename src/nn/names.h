/* A map from names to numbers, for the tensors and the values of a file. Keys
 * are not copied. The number of entries is bounded when it is made. */
#ifndef PARSONA_NN_NAMES_H
#define PARSONA_NN_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct pa_nn_names {
  const char **keys; /* NULL where a slot is free */
  uint32_t *numbers;
  size_t mask; /* slots - 1, a power of two less one */
} pa_nn_names;

/* Room for `count` names. false when there is no memory. */
bool pa_nn_names_init(pa_nn_names *names, size_t count);
void pa_nn_names_free(pa_nn_names *names);

/* false when the name is there already. */
bool pa_nn_names_add(pa_nn_names *names, const char *key, uint32_t number);
bool pa_nn_names_find(const pa_nn_names *names, const char *key,
                      uint32_t *number);

#endif
