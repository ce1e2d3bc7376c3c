/* parsona parse PHOTO -o DIR */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/number.h"
#include "cli/output.h"
#include "cli/result.h"

typedef struct arguments {
  const char *photo, *folder, *palette;
  cli_setup setup;
  bool masks, coco;
  pa_parse_options parse;
} arguments;

static int read_option(arguments *args, int option) {
  double number = 0;
  switch (option) {
  case 'o':
    args->folder = optarg;
    return 0;
  case 'm':
    args->masks = true;
    return 0;
  case 'c':
    args->coco = true;
    return 0;
  case 'p':
    args->palette = optarg;
    return 0;
  case 'n':
    if (cli_number("--max-persons", optarg, 1, 64, &number)) return 1;
    args->parse.max_persons = (unsigned)number;
    return 0;
  case 's':
    if (cli_number("--min-score", optarg, 0.01, 1, &number)) return 1;
    args->parse.min_score = (float)number;
    return 0;
  default:
    return cli_setup_option(&args->setup, "parse", option);
  }
}

static int read_arguments(int argc, char **argv, arguments *args) {
  static const struct option options[] = {
      {"output", required_argument, NULL, 'o'},
      CLI_SETUP_OPTIONS,
      {"max-persons", required_argument, NULL, 'n'},
      {"min-score", required_argument, NULL, 's'},
      {"palette", required_argument, NULL, 'p'},
      {"masks", no_argument, NULL, 'm'},
      {"coco", no_argument, NULL, 'c'},
      {NULL, 0, NULL, 0}};
  int option;
  opterr = 0; /* cli_fail says it in one line */
  while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1)
    if (read_option(args, option)) return 1;
  args->photo = cli_operand("parse", "photo", argc, argv);
  if (!args->photo) return 1;
  if (!args->folder) return cli_fail("parse: no folder given with -o");
  return 0;
}

static int write_all(pa_context *context, const arguments *args,
                     const pa_scene *scene) {
  cli_output *output = cli_output_open(args->folder);
  if (!output) return 1;
  int failed = cli_write_result(output, scene) ||
               cli_write_maps(output, context, scene, args->palette) ||
               cli_write_derived(output, context, scene) ||
               (args->masks && cli_write_masks(output, context, scene)) ||
               (args->coco && cli_write_coco(output, scene, args->photo));
  return cli_output_close(output, !failed) || failed;
}

static int parse_photo(pa_context *context, const arguments *args) {
  pa_image *image;
  pa_scene *scene;
  if (cli_scene(context, args->photo, &args->parse, &image, &scene)) return 1;
  pa_image_destroy(image);
  int failed = write_all(context, args, scene);
  pa_scene_destroy(scene);
  return failed;
}

int cli_parse(int argc, char **argv) {
  arguments args = {.palette = "parsona"};
  if (read_arguments(argc, argv, &args)) return 1;
  if (cli_check_palette(args.palette)) return 1;
  pa_context *context;
  if (cli_context(&args.setup, &context)) return 1;
  int failed = parse_photo(context, &args);
  pa_context_destroy(context);
  return failed;
}
