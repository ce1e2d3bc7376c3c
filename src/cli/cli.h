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

/* What every command that computes can be told: --threads, --float32 and
 * --weights. */
#define CLI_WEIGHTS_MAX 16
typedef struct cli_setup {
  unsigned threads;
  bool profile, float32;
  char *weights[CLI_WEIGHTS_MAX];
  size_t weights_count;
} cli_setup;

/* Their rows of a table for getopt_long. */
#define CLI_SETUP_OPTIONS                                                      \
  {"threads", required_argument, NULL, 't'},                                   \
      {"float32", no_argument, NULL, '3'},                                     \
      {"weights", required_argument, NULL, 'w'}

/* Reads one of them, getopt_long's `option` with its optarg; what is none of
 * them is a bad option of `command`. Non-zero, and a line on stderr, on
 * failure. */
int cli_setup_option(cli_setup *setup, const char *command, int option);

/* What is left when getopt_long has read the options of a command that wants
 * one thing, a `kind` ("photo"). NULL, and a line on stderr, when there is none
 * or more than one. */
const char *cli_operand(const char *command, const char *kind, int argc,
                        char **argv);

/* A context with the networks of the weights folder (PARSONA_WEIGHTS, or
 * build/weights beside the program) and then the setup's own. Non-zero, and a
 * line on stderr, on failure. */
int cli_context(const cli_setup *setup, pa_context **context);

/* Decodes a photo; errors as above. */
int cli_photo(pa_context *context, const char *path, pa_image **image);

/* The same, and parses it. On failure both are NULL. options may be NULL. */
int cli_scene(pa_context *context, const char *path,
              const pa_parse_options *options, pa_image **image,
              pa_scene **scene);

#endif
