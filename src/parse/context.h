/* The context: one engine, the loaded networks, the last error. */
#ifndef PARSONA_PARSE_CONTEXT_H
#define PARSONA_PARSE_CONTEXT_H

#include <stdatomic.h>

#include "base/error.h"
#include "nn/nn.h"
#include "parsona.h"

/* The places in the pipeline that a weights file can take (its `role`). */
typedef enum pa_role {
  PA_ROLE_PEOPLE, /* finds people: MoveNet multipose */
  PA_ROLE_POSE,   /* landmarks and mask of one person: BlazePose */
  PA_ROLE_PARTS,  /* classes of one person's pixels: selfie_multiclass */
  /* A parse needs the roles up to here; the others add to what it says. */
  PA_ROLES_NEEDED,
  PA_ROLE_PARTS_LITE = PA_ROLES_NEEDED, /* M2FP-Lite, in place of PARTS */
  PA_ROLE_FACE_DETECTOR,                /* finds faces: BlazeFace */
  PA_ROLE_FACE_PARTS,                   /* 19 classes of a face */
  PA_ROLE_FACE_MESH,                    /* 468 points of a face, for avatars */
  PA_ROLE_M2FP, /* M2FP: people and parts of the whole photo, in place of all */
  PA_ROLE_COUNT
} pa_role;

/* Sizes of one network, or choices of its outputs, that are kept ready. */
#define PA_NETS_A_ROLE 2

typedef struct pa_made_net {
  pa_nn_net *net;
  pa_nn_shape shape;          /* rank 0: the file's own */
  const char *const *outputs; /* NULL: all */
} pa_made_net;

typedef struct pa_network {
  pa_nn_weights *weights; /* NULL: the role is not loaded */
  /* Our copy of the file. M2FP's, of 65 MB, goes when its weights are packed;
   * then NULL and 0. */
  uint8_t *bytes;
  size_t size;
  /* Made when first needed, one for an input shape and outputs, the latest used
   * first. M2FP takes two hundred megabytes: one, that is reshaped. */
  pa_made_net made[PA_NETS_A_ROLE];
} pa_network;

struct pa_context {
  pa_error err;
  pa_nn_engine *engine;
  pa_network networks[PA_ROLE_COUNT];
  struct pa_body *body; /* of 3D avatars; NULL: not loaded */
  atomic_int cancel;
  bool profile, int8;
  bool busy; /* a parse job is under way */
};

/* The network of a role, made on first use, with all outputs that a parse
 * reads. `input` is the shape for a network
 * whose file leaves its input's size open; NULL for the others. It stays until
 * PA_NETS_A_ROLE other shapes have been asked for. PA_ERROR_NO_NETWORK when the
 * role is not loaded. */
pa_status pa_context_net(pa_context *context, pa_role role,
                         const pa_nn_shape *input, pa_nn_net **net);

/* The same for some of its outputs only, see pa_nn_net_options.outputs. Lists
 * are told apart by their address, so this one must stay. */
pa_status pa_context_net_giving(pa_context *context, pa_role role,
                                const pa_nn_shape *input,
                                const char *const *outputs, pa_nn_net **net);

bool pa_context_has(const pa_context *context, pa_role role);

/* The role of that name, PA_ROLE_COUNT when there is none. */
pa_role pa_role_find(const char *name);

#endif
