"""Signs in a picture's corner: what is shown and rung, when, and that each face is another one."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from robotics.core.messages import Chime, Goal
from robotics.core.signals import Face
from robotics.record.codec import encode, to_plain
from sim.faces import draw_sign, face, has_sign, signs


def _drawn(name: str) -> bytes:
    image = Image.new("RGB", (60, 60))
    face(ImageDraw.Draw(image, "RGBA"), name, (30.0, 30.0), 27.0)
    return image.tobytes()


def test_every_face_that_can_be_written_has_a_picture_of_its_own() -> None:
    """But eyes that are shut are those of somebody who sleeps."""
    pictures = {name: _drawn(name) for name in Face if name is not Face.SHUT}
    assert len(set(pictures.values())) == len(pictures)
    assert _drawn(Face.SHUT) == _drawn(Face.SLEEPY)


def test_signs_last_as_long_as_the_goals_say() -> None:
    """One sign for each stretch of the same face and chime."""
    ding = Chime("ding", 1.0, 1.2)
    goals = [
        (0.05 * k, to_plain(Goal(light="smile", chime=ding if 20 <= k < 44 else None)))
        for k in range(60)
    ]
    found = signs(goals)
    assert [(one.light, one.chime) for one in found] == [
        *(("smile", ""), ("smile", "ding"), ("smile", ""))
    ]
    assert found[1].start == 1.0
    assert abs(found[1].end - 2.15) < 1e-9


def test_a_quiet_goal_is_not_even_decoded() -> None:
    """Which goals have a sign is seen from their bytes, older recordings included."""
    assert not has_sign(encode(Goal()))
    assert has_sign(encode(Goal(light="heart")))
    assert has_sign(encode(Goal(chime=Chime("beep", 0.0, 0.3))))
    assert not has_sign(b'{"voice":null,"activity":"standing"}')


def test_a_sign_is_drawn_in_its_time_only() -> None:
    """Before and after, the picture stays as it is."""
    seen = signs([(1.0, to_plain(Goal(light="heart"))), (1.2, to_plain(Goal(light="heart")))])
    for time, changed in ((0.5, False), (1.1, True), (2.0, False)):
        image = Image.new("RGB", (200, 100))
        draw = ImageDraw.Draw(image, "RGBA")
        draw_sign(draw, seen, time, width=200, font=ImageFont.load_default(15))
        assert bool(np.any(np.asarray(image))) is changed
