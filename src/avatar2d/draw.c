#include "avatar2d/draw_hair.h"

#include <math.h>
#include <string.h>

#include "avatar2d/hair.h"
#include "avatar2d/palette.h"
#include "avatar2d/proportions.h"
#include "stitch/color.h"

pa_affine pa_view_affine(pa_figure_view view) {
  /* The eyes' place on the canvas, and pixels a head unit. */
  static const struct {
    float y, scale;
  } views[] = {[PA_VIEW_HEAD] = {256, 1.42f},
               [PA_VIEW_HALF] = {150, .78f},
               [PA_VIEW_FULL] = {86, .5f}};
  float s = views[view].scale;
  return (pa_affine){s, 0, PA_CANVAS / 2.f, 0, s, views[view].y};
}

static pa_color styled(const pa_draw *draw, pa_color color, float chroma) {
  pa_oklab lab = pa_oklab_of(color);
  const pa_style *s = draw->style;
  if (s->grey) {
    lab.a = lab.b = 0;
    lab.l = lab.l < .42f ? .2f : 1;
  } else {
    lab.a *= chroma, lab.b *= chroma;
    lab.l = .5f + (lab.l - .5f) * (1 + .08f * (s->contrast - 1));
  }
  if (s->neon) {
    lab.l *= .8f;
    lab.a += .015f, lab.b -= .035f;
  }
  uint8_t alpha = color.a;
  color = pa_oklab_color(lab);
  color.a = alpha;
  return color;
}

pa_color pa_draw_color(const pa_draw *draw, pa_color color) {
  return styled(draw, color, draw->style->chroma);
}

/* Skin soon looks painted: it takes a third of what the style adds. */
static pa_color skin_color(const pa_draw *draw, pa_color color) {
  return styled(draw, color, 1 + (draw->style->chroma - 1) / 3);
}

pa_color pa_draw_line(const pa_draw *draw, pa_color color) {
  if (draw->style->inked) return draw->style->ink;
  return pa_tone(color, pa_lightness(color) < .3f ? -.5f : -.48f);
}

void pa_draw_part(const pa_draw *draw, size_t path, pa_color color) {
  pa_picture_draw(draw->picture, path, pa_paint_solid(color),
                  draw->style->line > 0 ? pa_draw_line(draw, color)
                                        : (pa_color){0, 0, 0, 0},
                  draw->style->line);
}

/* Lips without paint are drawn close to the skin: as they are, they look
 * painted on everybody. */
static pa_color lips_color(const pa_draw *draw) {
  pa_color own = pa_draw_color(draw, draw->traits->mouth.color);
  pa_color bare = pa_mix(pa_tone(draw->skin, -.16f), pa_hex(0xc0565a), .3f);
  float red = pa_oklab_of(own).a - pa_oklab_of(draw->skin).a;
  return pa_mix(bare, own, fminf(fmaxf((red - .035f) / .04f, .2f), 1));
}

static void find_colors(pa_draw *draw) {
  const pa_traits *t = draw->traits;
  const pa_style *s = draw->style;
  float k = s->contrast;
  draw->skin = s->grey ? pa_hex(0xffffff) : skin_color(draw, t->face.skin);
  draw->skin_shade = s->grey ? pa_hex(0xd9d6dc) : pa_tone(draw->skin, -.2f * k);
  draw->skin_light = pa_tone(draw->skin, .3f);
  draw->hair = pa_draw_color(draw, t->hair.color);
  /* In ink, brown hair is black; only blond and grey are left white. */
  const float blond = .56f;
  if (s->grey && pa_lightness(t->hair.color) < blond) draw->hair = s->ink;
  /* Skin shows through shorn hair. */
  if (pa_hair_shorn(t) && !s->grey)
    draw->hair = pa_mix(draw->hair, draw->skin, .25f);
  bool dark = pa_lightness(draw->hair) < .32f;
  draw->hair_shade = s->grey ? pa_tone(draw->hair, dark ? .1f : -.15f)
                             : pa_tone(draw->hair, dark ? -.3f : -.28f * k);
  draw->hair_light = pa_tone(draw->hair, dark ? .2f : .26f);
  draw->brows = s->grey ? s->ink : pa_draw_color(draw, t->brows.color);
  draw->lips = s->grey ? pa_hex(0xffffff) : lips_color(draw);
  draw->iris = pa_draw_color(draw, t->eyes.color);
  draw->beard = pa_draw_color(draw, t->beard.color);
  if (s->grey && pa_lightness(t->beard.color) < blond) draw->beard = s->ink;
  draw->look = 9.5f * t->yaw;
}

/* What lies below the chin, raised as the figure's shoulders are. */
static void draw_below(pa_draw *draw) {
  pa_affine old = pa_picture_push(draw->picture,
                                  (pa_affine){1, 0, 0, 0, 1, -PA_FIGURE_RISE});
  pa_draw_body(draw);
  pa_draw_neck(draw);
  pa_draw_clothes(draw);
  pa_draw_worn(draw, PA_LAYER_NECK);
  pa_picture_restore(draw->picture, old);
}

