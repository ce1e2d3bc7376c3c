/* parsona avatar2d PHOTO -o DIR */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/number.h"
#include "cli/output.h"

#define ACCESSORIES_MAX 16

typedef struct arguments {
  const char *photo, *folder, *traits;
  unsigned person;
  cli_setup setup;
  pa_accessory accessories[ACCESSORIES_MAX];
  pa_avatar2d_options options;
} arguments;

/* KIND:NAME or KIND:NAME:#rrggbb; the text is cut into its parts. */
static int read_accessory(arguments *args, char *text) {
  size_t count = args->options.accessory_count;
  char *name = strchr(text, ':');
  if (count == ACCESSORIES_MAX)
    return cli_fail("--accessory: at most %d", ACCESSORIES_MAX);
  if (!name) return cli_fail("--accessory %s: not KIND:NAME", text);
  *name++ = '\0';
  pa_accessory *a = &args->accessories[count];
  a->kind = text, a->name = name;
  char *color = strchr(name, ':');
  if (color) {
    unsigned r, g, b;
    int end = 0;
    *color++ = '\0';
    if (sscanf(color, "#%2x%2x%2x%n", &r, &g, &b, &end) != 3 || end != 7 ||
        color[end])
      return cli_fail("--accessory: %s is not a colour such as #20c0ff", color);
    a->color = (pa_color){(uint8_t)r, (uint8_t)g, (uint8_t)b, 255};
  }
  args->options.accessory_count++;
  return 0;
}

static int read_frame(arguments *args, const char *name) {
  static const char *const frames[] = {"head", "half", "full"};
  for (int i = 0; i < 3; i++)
    if (!strcmp(name, frames[i])) {
      args->options.frame = (pa_frame)i;
      return 0;
    }
  return cli_fail("--frame %s: there are head, half and full", name);
}

static int check_style(const char *name) {
  char list[256] = "";
  for (size_t i = 0; i < pa_style2d_count(); i++) {
    if (!strcmp(name, pa_style2d_name(i))) return 0;
    size_t used = strlen(list);
    snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "",
             pa_style2d_name(i));
  }
  return cli_fail("no style \"%s\"; there are %s", name, list);
}

static int read_option(arguments *args, int option) {
  double number = 0;
  switch (option) {
  case 'o':
    args->folder = optarg;
    return 0;
  case 's':
    args->options.style = optarg;
    return check_style(optarg);
  case 'a':
    return read_accessory(args, optarg);
  case 'f':
    return read_frame(args, optarg);
  case 'j':
    args->traits = optarg;
    return 0;
  case 'k':
    if (cli_number("--person", optarg, 1, 255, &number)) return 1;
    args->person = (unsigned)number;
    return 0;
  case 'n':
    if (cli_number("--size", optarg, 16, 4096, &number)) return 1;
    if (number != (unsigned)number)
      return cli_fail("--size: %s is not a whole number of pixels", optarg);
    args->options.size = (unsigned)number;
    return 0;
  case 'r':
    if (cli_number("--seed", optarg, 0, 4294967295.0, &number)) return 1;
    args->options.seed = (uint32_t)number;
    return 0;
  default:
    return cli_setup_option(&args->setup, "avatar2d", option);
  }
}

/* Photo styles draw accessories over the person, who keeps the own hair. */
static int check_worn(const pa_avatar2d_options *options) {
  size_t style = 0;
  while (style < pa_style2d_count() && options->style &&
         strcmp(options->style, pa_style2d_name(style)) != 0)
    style++;
  if (!options->style || !pa_style2d_photo(style)) return 0;
  for (size_t i = 0; i < options->accessory_count; i++) {
    const char *kind = options->accessories[i].kind;
    if (!strcmp(kind, "hair") || !strcmp(kind, "beard"))
      return cli_fail("--accessory %s: the style %s shows the photo's", kind,
                      options->style);
  }
  return 0;
}

static int read_arguments(int argc, char **argv, arguments *args) {
  static const struct option options[] = {
      {"output", required_argument, NULL, 'o'},
      {"style", required_argument, NULL, 's'},
      {"accessory", required_argument, NULL, 'a'},
      {"frame", required_argument, NULL, 'f'},
      {"traits", required_argument, NULL, 'j'},
      {"person", required_argument, NULL, 'k'},
      {"size", required_argument, NULL, 'n'},
      {"seed", required_argument, NULL, 'r'},
      CLI_SETUP_OPTIONS,
      {NULL, 0, NULL, 0}};
  int option;
  opterr = 0; /* cli_fail says it in one line */
  while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1)
    if (read_option(args, option)) return 1;
  if (optind + (args->traits ? 0 : 1) != argc)
    return cli_fail("avatar2d: %s; see parsona --help",
                    args->traits     ? "traits or a photo, not both"
                    : optind == argc ? "no photo"
                                     : "one photo at a time");
  args->photo = args->traits ? args->traits : argv[optind];
  if (!args->folder) return cli_fail("avatar2d: no folder given with -o");
  return check_worn(&args->options);
}

