#include "avatar2d/style.h"

#include <math.h>
#include <string.h>

#include "base/clamp.h"
#include "stitch/color.h"

static const pa_style styles[] = {
    {.name = "flat",
     .about = "big calm shapes, two tones, no outlines",
     .eyes = PA_EYES_ALMOND,
     .shade = PA_SHADE_CEL,
     .backdrop = PA_BACKDROP_PLAIN,
     .eye_scale = 1,
     .chroma = 1.05f,
     .contrast = 1},
    {.name = "anime",
     .about = "tall shining eyes, fine lines, hard shadows",
     .eyes = PA_EYES_ANIME,
     .shade = PA_SHADE_CEL,
     .backdrop = PA_BACKDROP_SKY,
     .line = 2.2f,
     .eye_scale = 1,
     .chroma = 1.15f,
     .contrast = 1},
    {.name = "comic",
     .about = "black ink, full colours, dots for shadows",
     .eyes = PA_EYES_ALMOND,
     .shade = PA_SHADE_HALFTONE,
     .backdrop = PA_BACKDROP_RAYS,
     .line = 4.2f,
     .inked = true,
     .ink = {22, 18, 26, 255},
     .eye_scale = 1,
     .chroma = 1.3f,
     .contrast = 1.2f},
    {.name = "cyberpunk",
     .about = "night, neon rims in magenta and cyan",
     .eyes = PA_EYES_ALMOND,
     .shade = PA_SHADE_NEON,
     .backdrop = PA_BACKDROP_CITY,
     .line = 1.2f,
     .eye_scale = 1,
     .chroma = 1.1f,
     .contrast = 1.3f,
     .neon = true},
    {.name = "sticker",
     .about = "a cut-out with a white rim and dots for eyes",
     .eyes = PA_EYES_DOT,
     .shade = PA_SHADE_CEL,
     .backdrop = PA_BACKDROP_NONE,
     .line = 3.6f,
     .inked = true,
     .ink = {58, 38, 44, 255},
     .eye_scale = 1,
     .chroma = 1.15f,
     .contrast = .8f,
     .border = true},
    {.name = "soft",
     .about = "round forms in gradients, as of clay",
     .eyes = PA_EYES_ALMOND,
     .shade = PA_SHADE_SOFT,
     .backdrop = PA_BACKDROP_GLOW,
     .eye_scale = 1,
     .chroma = 1.08f,
     .contrast = 1},
    {.name = "ink",
     .about = "black and white, drawn with a brush",
     .eyes = PA_EYES_INK,
     .shade = PA_SHADE_NONE,
     .backdrop = PA_BACKDROP_DISC,
     .line = 3.8f,
     .inked = true,
     .ink = {24, 22, 28, 255},
     .eye_scale = 1,
     .chroma = 0,
     .contrast = 1,
     .grey = true},
};

#define STYLES (sizeof styles / sizeof *styles)

static const char *const backdrops[PA_BACKDROP_COUNT] = {
    "none", "disc", "plain", "glow",  "rays",
    "dots", "sky",  "city",  "waves", "confetti"};

size_t pa_style_count(void) {
  return STYLES;
}

const pa_style *pa_style_at(size_t index) {
  return index < STYLES ? &styles[index] : NULL;
}

const pa_style *pa_style_find(const char *name) {
  for (size_t i = 0; name && i < STYLES; i++)
    if (!strcmp(styles[i].name, name)) return &styles[i];
  return NULL;
}

const char *pa_backdrop_name(pa_backdrop backdrop) {
  return backdrop < PA_BACKDROP_COUNT ? backdrops[backdrop] : NULL;
}

static float mix(float a, float b, float t) {
  return a + (b - a) * t;
}

pa_color pa_tone(pa_color color, float by) {
  pa_oklab lab = pa_oklab_of(color);
  if (by < 0) {
    float k = pa_clamp(-by, 0, 1);
    lab.l *= 1 - k;
    lab.a = lab.a * (1 + .25f * k) + .02f * k;
    lab.b = lab.b * (1 - .1f * k) - .025f * k;
  } else {
    lab.l = mix(lab.l, 1, pa_clamp(by, 0, 1));
    lab.a *= 1 - .5f * by;
    lab.b = lab.b * (1 - .4f * by) + .01f * by;
  }
  uint8_t alpha = color.a;
  color = pa_oklab_color(lab);
  color.a = alpha;
  return color;
}

pa_color pa_fade(pa_color color, float alpha) {
  color.a = (uint8_t)((float)color.a * pa_clamp(alpha, 0, 1) + .5f);
  return color;
}

pa_color pa_mix(pa_color a, pa_color b, float t) {
  pa_oklab x = pa_oklab_of(a), y = pa_oklab_of(b);
  t = pa_clamp(t, 0, 1);
  pa_color mixed = pa_oklab_color(
      (pa_oklab){mix(x.l, y.l, t), mix(x.a, y.a, t), mix(x.b, y.b, t)});
  mixed.a = (uint8_t)(mix((float)a.a, (float)b.a, t) + .5f);
  return mixed;
}

float pa_lightness(pa_color color) {
  return pa_oklab_of(color).l;
}

pa_color pa_hex(unsigned rgb) {
  return (pa_color){(uint8_t)(rgb >> 16), (uint8_t)(rgb >> 8), (uint8_t)rgb,
                    255};
}
