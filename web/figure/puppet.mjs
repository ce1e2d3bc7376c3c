// Moves a VRM as a tracked person moves: its humanoid's bones, its expressions, its feet on the ground.
import { Quaternion, Vector3 } from 'three';

/** Arms hang while nobody is seen. */
const REST = { leftUpperArm: [0, 0, -0.61, 0.79], rightUpperArm: [0, 0, 0.61, 0.79] };
/** Seconds in which most of a way is gone: between two of the tracker's frames; and back to rest. */
const FOLLOW = 0.05, RETURN = 0.4;
/** What may touch the ground, and how far its joint stays above. null: as far as in the T-pose. */
const LOWEST = { leftFoot: null, rightFoot: null, leftToes: null, rightToes: null, leftLowerLeg: 0.07, rightLowerLeg: 0.07, hips: 0.12 };

export class Puppet {
  #vrm;
  #bones = new Map(); // node and the rotation that it goes to, by name
  #expressions = {};
  #shown = {};
  #seen = false;
  #ground = [];
  #at = new Vector3();

  constructor(vrm) {
    this.#vrm = vrm;
    const { humanoid } = vrm;
    humanoid.resetNormalizedPose();
    humanoid.autoUpdateHumanBones = true;
    for (const name of Object.keys(humanoid.humanBones)) {
      const node = humanoid.getNormalizedBoneNode(name);
      if (node) this.#bones.set(name, { node, goal: new Quaternion(...REST[name] ?? [0, 0, 0, 1]) });
    }
    vrm.scene.position.y = 0;
    humanoid.update();
    vrm.scene.updateMatrixWorld(true);
    for (const [name, height] of Object.entries(LOWEST)) {
      const node = humanoid.getRawBoneNode(name);
      if (node) this.#ground.push({ node, height: height ?? node.getWorldPosition(this.#at).y });
    }
  }

  /** What `tracker.track` gave; null keeps the pose. */
  follow(tracked) {
    if (!tracked) return;
    this.#seen = tracked.found;
    this.#expressions = tracked.face ? tracked.expressions : {};
    for (const [name, { goal }] of this.#bones) goal.fromArray(tracked.bones[name] ?? REST[name] ?? [0, 0, 0, 1]);
  }

  update(seconds) {
    const share = 1 - Math.exp(-seconds / (this.#seen ? FOLLOW : RETURN));
    for (const { node, goal } of this.#bones.values()) node.quaternion.slerp(goal, share);
    this.#express(1 - Math.exp(-seconds / FOLLOW));
    this.#stand(share);
  }

  #express(share) {
    const wanted = { ...this.#expressions };
    // Wide open, a mouth smiles less: the two shapes add up.
    if (wanted.happy) wanted.happy *= 1 - 0.5 * (wanted.aa ?? 0);
    for (const name of new Set([...Object.keys(this.#shown), ...Object.keys(wanted)])) {
      const before = this.#shown[name] ?? 0;
      this.#shown[name] = before + share * ((wanted[name] ?? 0) - before);
      this.#vrm.expressionManager?.setValue(name, this.#shown[name]);
    }
  }

  /** Whoever squats comes down; whoever lifts a foot stands on the other. */
  #stand(share) {
    const { scene } = this.#vrm;
    const heights = this.#ground.map(({ node, height }) => node.getWorldPosition(this.#at).y - scene.position.y - height);
    scene.position.y += share * (-Math.min(...heights) - scene.position.y);
  }

  close() {
    for (const name of Object.keys(this.#shown)) this.#vrm.expressionManager?.setValue(name, 0);
    this.#vrm.humanoid.resetNormalizedPose();
    this.#vrm.humanoid.update();
    this.#vrm.scene.position.y = 0;
  }
}
