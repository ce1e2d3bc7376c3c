/* Work that is not to be made part of the loop over it. */
#ifndef PARSONA_BASE_APART_H
#define PARSONA_BASE_APART_H

/* A row's work: in WebAssembly a function's optimised code is first used when
 * it is called again, so that a loop over a whole picture would do its first
 * one, which people wait for, in code several times slower. Or what is rare:
 * browsers optimise small loops sooner. */
#define PA_APART __attribute__((noinline))

#endif
