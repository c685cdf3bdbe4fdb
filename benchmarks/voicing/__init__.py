"""What the benchmarks of voice and music share: listening by Praat."""
