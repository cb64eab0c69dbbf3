"""A person's joints, and the poses they take: standing, walking, running, bending, falling, lying.

A pose is (JOINTS, 3) in body heights: forward, to the left, up, measured from the ground between the feet.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, radians, sin

import numpy as np

from detection.synthetic.camera import Floats

HEAD, NECK, CHEST, PELVIS = 0, 1, 2, 3
SHOULDERS, ELBOWS, HANDS = (4, 5), (6, 7), (8, 9)
HIPS, KNEES, ANKLES, TOES = (10, 11), (12, 13), (14, 15), (16, 17)
JOINTS = 18
LEFT_RIGHT = (1, -1)

THIGH, SHIN, FOOT = 0.25, 0.245, 0.105
ANKLE_Z = 0.04
UPPER_ARM, FOREARM = 0.175, 0.165
TRUNK, NECK_UP, HEAD_UP = 0.285, 0.045, 0.075
HIP_HALF, SHOULDER_HALF = 0.052, 0.105


@dataclass(frozen=True, slots=True)
class Gait:
    """How somebody moves: angles in degrees, stride (two steps) in body heights."""

    stride: float
    hip_swing: float
    knee_lift: float
    arm_swing: float
    elbow: float
    lean: float
    bounce: float


WALK = Gait(stride=0.82, hip_swing=25, knee_lift=56, arm_swing=24, elbow=16, lean=3, bounce=0.0)
RUN = Gait(stride=1.55, hip_swing=46, knee_lift=104, arm_swing=46, elbow=86, lean=13, bounce=0.035)


def _rotated(length: float, angle: float) -> Floats:
    """Return a bone that hangs down, swung forward by an angle in radians."""
    return np.array((length * sin(angle), 0, -length * cos(angle)), np.float32)


def _trunk(pose: Floats, pelvis: Floats, lean: float, nod: float = 0.0) -> None:
    """Set pelvis, hips, chest, shoulders, neck and head; lean and nod in radians."""
    up = np.array((sin(lean), 0, cos(lean)), np.float32)
    head_up = np.array((sin(lean * 0.6 + nod), 0, cos(lean * 0.6 + nod)), np.float32)
    side = np.array((0, 1, 0), np.float32)
    pose[PELVIS] = pelvis
    pose[CHEST] = pelvis + up * TRUNK
    pose[NECK] = pose[CHEST] + up * NECK_UP
    pose[HEAD] = pose[NECK] + head_up * HEAD_UP
    for hip, shoulder, hand in zip(HIPS, SHOULDERS, LEFT_RIGHT, strict=True):
        pose[hip] = pelvis + side * hand * HIP_HALF
        pose[shoulder] = pose[CHEST] + side * hand * SHOULDER_HALF


def _leg(pose: Floats, side: int, hip_angle: float, knee_angle: float, foot_angle: float = 0.0) -> None:
    pose[KNEES[side]] = pose[HIPS[side]] + _rotated(THIGH, hip_angle)
    pose[ANKLES[side]] = pose[KNEES[side]] + _rotated(SHIN, hip_angle - knee_angle)
    tilt = hip_angle - knee_angle + foot_angle
    pose[TOES[side]] = pose[ANKLES[side]] + FOOT * np.array((cos(tilt), 0, sin(tilt)), np.float32)
    pose[TOES[side], 2] -= 0.015


def _arm(pose: Floats, side: int, angle: float, elbow: float, spread: float = 0.0) -> None:
    pose[ELBOWS[side]] = pose[SHOULDERS[side]] + _rotated(UPPER_ARM, angle)
    pose[ELBOWS[side], 1] += LEFT_RIGHT[side] * (0.018 + spread)
    pose[HANDS[side]] = pose[ELBOWS[side]] + _rotated(FOREARM, angle + elbow)
    pose[HANDS[side], 1] -= LEFT_RIGHT[side] * 0.006


def _settled(pose: Floats, lift: float = 0.0) -> Floats:
    """Move a pose up or down until its lowest foot stands on the ground."""
    soles = min(float(pose[list(ANKLES), 2].min()) - ANKLE_Z, float(pose[list(TOES), 2].min()) - 0.02)
    pose[:, 2] += lift - soles
    return pose


def stride_pose(gait: Gait, phase: float, amount: float = 1.0, still_arm: bool = False) -> Floats:
    """Return the pose at a phase of the stride in turns (0–1); amount 0 is standing still, 1 is full stride.

    still_arm keeps the right arm hanging, as somebody does who carries a bag.
    """
    pose = np.zeros((JOINTS, 3), np.float32)
    turn = 2 * pi * phase
    _trunk(pose, np.array((0, 0, 0.53), np.float32), radians(gait.lean) * amount)
    pose[list(SHOULDERS), 0] += np.array((-1, 1), np.float32) * 0.03 * sin(turn) * amount
    for side, opposite in ((0, 0.0), (1, pi)):
        swing = sin(turn + opposite)
        forward = max(0.0, cos(turn + opposite - 0.35))
        hip = radians(gait.hip_swing * swing + gait.lean * 0.6) * amount
        knee = radians(6 + (gait.knee_lift * forward**2 + 10 * max(0.0, -swing)) * amount)
        ankle = radians(-6 * amount + 18 * max(0.0, swing) * amount)
        _leg(pose, side, hip, knee, ankle)
        loose = 0.15 if still_arm and side == 1 else 1.0
        elbow = gait.elbow + 12 * max(0.0, -swing)
        arm = radians(-gait.arm_swing * swing * loose)
        _arm(pose, side, arm * amount, radians(8 + (elbow - 8) * amount * loose))
    return _settled(pose, gait.bounce * amount * (0.5 - 0.5 * cos(2 * turn)))


def bent_pose(depth: float) -> Floats:
    """Return somebody bending knees and back to the ground: depth 0 stands, 1 touches it with the right hand."""
    pose = np.zeros((JOINTS, 3), np.float32)
    _trunk(pose, np.array((-0.1 * depth, 0, 0.53), np.float32), radians(62) * depth)
    for side in (0, 1):
        hip = radians(68 - 14 * side) * depth
        _leg(pose, side, hip, radians(6) + radians(88) * depth, radians(24) * depth)
        arm = radians(30 if side == 0 else 22) * depth
        _arm(pose, side, arm, radians(14))
    return _settled(pose)


def crouched_pose() -> Floats:
    """Return somebody who kneels on one knee and holds a hand out to someone on the ground."""
    pose = np.zeros((JOINTS, 3), np.float32)
    _trunk(pose, np.array((-0.05, 0, 0.3), np.float32), radians(34), nod=radians(16))
    _leg(pose, 0, radians(84), radians(88))
    _leg(pose, 1, radians(6), radians(96), radians(40))
    _arm(pose, 0, radians(34), radians(26))
    _arm(pose, 1, radians(16), radians(52))
    return _settled(pose)


def buckled_pose() -> Floats:
    """Return the first third of a second of a collapse: the knees give way, the arms come up."""
    pose = np.zeros((JOINTS, 3), np.float32)
    _trunk(pose, np.array((0.02, 0, 0.4), np.float32), radians(34), nod=radians(20))
    for side in (0, 1):
        _leg(pose, side, radians(44 - 12 * side), radians(84), radians(30))
        _arm(pose, side, radians(64 - 30 * side), radians(36), spread=0.05)
    return _settled(pose)


def kneeling_pose() -> Floats:
    """Return both knees on the ground and the trunk falling forward."""
    pose = np.zeros((JOINTS, 3), np.float32)
    _trunk(pose, np.array((0.16, 0, 0.29), np.float32), radians(58), nod=radians(10))
    for side in (0, 1):
        _leg(pose, side, radians(4), radians(92), radians(-20))
        _arm(pose, side, radians(84), radians(18), spread=0.03)
    pose[:, 2] -= float(pose[list(KNEES), 2].min()) - 0.045
    return pose


def lying_pose() -> Floats:
    """Return somebody flat on the ground, head forward, one knee drawn up and one arm stretched out."""
    pose = np.zeros((JOINTS, 3), np.float32)
    ground = 0.065
    pose[PELVIS] = (0.4, 0.0, ground + 0.01)
    pose[CHEST] = (0.68, 0.02, ground + 0.015)
    pose[NECK] = (0.735, 0.03, ground)
    pose[HEAD] = (0.805, 0.05, ground)
    pose[HIPS[0]], pose[HIPS[1]] = (0.4, 0.06, ground + 0.02), (0.4, -0.06, ground)
    pose[SHOULDERS[0]], pose[SHOULDERS[1]] = (0.67, 0.125, ground + 0.01), (0.68, -0.085, ground)
    pose[KNEES[0]], pose[KNEES[1]] = (0.3, 0.27, 0.06), (0.16, -0.09, 0.055)
    pose[ANKLES[0]], pose[ANKLES[1]] = (0.1, 0.15, 0.045), (-0.08, -0.06, 0.045)
    pose[TOES[0]], pose[TOES[1]] = (0.03, 0.2, 0.05), (-0.17, -0.02, 0.06)
    pose[ELBOWS[0]], pose[ELBOWS[1]] = (0.79, 0.24, 0.04), (0.56, -0.2, 0.04)
    pose[HANDS[0]], pose[HANDS[1]] = (0.94, 0.26, 0.03), (0.42, -0.26, 0.03)
    return pose


def sitting_pose() -> Floats:
    """Return somebody sitting on the ground who has just come round, leaning on one arm."""
    pose = np.zeros((JOINTS, 3), np.float32)
    _trunk(pose, np.array((0.22, 0, 0.075), np.float32), radians(16), nod=radians(18))
    for side in (0, 1):
        _leg(pose, side, radians(112 - 14 * side), radians(96 - 30 * side), radians(10))
    pose[list(ANKLES + TOES), 2] = np.maximum(pose[list(ANKLES + TOES), 2], 0.035)
    _arm(pose, 0, radians(40), radians(30))
    _arm(pose, 1, radians(-18), radians(4), spread=0.03)
    return pose


def blended(first: Floats, second: Floats, amount: float) -> Floats:
    """Return the pose between two poses, amount 0–1, with a gentle start and end."""
    eased = amount * amount * (3 - 2 * amount)
    result: Floats = first * (1 - eased) + second * eased
    return result
