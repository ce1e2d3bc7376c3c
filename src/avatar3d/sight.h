/* What the photo shows of one person. */
#ifndef PARSONA_AVATAR3D_SIGHT_H
#define PARSONA_AVATAR3D_SIGHT_H

#include "avatar3d/figure.h"
#include "image/image.h"
#include "pose/pose.h"

typedef enum pa_label {
  PA_LABEL_BACKGROUND,
  PA_LABEL_HAT,
  PA_LABEL_HAIR,
  PA_LABEL_GLASSES,
  PA_LABEL_UPPER,
  PA_LABEL_DRESS,
  PA_LABEL_COAT,
  PA_LABEL_PANTS,
  PA_LABEL_SKIRT,
  PA_LABEL_SOCKS,
  PA_LABEL_SCARF,
  PA_LABEL_FACE,
  PA_LABEL_ARM_L,
  PA_LABEL_ARM_R,
  PA_LABEL_LEG_L,
  PA_LABEL_LEG_R,
  PA_LABEL_SHOE_L,
  PA_LABEL_SHOE_R,
  PA_LABEL_BAG,
  PA_LABEL_BELT,
  PA_LABEL_TORSO_SKIN,
  PA_LABEL_ACCESSORY,
  PA_LABEL_FACE_PARTS, /* this and all after it lie inside the face */
  PA_LABEL_EYE_L = PA_LABEL_FACE_PARTS,
  PA_LABEL_EYE_R,
  PA_LABEL_COUNT = 32
} pa_label;

/* Sets of labels, one bit each. */
#define PA_BIT(label) (1u << (label))
#define PA_SET_FACE (PA_BIT(PA_LABEL_FACE) | ~(PA_BIT(PA_LABEL_FACE_PARTS) - 1))
#define PA_SET_TOP                                                             \
  (PA_BIT(PA_LABEL_UPPER) | PA_BIT(PA_LABEL_DRESS) | PA_BIT(PA_LABEL_COAT) |   \
   PA_BIT(PA_LABEL_SCARF))
#define PA_SET_BOTTOM                                                          \
  (PA_BIT(PA_LABEL_PANTS) | PA_BIT(PA_LABEL_SKIRT) | PA_BIT(PA_LABEL_BELT))
#define PA_SET_ARMS (PA_BIT(PA_LABEL_ARM_L) | PA_BIT(PA_LABEL_ARM_R))
#define PA_SET_LEGS (PA_BIT(PA_LABEL_LEG_L) | PA_BIT(PA_LABEL_LEG_R))
#define PA_SET_SHOES (PA_BIT(PA_LABEL_SHOE_L) | PA_BIT(PA_LABEL_SHOE_R))
#define PA_SET_NECK PA_BIT(PA_LABEL_TORSO_SKIN)

/* Brighter than most of the hair by so much, what is called hair is none. */
#define PA_SIGHT_GLARE 100

typedef struct pa_sight {
  const pa_image *image;
  const uint8_t *labels, *persons; /* the image's size */
  unsigned width, height;
  pa_person person;
  /* Landmarks in a frame for avatars: X to the photo's right, Y up, Z towards
   * the camera, metres; and how much each can be trusted, 0..1. */
  pa_vec world[PA_KEYPOINTS];
  float trust[PA_KEYPOINTS];
  /* The same with X and Y as the photo has them; pa_measure_flatten. */
  pa_vec seen[PA_KEYPOINTS];
  /* seen.x = (photo x - x0) / scale, seen.y = (y0 - photo y) / scale; scale 0:
   * not to be told. */
  float scale, x0, y0;
  int hair; /* median of the hair's green; 255 without hair */
  float
      hat; /* the photo's y below which no hat is believed: that of the eyes */
} pa_sight;

/* Reads the person of index `index`; landmarks that are not numbers are not
 * trusted. The scene and image must be of one size. */
pa_status pa_sight_create(pa_error *err, const pa_image *image,
                          const pa_scene *scene, size_t index, pa_sight *sight);

/* What sight->person's landmarks, in a photo of sight->width x sight->height,
 * say: fills `world` and `trust`. pa_sight_create has done it. */
void pa_sight_landmarks(pa_sight *sight);

static inline bool pa_sight_inside(const pa_sight *s, float x, float y) {
  return x >= 0 && y >= 0 && x < (float)s->width && y < (float)s->height;
}

/* The person's label at a pixel; background where it is not the person, is
 * too bright or low to be the hair or hat that it is called, or is outside the
 * photo. */
static inline unsigned pa_sight_label(const pa_sight *s, float x, float y) {
  if (!pa_sight_inside(s, x, y)) return 0;
  size_t at = (size_t)y * s->width + (size_t)x;
  unsigned label = s->persons[at] == s->person.id ? s->labels[at] : 0;
  bool glare = label == PA_LABEL_HAIR &&
               s->image->rgba[4 * at + 1] > s->hair + PA_SIGHT_GLARE;
  return glare || (label == PA_LABEL_HAT && y > s->hat) ? 0 : label;
}

static inline bool pa_sight_is(const pa_sight *s, unsigned set, float x,
                               float y) {
  unsigned label = pa_sight_label(s, x, y);
  return label && label < 32 && (set >> label & 1);
}

/* Whether a pixel is the shoe of a side (0 left, 1 right): as it is labelled,
 * unless the other foot is much nearer. */
bool pa_sight_shoe(const pa_sight *sight, int side, float x, float y);

/* The person's pixels of a set of labels. */
static inline unsigned pa_sight_pixels(const pa_sight *s, unsigned set) {
  unsigned sum = 0;
  for (unsigned l = 1; l < PA_LABEL_COUNT; l++)
    if (set >> l & 1) sum += s->person.label_pixels[l];
  return sum;
}

#endif
