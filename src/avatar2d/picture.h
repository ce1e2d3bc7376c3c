/* A picture as a list of shapes: what an avatar is before it becomes SVG text
 * or pixels.
 *
 * Groups hold shapes and groups; a shape is a path of lines and cubic Bezier
 * curves with a fill and a stroke. Coordinates are those of the current
 * transform; what is stored is in pixels of the picture. Colours have straight
 * alpha. Strokes have round caps and joins.
 *
 * Memory that runs out is remembered: building goes on without effect, and
 * pa_picture_status tells at the end. */
#ifndef PARSONA_AVATAR2D_PICTURE_H
#define PARSONA_AVATAR2D_PICTURE_H

#include "base/error.h"
#include "image/image.h"

typedef struct pa_vec {
  float x, y;
} pa_vec;

typedef enum pa_paint_kind {
  PA_PAINT_NONE,
  PA_PAINT_SOLID,
  PA_PAINT_LINEAR, /* from `from` to `to` */
  PA_PAINT_RADIAL  /* around `from`, `to.x` is the radius */
} pa_paint_kind;

#define PA_PAINT_STOPS 3

typedef struct pa_paint {
  pa_paint_kind kind;
  pa_color color[PA_PAINT_STOPS]; /* the first alone for a solid paint */
  float stop[PA_PAINT_STOPS];     /* ascending, the first 0, the last 1 */
  int stops;
  pa_vec from, to;
} pa_paint;

typedef struct pa_path {
  size_t op, ops;       /* range of pa_picture.ops */
  size_t point, points; /* range of pa_picture.points */
} pa_path;

enum { PA_OP_MOVE, PA_OP_LINE, PA_OP_CUBIC, PA_OP_CLOSE };

typedef enum pa_item_kind {
  PA_ITEM_GROUP, /* begins a group */
  PA_ITEM_END,   /* ends it */
  PA_ITEM_SHAPE
} pa_item_kind;

#define PA_NO_PATH SIZE_MAX
#define PA_NAME_ROOM 40

typedef struct pa_item {
  pa_item_kind kind;
  char name[PA_NAME_ROOM]; /* of a group */
  size_t path;             /* of a shape; a group's clip, or PA_NO_PATH */
  pa_paint fill;
  pa_color stroke; /* alpha 0: none */
  float width;     /* of the stroke, pixels of the picture */
} pa_item;

typedef struct pa_picture {
  float width, height;
  pa_affine transform;
  uint8_t *ops;
  pa_vec *points;
  pa_path *paths;
  pa_item *items;
  size_t op_count, point_count, path_count, item_count;
  size_t op_room, point_room, path_room, item_room;
  size_t depth; /* groups that are open */
  bool failed;
} pa_picture;

void pa_picture_init(pa_picture *picture, float width, float height);
void pa_picture_free(pa_picture *picture);
/* PA_ERROR_MEMORY when something could not be stored. */
pa_status pa_picture_status(pa_error *err, const pa_picture *picture);

/* Applies `m` to what is drawn from now on, before the transform that holds.
 * Returns the old transform, for pa_picture_restore. */
pa_affine pa_picture_push(pa_picture *picture, pa_affine m);
void pa_picture_restore(pa_picture *picture, pa_affine old);
/* How much the current transform enlarges lengths. */
float pa_picture_scale(const pa_picture *picture);

/* A new path becomes the current one; returns its number. */
size_t pa_picture_path(pa_picture *picture);
void pa_picture_move(pa_picture *picture, float x, float y);
void pa_picture_line(pa_picture *picture, float x, float y);
void pa_picture_cubic(pa_picture *picture, float x1, float y1, float x2,
                      float y2, float x, float y);
void pa_picture_close(pa_picture *picture);

/* Whole figures, added to the current path. */
void pa_picture_ellipse(pa_picture *picture, float cx, float cy, float rx,
                        float ry);
void pa_picture_rect(pa_picture *picture, float x, float y, float width,
                     float height, float radius);
/* A smooth curve through the points (centripetal Catmull-Rom, Yuksel et al.
 * 2011, as Beziers); closed curves end where they began. A point that is given
 * twice is a corner. */
void pa_picture_smooth(pa_picture *picture, const pa_vec *points, size_t count,
                       bool closed);
void pa_picture_polygon(pa_picture *picture, const pa_vec *points, size_t count,
                        bool closed);

/* Groups; `clip` is a path or PA_NO_PATH. */
void pa_picture_begin(pa_picture *picture, const char *name, size_t clip);
void pa_picture_end(pa_picture *picture);

/* Draws a path: filled, then stroked with `width` (in units of the current
 * transform). */
void pa_picture_draw(pa_picture *picture, size_t path, pa_paint fill,
                     pa_color stroke, float width);
void pa_picture_fill(pa_picture *picture, size_t path, pa_color color);
void pa_picture_stroke(pa_picture *picture, size_t path, pa_color color,
                       float width);

pa_paint pa_paint_none(void);
pa_paint pa_paint_solid(pa_color color);
/* Coordinates of gradients are of the current transform when it is drawn. */
pa_paint pa_paint_linear(pa_vec from, pa_vec to, pa_color a, pa_color b);
pa_paint pa_paint_radial(pa_vec centre, float radius, pa_color inner,
                         pa_color outer);

/* SVG 1.1 text, one <g> a group. *text is released with pa_mem_free. */
pa_status pa_picture_svg(pa_error *err, const pa_picture *picture,
                         const char *title, char **text, size_t *length);

/* Draws onto `rgba`, width x height pixels of straight alpha, which the picture
 * fills; what was there is lost. */
pa_status pa_picture_render(pa_error *err, const pa_picture *picture,
                            unsigned width, unsigned height, uint8_t *rgba);

#endif
