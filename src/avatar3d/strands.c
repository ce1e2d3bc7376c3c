#include "avatar3d/strands.h"

/* A repeatable number from -1 to 1 for each whole number. */
static float noise_of(int i) {
  uint32_t h = (uint32_t)i * 2654435761u;
  h = (h ^ h >> 15) * 2246822519u;
  h ^= h >> 13;
  return (float)(h & 0xffff) / 32768 - 1;
}

static float smooth_noise(float x) {
  float low = floorf(x), t = x - low;
  t = t * t * (3 - 2 * t);
  float a = noise_of((int)low), b = noise_of((int)low + 1);
  return a + t * (b - a);
}

static float seen(float facing) {
  return pa_smoothstep(.02f, .30f, facing);
}

/* Locks a hand's breadth wide, and strands within them, which waver. */
static float strand(const pa_brush *b) {
  float along = b->turn + .006f * sinf(9 * b->down);
  return .6f * smooth_noise(130 * along + 3 * b->down) +
         .4f * smooth_noise(41 * along + 100);
}

float pa_strands_at(const pa_brush *b) {
  float ahead = seen(fmaxf(b->ahead, b->twin_ahead));
  return 1 + .17f * (1 - ahead) * strand(b);
}

/* The ends of strands are not level. */
static float frayed(const pa_brush *b) {
  float end = .985f - b->fray + b->fray * smooth_noise(55 * b->turn);
  return 1 - pa_smoothstep(end - .012f, end + .012f, b->down);
}

/* Glasses are the same on both sides, and seen best on the nearer one. */
static float glasses_alpha(const pa_look *look, const pa_brush *b) {
  float facing = fmaxf(b->ahead, b->twin_ahead);
  float own = pa_look_cut(look, b, b->x, b->y);
  float other = pa_look_cut(look, b, b->twin_x, b->twin_y);
  return seen(facing) * fmaxf(own, other) + 1 - seen(facing);
}

/* How much the photo's outline is believed: seen at a slant it is that of the
 * cheek before the hair. */
static float outlined(float facing) {
  return pa_smoothstep(.12f, .45f, facing);
}

#define RIM .055f /* of the columns: goes on over the face to be cut */

/* What is not seen ends where hair was measured, wavering like locks. */
static float within_rim(const pa_brush *b) {
  if (b->whole || b->hidden) return 1;
  float in = fminf(b->across, 1 - b->across) - RIM +
             .008f * smooth_noise(24 * b->down + (b->across > .5f ? 50 : 0));
  return pa_smoothstep(-.01f, .01f, in);
}

float pa_strands_alpha(const pa_look *look, const pa_brush *b) {
  if (b->cut == PA_CUT_GLASSES) return .5f + 3 * (glasses_alpha(look, b) - .5f);
  float ahead = outlined(b->ahead);
  float twin = (1 - ahead) * outlined(b->twin_ahead);
  float own = ahead > 0 ? pa_look_cut(look, b, b->x, b->y) : 0;
  float other = twin > 0 ? pa_look_cut(look, b, b->twin_x, b->twin_y) : 0;
  float behind = frayed(b) * within_rim(b);
  if (b->whole) own = fminf(own, behind), other = fminf(other, behind);
  if (own < 0) own = frayed(b); /* beyond the photo */
  if (other < 0) other = frayed(b);
  float alpha = ahead * own + twin * other + (1 - ahead - twin) * behind;
  /* Steep, so that a smaller picture of the atlas does not eat it away. */
  return .5f + 3 * (alpha - .5f);
}