/* ------------------------------------------------------------ one avatar */

static int write_png(cli_output *output, pa_context *context,
                     const arguments *args, const char *name,
                     const pa_avatar2d *avatar) {
  unsigned size = args->options.size;
  uint8_t *rgba = malloc((size_t)size * size * 4), *png = NULL;
  size_t bytes = 0;
  if (!rgba) return cli_fail("out of memory for %s", name);
  int failed = 0;
  if (pa_avatar2d_render(context, avatar, size, rgba) != PA_OK ||
      pa_png_encode(context, rgba, size, size, 4, &png, &bytes) != PA_OK)
    failed = cli_fail("%s: %s", name, pa_context_message(context));
  free(rgba);
  if (!failed) failed = cli_output_write(output, name, png, bytes);
  pa_bytes_free(png);
  return failed;
}

static int write_avatar(cli_output *output, pa_context *context,
                        const arguments *args, unsigned person,
                        const pa_avatar2d *avatar) {
  char name[48];
  size_t size;
  const char *svg = pa_avatar2d_svg(avatar, &size);
  const char *traits = pa_avatar2d_traits(avatar);
  snprintf(name, sizeof name, "person_%u.svg", person);
  if (cli_output_write(output, name, svg, size)) return 1;
  snprintf(name, sizeof name, "person_%u.json", person);
  if (cli_output_write(output, name, traits, strlen(traits))) return 1;
  snprintf(name, sizeof name, "person_%u.png", person);
  return write_png(output, context, args, name, avatar);
}

static int make_avatar(cli_output *output, pa_context *context,
                       const arguments *args, const pa_image *image,
                       const pa_scene *scene, unsigned person,
                       const char *traits, size_t traits_size) {
  pa_avatar2d *avatar;
  if (pa_avatar2d_create(context, image, scene, person, traits, traits_size,
                         &args->options, &avatar) != PA_OK)
    return cli_fail("%s: %s", args->photo, pa_context_message(context));
  int failed = write_avatar(output, context, args, person, avatar);
  pa_avatar2d_destroy(avatar);
  return failed;
}

/* ------------------------------------------------------------ all of them */

static int make_all(cli_output *output, pa_context *context,
                    const arguments *args, const pa_image *image,
                    const pa_scene *scene) {
  size_t count = pa_scene_person_count(scene);
  if (!count) return cli_fail("%s: no person is seen", args->photo);
  if (args->person > count)
    return cli_fail("%s: no person %u, there are %zu", args->photo,
                    args->person, count);
  for (size_t i = 0; i < count; i++) {
    pa_person person;
    pa_scene_person(scene, i, &person);
    if (args->person && person.id != args->person) continue;
    if (make_avatar(output, context, args, image, scene, person.id, NULL, 0))
      return 1;
  }
  return 0;
}

static int from_photo(cli_output *output, pa_context *context,
                      const arguments *args) {
  pa_image *image;
  pa_scene *scene;
  if (cli_scene(context, args->photo, NULL, &image, &scene)) return 1;
  int failed = make_all(output, context, args, image, scene);
  pa_scene_destroy(scene);
  pa_image_destroy(image);
  return failed;
}

static int from_traits(cli_output *output, pa_context *context,
                       const arguments *args) {
  uint8_t *json = NULL;
  size_t size = 0;
  if (cli_read_file(args->traits, &json, &size)) return 1;
  int failed = make_avatar(output, context, args, NULL, NULL,
                           args->person ? args->person : 1, (char *)json, size);
  free(json);
  return failed;
}

int cli_avatar2d(int argc, char **argv) {
  arguments args = {.options = {.size = 512}};
  args.options.accessories = args.accessories;
  if (read_arguments(argc, argv, &args)) return 1;
  pa_context *context = NULL;
  if (args.traits) {
    if (pa_context_create(NULL, &context) != PA_OK)
      return cli_fail("cannot start");
  } else if (cli_context(&args.setup, &context)) {
    return 1;
  }
  cli_output *output = cli_output_open(args.folder);
  int failed = !output || (args.traits ? from_traits(output, context, &args)
                                       : from_photo(output, context, &args));
  failed |= cli_output_close(output, !failed);
  pa_context_destroy(context);
  return failed;
}
