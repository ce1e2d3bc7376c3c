/* The public functions: traits and avatars. */
#include <string.h>

#include "avatar2d/draw.h"
#include "avatar2d/measure.h"
#include "avatar2d/outfit.h"
#include "avatar2d/photo.h"
#include "base/limits.h"
#include "base/mem.h"

struct pa_avatar2d {
  pa_picture picture;    /* of a vector style; what a photo style wears */
  pa_picture under;      /* a drawn background of a photo style */
  pa_photo_layers photo; /* of a photo style */
  char *svg, *traits;
  size_t svg_size;
};

static pa_status check_photo(pa_context *context, const pa_image *image,
                             const pa_scene *scene) {
  if (!image || !scene)
    return pa_error_set(&context->err, PA_ERROR_ARGUMENT,
                        "neither traits nor a photo with its scene");
  if (image->width != pa_scene_width(scene) ||
      image->height != pa_scene_height(scene))
    return pa_error_set(&context->err, PA_ERROR_ARGUMENT,
                        "the scene is not of this photo: %u x %u, %u x %u",
                        pa_scene_width(scene), pa_scene_height(scene),
                        image->width, image->height);
  return PA_OK;
}

static pa_status read_photo(pa_context *context, const pa_image *image,
                            const pa_scene *scene, unsigned id,
                            pa_traits *traits, pa_head *head) {
  pa_status status = check_photo(context, image, scene);
  if (status != PA_OK) return status;
  return pa_measure_traits(context, image, scene, id, traits, head);
}

pa_status pa_traits_read(pa_context *context, const pa_image *image,
                         const pa_scene *scene, unsigned id, char **json) {
  if (!context || !json) return PA_ERROR_ARGUMENT;
  pa_traits traits;
  *json = NULL;
  pa_status status = read_photo(context, image, scene, id, &traits, NULL);
  if (status != PA_OK) return status;
  status = pa_traits_write(&context->err, &traits, json);
  pa_traits_free(&traits);
  return status;
}

static const char *style_name(const pa_avatar2d_options *options) {
  return options->style ? options->style : pa_style_at(0)->name;
}

static pa_status check_options(pa_error *err,
                               const pa_avatar2d_options *options) {
  if ((unsigned)options->frame > PA_FRAME_FULL)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "there is no frame %d",
                        (int)options->frame);
  if (options->size && (options->size < PA_LEAST_AVATAR_SIDE ||
                        options->size > PA_LIMIT_AVATAR_SIDE))
    return pa_error_set(err, PA_ERROR_ARGUMENT,
                        "an avatar of %u pixels a side; there are %d to %d",
                        options->size, PA_LEAST_AVATAR_SIDE,
                        PA_LIMIT_AVATAR_SIDE);
  return PA_OK;
}

static pa_figure_view view_of(pa_frame frame) {
  switch (frame) {
  case PA_FRAME_HEAD:
    return PA_VIEW_HEAD;
  case PA_FRAME_HALF:
    return PA_VIEW_HALF;
  case PA_FRAME_FULL:
    break;
  }
  return PA_VIEW_FULL;
}

static pa_status draw_avatar(pa_error *err, const pa_avatar2d_options *options,
                             pa_traits *traits, pa_avatar2d *avatar) {
  const char *style = style_name(options);
  pa_draw draw = {.picture = &avatar->picture,
                  .traits = traits,
                  .style = pa_style_find(style),
                  .view = view_of(options->frame)};
  if (!draw.style)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "there is no style \"%.40s\"",
                        style);
  pa_status status = pa_outfit_apply(err, options, traits, &draw);
  if (status != PA_OK) return status;
  status = pa_draw_avatar(err, &draw);
  if (status == PA_OK)
    status = pa_picture_svg(err, &avatar->picture, "avatar", &avatar->svg,
                            &avatar->svg_size);
  if (status == PA_OK) status = pa_traits_write(err, traits, &avatar->traits);
  return status;
}

