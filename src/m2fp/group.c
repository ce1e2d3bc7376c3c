/* Who is there, and whose each cell of the grid is. */
#include <math.h>
#include <string.h>

#include "m2fp/people.h"

/* Of a person this much must be in sight, lest a second mask of somebody surer
 * become a person of slivers. */
#define LEAST_VISIBLE 0.3f

static size_t cells_of(const pa_m2fp_scene *s) {
  return s->grid_width * s->grid_height;
}

/* Whether the cell's centre is on the photo, not on the border around it. */
static bool on_photo(const pa_m2fp_scene *s, size_t cell) {
  const pa_m2fp_frame *f = s->frame;
  size_t x = cell % s->grid_width * 4 + 2, y = cell / s->grid_width * 4 + 2;
  return x >= f->left && x < f->left + f->used_width && y >= f->top &&
         y < f->top + f->used_height;
}

/* ------------------------------------------------------------ many people */

/* The mean probability where it is over one half. */
static float certainty(const pa_m2fp_scene *s, size_t query) {
  double sum = 0;
  size_t inside = 0;
  for (size_t cell = 0; cell < cells_of(s); cell++) {
    float logit = s->masks[cell * s->queries + query];
    if (logit <= 0 || !on_photo(s, cell)) continue;
    sum += (double)(pa_nn_sigmoid(logit));
    inside++;
  }
  return inside ? (float)(sum / (double)inside) : 0;
}

static void insert(pa_m2fp_scene *s, pa_m2fp_human human, size_t most) {
  size_t i = s->human_count;
  if (i == most && (most == 0 || s->humans[i - 1].score >= human.score)) return;
  if (i == most) i--;
  for (; i > 0 && s->humans[i - 1].score < human.score; i--)
    s->humans[i] = s->humans[i - 1];
  s->humans[i] = human;
  if (s->human_count < most) s->human_count++;
}

static bool in_mask(const pa_m2fp_scene *s, const pa_m2fp_human *human,
                    size_t cell) {
  return s->masks[cell * s->queries + human->query] > 0;
}

/* Claims what no surer person has; false when too little is left. */
static bool claim(pa_m2fp_scene *s, const pa_m2fp_human *human,
                  uint8_t number) {
  size_t whole = 0, own = 0;
  for (size_t cell = 0; cell < cells_of(s); cell++) {
    if (!in_mask(s, human, cell) || !on_photo(s, cell)) continue;
    whole++;
    own += s->owner[cell] == 0;
  }
  if (whole == 0 || (float)own < LEAST_VISIBLE * (float)whole) return false;
  for (size_t cell = 0; cell < cells_of(s); cell++)
    if (s->owner[cell] == 0 && in_mask(s, human, cell)) s->owner[cell] = number;
  return true;
}

static void find_many(pa_m2fp_scene *s, const pa_m2fp_options *options) {
  size_t width = s->labels->count + 1, kept = 0;
  size_t most = options->max_persons;
  if (most > PA_LIMIT_PERSONS) most = PA_LIMIT_PERSONS;
  for (size_t q = 0; q < s->queries; q++) {
    float share = s->share[q * width + s->labels->person];
    if (share < options->min_score) continue; /* a certainty is at most 1 */
    float score = share * certainty(s, q);
    if (score >= options->min_score)
      insert(s, (pa_m2fp_human){q, score, 0}, most);
  }
  for (size_t i = 0; i < s->human_count; i++)
    if (claim(s, &s->humans[i], (uint8_t)(kept + 1)))
      s->humans[kept++] = s->humans[i];
  s->human_count = kept;
}

/* ------------------------------------------------------------------ parts */

/* The class of every cell; `sure` is the mean certainty of those of parts. */
static void find_parts(pa_m2fp_scene *s, float *sure) {
  float logits[PA_M2FP_QUERIES], certain;
  double sum = 0;
  size_t parts = 0;
  for (size_t cell = 0; cell < cells_of(s); cell++) {
    if (!on_photo(s, cell)) continue;
    for (size_t i = 0; i < s->active_count; i++)
      logits[i] = s->masks[cell * s->queries + s->active[i]];
    size_t best = pa_m2fp_class_at(s, logits, &certain);
    s->part[cell] = s->labels->ours[best];
    if (!s->part[cell]) continue;
    sum += (double)certain;
    parts++;
  }
  *sure = parts ? (float)(sum / (double)parts) : 0;
}

