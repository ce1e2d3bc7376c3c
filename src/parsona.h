/* Parsona: a photo in, people out.
 *
 *   pa_context *ctx;
 *   pa_context_create(NULL, &ctx);
 *   pa_context_load(ctx, bytes, size);          once per weights file
 *   pa_image *photo;
 *   pa_image_decode(ctx, file, file_size, &photo);
 *   pa_scene *scene;
 *   pa_parse(ctx, photo, NULL, &scene);
 *   ... pa_scene_labels(scene), pa_scene_person(scene, 0), pa_stitch(...)
 *   pa_scene_destroy(scene); pa_image_destroy(photo); pa_context_destroy(ctx);
 *
 * Conventions
 * - Functions return a pa_status; on failure outputs are left NULL or untouched
 *   and pa_context_message(ctx) holds one sentence that says what was wrong.
 *   The context stays usable after every error.
 * - A handle made by X_create/decode/parse is owned by the caller and released
 *   by X_destroy (NULL is allowed). Pointers returned by accessors live as long
 *   as their handle. Scenes and images do not depend on the context that made
 *   them and may outlive it.
 * - Images are row-major, top row first, no padding between rows. Coordinates
 *   are pixels of the photo after its EXIF orientation has been applied, x to
 *   the right, y down; (0, 0) is the corner of the first pixel, so its centre
 *   is (0.5, 0.5). Left and right are the person's own.
 * - A context may be used from one thread at a time; different contexts are
 *   independent. Only pa_context_cancel may be called from another thread.
 * - Nothing is printed, no file is opened, nothing is sent anywhere. */
#ifndef PARSONA_H
#define PARSONA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARSONA_VERSION "0.1.0"

/* -------------------------------------------------------------- status */

typedef enum pa_status {
  PA_OK = 0,
  PA_ERROR_ARGUMENT,    /* a NULL, a bad option, an index out of range */
  PA_ERROR_MEMORY,      /* an allocation failed */
  PA_ERROR_IMAGE,       /* not an image, truncated, or of a kind not read */
  PA_ERROR_TOO_LARGE,   /* over a limit of base/limits.h */
  PA_ERROR_WEIGHTS,     /* not a weights file, damaged, or not what it says */
  PA_ERROR_NO_NETWORK,  /* a network that the call needs is not loaded */
  PA_ERROR_CANCELLED,   /* pa_context_cancel, or a progress callback said so */
  PA_ERROR_UNSUPPORTED, /* this build or machine cannot do it */
  PA_ERROR_INTERNAL     /* a defect in the library */
} pa_status;

/* "ok", "argument", "memory", ...: a stable word for each status. */
const char *pa_status_name(pa_status status);

/* The version of the library that runs, as PARSONA_VERSION. */
const char *pa_version(void);

/* ------------------------------------------------------------- context */

typedef struct pa_context pa_context;

typedef struct pa_context_options {
  /* Threads to compute with, the caller's included. 0: one per processor, at
   * most 8. Builds without threads use 1 whatever is asked. */
  unsigned threads;
  /* Record the time of every operator of every network, see pa_context_profile.
   * Costs a few per cent. */
  bool profile;
  /* Compute in float32 throughout. Without it wide layers run in int8 where
   * the processor multiplies int8 faster: results differ a little between
   * processors. */
  bool float32;
} pa_context_options;

/* options may be NULL: all zero. */
pa_status pa_context_create(const pa_context_options *options,
                            pa_context **context);
void pa_context_destroy(pa_context *context);

/* What the last failed call on this context had to say; "" when none failed.
 * Valid until the next call on the context. */
const char *pa_context_message(const pa_context *context);
unsigned pa_context_threads(const pa_context *context);
/* Whether wide layers run in int8. */
bool pa_context_int8(const pa_context *context);

/* Makes the call under way on this context return PA_ERROR_CANCELLED as soon as
 * it can (between subgraphs of a network: some tens of milliseconds). Has no
 * effect when none is under way. May be called from any thread. */
void pa_context_cancel(pa_context *context);
/* The word that pa_context_cancel sets to 1 (and the next parse to 0), for who
 * shares this memory but cannot call into it, as a browser's page beside a
 * worker: an aligned 32-bit word, to be written atomically. It lives as long as
 * the context; NULL for none. */
volatile int *pa_context_cancel_word(pa_context *context);

