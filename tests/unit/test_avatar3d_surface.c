/* What lies on the surface: drawn faces, shoes in the atlas, and where garments
 * end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "avatar3d/coat.h"
#include "avatar3d/features.h"
#include "avatar3d/hair.h"
#include "avatar3d/look.h"
#include "avatar3d/peak.h"
#include "avatar3d/shoes.h"
#include "avatar3d/skirt.h"
#include "avatar3d/skull.h"
#include "avatar3d/unfold.h"
#include "body_file.h"

static pa_body *body;
static pa_figure figure;

static int set_up(void **state) {
  (void)state;
  body = body_file_open();
  if (!body) return 1;
  if (pa_figure_create(NULL, body, &figure) != PA_OK) return 1;
  pa_figure_stand(&figure);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  pa_figure_destroy(&figure);
  pa_body_close(body);
  return 0;
}

/* ------------------------------------------------------------ faces */

static const pa_outfit people = {.swatches = {.skin = {205, 165, 140},
                                              .hair = {60, 45, 35},
                                              .lips = {170, 95, 90}}};

/* How much darker than skin a place of the face is drawn. */
static float darkness(const pa_features *o, pa_vec at) {
  float rgb[3] = {205, 165, 140};
  pa_features_skin(o, at, rgb);
  return 165 - rgb[1];
}

static void faces_have_brows_eyes_and_lips(void **state) {
  (void)state;
  const pa_marks none = {.count = 0};
  for (int bold = 0; bold < 2; bold++) {
    pa_features o;
    assert_true(pa_features_of(&figure, &none, &people, bold, &o));
    for (int s = 0; s < 2; s++) {
      pa_vec front = pa_v(0, 0, .01f);
      assert_true(darkness(&o, pa_add(o.brow[s][2], front)) > 60);
      assert_true(darkness(&o, pa_add(o.upper[s], front)) > 60);
      assert_true((s ? -1.f : 1.f) * o.brow[s][2].x > 0);
      assert_true(o.brow[s][2].y > o.upper[s].y + .004f);
      float iris[3] = {236, 232, 228}, white[3] = {236, 232, 228};
      pa_vec ahead = pa_add(o.eye[s], pa_v(0, 0, .012f));
      pa_features_eye(&o, ahead, iris);
      pa_features_eye(&o, pa_add(ahead, pa_v(.011f, -.004f, 0)), white);
      assert_true(iris[1] < 60 && white[1] > 180);
    }
    pa_vec mouth = pa_v(0, (o.middle.y + o.bottom.y) / 2, o.middle.z);
    assert_true(darkness(&o, mouth) > 20);
    /* The forehead and the back of the head are left alone. */
    pa_vec brow = pa_add(o.brow[0][2], pa_v(0, .03f, 0));
    assert_true(fabsf(darkness(&o, brow)) < 1);
    assert_true(darkness(&o, pa_v(0, o.middle.y, o.back - .1f)) == 0);
  }
}

/* What the face mesh saw of the brows is where they are drawn. */
static void brows_are_the_persons(void **state) {
  (void)state;
  pa_marks high = {.solid = true}, low = {.solid = true};
  for (int k = 0; k < PA_FACE_BROW; k++) {
    high.brow[k][0] = low.brow[k][0] = .1f * (float)(k - 2);
    high.brow[k][1] = .25f, low.brow[k][1] = .12f;
  }
  pa_features a, b;
  assert_true(pa_features_of(&figure, &high, &people, true, &a));
  assert_true(pa_features_of(&figure, &low, &people, true, &b));
  assert_true(a.brow[0][2].y > b.brow[0][2].y + .008f);
}

/* ------------------------------------------------------------ shoes */

static float area(float (*uv)[2]) {
  return ((uv[1][0] - uv[0][0]) * (uv[2][1] - uv[0][1]) -
          (uv[2][0] - uv[0][0]) * (uv[1][1] - uv[0][1])) /
         2;
}

