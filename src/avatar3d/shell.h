/* Surfaces around the body that are no skin: rows of points from top to bottom,
 * closed or open rings, bent to what the photo shows. */
#ifndef PARSONA_AVATAR3D_SHELL_H
#define PARSONA_AVATAR3D_SHELL_H

#include "avatar3d/outfit.h"

#define PA_SHELL_COLUMNS 41
#define PA_SHELL_ROWS 48

typedef struct pa_shell {
  unsigned rows;
  pa_vec at[PA_SHELL_ROWS][PA_SHELL_COLUMNS];
  float uv[4]; /* its rectangle of the atlas: x, y, width, height */
  uint8_t source, material;
  uint8_t cut; /* a pa_cut */
  /* The depth of its axis, from which what faces the camera is told; without it
   * each row's own middle. */
  bool has_axis;
  float axis;
  float fray;  /* of its height: how far its lower end wavers */
  bool unseen; /* the photo shows nothing of it */
  /* Whether a place's outer edge is its own, not the photo's; NULL: never. */
  bool (*whole)(unsigned row, unsigned column);
  pa_rgb color;
} pa_shell;

/* How a point of a shell hangs on the skeleton. */
typedef void (*pa_shell_skin)(const pa_figure *figure, pa_vec place,
                              uint8_t bone[4], uint8_t weight[4]);
/* Where a place of the T-pose is in the photo. */
typedef pa_vec (*pa_shell_map)(const void *map, pa_vec place);

/* Appends the shell to the mesh, and a brush for each of its vertices; `brush`
 * must have room for PA_SHELL_ROWS * PA_SHELL_COLUMNS more. `towards` is the
 * camera in the T-pose's frame. */
pa_status pa_shell_add(pa_error *err, const pa_shell *shell,
                       const pa_figure *figure, pa_shell_skin skin,
                       pa_shell_map map, const void *map_data, pa_vec towards,
                       pa_mesh *mesh, pa_brush *brush);

/* Weights (sum 255) of up to four bones from shares of any size. */
void pa_shell_weights(const unsigned *bones, const float *shares,
                      unsigned count, uint8_t bone[4], uint8_t weight[4]);

/* Front and back of the body's trunk by height and side: what a shell must stay
 * outside of. */
#define PA_RELIEF_X 60
#define PA_RELIEF_Y 180
typedef struct pa_relief {
  float front[PA_RELIEF_Y][PA_RELIEF_X], back[PA_RELIEF_Y][PA_RELIEF_X];
} pa_relief;
void pa_relief_of(const pa_figure *figure, pa_relief *relief);
/* Moves a place in front of or behind the trunk, `gap` metres away from it. */
pa_vec pa_relief_clear(const pa_relief *relief, pa_vec place, float gap);

#endif