/* Loads one weights file (docs/weights-format.md). Its role in the pipeline is
 * written in the file ("parts", "people", "pose" ...); loading a second file of
 * one role replaces the first. The bytes are copied or unpacked: the caller may
 * release them on return. */
pa_status pa_context_load(pa_context *context, const void *bytes, size_t size);

/* A loaded network, for terms and credits. Strings live as long as the network
 * stays loaded. */
typedef struct pa_network_info {
  const char *role;    /* "people", "pose", "parts", ... */
  const char *name;    /* "selfie_multiclass_256x256" */
  const char *license; /* SPDX identifier, e.g. "Apache-2.0" */
  const char *source;  /* where the weights come from */
  size_t bytes;        /* memory that it holds */
} pa_network_info;

size_t pa_context_network_count(const pa_context *context);
pa_status pa_context_network(pa_context *context, size_t index,
                             pa_network_info *info);

/* --------------------------------------------------------------- image */

typedef struct pa_image pa_image; /* 8-bit RGBA, straight alpha */

/* Decodes a JPEG, PNG, BMP or GIF (its first frame) and applies the EXIF
 * orientation. CMYK and 16-bit files become 8-bit RGB. Alpha is kept. */
pa_status pa_image_decode(pa_context *context, const void *bytes, size_t size,
                          pa_image **image);

/* Copies pixels that are already decoded: `width * height` RGBA values, rows
 * `stride` bytes apart (0: width * 4). */
pa_status pa_image_from_rgba(pa_context *context, const uint8_t *rgba,
                             unsigned width, unsigned height, size_t stride,
                             pa_image **image);
void pa_image_destroy(pa_image *image);

unsigned pa_image_width(const pa_image *image);
unsigned pa_image_height(const pa_image *image);
/* width * height * 4 bytes. */
const uint8_t *pa_image_rgba(const pa_image *image);

/* Encodes `width * height * channels` bytes (channels 1 grey, 3 RGB, 4 RGBA) as
 * a PNG. *png is released with pa_bytes_free. */
pa_status pa_png_encode(pa_context *context, const uint8_t *pixels,
                        unsigned width, unsigned height, unsigned channels,
                        uint8_t **png, size_t *png_size);
void pa_bytes_free(void *bytes);

/* --------------------------------------------------------------- parse */

typedef struct pa_scene pa_scene;

/* The vocabulary of Parsona, in the order of the label map's values; the first
 * is the background. Networks have label tables of their own, which are matched
 * to this one by name. */
size_t pa_label_count(void);
/* "background", "hat", "hair", ...; NULL out of range. */
const char *pa_label_name(size_t label);
/* The label's index; -1 for an unknown name. */
int pa_label_find(const char *name);

typedef enum pa_stage {
  PA_STAGE_FIND,    /* finding the people */
  PA_STAGE_PERSON,  /* landmarks, mask and parts of one person */
  PA_STAGE_COMPOSE, /* putting the people together on the photo */
  PA_STAGE_FACE     /* the parts of one person's face */
} pa_stage;

/* Called between steps with what is about to be done: `done` of `total` steps
 * are finished; `total` falls when people turn out to be nobody. Return false
 * to cancel. */
typedef bool (*pa_progress_callback)(void *user, pa_stage stage, unsigned done,
                                     unsigned total);

typedef struct pa_parse_options {
  unsigned max_persons; /* 0: PA_LIMIT_PERSONS */
  /* People below it are dropped, those who fill a tenth of the photo below
   * three quarters of it; 0: the default, 0.4. */
  float min_score;
  pa_progress_callback progress; /* may be NULL */
  void *progress_user;
} pa_parse_options;

/* Finds every person of the photo and labels every pixel. A photo without
 * people is a scene of no persons, all background; not an error. */
pa_status pa_parse(pa_context *context, const pa_image *image,
                   const pa_parse_options *options, pa_scene **scene);

/* The same in steps, for callers that must breathe in between (a browser's
 * worker without shared memory). The image is not copied and must live until
 * pa_parse_end. Call pa_parse_step until *scene is not NULL or it fails. One
 * job at a time per context. pa_parse_end releases the job at any point. */
typedef struct pa_parse_job pa_parse_job;
pa_status pa_parse_begin(pa_context *context, const pa_image *image,
                         const pa_parse_options *options, pa_parse_job **job);
pa_status pa_parse_step(pa_parse_job *job, pa_scene **scene);
void pa_parse_end(pa_parse_job *job);

