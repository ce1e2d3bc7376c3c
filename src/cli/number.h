/* Numbers on the command line. */
#ifndef PARSONA_CLI_NUMBER_H
#define PARSONA_CLI_NUMBER_H

/* Non-zero, with a line on stderr, unless all of `text` is a number between low
 * and high. */
int cli_number(const char *option, const char *text, double low, double high,
               double *value);

#endif
