/* Photo styles on scenes made by hand: what is painted, and that no mask or
 * photo brings a painter down. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "avatar2d/kept.h"
#include "avatar2d/photo.h"
#include "avatar2d/photo_filter.h"
#include "base/keep.h"
#include "base/mem.h"
#include "parse/scene.h"

#define AREA ((size_t)PA_CANVAS * PA_CANVAS)

typedef struct fixture {
  pa_image *image;
  pa_scene *scene;
  pa_head head;
} fixture;

static uint8_t label(const char *name) {
  int found = pa_label_find(name);
  assert_true(found > 0);
  return (uint8_t)found;
}

/* A photo of `width` x `height`, in which a head of `unit` pixels a head unit
 * lies with its eyes at (x, y). */
static fixture make(unsigned width, unsigned height, float x, float y,
                    float unit) {
  fixture f = {0};
  pa_error err;
  assert_int_equal(pa_image_create(&err, width, height, &f.image), PA_OK);
  assert_int_equal(pa_scene_create(&err, width, height, 2, &f.scene), PA_OK);
  for (size_t i = 0; i < 4 * (size_t)width * height; i++)
    f.image->rgba[i] = i % 4 == 3 ? 255 : (uint8_t)(i * 37 % 251);
  f.image->opaque = true;
  f.head.face = true;
  f.head.unit = unit;
  f.head.to_photo = (pa_affine){unit, 0, x, 0, unit, y};
  f.scene->data[0].person.id = 1;
  f.scene->person_count = 1;
  pa_scene_measure(f.scene);
  return f;
}

static void drop(fixture *f) {
  pa_image_destroy(f->image);
  pa_scene_destroy(f->scene);
}

static void set(fixture *f, unsigned x, unsigned y, const char *name,
                unsigned rgb) {
  size_t i = (size_t)y * f->image->width + x;
  f->scene->labels[i] = label(name);
  f->scene->persons[i] = 1;
  f->image->rgba[4 * i] = (uint8_t)(rgb >> 16);
  f->image->rgba[4 * i + 1] = (uint8_t)(rgb >> 8);
  f->image->rgba[4 * i + 2] = (uint8_t)rgb;
}

/* A face of an ellipse, hair above it, a shirt below; noise around. */
static fixture make_bust(unsigned size) {
  float unit = (float)size / 430, cx = (float)size / 2, cy = .45f * (float)size;
  fixture f = make(size, size, cx, cy, unit);
  for (unsigned y = 0; y < size; y++)
    for (unsigned x = 0; x < size; x++) {
      float u = ((float)x + .5f - cx) / unit, v = ((float)y + .5f - cy) / unit;
      bool face = u * u / 4900 + (v - 10) * (v - 10) / 9000 < 1;
      if (face && fabsf(v) < 8 && fabsf(fabsf(u) - 32) < 16)
        set(&f, x, y, u < 0 ? "right_eye" : "left_eye", 0x20140c);
      else if (face && v > -60)
        set(&f, x, y, "face", 0xd8a080);
      else if (u * u / 7000 + (v + 30) * (v + 30) / 9000 < 1)
        set(&f, x, y, "hair", 0x402818);
      else if (v > 120 && fabsf(u) < 130)
        set(&f, x, y, "upper_clothes", 0x2060b0);
    }
  pa_keypoint *k = f.scene->data[0].person.keypoints;
  k[PA_KP_RIGHT_EYE] = (pa_keypoint){cx - 32 * unit, cy, 1};
  k[PA_KP_LEFT_EYE] = (pa_keypoint){cx + 32 * unit, cy, 1};
  pa_scene_measure(f.scene);
  return f;
}

static pa_photo_layers paint_at(const fixture *f, pa_figure_view view,
                                size_t style, unsigned size) {
  pa_error err = {0};
  pa_photo_layers layers;
  pa_status status =
      pa_photo_create(&err, f->image, f->scene, &f->scene->data[0].person,
                      &f->head, view, size, pa_photo_style_at(style), &layers);
  assert_int_equal(status, PA_OK);
  return layers;
}

static pa_photo_layers paint(const fixture *f, pa_figure_view view,
                             size_t style) {
  return paint_at(f, view, style, 0);
}

