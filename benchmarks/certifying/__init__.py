"""Good behaviours, faults planted in them, and independent judges of both."""
