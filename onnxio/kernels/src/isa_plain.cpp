// For every processor: vectors of four, as SSE2 and NEON have them.
#define WIDTH 4
#define SET plain
#define ENTRY isaPlain
#define TITLE "plain"
#include "simd.h"
