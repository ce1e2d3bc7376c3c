/* ResNet with bottleneck blocks and a stem of three convolutions. */
#include "m2fp/model.h"

#define EXPANSION 4

static void stem(pa_m2fp_builder *b) {
  static const char *const values[4] = {"image", "stem.1", "stem.2", "stem.3"};
  size_t channels = 3;
  for (size_t i = 0; i < 3; i++) {
    pa_m2fp_conv conv = {.in = channels,
                         .out = b->sizes->stem[i],
                         .window = 3,
                         .stride = i == 0 ? 2 : 1,
                         .norm = true,
                         .relu = true};
    pa_m2fp_add_conv(b, pa_m2fp_name_of("backbone.stem.conv%zu", i + 1).text,
                     &conv, values[i], values[i + 1]);
    channels = conv.out;
  }
  yyjson_mut_val *pool = pa_m2fp_op(b, "max_pool2d", "stem", 1, &values[3]);
  pa_m2fp_numbers(b, pool, "size", 2, (const int64_t[]){3, 3});
  pa_m2fp_numbers(b, pool, "stride", 2, (const int64_t[]){2, 2});
  pa_m2fp_numbers(b, pool, "pad", 4, (const int64_t[]){1, 1, 1, 1});
}

/* A block `name` from value `in` to value `out`. The first of a stage has a
 * shortcut of its own, and the stride, which its 3x3 convolution takes. */
static void block(pa_m2fp_builder *b, const char *name, size_t channels,
                  size_t inner, size_t stride, bool first, const char *in,
                  const char *out) {
  size_t wide = EXPANSION * inner;
  pa_m2fp_name part = pa_m2fp_name_of("backbone.%s.conv1", name);
  pa_m2fp_name x = pa_m2fp_name_of("%s.1", name);
  pa_m2fp_add_conv(b, part.text,
                   &(pa_m2fp_conv){.in = channels,
                                   .out = inner,
                                   .window = 1,
                                   .stride = 1,
                                   .norm = true,
                                   .relu = true},
                   in, x.text);
  part = pa_m2fp_name_of("backbone.%s.conv2", name);
  pa_m2fp_name y = pa_m2fp_name_of("%s.2", name);
  pa_m2fp_add_conv(b, part.text,
                   &(pa_m2fp_conv){.in = inner,
                                   .out = inner,
                                   .window = 3,
                                   .stride = stride,
                                   .norm = true,
                                   .relu = true},
                   x.text, y.text);
  part = pa_m2fp_name_of("backbone.%s.conv3", name);
  x = pa_m2fp_name_of("%s.3", name);
  pa_m2fp_add_conv(
      b, part.text,
      &(pa_m2fp_conv){
          .in = inner, .out = wide, .window = 1, .stride = 1, .norm = true},
      y.text, x.text);
  y = pa_m2fp_name_of("%s.shortcut", name);
  if (first)
    pa_m2fp_add_conv(b, pa_m2fp_name_of("backbone.%s.shortcut", name).text,
                     &(pa_m2fp_conv){.in = channels,
                                     .out = wide,
                                     .window = 1,
                                     .stride = stride,
                                     .norm = true},
                     in, y.text);
  pa_m2fp_name sum = pa_m2fp_name_of("%s.sum", name);
  pa_m2fp_binary(b, "add", x.text, first ? y.text : in, sum.text);
  pa_m2fp_unary(b, "relu", sum.text, out);
}

void pa_m2fp_backbone(pa_m2fp_builder *b) {
  pa_m2fp_name in = {"stem"};
  size_t channels = b->sizes->stem[2];
  stem(b);
  for (size_t stage = 0; stage < 4; stage++) {
    size_t inner = b->sizes->bottleneck << stage;
    size_t blocks = b->sizes->blocks[stage];
    for (size_t k = 0; k < blocks; k++) {
      pa_m2fp_name name = pa_m2fp_name_of("res%zu.%zu", stage + 2, k);
      pa_m2fp_name out = k + 1 < blocks ? pa_m2fp_name_of("%s.out", name.text)
                                        : pa_m2fp_name_of("res%zu", stage + 2);
      block(b, name.text, channels, inner, stage > 0 && k == 0 ? 2 : 1, k == 0,
            in.text, out.text);
      channels = EXPANSION * inner;
      in = out;
    }
  }
}