/* Texels of an atlas of 1024 that the feet's upright walls have. */
static float wall_texels(const pa_figure *f, bool unfolded) {
  pa_unfold feet[2];
  float sum = 0;
  for (int side = 0; side < 2; side++)
    pa_unfold_of(f, side, &feet[side]);
  for (unsigned i = 0; i < body->triangles; i++) {
    float uv[3][2];
    pa_vec p[3];
    bool foot = true;
    for (int k = 0; k < 3; k++) {
      const pa_body_corner *c = &body->corner[body->triangle[i][k]];
      p[k] = f->point[c->point];
      pa_region region = body->point[c->point].region;
      foot = foot && (region == PA_REGION_FOOT_L || region == PA_REGION_FOOT_R);
      memcpy(uv[k], c->uv, sizeof uv[k]);
      if (unfolded) pa_unfold_place(feet, c, p[k], uv[k]);
      assert_true(uv[k][0] >= 0 && uv[k][0] <= 1 && uv[k][1] <= 1);
    }
    pa_vec n = pa_unit(pa_cross(pa_sub(p[1], p[0]), pa_sub(p[2], p[0])),
                       pa_v(0, 1, 0));
    if (foot && fabsf(n.y) < .25f) sum += fabsf(area(uv)) * 1024 * 1024;
  }
  return sum;
}

static void shoes_have_walls_in_the_atlas(void **state) {
  (void)state;
  pa_figure shod;
  pa_outfit outfit = {.shoes = true};
  assert_int_equal(pa_figure_create(NULL, body, &shod), PA_OK);
  pa_figure_shape(&shod, "clothed", 1);
  pa_figure_stand(&shod);
  assert_int_equal(pa_shoes_fit(NULL, &outfit, 1, &shod), PA_OK);
  float before = wall_texels(&shod, false), after = wall_texels(&shod, true);
  assert_true(after > 2 * before);
  pa_figure_destroy(&shod);
}

/* ------------------------------------------------------------ edges */

#define WIDTH 400
#define HEIGHT 500
#define SCALE 260.f

/* The figure as a photo shows it that is taken from straight ahead. */
typedef struct scene {
  pa_image image;
  pa_sight sight;
  pa_view view;
  pa_vec *normal;
} scene;

static void open_scene(scene *s) {
  memset(s, 0, sizeof *s);
  s->sight = (pa_sight){.image = &s->image,
                        .labels = calloc(WIDTH, HEIGHT),
                        .persons = calloc(WIDTH, HEIGHT),
                        .width = WIDTH,
                        .height = HEIGHT,
                        .hair = 255,
                        .hat = HEIGHT};
  s->image.rgba = calloc((size_t)4 * WIDTH, HEIGHT);
  s->image.width = WIDTH, s->image.height = HEIGHT;
  s->sight.person.id = 1;
  s->view.point = calloc(body->points, sizeof *s->view.point);
  s->view.facing = calloc(body->points, sizeof *s->view.facing);
  s->normal = calloc(body->points, sizeof *s->normal);
  pa_figure_normals(body, figure.point, s->normal);
  for (unsigned i = 0; i < body->points; i++) {
    pa_vec p = figure.point[i];
    s->view.point[i] =
        pa_v(WIDTH / 2 + SCALE * p.x, HEIGHT - 10 - SCALE * p.y, p.z);
    s->view.facing[i] = s->normal[i].z;
  }
}

/* Labels of all places whose distance from the middle and height are such. */
static void label(const scene *s, float least, float most, float low,
                  float high, pa_label is) {
  uint8_t *labels = (uint8_t *)(uintptr_t)s->sight.labels;
  uint8_t *persons = (uint8_t *)(uintptr_t)s->sight.persons;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      float aside = fabsf((float)x - WIDTH / 2) / SCALE;
      float up = (HEIGHT - 10 - (float)y) / SCALE;
      if (aside < least || aside >= most || up < low || up >= high) continue;
      labels[y * WIDTH + x] = (uint8_t)is;
      persons[y * WIDTH + x] = 1;
    }
}

static void close_scene(scene *s) {
  free((void *)(uintptr_t)s->sight.labels);
  free((void *)(uintptr_t)s->sight.persons);
  free(s->image.rgba);
  free(s->view.point);
  free(s->view.facing);
  free(s->normal);
}

