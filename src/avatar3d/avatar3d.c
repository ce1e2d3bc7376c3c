/* From a parsed person to a file: measures, figure, surface, atlas, writer. */
#include <string.h>

#include "avatar3d/center.h"
#include "avatar3d/features.h"
#include "avatar3d/girth.h"
#include "avatar3d/glb.h"
#include "avatar3d/heels.h"
#include "avatar3d/measure.h"
#include "avatar3d/outfit.h"
#include "avatar3d/posture.h"
#include "avatar3d/shoes.h"
#include "avatar3d/worn.h"
#include "base/mem.h"
#include "parse/context.h"

#define ATLAS 1024

/* What is made on the way. */
typedef struct maker {
  pa_sight sight;
  pa_figure figure;
  pa_view view;
  pa_outfit outfit;
  pa_marks marks;
  pa_vec *normal; /* of the body's points, T-pose */
  pa_mesh mesh;
  pa_brush *brush;
  pa_atlas atlas;
  pa_springs springs;
  float face_scale;
} maker;

static void release(maker *m) {
  pa_figure_destroy(&m->figure);
  pa_view_destroy(&m->view);
  pa_mesh_destroy(&m->mesh);
  pa_mem_free(m->brush);
  pa_mem_free(m->normal);
  pa_atlas_destroy(&m->atlas);
}

static float stature(const pa_figure *f) {
  float top = 0;
  for (unsigned i = 0; i < f->body->points; i++)
    top = fmaxf(top, f->point[i].y);
  return top;
}

/* A large head for the body is a child's. */
static float likely_height(const pa_proportions *p) {
  return 1.70f - 1.6f * pa_clamp(p->head - 1.12f, 0, .3f);
}

/* The face mesh's points, where its network is loaded and the photo shows a
 * face; else what the body's landmarks tell of it. */
static pa_status find_face(pa_context *context, maker *m) {
  pa_face *face = NULL;
  pa_status status = PA_OK;
  if (pa_context_has(context, PA_ROLE_FACE_MESH)) {
    pa_nn_net *net;
    status = pa_context_net(context, PA_ROLE_FACE_MESH, NULL, &net);
    face = pa_mem_calloc(1, sizeof *face);
    if (!face) return pa_error_memory(&context->err, sizeof *face, "a face");
    if (status == PA_OK)
      status = pa_face_find(&context->err, context->engine, net, m->sight.image,
                            m->sight.person.keypoints, &context->cancel, face);
  }
  if (status == PA_OK) pa_face_marks(&m->figure, &m->sight, face, &m->marks);
  pa_mem_free(face);
  return status;
}

static pa_status make_figure(pa_context *context, const pa_body *body,
                             const pa_avatar3d_options *options, maker *m) {
  pa_error *err = &context->err;
  pa_status status = pa_figure_create(err, body, &m->figure);
  if (status == PA_OK) status = find_face(context, m);
  if (status == PA_OK) status = pa_face_shape(err, &m->marks, .8f, &m->figure);
  if (status != PA_OK) return status;
  pa_proportions p;
  pa_measure_proportions(&m->figure, &m->sight, &p);
  pa_figure_shape(&m->figure, "clothed", 1);
  pa_figure_proportion(&m->figure, &p);
  pa_figure_stand(&m->figure);
  float height = options->height > 0 ? options->height : likely_height(&p);
  float factor = height / stature(&m->figure);
  pa_figure_scale(&m->figure, factor);
  m->face_scale = factor * p.head;
  return PA_OK;
}

/* The figure's widths and shoes, as the photo shows it with its own. */
static pa_status make_shape(pa_error *err, maker *m) {
  pa_status status =
      pa_view_create(err, &m->figure, &m->sight, &m->marks, &m->view);
  if (status != PA_OK) return status;
  pa_girth girth;
  pa_girth_measure(&m->figure, &m->sight, &m->view, &m->outfit, &girth);
  pa_shoes shoes;
  pa_shoes_measure(&m->figure, &m->sight, &m->view, &shoes);
  if (m->outfit.shoes) m->outfit.heel = pa_heels_measure(&m->sight, &m->view);
  pa_girth_apply(&girth, &m->outfit, &m->figure);
  pa_view_destroy(&m->view);
  return pa_shoes_fit(err, &m->outfit, shoes.size, &m->figure);
}

