/* Placing buffers in the arena: largest first, each at the lowest offset where
 * nothing that lives at the same time is in the way (the greedy-by-size method
 * of Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
 * Inference", 2020). */
#include "base/mem.h"
#include "nn/net.h"

static size_t rounded(size_t bytes) {
  return (bytes + PA_MEM_ALIGNMENT - 1) / PA_MEM_ALIGNMENT * PA_MEM_ALIGNMENT;
}

/* Shell sort by size, largest first; ties by first use. No recursion, no
 * memory. */
static void sort(const pa_nn_buffer *buffers, uint32_t *order, uint32_t count) {
  for (uint32_t gap = count / 2; gap > 0; gap /= 2) {
    for (uint32_t i = gap; i < count; i++) {
      uint32_t moved = order[i], j = i;
      const pa_nn_buffer *m = &buffers[moved];
      for (; j >= gap; j -= gap) {
        const pa_nn_buffer *other = &buffers[order[j - gap]];
        if (other->bytes > m->bytes ||
            (other->bytes == m->bytes && other->first <= m->first))
          break;
        order[j] = order[j - gap];
      }
      order[j] = moved;
    }
  }
}

static bool together(const pa_nn_buffer *a, const pa_nn_buffer *b) {
  return a->first <= b->last && b->first <= a->last;
}

/* The lowest offset for `order[at]`; the ones before it are placed and sorted
 * by offset in `placed`. */
static size_t lowest(const pa_nn_buffer *buffers, const uint32_t *placed,
                     uint32_t count, const pa_nn_buffer *buffer) {
  size_t offset = 0;
  for (uint32_t i = 0; i < count; i++) {
    const pa_nn_buffer *other = &buffers[placed[i]];
    if (!together(buffer, other)) continue;
    if (other->offset >= offset + rounded(buffer->bytes)) break;
    size_t end = other->offset + rounded(other->bytes);
    if (end > offset) offset = end;
  }
  return offset;
}

static void insert(const pa_nn_buffer *buffers, uint32_t *placed,
                   uint32_t count, uint32_t buffer) {
  uint32_t i = count;
  for (; i > 0 && buffers[placed[i - 1]].offset > buffers[buffer].offset; i--)
    placed[i] = placed[i - 1];
  placed[i] = buffer;
}

pa_status pa_nn_plan(pa_error *err, pa_nn_buffer *buffers, uint32_t count,
                     size_t *arena_bytes) {
  uint32_t *order = pa_mem_calloc(2 * (size_t)count + 1, sizeof *order);
  if (!order) return pa_error_memory(err, count * sizeof *order, "the plan");
  uint32_t *placed = order + count, wanted = 0;
  size_t end = 0;
  pa_status status = PA_OK;
  for (uint32_t i = 0; i < count; i++)
    if (buffers[i].place == PA_NN_ARENA) order[wanted++] = i;
  sort(buffers, order, wanted);
  for (uint32_t i = 0; i < wanted; i++) {
    pa_nn_buffer *buffer = &buffers[order[i]];
    buffer->offset = lowest(buffers, placed, i, buffer);
    insert(buffers, placed, i, order[i]);
    size_t last = buffer->offset + rounded(buffer->bytes);
    if (last > end) end = last;
    if (end > PA_LIMIT_NET_BYTES) {
      status = pa_error_set(err, PA_ERROR_TOO_LARGE,
                            "activations of over %zu bytes", end);
      break;
    }
  }
  pa_mem_free(order);
  *arena_bytes = end ? end + PA_NN_SLACK : 0;
  return status;
}
