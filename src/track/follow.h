/* One person, followed from frame to frame: the networks run where the frame
 * before had the person, as MediaPipe's pose and face graphs do (Bazarevsky et
 * al. 2020, section 3; Kartynnik et al. 2019, section 3), and the whole frame
 * is searched only when there was nobody. */
#ifndef PARSONA_TRACK_FOLLOW_H
#define PARSONA_TRACK_FOLLOW_H

#include "parse/context.h"
#include "pose/face.h"

typedef struct pa_follow {
  bool person, face;              /* had in the frame before */
  pa_pose_roi body_roi, face_roi; /* where to look for them in the next */
} pa_follow;

typedef struct pa_followed {
  bool searched;     /* the whole frame was looked at */
  bool person, face; /* what was found; without it the rest means nothing */
  pa_pose pose;
  pa_face mesh;
} pa_followed;

/* Looks at the next frame. Of several people the search takes the one who is
 * largest in the picture. The face needs a network of role "face-mesh". */
pa_status pa_follow_frame(pa_context *context, const pa_image *frame,
                          pa_follow *follow, pa_followed *found);

#endif
