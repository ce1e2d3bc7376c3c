/* How grown up and angular a face is to be drawn. Photos of adults differ from
 * each other in that more than the mesh says; beards, cropped hair and ties go
 * along with it, and the mesh's jaw and eyes say the rest. */
#include <math.h>
#include <string.h>

#include "avatar2d/measure_haircut.h"
#include "base/clamp.h"

/* Means and deviations are those of some ninety faces. */
float pa_measure_angular(const pa_traits *t) {
  float jaw = (t->face.outline[7] / t->face.outline[2] - .49f) / .04f;
  float chin = (t->face.chin - t->mouth.y - 43) / 3.2f;
  float face = (t->face.chin - 104) / 3.8f;
  float eyes = (25.5f - t->eyes.width) / 1;
  return pa_clamp((jaw + chin + face + 1.5f * eyes) / 4.5f, -1.3f, 1.3f);
}

static bool cropped(const pa_traits *t) {
  static const char *const names[] = {"buzz", "short", "side", "quiff", "bald"};
  const float ear = 32;
  if (t->hair.kind == PA_HAIR_NONE) return true;
  if (t->hair.kind == PA_HAIR_TRACED) return t->hair.length < ear;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(t->hair.preset, names[i])) return true;
  return false;
}

void pa_measure_grown(const pa_measure *m, pa_traits *t) {
  float k = .3f;
  if (m->head.mesh) k += .17f * pa_measure_angular(t);
  bool tied = *t->earrings.shape || (m->head.mesh && pa_haircut_tied(t));
  if (cropped(t) && !tied) k += .25f;
  if (t->beard.kind != PA_BEARD_NONE)
    k += t->beard.kind == PA_BEARD_STUBBLE ? .2f : .3f;
  if (t->upper.tie) k += .1f;
  t->face.grown = pa_clamp(k, 0, 1);
}