/* NULL for a picture in which nothing is drawn. */
static pa_status svg_of(pa_error *err, const pa_picture *picture,
                        const char *title, char **svg) {
  size_t length;
  *svg = NULL;
  return picture->item_count ? pa_picture_svg(err, picture, title, svg, &length)
                             : PA_OK;
}

static pa_status write_painted(pa_error *err, pa_avatar2d *avatar) {
  char *under, *over = NULL;
  pa_status status = svg_of(err, &avatar->under, "background", &under);
  if (status == PA_OK)
    status = svg_of(err, &avatar->picture, "accessories", &over);
  if (status == PA_OK)
    status = pa_photo_svg(err, &avatar->photo, under, over, &avatar->svg,
                          &avatar->svg_size);
  pa_mem_free(under);
  pa_mem_free(over);
  return status;
}

/* The head of a person whose traits are known. */
static pa_status find_head(pa_context *context, const pa_image *image,
                           const pa_scene *scene, unsigned id, pa_head *head) {
  pa_person person;
  pa_status status = check_photo(context, image, scene);
  if (status == PA_OK)
    status = pa_head_person(&context->err, scene, id, &person);
  if (status == PA_OK)
    status = pa_head_find(context, image, scene, &person, head);
  return status;
}

/* The person's own pixels in a photo style. */
static pa_status paint_avatar(pa_error *err, const pa_image *image,
                              const pa_scene *scene, unsigned id,
                              const pa_head *head,
                              const pa_avatar2d_options *options,
                              pa_traits *traits, pa_avatar2d *avatar) {
  pa_person person;
  pa_status status = pa_head_person(err, scene, id, &person);
  /* What the outfit does to the traits is not painted. */
  if (status == PA_OK) status = pa_traits_write(err, traits, &avatar->traits);
  avatar->photo.style = pa_photo_style_find(options->style);
  if (status == PA_OK)
    status = pa_photo_wear(err, options, traits, &avatar->photo, &avatar->under,
                           &avatar->picture);
  bool bare = avatar->photo.bare;
  if (status == PA_OK)
    status = pa_photo_create(err, image, scene, &person, head,
                             view_of(options->frame), options->size,
                             avatar->photo.style, &avatar->photo);
  avatar->photo.bare = bare;
  return status == PA_OK ? write_painted(err, avatar) : status;
}

pa_status pa_avatar2d_create(pa_context *context, const pa_image *image,
                             const pa_scene *scene, unsigned id,
                             const char *traits, size_t traits_size,
                             const pa_avatar2d_options *options,
                             pa_avatar2d **avatar) {
  if (!context || !avatar) return PA_ERROR_ARGUMENT;
  *avatar = NULL;
  const pa_avatar2d_options none = {0};
  if (!options) options = &none;
  if (check_options(&context->err, options) != PA_OK) return PA_ERROR_ARGUMENT;
  bool painted = pa_photo_style_find(options->style);
  if (painted && (!image || !scene))
    return pa_error_set(&context->err, PA_ERROR_ARGUMENT,
                        "the style \"%s\" paints over a photo: it needs the "
                        "photo and its scene",
                        options->style);
  pa_traits read;
  pa_head head;
  pa_status status =
      traits ? pa_traits_parse(&context->err, traits, traits_size, &read)
             : read_photo(context, image, scene, id, &read, &head);
  if (status != PA_OK) return status;
  pa_avatar2d *made = pa_mem_calloc(1, sizeof *made);
  if (!made) {
    pa_traits_free(&read);
    return pa_error_memory(&context->err, sizeof *made, "an avatar");
  }
  pa_picture_init(&made->picture, PA_CANVAS, PA_CANVAS);
  pa_picture_init(&made->under, PA_CANVAS, PA_CANVAS);
  if (painted && traits) status = find_head(context, image, scene, id, &head);
  if (status == PA_OK)
    status = painted ? paint_avatar(&context->err, image, scene, id, &head,
                                    options, &read, made)
                     : draw_avatar(&context->err, options, &read, made);
  pa_traits_free(&read);
  if (status != PA_OK)
    pa_avatar2d_destroy(made);
  else
    *avatar = made;
  return status;
}

