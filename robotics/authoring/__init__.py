"""What ``robotics behaviour`` does: start a file, check it, certify it, list, watch, preview."""
