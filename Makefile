# First sketch: replaced by the ground work.