static void necklines_are_as_wide_as_seen(void **state) {
  (void)state;
  float joint = figure.head[figure.bone[PA_BONE_UPPERARM]].x;
  scene s;
  open_scene(&s);
  pa_outfit outfit = {.neckline = 1};
  label(&s, 0, .6f, .5f, 1.6f, PA_LABEL_UPPER);
  pa_outfit_neckline(&figure, &s.sight, &s.view, s.normal, &outfit);
  assert_true(outfit.neckline == 0); /* a collar */
  label(&s, 0, .8f * joint, 1.1f, 1.6f, PA_LABEL_TORSO_SKIN);
  pa_outfit_neckline(&figure, &s.sight, &s.view, s.normal, &outfit);
  assert_true(fabsf(outfit.neckline - .8f * joint) < .02f);
  close_scene(&s);
}

static void waists_are_as_high_as_seen(void **state) {
  (void)state;
  float shoulder = figure.head[figure.bone[PA_BONE_UPPERARM]].y;
  float hip = figure.head[figure.bone[PA_BONE_THIGH]].y;
  for (int i = 0; i < 3; i++) {
    float share = .7f + .1f * (float)i;
    scene s;
    open_scene(&s);
    pa_outfit outfit = {.waist = .5f};
    label(&s, 0, .6f, .5f, 1.6f, PA_LABEL_UPPER);
    pa_outfit_waist(&figure, &s.sight, &s.view, &outfit);
    assert_true(outfit.waist == .5f); /* only a top is seen */
    float waist = shoulder + share * (hip - shoulder);
    label(&s, 0, .6f, 0, waist, PA_LABEL_PANTS);
    pa_outfit_waist(&figure, &s.sight, &s.view, &outfit);
    assert_true(fabsf(outfit.waist - share) < .05f);
    close_scene(&s);
  }
}

static void hems_curve_as_seen(void **state) {
  (void)state;
  float shoulder = figure.head[figure.bone[PA_BONE_UPPERARM]].y;
  float hip = figure.head[figure.bone[PA_BONE_THIGH]].y;
  float waist = shoulder + .85f * (hip - shoulder), z = .1f;
  for (int side = 0; side < 2; side++) {
    scene s;
    open_scene(&s);
    pa_outfit outfit = {.waist = .5f};
    label(&s, 0, .6f, .5f, 1.6f, PA_LABEL_UPPER);
    pa_outfit_waist(&figure, &s.sight, &s.view, &outfit);
    assert_false(outfit.hem.told); /* there is none */
    label(&s, 0, .6f, 0, waist, PA_LABEL_PANTS);
    /* a shirt that is tucked in before, or hangs there */
    float lower = side ? .08f : 0, upper = side ? .6f : .06f;
    label(&s, lower, upper, waist - .05f, waist, PA_LABEL_UPPER);
    pa_outfit_waist(&figure, &s.sight, &s.view, &outfit);
    const pa_hem *h = &outfit.hem;
    assert_true(h->told);
    float middle = pa_hem_height(h, pa_v(0, waist, h->middle + z));
    float left = pa_hem_height(h, pa_v(.13f, waist, h->middle + z));
    float right = pa_hem_height(h, pa_v(-.13f, waist, h->middle + z));
    float rise = side ? middle - left : left - middle;
    assert_true(rise > .008f && rise < .06f);
    assert_true(fabsf(left - right) < .01f);
    /* Behind nothing is seen: it goes on from the sides. */
    float behind = pa_hem_height(h, pa_v(0, waist, h->middle - z));
    float end = pa_hem_height(h, pa_v(h->half, waist, h->middle + z));
    assert_true(fabsf(behind - end) < .01f);
    close_scene(&s);
  }
}

/* A coat to the knees, from which `gap` metres of something else are seen. */
static bool coat_of(float gap, pa_label between, pa_coat *coat) {
  scene s;
  open_scene(&s);
  const pa_swatches swatches = {.plain_top = false};
  float hip = figure.head[figure.bone[PA_BONE_THIGH]].y;
  const pa_skirt_axis axis = {.x = WIDTH / 2,
                              .y = HEIGHT - 10 - SCALE * hip,
                              .dy = SCALE,
                              .nx = SCALE,
                              .top = hip,
                              .knees = true,
                              .hangs = true};
  label(&s, 0, .25f, .45f, 1.4f, PA_LABEL_COAT);
  label(&s, 0, gap, .05f, hip - .15f, between);
  bool is = pa_coat_find(&s.sight, &swatches, &axis, coat);
  if (is) {
    float closed = pa_coat_inner(coat, &axis, hip - .05f, 0);
    float open = pa_coat_inner(coat, &axis, .5f, 1);
    assert_true(closed < .02f && fabsf(open - gap) < .02f);
    assert_true(fabsf(coat->hem - .45f) < .02f);
  }
  close_scene(&s);
  return is;
}

