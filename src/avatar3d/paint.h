/* The atlas: the photo's colours where it shows a surface, the part's own
 * colours where it does not. */
#ifndef PARSONA_AVATAR3D_PAINT_H
#define PARSONA_AVATAR3D_PAINT_H

#include "avatar3d/camera.h"
#include "avatar3d/mesh.h"

/* Where a surface may take its pixels from. */
typedef enum pa_source {
  PA_SOURCE_HEAD,
  PA_SOURCE_HAIRLINE, /* forehead and temples, over which hair falls */
  PA_SOURCE_TORSO,
  PA_SOURCE_DRESSED, /* a trunk of which no skin is seen */
  PA_SOURCE_SHIRT,   /* the same, above the hem and below it */
  PA_SOURCE_SEAT,
  PA_SOURCE_NECK,
  PA_SOURCE_SHOULDER, /* collar, straps and bare skin */
  PA_SOURCE_ARM_L,    /* upper arm, forearm and hand; the right's follow */
  PA_SOURCE_FOREARM_L,
  PA_SOURCE_ARM_R,
  PA_SOURCE_FOREARM_R,
  PA_SOURCE_BARE_ARM_L, /* the same below the sleeve */
  PA_SOURCE_BARE_FOREARM_L,
  PA_SOURCE_BARE_ARM_R,
  PA_SOURCE_BARE_FOREARM_R,
  PA_SOURCE_LEG_L,
  PA_SOURCE_LEG_R,
  PA_SOURCE_BARE_LEG_L, /* below shorts or a skirt */
  PA_SOURCE_BARE_LEG_R,
  PA_SOURCE_FOOT_L,
  PA_SOURCE_FOOT_R,
  PA_SOURCE_HAIR,
  PA_SOURCE_SKIRT,
  PA_SOURCE_COAT, /* one that is open before the legs, below the hips */
  PA_SOURCE_EYE,
  PA_SOURCE_GLASSES,
  PA_SOURCE_FRAME, /* of clear glasses: its own colour */
  PA_SOURCE_BAG,
  PA_SOURCE_HAT, /* its brim */
  PA_SOURCE_COUNT,
  PA_SOURCE_NONE = PA_SOURCE_COUNT /* its fallback colour */
} pa_source;

static inline bool pa_source_is_trunk(pa_source source) {
  return source >= PA_SOURCE_TORSO && source <= PA_SOURCE_SEAT;
}

/* What hangs round both legs. */
static inline bool pa_source_hangs(pa_source source) {
  return source == PA_SOURCE_SKIRT || source == PA_SOURCE_COAT;
}

/* Limbs that may stand in front of each other. */
typedef enum pa_part {
  PA_PART_HEAD,
  PA_PART_TRUNK,
  PA_PART_ARM_L,
  PA_PART_FOREARM_L, /* hand included */
  PA_PART_ARM_R,
  PA_PART_FOREARM_R,
  PA_PART_LEG_L,
  PA_PART_LEG_R,
  PA_PART_COUNT,
  PA_PART_NONE = PA_PART_COUNT /* covers nothing */
} pa_part;

/* Whose mask in the photo cuts a surface's outline. */
typedef enum pa_cut { PA_CUT_NONE, PA_CUT_HAIR, PA_CUT_GLASSES } pa_cut;

typedef struct pa_rgb {
  float r, g, b; /* 0..255, sRGB */
} pa_rgb;

/* How a vertex of the mesh is painted. */
typedef struct pa_brush {
  float x, y;   /* its place in the photo */
  float z;      /* metres towards the camera */
  float facing; /* 1 towards the camera, -1 away */
  /* Outwards in the photo from the axis that the surface goes round: the normal
   * across the view, times the distance from the axis in photo pixels. */
  float out_x, out_y;
  /* The place on the other side of the body's middle that may stand in for it;
   * its facing is -1 where none may. */
  float twin_x, twin_y, twin_facing;
  uint8_t source, part;
  uint16_t point;     /* vertices of one point share their spread colour */
  bool hidden;        /* the photo does not show it whatever its place */
  uint8_t cut;        /* a pa_cut */
  bool whole;         /* but for its outer edge, which is its own */
  bool plain;         /* of one colour: the photo may only shade it */
  bool pattern;       /* what is not seen has the front's pattern */
  float across, down; /* of a shell, 0..1: from edge to edge, top to bottom */
  float turn;         /* the same round its axis, 1 a whole turn: strands */
  float fray;         /* of its height: how far its lower end wavers */
  /* As facing and twin_facing, of the direction from the shell's middle: what
   * cuts it must not follow the bumps of its surface. */
  float ahead, twin_ahead;
  /* Two materials meet where `edge`, a distance in metres, is 0: the first lies
   * where it is negative. Colours spread within one material only. */
  float edge;
  uint8_t material[2];
  pa_rgb color[2]; /* where the photo shows nothing */
  float hold;      /* how much that colour resists its neighbours' */
} pa_brush;

/* The typical colour of each part; parts that the photo lacks have a likely
 * one. */
typedef struct pa_swatches {
  pa_rgb skin, hair, top, bottom, shoes, leg_skin;
  pa_rgb lips;
  bool has_hair, has_top, has_bottom, has_shoes;
  bool likely_hair;             /* it is not seen, but likely */
  bool hat_alone;               /* no hair below it: `hair` is its colour */
  bool plain_top, plain_bottom; /* of one colour */
  bool pattern_bottom;          /* of light and dark */
  bool contrast; /* both are mostly of one colour, and those are far apart */
} pa_swatches;

/* How well a colour suits a part of one colour, such as skin, 0..1: what is far
 * off belongs to something else that the labels did not tell apart. */
float pa_likeness(pa_rgb own, const float rgb[3]);

void pa_swatches_of(const pa_sight *sight, pa_swatches *swatches);

typedef struct pa_atlas {
  unsigned size;
  uint8_t *rgba; /* size * size * 4; alpha: what belongs to the surface */
} pa_atlas;

/* Paints all of the mesh; one brush a vertex. `features`: what a face has where
 * the photo shows none, NULL for nothing. `flat`: of the photo the outlines
 * alone, each brush's colour. */
typedef struct pa_features pa_features;
pa_status pa_atlas_paint(pa_error *err, const pa_sight *sight,
                         const pa_mesh *mesh, const pa_brush *brush,
                         const pa_features *features, unsigned size, bool flat,
                         pa_atlas *atlas);
void pa_atlas_destroy(pa_atlas *atlas);

#endif
