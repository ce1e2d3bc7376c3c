/* What the person wears, as far as the body's surface is concerned. */
#ifndef PARSONA_AVATAR3D_OUTFIT_H
#define PARSONA_AVATAR3D_OUTFIT_H

#include "avatar3d/hem.h"
#include "avatar3d/paint.h"

/* Materials of the surface; colours spread within one. */
typedef enum pa_material {
  PA_MATERIAL_SKIN,
  PA_MATERIAL_HAIR,
  PA_MATERIAL_TOP,
  PA_MATERIAL_BOTTOM,
  PA_MATERIAL_SHOES,
  PA_MATERIAL_EYE,
  PA_MATERIAL_LASH,
  PA_MATERIAL_TEETH,
  PA_MATERIAL_TONGUE,
  PA_MATERIAL_INNER,
  PA_MATERIAL_LEG_SKIN,
  PA_MATERIAL_GLASSES,
  PA_MATERIAL_BAG,
  PA_MATERIAL_HAT
} pa_material;

typedef struct pa_outfit {
  pa_swatches swatches;
  /* How far sleeves and trousers go: 0 shoulder or hip, 1 elbow or knee, 2
   * wrist or ankle; negative: there is no sleeve. */
  float sleeve, trouser;
  /* Where top and bottom meet: 0 at the shoulders' height, 1 at the hips'. */
  float waist;
  pa_hem hem;     /* the same round the body, more closely */
  bool midriff;   /* skin is seen between them */
  float neckline; /* half its width on the shoulders' ridge, metres; 0: a
                     collar */
  float
      boot; /* how far shoes reach up, on the scale of trousers; 2: the ankle */
  bool shoes;
  float heel; /* height of high heels, metres; 0: flat */
} pa_outfit;

void pa_outfit_of(const pa_sight *sight, pa_outfit *outfit);

/* Measure the neckline and the waist on the figure; `normal`: of the body's
 * points in the T-pose. */
void pa_outfit_neckline(const pa_figure *figure, const pa_sight *sight,
                        const pa_view *view, const pa_vec *normal,
                        pa_outfit *outfit);

void pa_outfit_waist(const pa_figure *figure, const pa_sight *sight,
                     const pa_view *view, pa_outfit *outfit);

/* Where along its limb a point of an arm or leg lies, as above; 0 elsewhere. */
float pa_outfit_along(const pa_figure *figure, unsigned point);

/* Whether a point lies where the hem may be, so that its top and bottom are to
 * be told apart. */
bool pa_outfit_at_hem(const pa_figure *figure, const pa_outfit *outfit,
                      unsigned point);

/* Which two materials meet at a point of the body's surface, and how far in
 * metres it is beyond their edge (negative: in the first). */
float pa_outfit_materials(const pa_figure *figure, const pa_outfit *outfit,
                          unsigned point, pa_material material[2]);

#define PA_OUTFIT_EAR (-.004f) /* the distance that ears are said to have */

/* How far a point of the head lies within where hair grows, metres; negative on
 * the face, ears and neck. */
float pa_outfit_scalp(const pa_figure *figure, unsigned point);

pa_rgb pa_outfit_color(const pa_outfit *outfit, pa_material material);

/* One brush a corner of the body; `normal`: of its points in the T-pose. */
void pa_outfit_brushes(const pa_figure *figure, const pa_outfit *outfit,
                       const pa_view *view, const pa_vec *normal,
                       pa_brush *brush);

#endif
