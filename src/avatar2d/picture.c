#include "avatar2d/picture.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

void pa_picture_init(pa_picture *picture, float width, float height) {
  memset(picture, 0, sizeof *picture);
  picture->width = width, picture->height = height;
  picture->transform = (pa_affine){1, 0, 0, 0, 1, 0};
}

void pa_picture_free(pa_picture *picture) {
  pa_mem_free(picture->ops);
  pa_mem_free(picture->points);
  pa_mem_free(picture->paths);
  pa_mem_free(picture->items);
  memset(picture, 0, sizeof *picture);
}

pa_status pa_picture_status(pa_error *err, const pa_picture *picture) {
  if (!picture->failed) return PA_OK;
  return pa_error_set(err, PA_ERROR_MEMORY, "out of memory for a picture");
}

/* Room for one more of `size` bytes behind `count`; false, and remembered, when
 * there is none. */
static bool grow(pa_picture *picture, void **array, size_t *room, size_t count,
                 size_t size) {
  if (picture->failed) return false;
  if (count < *room) return true;
  size_t wanted = *room ? 2 * *room : 64, bytes;
  void *grown = NULL;
  if (pa_mem_mul(wanted, size, &bytes)) grown = pa_mem_realloc(*array, bytes);
  if (!grown) {
    picture->failed = true;
    return false;
  }
  *array = grown;
  *room = wanted;
  return true;
}

/* ------------------------------------------------------------ transforms */

pa_affine pa_picture_push(pa_picture *picture, pa_affine m) {
  pa_affine old = picture->transform;
  picture->transform = (pa_affine){
      old.xx * m.xx + old.xy * m.yx,
      old.xx * m.xy + old.xy * m.yy,
      old.xx * m.x0 + old.xy * m.y0 + old.x0,
      old.yx * m.xx + old.yy * m.yx,
      old.yx * m.xy + old.yy * m.yy,
      old.yx * m.x0 + old.yy * m.y0 + old.y0,
  };
  return old;
}

void pa_picture_restore(pa_picture *picture, pa_affine old) {
  picture->transform = old;
}

float pa_picture_scale(const pa_picture *picture) {
  const pa_affine *m = &picture->transform;
  return sqrtf(fabsf(m->xx * m->yy - m->xy * m->yx));
}

static pa_vec placed(const pa_picture *picture, float x, float y) {
  pa_vec v;
  pa_affine_apply(&picture->transform, x, y, &v.x, &v.y);
  return v;
}

/* ------------------------------------------------------------ paths */

size_t pa_picture_path(pa_picture *picture) {
  if (!grow(picture, (void **)&picture->paths, &picture->path_room,
            picture->path_count, sizeof *picture->paths))
    return 0;
  picture->paths[picture->path_count] =
      (pa_path){.op = picture->op_count, .point = picture->point_count};
  return picture->path_count++;
}

static void add_point(pa_picture *picture, float x, float y) {
  if (!grow(picture, (void **)&picture->points, &picture->point_room,
            picture->point_count, sizeof *picture->points))
    return;
  picture->points[picture->point_count++] = placed(picture, x, y);
  picture->paths[picture->path_count - 1].points++;
}

static void add_op(pa_picture *picture, uint8_t op) {
  if (!grow(picture, (void **)&picture->ops, &picture->op_room,
            picture->op_count, sizeof *picture->ops))
    return;
  picture->ops[picture->op_count++] = op;
  picture->paths[picture->path_count - 1].ops++;
}

void pa_picture_move(pa_picture *picture, float x, float y) {
  add_op(picture, PA_OP_MOVE);
  add_point(picture, x, y);
}

void pa_picture_line(pa_picture *picture, float x, float y) {
  add_op(picture, PA_OP_LINE);
  add_point(picture, x, y);
}

void pa_picture_cubic(pa_picture *picture, float x1, float y1, float x2,
                      float y2, float x, float y) {
  add_op(picture, PA_OP_CUBIC);
  add_point(picture, x1, y1);
  add_point(picture, x2, y2);
  add_point(picture, x, y);
}

