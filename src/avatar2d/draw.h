/* Drawing an avatar: traits and a style become a picture. Files draw_X.c each
 * draw one part; draw.c says in which order they lie. */
#ifndef PARSONA_AVATAR2D_DRAW_H
#define PARSONA_AVATAR2D_DRAW_H

#include "avatar2d/style.h"
#include "avatar2d/traits.h"

typedef enum pa_wear { /* places of accessories */
                       PA_WEAR_HAT,
                       PA_WEAR_GLASSES,
                       PA_WEAR_EARRINGS,
                       PA_WEAR_HEADPHONES,
                       PA_WEAR_SCARF,
                       PA_WEAR_MASK,
                       PA_WEAR_COUNT
} pa_wear;

typedef struct pa_worn {
  char name[PA_NAME_ROOM]; /* "": nothing there */
  pa_color color;
} pa_worn;

typedef enum pa_figure_view {
  PA_VIEW_HEAD,
  PA_VIEW_HALF,
  PA_VIEW_FULL
} pa_figure_view;

/* Pixels of an avatar's picture, either way. */
#define PA_CANVAS 512

/* From head units to the canvas. */
pa_affine pa_view_affine(pa_figure_view view);

struct pa_drawn_hair; /* draw_hair.h */

typedef struct pa_draw {
  pa_picture *picture;
  const pa_traits *traits;
  const pa_style *style;
  pa_figure_view view;
  pa_worn worn[PA_WEAR_COUNT];
  pa_backdrop backdrop;
  pa_color backdrop_color; /* alpha 0: one that suits the clothes */
  /* Colours as the style has them. */
  pa_color skin, skin_shade, skin_light, hair, hair_shade, hair_light, brows,
      lips, iris, beard, line;
  /* Paths that several parts need, as numbers in the picture. */
  size_t face_path;
  const struct pa_drawn_hair *haircut;
  float look; /* of the pupils, with the head's turning */
} pa_draw;

/* Draws everything into `picture`, which must be new. The members up to
 * `backdrop_color` are set by the caller. */
pa_status pa_draw_avatar(pa_error *err, pa_draw *draw);

/* The same for accessories without the person. */
void pa_draw_worn_alone(pa_draw *draw);

/* The colour as the style has it. */
pa_color pa_draw_color(const pa_draw *draw, pa_color color);
/* Fills a path with its outline in the style's manner. */
void pa_draw_part(const pa_draw *draw, size_t path, pa_color color);
/* The outline's colour for what has this colour. */
pa_color pa_draw_line(const pa_draw *draw, pa_color color);

void pa_draw_backdrop(pa_draw *draw);

/* draw_body.c */
void pa_draw_body(pa_draw *draw);
void pa_draw_clothes(pa_draw *draw);
void pa_draw_neck(pa_draw *draw);

/* draw_face.c */
void pa_draw_ears(pa_draw *draw);
/* The ear that a head from the side turns to us, over its hair. */
void pa_draw_near_ear(pa_draw *draw);
size_t pa_draw_face_path(pa_draw *draw);
void pa_draw_face(pa_draw *draw);
/* Half width of the face at this y. */
float pa_face_half(const pa_traits *traits, float y);

/* draw_turn.c. Turns what was drawn on the head since path `first_path`, by the
 * traits' yaw. */
void pa_draw_turn(pa_draw *draw, size_t first_path);
/* How far the head is seen from the side: 0 up to yaw 1, 1 at yaw 2. */
float pa_turn_side(const pa_traits *traits);
/* Whether the eye of this side (-1: the picture's left) is seen. */
bool pa_turn_shows(const pa_traits *traits, int side);
/* Whether a head is seen from the side and its hair ends above the ears. */
bool pa_turn_bares_ear(const pa_traits *traits);
/* Whether no hair is drawn. */
bool pa_draw_bare(const pa_traits *traits);
/* What is not hidden by a face seen from the side, as a clip for its hair;
 * PA_NO_PATH when nothing is. */
size_t pa_turn_near(pa_draw *draw);
/* The back of a turned head, behind ear and cheek. */
void pa_draw_skull(pa_draw *draw);
/* x of a point of the head, seen from the front, after the turn. */
float pa_turn_x(const pa_traits *traits, float x, float y);

/* draw_eyes.c, draw_mouth.c */
void pa_draw_eyes(pa_draw *draw);
void pa_draw_brows(pa_draw *draw);
void pa_draw_nose(pa_draw *draw);
void pa_draw_mouth(pa_draw *draw);
void pa_draw_beard(pa_draw *draw);

/* draw_hair.c */
void pa_draw_hair_back(pa_draw *draw);
void pa_draw_hair_front(pa_draw *draw);
/* The front hair's outline as a path, moved by (x, y); PA_NO_PATH without. */
size_t pa_draw_hair_path(pa_draw *draw, float x, float y);

/* wear.c: accessories. Each is in one of these layers. */
typedef enum pa_layer {
  PA_LAYER_BEHIND, /* behind hair and head */
  PA_LAYER_NECK,   /* over the clothes, under the face */
  PA_LAYER_FACE,   /* on the face, under the hair */
  PA_LAYER_HAIR,   /* over the hair */
  PA_LAYER_TOP     /* over all */
} pa_layer;
void pa_draw_worn(pa_draw *draw, pa_layer layer);

#endif
