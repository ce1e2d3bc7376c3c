/* What `parsona parse` writes. */
#ifndef PARSONA_CLI_RESULT_H
#define PARSONA_CLI_RESULT_H

#include "cli/output.h"
#include "parsona.h"

/* Non-zero, with a line on stderr that lists them, for an unknown palette. */
int cli_check_palette(const char *name);

/* result.json: {width, height, labels, persons: [{id, score, box, labels,
 * keypoints}], timing_ms}. */
int cli_write_result(cli_output *output, const pa_scene *scene);

/* labels.png, persons.png (8-bit grey) and map.png (RGBA). */
int cli_write_maps(cli_output *output, pa_context *context,
                   const pa_scene *scene, const char *palette);

#endif