static const uint8_t *pixel(const uint8_t *layer, int x, int y) {
  return layer + 4 * ((size_t)y * PA_CANVAS + (size_t)x);
}

/* Solid where the person is, nothing where nobody is, whatever the style. */
static void layers_are_the_person(void **state) {
  (void)state;
  fixture f = make_bust(700);
  for (size_t s = 0; s < pa_photo_style_count(); s++) {
    pa_photo_layers layers = paint(&f, PA_VIEW_HEAD, s);
    assert_true(pixel(layers.person, 256, 270)[3] > 250);
    assert_int_equal(pixel(layers.person, 30, 40)[3], 0);
    assert_int_equal(pixel(layers.person, 480, 200)[3], 0);
    for (size_t i = 0; i < AREA; i++) {
      assert_int_equal(layers.background[4 * i + 3], 255);
      const uint8_t *p = layers.person + 4 * i;
      if (!p[3]) assert_int_equal(p[0] + p[1] + p[2], 0);
    }
    pa_photo_free(&layers);
  }
  drop(&f);
}

/* The person's alpha below the mouth when a square there is nobody's. */
static int alpha_in_gap(float half) {
  fixture f = make_bust(700);
  const pa_affine *m = &f.head.to_photo;
  int x0 = (int)m->x0, y0 = (int)(m->y0 + 55 * m->yy), r = (int)(half * m->xx);
  for (int y = y0 - r; y <= y0 + r; y++)
    for (int x = x0 - r; x <= x0 + r; x++) {
      size_t i = (size_t)y * f.image->width + (size_t)x;
      f.scene->persons[i] = f.scene->labels[i] = 0;
    }
  pa_affine canvas = pa_view_affine(PA_VIEW_HEAD);
  float x, y;
  pa_affine_apply(&canvas, 0, 55, &x, &y);
  pa_photo_layers layers = paint(&f, PA_VIEW_HEAD, 0);
  int alpha = pixel(layers.person, (int)x, (int)y)[3];
  pa_photo_free(&layers);
  drop(&f);
  return alpha;
}

/* Labels leave small gaps in a person; one between arm and trunk is larger. */
static void small_gaps_are_filled(void **state) {
  (void)state;
  assert_true(alpha_in_gap(9) > 240);
  assert_true(alpha_in_gap(32) < 60);
}

/* Labels beside the head of a bust, around (u, v), and the alpha there. */
static int alpha_of(const char *name, float u, float v, float radius) {
  fixture f = make_bust(700);
  const pa_affine *m = &f.head.to_photo;
  for (float dy = -radius; dy <= radius; dy += .5f)
    for (float dx = -radius; dx <= radius; dx += .5f) {
      unsigned x = (unsigned)(m->x0 + (u + dx) * m->xx);
      unsigned y = (unsigned)(m->y0 + (v + dy) * m->yy);
      if (!f.scene->labels[(size_t)y * f.image->width + x])
        set(&f, x, y, name, 0x40a060);
    }
  pa_affine canvas = pa_view_affine(PA_VIEW_HEAD);
  float x, y;
  pa_affine_apply(&canvas, u, v, &x, &y);
  pa_photo_layers layers = paint(&f, PA_VIEW_HEAD, 0);
  int alpha = pixel(layers.person, (int)x, (int)y)[3];
  pa_photo_free(&layers);
  drop(&f);
  return alpha;
}

/* Splinters are nobody's; a hat, hair however wide and a raised hand are. */
static void splinters_are_left_out(void **state) {
  (void)state;
  assert_true(alpha_of("hat", 0, -130, 40) > 200);
  assert_true(alpha_of("hair", 150, -100, 30) > 200);
  assert_true(alpha_of("hair", 100, 60, 30) > 200);
  assert_true(alpha_of("left_arm", 150, -60, 8) < 40);
  assert_true(alpha_of("left_arm", 140, -60, 30) > 200);
}

/* Gives what is hair in a strip of a bust's crown to a neighbour, whose eyes
 * are `away` head units to the right, and returns the alpha there. */
