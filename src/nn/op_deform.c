#include "nn/op_deform.h"

#include <math.h>

#include "base/mem.h"

/* TOKENS: of all images; OWN: of one's maps. */
enum { TOKENS, OWN, CHANNELS, HEADS, POINTS, LEVELS };

/* A task of the loop is this many tokens. */
#define TOKENS_A_TASK 32

/* Levels are at most as many as samples, and as operands. */
#define MOST_LEVELS PA_LIMIT_OP_OPERANDS

const pa_nn_deform *pa_nn_deform_best(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return &pa_nn_deform_avx2;
#endif
  return &pa_nn_deform_128;
}

/* The loop's `weight` holds height and width of each level: whole numbers below
 * 2^24, exact in a float. */
typedef struct level {
  size_t first, height, width; /* its first token */
} level;

/* There is one at least. */
static void read_levels(const pa_nn_loop *l, level *levels) {
  size_t first = 0, i = 0;
  do {
    levels[i] =
        (level){first, (size_t)l->weight[2 * i], (size_t)l->weight[2 * i + 1]};
    first += levels[i].height * levels[i].width;
  } while (++i < l->n[LEVELS]);
}

/* The up to four pixels around (x, y), in pixels from the first one's centre.
 * Returns how many taps there are then. */
static size_t add_taps(const level *l, size_t channels, float x, float y,
                       float weight, pa_nn_deform_tap *taps, size_t count) {
  float height = (float)l->height, width = (float)l->width;
  if (!(x > -1 && y > -1 && x < width && y < height)) return count;
  float fx = floorf(x), fy = floorf(y);
  int64_t left = (int64_t)fx, top = (int64_t)fy;
  for (int corner = 0; corner < 4; corner++) {
    int64_t cx = left + corner % 2, cy = top + corner / 2;
    if (cx < 0 || cy < 0 || cx >= (int64_t)l->width || cy >= (int64_t)l->height)
      continue;
    float wx = corner % 2 ? x - fx : 1 - (x - fx);
    float wy = corner / 2 ? y - fy : 1 - (y - fy);
    size_t token = l->first + (size_t)cy * l->width + (size_t)cx;
    taps[count++] = (pa_nn_deform_tap){token * channels, weight * wx * wy};
  }
  return count;
}

/* One head of one token, whose place is (px, py) in shares of a map. */
static size_t find_taps(const pa_nn_loop *l, const level *levels, float px,
                        float py, const float *offsets, const float *logits,
                        pa_nn_deform_tap *taps) {
  size_t points = l->n[POINTS], samples = l->n[LEVELS] * points, count = 0;
  float weight[PA_NN_DEFORM_SAMPLES];
  pa_nn_softmax(logits, samples, weight);
  for (size_t s = 0; s < samples; s++) {
    const level *at = &levels[s / points];
    float x = px * (float)at->width + offsets[2 * s] - 0.5f;
    float y = py * (float)at->height + offsets[2 * s + 1] - 0.5f;
    count = add_taps(at, l->n[CHANNELS], x, y, weight[s], taps, count);
  }
  return count;
}

/* `token` among all maps; `own` within its map. */
static void attend(const pa_nn_loop *l, pa_nn_deform_gather gather,
                   const level *levels, size_t token, size_t own) {
  size_t heads = l->n[HEADS], channels = l->n[CHANNELS];
  size_t width = channels / heads, samples = l->n[LEVELS] * l->n[POINTS];
  const float *value = l->a + (token - own) * channels;
  const level *at = levels, *last = levels + l->n[LEVELS] - 1;
  pa_nn_deform_tap taps[PA_NN_DEFORM_TAPS];
  while (at < last && own - at->first >= at->height * at->width)
    at++;
  size_t row = (own - at->first) / at->width;
  size_t column = (own - at->first) % at->width;
  float px = ((float)column + 0.5f) / (float)at->width;
  float py = ((float)row + 0.5f) / (float)at->height;
  for (size_t h = 0; h < heads; h++) {
    size_t sample = (token * heads + h) * samples;
    size_t count =
        find_taps(l, levels, px, py, l->b + 2 * sample, l->c + sample, taps);
    gather(taps, count, value + h * width, width,
           l->y + token * channels + h * width);
  }
}

static void attend_some(void *loop, size_t task) {
  const pa_nn_loop *l = loop;
  pa_nn_deform_gather gather = pa_nn_deform_best()->gather;
  level levels[MOST_LEVELS];
  size_t first = task * TOKENS_A_TASK, end = first + TOKENS_A_TASK;
  read_levels(l, levels);
  if (end > l->n[TOKENS]) end = l->n[TOKENS];
  for (size_t token = first; token < end; token++)
    attend(l, gather, levels, token, token % l->n[OWN]);
}

pa_status pa_nn_lower_deform_attention(pa_nn_build *b) {
  const pa_nn_shape *value = pa_nn_build_in(b, 0);
  pa_nn_step *step = pa_nn_build_step(b);
  pa_nn_loop *l = &step->loop;
  for (uint32_t i = 1; i < 3; i++)
    step->in[i] = pa_nn_build_slot(b, b->op->in[i]);
  l->n[LEVELS] = b->op->in_count - 3;
  l->n[TOKENS] = value->dim[0] * value->dim[1];
  l->n[OWN] = value->dim[1];
  l->n[CHANNELS] = value->dim[2];
  l->n[HEADS] = (size_t)b->op->heads;
  l->n[POINTS] = (size_t)b->op->points;
  l->bytes = 2 * l->n[LEVELS] * sizeof(float);
  l->weight = pa_mem_alloc(l->bytes);
  if (!l->weight) return pa_error_memory(b->err, l->bytes, "levels");
  for (uint32_t i = 0; i < l->n[LEVELS]; i++)
    for (int side = 0; side < 2; side++)
      l->weight[2 * i + side] = (float)pa_nn_build_in(b, i + 3)->dim[1 + side];
  l->task = attend_some;
  l->count = (l->n[TOKENS] + TOKENS_A_TASK - 1) / TOKENS_A_TASK;
  return PA_OK;
}
