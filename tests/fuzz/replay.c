/* Runs a fuzz target over the files, and the files in the folders, that are
 * given. What crashes a target stops the program; what returns has passed. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned passed, failed;

static void fail(const char *path, const char *why) {
  fprintf(stderr, "%s: %s\n", path, why);
  failed++;
}

static void run_file(const char *path, size_t size) {
  FILE *file = fopen(path, "rb");
  /* To the byte, so that a sanitizer sees what reads beyond the end. */
  uint8_t *data = malloc(size ? size : 1);
  if (!file || !data || fread(data, 1, size, file) != size) {
    fail(path, "cannot be read");
  } else {
    LLVMFuzzerTestOneInput(data, size);
    passed++;
  }
  free(data);
  if (file) fclose(file);
}

static void run_path(const char *path);

static void run_folder(const char *path) {
  DIR *folder = opendir(path);
  if (!folder) {
    fail(path, "cannot be opened");
    return;
  }
  for (struct dirent *entry; (entry = readdir(folder));) {
    char inside[4096];
    if (entry->d_name[0] == '.') continue;
    int n = snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
    if (n > 0 && (size_t)n < sizeof inside)
      run_path(inside);
    else
      fail(path, "name too long");
  }
  closedir(folder);
}

static void run_path(const char *path) {
  struct stat info;
  if (stat(path, &info) != 0)
    fail(path, "not found");
  else if (S_ISDIR(info.st_mode))
    run_folder(path);
  else
    run_file(path, (size_t)info.st_size);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++)
    run_path(argv[i]);
  printf("%u passed, %u failed\n", passed, failed);
  return failed != 0;
}
