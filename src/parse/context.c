#include "parse/context.h"

#include <string.h>

#include "base/mem.h"
#include "pose/body.h"
#include "pose/pose.h"

static const char *const role_names[PA_ROLE_COUNT] = {
    [PA_ROLE_PEOPLE] = "people",
    [PA_ROLE_POSE] = "pose",
    [PA_ROLE_PARTS] = "parts",
    [PA_ROLE_PARTS_LITE] = "parts-lite",
    [PA_ROLE_FACE_DETECTOR] = "face-detector",
    [PA_ROLE_FACE_PARTS] = "face-parts",
    [PA_ROLE_FACE_MESH] = "face-mesh",
    [PA_ROLE_M2FP] = "m2fp",
};

pa_error *pa_context_error(pa_context *context) {
  return &context->err;
}

static void unload(pa_network *network) {
  for (int i = 0; i < PA_NETS_A_ROLE; i++)
    pa_nn_net_destroy(network->made[i].net);
  pa_nn_weights_close(network->weights);
  pa_mem_free(network->bytes);
  memset(network, 0, sizeof *network);
}

pa_status pa_context_create(const pa_context_options *options,
                            pa_context **context) {
  if (!context) return PA_ERROR_ARGUMENT;
  *context = NULL;
  pa_context *made = pa_mem_calloc(1, sizeof *made);
  if (!made) return PA_ERROR_MEMORY;
  made->profile = options && options->profile;
  made->int8 = !(options && options->float32) && pa_nn_int8_is_fast();
  pa_status status = pa_nn_engine_create(
      &made->err, options ? options->threads : 0, &made->engine);
  if (status != PA_OK) {
    pa_mem_free(made);
    return status;
  }
  *context = made;
  return PA_OK;
}

void pa_context_destroy(pa_context *context) {
  if (!context) return;
  for (int role = 0; role < PA_ROLE_COUNT; role++)
    unload(&context->networks[role]);
  pa_body_close(context->body);
  pa_nn_engine_destroy(context->engine);
  pa_mem_free(context);
}

const char *pa_context_message(const pa_context *context) {
  return context ? context->err.text : "no context";
}

unsigned pa_context_threads(const pa_context *context) {
  return context ? pa_nn_engine_threads(context->engine) : 0;
}

bool pa_context_int8(const pa_context *context) {
  return context && context->int8;
}

void pa_context_cancel(pa_context *context) {
  if (context) atomic_store(&context->cancel, 1);
}

_Static_assert(sizeof(atomic_int) == sizeof(int), "one word, without a lock");

volatile int *pa_context_cancel_word(pa_context *context) {
  return context ? (volatile int *)&context->cancel : NULL;
}

pa_role pa_role_find(const char *name) {
  int role = 0;
  while (role < PA_ROLE_COUNT && strcmp(name, role_names[role]) != 0)
    role++;
  return (pa_role)role;
}

static pa_status find_role(pa_error *err, const pa_nn_weights *weights,
                           pa_role *role) {
  const char *text = pa_nn_weights_text(weights, "role");
  if (!text)
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "the weights file does not say its role");
  *role = pa_role_find(text);
  if (*role != PA_ROLE_COUNT) return PA_OK;
  return pa_error_set(err, PA_ERROR_WEIGHTS,
                      "a network of role \"%.40s\" is of no use here", text);
}

static pa_status load_body(pa_context *context, const void *bytes,
                           size_t size) {
  pa_body *body;
  pa_status status = pa_body_open(&context->err, bytes, size, &body);
  if (status != PA_OK) return status;
  pa_body_close(context->body);
  context->body = body;
  return PA_OK;
}

pa_status pa_context_load(pa_context *context, const void *bytes, size_t size) {
  if (!context) return PA_ERROR_ARGUMENT;
  pa_error *err = &context->err;
  if (!bytes || !size)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "the weights file is empty");
  if (context->busy)
    return pa_error_set(err, PA_ERROR_ARGUMENT,
                        "a parse is under way: load weights before or after");
  if (pa_body_is(bytes, size)) return load_body(context, bytes, size);
  if (size > PA_LIMIT_WEIGHTS_FILE)
    return pa_error_set(err, PA_ERROR_TOO_LARGE,
                        "the weights file has %zu bytes", size);

  pa_network loaded = {.size = size};
  pa_role role = PA_ROLE_COUNT;
  loaded.bytes = pa_mem_alloc(size);
  if (!loaded.bytes) return pa_error_memory(err, size, "a weights file");
  memcpy(loaded.bytes, bytes, size);
  pa_status status =
      pa_nn_weights_open(err, loaded.bytes, size, &loaded.weights);
  if (status == PA_OK) status = find_role(err, loaded.weights, &role);
  if (status != PA_OK) {
    unload(&loaded);
    return status;
  }
  unload(&context->networks[role]);
  context->networks[role] = loaded;
  return PA_OK;
}

bool pa_context_has(const pa_context *context, pa_role role) {
  return context->networks[role].weights != NULL;
}

static bool same_shape(const pa_nn_shape *a, const pa_nn_shape *b) {
  return a->rank == b->rank &&
         !memcmp(a->dim, b->dim, a->rank * sizeof a->dim[0]);
}

static bool is_made(const pa_made_net *made, const pa_nn_shape *shape,
                    const char *const *outputs) {
  return made->net && made->outputs == outputs &&
         same_shape(&made->shape, shape);
}

/* The place of the network for these, or else the one to make it in. */
static int find_made(const pa_network *network, const pa_nn_shape *shape,
                     const char *const *outputs) {
  for (int i = 0; i < PA_NETS_A_ROLE; i++)
    if (is_made(&network->made[i], shape, outputs)) return i;
  return PA_NETS_A_ROLE - 1;
}

