# Third-party sources, taken from Debian 13's source packages by exact version.
# Changing a line here makes a new cache entry; nothing else has to be cleaned.
DEBIAN_SOURCES=(
  xnnpack=0.0~git20241108.4ea82e5-2       # the neural-network engine
  pthreadpool=0.0~git20240616.560c60d-1   # its thread pool
  fxdiv=0.0~git20200417.b408327-4         # integer division, a header of pthreadpool's
  cpuinfo=0.0~git20250327.39ea79a-1       # CPU detection, native builds only
  yyjson=0.10.0+ds-1                      # strict JSON reader and writer
  libstb=0.0~git20241109.5c20573+ds-1     # stb_image, stb_image_write
)
EMSCRIPTEN_DEBIAN=3.1.69+dfsg-3
BINARYEN_DEBIAN=120-4
