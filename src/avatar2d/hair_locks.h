/* Where hair ends: tips of locks and the notches between them, which give a
 * haircut a contour of its own. A notch is a corner; draw_hair.c draws a line
 * into the hair from each. */
#ifndef PARSONA_AVATAR2D_HAIR_LOCKS_H
#define PARSONA_AVATAR2D_HAIR_LOCKS_H

#include "avatar2d/hair_form.h"

/* Adds a point; one that finds no room is dropped. */
void pa_lock_put(pa_contour *contour, float x, float y);
void pa_lock_corner(pa_contour *contour, float x, float y);

/* A side's inner or outer edge at a height. */
float pa_hair_edge(const float *edge, float y);

/* The end of a falling side, from its outer edge to the inner one; for the left
 * side (k = -1), which is drawn upwards, the other way round. */
void pa_lock_ends(const pa_hair_side *side, float k, pa_contour *contour);

/* The lower edge of what hangs behind the head, from (x0, y0) to (x1, y1). */
void pa_lock_hem(float x0, float y0, float x1, float y1, pa_contour *contour);

/* A tip on the crown that leans to `side` (1: the picture's right), where the
 * ray `angle` is `reach` long; the crown is drawn from left to right. */
void pa_lock_tuft(float angle, float reach, float side, float size,
                  pa_contour *contour);

/* A fringe over the forehead, from the right temple to the left one. */
void pa_lock_fringe(const pa_hair_form *form, pa_contour *contour);
void pa_lock_curly_fringe(const pa_hair_form *form, pa_contour *contour);

/* Turns the outer edge, the first `count` points, into round curls. */
void pa_lock_curl(pa_contour *contour, size_t count, float size);

#endif
