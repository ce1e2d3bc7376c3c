/* Strict JSON on yyjson: memory from base/mem.h, no duplicate keys, no NUL in a
 * string. */
#ifndef PARSONA_NN_JSON_H
#define PARSONA_NN_JSON_H

#include <yyjson.h>

#include "base/error.h"

/* yyjson on base/mem.h. */
const yyjson_alc *pa_nn_json_memory(void);

/* Parses `size` bytes; `what` names the text in errors ("header"). The root
 * must be an object (or, when `array`, an array). */
pa_status pa_nn_json_read(pa_error *err, const char *what, const void *text,
                          size_t size, bool array, yyjson_doc **doc);

/* PA_ERROR_WEIGHTS when `value` is not an object or names a key twice. */
pa_status pa_nn_json_object(pa_error *err, const char *what, yyjson_val *value);

/* The string, or NULL when `value` is no string, is empty or holds a NUL. */
const char *pa_nn_json_text(yyjson_val *value);

#endif
