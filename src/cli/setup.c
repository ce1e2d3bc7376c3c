#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yyjson.h>

#include "cli/cli.h"
#include "cli/number.h"

#define PATH 4096
#define FILE_MAX_BYTES (1ull << 30)

int cli_fail(const char *format, ...) {
  va_list args;
  va_start(args, format);
  fputs("parsona: ", stderr);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
  va_end(args);
  return 1;
}

static int read_open_file(FILE *file, const char *path, uint8_t **bytes,
                          size_t *size) {
  struct stat info;
  if (fstat(fileno(file), &info) || S_ISDIR(info.st_mode))
    return cli_fail("%s: not a file", path);
  if (info.st_size == 0) return cli_fail("%s: the file is empty", path);
  if ((unsigned long long)info.st_size > FILE_MAX_BYTES)
    return cli_fail("%s: %lld bytes, too large", path, (long long)info.st_size);
  *size = (size_t)info.st_size;
  *bytes = malloc(*size);
  if (!*bytes) return cli_fail("%s: out of memory", path);
  if (fread(*bytes, 1, *size, file) == *size) return 0;
  free(*bytes);
  *bytes = NULL;
  return cli_fail("%s: cannot read it whole", path);
}

int cli_read_file(const char *path, uint8_t **bytes, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file) return cli_fail("%s: %s", path, strerror(errno));
  int failed = read_open_file(file, path, bytes, size);
  fclose(file);
  return failed;
}

static int load(pa_context *context, const char *path) {
  uint8_t *bytes = NULL;
  size_t size = 0;
  if (cli_read_file(path, &bytes, &size)) return 1;
  pa_status status = pa_context_load(context, bytes, size);
  free(bytes);
  if (status == PA_OK) return 0;
  return cli_fail("%s: %s", path, pa_context_message(context));
}

/* $PARSONA_WEIGHTS, or the folder `weights` beside the program's own folder
 * (build/native/parsona -> build/weights). */
static int weights_folder(char *folder, size_t room) {
  char program[PATH];
  const char *set = getenv("PARSONA_WEIGHTS");
  if (set && *set) return snprintf(folder, room, "%s", set) >= (int)room;
  ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
  if (length <= 0) return 1;
  program[length] = '\0';
  for (int up = 0; up < 2; up++) {
    char *slash = strrchr(program, '/');
    if (!slash) return 1;
    *slash = '\0';
  }
  return snprintf(folder, room, "%s/weights", program) >= (int)room;
}

static bool permissive;

void cli_permissive(void) {
  permissive = true;
}

static bool free_terms(const char *license) {
  return license &&
         (!strcmp(license, "Apache-2.0") || !strcmp(license, "CC0-1.0"));
}

/* A file for every parse, or for avatars (a page loads the latter when the
 * first is made). The permissive parser's are those of free terms. */
static bool wanted(yyjson_val *entry) {
  const char *load = yyjson_get_str(yyjson_obj_get(entry, "load"));
  if (!load) return false;
  if (permissive) {
    if (!strcmp(load, "permissive")) return true;
    if (!free_terms(yyjson_get_str(yyjson_obj_get(entry, "license"))))
      return false;
  }
  return !strcmp(load, "start") || !strcmp(load, "face") ||
         !strcmp(load, "avatar");
}

/* Loads what is wanted of the folder's files. */
static int load_listed(pa_context *context, const char *folder,
                       yyjson_val *list) {
  size_t index, count;
  yyjson_val *entry;
  yyjson_arr_foreach(list, index, count, entry) {
    const char *file = yyjson_get_str(yyjson_obj_get(entry, "file"));
    if (!file || !wanted(entry)) continue;
    char path[2 * PATH];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    if (load(context, path)) return 1;
  }
  return 0;
}

static int load_defaults(pa_context *context) {
  char folder[PATH], path[PATH + 64];
  uint8_t *bytes = NULL;
  size_t size = 0;
  if (weights_folder(folder, sizeof folder))
    return cli_fail("cannot tell where the weights are: set PARSONA_WEIGHTS");
  snprintf(path, sizeof path, "%s/manifest.json", folder);
  if (cli_read_file(path, &bytes, &size)) return 1;
  yyjson_doc *doc = yyjson_read((const char *)bytes, size, 0);
  free(bytes);
  yyjson_val *list = yyjson_doc_get_root(doc);
  int failed = yyjson_is_arr(list)
                   ? load_listed(context, folder, list)
                   : cli_fail("%s: not a list of weights files", path);
  yyjson_doc_free(doc);
  return failed;
}

const char *cli_operand(const char *command, const char *kind, int argc,
                        char **argv) {
  if (optind + 1 == argc) return argv[optind];
  if (optind == argc)
    cli_fail("%s: no %s; see parsona --help", command, kind);
  else
    cli_fail("%s: one %s at a time; see parsona --help", command, kind);
  return NULL;
}

int cli_setup_option(cli_setup *setup, const char *command, int option) {
  double number = 0;
  switch (option) {
  case 't':
    if (cli_number("--threads", optarg, 1, 64, &number)) return 1;
    setup->threads = (unsigned)number;
    return 0;
  case '3':
    setup->float32 = true;
    return 0;
  case 'w':
    if (setup->weights_count == CLI_WEIGHTS_MAX)
      return cli_fail("--weights: at most %d files", CLI_WEIGHTS_MAX);
    setup->weights[setup->weights_count++] = optarg;
    return 0;
  default:
    return cli_fail("%s: bad option; see parsona --help", command);
  }
}

int cli_context(const cli_setup *setup, pa_context **context) {
  pa_context_options options = {.threads = setup->threads,
                                .profile = setup->profile,
                                .float32 = setup->float32};
  pa_status status = pa_context_create(&options, context);
  if (status != PA_OK)
    return cli_fail("cannot start: %s", pa_status_name(status));
  int failed = load_defaults(*context);
  for (size_t i = 0; !failed && i < setup->weights_count; i++)
    failed = load(*context, setup->weights[i]);
  if (!failed) return 0;
  pa_context_destroy(*context);
  *context = NULL;
  return 1;
}

int cli_photo(pa_context *context, const char *path, pa_image **image) {
  uint8_t *bytes = NULL;
  size_t size = 0;
  if (cli_read_file(path, &bytes, &size)) return 1;
  pa_status status = pa_image_decode(context, bytes, size, image);
  free(bytes);
  if (status == PA_OK) return 0;
  return cli_fail("%s: %s", path, pa_context_message(context));
}

int cli_scene(pa_context *context, const char *path,
              const pa_parse_options *options, pa_image **image,
              pa_scene **scene) {
  *image = NULL;
  *scene = NULL;
  if (cli_photo(context, path, image)) return 1;
  if (pa_parse(context, *image, options, scene) == PA_OK) return 0;
  pa_image_destroy(*image);
  *image = NULL;
  return cli_fail("%s: %s", path, pa_context_message(context));
}
