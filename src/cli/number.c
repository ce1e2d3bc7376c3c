#include "cli/number.h"

#include <errno.h>
#include <stdlib.h>

#include "cli/cli.h"

int cli_number(const char *option, const char *text, double low, double high,
               double *value) {
  char *end;
  errno = 0;
  *value = strtod(text, &end);
  if (end == text || *end || errno || !(*value >= low && *value <= high))
    return cli_fail("%s: \"%s\" is not a number from %g to %g", option, text,
                    low, high);
  return 0;
}
