#include "avatar3d/posture.h"

#include <stdlib.h>
#include <yyjson.h>

#include "base/mem.h"
#include "image/sink.h"
#include "parsona.h"

static void add_numbers(yyjson_mut_doc *doc, yyjson_mut_val *object,
                        const char *key, const float *values, unsigned count) {
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, object, key);
  for (unsigned i = 0; i < count; i++)
    yyjson_mut_arr_add_real(doc, list, (double)values[i]);
}

static void add_bones(yyjson_mut_doc *doc, yyjson_mut_val *root,
                      const pa_figure *f, const pa_pose_of_bones *pose) {
  pa_quat local[PA_LIMIT_BODY_BONES];
  pa_posing_local(f, pose, local);
  yyjson_mut_val *bones = yyjson_mut_obj_add_arr(doc, root, "bones");
  for (unsigned b = 0; b < f->body->bones; b++) {
    yyjson_mut_val *bone = yyjson_mut_arr_add_obj(doc, bones);
    unsigned up = f->body->bone[b].parent;
    yyjson_mut_obj_add_str(doc, bone, "name", f->body->bone[b].name);
    if (up == PA_BODY_NO_PARENT)
      yyjson_mut_obj_add_null(doc, bone, "parent");
    else
      yyjson_mut_obj_add_str(doc, bone, "parent", f->body->bone[up].name);
    add_numbers(doc, bone, "head",
                (float[]){f->head[b].x, f->head[b].y, f->head[b].z}, 3);
    add_numbers(doc, bone, "rotation",
                (float[]){local[b].x, local[b].y, local[b].z, local[b].w}, 4);
  }
}

static void add_landmarks(yyjson_mut_doc *doc, yyjson_mut_val *root,
                          const pa_sight *s) {
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, root, "landmarks");
  for (size_t k = 0; k < PA_KEYPOINTS; k++) {
    if (!(s->trust[k] > 0)) continue; /* perhaps no numbers */
    yyjson_mut_val *one = yyjson_mut_arr_add_obj(doc, list);
    yyjson_mut_obj_add_str(doc, one, "name", pa_keypoint_name(k));
    const pa_keypoint *p = &s->person.keypoints[k];
    add_numbers(doc, one, "photo", (float[]){p->x, p->y}, 2);
    add_numbers(doc, one, "world",
                (float[]){s->world[k].x, s->world[k].y, s->world[k].z}, 3);
    yyjson_mut_obj_add_real(doc, one, "trust", (double)s->trust[k]);
  }
}

pa_status pa_posture_json(pa_error *err, const pa_figure *figure,
                          const pa_sight *sight, const pa_view *seen,
                          uint8_t **bytes, size_t *size) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  if (!doc) return pa_error_memory(err, 0, "a pose");
  yyjson_mut_val *root = yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, root);
  yyjson_mut_val *view = yyjson_mut_obj_add_obj(doc, root, "camera");
  yyjson_mut_obj_add_real(doc, view, "scale", (double)seen->camera.scale);
  yyjson_mut_obj_add_real(doc, view, "x", (double)seen->camera.cx);
  yyjson_mut_obj_add_real(doc, view, "y", (double)seen->camera.cy);
  add_bones(doc, root, figure, &seen->pose);
  add_landmarks(doc, root, sight);
  size_t length = 0;
  char *json = yyjson_mut_write(doc, YYJSON_WRITE_NOFLAG, &length);
  yyjson_mut_doc_free(doc);
  pa_sink out = {0};
  if (json) pa_sink_write(&out, json, length);
  free(json);
  if (!json || out.failed) {
    pa_mem_free(out.bytes);
    return pa_error_memory(err, length, "a pose");
  }
  *bytes = out.bytes;
  *size = out.size;
  return PA_OK;
}
