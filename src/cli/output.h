/* A folder of results that appears whole or not at all: files are written under
 * temporary names and renamed together. */
#ifndef PARSONA_CLI_OUTPUT_H
#define PARSONA_CLI_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

typedef struct cli_output cli_output;

/* Makes the folder (and its parents) when it is not there. NULL, with a line on
 * stderr, when that cannot be. */
cli_output *cli_output_open(const char *folder);

/* Writes one file under a temporary name. Non-zero, with a line on stderr, on
 * failure. */
int cli_output_write(cli_output *output, const char *name, const void *bytes,
                     size_t size);

/* Gives all files their names, or (when `keep` is 0) removes them, and the
 * folder too where it was made for them. Frees `output`. Non-zero on failure.
 */
int cli_output_close(cli_output *output, int keep);

#endif
