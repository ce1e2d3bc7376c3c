#include "parse/owner.h"

#include "base/clamp.h"
#include "pose/pose.h"

/* Faces of this share of the square and less are a body's, of that share and
 * more a portrait's; even there the pose's mask has a say between people. */
#define FACE_FAR 0.15f
#define FACE_NEAR 0.30f
#define CLOSEST 0.7f

#define GATE_LOW 0.10f
#define GATE_HIGH 0.30f

float pa_owner_mask(const float *mask, const pa_affine *to_mask, float x,
                    float y) {
  float mx, my;
  pa_affine_apply(to_mask, x, y, &mx, &my);
  if (!(mx > 0 && my > 0 && mx < PA_POSE_SIZE && my < PA_POSE_SIZE)) return 0;
  return pa_image_bilinear(mask, PA_POSE_SIZE, PA_POSE_SIZE, 1, 0, mx, my);
}

float pa_owner_closeness(float face) {
  return CLOSEST * pa_clamp((face - FACE_FAR) / (FACE_NEAR - FACE_FAR), 0, 1);
}

float pa_owner_gate(float owner) {
  return pa_clamp((owner - GATE_LOW) / (GATE_HIGH - GATE_LOW), 0, 1);
}

float pa_owner_body(float person, float owner) {
  return (person + owner) / 2 * pa_owner_gate(owner);
}

float pa_owner_somebody(float body, float owner) {
  return 2 * body / pa_owner_gate(owner) - owner;
}
