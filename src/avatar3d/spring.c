#include "avatar3d/spring.h"

#include "avatar3d/hair.h"

#define LAST (PA_SHELL_COLUMNS - 1)
#define HAIR_CHAINS 5
#define SKIRT_CHAINS 6

/* The chains of one shell. */
typedef struct fringe {
  const pa_shell *shell;
  unsigned top; /* row of the roots */
  unsigned chains, first_chain;
  float column[PA_SPRING_CHAINS];
  bool closed;
} fringe;

static void add_chains(const fringe *f, bool skirt, const unsigned *parents,
                       pa_springs *s) {
  unsigned low = f->shell->rows - 1, middle = (f->top + low) / 2;
  for (unsigned i = 0; i < f->chains; i++) {
    unsigned c = (unsigned)(f->column[i] + .5f);
    s->chain[s->chains++] = (pa_spring_chain){.skirt = skirt,
                                              .parent = parents[i],
                                              .joint = {f->shell->at[f->top][c],
                                                        f->shell->at[middle][c],
                                                        f->shell->at[low][c]}};
  }
}

/* The two chains on either side of a column, and how near it is to the second.
 */
static float between(const fringe *f, unsigned column, unsigned pair[2]) {
  float c = (float)column;
  for (unsigned i = 0; i + 1 < f->chains; i++) {
    if (c < f->column[i] || c > f->column[i + 1]) continue;
    pair[0] = i, pair[1] = i + 1;
    return (c - f->column[i]) / (f->column[i + 1] - f->column[i]);
  }
  unsigned end = f->chains - 1;
  bool before = c < f->column[0];
  pair[0] = end, pair[1] = 0;
  if (!f->closed) {
    pair[0] = pair[1] = before ? 0 : end;
    return 0;
  }
  float gap = f->column[0] + LAST - f->column[end];
  return ((before ? c + LAST : c) - f->column[end]) / gap;
}

/* Columns that end far above the others do not swing: of one tress alone the
 * rest ends at the nape. */
static bool is_short(const pa_shell *s, unsigned top, unsigned column) {
  float most = 0, own = s->at[top][column].y - s->at[s->rows - 1][column].y;
  for (unsigned c = 0; c <= LAST; c++)
    most = fmaxf(most, s->at[top][c].y - s->at[s->rows - 1][c].y);
  return own < .4f * most;
}

/* Shares: of `anchor` at the roots, then of the first bones, then of both. */
static void hang(const pa_figure *figure, const fringe *f, unsigned anchor,
                 unsigned first, pa_mesh *mesh) {
  unsigned low = f->shell->rows - 1;
  for (unsigned r = f->top; r <= low; r++)
    for (unsigned c = 0; c <= LAST; c++) {
      unsigned pair[2];
      if (is_short(f->shell, f->top, c)) continue;
      float side = between(f, c, pair);
      float t = (float)(r - f->top) / (float)(low - f->top);
      float free = pa_smoothstep(0, .35f, t), end = pa_smoothstep(.4f, .8f, t);
      unsigned bones[5] = {anchor};
      float shares[5] = {1 - free};
      for (unsigned k = 0; k < 2; k++) {
        float w = free * (k ? side : 1 - side);
        unsigned chain = f->first_chain + pair[k];
        bones[1 + k] = pa_spring_bone(figure, chain, 0);
        bones[3 + k] = pa_spring_bone(figure, chain, 1);
        shares[1 + k] = w * (1 - end);
        shares[3 + k] = w * end;
      }
      /* the anchor has let go before the ends begin */
      bool ends = t > .4f;
      pa_vertex *v = &mesh->vertex[first + r * PA_SHELL_COLUMNS + c];
      pa_shell_weights(bones + ends, shares + ends, ends ? 4 : 3, v->bone,
                       v->weight);
    }
}

void pa_spring_hair(const pa_figure *figure, const pa_shell *shell,
                    unsigned first, pa_mesh *mesh, pa_springs *s) {
  if (shell->rows < PA_HAIR_CAP + PA_HAIR_FALL) return; /* it is short */
  fringe f = {.shell = shell,
              .top = PA_HAIR_CAP + 2,
              .chains = HAIR_CHAINS,
              .first_chain = s->chains};
  unsigned head = figure->bone[PA_BONE_HEAD], parents[HAIR_CHAINS];
  for (unsigned i = 0; i < HAIR_CHAINS; i++) {
    f.column[i] = LAST * (.06f + .22f * (float)i);
    parents[i] = head;
  }
  add_chains(&f, false, parents, s);
  hang(figure, &f, head, first, mesh);
}

void pa_spring_skirt(const pa_figure *figure, const pa_shell *shell,
                     unsigned first, pa_mesh *mesh, pa_springs *s) {
  float hip = figure->head[figure->bone[PA_BONE_THIGH]].y;
  unsigned top = 0;
  while (top + 4 < shell->rows && shell->at[top][0].y > hip)
    top++;
  if (shell->rows < 8 || hip - shell->at[shell->rows - 1][0].y < .15f) return;
  fringe f = {.shell = shell,
              .top = top,
              .chains = SKIRT_CHAINS,
              .first_chain = s->chains,
              .closed = true};
  unsigned parents[SKIRT_CHAINS];
  for (unsigned i = 0; i < SKIRT_CHAINS; i++) {
    f.column[i] = LAST * ((float)i + .5f) / SKIRT_CHAINS;
    float x = shell->at[top][(unsigned)(f.column[i] + .5f)].x;
    parents[i] = figure->bone[PA_BONE_SIDE(PA_BONE_THIGH, x < 0)];
  }
  add_chains(&f, true, parents, s);
  hang(figure, &f, figure->bone[PA_BONE_PELVIS], first, mesh);
}