void pa_avatar2d_destroy(pa_avatar2d *avatar) {
  if (!avatar) return;
  pa_picture_free(&avatar->picture);
  pa_picture_free(&avatar->under);
  pa_photo_free(&avatar->photo);
  pa_mem_free(avatar->svg);
  pa_mem_free(avatar->traits);
  pa_mem_free(avatar);
}

const char *pa_avatar2d_svg(const pa_avatar2d *avatar, size_t *size) {
  if (size) *size = avatar ? avatar->svg_size : 0;
  return avatar ? avatar->svg : NULL;
}

const char *pa_avatar2d_traits(const pa_avatar2d *avatar) {
  return avatar ? avatar->traits : NULL;
}

/* Lays `count` pixels of straight alpha over others. */
static void lay_over(const uint8_t *over, size_t count, uint8_t *rgba) {
  for (size_t i = 0; i < 4 * count; i += 4) {
    unsigned a = over[i + 3], below = rgba[i + 3] * (255 - a) / 255;
    unsigned sum = a + below;
    if (!a) continue;
    for (size_t c = 0; c < 3; c++)
      rgba[i + c] =
          (uint8_t)((over[i + c] * a + rgba[i + c] * below + sum / 2) / sum);
    rgba[i + 3] = (uint8_t)sum;
  }
}

/* A drawn background or the painted one, the person, accessories. */
static pa_status render_painted(pa_error *err, const pa_avatar2d *avatar,
                                unsigned size, uint8_t *rgba) {
  size_t count = (size_t)size * size;
  bool under = avatar->under.item_count, over = avatar->picture.item_count;
  if (!under && !over) return pa_photo_render(err, &avatar->photo, size, rgba);
  uint8_t *layer = pa_mem_alloc(4 * count);
  if (!layer) return pa_error_memory(err, 4 * count, "an avatar's layers");
  pa_status status = pa_photo_render(err, &avatar->photo, size, rgba);
  if (status == PA_OK && under) {
    status = pa_picture_render(err, &avatar->under, size, size, layer);
    if (status == PA_OK) {
      lay_over(rgba, count, layer);
      memcpy(rgba, layer, 4 * count);
    }
  }
  if (status == PA_OK && over) {
    status = pa_picture_render(err, &avatar->picture, size, size, layer);
    if (status == PA_OK) lay_over(layer, count, rgba);
  }
  pa_mem_free(layer);
  return status;
}

pa_status pa_avatar2d_render(pa_context *context, const pa_avatar2d *avatar,
                             unsigned size, uint8_t *rgba) {
  if (!context) return PA_ERROR_ARGUMENT;
  if (!avatar || !rgba)
    return pa_error_set(&context->err, PA_ERROR_ARGUMENT,
                        "no avatar, or no room for its pixels");
  if (!size || size > PA_LIMIT_AVATAR_SIDE)
    return pa_error_set(&context->err, PA_ERROR_TOO_LARGE,
                        "%u pixels a side, at most %d", size,
                        PA_LIMIT_AVATAR_SIDE);
  if (avatar->photo.style)
    return render_painted(&context->err, avatar, size, rgba);
  return pa_picture_render(&context->err, &avatar->picture, size, size, rgba);
}

/* Photo styles come after the vector ones. */
size_t pa_style2d_count(void) {
  return pa_style_count() + pa_photo_style_count();
}

const char *pa_style2d_name(size_t style) {
  const pa_style *found = pa_style_at(style);
  if (found) return found->name;
  const pa_photo_style *photo = pa_photo_style_at(style - pa_style_count());
  return photo ? photo->name : NULL;
}

const char *pa_style2d_about(size_t style) {
  const pa_style *found = pa_style_at(style);
  if (found) return found->about;
  const pa_photo_style *photo = pa_photo_style_at(style - pa_style_count());
  return photo ? photo->about : NULL;
}

bool pa_style2d_photo(size_t style) {
  return style >= pa_style_count() && style < pa_style2d_count();
}