static void open_coats_show_legs(void **state) {
  (void)state;
  float hip = figure.head[figure.bone[PA_BONE_THIGH]].y;
  pa_coat coat;
  assert_false(coat_of(0, PA_LABEL_COAT, &coat));
  assert_true(coat_of(.07f, PA_LABEL_LEG_L, &coat));
  assert_true(fabsf(coat.bare - (hip - .15f)) < .02f);
  assert_true(coat_of(.07f, PA_LABEL_PANTS, &coat));
  assert_true(coat.bare < 0);
}

/* How much of a place of a skirt goes with a bone. */
static unsigned share_of(pa_vec place, int of) {
  uint8_t bone[4], weight[4];
  unsigned share = 0;
  pa_skirt_skin(&figure, place, bone, weight);
  for (int k = 0; k < 4; k++)
    if (bone[k] == figure.bone[of]) share += weight[k];
  return share;
}

static void skirts_go_with_the_legs(void **state) {
  (void)state;
  pa_vec hip = figure.head[figure.bone[PA_BONE_THIGH]];
  pa_vec knee = figure.head[figure.bone[PA_BONE_CALF]];
  assert_int_equal(share_of(pa_v(hip.x, hip.y + .05f, .1f), PA_BONE_PELVIS),
                   255);
  assert_true(share_of(pa_v(.1f, hip.y - .2f, .1f), PA_BONE_THIGH) > 250);
  assert_true(share_of(pa_v(-.1f, hip.y - .2f, .1f), PA_BONE_THIGH_R) > 250);
  assert_in_range(share_of(pa_v(0, hip.y - .2f, .1f), PA_BONE_THIGH), 120, 135);
  pa_vec low = pa_v(knee.x, knee.y - .2f, knee.z);
  unsigned before = share_of(pa_add(low, pa_v(0, 0, .12f)), PA_BONE_CALF);
  unsigned behind = share_of(pa_add(low, pa_v(0, 0, -.12f)), PA_BONE_CALF);
  assert_true(before < 80 && behind > 180);
}

/* A hat over a face without hair is the head's hair. */
static void hats_need_no_hair(void **state) {
  (void)state;
  scene s;
  open_scene(&s);
  memset(s.image.rgba, 30, (size_t)4 * WIDTH * HEIGHT);
  uint32_t pixels[PA_LIMIT_LABELS] = {0};
  s.sight.person.label_pixels = pixels;
  s.sight.person.y = 20;
  s.sight.person.width = WIDTH, s.sight.person.height = HEIGHT - 20;
  label(&s, 0, .08f, 1.45f, 1.6f, PA_LABEL_FACE);
  pa_swatches w;
  for (int hat = 0; hat < 2; hat++) {
    if (hat) label(&s, 0, .1f, 1.6f, 1.7f, PA_LABEL_HAT);
    pixels[PA_LABEL_FACE] = 1600, pixels[PA_LABEL_HAT] = hat ? 1300 : 0;
    pa_swatches_of(&s.sight, &w);
    assert_true(w.has_hair == hat && w.hat_alone == hat);
  }
  assert_true(fabsf(w.hair.g - 30) < 1);
  pixels[PA_LABEL_HAIR] = 900;
  label(&s, .08f, .12f, 1.45f, 1.6f, PA_LABEL_HAIR);
  pa_swatches_of(&s.sight, &w);
  assert_true(w.has_hair && !w.hat_alone);
  close_scene(&s);
}

/* A hat from the forehead's height up, its lowest 2 cm of another grey; `ears`:
 * how much lower it is drawn beside the forehead. */