/* The figure's shape, and how the photo sees it then. */
static pa_status make_view(pa_error *err, maker *m) {
  pa_outfit_of(&m->sight, &m->outfit);
  pa_status status = make_shape(err, m);
  if (status != PA_OK) return status;
  pa_shoes shoes;
  status = pa_view_create(err, &m->figure, &m->sight, &m->marks, &m->view);
  if (status != PA_OK || !m->outfit.shoes) return status;
  pa_shoes_measure(&m->figure, &m->sight, &m->view, &shoes);
  pa_shoes_place(&m->figure, &shoes, &m->view);
  return PA_OK;
}

static pa_status make_surface(pa_error *err, const pa_avatar3d_options *options,
                              maker *m) {
  bool flat = options->style == PA_AVATAR3D_CARTOON;
  pa_status status = pa_mesh_body(err, &m->figure, &m->mesh);
  if (status != PA_OK) return status;
  m->brush =
      pa_mem_calloc(m->mesh.vertices + PA_WORN_VERTICES, sizeof *m->brush);
  m->normal = pa_mem_calloc(m->figure.body->points, sizeof *m->normal);
  if (!m->brush || !m->normal) return pa_error_memory(err, 0, "an avatar");
  pa_figure_normals(m->figure.body, m->figure.point, m->normal);
  pa_outfit_neckline(&m->figure, &m->sight, &m->view, m->normal, &m->outfit);
  pa_outfit_waist(&m->figure, &m->sight, &m->view, &m->outfit);
  pa_worn *worn = pa_mem_calloc(1, sizeof *worn);
  if (!worn) return pa_error_memory(err, sizeof *worn, "an avatar");
  pa_worn_find(&m->figure, &m->sight, &m->view, &m->marks, &m->outfit, worn);
  pa_outfit_brushes(&m->figure, &m->outfit, &m->view, m->normal, m->brush);
  pa_springs *swing = options->format == PA_AVATAR3D_GLB ? NULL : &m->springs;
  status =
      pa_worn_add(err, worn, &m->figure, &m->view, swing, &m->mesh, m->brush);
  pa_mem_free(worn);
  if (status != PA_OK) return status;
  pa_features features;
  bool drawn =
      pa_features_of(&m->figure, &m->marks, &m->outfit, flat, &features);
  return pa_atlas_paint(err, &m->sight, &m->mesh, m->brush,
                        drawn ? &features : NULL, ATLAS, flat, &m->atlas);
}

/* VRM 0.x looks along -Z: half a turn about the vertical. */
static void turn_round(maker *m) {
  pa_figure *f = &m->figure;
  for (unsigned i = 0; i < m->mesh.vertices; i++) {
    pa_vertex *v = &m->mesh.vertex[i];
    v->position = pa_v(-v->position.x, v->position.y, -v->position.z);
    v->normal = pa_v(-v->normal.x, v->normal.y, -v->normal.z);
  }
  for (unsigned b = 0; b < f->body->bones; b++) {
    f->head[b] = pa_v(-f->head[b].x, f->head[b].y, -f->head[b].z);
    f->tail[b] = pa_v(-f->tail[b].x, f->tail[b].y, -f->tail[b].z);
  }
  for (unsigned c = 0; c < m->springs.chains; c++)
    for (int k = 0; k < PA_SPRING_JOINTS; k++) {
      pa_vec *at = &m->springs.chain[c].joint[k];
      *at = pa_v(-at->x, at->y, -at->z);
    }
}

