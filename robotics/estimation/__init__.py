"""From what is sensed to what is believed."""
