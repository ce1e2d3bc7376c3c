#include "stitch/color.h"

#include <math.h>

float pa_srgb_linear(float v) {
  return v <= .04045f ? v / 12.92f : powf((v + .055f) / 1.055f, 2.4f);
}

static uint8_t to_srgb(float c) {
  if (!(c > 0)) return 0;
  if (c >= 1) return 255;
  float v = c <= .0031308f ? 12.92f * c : 1.055f * powf(c, 1 / 2.4f) - .055f;
  return (uint8_t)(v * 255 + .5f);
}

pa_oklab pa_oklab_of_linear(const float rgb[3]) {
  float r = rgb[0], g = rgb[1], b = rgb[2];
  float l = cbrtf(.4122214708f * r + .5363325363f * g + .0514459929f * b);
  float m = cbrtf(.2119034982f * r + .6806995451f * g + .1073969566f * b);
  float s = cbrtf(.0883024619f * r + .2817188376f * g + .6299787005f * b);
  return (pa_oklab){
      .2104542553f * l + .7936177850f * m - .0040720468f * s,
      1.9779984951f * l - 2.4285922050f * m + .4505937099f * s,
      .0259040371f * l + .7827717662f * m - .8086757660f * s,
  };
}

pa_oklab pa_oklab_of(pa_color color) {
  const float rgb[3] = {pa_srgb_linear((float)color.r / 255),
                        pa_srgb_linear((float)color.g / 255),
                        pa_srgb_linear((float)color.b / 255)};
  return pa_oklab_of_linear(rgb);
}

static void to_rgb(pa_oklab lab, float *rgb) {
  float l = lab.l + .3963377774f * lab.a + .2158037573f * lab.b;
  float m = lab.l - .1055613458f * lab.a - .0638541728f * lab.b;
  float s = lab.l - .0894841775f * lab.a - 1.2914855480f * lab.b;
  l *= l * l;
  m *= m * m;
  s *= s * s;
  rgb[0] = 4.0767416621f * l - 3.3077115913f * m + .2309699292f * s;
  rgb[1] = -1.2684380046f * l + 2.6097574011f * m - .3413193965f * s;
  rgb[2] = -.0041960863f * l - .7034186147f * m + 1.7076147010f * s;
}

static bool exists(const float *rgb) {
  const float slack = 1e-3f; /* less than a step of 8 bits */
  for (int i = 0; i < 3; i++)
    if (rgb[i] < -slack || rgb[i] > 1 + slack) return false;
  return true;
}

pa_color pa_oklab_color(pa_oklab lab) {
  float rgb[3];
  to_rgb(lab, rgb);
  if (!exists(rgb)) {
    float least = 0, most = 1;
    for (int i = 0; i < 8; i++) {
      float middle = (least + most) / 2;
      to_rgb((pa_oklab){lab.l, lab.a * middle, lab.b * middle}, rgb);
      if (exists(rgb))
        least = middle;
      else
        most = middle;
    }
    to_rgb((pa_oklab){lab.l, lab.a * least, lab.b * least}, rgb);
  }
  return (pa_color){to_srgb(rgb[0]), to_srgb(rgb[1]), to_srgb(rgb[2]), 255};
}

pa_oklab pa_person_hue(unsigned id) {
  const float golden = 2.39996323f; /* pi * (3 - sqrt 5) */
  const float first = 4.36f;        /* 250 degrees, a clear blue */
  const float lightness = .7f, chroma = .13f;
  float hue = first + golden * (float)(id - 1);
  return (pa_oklab){lightness, chroma * cosf(hue), chroma * sinf(hue)};
}

static float mix(float from, float to, float t) {
  return from + (to - from) * t;
}

pa_color pa_color_tint(pa_color color, unsigned id, float tint) {
  if (id == 0 || !(tint > 0)) return color;
  if (tint > 1) tint = 1;
  pa_oklab own = pa_oklab_of(color), hue = pa_person_hue(id);
  pa_oklab lab = {mix(own.l, hue.l, tint * tint), mix(own.a, hue.a, tint),
                  mix(own.b, hue.b, tint)};
  /* The straight way between two hues leads through grey: keep the chroma. */
  float chroma = mix(hypotf(own.a, own.b), hypotf(hue.a, hue.b), tint);
  float now = hypotf(lab.a, lab.b);
  if (now > 1e-4f) {
    lab.a *= chroma / now;
    lab.b *= chroma / now;
  }
  pa_color turned = pa_oklab_color(lab);
  turned.a = color.a;
  return turned;
}