static int alpha_of_crown(float away) {
  fixture f = make_bust(700);
  const pa_affine *m = &f.head.to_photo;
  pa_person *other = &f.scene->data[1].person;
  other->id = 2;
  pa_keypoint *k = other->keypoints;
  float x = m->x0 + away * m->xx, y = m->y0;
  k[PA_KP_RIGHT_EYE] = (pa_keypoint){x - 32 * m->xx, y, 1};
  k[PA_KP_LEFT_EYE] = (pa_keypoint){x + 32 * m->xx, y, 1};
  k[PA_KP_MOUTH_LEFT] = k[PA_KP_MOUTH_RIGHT] =
      (pa_keypoint){x, y + 63 * m->yy, 1};
  f.scene->person_count = 2;
  for (float v = -120; v < -80; v += .5f)
    for (float u = -60; u < 60; u += .5f) {
      size_t at = (size_t)(m->y0 + v * m->yy) * f.image->width +
                  (size_t)(m->x0 + u * m->xx);
      if (f.scene->labels[at] == label("hair")) f.scene->persons[at] = 2;
    }
  pa_scene_measure(f.scene);
  pa_affine canvas = pa_view_affine(PA_VIEW_HEAD);
  pa_affine_apply(&canvas, 0, -100, &x, &y);
  pa_photo_layers layers = paint(&f, PA_VIEW_HEAD, 0);
  int alpha = pixel(layers.person, (int)x, (int)y)[3];
  pa_photo_free(&layers);
  drop(&f);
  return alpha;
}

/* A crown that the map gives to who stands beside comes back; not when their
 * heads are as near. */
static void crowns_come_back(void **state) {
  (void)state;
  assert_true(alpha_of_crown(190) > 240);
  assert_true(alpha_of_crown(20) < 40);
}

static uint8_t *render(const pa_photo_layers *layers, unsigned size) {
  pa_error err;
  uint8_t *rgba = pa_mem_alloc(4 * (size_t)size * size);
  assert_non_null(rgba);
  assert_int_equal(pa_photo_render(&err, layers, size, rgba), PA_OK);
  return rgba;
}

/* The mean difference of two pictures' colours, and of neighbours in one. */
static double differ(const uint8_t *a, const uint8_t *b, size_t pixels) {
  double sum = 0;
  for (size_t i = 0; i < 4 * pixels; i++)
    if (i % 4 < 3) sum += abs(a[i] - b[i]);
  return sum / (3 * (double)pixels);
}

static double detail(const uint8_t *rgba, size_t side) {
  return differ(rgba, rgba + 4, side * side - 1);
}

/* Twice as large, a painting is the same one (its strokes grow along), but
 * painted anew: it has detail that the enlarged one lacks. */
static void large_paintings_are_painted(void **state) {
  (void)state;
  fixture f = make_bust(1400);
  /* A pattern that is seen at 1024 and hardly at 512. */
  for (unsigned i = 0; i < 1400 * 1400; i++)
    if (f.scene->labels[i] == label("upper_clothes") && i % 1400 / 3 % 2)
      memset(f.image->rgba + 4 * (size_t)i, 230, 3);
  for (size_t s = 0; s < pa_photo_style_count(); s++) {
    pa_photo_layers small = paint_at(&f, PA_VIEW_HEAD, s, 512);
    pa_photo_layers large = paint_at(&f, PA_VIEW_HEAD, s, 1024);
    assert_int_equal(small.side, 512);
    assert_int_equal(large.side, 1024);
    uint8_t *shrunk = render(&large, 512), *own = render(&small, 512);
    uint8_t *sharp = render(&large, 1024), *enlarged = render(&small, 1024);
    assert_true(differ(shrunk, own, AREA) < 14);
    if (pa_photo_style_at(s)->squares)
      assert_true(differ(sharp, enlarged, 4 * AREA) < 3);
    else
      assert_true(detail(sharp, 1024) > 1.04 * detail(enlarged, 1024));
    pa_mem_free(shrunk);
    pa_mem_free(own);
    pa_mem_free(sharp);
    pa_mem_free(enlarged);
    pa_photo_free(&small);
    pa_photo_free(&large);
  }
  drop(&f);
}

