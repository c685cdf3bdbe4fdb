"""The greeter: parts table, URDF and meshes."""