void pa_scene_destroy(pa_scene *scene);
unsigned pa_scene_width(const pa_scene *scene);
unsigned pa_scene_height(const pa_scene *scene);
/* width * height bytes: the label of each pixel, an index below
 * pa_label_count(). */
const uint8_t *pa_scene_labels(const pa_scene *scene);
/* width * height bytes: the id of the person at each pixel, 0 for nobody. */
const uint8_t *pa_scene_persons(const pa_scene *scene);

/* Masks that overlap the labels: "left_sleeve", "right_sleeve" (of any
 * garment; the person's own left) and "inner_clothes" (what a coat leaves
 * visible). */
size_t pa_derived_count(void);
/* NULL out of range. */
const char *pa_derived_name(size_t derived);
/* width * height bytes: bit k is set where the pixel is in derived mask k, of
 * the person at that pixel. Parsers that know no sleeves set none. */
const uint8_t *pa_scene_derived(const pa_scene *scene);

#define PA_KEYPOINTS 33

typedef struct pa_keypoint {
  float x, y;  /* photo pixels; may lie outside the photo */
  float score; /* 0..1: how sure it is, and that the point is visible */
} pa_keypoint;

typedef struct pa_person {
  unsigned id;               /* 1, 2, ...: the value in the person map */
  float score;               /* 0..1 */
  float x, y, width, height; /* tight box of the person's pixels */
  /* The 33 landmarks of BlazePose (Bazarevsky et al. 2020), in its order. */
  pa_keypoint keypoints[PA_KEYPOINTS];
  /* The same in metres, from the hips' middle: x to the photo's right, y down,
   * z away from the camera. All zero when no pose network is loaded. */
  float world[PA_KEYPOINTS][3];
  /* Pixels of each label that belong to this person. */
  const uint32_t *label_pixels; /* pa_label_count() values */
} pa_person;

/* "nose", "left_eye_inner", ... */
const char *pa_keypoint_name(size_t keypoint);

/* Persons are in the order of their ids, the most certain first. */
size_t pa_scene_person_count(const pa_scene *scene);
pa_status pa_scene_person(const pa_scene *scene, size_t index,
                          pa_person *person);

/* Fills `mask` (width * height bytes) with 255 where the pixel has `label` (-1:
 * any label but background) and belongs to person `id` (0: to anybody), else
 * 0. */
pa_status pa_scene_mask(const pa_scene *scene, unsigned id, int label,
                        uint8_t *mask);

typedef struct pa_timing {
  double find_ms, pose_ms, parts_ms, compose_ms, face_ms, total_ms;
} pa_timing;
pa_timing pa_scene_timing(const pa_scene *scene);

/* -------------------------------------------------------------- stitch */

typedef struct pa_color {
  uint8_t r, g, b, a;
} pa_color;

/* Named palettes: "parsona", "lip", "pastel", "contrast", "grey" ... */
size_t pa_palette_count(void);
const char *pa_palette_name(size_t palette);
/* Fills colors[pa_label_count()]; PA_ERROR_ARGUMENT for an unknown name. */
pa_status pa_palette(const char *name, pa_color *colors);

typedef struct pa_stitch_options {
  /* pa_label_count() colours, straight alpha; NULL: the palette "parsona". */
  const pa_color *colors;
  /* Labels to draw, bottom first; NULL: all but the background, the large parts
   * below the small ones. Where layers meet, an edge pixel mixes them by
   * coverage, the upper one counting more: it keeps its outline. */
  const uint8_t *layers;
  size_t layer_count;
  /* 0..1: how far each person's colours are turned towards a hue of their own;
   * 0 colours by part only, 1 by person only. */
  float person_tint;
  /* Persons to draw; NULL: all. Values of pa_person.id. */
  const uint8_t *persons;
  size_t person_count;
  float alpha;     /* of the whole map, 0..1; 0 stands for 1 */
  bool hard_edges; /* no anti-aliasing */
} pa_stitch_options;

/* Colours label and person maps (width * height bytes each; `persons` may be
 * NULL) into `rgba` (width * height * 4 bytes, straight alpha, transparent
 * background). Values beyond the tables are not drawn. Allocates nothing. */
pa_status pa_stitch(const uint8_t *labels, const uint8_t *persons,
                    unsigned width, unsigned height,
                    const pa_stitch_options *options, uint8_t *rgba);

