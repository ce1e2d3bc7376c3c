/* What an avatar is drawn from: a person in some eighty numbers and words, and
 * the outline of the hair. docs/avatar2d.md describes them as JSON.
 *
 * Lengths are in head units: the origin lies between the eyes, y goes down, and
 * a face of common proportions has its chin at y = 100. x goes to the picture's
 * right, the person's left. The face is seen from the front. */
#ifndef PARSONA_AVATAR2D_TRAITS_H
#define PARSONA_AVATAR2D_TRAITS_H

#include "avatar2d/picture.h"

/* Half widths of the face are told at these heights, in parts of the chin's y;
 * the first lies at the hairline. */
#define PA_OUTLINE 9
extern const float pa_outline_heights[PA_OUTLINE];

typedef enum pa_hair_kind { /* how the hair is drawn */
                            PA_HAIR_NONE,
                            PA_HAIR_TRACED, /* from its outline */
                            PA_HAIR_PRESET
} pa_hair_kind;

#define PA_CONTOURS 6
#define PA_CONTOUR_POINTS 160

/* One closed line; several make a shape with holes, which turn the other way.
 */
typedef struct pa_contour {
  size_t count;
  pa_vec points[PA_CONTOUR_POINTS];
} pa_contour;

typedef struct pa_shape {
  size_t count;
  pa_contour *contours; /* PA_CONTOURS, or NULL when there are none */
} pa_shape;

typedef enum pa_garment {
  PA_GARMENT_NONE, /* bare shoulders */
  PA_GARMENT_TSHIRT,
  PA_GARMENT_TANK,
  PA_GARMENT_SHIRT,
  PA_GARMENT_SUIT,
  PA_GARMENT_HOODIE,
  PA_GARMENT_SWEATER,
  PA_GARMENT_DRESS,
  PA_GARMENT_COAT,
  PA_GARMENT_WAISTCOAT, /* over a shirt of the second colour */
  PA_GARMENT_COUNT
} pa_garment;

typedef enum pa_neckline {
  PA_NECK_CREW,
  PA_NECK_V,
  PA_NECK_SCOOP,
  PA_NECK_BOAT, /* wide and flat */
  PA_NECK_OFF,  /* below the shoulders */
  PA_NECK_HIGH, /* turtle neck */
  PA_NECK_COLLAR,
  PA_NECK_COUNT
} pa_neckline;

typedef enum pa_pattern {
  PA_PATTERN_PLAIN,
  PA_PATTERN_STRIPES,    /* across */
  PA_PATTERN_PINSTRIPES, /* down */
  PA_PATTERN_PLAID,
  PA_PATTERN_DOTS,
  PA_PATTERN_COUNT
} pa_pattern;

typedef enum pa_lower {
  PA_LOWER_NONE,
  PA_LOWER_PANTS,
  PA_LOWER_SHORTS,
  PA_LOWER_SKIRT,
  PA_LOWER_COUNT
} pa_lower;

typedef enum pa_beard {
  PA_BEARD_NONE,
  PA_BEARD_STUBBLE,
  PA_BEARD_MOUSTACHE,
  PA_BEARD_GOATEE,
  PA_BEARD_SHORT,
  PA_BEARD_FULL,
  PA_BEARD_COUNT
} pa_beard;

/* Angles of upper arm and forearm, degrees: 0 hangs down, 90 points away from
 * the body, 180 up, -90 across it. */
typedef struct pa_arm {
  float upper, lower;
} pa_arm;

typedef struct pa_traits {
  bool face_seen; /* false: the face is a default one */
  float yaw; /* -2..2: the head's turn to the picture's right, in .6 radians */
  struct {
    float outline[PA_OUTLINE]; /* half widths */
    float chin;                /* y */
    float top;                 /* y up to which skin is seen */
    pa_color skin;
    float dim; /* 0..1: how dim the photo's light was, see palette.h */
    float
        grown; /* -1..1: drawn as a small child, with a round face, an adult */
  } face;
  struct {
    float x;                     /* of each eye's middle, left and right */
    float width;                 /* from corner to corner */
    float open_left, open_right; /* height over width */
    float tilt;                  /* outer corner above the inner, over width */
    pa_color color;
  } eyes;
  struct {
    float inner_x, outer_x;         /* ends */
    float inner_y, peak_y, outer_y; /* middle of the line */
    float thickness;
    pa_color color;
  } brows;
  struct {
    float y;     /* of the base */
    float width; /* of the wings */
  } nose;
  struct {
    float y; /* of the line between the lips, or the corners */
    float width;
    float upper, lower; /* heights of the lips in the middle */
    float open;         /* between the lips */
    float smile;        /* corners above the middle, over half the width */
    bool teeth;
    pa_color color;
  } mouth;
  struct {
    pa_hair_kind kind;
    char preset[PA_NAME_ROOM];
    pa_color color;
    bool curly;     /* no strands are drawn */
    bool shorn;     /* so short that skin shows through */
    float parting;  /* x where the hair parts */
    float length;   /* lowest y; 100: to the chin */
    pa_shape back;  /* all that lies behind the face */
    pa_shape front; /* what is seen of it */
  } hair;
  struct {
    pa_beard kind;
    pa_color color;
  } beard;
  struct {
    char shape[PA_NAME_ROOM]; /* name of a preset; "": none */
    bool dark;
    pa_color color;
  } glasses;
  struct {
    char shape[PA_NAME_ROOM]; /* name of a preset; "": none */
    pa_color color;
    float brim; /* half its width; 0: the shape's own */
  } hat;
  struct {
    char shape[PA_NAME_ROOM]; /* name of a preset; "": none */
    pa_color color;
  } earrings;
  struct {
    pa_garment kind;
    pa_neckline neckline;
    float neck_depth, neck_width; /* y of its lowest point, half its width */
    pa_color color, second;       /* second: of the pattern, or of what is worn
                                     below a suit or coat */
    pa_pattern pattern;
    bool tie, sleeves;
    pa_color tie_color;
  } upper;
  struct {
    pa_lower kind;
    pa_color color;
    pa_color shoes;
  } lower;
  float shoulders; /* half width */
  float build;     /* -1..1: slim, stout */
  struct {
    pa_arm left, right; /* the person's, seen from the front */
    bool sitting;
  } pose;
} pa_traits;

/* A person of common proportions, in grey-green. */
void pa_traits_default(pa_traits *traits);
/* Releases the outlines. */
void pa_traits_free(pa_traits *traits);
pa_status pa_shape_create(pa_error *err, pa_shape *shape);

/* Brings numbers into the ranges in which a face stays a face. */
void pa_traits_limit(pa_traits *traits);

const char *pa_garment_name(pa_garment garment);
const char *pa_neckline_name(pa_neckline neckline);
const char *pa_pattern_name(pa_pattern pattern);
const char *pa_lower_name(pa_lower lower);
const char *pa_beard_name(pa_beard beard);

/* JSON text; *json is released with pa_mem_free. */
pa_status pa_traits_write(pa_error *err, const pa_traits *traits, char **json);

/* Reads JSON text. What is not named keeps its default; unknown names, wrong
 * types and numbers out of range are PA_ERROR_ARGUMENT with a sentence that
 * names the field. `traits` is filled only on success. */
pa_status pa_traits_parse(pa_error *err, const char *json, size_t length,
                          pa_traits *traits);

/* "#rrggbb", of full alpha; false for anything else. */
bool pa_color_parse(const char *text, size_t length, pa_color *color);

#endif
