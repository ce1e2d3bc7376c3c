/* Landmarks moved to the middle of their limbs. */
#ifndef PARSONA_AVATAR3D_CENTER_H
#define PARSONA_AVATAR3D_CENTER_H

#include "avatar3d/sight.h"

/* Knees, ankles, elbows and wrists of sight->person: the network puts them a
 * few centimetres to one side; across the limb its mask knows better. Joints
 * whose limb has no clear sides stay. */
void pa_center_joints(pa_sight *sight);

#endif