/* Between 512 and 1024 as asked for, rounded up to whole squares. */
static void sides_are_within_limits(void **state) {
  (void)state;
  static const unsigned sides[][2] = {{0, 512},   {16, 512},    {513, 576},
                                      {700, 704}, {1024, 1024}, {4096, 1024}};
  fixture f = make_bust(120);
  for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
    for (size_t s = 0; s < pa_photo_style_count(); s += 5) {
      pa_photo_layers layers = paint_at(&f, PA_VIEW_FULL, s, sides[i][0]);
      assert_int_equal(layers.side, sides[i][1]);
      pa_photo_free(&layers);
    }
  drop(&f);
}

static void painting_is_deterministic(void **state) {
  (void)state;
  fixture f = make_bust(300);
  for (size_t s = 0; s < pa_photo_style_count(); s++) {
    pa_photo_layers a = paint(&f, PA_VIEW_HALF, s);
    pa_photo_layers b = paint(&f, PA_VIEW_HALF, s);
    assert_memory_equal(a.person, b.person, 4 * AREA);
    assert_memory_equal(a.background, b.background, 4 * AREA);
    pa_photo_free(&a);
    pa_photo_free(&b);
  }
  drop(&f);
}

/* Squares of one colour each, and few colours. */
static void pixels_are_few(void **state) {
  (void)state;
  fixture f = make_bust(700);
  size_t style = 0;
  while (strcmp(pa_photo_style_at(style)->name, "pixel"))
    style++;
  pa_photo_layers layers = paint(&f, PA_VIEW_HEAD, style);
  uint32_t colors[64];
  size_t count = 0;
  for (int y = 0; y < PA_CANVAS; y++)
    for (int x = 0; x < PA_CANVAS; x++) {
      uint32_t color, corner;
      memcpy(&color, pixel(layers.person, x, y), 4);
      memcpy(&corner, pixel(layers.person, x & ~7, y & ~7), 4);
      assert_int_equal(color, corner);
      size_t k = 0;
      while (k < count && colors[k] != color)
        k++;
      if (k < count) continue;
      assert_true(count < 32);
      colors[count++] = color;
    }
  assert_true(count > 6);
  pa_photo_free(&layers);
  drop(&f);
}

/* Where the photo ends within the frame nothing of the person is left, and
 * nothing ends in a straight cut: alpha has many values along the edge. */
static void photos_end_gracefully(void **state) {
  (void)state;
  fixture f = make(400, 300, 200, 150, 1);
  for (unsigned y = 0; y < 300; y++)
    for (unsigned x = 0; x < 400; x++)
      set(&f, x, y, "upper_clothes", 0x808890);
  pa_scene_measure(f.scene);
  pa_affine view = pa_view_affine(PA_VIEW_HEAD);
  int end = (int)ceilf(view.y0 + 150 * view.yy); /* of the photo */
  assert_true(end < PA_CANVAS - 40);
  for (size_t s = 0; s < pa_photo_style_count(); s++) {
    pa_photo_layers layers = paint(&f, PA_VIEW_HEAD, s);
    int before = 0;
    for (int x = 100; x < 400; x++) {
      assert_int_equal(pixel(layers.person, x, end + 1)[3], 0);
      before += pixel(layers.person, x, end - 5)[3] < 128;
      assert_true(pixel(layers.person, x, end - 80)[3] > 200);
    }
    assert_true(before > 30);
    pa_photo_free(&layers);
  }
  drop(&f);
}

/* A head of which nothing else is seen gets shoulders, in the frames that show
 * them; one with a shirt keeps its own. */
