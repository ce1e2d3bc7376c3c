/* The command line: public API only. Every command returns its exit status. */
#ifndef PARSONA_CLI_CLI_H
#define PARSONA_CLI_CLI_H

#include "parsona.h"

int cli_parse(int argc, char **argv);
int cli_avatar2d(int argc, char **argv);
int cli_bench(int argc, char **argv);
int cli_avatar3d(int argc, char **argv);
int cli_convert(int argc, char **argv);

/* One line on stderr, "parsona: ...", printf format. Returns 1. */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
int cli_fail(const char *format, ...);

/* Reads a whole file; *bytes is freed with free(). On failure says what is
 * wrong with it on stderr and returns non-zero. */
int cli_read_file(const char *path, uint8_t **bytes, size_t *size);

/* From now on contexts hold only networks that are free for commercial use:
 * the first parser in place of M2FP-Lite. */
void cli_permissive(void);

/* A context with the networks of `weights`: one file, or NULL for all of the
 * weights folder (PARSONA_WEIGHTS, or build/weights beside the program).
 * Non-zero, and a line on stderr, on failure. */
int cli_context(unsigned threads, bool profile, char *const *weights,
                size_t weights_count, pa_context **context);

/* Decodes a photo; errors as above. */
int cli_photo(pa_context *context, const char *path, pa_image **image);

#endif
