/* parsona bench [PHOTO] */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/number.h"

typedef struct arguments {
  const char *photo;
  unsigned runs;
  cli_setup setup;
} arguments;

static int read_option(arguments *args, int option) {
  double number = 0;
  switch (option) {
  case 'r':
    if (cli_number("--runs", optarg, 1, 1000, &number)) return 1;
    args->runs = (unsigned)number;
    return 0;
  case 'p':
    args->setup.profile = true;
    return 0;
  default:
    return cli_setup_option(&args->setup, "bench", option);
  }
}

static int read_arguments(int argc, char **argv, arguments *args) {
  static const struct option options[] = {
      {"runs", required_argument, NULL, 'r'},
      CLI_SETUP_OPTIONS,
      {"profile", no_argument, NULL, 'p'},
      {NULL, 0, NULL, 0}};
  int option;
  opterr = 0;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
    if (read_option(args, option)) return 1;
  if (optind + 1 < argc) return cli_fail("bench: one photo at a time");
  args->photo = argv[optind]; /* NULL when there is none */
  return 0;
}

static double gflops(const pa_bench *bench) {
  return 2 * bench->macs / bench->best_ms / 1e6;
}

static int bench_networks(pa_context *context, unsigned runs) {
  pa_bench gemm, bench;
  if (pa_context_bench(context, "gemm", runs, &gemm) != PA_OK)
    return cli_fail("bench: %s", pa_context_message(context));
  printf("%-32s %8s %8s %8s %8s %6s\n", "network", "MMAC", "best ms", "median",
         "GFLOP/s", "share");
  printf("%-32s %8.0f %8.2f %8.2f %8.1f %6s\n", "matrix product 512^3",
         gemm.macs / 1e6, gemm.best_ms, gemm.median_ms, gflops(&gemm), "");
  for (size_t i = 0; i < pa_context_network_count(context); i++) {
    pa_network_info info;
    pa_context_network(context, i, &info);
    if (pa_context_bench(context, info.role, runs, &bench) != PA_OK)
      return cli_fail("bench: %s", pa_context_message(context));
    printf("%-32s %8.0f %8.2f %8.2f %8.1f %5.0f%%\n", info.name,
           bench.macs / 1e6, bench.best_ms, bench.median_ms, gflops(&bench),
           100 * gflops(&bench) / gflops(&gemm));
  }
  return 0;
}

static int bench_parse(pa_context *context, const char *photo, unsigned runs) {
  pa_image *image;
  if (cli_photo(context, photo, &image)) return 1;
  pa_timing best = {0};
  size_t persons = 0;
  int failed = 0;
  for (unsigned i = 0; i <= runs && !failed; i++) { /* the first warms up */
    pa_scene *scene;
    if (pa_parse(context, image, NULL, &scene) != PA_OK) {
      failed = cli_fail("%s: %s", photo, pa_context_message(context));
      break;
    }
    pa_timing t = pa_scene_timing(scene);
    persons = pa_scene_person_count(scene);
    if (i == 1 || (i > 1 && t.total_ms < best.total_ms)) best = t;
    pa_scene_destroy(scene);
  }
  if (!failed)
    printf("parse, %u x %u, %zu people: find %.1f, pose %.1f, parts %.1f, "
           "compose %.1f, face %.1f, total %.1f ms\n",
           pa_image_width(image), pa_image_height(image), persons, best.find_ms,
           best.pose_ms, best.parts_ms, best.compose_ms, best.face_ms,
           best.total_ms);
  pa_image_destroy(image);
  return failed;
}

static void print_profile(pa_context *context) {
  printf("%10s  %-28s %s\n", "ms", "network", "operator");
  for (size_t i = 0; i < pa_context_profile_count(context); i++) {
    pa_profile_entry entry;
    if (pa_context_profile(context, i, &entry) != PA_OK) continue;
    printf("%10.3f  %-28s %s\n", entry.ms, entry.network, entry.op);
  }
}

int cli_bench(int argc, char **argv) {
  arguments args = {.runs = 20};
  if (read_arguments(argc, argv, &args)) return 1;
  pa_context *context;
  if (cli_context(&args.setup, &context)) return 1;
  printf("parsona %s, %u threads, %s, best and median of %u runs\n",
         pa_version(), pa_context_threads(context),
         pa_context_int8(context) ? "int8" : "float32", args.runs);
  int failed = bench_networks(context, args.runs);
  if (!failed && args.photo)
    failed = bench_parse(context, args.photo, args.runs);
  if (!failed && args.setup.profile) print_profile(context);
  pa_context_destroy(context);
  return failed;
}