static void heads_alone_get_a_bust(void **state) {
  (void)state;
  fixture f = make_bust(700);
  const size_t oil = 2;
  size_t shirt = label("upper_clothes");
  pa_photo_layers own = paint(&f, PA_VIEW_HEAD, oil);
  for (size_t i = 0; i < (size_t)700 * 700; i++)
    if (f.scene->labels[i] == shirt)
      f.scene->labels[i] = f.scene->persons[i] = 0;
  pa_scene_measure(f.scene);
  pa_photo_layers given = paint(&f, PA_VIEW_HEAD, oil);
  pa_photo_layers full = paint(&f, PA_VIEW_FULL, oil);
  const int low = 256 + (int)(1.42f * 165), full_low = 86 + 83;
  assert_true(pixel(own.person, 256, low)[3] > 250);
  assert_true(pixel(given.person, 256, low)[3] > 250);
  assert_true(pixel(given.person, 256 + 120, low)[3] > 250);
  assert_int_equal(pixel(given.person, 256 + 160, 300)[3], 0);
  assert_int_equal(pixel(full.person, 256, full_low)[3], 0);
  const uint8_t *neck = pixel(given.person, 256, 256 + (int)(1.42f * 122));
  assert_true(neck[3] > 250 && neck[0] > neck[2] + 20);
  pa_photo_free(&own);
  pa_photo_free(&given);
  pa_photo_free(&full);
  drop(&f);
  /* The same where the photo ends below the chin. */
  f = make(600, 400, 300, 245, 1.5f);
  for (unsigned y = 100; y < 400; y++)
    for (unsigned x = 195; x < 405; x++)
      set(&f, x, y, "face", 0xd8a080);
  pa_scene_measure(f.scene);
  given = paint(&f, PA_VIEW_HEAD, oil);
  assert_true(pixel(given.person, 256, low)[3] > 250);
  assert_true(pixel(given.person, 256 + 120, low)[3] > 250);
  pa_photo_free(&given);
  drop(&f);
}

static void survive(const fixture *f) {
  for (size_t s = 0; s < pa_photo_style_count(); s++)
    for (int view = PA_VIEW_HEAD; view <= PA_VIEW_FULL; view++) {
      pa_photo_layers layers = paint(f, (pa_figure_view)view, s);
      pa_photo_free(&layers);
    }
}

static void odd_masks_are_survived(void **state) {
  (void)state;
  fixture empty = make(64, 48, 30, 20, .3f);
  survive(&empty);
  drop(&empty);
  fixture dot = make(1, 1, 0, 0, .01f);
  survive(&dot);
  set(&dot, 0, 0, "hair", 0xffffff);
  survive(&dot);
  drop(&dot);
  fixture corner = make(200, 200, 199, 199, 2);
  for (unsigned i = 150; i < 200; i++)
    for (unsigned k = 150; k < 200; k++)
      set(&corner, i, k, "face", 0);
  survive(&corner);
  drop(&corner);
  /* A head far from its photo. */
  fixture away = make(50, 50, 4000, -4000, 1);
  for (unsigned i = 0; i < 50; i++)
    set(&away, i, i, "coat", 0xff00ff);
  survive(&away);
  drop(&away);
}

static void memory_may_run_out(void **state) {
  (void)state;
  fixture f = make_bust(120);
  long needed = 0;
  for (;; needed++) {
    pa_error err = {0};
    pa_photo_layers layers;
    size_t before = pa_mem_used();
    pa_mem_fail_after(needed);
    pa_status status = pa_photo_create(
        &err, f.image, f.scene, &f.scene->data[0].person, &f.head, PA_VIEW_HEAD,
        0, pa_photo_style_at(0), &layers);
    pa_mem_fail_after(-1);
    if (status == PA_OK) {
      pa_photo_free(&layers);
      break;
    }
    assert_int_equal(status, PA_ERROR_MEMORY);
    assert_true(pa_mem_used() == before);
  }
  assert_true(needed >= 3);
  drop(&f);
}

/* ------------------------------------------------------------ kept */

static pa_photo_layers paint_person(const fixture *f, size_t person,
                                    pa_figure_view view, size_t style) {
  pa_error err = {0};
  pa_photo_layers layers;
  assert_int_equal(pa_photo_create(&err, f->image, f->scene,
                                   &f->scene->data[person].person, &f->head,
                                   view, 0, pa_photo_style_at(style), &layers),
                   PA_OK);
  return layers;
}

/* What is kept of a person is what would be made anew, whichever painter went
 * over it before. */
static void what_is_kept_is_the_same(void **state) {
  (void)state;
  fixture f = make_bust(240), kept = make_bust(240);
  kept.scene->keep = pa_keep_create();
  size_t before = pa_mem_used();
  for (size_t k = 0; k < 2 * pa_photo_style_count(); k++) {
    const size_t style = k % pa_photo_style_count();
    pa_figure_view view = k % 5 == 4 ? PA_VIEW_HALF : PA_VIEW_HEAD;
    pa_photo_layers want = paint(&f, view, style);
    pa_photo_layers got = paint(&kept, view, style);
    assert_memory_equal(got.person, want.person, 4 * AREA);
    assert_memory_equal(got.background, want.background, 4 * AREA);
    pa_photo_free(&want);
    pa_photo_free(&got);
  }
  size_t held = pa_mem_used() - before;
  assert_in_range(held, 8 * AREA * sizeof(float), 9 * AREA * sizeof(float));
  drop(&kept);
  drop(&f);
}

