"""What Regulars computes: frames in, frames out; no clock, no files, no warehouse."""