static void bring_to_front(pa_network *network, int place) {
  pa_made_net used = network->made[place];
  for (; place > 0; place--)
    network->made[place] = network->made[place - 1];
  network->made[0] = used;
}

/* The file goes before activations get their memory: the peak is less by it. */
static pa_status pack_and_drop_file(pa_context *context, pa_network *network,
                                    pa_nn_net_options options,
                                    pa_nn_net **net) {
  options.pack_only = true;
  pa_status status = pa_nn_net_create(&context->err, context->engine,
                                      network->weights, &options, net);
  if (status != PA_OK) return status;
  pa_nn_weights_strip(network->weights);
  pa_mem_free(network->bytes);
  network->bytes = NULL;
  network->size = 0;
  return PA_OK;
}

static pa_status reshape_m2fp(pa_context *context, pa_network *network,
                              const pa_nn_net_options *options,
                              pa_made_net *made) {
  pa_status status = PA_OK;
  made->shape = (pa_nn_shape){0}; /* no shape that is asked for */
  if (!made->net)
    status = pack_and_drop_file(context, network, *options, &made->net);
  return status == PA_OK ? pa_nn_net_reshape(&context->err, made->net,
                                             network->weights, options)
                         : status;
}

static pa_status make_net(pa_context *context, pa_role role,
                          const pa_nn_shape *input, const char *const *outputs,
                          pa_made_net *made) {
  pa_network *network = &context->networks[role];
  pa_nn_net_options options = {.input_shapes = input,
                               .outputs = outputs,
                               .profile = context->profile,
                               .compact = role == PA_ROLE_M2FP,
                               .int8 = context->int8 && role != PA_ROLE_M2FP};
  if (role == PA_ROLE_M2FP)
    return reshape_m2fp(context, network, &options, made);
  pa_nn_net_destroy(made->net);
  made->net = NULL;
  return pa_nn_net_create(&context->err, context->engine, network->weights,
                          &options, &made->net);
}

pa_status pa_context_net_giving(pa_context *context, pa_role role,
                                const pa_nn_shape *input,
                                const char *const *outputs, pa_nn_net **net) {
  pa_network *network = &context->networks[role];
  pa_nn_shape shape = {0};
  if (input) shape = *input;
  if (!network->weights)
    return pa_error_set(&context->err, PA_ERROR_NO_NETWORK,
                        "no network of role \"%s\" is loaded",
                        role_names[role]);
  int place = role == PA_ROLE_M2FP ? 0 : find_made(network, &shape, outputs);
  pa_made_net *made = &network->made[place];
  if (!is_made(made, &shape, outputs)) {
    pa_status status = make_net(context, role, input, outputs, made);
    if (status != PA_OK) return status;
    made->shape = shape;
    made->outputs = outputs;
  }
  bring_to_front(network, place);
  *net = network->made[0].net;
  return PA_OK;
}

pa_status pa_context_net(pa_context *context, pa_role role,
                         const pa_nn_shape *input, pa_nn_net **net) {
  return pa_context_net_giving(
      context, role, input, role == PA_ROLE_POSE ? pa_pose_outputs : NULL, net);
}

/* The index-th loaded network, NULL past the last. */
static const pa_network *loaded_network(const pa_context *context,
                                        size_t index) {
  for (int role = 0; role < PA_ROLE_COUNT; role++)
    if (context->networks[role].weights && index-- == 0)
      return &context->networks[role];
  return NULL;
}

size_t pa_context_network_count(const pa_context *context) {
  size_t count = 0;
  while (context && loaded_network(context, count))
    count++;
  return count;
}

static const char *text_or_empty(const pa_nn_weights *weights,
                                 const char *key) {
  const char *text = pa_nn_weights_text(weights, key);
  return text ? text : "";
}

pa_status pa_context_network(pa_context *context, size_t index,
                             pa_network_info *info) {
  if (!context || !info) return PA_ERROR_ARGUMENT;
  const pa_network *network = loaded_network(context, index);
  if (!network)
    return pa_error_set(&context->err, PA_ERROR_ARGUMENT, "no network %zu",
                        index);
  info->role = text_or_empty(network->weights, "role");
  info->name = text_or_empty(network->weights, "name");
  info->license = text_or_empty(network->weights, "license");
  info->source = text_or_empty(network->weights, "source");
  info->bytes = network->size;
  for (int i = 0; i < PA_NETS_A_ROLE; i++)
    if (network->made[i].net)
      info->bytes += pa_nn_net_bytes(network->made[i].net);
  return PA_OK;
}

/* The network and its entry that a running index over all profiles means. */
static const pa_network *profiled(const pa_context *context, size_t *index) {
  for (int role = 0; role < PA_ROLE_COUNT; role++) {
    const pa_network *network = &context->networks[role];
    if (!network->made[0].net) continue;
    size_t count = pa_nn_net_profile_count(network->made[0].net);
    if (*index < count) return network;
    *index -= count;
  }
  return NULL;
}

size_t pa_context_profile_count(const pa_context *context) {
  size_t count = 0;
  for (int role = 0; context && role < PA_ROLE_COUNT; role++)
    if (context->networks[role].made[0].net)
      count += pa_nn_net_profile_count(context->networks[role].made[0].net);
  return count;
}

pa_status pa_context_profile(pa_context *context, size_t index,
                             pa_profile_entry *entry) {
  if (!context || !entry) return PA_ERROR_ARGUMENT;
  const pa_network *network = profiled(context, &index);
  if (!network)
    return pa_error_set(&context->err, PA_ERROR_ARGUMENT,
                        "no such profile entry");
  entry->network = text_or_empty(network->weights, "name");
  entry->ms = pa_nn_net_profile(network->made[0].net, index, &entry->op);
  return PA_OK;
}
