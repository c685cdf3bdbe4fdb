"""The sweeper: parts table, URDF and meshes."""
