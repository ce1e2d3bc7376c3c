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

/* person_K.png and person_K_LABEL.png: 255 inside, 0 outside. */
int cli_write_masks(cli_output *output, pa_context *context,
                    const pa_scene *scene);

/* person_K_NAME.png of the derived masks that a person has: sleeves, inner
 * clothes. */
int cli_write_derived(cli_output *output, pa_context *context,
                      const pa_scene *scene);

/* coco.json: COCO's object annotations with compressed run lengths, one for
 * each person (category 0) and each of their labels. */
int cli_write_coco(cli_output *output, const pa_scene *scene,
                   const char *photo);

/* A map of the scene's size as a PNG file; channels as in pa_png_encode. */
int cli_write_png(cli_output *output, pa_context *context, const char *name,
                  const pa_scene *scene, const uint8_t *pixels,
                  unsigned channels);

typedef struct yyjson_mut_doc yyjson_mut_doc;
int cli_write_json(cli_output *output, const char *name,
                   const yyjson_mut_doc *doc);

#endif