static pa_status write_file(pa_error *err, const pa_avatar3d_options *options,
                            maker *m, uint8_t **bytes, size_t *size) {
  uint8_t *png;
  size_t png_size;
  if (options->format == PA_AVATAR3D_VRM0) turn_round(m);
  pa_status status = pa_image_png(err, m->atlas.rgba, m->atlas.size,
                                  m->atlas.size, 4, &png, &png_size);
  if (status != PA_OK) return status;
  pa_glb glb = {.figure = &m->figure,
                .mesh = &m->mesh,
                .springs = &m->springs,
                .png = png,
                .png_size = png_size,
                .face_scale = m->face_scale,
                .options = options};
  status = pa_glb_write(err, &glb, bytes, size);
  pa_mem_free(png);
  return status;
}

const char *pa_avatar3d_license_name(size_t license) {
  static const char *const names[PA_AVATAR3D_LICENSES] = {"private", "personal",
                                                          "cc-by", "cc0"};
  return license < PA_AVATAR3D_LICENSES ? names[license] : NULL;
}

/* Bytes of the UTF-8 character at `s`, 0 when it is none that a title has. */
static size_t character(const char *s) {
  unsigned char c = (unsigned char)s[0];
  if (c < 0x20 || c == 0x7f) return 0;
  if (c < 0x80) return 1;
  size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
  if (c < 0xc2 || c > 0xf4) return 0;
  for (size_t i = 1; i < length; i++)
    if (((unsigned char)s[i] & 0xc0) != 0x80) return 0;
  return length;
}

static bool is_title(const char *text) {
  size_t length = 0;
  while (text && text[length]) {
    size_t next = character(text + length);
    if (next == 0) return false;
    length += next;
    if (length > 128) return false;
  }
  return true;
}

static pa_status check(pa_error *err, const pa_avatar3d_options *o) {
  if (o->format > PA_AVATAR3D_POSE || o->style > PA_AVATAR3D_CARTOON ||
      o->license >= PA_AVATAR3D_LICENSES)
    return pa_error_set(err, PA_ERROR_ARGUMENT,
                        "no such format, style or license of an avatar");
  if (!is_title(o->name) || !is_title(o->author))
    return pa_error_set(err, PA_ERROR_ARGUMENT,
                        "names are at most 128 bytes of UTF-8 without control "
                        "characters");
  if (o->height != 0 && !(o->height >= .3f && o->height <= 3))
    return pa_error_set(err, PA_ERROR_ARGUMENT,
                        "a height of %g metres; 0.3 to 3 are made",
                        (double)o->height);
  return PA_OK;
}

pa_status pa_avatar3d_create(pa_context *context, const pa_image *image,
                             const pa_scene *scene, unsigned id,
                             const pa_avatar3d_options *options,
                             uint8_t **bytes, size_t *size) {
  if (!context || !bytes || !size) return PA_ERROR_ARGUMENT;
  pa_error *err = &context->err;
  *bytes = NULL;
  *size = 0;
  const pa_avatar3d_options defaults = {.format = PA_AVATAR3D_GLB};
  if (!options) options = &defaults;
  if (!image || !scene)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "no image or no scene");
  if (!context->body)
    return pa_error_set(err, PA_ERROR_NO_NETWORK,
                        "the body of 3D avatars is not loaded");
  pa_status status = check(err, options);
  if (status != PA_OK) return status;
  maker *m = pa_mem_calloc(1, sizeof *m);
  if (!m) return pa_error_memory(err, sizeof *m, "an avatar");
  status = pa_sight_create(err, image, scene, (size_t)id - 1, &m->sight);
  if (status == PA_OK) {
    pa_center_joints(&m->sight);
    pa_measure_flatten(&m->sight);
  }
  if (status == PA_OK) status = make_figure(context, context->body, options, m);
  if (status == PA_OK) status = make_view(err, m);
  if (status == PA_OK && options->format == PA_AVATAR3D_POSE) {
    status = pa_posture_json(err, &m->figure, &m->sight, &m->view, bytes, size);
  } else if (status == PA_OK) {
    status = make_surface(err, options, m);
    if (status == PA_OK) status = write_file(err, options, m, bytes, size);
  }
  release(m);
  pa_mem_free(m);
  return status;
}