/* Of more people than there is room for the latest are kept, and each gets the
 * own picture. */
static void few_are_kept(void **state) {
  (void)state;
  enum { ALL = PA_KEPT_PEOPLE + 2 };
  fixture f = make_bust(120);
  const pa_scene_person_data first = f.scene->data[0];
  pa_mem_free(f.scene->data);
  f.scene->data = pa_mem_calloc(ALL, sizeof first);
  for (unsigned i = 0; i < ALL; i++) {
    f.scene->data[i] = first;
    f.scene->data[i].person.id = i + 1; /* all but the first are nobody */
  }
  f.scene->person_count = ALL;
  f.scene->keep = pa_keep_create();
  for (int round = 0; round < 2; round++)
    for (size_t i = 0; i < ALL; i++) {
      pa_photo_layers layers = paint_person(&f, i, PA_VIEW_HEAD, 5);
      assert_int_equal(pixel(layers.person, 256, 270)[3] > 250, i == 0);
      pa_photo_free(&layers);
    }
  size_t held = pa_mem_used();
  pa_keep_destroy(f.scene->keep);
  f.scene->keep = NULL;
  held -= pa_mem_used();
  assert_true(held < (PA_KEPT_PEOPLE * 9) * AREA * sizeof(float));
  drop(&f);
}

/* A box that somebody has open is done without. */
static void open_boxes_are_left_alone(void **state) {
  (void)state;
  fixture f = make_bust(120);
  f.scene->keep = pa_keep_create();
  assert_true(pa_keep_open(f.scene->keep));
  assert_false(pa_keep_open(f.scene->keep));
  assert_false(pa_keep_open(NULL));
  pa_photo_layers layers = paint(&f, PA_VIEW_HEAD, 5);
  assert_true(pixel(layers.person, 256, 270)[3] > 250);
  assert_null(f.scene->keep->what);
  pa_keep_close(f.scene->keep);
  pa_photo_free(&layers);
  drop(&f);
}

static void svg_holds_both_layers(void **state) {
  (void)state;
  fixture f = make_bust(120);
  pa_photo_layers layers = paint(&f, PA_VIEW_HEAD, 0);
  pa_error err;
  char *svg;
  size_t length;
  assert_int_equal(pa_photo_svg(&err, &layers, NULL, NULL, &svg, &length),
                   PA_OK);
  assert_int_equal(strlen(svg), length);
  assert_non_null(strstr(svg, "<g id=\"background\">"));
  const char *person = strstr(svg, "<g id=\"person\">");
  assert_non_null(person);
  /* The signature of PNG, 3 bytes as 4 characters. */
  assert_non_null(strstr(person, "base64,iVBORw0KGgo"));
  assert_string_equal(svg + length - 7, "</svg>\n");
  pa_mem_free(svg);
  layers.bare = true;
  assert_int_equal(pa_photo_svg(&err, &layers, NULL, NULL, &svg, &length),
                   PA_OK);
  assert_null(strstr(svg, "<g id=\"background\">"));
  pa_mem_free(svg);
  pa_photo_free(&layers);
  drop(&f);
}

/* ------------------------------------------------------------ filters */

static void boxes_are_means(void **state) {
  (void)state;
  enum { W = 24, H = 17 };
  float in[W * H], out[W * H];
  for (int i = 0; i < W * H; i++)
    in[i] = pa_hash((uint32_t)i, 0, 1);
  const int radii[] = {1, 3, 12, 40};
  for (int k = 0; k < 8; k++) {
    int r = radii[k / 2], w = W - k % 2;
    pa_box(in, out, w, H, r);
    for (int y = 0; y < H; y++)
      for (int x = 0; x < w; x++) {
        double sum = 0, count = 0;
        for (int v = y - r; v <= y + r; v++)
          for (int u = x - r; u <= x + r; u++)
            if (u >= 0 && v >= 0 && u < w && v < H)
              sum += in[v * w + u], count++;
        assert_true(fabs(sum / count - out[y * w + x]) < 1e-5);
      }
  }
}

