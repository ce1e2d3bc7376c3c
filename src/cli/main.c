#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static const char help[] =
    "usage: parsona COMMAND ...\n"
    "\n"
    "  parse PHOTO -o DIR [--threads N] [--weights FILE]... [--max-persons N]\n"
    "        [--min-score S] [--palette NAME] [--masks] [--coco]\n"
    "      finds the people of a photo and labels every pixel; writes\n"
    "      result.json, labels.png, persons.png and map.png; --masks adds\n"
    "      person_K.png and person_K_LABEL.png, --coco adds coco.json\n"
    "  avatar2d PHOTO -o DIR [--style NAME] [--person K] [--frame F] [--size "
    "N]\n"
    "        [--accessory KIND:NAME[:#rrggbb]]... [--seed N] [--traits FILE]\n"
    "      draws each person; writes person_K.svg, person_K.png and\n"
    "      person_K.json, the traits; --traits draws such a file instead of a\n"
    "      photo; frames are head, half and full; N: 512 pixels, 16 to 4096,\n"
    "      painted anew up to 1024 in photo styles\n"
    "  avatar3d PHOTO -o DIR [--format glb|vrm|vrm0|pose]\n"
    "        [--style photo|cartoon] [--person K] [--height METRES]\n"
    "        [--name NAME] [--author NAME] [--license NAME]\n"
    "      makes a rigged, textured figure of each person: person_K.glb or\n"
    "      person_K.vrm; or the skeleton as photographed, person_K.pose.json;\n"
    "      licenses in VRM files are private, personal, cc-by and cc0\n"
    "  bench [PHOTO] [--threads N] [--runs N] [--weights FILE]... [--profile]\n"
    "      times every network beside a matrix product, and parses of PHOTO\n"
    "  convert CHECKPOINT -o FILE [--dtype i8|f16|f32] [--labels NAME|FILE]\n"
    "      makes a weights file of an M2FP checkpoint (.pt, .pth, "
    ".safetensors);\n"
    "      label tables: cihp, lip, ppp, mhp-v2, or a JSON file of one\n"
    "  --help, --version\n"
    "\n"
    "With --permissive every command uses only networks that are free for\n"
    "commercial use. With --float32 all that compute do so in float32, also\n"
    "where the processor is faster at int8.\n"
    "\n"
    "The weights are read from the folder in PARSONA_WEIGHTS, or from "
    "../weights\n"
    "beside the program. --weights FILE loads one more, in place of the "
    "default\n"
    "of its role.\n";

/* Takes --permissive out of the arguments, wherever it stands. */
static int take_permissive(int argc, char **argv) {
  int kept = 1;
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--permissive"))
      cli_permissive();
    else
      argv[kept++] = argv[i];
  }
  argv[kept] = NULL;
  return kept;
}

int main(int argc, char **argv) {
  argc = take_permissive(argc, argv);
  const char *command = argc > 1 ? argv[1] : "";
  if (!strcmp(command, "--version")) {
    printf("parsona %s\n", pa_version());
    return 0;
  }
  if (!strcmp(command, "--help") || !strcmp(command, "-h") ||
      !strcmp(command, "help")) {
    fputs(help, stdout);
    return 0;
  }
  if (!strcmp(command, "parse")) return cli_parse(argc - 1, argv + 1);
  if (!strcmp(command, "avatar2d")) return cli_avatar2d(argc - 1, argv + 1);
  if (!strcmp(command, "avatar3d")) return cli_avatar3d(argc - 1, argv + 1);
  if (!strcmp(command, "bench")) return cli_bench(argc - 1, argv + 1);
  if (!strcmp(command, "convert")) return cli_convert(argc - 1, argv + 1);
  if (!*command) return cli_fail("no command; see parsona --help");
  return cli_fail("unknown command \"%s\"; see parsona --help", command);
}
