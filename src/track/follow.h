/* One person, followed from frame to frame: the networks run where the frame
 * before had the person, as MediaPipe's pose and face graphs do (Bazarevsky et
 * al. 2020, section 3; Kartynnik et al. 2019, section 3), and the whole frame
 * is searched only when there was nobody. */
#ifndef PARSONA_TRACK_FOLLOW_H
#define PARSONA_TRACK_FOLLOW_H

#include "parse/context.h"
#include "pose/face.h"

typedef struct pa_follow {
  bool body, face; /* there is a region to look at, in the next */
  pa_pose_roi body_roi, face_roi; /* frame */
} pa_follow;

typedef struct pa_followed {
  bool searched;   /* the whole frame was looked at */
  bool body, face; /* what was found; the other's numbers mean nothing */
  pa_pose pose;
  pa_face mesh;
} pa_followed;

/* Looks at the next frame. Of several people the search takes the one who is
 * largest in the picture. Close to the camera a person is a face without a
 * body, at a distance a body without a face. The face needs a network of role
 * "face-mesh". */
pa_status pa_follow_frame(pa_context *context, const pa_image *frame,
                          pa_follow *follow, pa_followed *found);

#endif