static bool has_peak(float ears, int grey, pa_shell *shell) {
  scene s;
  pa_skull skull;
  assert_true(pa_skull_of(&figure, &skull));
  open_scene(&s);
  uint32_t pixels[PA_LIMIT_LABELS] = {[PA_LABEL_HAT] = 2000};
  s.sight.person.label_pixels = pixels;
  s.view.face = (pa_face_map){.count = 1, .towards = {0, 0, 1}};
  s.view.face.affine[0][0] = WIDTH / 2, s.view.face.affine[0][1] = HEIGHT - 10;
  s.view.face.affine[1][0] = SCALE, s.view.face.affine[2][1] = -SCALE;
  float edge = skull.center.y + .03f;
  label(&s, 0, .05f, edge, edge + .12f, PA_LABEL_HAT);
  label(&s, .05f, .09f, edge - ears, edge + .12f, PA_LABEL_HAT);
  memset(s.image.rgba, 40, (size_t)4 * WIDTH * HEIGHT);
  size_t from = (size_t)(HEIGHT - 10 - (edge + .02f) * SCALE) * WIDTH * 4;
  memset(s.image.rgba + from, grey, (size_t)4 * WIDTH * HEIGHT - from);
  bool is = pa_peak_shell(&figure, &s.sight, &s.view, shell);
  close_scene(&s);
  return is;
}

static void caps_have_peaks(void **state) {
  (void)state;
  static pa_shell shell;
  assert_false(has_peak(.005f, 40, &shell)); /* of one colour */
  assert_false(has_peak(.05f, 120, &shell)); /* over the ears */
  assert_true(has_peak(.005f, 120, &shell));
  float most = -9;
  int nose = pa_body_mark_find(body, 1); /* its tip */
  for (unsigned r = 0; r < shell.rows; r++)
    for (unsigned c = 0; c < PA_SHELL_COLUMNS; c++) {
      most = fmaxf(most, shell.at[r][c].z);
      assert_true(shell.at[r][c].y > figure.point[nose].y);
    }
  assert_true(most > figure.point[nose].z);
}

/* A scene of one grey whose shoulders are sure; it has so many pixels of each
 * label. */
static void open_level_scene(scene *s, int grey, const uint32_t *pixels) {
  open_scene(s);
  memset(s->image.rgba, grey, (size_t)4 * WIDTH * HEIGHT);
  s->sight.person.label_pixels = pixels;
  s->sight.person.width = WIDTH, s->sight.person.height = HEIGHT;
  s->sight.trust[PA_KP_LEFT_SHOULDER] = 1;
}

/* A place that faces the camera. */
static pa_brush ahead_at(float x, float y, pa_source source, pa_part part) {
  return (pa_brush){.x = x,
                    .y = y,
                    .facing = 1,
                    .twin_facing = -1,
                    .source = (uint8_t)source,
                    .part = (uint8_t)part};
}

/* Where the shoulders are is not known, nothing is told of the trunk. */
static void portraits_have_plain_clothes(void **state) {
  (void)state;
  scene s;
  uint32_t pixels[PA_LIMIT_LABELS] = {[PA_LABEL_UPPER] = WIDTH * HEIGHT};
  open_level_scene(&s, 200, pixels);
  label(&s, 0, 9, -9, 9, PA_LABEL_UPPER);
  const float at = 20;
  pa_vertex vertex[3] = {{.bone = {0}}};
  pa_brush brush[3];
  const pa_source from[3] = {PA_SOURCE_TORSO, PA_SOURCE_SHOULDER,
                             PA_SOURCE_NECK};
  for (int i = 0; i < 3; i++)
    brush[i] = ahead_at(at, at, from[i], PA_PART_NONE);
  const pa_mesh mesh = {.vertex = vertex, .vertices = 3};
  for (int known = 0; known < 2; known++) {
    s.sight.trust[PA_KP_LEFT_SHOULDER] = (float)known;
    pa_look look;
    float rgb[3];
    assert_int_equal(pa_look_open(NULL, &s.sight, &mesh, brush, &look), PA_OK);
    for (int i = 0; i < 3; i++)
      assert_true((pa_look_at(&look, &brush[i], rgb) > .5f) == known);
    pa_look_close(&look);
  }
  close_scene(&s);
}

/* What is seen amid a plain top's labels is on it; at their edge it may be what
 * is beside. */
