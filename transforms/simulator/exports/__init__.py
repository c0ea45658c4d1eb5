"""How each platform prints what happened: frames of facts in, frames of cells out. Nothing here writes a file."""
