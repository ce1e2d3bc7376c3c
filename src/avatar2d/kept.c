#include "avatar2d/kept.h"

#include <string.h>

#include "base/keep.h"
#include "base/mem.h"
#include "parse/scene.h"

typedef struct entry {
  const pa_image *image; /* NULL: free */
  unsigned id, used;     /* the time of the last use */
  bool has_head, asked;
  pa_head head;
  pa_photo *photo; /* without scratch planes; NULL: none */
} entry;

typedef struct people {
  unsigned time;
  entry entries[PA_KEPT_PEOPLE];
} people;

static void release(void *what) {
  people *all = what;
  for (int i = 0; i < PA_KEPT_PEOPLE; i++)
    pa_photo_close(all->entries[i].photo);
  pa_mem_free(all);
}

/* Opens the scene's box; NULL when that cannot be. */
static people *open_box(pa_kept_of of) {
  pa_keep *keep = of.scene->keep;
  if (!pa_keep_open(keep)) return NULL;
  if (!keep->what) keep->what = pa_mem_calloc(1, sizeof(people));
  keep->release = release;
  if (!keep->what) pa_keep_close(keep);
  return keep->what;
}

static entry *find(people *all, pa_kept_of of) {
  for (int i = 0; i < PA_KEPT_PEOPLE; i++) {
    entry *e = &all->entries[i];
    if (e->image != of.image || e->id != of.id) continue;
    e->used = ++all->time;
    return e;
  }
  return NULL;
}

/* The person's entry, which may take the place of the one whose last use is
 * longest ago. */
static entry *claim(people *all, pa_kept_of of) {
  entry *found = find(all, of);
  if (found) return found;
  found = &all->entries[0];
  for (int i = 1; i < PA_KEPT_PEOPLE; i++)
    if (all->entries[i].used < found->used) found = &all->entries[i];
  pa_photo_close(found->photo);
  *found = (entry){.image = of.image, .id = of.id, .used = ++all->time};
  return found;
}

bool pa_kept_head(pa_kept_of of, bool asked, pa_head *head) {
  people *all = open_box(of);
  if (!all) return false;
  const entry *e = find(all, of);
  bool has = e && e->has_head && e->asked == asked;
  if (has) *head = e->head;
  pa_keep_close(of.scene->keep);
  return has;
}

void pa_keep_head(pa_kept_of of, bool asked, const pa_head *head) {
  people *all = open_box(of);
  if (!all) return;
  entry *e = claim(all, of);
  e->has_head = true, e->asked = asked, e->head = *head;
  pa_keep_close(of.scene->keep);
}

bool pa_kept_photo(pa_kept_of of, pa_figure_view view, pa_photo *photo) {
  if (photo->side > PA_KEPT_SIDE) return false;
  people *all = open_box(of);
  if (!all) return false;
  const entry *e = find(all, of);
  bool has =
      e && e->photo && e->photo->view == view && e->photo->side == photo->side;
  if (has) pa_photo_copy(photo, e->photo);
  pa_keep_close(of.scene->keep);
  return has;
}

void pa_keep_photo(pa_kept_of of, const pa_photo *photo) {
  if (photo->side > PA_KEPT_SIDE) return;
  people *all = open_box(of);
  if (!all) return;
  entry *e = claim(all, of);
  if (!e->photo || e->photo->side != photo->side) {
    pa_photo_close(e->photo);
    e->photo = pa_photo_open(photo->side, 0);
  }
  if (e->photo) pa_photo_copy(e->photo, photo);
  pa_keep_close(of.scene->keep);
}
