"""From a written text to the words that are said: numbers, dates, units, readings, tones."""