void pa_m2fp_find_humans(pa_m2fp_scene *s, const pa_m2fp_options *options) {
  float sure;
  find_parts(s, &sure);
  if (!s->labels->one) {
    find_many(s, options);
    return;
  }
  if (sure <= 0 || options->max_persons == 0) return;
  s->humans[0] = (pa_m2fp_human){.score = sure};
  s->human_count = 1;
}

/* -------------------------------------------------------------- leftovers */

static size_t neighbours(const pa_m2fp_scene *s, size_t cell, size_t near[4]) {
  size_t x = cell % s->grid_width, count = 0;
  if (x > 0) near[count++] = cell - 1;
  if (x + 1 < s->grid_width) near[count++] = cell + 1;
  if (cell >= s->grid_width) near[count++] = cell - s->grid_width;
  if (cell + s->grid_width < cells_of(s)) near[count++] = cell + s->grid_width;
  return count;
}

/* While they are looked at, leftovers are SEEN, then somebody's or nobody's. */
#define SEEN 255
#define NOBODY 254

/* The person of a part cell; 0 when it has none, or is not known yet. */
static size_t owner_of(const pa_m2fp_scene *s, size_t cell) {
  return s->part[cell] && s->owner[cell] < NOBODY ? s->owner[cell] : 0;
}

/* Puts all leftovers that hang together with `first` into the queue. Returns
 * how many; `*most` is the size of the largest person that they touch. */
static size_t flood(pa_m2fp_scene *s, size_t first, size_t *most) {
  size_t count = 1, near[4];
  *most = 0;
  s->queue[0] = (uint32_t)first;
  s->owner[first] = SEEN;
  for (size_t at = 0; at < count; at++) {
    size_t n = neighbours(s, s->queue[at], near);
    for (size_t i = 0; i < n; i++) {
      size_t owner = owner_of(s, near[i]);
      if (owner && s->humans[owner - 1].cells > *most)
        *most = s->humans[owner - 1].cells;
      if (!s->part[near[i]] || s->owner[near[i]] != 0) continue;
      s->owner[near[i]] = SEEN;
      s->queue[count++] = (uint32_t)near[i];
    }
  }
  return count;
}

/* The leftovers that touch somebody go to the end of the queue, with whom they
 * touch in `claim`. Returns the queue's length then. */
static size_t find_edge(pa_m2fp_scene *s, size_t count) {
  size_t end = count, near[4];
  for (size_t at = 0; at < count; at++) {
    size_t cell = s->queue[at], n = neighbours(s, cell, near), owner = 0;
    for (size_t i = 0; i < n && !owner; i++)
      owner = owner_of(s, near[i]);
    if (!owner) continue;
    s->claim[cell] = (uint8_t)owner;
    s->queue[end++] = (uint32_t)cell;
  }
  return end;
}

/* From the edge inwards: each leftover goes to the nearest person. */
static void share_out(pa_m2fp_scene *s, size_t count) {
  size_t end = find_edge(s, count), near[4];
  for (size_t at = count; at < end; at++)
    s->owner[s->queue[at]] = s->claim[s->queue[at]];
  for (size_t at = count; at < end; at++) {
    size_t cell = s->queue[at], n = neighbours(s, cell, near);
    for (size_t i = 0; i < n; i++) {
      if (s->owner[near[i]] != SEEN) continue;
      s->owner[near[i]] = s->owner[cell];
      s->queue[end++] = (uint32_t)near[i];
    }
  }
}

static void set_aside(pa_m2fp_scene *s, size_t count) {
  for (size_t at = 0; at < count; at++)
    s->owner[s->queue[at]] = NOBODY;
}

/* More than half a person is somebody else. */
static void find_leftovers(pa_m2fp_scene *s) {
  for (size_t cell = 0; cell < cells_of(s); cell++) {
    size_t most;
    if (!s->part[cell] || s->owner[cell] != 0) continue;
    size_t count = flood(s, cell, &most);
    if (count > most / 2)
      set_aside(s, count);
    else
      share_out(s, count);
  }
  for (size_t cell = 0; cell < cells_of(s); cell++)
    if (s->owner[cell] == NOBODY) s->owner[cell] = 0;
}

void pa_m2fp_find_owners(pa_m2fp_scene *s) {
  if (s->human_count == 0) return;
  for (size_t cell = 0; cell < cells_of(s); cell++) {
    if (s->labels->one) s->owner[cell] = s->part[cell] != 0;
    size_t owner = owner_of(s, cell);
    if (owner) s->humans[owner - 1].cells++;
  }
  find_leftovers(s);
}