static void draw_person(pa_draw *draw) {
  pa_draw_worn(draw, PA_LAYER_BEHIND);
  pa_draw_hair_back(draw);
  draw_below(draw);
  pa_draw_skull(draw);
  size_t head = draw->picture->path_count;
  pa_picture_begin(draw->picture, "head", PA_NO_PATH);
  pa_draw_ears(draw);
  pa_draw_face(draw);
  pa_draw_beard(draw);
  pa_draw_eyes(draw);
  pa_draw_nose(draw);
  pa_draw_mouth(draw);
  pa_draw_brows(draw);
  pa_draw_worn(draw, PA_LAYER_FACE);
  pa_picture_end(draw->picture);
  pa_draw_hair_front(draw);
  pa_draw_near_ear(draw);
  pa_draw_worn(draw, PA_LAYER_HAIR);
  pa_draw_worn(draw, PA_LAYER_TOP);
  pa_draw_turn(draw, head);
}

/* Whether a shape is so large that it can be part of the outer edge: a rim
 * around an eye would cost time and not be seen. */
static bool is_large(const pa_picture *p, size_t number) {
  const pa_path *path = &p->paths[number];
  float x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;
  for (size_t i = 0; i < path->points; i++) {
    pa_vec v = p->points[path->point + i];
    x0 = fminf(x0, v.x), x1 = fmaxf(x1, v.x);
    y0 = fminf(y0, v.y), y1 = fmaxf(y1, v.y);
  }
  return fmaxf(x1 - x0, y1 - y0) > .055f * p->width;
}

/* An edge around the whole person: the shapes from item `from` up to `to`,
 * stroked so widely that it shows beyond their own lines. */
static void add_rim(pa_draw *draw, size_t from, size_t to, const char *name,
                    pa_color color, float width) {
  pa_picture *p = draw->picture;
  pa_picture_begin(p, name, PA_NO_PATH);
  size_t depth = 0, clipped = 0;
  for (size_t i = from; i < to && !p->failed; i++) {
    pa_item item = p->items[i];
    if (item.kind == PA_ITEM_GROUP) {
      depth++;
      if (item.path != PA_NO_PATH && !clipped) clipped = depth;
    } else if (item.kind == PA_ITEM_END) {
      if (clipped == depth) clipped = 0;
      depth--;
    } else if (!clipped && item.fill.kind != PA_PAINT_NONE &&
               is_large(p, item.path)) {
      pa_picture_stroke(p, item.path, color, width);
    }
  }
  pa_picture_end(p);
}

/* Moves the items [middle, end) before [from, middle). */
static void rotate_items(pa_picture *p, size_t from, size_t middle) {
  size_t end = p->item_count;
  for (size_t moved = middle; moved < end; moved++) {
    pa_item item = p->items[moved];
    for (size_t i = moved; i > from; i--)
      p->items[i] = p->items[i - 1];
    p->items[from++] = item;
  }
}

/* A sticker's white rim, and within it the contour, heavier than the lines
 * inside as inkers draw it. */
static void add_rims(pa_draw *draw, size_t from) {
  pa_picture *p = draw->picture;
  const pa_style *s = draw->style;
  size_t middle = p->item_count;
  if (s->border)
    add_rim(draw, from, middle, "rim", pa_hex(0xffffff),
            27 / fmaxf(pa_picture_scale(p), .01f));
  if (s->inked) add_rim(draw, from, middle, "contour", s->ink, 2.1f * s->line);
  rotate_items(p, from, middle);
}

pa_status pa_draw_avatar(pa_error *err, pa_draw *draw) {
  pa_picture *p = draw->picture;
  pa_traits drawn;
  pa_status status =
      pa_proportions_draw(err, draw->traits, draw->style, &drawn);
  if (status != PA_OK) return status;
  const pa_traits *own = draw->traits;
  pa_palette_clear(&drawn);
  draw->traits = &drawn;
  find_colors(draw);
  pa_drawn_hair haircut;
  pa_draw_find_hair(draw, &haircut);
  draw->haircut = &haircut;
  pa_draw_backdrop(draw);
  pa_affine old = pa_picture_push(p, pa_view_affine(draw->view));
  size_t from = p->item_count;
  pa_picture_begin(p, "person", PA_NO_PATH);
  draw_person(draw);
  pa_picture_end(p);
  add_rims(draw, from);
  pa_picture_restore(p, old);
  draw->traits = own;
  draw->haircut = NULL;
  pa_traits_free(&drawn);
  return pa_picture_status(err, p);
}

void pa_draw_worn_alone(pa_draw *draw) {
  find_colors(draw);
  pa_affine old = pa_picture_push(draw->picture, pa_view_affine(draw->view));
  for (int layer = PA_LAYER_BEHIND; layer <= PA_LAYER_TOP; layer++)
    pa_draw_worn(draw, (pa_layer)layer);
  pa_picture_restore(draw->picture, old);
}
