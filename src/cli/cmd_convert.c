/* parsona convert CHECKPOINT -o FILE */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

typedef struct arguments {
  const char *checkpoint, *file, *labels;
  pa_convert_options convert;
} arguments;

static int read_option(arguments *args, int option) {
  switch (option) {
  case 'o':
    args->file = optarg;
    return 0;
  case 'd':
    args->convert.dtype = optarg;
    return 0;
  case 'l':
    args->labels = optarg;
    return 0;
  case 's':
    args->convert.sizes = optarg;
    return 0;
  default:
    return cli_fail("convert: bad option; see parsona --help");
  }
}

static int read_arguments(int argc, char **argv, arguments *args) {
  static const struct option options[] = {
      {"output", required_argument, NULL, 'o'},
      {"dtype", required_argument, NULL, 'd'},
      {"labels", required_argument, NULL, 'l'},
      {"sizes", required_argument, NULL, 's'},
      {NULL, 0, NULL, 0}};
  int option;
  opterr = 0;
  while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1)
    if (read_option(args, option)) return 1;
  args->checkpoint = cli_operand("convert", "checkpoint", argc, argv);
  if (!args->checkpoint) return 1;
  if (!args->file) return cli_fail("convert: no file given with -o");
  return 0;
}

/* A table's name, or the text of a file whose name ends in .json. */
static int read_labels(arguments *args, char **text) {
  const char *labels = args->labels;
  size_t length = labels ? strlen(labels) : 0, size;
  uint8_t *bytes;
  args->convert.labels = labels;
  if (length < 5 || strcmp(labels + length - 5, ".json") != 0) return 0;
  if (cli_read_file(labels, &bytes, &size)) return 1;
  *text = malloc(size + 1);
  if (*text) {
    memcpy(*text, bytes, size);
    (*text)[size] = '\0';
    args->convert.labels = *text;
  }
  free(bytes);
  if (!*text) return cli_fail("%s: out of memory", labels);
  if ((*text)[0] == '{') return 0;
  return cli_fail("%s: does not begin with {", labels);
}

/* Under another name first: a file that cannot be finished is not left. */
static int write_file(const char *path, const uint8_t *bytes, size_t size) {
  char part[4096];
  if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part)
    return cli_fail("%s: the name is too long", path);
  FILE *file = fopen(part, "wb");
  if (!file) return cli_fail("%s: cannot be written", path);
  int failed = fwrite(bytes, 1, size, file) != size;
  failed |= fclose(file) != 0;
  if (!failed) failed = rename(part, path) != 0;
  if (!failed) return 0;
  remove(part);
  return cli_fail("%s: cannot be written whole", path);
}

static int convert(pa_context *context, const arguments *args) {
  uint8_t *bytes, *file;
  size_t size, file_size;
  if (cli_read_file(args->checkpoint, &bytes, &size)) return 1;
  pa_status status =
      pa_convert(context, bytes, size, &args->convert, &file, &file_size);
  free(bytes);
  if (status != PA_OK)
    return cli_fail("%s: %s", args->checkpoint, pa_context_message(context));
  int failed = write_file(args->file, file, file_size);
  pa_bytes_free(file);
  return failed;
}

int cli_convert(int argc, char **argv) {
  arguments args = {0};
  char *text = NULL;
  pa_context *context = NULL;
  pa_context_options options = {.threads = 1};
  int failed = read_arguments(argc, argv, &args) || read_labels(&args, &text);
  if (!failed && pa_context_create(&options, &context) != PA_OK)
    failed = cli_fail("convert: cannot start");
  if (!failed) failed = convert(context, &args);
  pa_context_destroy(context);
  free(text);
  return failed;
}