/* The colour that a person's label has under these options, for legends. */
pa_color pa_stitch_color(const pa_stitch_options *options, unsigned id,
                         unsigned label);

/* COCO's run-length encoding of a mask (non-zero: inside), column by column:
 * counts of zeros, ones, zeros ... `counts` holds up to `capacity` values;
 * returns how many there are, which may be more than fit. */
size_t pa_rle_encode(const uint8_t *mask, unsigned width, unsigned height,
                     uint32_t *counts, size_t capacity);
/* COCO's compressed string of such counts (6 bits a character, cocoapi
 * rleToString). Returns its length; writes at most `capacity` bytes, always
 * ended by a zero when capacity is not 0. */
size_t pa_rle_string(const uint32_t *counts, size_t count, char *text,
                     size_t capacity);

/* ------------------------------------------------------------ 2D avatars */

/* A person as a drawing. First the photo is read into traits (face, hair,
 * garments and their colours, as JSON that people can edit;
 * docs/avatar2d.md), then the traits are drawn in a style. Either step can be
 * had alone: an avatar can be made from a photo, or from JSON and nothing
 * else. */

/* The traits of person `id` (pa_person.id), as JSON text that ends with a zero;
 * released with pa_bytes_free. `image` is the photo that `scene` was parsed
 * from. The face's form needs a network of role "face-mesh"; without one it is
 * of common proportions and the colours are those of the photo. A person whose
 * face is not seen has a default face and "face_seen": false. */
pa_status pa_traits_read(pa_context *context, const pa_image *image,
                         const pa_scene *scene, unsigned id, char **json);

typedef enum pa_frame {
  PA_FRAME_HEAD, /* head and shoulders */
  PA_FRAME_HALF, /* to the hips */
  PA_FRAME_FULL  /* from head to foot */
} pa_frame;

/* Kinds are "hat", "glasses", "earrings", "headphones", "scarf", "mask",
 * "hair", "beard" and "background"; each has names of its own. The name "none"
 * takes away what the person has of that kind. */
typedef struct pa_accessory {
  const char *kind, *name;
  pa_color color; /* alpha 0: the accessory's own, the person's for hair */
} pa_accessory;

typedef struct pa_avatar2d_options {
  const char *style; /* NULL: the first */
  pa_frame frame;
  const pa_accessory *accessories; /* of one kind, the last counts */
  size_t accessory_count;
  /* Not 0: puts on accessories of kinds that are not named above, by chance;
   * the same number does the same every time. */
  uint32_t seed;
  /* Pixels a side that the avatar is meant for, 16 to 4096; 0: 512. Photo
   * styles paint as many, at least 512 and at most 1024, with strokes that grow
   * along; drawings are sharp at every size. */
  unsigned size;
} pa_avatar2d_options;

typedef struct pa_avatar2d pa_avatar2d;

/* Draws a person. Traits are taken from `traits` (`traits_size` bytes of JSON)
 * when it is not NULL, otherwise from person `id` of the photo. `image` and
 * `scene` may be NULL, and are not looked at, where traits are given and the
 * style is not one that paints over the photo. `options` may be NULL: all zero.
 * Unknown styles, kinds and names, sizes out of range, and JSON that is
 * not traits, are PA_ERROR_ARGUMENT. */
pa_status pa_avatar2d_create(pa_context *context, const pa_image *image,
                             const pa_scene *scene, unsigned id,
                             const char *traits, size_t traits_size,
                             const pa_avatar2d_options *options,
                             pa_avatar2d **avatar);
void pa_avatar2d_destroy(pa_avatar2d *avatar);

/* SVG 1.1, 512 x 512 units, one <g> with an id for every part: background,
 * hair-back, neck, clothes, head (face, eyes, ...), hair-front, accessories.
 * Ends with a zero that is not counted in *size (which may be NULL). */
const char *pa_avatar2d_svg(const pa_avatar2d *avatar, size_t *size);
/* The traits that were drawn, as JSON that ends with a zero. */
const char *pa_avatar2d_traits(const pa_avatar2d *avatar);
/* Fills `rgba`, `size` x `size` pixels of straight alpha: what the SVG shows.
 */
pa_status pa_avatar2d_render(pa_context *context, const pa_avatar2d *avatar,
                             unsigned size, uint8_t *rgba);

