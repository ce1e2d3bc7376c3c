/* Runs a fuzz target over files and folders of files: what the fuzzer found
 * stays found, with any compiler.   usage: replay_fuzz_X PATH... */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned runs;

static int run_file(const char *path) {
  FILE *in = fopen(path, "rb");
  if (!in) return 1;
  fseek(in, 0, SEEK_END);
  long size = ftell(in);
  rewind(in);
  uint8_t *bytes = size >= 0 ? malloc((size_t)size + 1) : NULL;
  int failed = !bytes || fread(bytes, 1, (size_t)size, in) != (size_t)size;
  fclose(in);
  if (!failed) {
    /* To the byte, so that a sanitizer sees what reads beyond the end. */
    uint8_t *exact = realloc(bytes, (size_t)size ? (size_t)size : 1);
    bytes = exact ? exact : bytes;
    LLVMFuzzerTestOneInput(bytes, (size_t)size);
    runs++;
  }
  free(bytes);
  return failed;
}

static int run_path(const char *path) {
  DIR *folder = opendir(path);
  if (!folder) return run_file(path);
  int failed = 0;
  for (struct dirent *e; (e = readdir(folder));) {
    char inside[4096];
    if (e->d_name[0] == '.') continue;
    snprintf(inside, sizeof inside, "%s/%s", path, e->d_name);
    failed |= run_path(inside);
  }
  closedir(folder);
  return failed;
}

int main(int argc, char **argv) {
  int failed = 0;
  for (int i = 1; i < argc; i++) {
    int bad = run_path(argv[i]);
    if (bad) fprintf(stderr, "cannot read all of %s\n", argv[i]);
    failed |= bad;
  }
  printf("%u inputs\n", runs);
  return failed;
}
