"""The two robots' descriptions: parts tables, and the generator that writes URDF and meshes."""