void pa_picture_close(pa_picture *picture) {
  add_op(picture, PA_OP_CLOSE);
}

/* ------------------------------------------------------------ figures */

#define QUARTER .5522848f /* control points of a quarter circle */

void pa_picture_ellipse(pa_picture *p, float cx, float cy, float rx, float ry) {
  float kx = QUARTER * rx, ky = QUARTER * ry;
  pa_picture_move(p, cx + rx, cy);
  pa_picture_cubic(p, cx + rx, cy + ky, cx + kx, cy + ry, cx, cy + ry);
  pa_picture_cubic(p, cx - kx, cy + ry, cx - rx, cy + ky, cx - rx, cy);
  pa_picture_cubic(p, cx - rx, cy - ky, cx - kx, cy - ry, cx, cy - ry);
  pa_picture_cubic(p, cx + kx, cy - ry, cx + rx, cy - ky, cx + rx, cy);
  pa_picture_close(p);
}

void pa_picture_rect(pa_picture *p, float x, float y, float w, float h,
                     float r) {
  r = fminf(r, fminf(w, h) / 2);
  float k = r * (1 - QUARTER), x1 = x + w, y1 = y + h;
  pa_picture_move(p, x + r, y);
  pa_picture_line(p, x1 - r, y);
  if (r > 0) pa_picture_cubic(p, x1 - k, y, x1, y + k, x1, y + r);
  pa_picture_line(p, x1, y1 - r);
  if (r > 0) pa_picture_cubic(p, x1, y1 - k, x1 - k, y1, x1 - r, y1);
  pa_picture_line(p, x + r, y1);
  if (r > 0) pa_picture_cubic(p, x + k, y1, x, y1 - k, x, y1 - r);
  pa_picture_line(p, x, y + r);
  if (r > 0) pa_picture_cubic(p, x, y + k, x + k, y, x + r, y);
  pa_picture_close(p);
}

static float root_length(pa_vec a, pa_vec b) {
  return fmaxf(sqrtf(hypotf(b.x - a.x, b.y - a.y)), 1e-3f);
}

/* The piece from b to c of a curve through a, b, c, d. */
static void smooth_piece(pa_picture *p, pa_vec a, pa_vec b, pa_vec c,
                         pa_vec d) {
  float ab = root_length(a, b), bc = root_length(b, c), cd = root_length(c, d);
  bool first = a.x == b.x && a.y == b.y, last = c.x == d.x && c.y == d.y;
  pa_vec b1 = {b.x + (c.x - b.x) / 3, b.y + (c.y - b.y) / 3};
  pa_vec c1 = {c.x - (c.x - b.x) / 3, c.y - (c.y - b.y) / 3};
  if (!first) {
    float n = 3 * ab * (ab + bc), q = 2 * ab * ab + 3 * ab * bc + bc * bc;
    b1.x = (ab * ab * c.x - bc * bc * a.x + q * b.x) / n;
    b1.y = (ab * ab * c.y - bc * bc * a.y + q * b.y) / n;
  }
  if (!last) {
    float n = 3 * cd * (cd + bc), q = 2 * cd * cd + 3 * cd * bc + bc * bc;
    c1.x = (cd * cd * b.x - bc * bc * d.x + q * c.x) / n;
    c1.y = (cd * cd * b.y - bc * bc * d.y + q * c.y) / n;
  }
  pa_picture_cubic(p, b1.x, b1.y, c1.x, c1.y, c.x, c.y);
}

void pa_picture_smooth(pa_picture *picture, const pa_vec *points, size_t count,
                       bool closed) {
  if (count < 2) return;
  pa_picture_move(picture, points[0].x, points[0].y);
  size_t pieces = closed ? count : count - 1;
  for (size_t i = 0; i < pieces; i++) {
    pa_vec b = points[i], c = points[(i + 1) % count];
    pa_vec a = i || closed ? points[(i + count - 1) % count] : b;
    pa_vec d = closed || i + 2 < count ? points[(i + 2) % count] : c;
    if (b.x == c.x && b.y == c.y) continue;
    smooth_piece(picture, a, b, c, d);
  }
  if (closed) pa_picture_close(picture);
}