static void rows_of_noise_are_the_noise(void **state) {
  (void)state;
  enum { N = 300 };
  const float sizes[] = {.7f, 1, 2.4f, 17, 130};
  float row[N];
  for (int k = 0; k < 5; k++)
    for (int y = 0; y < 40; y += 3) {
      pa_noise_row(31, (float)y, sizes[k], 5, N, row);
      for (int x = 0; x < N; x++) {
        float want = pa_noise(31 + (float)x, (float)y, sizes[k], 5);
        assert_true(fabsf(row[x] - want) < 2e-3f);
      }
    }
}

/* In two passes as in one, where lines are straight and go on. */
static void lines_are_means(void **state) {
  (void)state;
  enum { SIDE = 64, STEPS = 10 };
  static float in[SIDE * SIDE], tx[SIDE * SIDE], ty[SIDE * SIDE];
  static float alpha[SIDE * SIDE], spare[SIDE * SIDE], out[SIDE * SIDE];
  static uint8_t part[SIDE * SIDE];
  for (int i = 0; i < SIDE * SIDE; i++) {
    in[i] = pa_hash((uint32_t)i, 3, 1);
    tx[i] = i % 3 ? 1 : -1, alpha[i] = 1;
    part[i] = i % SIDE < 50;
  }
  for (int pass = 0; pass < 2; pass++) {
    pa_along(in, tx, ty, alpha, part, SIDE, STEPS, 1, pass ? spare : NULL, out);
    for (int x = STEPS + 1; x < 50 - STEPS - 1; x++) {
      float sum = 0;
      for (int k = -STEPS; k <= STEPS; k++)
        sum += in[20 * SIDE + x + k];
      float mean = sum / (2 * STEPS + 1);
      assert_true(fabsf(out[20 * SIDE + x] - mean) < 1e-5f);
    }
    /* Nothing comes over from the other part. */
    in[20 * SIDE + 50] += 1000;
    pa_along(in, tx, ty, alpha, part, SIDE, STEPS, 1, pass ? spare : NULL, out);
    in[20 * SIDE + 50] -= 1000;
    assert_true(out[20 * SIDE + 49] < 1 && out[20 * SIDE + 51] > 10);
  }
}

static void colors_come_back(void **state) {
  (void)state;
  for (unsigned v = 0; v < 0x1000000; v += 0x010305) {
    float rgb[3] = {(float)(v >> 16), (float)(v >> 8 & 255), (float)(v & 255)};
    float l, a, b;
    uint8_t back[3];
    pa_lab_planes(rgb, 1, &l, &a, &b);
    pa_oklab exact = pa_oklab_of(
        (pa_color){(uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v, 255});
    assert_true(fabsf(l - exact.l) < 1e-3f && fabsf(a - exact.a) < 1e-3f &&
                fabsf(b - exact.b) < 1e-3f);
    pa_lab_bytes(l, a, b, back);
    for (int c = 0; c < 3; c++)
      assert_true(fabsf((float)back[c] - rgb[c]) <= 1);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(layers_are_the_person),
      cmocka_unit_test(small_gaps_are_filled),
      cmocka_unit_test(splinters_are_left_out),
      cmocka_unit_test(crowns_come_back),
      cmocka_unit_test(large_paintings_are_painted),
      cmocka_unit_test(sides_are_within_limits),
      cmocka_unit_test(painting_is_deterministic),
      cmocka_unit_test(pixels_are_few),
      cmocka_unit_test(photos_end_gracefully),
      cmocka_unit_test(heads_alone_get_a_bust),
      cmocka_unit_test(odd_masks_are_survived),
      cmocka_unit_test(memory_may_run_out),
      cmocka_unit_test(what_is_kept_is_the_same),
      cmocka_unit_test(few_are_kept),
      cmocka_unit_test(open_boxes_are_left_alone),
      cmocka_unit_test(svg_holds_both_layers),
      cmocka_unit_test(boxes_are_means),
      cmocka_unit_test(rows_of_noise_are_the_noise),
      cmocka_unit_test(lines_are_means),
      cmocka_unit_test(colors_come_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
