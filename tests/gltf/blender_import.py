"""Run inside Blender: imports an avatar, tells as JSON what Blender made of it, and renders it from the front.

    blender --background --factory-startup --python blender_import.py -- AVATAR.glb OUT.json OUT.png"""
import json
import sys

import bpy
import numpy
from mathutils import Vector

# Debian 12 has an importer that still says np.bool, and a numpy that no longer knows it
if "bool" not in vars(numpy):
    numpy.bool = bool

source, report, picture = sys.argv[sys.argv.index("--") + 1:]
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_scene.gltf(filepath=source)

objects = list(bpy.context.scene.objects)
armatures = [o for o in objects if o.type == "ARMATURE"]
# the importer's own shape for drawing bones belongs to no scene of ours
meshes = [o for o in objects if o.type == "MESH" and any(m.type == "ARMATURE" for m in o.modifiers)]
# as it stands without any animation: Blender plays one after importing
for armature in armatures:
    armature.data.pose_position = "REST"
bpy.context.view_layer.update()


def bounds(mesh):
    """Of the mesh as its bones stand, in Blender's world: Z up."""
    evaluated = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
    points = [evaluated.matrix_world @ v.co for v in evaluated.data.vertices]
    return [min(p[k] for p in points) for k in range(3)], [max(p[k] for p in points) for k in range(3)]


ENDS = ("middle_03_l", "middle_03_r", "foot_l", "foot_r")


def motion(armature, action):
    """The farthest that a fingertip or foot moves from the first frame of an action, metres."""
    armature.animation_data.action = action
    first, last = action.frame_range
    places = []
    for step in range(25):
        bpy.context.scene.frame_set(int(first + (last - first) * step / 24))
        places.append([armature.matrix_world @ armature.pose.bones[b].head for b in ENDS])
    return max((a - b).length for place in places for a, b in zip(place, places[0]))


low, high = bounds(meshes[0])
armature = armatures[0]
for track in list(armature.animation_data.nla_tracks) if armature.animation_data else []:
    track.mute = True
armature.data.pose_position = "POSE"
moves = {a.name: motion(armature, a) for a in bpy.data.actions if any("pose.bones" in c.data_path for c in a.fcurves)}
armature.data.pose_position = "REST"
facts = {
    "blender": bpy.app.version_string,
    "armatures": len(armatures),
    "meshes": len(meshes),
    "bones": {b.name: b.parent.name if b.parent else None for b in armature.data.bones},
    "vertices": len(meshes[0].data.vertices),
    "triangles": sum(len(p.vertices) - 2 for p in meshes[0].data.polygons),
    "groups": len(meshes[0].vertex_groups),
    "unweighted": sum(abs(sum(g.weight for g in v.groups) - 1) > 1e-3 for v in meshes[0].data.vertices),
    "shapes": [k.name for k in meshes[0].data.shape_keys.key_blocks],
    "materials": len(meshes[0].data.materials),
    "images": [list(i.size) for i in bpy.data.images if i.size[0]],
    "moves": moves,
    "low": low,
    "high": high,
}
with open(report, "w") as file:
    json.dump(facts, file)

scene = bpy.context.scene
scene.render.engine = "CYCLES"
scene.cycles.device = "CPU"
scene.cycles.samples = 4
scene.cycles.use_denoising = False
scene.render.resolution_x, scene.render.resolution_y = 160, 200
scene.render.film_transparent = True
scene.view_settings.view_transform = "Standard"
scene.render.image_settings.file_format = "PNG"
scene.render.filepath = picture
world = bpy.data.worlds.new("light")
world.use_nodes = True
world.node_tree.nodes["Background"].inputs[0].default_value = (1, 1, 1, 1)
scene.world = world
camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
camera.data.type = "ORTHO"
camera.data.ortho_scale = 1.06 * max(high[2] - low[2], high[0] - low[0])
# glTF's +Z, where the face looks, is Blender's -Y
camera.location = Vector(((low[0] + high[0]) / 2, low[1] - 2, (low[2] + high[2]) / 2))
camera.rotation_euler = (1.5707963, 0, 0)
scene.collection.objects.link(camera)
scene.camera = camera
bpy.ops.render.render(write_still=True)
