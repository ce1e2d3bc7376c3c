/* The figure's measures, for body and garments. */
#ifndef PARSONA_AVATAR2D_DRAW_BODY_H
#define PARSONA_AVATAR2D_DRAW_BODY_H

#include "avatar2d/draw.h"

/* Heights of the figure, head units: a head is a little over two hundred, the
 * whole not quite five heads, as in picture books. */
#define NECK_BASE 128.f
#define ARMPIT 225.f
#define WAIST 330.f
#define HIPS 405.f
#define CROTCH 440.f
#define WRIST 420.f
#define KNEE 590.f
#define ANKLE 760.f

/* Half the neck's width. */
float pa_body_neck(const pa_traits *traits);
/* Half the trunk's width at the waist, at the hips. */
float pa_body_waist(const pa_traits *traits);
float pa_body_hips(const pa_traits *traits);
/* y of the shoulders' line at x. */
float pa_body_shoulder_y(const pa_traits *traits, float x);
/* Legs and what is worn on them, of who sits; shoes. */
void pa_body_seated(pa_draw *draw);
void pa_body_shoes(pa_draw *draw, float x, float ankle);
/* A skirt from the waist down to y = `to`, as a new path. */
size_t pa_body_skirt(pa_picture *picture, const pa_traits *traits, float to);

/* draw_arms.c. Whether the arm of a side (-1: the picture's left) hangs, else
 * it is drawn posed; whether it crosses the trunk. */
bool pa_body_arm_hangs(const pa_draw *draw, float side);
bool pa_body_arm_before(const pa_draw *draw, float side);
/* The posed arm with its hand, and its sleeve, to the wrist or over half of the
 * upper arm, as new paths. */
size_t pa_body_arm(pa_draw *draw, float side);
size_t pa_body_sleeve(pa_draw *draw, float side, bool whole);

/* draw_collar.c. Whether the garment leaves the shoulders bare. */
bool pa_body_low(const pa_traits *traits);
/* x where the neckline ends on the shoulder. */
float pa_body_neck_end(const pa_traits *traits);
/* The neckline from its right end (-w, y0) to its left one, within the current
 * path, which stands at the right end. */
void pa_body_neckline(pa_picture *picture, const pa_traits *traits, float w,
                      float y0);
void pa_draw_collar(pa_draw *draw, pa_color color);
void pa_draw_buttons(pa_draw *draw, float from, pa_color color);
void pa_draw_tie(pa_draw *draw, float from);
/* What a suit or coat leaves open, and its lapels. */
void pa_draw_suit(pa_draw *draw, pa_color cloth);
/* draw_waistcoat.c. Over the shirt, which is drawn: its front, collar, tie. */
void pa_draw_waistcoat(pa_draw *draw, pa_color cloth, pa_color shirt);
void pa_draw_hood(pa_draw *draw, pa_color cloth);
void pa_draw_high_neck(pa_draw *draw, pa_color cloth);
/* A band along a crew neck. */
void pa_draw_neck_band(pa_draw *draw, pa_color cloth);
/* The seam below a neckline's binding, within the garment's path. */
void pa_draw_neck_seam(pa_draw *draw, size_t garment, pa_color cloth);

#endif
