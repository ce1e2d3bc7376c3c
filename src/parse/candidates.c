#include "parse/candidates.h"

#include "parse/overlap.h"

/* A person whom the parts network does not see either must be this sure. */
#define SURE 0.55f
#define MIN_SUPPORT 0.7f
/* The pose network hardly ever sees that surely who is not there: blurred and
 * dark people, whom the parts network does not see well, are people if most of
 * them is nobody else. */
#define PRESENT 0.95f
#define MIN_FREE 0.6f
#define PRESENT_BEFORE 0.9f
/* Whoever is less sure than this must be seen nearly everywhere, and be nobody
 * else. */
#define FAINT 0.3f
#define FAINT_SUPPORT 0.85f
#define FAINT_FREE 0.8f
/* A difference in score that means nothing. */
#define NEARLY 0.15f

static void swap(pa_candidate *a, pa_candidate *b) {
  pa_candidate old = *a;
  *a = *b;
  *b = old;
}

/* The most certain first: the order in which duplicates are told and ids
 * given. */
static void sort(pa_candidate *people, size_t count) {
  for (size_t i = 1; i < count; i++)
    for (size_t j = i; j > 0 && people[j].score > people[j - 1].score; j--)
      swap(&people[j], &people[j - 1]);
}

/* Of two detections of one person the first, more certain one stays, unless it
 * is only a part of a second that is nearly as certain. */
static bool replaces(const pa_candidate *first, const pa_candidate *second,
                     pa_overlap overlap) {
  return overlap.in_second > overlap.in_first * 1.3f &&
         second->score > first->score - NEARLY;
}

/* Two faces are two people, however much of each other they cover. */
static bool two_faces(const pa_candidate *a, const pa_candidate *b) {
  return a->found.face && b->found.face && a->found.face != b->found.face;
}

/* Of two whose pixels overlap the one who is whole within the other: children
 * before adults. Parts of people that pass for people are not that sure. NULL
 * when it is a part. */
static pa_candidate *who_is_before(pa_candidate *first, pa_candidate *second,
                                   pa_overlap overlap, bool same_head) {
  pa_candidate *inner = overlap.in_first > overlap.in_second ? second : first;
  bool whole = !same_head && inner->score >= SURE &&
               inner->pose.presence >= PRESENT_BEFORE;
  return whole ? inner : NULL;
}

/* Puts `person` among the first `kept`, or drops it, or drops the one that it
 * replaces. Returns how many are kept then. */
static size_t keep_one(pa_candidate *people, size_t kept,
                       pa_candidate *person) {
  for (size_t k = 0; k < kept; k++) {
    if (two_faces(&people[k], person)) continue;
    pa_overlap overlap = pa_overlap_measure(&people[k].grid, &person->grid);
    bool same_head = pa_overlap_same_head(&people[k].pose, &person->pose);
    if (!pa_overlap_duplicate(overlap, same_head, false)) continue;
    pa_candidate *before =
        who_is_before(&people[k], person, overlap, same_head);
    if (!pa_overlap_duplicate(overlap, same_head, before != NULL)) {
      pa_candidate *behind = before == person ? &people[k] : person;
      pa_overlap_yield(&behind->grid, &before->grid);
      continue;
    }
    if (replaces(&people[k], person, overlap)) swap(&people[k], person);
    pa_grid_free(&person->grid);
    return kept;
  }
  people[kept] = *person;
  return kept + 1;
}

static size_t drop_duplicates(pa_candidate *people, size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    kept = keep_one(people, kept, &people[i]);
  return kept;
}

static bool supported(const pa_candidate *person, const pa_grid *others,
                      size_t count) {
  if (person->score >= SURE) return true;
  pa_support support = pa_overlap_support(&person->grid, others, count);
  if (person->score < FAINT)
    return support.mean >= FAINT_SUPPORT && support.free >= FAINT_FREE;
  return support.mean >= MIN_SUPPORT ||
         (person->pose.presence >= PRESENT && support.free >= MIN_FREE);
}

/* People of whom, once the surer ones have their pixels, nothing is left that
 * both networks see. */
static size_t drop_unsupported(pa_candidate *people, size_t count) {
  pa_grid grids[PA_LIMIT_PERSONS];
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    pa_candidate *person = &people[i];
    if (!supported(person, grids, kept)) {
      pa_grid_free(&person->grid);
      continue;
    }
    grids[kept] = person->grid;
    people[kept++] = *person;
  }
  return kept;
}

size_t pa_candidates_settle(pa_candidate *people, size_t count) {
  sort(people, count);
  count = drop_duplicates(people, count);
  sort(people, count); /* a replacement may have brought in a lower score */
  return drop_unsupported(people, count);
}
