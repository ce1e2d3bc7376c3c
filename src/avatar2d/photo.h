/* Photo styles: the person's own pixels, cut out, brought to the template and
 * painted over. photo_cut.c, photo_tone.c and photo_flow.c prepare, one file
 * photo_STYLE.c each paints. */
#ifndef PARSONA_AVATAR2D_PHOTO_H
#define PARSONA_AVATAR2D_PHOTO_H

#include "avatar2d/head.h"
#include "avatar2d/traits.h"
#include "parsona.h"

/* Pictures are painted at PA_CANVAS x PA_CANVAS pixels or more: strokes that
 * are drawn smaller have no form. */
#define PA_PHOTO_LEAST PA_CANVAS
#define PA_PHOTO_MOST 1024
#define PA_PHOTO_SCRATCH 8

/* What a pixel shows, as painters tell things apart. */
typedef enum pa_photo_part {
  PA_PHOTO_NOTHING,
  PA_PHOTO_SKIN,
  PA_PHOTO_FEATURE, /* eyes, brows, lips: small and dear */
  PA_PHOTO_HAIR,
  PA_PHOTO_UPPER, /* shirt, dress, scarf */
  PA_PHOTO_COAT,
  PA_PHOTO_LOWER, /* trousers, skirt, socks, belt */
  PA_PHOTO_SHOES,
  PA_PHOTO_HAT,
  PA_PHOTO_THING, /* bag, glasses, jewellery */
  PA_PHOTO_PARTS
} pa_photo_part;

typedef struct pa_photo {
  pa_figure_view view;
  int side; /* of all planes, in pixels: even */
  size_t area;
  float scale; /* pixels for one of PA_CANVAS: lengths below are in these */
  /* Colours in OKLab; of the person alone near its edge. */
  float *l, *a, *b;
  float *alpha;   /* 0..1, the person */
  float *fade;    /* 0 at and beyond the photo's edge, 1 well within it */
  float *line;    /* 0..1, ink along the photo's contours */
  float *tx, *ty; /* unit vector along the contours */
  uint8_t *part;  /* pa_photo_part */
  float *scratch[PA_PHOTO_SCRATCH];
  float enlarged;   /* pixels a photo pixel */
  float skin;       /* the face's lightness, 0..1 */
  bool face;        /* the two below mean something */
  float eyes[2][2]; /* x, y: the picture's left, right */
  float unit;       /* pixels a head unit */
} pa_photo;

/* Fills `person` and `background`, photo->area RGBA pixels of straight alpha
 * each. `person` is 0 where photo->alpha is. Lengths (strokes, dots, blurs)
 * grow with photo->scale: a larger picture is the same one, sharper. */
typedef void (*pa_photo_paint)(pa_photo *photo, uint8_t *person,
                               uint8_t *background);

typedef struct pa_photo_style {
  const char *name;
  const char *about; /* one line for people */
  pa_photo_paint paint;
  bool squares;      /* enlarged without smoothing */
  const char *drawn; /* the style that accessories are drawn in */
} pa_photo_style;

size_t pa_photo_style_count(void);
const pa_photo_style *pa_photo_style_at(size_t index); /* NULL out of range */
const pa_photo_style *pa_photo_style_find(const char *name);

/* What a photo avatar consists of: two layers of `side` x `side` pixels. */
typedef struct pa_photo_layers {
  const pa_photo_style *style; /* NULL: none */
  unsigned side;
  uint8_t *background, *person;
  bool bare; /* the background is not shown */
} pa_photo_layers;

/* Paints a person, whose head was found, into `layers` (to be freed), to be
 * shown at `size` pixels a side (0: PA_CANVAS): as many are painted, within
 * PA_PHOTO_LEAST and PA_PHOTO_MOST, rounded up to whole squares of "pixel". */
pa_status pa_photo_create(pa_error *err, const pa_image *image,
                          const pa_scene *scene, const pa_person *person,
                          const pa_head *head, pa_figure_view view,
                          unsigned size, const pa_photo_style *style,
                          pa_photo_layers *layers);
void pa_photo_free(pa_photo_layers *layers);

/* The layers as one picture of `size` x `size` pixels. */
pa_status pa_photo_render(pa_error *err, const pa_photo_layers *layers,
                          unsigned size, uint8_t *rgba);
/* As SVG: an <image> in each of the groups "background" and "person"; SVG text
 * `under` (NULL: none) below the person, `over` above. */
pa_status pa_photo_svg(pa_error *err, const pa_photo_layers *layers,
                       const char *under, const char *over, char **text,
                       size_t *length);

/* Draws accessories that lie over the person's pixels into `over`, and into
 * `under` the background that `options` name, if any, which takes the place of
 * the layers' own. Hair and beard are the photo's. Changes `traits`. */
pa_status pa_photo_wear(pa_error *err, const pa_avatar2d_options *options,
                        pa_traits *traits, pa_photo_layers *layers,
                        pa_picture *under, pa_picture *over);

/* ------------------------------------------------------------ preparing */

/* Room for all planes of `side` x `side`, of any content, the first `scratch`
 * scratch planes among them; NULL without memory. One block. */
pa_photo *pa_photo_open(int side, size_t scratch);
void pa_photo_close(pa_photo *photo);
/* Everything but the scratch planes, of a photo of the same side. */
void pa_photo_copy(pa_photo *to, const pa_photo *from);

/* The radius of a box that is to be as wide as one of `radius` at PA_CANVAS. */
static inline int pa_photo_radius(const pa_photo *photo, float radius) {
  int pixels = (int)((radius + .5f) * photo->scale);
  return pixels > 1 ? pixels : 1;
}
/* Across how many pixels differences are taken: one of PA_CANVAS. */
static inline int pa_photo_step(const pa_photo *photo) {
  return (int)(photo->scale + .5f);
}

/* l, a, b, alpha, fade, part, and the face's place. */
pa_status pa_photo_cut(pa_error *err, const pa_image *image,
                       const pa_scene *scene, const pa_person *person,
                       const pa_head *head, pa_figure_view view,
                       pa_photo *photo);
/* Exposure, local contrast, noise. */
void pa_photo_tone(pa_photo *photo);
/* tx, ty, line. */
void pa_photo_flow(pa_photo *photo);

/* ------------------------------------------------------------ painters */

void pa_photo_pencil(pa_photo *photo, uint8_t *person, uint8_t *background);
void pa_photo_watercolour(pa_photo *photo, uint8_t *person,
                          uint8_t *background);
void pa_photo_oil(pa_photo *photo, uint8_t *person, uint8_t *background);
void pa_photo_neon(pa_photo *photo, uint8_t *person, uint8_t *background);
void pa_photo_popart(pa_photo *photo, uint8_t *person, uint8_t *background);
void pa_photo_pixel(pa_photo *photo, uint8_t *person, uint8_t *background);

#endif
