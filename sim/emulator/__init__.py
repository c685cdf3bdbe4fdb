"""The simulated robots behind real serial lines: devices with registers, pseudo-terminals, faults.

What the devices say on the line is coded here and not shared with the driver in ``robotics.wire``:
two codecs that were written apart do not share their mistakes. Only the register maps are shared.
"""
