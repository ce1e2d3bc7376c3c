/* parsona avatar3d PHOTO -o DIR */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/number.h"
#include "cli/output.h"

typedef struct arguments {
  const char *photo, *folder;
  unsigned person;
  cli_setup setup;
  pa_avatar3d_options avatar;
} arguments;

static const char *const formats[] = {"glb", "vrm", "vrm0", "pose"};
static const char *const styles[] = {"photo", "cartoon"};

static int choose(const char *option, const char *text,
                  const char *const *choices, int count, int *chosen) {
  for (*chosen = 0; *chosen < count; ++*chosen)
    if (!strcmp(text, choices[*chosen])) return 0;
  return cli_fail("%s: \"%s\" is not known; see parsona --help", option, text);
}

static int read_option(arguments *args, int option) {
  const char *licenses[PA_AVATAR3D_LICENSES];
  for (size_t i = 0; i < PA_AVATAR3D_LICENSES; i++)
    licenses[i] = pa_avatar3d_license_name(i);
  double number = 0;
  int chosen = 0;
  switch (option) {
  case 'o':
    args->folder = optarg;
    return 0;
  case 'f':
    if (choose("--format", optarg, formats, 4, &chosen)) return 1;
    args->avatar.format = (pa_avatar3d_format)chosen;
    return 0;
  case 's':
    if (choose("--style", optarg, styles, 2, &chosen)) return 1;
    args->avatar.style = (pa_avatar3d_style)chosen;
    return 0;
  case 'k':
    if (cli_number("--person", optarg, 1, 64, &number)) return 1;
    args->person = (unsigned)number;
    return 0;
  case 'h':
    if (cli_number("--height", optarg, .3, 3, &number)) return 1;
    args->avatar.height = (float)number;
    return 0;
  case 'n':
    args->avatar.name = optarg;
    return 0;
  case 'a':
    args->avatar.author = optarg;
    return 0;
  case 'l':
    if (choose("--license", optarg, licenses, PA_AVATAR3D_LICENSES, &chosen))
      return 1;
    args->avatar.license = (pa_avatar3d_license)chosen;
    return 0;
  default:
    return cli_setup_option(&args->setup, "avatar3d", option);
  }
}

static int read_arguments(int argc, char **argv, arguments *args) {
  static const struct option options[] = {
      {"output", required_argument, NULL, 'o'},
      {"format", required_argument, NULL, 'f'},
      {"style", required_argument, NULL, 's'},
      {"person", required_argument, NULL, 'k'},
      {"height", required_argument, NULL, 'h'},
      {"name", required_argument, NULL, 'n'},
      {"author", required_argument, NULL, 'a'},
      {"license", required_argument, NULL, 'l'},
      CLI_SETUP_OPTIONS,
      {NULL, 0, NULL, 0}};
  int option;
  opterr = 0; /* cli_fail says it in one line */
  while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1)
    if (read_option(args, option)) return 1;
  args->photo = cli_operand("avatar3d", "photo", argc, argv);
  if (!args->photo) return 1;
  if (!args->folder) return cli_fail("avatar3d: no folder given with -o");
  return 0;
}

static int write_person(pa_context *context, const arguments *args,
                        const pa_image *image, const pa_scene *scene,
                        unsigned id, cli_output *output) {
  uint8_t *bytes;
  size_t size;
  char name[32];
  if (pa_avatar3d_create(context, image, scene, id, &args->avatar, &bytes,
                         &size) != PA_OK)
    return cli_fail("%s: %s", args->photo, pa_context_message(context));
  static const char *const endings[] = {"glb", "vrm", "vrm", "pose.json"};
  snprintf(name, sizeof name, "person_%u.%s", id, endings[args->avatar.format]);
  int failed = cli_output_write(output, name, bytes, size);
  pa_bytes_free(bytes);
  return failed;
}

/* One person, or all of them. */
static int write_all(pa_context *context, const arguments *args,
                     const pa_image *image, const pa_scene *scene) {
  unsigned count = (unsigned)pa_scene_person_count(scene);
  if (count == 0) return cli_fail("%s: nobody is in the photo", args->photo);
  if (args->person > count)
    return cli_fail("%s: no person %u, there %s %u", args->photo, args->person,
                    count == 1 ? "is" : "are", count);
  cli_output *output = cli_output_open(args->folder);
  if (!output) return 1;
  unsigned first = args->person ? args->person : 1;
  unsigned last = args->person ? args->person : count;
  int failed = 0;
  for (unsigned id = first; !failed && id <= last; id++)
    failed = write_person(context, args, image, scene, id, output);
  return cli_output_close(output, !failed) || failed;
}

static int make(pa_context *context, const arguments *args) {
  pa_image *image;
  pa_scene *scene;
  if (cli_scene(context, args->photo, NULL, &image, &scene)) return 1;
  int failed = write_all(context, args, image, scene);
  pa_scene_destroy(scene);
  pa_image_destroy(image);
  return failed;
}

int cli_avatar3d(int argc, char **argv) {
  arguments args = {0};
  if (read_arguments(argc, argv, &args)) return 1;
  pa_context *context;
  if (cli_context(&args.setup, &context)) return 1;
  int failed = make(context, &args);
  pa_context_destroy(context);
  return failed;
}
