#include "avatar3d/frames.h"

#include <string.h>

#include "avatar3d/glasses.h"
#include "avatar3d/hair_measure.h"

#define LAST (PA_SHELL_COLUMNS - 1)
#define CORNERS 5    /* of a bar's section, the last is the first again */
#define RIM .0015f   /* half a bar's thickness, metres */
#define EYES_PX 24.f /* between the eyes' outer corners at least */
#define STEP .002f   /* metres, when looking for the outer end of a lens */
#define LOWEST .018f /* a lens, metres high */

/* A lens: its middle across and down, and half of its width and height. */
typedef struct lens {
  float x, v, wide, high;
} lens;

typedef struct maker {
  pa_glasses_form form;
  lens lens;
} maker;

/* From the figure's left and the sheet's height to a place on the sheet. */
static pa_vec place(const maker *m, float x, float v) {
  float wide = m->form.ear.x + .001f;
  float t = pa_clamp(-x / wide, -1, 1) * PA_GLASSES_FRONT;
  return pa_glasses_place(&m->form, t, v);
}

static bool is_glass(const pa_sight *s, const pa_view *view, pa_vec at) {
  pa_vec p = pa_hair_map(&view->face, at);
  return pa_sight_is(s, PA_BIT(PA_LABEL_GLASSES), p.x, p.y);
}

/* Where the mask begins and ends beside an eye; the larger of both sides. */
static bool find_lens(const pa_sight *s, const pa_view *view, float inner,
                      maker *m) {
  const float tall = PA_GLASSES_ABOVE + PA_GLASSES_BELOW;
  float eye = (m->form.outer.x + inner) / 2, top = 1, bottom = 0, out = 0;
  for (int side = -1; side <= 1; side += 2) {
    for (int i = 0; i <= 40; i++)
      for (int j = -4; j <= 4; j++) {
        float v = (float)i / 40, x = eye + .0025f * (float)j;
        if (!is_glass(s, view, place(m, (float)side * x, v))) continue;
        top = fminf(top, v), bottom = fmaxf(bottom, v);
      }
    int steps = (int)pa_clamp((m->form.ear.x - eye) / STEP, 0, 60);
    for (int i = 0; i <= steps; i++)
      for (int j = -2; j <= 2; j++) {
        float x = eye + STEP * (float)i, v = .5f + .1f * (float)j;
        if (is_glass(s, view, place(m, (float)side * x, v)))
          out = fmaxf(out, x);
      }
  }
  if ((bottom - top) * tall < LOWEST || out < m->form.outer.x - .01f)
    return false;
  float outer = pa_clamp(out, m->form.outer.x, m->form.outer.x + .016f);
  float nose = fmaxf(.007f, inner - .006f);
  m->lens = (lens){.x = (outer + nose) / 2,
                   .v = (top + bottom) / 2,
                   .wide = (outer - nose) / 2,
                   .high = fminf((bottom - top) / 2, .48f)};
  return true;
}

static float power(float v) {
  return (v < 0 ? -1.f : 1.f) * powf(fabsf(v), .62f);
}

static pa_vec rim_at(const maker *m, float side, float angle, float out) {
  const lens *l = &m->lens;
  const float tall = PA_GLASSES_ABOVE + PA_GLASSES_BELOW;
  float x = l->x + (l->wide + out) * power(cosf(angle));
  float v = l->v + (l->high + out / tall) * power(sinf(angle));
  return place(m, side * x, v);
}

/* A corner of a square section: outwards, and towards the front. */
static const float section[CORNERS][2] = {
    {1, 1}, {-1, 1}, {-1, -1}, {1, -1}, {1, 1}};

static void build_rim(const maker *m, float side, pa_shell *shell) {
  for (unsigned r = 0; r < CORNERS; r++)
    for (unsigned c = 0; c <= LAST; c++) {
      float angle = side * 2 * PA_PI * (float)c / LAST;
      pa_vec p = rim_at(m, side, angle, RIM * section[r][0]);
      p.z += RIM * section[r][1];
      shell->at[r][c] = p;
    }
}

/* From the rim's outer end to the ear. */
static void build_arm(const maker *m, float side, pa_shell *shell) {
  pa_vec start = rim_at(m, side, 0, 0);
  float v = m->lens.v - .35f * m->lens.high;
  pa_vec hinge = place(m, side * (m->lens.x + m->lens.wide), v);
  hinge.z = start.z;
  pa_vec ear = pa_glasses_place(&m->form, -side, .5f);
  for (unsigned r = 0; r < CORNERS; r++)
    for (unsigned c = 0; c <= LAST; c++) {
      float t = (float)c / LAST;
      pa_vec p = pa_mix(hinge, ear, t);
      /* first out to the temple, then straight back */
      p.x = hinge.x + (ear.x - hinge.x) * pa_smoothstep(-.2f, .5f, t);
      p.y += RIM * section[r][0] * side;
      p.x += side * RIM * (.6f * section[r][1] + .4f);
      p.y -= .012f * pa_smoothstep(.85f, 1, t);
      shell->at[r][c] = p;
    }
}

static void build_bridge(const maker *m, pa_shell *shell) {
  float from = m->lens.x - m->lens.wide, v = m->lens.v - .3f * m->lens.high;
  for (unsigned r = 0; r < CORNERS; r++)
    for (unsigned c = 0; c <= LAST; c++) {
      float t = 2 * (float)c / LAST - 1;
      pa_vec p = place(m, t * from, v);
      p.y += .003f * (1 - t * t) + RIM * section[r][0];
      p.z += .002f * (1 - t * t) + RIM * section[r][1];
      shell->at[r][c] = p;
    }
}

static bool find(const pa_figure *f, const pa_sight *s, const pa_view *view,
                 maker *m) {
  int inner = pa_body_mark_find(f->body, 362);
  if (!view->face.count || !pa_glasses_form_of(f, &m->form) || inner < 0)
    return false;
  pa_vec right = m->form.outer;
  right.x = -right.x;
  pa_vec a = pa_hair_map(&view->face, m->form.outer);
  pa_vec b = pa_hair_map(&view->face, right);
  if (hypotf(a.x - b.x, a.y - b.y) < EYES_PX) return false;
  return find_lens(s, view, f->point[inner].x, m);
}

bool pa_frames_shells(const pa_figure *f, const pa_sight *s,
                      const pa_view *view, const pa_outfit *o,
                      pa_shell shell[PA_FRAMES_PARTS]) {
  maker m;
  pa_rgb lens, rim;
  if (!pa_glasses_show_eyes(s) || pa_glasses_are_dark(s, o, &lens, &rim) ||
      !find(f, s, view, &m))
    return false;
  for (unsigned i = 0; i < PA_FRAMES_PARTS; i++) {
    shell[i] = (pa_shell){.rows = CORNERS,
                          .uv = {.80f, .805f + .018f * (float)i, .2f, .018f},
                          .source = PA_SOURCE_FRAME,
                          .material = PA_MATERIAL_GLASSES,
                          .color = rim};
    if (i < 2)
      build_rim(&m, i ? -1 : 1, &shell[i]);
    else if (i < 4)
      build_arm(&m, i == 3 ? -1 : 1, &shell[i]);
    else
      build_bridge(&m, &shell[i]);
  }
  return true;
}