static void prints_stay_on_plain_chests(void **state) {
  (void)state;
  scene s;
  uint32_t pixels[PA_LIMIT_LABELS] = {[PA_LABEL_UPPER] = WIDTH * HEIGHT / 2};
  open_level_scene(&s, 20, pixels);
  label(&s, 0, .3f, -9, 9, PA_LABEL_UPPER);
  const float edge = WIDTH / 2.f + .3f * SCALE, y = HEIGHT / 2.f;
  const float at[3] = {WIDTH / 2.f, edge - 2, WIDTH / 2.f};
  const float above[3] = {-.3f, -.3f, -.02f}; /* the hem */
  for (int k = 0; k < 2; k++)
    for (int i = 0; i < 16; i++)
      memset(s.image.rgba + 4 * ((size_t)(y - 2 + (float)(i / 4)) * WIDTH +
                                 (size_t)(at[k] - 2 + (float)(i % 4))),
             255, 4);
  pa_vertex vertex[3] = {{.bone = {0}}};
  pa_brush brush[3];
  for (int i = 0; i < 3; i++) {
    brush[i] = ahead_at(at[i], y, PA_SOURCE_TORSO, PA_PART_NONE);
    brush[i].plain = true, brush[i].edge = above[i];
    brush[i].color[0] = brush[i].color[1] = (pa_rgb){20, 20, 20};
  }
  const pa_mesh mesh = {.vertex = vertex, .vertices = 3};
  pa_look look;
  float rgb[3];
  assert_int_equal(pa_look_open(NULL, &s.sight, &mesh, brush, &look), PA_OK);
  assert_true(pa_look_at(&look, &brush[0], rgb) > .9f && rgb[1] > 200);
  assert_false(pa_look_at(&look, &brush[1], rgb) > .5f && rgb[1] > 200);
  assert_false(pa_look_at(&look, &brush[2], rgb) > .5f && rgb[1] > 200);
  pa_look_close(&look);
  close_scene(&s);
}

/* On a face what is near beside a trunk is far. */
static void faces_ask_near_pixels(void **state) {
  (void)state;
  scene s;
  uint32_t pixels[PA_LIMIT_LABELS] = {[PA_LABEL_FACE] = 5000};
  open_level_scene(&s, 200, pixels);
  label(&s, 0, .1f, 1.5f, 1.75f, PA_LABEL_FACE);
  const float right = WIDTH / 2.f + .1f * SCALE, y = HEIGHT - 10 - 1.6f * SCALE;
  const float away[5] = {-9, -4, 9, -30, 30};
  pa_vertex vertex[5] = {{.bone = {0}}};
  pa_brush brush[5];
  for (int i = 0; i < 5; i++)
    brush[i] = ahead_at(right + away[i], i < 3 ? y : y + away[i],
                        PA_SOURCE_HEAD, PA_PART_HEAD);
  const pa_mesh mesh = {.vertex = vertex, .vertices = 5};
  pa_look look;
  float rgb[3];
  assert_int_equal(pa_look_open(NULL, &s.sight, &mesh, brush, &look), PA_OK);
  assert_true(pa_look_at(&look, &brush[0], rgb) > .9f);
  assert_true(pa_look_at(&look, &brush[1], rgb) > .9f);
  assert_true(pa_look_at(&look, &brush[2], rgb) < .1f);
  pa_look_close(&look);
  close_scene(&s);
}

/* ------------------------------------------------------------ hair */

