#include "avatar3d/spline.h"

#include "base/mem.h"

#define MOST (PA_SPLINE_MOST + 4)

static void swap_rows(double *a, double *b, unsigned columns) {
  for (unsigned c = 0; c < columns; c++) {
    double t = a[c];
    a[c] = b[c], b[c] = t;
  }
}

/* Gaussian elimination with partial pivoting, in place; the right-hand sides
 * stand behind the matrix. */
static bool solve(double m[MOST][MOST + 3], unsigned n, unsigned columns) {
  for (unsigned i = 0; i < n; i++) {
    unsigned best = i;
    for (unsigned r = i + 1; r < n; r++)
      if (fabs(m[r][i]) > fabs(m[best][i])) best = r;
    if (!(fabs(m[best][i]) > 1e-9)) return false;
    swap_rows(m[i], m[best], n + columns);
    for (unsigned r = 0; r < n; r++) {
      if (r == i) continue;
      double k = m[r][i] / m[i][i];
      for (unsigned c = i; c < n + columns; c++)
        m[r][c] -= k * m[i][c];
    }
  }
  return true;
}

pa_status pa_spline_fit(pa_error *err, const pa_vec *center,
                        const float *values, unsigned count, unsigned columns,
                        float smooth, float *weight, bool *found) {
  *found = false;
  if (count < 4 || count > PA_SPLINE_MOST || columns > 3) return PA_OK;
  double(*m)[MOST + 3] = pa_mem_calloc(MOST, sizeof *m);
  if (!m) return pa_error_memory(err, MOST * sizeof *m, "a spline");
  unsigned n = count + 4;
  for (unsigned i = 0; i < count; i++) {
    for (unsigned j = 0; j < count; j++)
      m[i][j] = -(double)pa_length(pa_sub(center[i], center[j]));
    m[i][i] += (double)smooth;
    const double affine[4] = {1, (double)center[i].x, (double)center[i].y,
                              (double)center[i].z};
    for (unsigned k = 0; k < 4; k++)
      m[i][count + k] = m[count + k][i] = affine[k];
    for (unsigned c = 0; c < columns; c++)
      m[i][n + c] = (double)values[i * columns + c];
  }
  *found = solve(m, n, columns);
  for (unsigned i = 0; *found && i < n; i++)
    for (unsigned c = 0; c < columns; c++)
      weight[i * columns + c] = (float)(m[i][n + c] / m[i][i]);
  pa_mem_free(m);
  return PA_OK;
}

void pa_spline_at(const pa_vec *center, const float *weight, unsigned count,
                  unsigned columns, pa_vec p, float *value) {
  const float affine[4] = {1, p.x, p.y, p.z};
  for (unsigned c = 0; c < columns; c++)
    value[c] = 0;
  for (unsigned k = 0; k < 4; k++)
    for (unsigned c = 0; c < columns; c++)
      value[c] += affine[k] * weight[(count + k) * columns + c];
  for (unsigned i = 0; i < count; i++) {
    float r = -pa_length(pa_sub(p, center[i]));
    for (unsigned c = 0; c < columns; c++)
      value[c] += r * weight[i * columns + c];
  }
}
