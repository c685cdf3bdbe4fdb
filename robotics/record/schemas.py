"""JSON schemas of the recorded topics, so that viewers can list the fields.

``/tf`` follows Foxglove's ``FrameTransforms``; the others mirror ``robotics.core.messages``.
"""

from __future__ import annotations

from typing import Any

_NUMBER = {"type": "number"}
_VECTOR = {"type": "array", "items": _NUMBER}
_XYZ = {"type": "object", "properties": dict.fromkeys("xyz", _NUMBER)}
_XYZW = {"type": "object", "properties": dict.fromkeys("xyzw", _NUMBER)}
_STAMP = {"type": "object", "properties": {"sec": {"type": "integer"}, "nsec": {"type": "integer"}}}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


_JOINTS = _object(position=_VECTOR, velocity=_VECTOR, effort=_VECTOR, valid={"type": "array"})
_TRANSFORM = _object(
    timestamp=_STAMP,
    parent_frame_id={"type": "string"},
    child_frame_id={"type": "string"},
    translation=_XYZ,
    rotation=_XYZW,
)

SCHEMAS: dict[str, tuple[str, dict[str, Any]]] = {
    "Observation": (
        "robotics.Observation",
        _object(time=_NUMBER, joints=_JOINTS, scan=_object(angle=_VECTOR, range=_VECTOR)),
    ),
    "State": (
        "robotics.State",
        _object(
            time=_NUMBER,
            pose_base_in_map=_VECTOR,
            twist_base_in_base=_VECTOR,
            tilt=_VECTOR,
            quality=_NUMBER,
        ),
    ),
    "Goal": ("robotics.Goal", _object(activity={"type": "string"})),
    "Plan": ("robotics.Plan", _object(time=_NUMBER, plan={"type": "object"})),
    "Twist2": ("robotics.Twist2", _object(vx=_NUMBER, vy=_NUMBER, wz=_NUMBER)),
    "Command": (
        "robotics.Command",
        _object(target=_VECTOR, effort_limit=_VECTOR, stopped_by={"type": "string"}),
    ),
    "tf": (
        "foxglove.FrameTransforms",
        _object(transforms={"type": "array", "items": _TRANSFORM}),
    ),
}
"""``topic or message -> (schema name, JSON schema)``."""


def frame_transform(child: str, time: float, position: Any, quaternion: Any) -> dict[str, Any]:
    """Return one entry of ``/tf``: the pose of frame ``child`` in ``map``.

    Args:
        child: Name of the frame.
        time: [s].
        position: Shape (3,) [m].
        quaternion: (x, y, z, w).
    """
    stamp = round(time * 1e9)
    return {
        "timestamp": {"sec": stamp // 10**9, "nsec": stamp % 10**9},
        "parent_frame_id": "map",
        "child_frame_id": child,
        "translation": dict(zip("xyz", map(float, position), strict=True)),
        "rotation": dict(zip("xyzw", map(float, quaternion), strict=True)),
    }
