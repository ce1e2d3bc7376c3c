#include "cli/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

#define NAMES 4096
#define PATH 4096

struct cli_output {
  char *folder;
  int made; /* the folder is ours to remove */
  char *names[NAMES];
  size_t count;
};

/* mkdir -p; *made tells whether the last part was new. */
static int make_folder(const char *folder, int *made) {
  char path[PATH];
  size_t length = strlen(folder);
  if (!length || length >= sizeof path) return cli_fail("bad folder name");
  for (size_t i = 1; i <= length; i++) {
    if (folder[i] != '/' && folder[i] != '\0') continue;
    memcpy(path, folder, i);
    path[i] = '\0';
    *made = mkdir(path, 0777) == 0;
    if (!*made && errno != EEXIST)
      return cli_fail("cannot make the folder %s: %s", path, strerror(errno));
  }
  struct stat info;
  if (stat(folder, &info) || !S_ISDIR(info.st_mode))
    return cli_fail("%s is not a folder", folder);
  if (access(folder, W_OK))
    return cli_fail("cannot write into %s: %s", folder, strerror(errno));
  return 0;
}

cli_output *cli_output_open(const char *folder) {
  cli_output *output = calloc(1, sizeof *output);
  if (!output) return NULL;
  if (make_folder(folder, &output->made)) {
    free(output);
    return NULL;
  }
  output->folder = strdup(folder);
  if (!output->folder) {
    free(output);
    return NULL;
  }
  return output;
}

static int final_path(const cli_output *o, const char *name, char *path) {
  int n = snprintf(path, PATH, "%s/%s", o->folder, name);
  return n < 0 || n >= PATH;
}

static int temporary_path(const cli_output *o, const char *name, char *path) {
  int n =
      snprintf(path, PATH, "%s/.%s.%ld.part", o->folder, name, (long)getpid());
  return n < 0 || n >= PATH;
}

int cli_output_write(cli_output *output, const char *name, const void *bytes,
                     size_t size) {
  char path[PATH];
  if (output->count == NAMES || temporary_path(output, name, path))
    return cli_fail("too many files, or too long a name: %s", name);
  FILE *file = fopen(path, "wb");
  if (!file)
    return cli_fail("cannot write %s/%s: %s", output->folder, name,
                    strerror(errno));
  size_t written = fwrite(bytes, 1, size, file);
  int failed = written != size;
  failed |= fclose(file) != 0;
  char *kept = strdup(name);
  if (failed || !kept) {
    int cause = errno;
    remove(path);
    free(kept);
    return cli_fail("cannot write %s/%s: %s", output->folder, name,
                    strerror(cause));
  }
  output->names[output->count++] = kept;
  return 0;
}

int cli_output_close(cli_output *output, int keep) {
  if (!output) return 0;
  int failed = 0;
  for (size_t i = 0; i < output->count; i++) {
    char from[PATH], to[PATH];
    if (temporary_path(output, output->names[i], from) ||
        final_path(output, output->names[i], to))
      continue;
    if (!keep || failed)
      remove(from);
    else if (rename(from, to))
      failed = cli_fail("cannot write %s: %s", to, strerror(errno));
    free(output->names[i]);
  }
  if ((!keep || failed) && output->made) rmdir(output->folder);
  free(output->folder);
  free(output);
  return failed;
}