/* What there is to choose from; names are NULL out of range. */
size_t pa_style2d_count(void);
const char *pa_style2d_name(size_t style);
const char *pa_style2d_about(size_t style); /* one line for people */
/* Whether the style paints over the person's own pixels. Such styles come last,
 * need the photo and its scene, and show what the person wears. Accessories and
 * named backgrounds are drawn over and behind the person; hair and beard stay
 * the photo's. Their SVG holds the picture as PNG in the groups "background"
 * and "person". */
bool pa_style2d_photo(size_t style);
size_t pa_accessory_kind_count(void);
const char *pa_accessory_kind(size_t kind);
size_t pa_accessory_count(size_t kind);
const char *pa_accessory_name(size_t kind, size_t index);

/* ------------------------------------------------------------ 3D avatars */

typedef enum pa_avatar3d_format {
  PA_AVATAR3D_GLB,  /* glTF 2.0 binary, with animations */
  PA_AVATAR3D_VRM,  /* VRM 1.0 */
  PA_AVATAR3D_VRM0, /* VRM 0.x, which many importers still want */
  /* JSON, no mesh: {camera: {scale, x, y}, bones: [{name, parent, head,
   * rotation}], landmarks: [{name, photo, world, trust}]}. `head`:
   * metres, T-pose; `rotation`: as photographed, a quaternion x, y, z, w from
   * the parent's frame; the photo's x is camera.x + scale * X and its y
   * camera.y - scale * Y of the posed figure whose root is at 0. */
  PA_AVATAR3D_POSE
} pa_avatar3d_format;

typedef enum pa_avatar3d_style {
  PA_AVATAR3D_PHOTO,  /* the photo's pixels */
  PA_AVATAR3D_CARTOON /* one colour a part, unlit */
} pa_avatar3d_style;

/* What VRM files allow others to do. */
typedef enum pa_avatar3d_license {
  PA_AVATAR3D_PRIVATE,  /* the author alone, not for commerce */
  PA_AVATAR3D_PERSONAL, /* everybody, not for commerce, changed or not */
  PA_AVATAR3D_CC_BY,    /* Creative Commons Attribution 4.0 */
  PA_AVATAR3D_CC0,      /* given to the public */
  PA_AVATAR3D_LICENSES
} pa_avatar3d_license;

/* "private", "personal", "cc-by", "cc0"; NULL beyond the last. */
const char *pa_avatar3d_license_name(size_t license);

typedef struct pa_avatar3d_options {
  pa_avatar3d_format format;
  pa_avatar3d_style style;
  /* Metres, high heels not counted; 0: as the proportions suggest, about 1.7.
   */
  float height;
  /* Of the avatar, NULL: "Avatar"; VRM asks for an author, NULL: "Unknown".
   * UTF-8 without control characters, at most 128 bytes. */
  const char *name, *author;
  pa_avatar3d_license license;
} pa_avatar3d_options;

/* Makes a rigged, textured figure of the person `id` of a scene parsed from
 * this image: T-pose, facing +Z, soles at height 0, metres. Needs the body file
 * (loaded by pa_context_load like a network; role "body"). `options` may be
 * NULL: all zero. *bytes is released with pa_bytes_free. */
pa_status pa_avatar3d_create(pa_context *context, const pa_image *image,
                             const pa_scene *scene, unsigned id,
                             const pa_avatar3d_options *options,
                             uint8_t **bytes, size_t *size);

/* ------------------------------------------------------------ tracking */

/* A person before a camera, followed from frame to frame so that an avatar can
 * move as they do. The first frame is searched for a person, the one who is
 * largest in the picture; in the next ones the networks look only where the
 * person was, which is several times faster, until the person is lost and
 * searched for again. What is told is smoothed over time. */
typedef struct pa_tracker pa_tracker;

typedef struct pa_tracker_options {
  /* Bones and expressions as a mirror shows them: the right arm raised is the
   * avatar's left. Landmarks stay the person's own. */
  bool mirror;
} pa_tracker_options;

/* The tracker uses the context, which must outlive it, and belongs to the
 * context's thread. `options` may be NULL: all zero. A few kilobytes. */
pa_status pa_tracker_create(pa_context *context,
                            const pa_tracker_options *options,
                            pa_tracker **tracker);
void pa_tracker_destroy(pa_tracker *tracker);

/* Bones of VRM's humanoid: hips, spine, chest, upperChest, neck, head, and both
 * sides of shoulder, upperArm, lowerArm, hand, upperLeg, lowerLeg, foot, toes.
 */
