/* The named palettes. Colours stand in the order of pa_label_name. */
#include <string.h>

#include "stitch/color.h"

/* Chosen in OKLCH: skin is warm, garments are cool, hair a dark violet, things
 * carried green or gold. Left and right differ by a small step of hue and
 * lightness, what lies side by side by a large one. */
static const pa_color parsona[] = {
    {42, 42, 53, 255},    /* background */
    {116, 68, 180, 255},  /* hat */
    {65, 41, 99, 255},    /* hair */
    {25, 25, 40, 255},    /* glasses */
    {64, 152, 227, 255},  /* upper_clothes */
    {115, 122, 222, 255}, /* dress */
    {56, 87, 144, 255},   /* coat */
    {62, 78, 179, 255},   /* pants */
    {171, 130, 216, 255}, /* skirt */
    {144, 225, 234, 255}, /* socks */
    {57, 195, 174, 255},  /* scarf */
    {242, 195, 156, 255}, /* face */
    {230, 165, 96, 255},  /* left_arm */
    {229, 143, 98, 255},  /* right_arm */
    {216, 137, 73, 255},  /* left_leg */
    {212, 116, 82, 255},  /* right_leg */
    {3, 119, 129, 255},   /* left_shoe */
    {20, 147, 141, 255},  /* right_shoe */
    {47, 160, 106, 255},  /* bag */
    {109, 125, 52, 255},  /* belt */
    {232, 171, 131, 255}, /* torso_skin */
    {243, 211, 80, 255},  /* accessory */
    {3, 125, 159, 255},   /* left_eye */
    {2, 152, 164, 255},   /* right_eye */
    {111, 63, 34, 255},   /* left_brow */
    {131, 73, 53, 255},   /* right_brow */
    {242, 150, 118, 255}, /* nose */
    {214, 69, 86, 255},   /* upper_lip */
    {234, 89, 116, 255},  /* lower_lip */
    {127, 30, 48, 255},   /* mouth */
    {240, 160, 140, 255}, /* left_ear */
    {232, 143, 135, 255}, /* right_ear */
};

/* The eight colours of Okabe and Ito ("Color universal design", 2008), which
 * stay apart with the common kinds of colour blindness, and black, white and
 * shades of them for the rest: a part differs from its neighbours, though not
 * from every other part. */
static const pa_color contrast[] = {
    {255, 255, 255, 255}, /* background */
    {204, 121, 167, 255}, /* hat */
    {0, 0, 0, 255},       /* hair */
    {0, 114, 178, 255},   /* glasses */
    {0, 114, 178, 255},   /* upper_clothes */
    {0, 158, 115, 255},   /* dress */
    {0, 58, 96, 255},     /* coat */
    {86, 180, 233, 255},  /* pants */
    {170, 68, 153, 255},  /* skirt */
    {232, 232, 232, 255}, /* socks */
    {0, 158, 115, 255},   /* scarf */
    {240, 228, 66, 255},  /* face */
    {230, 159, 0, 255},   /* left_arm */
    {213, 94, 0, 255},    /* right_arm */
    {230, 159, 0, 255},   /* left_leg */
    {213, 94, 0, 255},    /* right_leg */
    {40, 40, 40, 255},    /* left_shoe */
    {110, 110, 110, 255}, /* right_shoe */
    {0, 110, 80, 255},    /* bag */
    {240, 228, 66, 255},  /* belt */
    {250, 205, 130, 255}, /* torso_skin */
    {204, 121, 167, 255}, /* accessory */
    {0, 58, 96, 255},     /* left_eye */
    {0, 114, 178, 255},   /* right_eye */
    {0, 0, 0, 255},       /* left_brow */
    {70, 70, 70, 255},    /* right_brow */
    {230, 159, 0, 255},   /* nose */
    {213, 94, 0, 255},    /* upper_lip */
    {170, 68, 153, 255},  /* lower_lip */
    {0, 0, 0, 255},       /* mouth */
    {230, 159, 0, 255},   /* left_ear */
    {213, 94, 0, 255},    /* right_ear */
};

/* Places in the colour map of LIP (Gong et al. 2017) and, from 20 on, of what
 * it does not know; accessory is its glove, torso_skin stands at CIHP's. */
static const uint8_t lip_index[] = {
    0,  1,  2,  4,  5,  6, 7,  9,  12, 8,  11, 13, 14, 15, 16, 17,
    18, 19, 20, 21, 10, 3, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
};

/* No two alike, so that the picture can be read back. */
static const uint8_t greys[] = {
    0,  108, 48, 20, 150, 170, 92, 120, 136, 204, 184, 236, 220, 206, 214, 198,
    56, 70,  78, 34, 226, 250, 84, 98,  62,  74,  244, 144, 158, 112, 210, 192,
};

#define COUNT (sizeof parsona / sizeof parsona[0])

_Static_assert(sizeof contrast / sizeof contrast[0] == COUNT, "a colour each");
_Static_assert(sizeof lip_index == COUNT, "an index each");
_Static_assert(sizeof greys == COUNT, "a grey each");

static void make_parsona(pa_color *colors) {
  memcpy(colors, parsona, sizeof parsona);
}

static void make_contrast(pa_color *colors) {
  memcpy(colors, contrast, sizeof contrast);
}

/* PASCAL VOC's colour map (Everingham et al. 2010, development kit): the bits
 * of the index, three at a time, go to the top bits of red, green and blue. */
static pa_color voc(unsigned index) {
  unsigned r = 0, g = 0, b = 0;
  for (unsigned bit = 0x80; index; bit >>= 1, index >>= 3) {
    if (index & 1) r |= bit;
    if (index & 2) g |= bit;
    if (index & 4) b |= bit;
  }
  return (pa_color){(uint8_t)r, (uint8_t)g, (uint8_t)b, 255};
}

static void make_lip(pa_color *colors) {
  for (size_t i = 0; i < COUNT; i++)
    colors[i] = voc(lip_index[i]);
}

/* "parsona" in a high key. */
static void make_pastel(pa_color *colors) {
  for (size_t i = 0; i < COUNT; i++) {
    pa_oklab lab = pa_oklab_of(parsona[i]);
    lab.l = .6f + .35f * lab.l;
    lab.a *= .72f;
    lab.b *= .72f;
    colors[i] = pa_oklab_color(lab);
  }
}

static void make_grey(pa_color *colors) {
  for (size_t i = 0; i < COUNT; i++)
    colors[i] = (pa_color){greys[i], greys[i], greys[i], 255};
}

static const struct {
  const char *name;
  void (*make)(pa_color *colors);
} palettes[] = {
    {"parsona", make_parsona},   {"lip", make_lip},   {"pastel", make_pastel},
    {"contrast", make_contrast}, {"grey", make_grey},
};

size_t pa_palette_count(void) {
  return sizeof palettes / sizeof palettes[0];
}

const char *pa_palette_name(size_t palette) {
  return palette < pa_palette_count() ? palettes[palette].name : NULL;
}

pa_status pa_palette(const char *name, pa_color *colors) {
  if (!name || !colors) return PA_ERROR_ARGUMENT;
  for (size_t i = 0; i < pa_palette_count(); i++) {
    if (strcmp(name, palettes[i].name) != 0) continue;
    palettes[i].make(colors);
    return PA_OK;
  }
  return PA_ERROR_ARGUMENT;
}