/* Short hair with `tress` metres of hair below the ears on the left side. */
static void hair_of(float tress, pa_shell *shell) {
  scene s;
  pa_skull skull;
  pa_outfit outfit = {.swatches = {.has_hair = true}};
  assert_true(pa_skull_of(&figure, &skull));
  open_scene(&s);
  uint32_t pixels[PA_LIMIT_LABELS] = {[PA_LABEL_HAIR] = 2000};
  s.sight.person.label_pixels = pixels;
  s.view.face = (pa_face_map){.count = 1, .towards = {0, 0, 1}};
  s.view.face.affine[0][0] = WIDTH / 2, s.view.face.affine[0][1] = HEIGHT - 10;
  s.view.face.affine[1][0] = SCALE, s.view.face.affine[2][1] = -SCALE;
  float ear = skull.ear.y;
  label(&s, 0, .1f, ear, ear + .16f, PA_LABEL_HAIR);
  label(&s, 0, .06f, ear - .2f, ear + .07f, PA_LABEL_FACE);
  if (tress > 0) label(&s, .06f, .1f, ear - tress, ear, PA_LABEL_HAIR);
  uint8_t *labels = (uint8_t *)(uintptr_t)s.sight.labels;
  for (int y = 0; tress > 0 && y < HEIGHT; y++)
    for (int x = 0; x < WIDTH / 2; x++)
      if ((HEIGHT - 10 - y) / SCALE < ear) labels[y * WIDTH + x] = 0;
  assert_true(pa_hair_shell(&figure, &s.sight, &s.view, &outfit, shell));
  close_scene(&s);
}

static void skin_nothing(const pa_figure *f, pa_vec p, uint8_t bone[4],
                         uint8_t weight[4]) {
  (void)f, (void)p;
  memset(bone, 0, 4);
  memset(weight, 0, 4);
}

static void strands_run_down_and_the_cap_is_round(void **state) {
  (void)state;
  static pa_shell shell;
  static pa_brush brush[PA_SHELL_ROWS * PA_SHELL_COLUMNS];
  hair_of(0, &shell);
  pa_mesh mesh = {0};
  const pa_face_map map = {0};
  assert_int_equal(pa_shell_add(NULL, &shell, &figure, skin_nothing,
                                pa_hair_map, &map, pa_v(0, 0, 1), &mesh, brush),
                   PA_OK);
  const unsigned middle = PA_SHELL_COLUMNS / 2;
  for (unsigned r = 0; r + 2 < shell.rows; r++) {
    const pa_brush *row = brush + (size_t)r * PA_SHELL_COLUMNS;
    for (unsigned c = 1; c < PA_SHELL_COLUMNS; c++)
      assert_true(row[c].turn > row[c - 1].turn);
    /* what is behind is not shifted by where a row opens */
    for (unsigned c = middle - 8; c <= middle + 8; c++)
      assert_true(fabsf(row[c].turn - row[c + PA_SHELL_COLUMNS].turn) < .02f);
    pa_vec a = shell.at[r][middle], b = shell.at[r + 1][middle],
           c = shell.at[r + 2][middle];
    float bend = pa_length(pa_sub(pa_add(a, c), pa_mul(b, 2)));
    assert_true(bend < .35f * pa_length(pa_sub(c, a)));
  }
  pa_mesh_destroy(&mesh);
}

static void one_tress_leaves_the_nape(void **state) {
  (void)state;
  static pa_shell shell;
  hair_of(.3f, &shell);
  const pa_vec *last = shell.at[shell.rows - 1];
  int ear = pa_body_mark_find(body, 454);
  float low = 9, other = 9;
  for (unsigned c = 0; c < PA_SHELL_COLUMNS; c++) {
    if (last[c].x > .03f) low = fminf(low, last[c].y);
    if (last[c].x < .01f) other = fminf(other, last[c].y);
  }
  assert_true(low < figure.point[ear].y - .2f);
  assert_true(other > figure.point[ear].y - .09f);
  assert_true(other < figure.point[ear].y);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(faces_have_brows_eyes_and_lips),
      cmocka_unit_test(brows_are_the_persons),
      cmocka_unit_test(shoes_have_walls_in_the_atlas),
      cmocka_unit_test(necklines_are_as_wide_as_seen),
      cmocka_unit_test(waists_are_as_high_as_seen),
      cmocka_unit_test(hems_curve_as_seen),
      cmocka_unit_test(open_coats_show_legs),
      cmocka_unit_test(skirts_go_with_the_legs),
      cmocka_unit_test(hats_need_no_hair),
      cmocka_unit_test(caps_have_peaks),
      cmocka_unit_test(portraits_have_plain_clothes),
      cmocka_unit_test(prints_stay_on_plain_chests),
      cmocka_unit_test(faces_ask_near_pixels),
      cmocka_unit_test(strands_run_down_and_the_cap_is_round),
      cmocka_unit_test(one_tress_leaves_the_nape),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