#define PA_TRACK_BONES 22
/* "hips", ..., "leftUpperArm", "rightUpperArm", ...; NULL out of range. */
const char *pa_track_bone_name(size_t bone);

typedef enum pa_track_expression {
  PA_TRACK_BLINK_LEFT,  /* the eye is closed */
  PA_TRACK_BLINK_RIGHT, /* follows the left */
  PA_TRACK_AA,          /* the mouth is open */
  PA_TRACK_OU,          /* the mouth is rounded */
  PA_TRACK_HAPPY,       /* it smiles */
  PA_TRACK_SURPRISED,   /* the brows are raised */
  PA_TRACK_EXPRESSIONS
} pa_track_expression;

/* The names of VRM's preset expressions: "blinkLeft", ...; NULL out of range.
 */
const char *pa_track_expression_name(size_t expression);

typedef struct pa_track {
  bool found; /* a person is there; else what follows is 0, bones in T-pose */
  bool face;  /* a face is seen; else the expressions are 0 */
  bool searched; /* the whole frame was looked at: a person was not had before,
                    or is lost */
  float score;   /* 0..1 */
  /* As those of pa_person. Scores tell visibility; all 0 where the face alone
   * is seen. */
  pa_keypoint keypoints[PA_KEYPOINTS];
  float world[PA_KEYPOINTS][3];
  /* Unit quaternions x, y, z, w from each bone's parent; all 0, 0, 0, 1 is the
   * T-pose, which faces +Z with Y up. The hips' turns the whole person. What is
   * not seen hangs down. */
  float bones[PA_TRACK_BONES][4];
  float expressions[PA_TRACK_EXPRESSIONS]; /* 0..1 */
} pa_track;

/* Looks at the next frame (pa_image_from_rgba makes one of pixels; any size,
 * 640 x 480 is plenty), taken at `seconds` on a clock of the caller's. Needs
 * networks of the roles "people" and "pose" and the body file; expressions and
 * a finely turned head need "face-mesh", close-ups "face-detector". No person
 * is no error. Numbers are finite in any case. PA_ERROR_ARGUMENT when a parse
 * job is under way. After an error or a cancellation the next frame is searched
 * again. */
pa_status pa_tracker_frame(pa_tracker *tracker, const pa_image *frame,
                           double seconds, pa_track *track);

/* ------------------------------------------------------------- convert */

typedef struct pa_convert_options {
  /* What weights are stored as: "i8" (NULL: this; one step size a channel),
   * "f16" or "f32". */
  const char *dtype;
  /* The label table: "cihp", "lip", "ppp", "mhp-v2", or JSON (docs/m2fp.md).
   * NULL: the one of those that has as many labels as the checkpoint classes.
   */
  const char *labels;
  /* The architecture's sizes: "r101" (NULL), or "tiny", its like for tests. */
  const char *sizes;
} pa_convert_options;

/* Makes a weights file for pa_context_load out of a checkpoint of M2FP:
 * PyTorch's .pt and .pth, of which nothing is executed, or safetensors. Every
 * tensor of the architecture must be there, in its shape and finite, and none
 * beside them: the message counts what is not so and names the first few.
 * options may be NULL. *file is released with pa_bytes_free. */
pa_status pa_convert(pa_context *context, const void *checkpoint, size_t size,
                     const pa_convert_options *options, uint8_t **file,
                     size_t *file_size);

/* ----------------------------------------------------------- profiling */

/* One operator's share of the last run of a network. */
typedef struct pa_profile_entry {
  const char *network;
  const char *op;
  double ms;
} pa_profile_entry;

/* Number of entries, and the entries one by one; 0 when the context was made
 * without `profile`. */
size_t pa_context_profile_count(const pa_context *context);
pa_status pa_context_profile(pa_context *context, size_t index,
                             pa_profile_entry *entry);

/* One network on its own, for measurements: `runs` runs after a warm-up, on
 * whatever its input holds. */
typedef struct pa_bench {
  double best_ms, median_ms;
  double macs; /* multiplications with additions of one run */
} pa_bench;

/* `role` as in the weights files, or "gemm": a 512 x 512 x 512 matrix product,
 * the rate that the machine can reach with this library at all. */
pa_status pa_context_bench(pa_context *context, const char *role, unsigned runs,
                           pa_bench *result);

#ifdef __cplusplus
}
#endif
#endif
