"""The authoring format: from a file that a person writes to a behaviour that can run.

``read`` checks one file's shape, ``compile`` puts it on seconds, ``library`` knows what files may
refer to, ``load`` is the door for everybody else.
"""