void pa_picture_polygon(pa_picture *picture, const pa_vec *points, size_t count,
                        bool closed) {
  for (size_t i = 0; i < count; i++)
    if (i)
      pa_picture_line(picture, points[i].x, points[i].y);
    else
      pa_picture_move(picture, points[i].x, points[i].y);
  if (closed && count) pa_picture_close(picture);
}

/* ------------------------------------------------------------ items */

static pa_item *add_item(pa_picture *picture, pa_item_kind kind) {
  if (!grow(picture, (void **)&picture->items, &picture->item_room,
            picture->item_count, sizeof *picture->items))
    return NULL;
  pa_item *item = &picture->items[picture->item_count++];
  memset(item, 0, sizeof *item);
  item->kind = kind;
  item->path = PA_NO_PATH;
  return item;
}

void pa_picture_begin(pa_picture *picture, const char *name, size_t clip) {
  pa_item *item = add_item(picture, PA_ITEM_GROUP);
  if (!item) return;
  strncpy(item->name, name, sizeof item->name - 1);
  item->path = clip;
  picture->depth++;
}

void pa_picture_end(pa_picture *picture) {
  if (!picture->depth || !add_item(picture, PA_ITEM_END)) return;
  picture->depth--;
}

static pa_paint placed_paint(const pa_picture *picture, pa_paint paint) {
  if (paint.kind == PA_PAINT_LINEAR) {
    paint.from = placed(picture, paint.from.x, paint.from.y);
    paint.to = placed(picture, paint.to.x, paint.to.y);
  } else if (paint.kind == PA_PAINT_RADIAL) {
    paint.from = placed(picture, paint.from.x, paint.from.y);
    paint.to.x *= pa_picture_scale(picture);
  }
  return paint;
}

void pa_picture_draw(pa_picture *picture, size_t path, pa_paint fill,
                     pa_color stroke, float width) {
  bool stroked = stroke.a && width > 0;
  if (fill.kind == PA_PAINT_NONE && !stroked) return;
  pa_item *item = add_item(picture, PA_ITEM_SHAPE);
  if (!item) return;
  item->path = path;
  item->fill = placed_paint(picture, fill);
  item->stroke = stroked ? stroke : (pa_color){0, 0, 0, 0};
  item->width = stroked ? width * pa_picture_scale(picture) : 0;
}

void pa_picture_fill(pa_picture *picture, size_t path, pa_color color) {
  pa_picture_draw(picture, path, pa_paint_solid(color), (pa_color){0, 0, 0, 0},
                  0);
}

void pa_picture_stroke(pa_picture *picture, size_t path, pa_color color,
                       float width) {
  pa_picture_draw(picture, path, pa_paint_none(), color, width);
}

/* ------------------------------------------------------------ paints */

pa_paint pa_paint_none(void) {
  return (pa_paint){.kind = PA_PAINT_NONE};
}

pa_paint pa_paint_solid(pa_color color) {
  if (!color.a) return pa_paint_none();
  return (pa_paint){.kind = PA_PAINT_SOLID, .color = {color}, .stops = 1};
}

pa_paint pa_paint_linear(pa_vec from, pa_vec to, pa_color a, pa_color b) {
  return (pa_paint){.kind = PA_PAINT_LINEAR,
                    .color = {a, b},
                    .stop = {0, 1},
                    .stops = 2,
                    .from = from,
                    .to = to};
}

pa_paint pa_paint_radial(pa_vec centre, float radius, pa_color inner,
                         pa_color outer) {
  return (pa_paint){.kind = PA_PAINT_RADIAL,
                    .color = {inner, outer},
                    .stop = {0, 1},
                    .stops = 2,
                    .from = centre,
                    .to = {radius, 0}};
}
